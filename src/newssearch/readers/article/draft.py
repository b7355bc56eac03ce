"""The draft of an article: the values that a reader found, and the rules by which they become an article.

A reader makes *claims*: values for fields, each with its provenance, the most trusted first. The rules are the same
for all formats: which claim holds, which values count as missing, and what is inferred for a field without a claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from newssearch.addresses import canonical_address
from newssearch.article import MONTH_FIRST, STATED, Article, Date, Provenance, Rejected
from newssearch.extra import ExtraValue
from newssearch.fields import FIELD_NAMES, STRING_FIELDS
from newssearch.outlets import outlets
from newssearch.press.agencies import agency_named
from newssearch.press.bylines import without_by_words, without_web_addresses
from newssearch.readers.api import Origin
from newssearch.text.calendar_names import has_day_first
from newssearch.text.paragraphs import Block, NormalizedBlocks, split_paragraphs, squeeze

from .credits import CREDIT_PARAGRAPHS, agency_in, credit_in
from .dateline import find_dateline
from .headlines import without_tail
from .keys import KeyScope, identity_of
from .language import detect_language, language_tag, may_only_have_day_first
from .own_fields import WrongValueError, own_value
from .paragraphing import arrange_paragraphs
from .values import DEFAULT_LANG, FROM_URL, NULL_STRINGS, as_text, first_date, host, quote_value

DETECTION_PARAGRAPHS = 20
"""The number of paragraphs at the start of an article from which its language is detected."""

DraftFields = dict[str, str | None]


class Draft:
    """An article that a reader has begun: the values found so far, which :meth:`build` makes into an article.

    ``text`` has one of three forms: a list of blocks; one string, with blank lines between the blocks; or a list of
    strings. Blocks are arranged into paragraphs by :mod:`.paragraphing`. A list of strings has the paragraphs that the
    input lists, which stay unchanged. ``text_provenance`` is set if the text is not the whole article but, for example,
    a summary. ``record`` is the number of its record.
    """

    def __init__(self, origin: Origin, record: int = 1) -> None:
        self.origin = origin
        self.record = record
        self.text: str | Sequence[str | Block] = ()
        self.text_provenance = STATED
        self.order_of: str | None = None
        """The tag of a language whose order of day and month holds if nothing else decides, such as that of headings."""
        self._claims: dict[str, list[tuple[object, Provenance]]] = {}
        self._kept: dict[str, object] = {}
        self._key_scopes: list[KeyScope] = []  # of the claims for the key

    def claim(self, field: str, value: object, provenance: Provenance = STATED) -> None:
        """Claim a value for a field of the article; an empty value is ignored, and earlier claims take precedence.

        A value may be a string, an object with a name, a list of either, or a number; for ``date`` also a date or a
        datetime. A ``key`` that is claimed here identifies only within its file, unless its form is global; see
        :meth:`claim_key`. Raises ValueError for an unknown field.
        """
        if field == "key":
            self.claim_key(value, provenance=provenance)
            return
        if field not in FIELD_NAMES:
            raise ValueError(f"no such field: {field!r}")
        if value not in (None, "", []):
            self._claims.setdefault(field, []).append((value, provenance))

    def keep(self, value_at: Callable[[str], object]) -> None:
        """Keep the values of the own fields that the options name. ``value_at`` returns the value of a column or key.

        A value that was kept before takes precedence.
        """
        for field in self.origin.options.fields:
            value = value_at(field.column)
            if value not in (None, "", []):
                self._kept.setdefault(field.name, value)

    def claim_key(
        self, value: object, scope: str = "", *, of_outlet: bool = False, provenance: Provenance = STATED
    ) -> None:
        """Claim a value for the ``key`` of the article, and state the scope in which it is unique.

        ``scope`` names the database, or the kind of id, in which no other article has this key: then it identifies
        the article in all files. With ``of_outlet``, no other article *of the outlet* has it. Without a scope, it
        identifies only within its file. A key whose form is global, such as a UUID or a URN, identifies everywhere,
        whatever its scope.
        """
        if isinstance(value, dict):
            value = value.get("$oid", value)  # the exports of MongoDB
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = as_text(value)
        if text is not None and any(map(str.isalnum, text)):
            self._claims.setdefault("key", []).append((value, provenance))
            self._key_scopes.append(KeyScope(scope, of_outlet))

    def drop_outlet_from_title(self) -> None:
        """Remove the name of the outlet from the end of the title, if a separator stands before it.

        Feeds and services write ``Headline - Outlet``. Call this after all claims for title, outlet and url.
        """
        named = [text for value, _ in self._claims.get("outlet", ()) if (text := as_text(value))]
        hosts = [
            name for value, _ in self._claims.get("url", ()) if (name := host(canonical_address(str(value))))
        ]
        known = outlets(self.origin.options.outlets)
        titles = self._claims.get("title", [])
        for number, (value, how) in enumerate(titles):
            if isinstance(value, str):
                titles[number] = without_tail(value, [*named, *hosts], known), how

    def has(self, field: str) -> bool:
        """Whether a value was claimed for the given field."""
        return field in self._claims

    def has_whole_date(self) -> bool:
        """Whether a claim for the date is a day or a time whose day and month cannot be swapped."""
        return any(
            isinstance(date, dt.date) and how != MONTH_FIRST
            for value, _ in self._claims.get("date", ())
            for date, how in (first_date([value], self.origin.options),)
        )

    def build(self) -> Article | Rejected:
        """Return the article, or a rejection: for one with neither title nor text, or with too many paragraphs.

        A value that is not of the kind of its own field is rejected, with the article without the value.

        Fields without a claim are inferred as follows:

        - ``dateline``, ``located``, ``source`` and ``date`` from a dateline at the start of the text, which stays as it is;
        - ``outlet`` from the host of the url, else it is the configured outlet of the folder;
        - ``source`` from the agency that the dateline, the byline or the end of the text names, else it is the outlet;
        - ``lang`` is the configured default, else it is detected from the text.
        """
        provenance: dict[str, Provenance] = {}
        fields = {name: self._first(name, provenance)[0] for name in STRING_FIELDS}
        blocks = self._blocks()
        if not (fields["title"] and fields["title"].strip()) and not blocks:
            return self.origin.rejected("neither title nor text", self.record)
        most = self.origin.options.limits.paragraphs
        if len(blocks) > most:
            return self.origin.rejected(f"more than {most:,} paragraphs", self.record)
        extra, wrong = self._own_values()
        if fields["url"] is None and self.origin.url:
            fields["url"], provenance["url"] = (
                self.origin.url,
                Provenance("stated", "where it was fetched from"),
            )
        self._fill_outlet(fields, provenance)
        filed: Date | None = None
        if fields["dateline"] is None and fields["located"] is None and blocks:
            filed = _fill_from_dateline(blocks[0].text, fields, provenance)
        _fill_source(blocks, fields, provenance)
        self._fill_lang(blocks, fields, provenance)
        date = self._date(fields["lang"], blocks, provenance)
        if date is None and filed is not None:
            date, provenance["date"] = filed, Provenance("inferred", "dateline")
        if self.text_provenance != STATED:
            provenance["text"] = self.text_provenance
        article = Article.create(
            text=blocks,
            date=date,
            path=self.origin.path,
            member=self.origin.member,
            record=self.record,
            identity=self._identity(fields),
            provenance=provenance,
            extra=extra,
            **cast("dict[str, Any]", fields),
        )
        if not wrong:
            return article
        reason = f"{'; '.join(wrong)}: the article is indexed without {'it' if len(wrong) == 1 else 'them'}"
        return replace(self.origin.rejected(reason, self.record), article=article)

    def _own_values(self) -> tuple[dict[str, ExtraValue | None], list[str]]:
        """Return the values of the own fields, and the reasons why others cannot be read."""
        extra: dict[str, ExtraValue | None] = {}
        wrong = []
        for field in self.origin.options.fields:
            if field.name in self._kept:
                try:
                    extra[field.name] = own_value(self._kept[field.name], field, self.origin.options)
                except WrongValueError as error:
                    wrong.append(str(error))
        return extra, wrong

    def _blocks(self) -> NormalizedBlocks:
        """Return the text as paragraphs; those that the input lists one by one stay unchanged."""
        if isinstance(self.text, str):
            return arrange_paragraphs(NormalizedBlocks(map(Block, split_paragraphs(self.text))))
        squeezed = NormalizedBlocks()
        stated = True
        for block in (self.text,) if isinstance(self.text, Block) else self.text:
            text, kind = Block(block) if isinstance(block, str) else block
            stated = stated and isinstance(block, str)
            if text := squeeze(text):
                squeezed.append(Block(text, kind))
        return squeezed if stated else arrange_paragraphs(squeezed)

    def _identity(self, fields: DraftFields) -> str | None:
        """Return the identity that the key gives the article in all files, or None."""
        key, number = self._first("key", {})
        return identity_of(key, self._key_scopes[number], fields["outlet"]) if key else None

    def _date(
        self, lang: str | None, blocks: NormalizedBlocks, provenance: dict[str, Provenance]
    ) -> Date | None:
        """Return the date, and enter its provenance. ``lang`` is the language of the article.

        Where that does not decide between day and month, the text may: many pages state the language of the program
        that made them.
        """
        claimed = self._claims.get("date", [])
        options = self.origin.options
        date, provenance["date"] = first_date((value for value, _ in claimed), options, lang)
        if provenance["date"] == MONTH_FIRST and may_only_have_day_first(self._sample(blocks)):
            options = replace(options, day_first=True)
            date, _ = first_date((value for value, _ in claimed), options, lang)
            provenance["date"] = Provenance("inferred", "day first, as in the language of the text")
        if provenance["date"] == MONTH_FIRST and self.order_of is not None and has_day_first(self.order_of):
            date, _ = first_date((value for value, _ in claimed), options, self.order_of)
            provenance["date"] = Provenance("inferred", "day first, as in the language of the headings")
        if date is not None and provenance["date"] == STATED:
            provenance["date"] = next(
                how for value, how in claimed if first_date([value], options, lang)[0] == date
            )
        return date

    def _sample(self, blocks: NormalizedBlocks) -> str:
        """Return the headline and the first paragraphs, which show the language."""
        title = self._first("title", {})[0] or ""
        return " ".join([title, *(block.text for block in blocks[:DETECTION_PARAGRAPHS])])

    def _fill_outlet(self, fields: DraftFields, provenance: dict[str, Provenance]) -> None:
        options = self.origin.options
        if fields["outlet"] is None and fields["url"]:
            name_of_host = host(canonical_address(fields["url"])) or host(fields["url"])
            if name_of_host:
                fields["outlet"], provenance["outlet"] = name_of_host, FROM_URL
        if fields["outlet"] is None:
            here = [
                (folder, outlet)
                for folder, outlet in options.folders
                if _is_in_folder(self.origin.path, folder)
            ]
            if here:
                fields["outlet"] = max(here, key=lambda pair: len(pair[0]))[1]
                provenance["outlet"] = Provenance("inferred", "its folder")
        if fields["outlet"] is not None:
            spelled = squeeze(fields["outlet"])
            fields["outlet"] = outlets(options.outlets).name(spelled)
            _note_spelling("outlet", spelled, fields["outlet"], provenance)

    def _fill_lang(
        self, blocks: NormalizedBlocks, fields: DraftFields, provenance: dict[str, Provenance]
    ) -> None:
        if fields["lang"] is not None:
            tag = language_tag(fields["lang"])
            if tag is None:
                provenance["lang"] = Provenance("missing", f"{quote_value(fields['lang'])} is not a language")
            fields["lang"] = tag
        if fields["lang"] is None and self.origin.options.lang:
            fields["lang"], provenance["lang"] = self.origin.options.lang, DEFAULT_LANG
        if fields["lang"] is None and (detected := detect_language(self._sample(blocks))) is not None:
            fields["lang"], provenance["lang"] = detected, Provenance("inferred", "the text")

    def _stated_lang(self) -> str | None:
        """Return the language that the input states, else the configured default, else None."""
        stated = next(filter(None, (as_text(value) for value, _ in self._claims.get("lang", ()))), None)
        return (language_tag(stated) if stated else None) or self.origin.options.lang

    def _first(self, name: str, provenance: dict[str, Provenance]) -> tuple[str | None, int]:
        """Return the first claimed value of the field ``name`` that is neither blank nor a null string, or None.

        Also return the number of its claim, from 0. Its provenance is entered into ``provenance``.
        """
        for number, (value, how) in enumerate(self._claims.get(name, ())):
            lang = self._stated_lang() if name == "byline" else None
            text = as_text(_without_by_in_list(value, lang) if name == "byline" else value)
            if text is None or not text.strip():
                continue
            if name == "byline":
                text = without_web_addresses(without_by_words(squeeze(text), lang))
                if not text:
                    continue
            if name != "title" and text.strip() in NULL_STRINGS:
                provenance.setdefault(name, Provenance("missing", f"the input says {quote_value(text)}"))
                continue
            provenance[name] = how
            return text, number
        return None, -1


def _without_by_in_list(value: object, lang: str | None) -> object:
    """Return a value for the byline; in a list, each name is without a word like "by" of the language, if that is known."""
    if not isinstance(value, (list, tuple)):
        return value
    return [without_by_words(squeeze(part), lang) if isinstance(part, str) else part for part in value]


def _fill_from_dateline(text: str, fields: DraftFields, provenance: dict[str, Provenance]) -> Date | None:
    """Fill the fields from the dateline at the start of a text, and return its day if it states the year."""
    dateline = find_dateline(text[:400])
    if dateline is None:
        return None
    fields["dateline"] = dateline.text
    inferred = Provenance("inferred", "dateline")
    provenance.pop("dateline", None)
    if dateline.located:
        fields["located"], provenance["located"] = dateline.located, inferred
    if dateline.agency and fields["source"] is None:
        fields["source"], provenance["source"] = dateline.agency, inferred
    return dateline.date


def _fill_source(blocks: NormalizedBlocks, fields: DraftFields, provenance: dict[str, Provenance]) -> None:
    if fields["source"] is None:
        if fields["byline"] and (found := agency_in(fields["byline"])):
            fields["source"], provenance["source"] = found, Provenance("inferred", "byline")
        elif (credit := credit_in([block.text for block in blocks[-CREDIT_PARAGRAPHS:]])) is not None:
            fields["source"], provenance["source"] = credit[0], Provenance("inferred", credit[1])
    elif (name := agency_named(fields["source"])) is not None:
        spelled, fields["source"] = squeeze(fields["source"]), name
        _note_spelling("source", spelled, name, provenance)
    if fields["source"] is None and fields["outlet"] is not None and "source" in provenance:
        # The outlet stands in, as for an article without any source, and the provenance keeps what the input says.
        fields["source"] = fields["outlet"]
        provenance["source"] = Provenance("inferred", f"outlet, {provenance['source'].basis}")


def _note_spelling(field: str, spelled: str, name: str, provenance: dict[str, Provenance]) -> None:
    """Add to the provenance of ``field`` the spelling in the input, if a stated value was replaced by ``name``."""
    how = provenance.get(field, STATED)
    if spelled != name and how.known == "stated":
        basis = (
            f"{how.basis}, written {quote_value(spelled)}" if how.basis else f"written {quote_value(spelled)}"
        )
        provenance[field] = Provenance("stated", basis)


def _is_in_folder(path: str, folder: str) -> bool:
    folder = folder.strip("/")
    return folder in ("", ".") or path.startswith(f"{folder}/")
