"""An article as an export states it: the values of its labels and codes, its paragraphs, and the claims made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newssearch.article import STATED, Provenance, Rejected
from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.article.credits import agency_in
from newssearch.readers.article.dateline import find_dateline, natural_case
from newssearch.readers.article.draft import Draft
from newssearch.readers.records.json_values import normal_name
from newssearch.text.date_search import find_dates
from newssearch.text.dates import parse_published
from newssearch.text.paragraphs import Block, squeeze

from .languages import language_named

FROM_ABSTRACT_ALONE = Provenance("stated", "only an abstract")
FROM_COPYRIGHT = Provenance("inferred", "copyright line")

_LENGTH = re.compile(r"\D{0,20}?(\d{1,3}(?:[.,\s]\d{3})+|\d{1,9})\b")
_SHARE = re.compile(r"\s*\(\d{1,3}\s?%\)")
_COPYRIGHT_WORDS = re.compile(r"(?:copyright|\(c\)|©|\d{4}|[\s,])+", re.IGNORECASE)
_PAGE_IN_SECTION = re.compile(
    r"\b(?:Pg\.?|Pages?|S\.|Seiten?|pp?\.|Pág(?:ina|s)?\.?|pag(?:ina|e)?\.?|blz\.?)\s?(?P<page>[A-Z]{0,3}\d[\w./-]{0,11}|[A-Z]{1,3}\d*)",
    re.IGNORECASE,
)
_NO_HEADLINE = frozenset({"noheadlineinoriginal", "noheadline", "notitle", "untitled"})


class Exported:
    """The values of one exported article.

    ``values`` has the values of the roles that the fields are made of: title, byline, date and so on. ``codes`` has all
    labels and codes as the export names them, for the own fields of an archive.
    """

    def __init__(self, origin: Origin, record: int) -> None:
        self.origin = origin
        self.record = record
        self.values: dict[str, str] = {}
        self.codes: dict[str, object] = {}
        self.blocks: list[Block] = []
        self.abstract = ""
        self._basis: dict[str, str] = {}

    def set(self, role: str, value: str, label: str = "", *, basis: str = "") -> None:
        """Set the value of a role, unless it has one.

        ``label`` is the name that the export gives it, and ``basis`` says what it is inferred from, if it is.
        """
        value = squeeze(value)
        if not value:
            return
        if role and role not in self.values:
            self.values[role] = value
            self._basis[role] = basis
        for name in (label, role):
            if name:
                self.codes.setdefault(normal_name(name), _code_value(name, value))

    def get(self, role: str) -> str | None:
        return self.values.get(role)

    def build(self, scope: str) -> ReadOutcome:
        """Return the article, or a rejection; ``scope`` names the database, whose document ids identify the article."""
        draft = Draft(self.origin, self.record)
        title = self.get("title")
        if title and normal_name(title) not in _NO_HEADLINE:
            draft.claim("title", title)
        for field in ("outlet", "section", "url", "byline", "source"):
            draft.claim(field, self.get(field), self._how(field))
        draft.claim("lang", language_named(self.get("language")))
        draft.claim("date", self._moment(), self._how("date"))
        draft.claim_key(self.get("key"), scope)
        self._claim_place(draft)
        holder = _COPYRIGHT_WORDS.sub(" ", self.get("copyright") or "", count=1).strip()
        if not draft.has("source") and (agency := agency_in(holder.partition(".")[0])):
            draft.claim("source", agency, FROM_COPYRIGHT)
        if not self.codes.get("page") and (page := _PAGE_IN_SECTION.search(self.get("section") or "")):
            self.codes["page"] = page["page"]
        draft.keep(lambda column: self.codes.get(normal_name(column)))
        draft.text = self.blocks
        if not self.blocks and self.abstract:
            draft.text, draft.text_provenance = self.abstract, FROM_ABSTRACT_ALONE
        return draft.build()

    def _how(self, role: str) -> Provenance:
        basis = self._basis.get(role)
        return Provenance("inferred", basis) if basis else STATED

    def _moment(self) -> str | None:
        """Return the date, with the time if the export states it apart."""
        date, time = self.get("date"), self.get("time")
        if date and time and parse_published(f"{date} {time}") is not None:
            return f"{date} {time}"
        return date

    def _claim_place(self, draft: Draft) -> None:
        dateline = self.get("dateline")
        if dateline is None:
            return
        draft.claim("dateline", dateline)
        found = find_dateline(f"{dateline} - Xx")
        if found is not None:
            draft.claim("located", found.located)
            draft.claim("source", found.agency)
        elif len(dateline.split()) <= 4 and not any(map(str.isdigit, dateline)):
            draft.claim("located", natural_case(dateline))


def _code_value(name: str, value: str) -> object:
    """Return the value of a label for an own field: a length as a number, subjects as a list."""
    if normal_name(name) in ("length", "wc", "wordcount") and (length := _LENGTH.match(value)):
        return int(re.sub(r"\D", "", length[1]))
    if _SHARE.search(value):
        return [term for part in value.split(";") if (term := _SHARE.sub("", part).strip())]
    if " | " in value:
        return [term for part in value.split(" | ") if (term := part.strip())]
    return value


def date_in(line: str) -> str | None:
    """Return the text of the date in a line that is a date, beside which a weekday, a time and an edition may stand, else None.

    >>> date_in("January 28, 1993, Tuesday, Late Edition - Final"), date_in("Ten killed on January 11, 2010")
    ('January 28, 1993', None)
    """
    if len(line) > 160:
        return None
    found = next(find_dates(line), None)
    if found is not None:
        return found.text if len(line[: found.start].split()) <= 1 else None
    return line if len(line) <= 40 and parse_published(line) is not None and not line.isdigit() else None


def difference(origin: Origin, stated: int | None, read: int, which: str = "") -> Iterator[Rejected]:
    """Yield a rejection if an export states another number of documents than were read; ``which`` names those in it."""
    if stated and stated != read:
        found = f"{read:,} {'was' if read == 1 else 'were'} found in it"
        documents = "document" if stated == 1 else "documents"
        yield origin.rejected(f"the export states {stated:,} {documents}, but {found}{which}")


_COUNT_BEHIND_LABEL = re.compile(
    r"(?:nombre|number|número|numero|nombre total|total number|anzahl|aantal)\s(?:total\s)?(?:de\s|of\s|di\s|der\s|dei\s)?"
    r"(?:documents?|articles?|dokumente?|artikel|documentos?|artículos?|documenti|articoli|documenten|artigos?)(?:\s?\([a-z]{1,4}\))?"
    r"\s?[:=]?\s(?P<count>\d{1,3}(?:[.,\s]\d{3})+|\d{1,6})",
    re.IGNORECASE,
)
_RESULTS_BEHIND_LABEL = re.compile(
    r"(?:results found|gefundene (?:ergebnisse|treffer)|(?:ergebnisse|treffer)(?: gefunden)?|résultats(?: trouvés)?|resultados(?: encontrados)?"
    r"|risultati(?: trovati)?|gevonden resultaten|resultaten(?: gevonden)?|найдено результатов)"
    r"[\s:|]+(?P<count>\d{1,3}(?:[.,\s]\d{3})+|\d{1,6})",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:(?:documents?|dokumente?|documentos?|documenti|articles?)\s)?(?P<number>\d{1,6})(?:\s?[-–à]\s?\d{1,6})?"
    r"\s(?:of|de|sur|von|di|van|/)\s(?P<count>\d{1,6})(?:\s(?:documents?|dokumente?n?|documentos?|documenti|articles?))?",
    re.IGNORECASE,
)
_COUNT_ALONE = re.compile(
    r"(?P<count>\d{1,6})\s(?:documents?|dokumente|documentos?|documenti|documenten)", re.IGNORECASE
)


def stated_count(line: str, *, of_search: bool = False) -> int | None:
    """Return the number of documents that a line of an export states, and nothing else; None if it states none.

    With ``of_search``, it is the number that a search found.

    >>> stated_count("Nombre de documents : 24"), stated_count("Document 3 de 120"), stated_count("5 documents")
    (24, 120, 5)
    >>> stated_count("Results Found\t1,204", of_search=True), stated_count("Ten documents of 1945")
    (1204, None)
    """
    if len(line) > 120:
        return None
    line = squeeze(line)
    patterns = (_RESULTS_BEHIND_LABEL,) if of_search else (_COUNT_BEHIND_LABEL, _COUNTED, _COUNT_ALONE)
    found = next((match for pattern in patterns if (match := pattern.fullmatch(line)) is not None), None)
    return int(re.sub(r"\D", "", found["count"])) if found is not None else None


def labels_in(table: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the role of each label, in normal form; ``table`` has pairs of a role and its labels, separated by ``|``."""
    return {normal_name(label): role for role, labels in table for label in labels.split("|")}
