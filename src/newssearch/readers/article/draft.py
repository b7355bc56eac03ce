"""What a reader found of one article, and the article that is made of it, alike for all formats.

A reader makes *claims*: values for fields, each with how it is known, the most trusted first. What follows is the same
whatever the format: which claim holds, what a value that says nothing becomes, and what is inferred where no claim is.
"""

from __future__ import annotations

from collections.abc import Sequence

from newssearch.article import STATED, Article, Date, Provenance, Rejected
from newssearch.fields import FIELD_NAMES, STRING_FIELDS
from newssearch.outlets import outlets
from newssearch.readers.api import Origin
from newssearch.text.paragraphs import Block, Squeezed, split_paragraphs, squeeze

from .credits import LINES, agency, agency_in, credit_in
from .dateline import find_dateline
from .language import detect, tag_of
from .paragraphing import arrange
from .values import DEFAULT_LANG, FROM_URL, NOTHING, as_text, first_date, host, shown

LOOKED_AT = 20
"""Paragraphs that detection of the language looks at."""

Fields = dict[str, str | None]


class Draft:
    """An article that is being read.

    ``text`` is its blocks, in order, or one string with blank lines between them, which :mod:`.paragraphing` makes
    paragraphs of; or, as strings, its paragraphs as the input states them one by one; ``text_known`` how it is known,
    where it is not simply the article's text (a summary in its place). ``identity`` is what the input calls the
    article, ``record`` its number in the input.
    """

    def __init__(self, origin: Origin, record: int = 1) -> None:
        self.origin = origin
        self.record = record
        self.text: str | Sequence[str | Block] = ()
        self.text_known = STATED
        self.identity: str | None = None
        self._claims: dict[str, list[tuple[object, Provenance]]] = {}

    def claim(self, field: str, value: object, known: Provenance = STATED) -> None:
        """Claim a value for a field of an article; one that is empty is passed over.

        It may be a string, an object with a name, a list of either, a number; for ``date`` also a date or a moment.
        Earlier claims come first.
        """
        if field not in FIELD_NAMES:
            raise ValueError(f"no such field: {field!r}")
        if value not in (None, "", []):
            self._claims.setdefault(field, []).append((value, known))

    def has(self, field: str) -> bool:
        """Whether there is a claim for a field."""
        return field in self._claims

    def finish(self) -> Article | Rejected:
        """The article, or why it is none.

        A dateline in front of the text fills ``dateline``, ``located`` and ``source`` where no claim does; the text
        stays as it is. Without a claim for the outlet, the host of the url stands for it, or else what the
        configuration says of the folder; without one for the source, an agency that the dateline, the byline or the
        end of the text names, and else the outlet; without one for the language, the default, or what the text looks
        like.
        """
        known: dict[str, Provenance] = {}
        fields = {name: self._first(name, known) for name in STRING_FIELDS}
        blocks = self._blocks()
        if not (fields["title"] and fields["title"].strip()) and not blocks:
            return self.origin.rejected("neither title nor text", self.record)
        most = self.origin.options.limits.paragraphs
        if len(blocks) > most:
            return self.origin.rejected(f"more than {most:,} paragraphs", self.record)
        if fields["url"] is None and self.origin.url:
            fields["url"], known["url"] = self.origin.url, Provenance("stated", "where it was fetched from")
        date = self._date(known)
        self._fill_outlet(fields, known)
        if fields["dateline"] is None and fields["located"] is None and blocks:
            _fill_from_dateline(blocks[0].text, fields, known)
        _fill_source(blocks, fields, known)
        self._fill_lang(blocks, fields, known)
        if self.text_known != STATED:
            known["text"] = self.text_known
        return Article.create(
            text=blocks,
            date=date,
            path=self.origin.path,
            member=self.origin.member,
            record=self.record,
            identity=self.identity,
            provenance=known,
            **fields,
        )

    def _blocks(self) -> Squeezed:
        """The paragraphs; those that are stated one by one stay as they are."""
        if isinstance(self.text, str):
            return arrange(Squeezed(map(Block, split_paragraphs(self.text))))
        squeezed = Squeezed()
        stated = True
        for block in (self.text,) if isinstance(self.text, Block) else self.text:
            text, kind = Block(block) if isinstance(block, str) else block
            stated = stated and isinstance(block, str)
            if text := squeeze(text):
                squeezed.append(Block(text, kind))
        return squeezed if stated else arrange(squeezed)

    def _date(self, known: dict[str, Provenance]) -> Date | None:
        claimed = self._claims.get("date", [])
        options = self.origin.options
        date, known["date"] = first_date((value for value, _ in claimed), options)
        if date is not None and known["date"] == STATED:
            known["date"] = next(how for value, how in claimed if first_date([value], options)[0] == date)
        return date

    def _fill_outlet(self, fields: Fields, known: dict[str, Provenance]) -> None:
        options = self.origin.options
        if fields["outlet"] is None and fields["url"] and (name_of_host := host(fields["url"])):
            fields["outlet"], known["outlet"] = name_of_host, FROM_URL
        if fields["outlet"] is None:
            here = [
                (folder, outlet) for folder, outlet in options.folders if _is_in(self.origin.path, folder)
            ]
            if here:
                fields["outlet"] = max(here, key=lambda pair: len(pair[0]))[1]
                known["outlet"] = Provenance("inferred", "its folder")
        if fields["outlet"] is not None:
            written = squeeze(fields["outlet"])
            fields["outlet"] = outlets(options.outlets).name(written)
            _note_spelling("outlet", written, fields["outlet"], known)

    def _fill_lang(self, blocks: Squeezed, fields: Fields, known: dict[str, Provenance]) -> None:
        if fields["lang"] is not None:
            tag = tag_of(fields["lang"])
            if tag is None:
                known["lang"] = Provenance("missing", f"{shown(fields['lang'])} is not a language")
            fields["lang"] = tag
        if fields["lang"] is None and self.origin.options.lang:
            fields["lang"], known["lang"] = self.origin.options.lang, DEFAULT_LANG
        if fields["lang"] is None:
            text = " ".join([fields["title"] or "", *(block.text for block in blocks[:LOOKED_AT])])
            if (detected := detect(text)) is not None:
                fields["lang"], known["lang"] = detected, Provenance("inferred", "the text")

    def _first(self, name: str, known: dict[str, Provenance]) -> str | None:
        """The first claim for a field that says something."""
        for value, how in self._claims.get(name, ()):
            text = as_text(value)
            if text is None or not text.strip():
                continue
            if name != "title" and text.strip() in NOTHING:
                known.setdefault(name, Provenance("missing", f"the input says {shown(text)}"))
                continue
            known[name] = how
            return text
        return None


