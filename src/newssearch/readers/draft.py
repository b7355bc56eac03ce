"""What a reader found of one article, and the article that is made of it, alike for all formats.

A reader makes *claims*: values for fields, each with how it is known, the most trusted first. What follows is the same
whatever the format: which claim holds, what a value that says nothing becomes, and what is inferred where no claim is.
"""

from __future__ import annotations

from collections.abc import Sequence

from newssearch.article import STATED, Article, Provenance, Rejected
from newssearch.paragraphs import Block, squeeze

from .dateline import find_dateline
from .fields import DEFAULT_LANG, FROM_URL, NOTHING, as_text, first_date, host, shown
from .origin import Origin

FIELDS = ("title", "outlet", "source", "byline", "dateline", "located", "lang", "section", "url")
"""The fields that claims are made for, and ``date``."""


class Draft:
    """An article that is being read.

    ``text`` is its paragraphs, in order, or one string with blank lines between them; ``text_known`` how it is known,
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
        """Claim a value for one of :data:`FIELDS` or ``date``; one that is empty is passed over.

        It may be a string, an object with a name, a list of either, a number; for ``date`` also a date or a moment.
        Earlier claims come first.
        """
        if field != "date" and field not in FIELDS:
            raise ValueError(f"no such field: {field!r}")
        if value not in (None, "", []):
            self._claims.setdefault(field, []).append((value, known))

    def has(self, field: str) -> bool:
        """Whether there is a claim for a field."""
        return field in self._claims

    def finish(self) -> Article | Rejected:
        """The article, or why it is none.

        A dateline in front of the text fills ``dateline``, ``located`` and ``source`` where no claim does; the text
        stays as it is. Without a claim for the outlet, the host of the url stands for it.
        """
        options = self.origin.options
        known: dict[str, Provenance] = {}
        fields = {name: self._first(name, known) for name in FIELDS}
        if not (fields["title"] and fields["title"].strip()) and not self.text:
            return self.origin.rejected("neither title nor text", self.record)
        if fields["outlet"] is None and fields["url"] and (name_of_host := host(fields["url"])):
            fields["outlet"], known["outlet"] = name_of_host, FROM_URL
        claimed = self._claims.get("date", [])
        date, known["date"] = first_date((value for value, _ in claimed), options)
        if date is not None and known["date"] == STATED:
            known["date"] = next(how for value, how in claimed if first_date([value], options)[0] == date)
        if fields["dateline"] is None and fields["located"] is None:
            self._fill_from_dateline(fields, known)
        if fields["lang"] is None and options.lang:
            fields["lang"], known["lang"] = options.lang, DEFAULT_LANG
        if "source" in known and known["source"].known == "missing" and fields["outlet"] is not None:
            # The outlet stands for it as where there is no source at all, but what the input says is not passed over.
            fields["source"] = fields["outlet"]
            known["source"] = Provenance("inferred", f"outlet, {known['source'].basis}")
        if self.text_known != STATED:
            known["text"] = self.text_known
        return Article.create(
            text=self.text,
            date=date,
            path=self.origin.path,
            member=self.origin.member,
            record=self.record,
            identity=self.identity,
            provenance=known,
            **fields,
        )

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

    def _fill_from_dateline(self, fields: dict[str, str | None], known: dict[str, Provenance]) -> None:
        text = self.text
        if not isinstance(text, str):
            first = text[0] if text else ""
            text = first if isinstance(first, str) else first.text
        dateline = find_dateline(squeeze(text[:400].lstrip().partition("\n\n")[0]))
        if dateline is None:
            return
        fields["dateline"] = dateline.text
        inferred = Provenance("inferred", "dateline")
        known.pop("dateline", None)
        if dateline.located:
            fields["located"], known["located"] = dateline.located, inferred
        if dateline.agency and fields["source"] is None:
            fields["source"], known["source"] = dateline.agency, inferred