def _fill_from_dateline(text: str, fields: Fields, known: dict[str, Provenance]) -> None:
    dateline = find_dateline(text[:400])
    if dateline is None:
        return
    fields["dateline"] = dateline.text
    inferred = Provenance("inferred", "dateline")
    known.pop("dateline", None)
    if dateline.located:
        fields["located"], known["located"] = dateline.located, inferred
    if dateline.agency and fields["source"] is None:
        fields["source"], known["source"] = dateline.agency, inferred


def _fill_source(blocks: Squeezed, fields: Fields, known: dict[str, Provenance]) -> None:
    if fields["source"] is None:
        if fields["byline"] and (found := agency_in(fields["byline"])):
            fields["source"], known["source"] = found, Provenance("inferred", "byline")
        elif (credit := credit_in([block.text for block in blocks[-LINES:]])) is not None:
            fields["source"], known["source"] = credit[0], Provenance("inferred", credit[1])
    elif (name := agency(fields["source"])) is not None:
        written, fields["source"] = squeeze(fields["source"]), name
        _note_spelling("source", written, name, known)
    if fields["source"] is None and fields["outlet"] is not None and "source" in known:
        # The outlet stands for it as where there is no source at all, but what the input says is not passed over.
        fields["source"] = fields["outlet"]
        known["source"] = Provenance("inferred", f"outlet, {known['source'].basis}")


def _note_spelling(field: str, written: str, name: str, known: dict[str, Provenance]) -> None:
    """Say how a stated value was written, where it goes by another name."""
    how = known.get(field, STATED)
    if written != name and how.known == "stated":
        basis = f"{how.basis}, written {shown(written)}" if how.basis else f"written {shown(written)}"
        known[field] = Provenance("stated", basis)


def _is_in(path: str, folder: str) -> bool:
    folder = folder.strip("/")
    return folder in ("", ".") or path.startswith(f"{folder}/")
