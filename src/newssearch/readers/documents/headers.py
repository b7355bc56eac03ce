"""The lines beside a headline that state where, when and by whom an article was published."""

from __future__ import annotations

import re

from newssearch.article import STATED, Provenance
from newssearch.outlets import outlets
from newssearch.press.agencies import agency_named
from newssearch.press.bylines import AUTHOR_INTRODUCTION, without_by_words
from newssearch.press.cities import CITIES
from newssearch.readers.api import ReadOptions
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.outlet_names import looks_like_outlet
from newssearch.readers.article.values import is_domain, read_date
from newssearch.readers.records.field_names import FIELD_OF_COLUMN
from newssearch.readers.records.json_values import normal_name
from newssearch.text.date_labels import says_published, says_updated
from newssearch.text.date_search import find_dates
from newssearch.text.paragraphs import squeeze
from newssearch.text.partial_dates import PartialDate

LONGEST_LINE = 160
"""The maximum number of characters of a line about an article."""

LONGEST_WORDS_BESIDE_DATE = 40
"""The maximum number of characters of the words in front of a date that say what it is."""

LONGEST_WEEKDAY = 16
"""The maximum number of characters of the name of a day of the week."""

FROM_SOURCE_LINE = Provenance("inferred", "the line with the source")
FROM_DATED_LINE = Provenance("inferred", "the line with the date")

_URL = re.compile(r"(?:[^\W\d_]{2,20}:\s{0,3})?(https?://\S+|www\.\S+\.\S+)", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*[,;|·•/()\[\]]\s*|\s+[–—-]\s+|\s*[–—]\s*")
_PAGE_MARK = re.compile(
    r"(?:(?:S|p|pp|pg|pag|pág|str|с|σ)\.|Seiten?|pages?|page n°|página|pagina|sida|side|strona|sivu|nr\.|no\.|n°|ausgabe|edition|édition|vol\.)\s{0,2}"
    r"[A-Z]{0,2}\d{1,4}(?:\s?(?:[-–/]|u\.|und|et|and)\s?[A-Z]{0,2}\d{1,4})?",
    re.IGNORECASE,
)
_CLOCK_TIME = re.compile(
    r"(?:um|at|à|alle|kl\.?)?\s?\d{1,2}[:.h]\d\d(?:[:.]\d\d)?\s?(?:Uhr|h|[ap]\.?m\.?)?", re.IGNORECASE
)
_IN_FRONT_OF_DATE = re.compile(r"(?<=\S)\s(?:vom|am|du|le|del?|of|on|van|den|från|dated|il|do|em|z)\s?$")
"""A pattern for the word between the name of an outlet and a date: ``Hafenblatt vom 7. Mai 2024``."""

_NO_NAMES = re.compile(
    r"\b(?:Through|Across|Over|Under|Between|After|Before|Without|Into|Against|Around|Along|Beyond|Until|Toward|Towards|During"
    r"|About|Than|That|This|Their|Its|My|Your|Is|Are|Was|Were|Will|Have|Has|Durch|Ohne|Nach|Gegen|Zwischen|Über|Unter|Wegen"
    r"|Contre|Après|Avant|Dans|Sans|Entre|Vers|Sobre|Contra|Después)\b",
    re.IGNORECASE,
)
"""Words of sentences and titles, which stand in no list of names."""

_NAME = re.compile(r"[^\W\d_][\w'’.&+-]*(?: [\w'’.&+-]+){0,4}")


class HeaderLines:
    """The values found in lines beside a headline.

    With ``unknown_outlets``, the words in front of a date are an outlet also if no table names it, but not ``places``, in
    lower case. A line that is the name of ``creator``, who made the document, is its byline.
    """

    def __init__(
        self,
        options: ReadOptions,
        lang: str = "",
        *,
        unknown_outlets: bool = False,
        creator: str = "",
        places: frozenset[str] = frozenset(),
    ) -> None:
        self._places = places
        self._creator = squeeze(creator)
        self._options, self._lang, self._unknown_outlets = options, lang, unknown_outlets
        self.date = self.byline = self.url = self.outlet = self.source = self.updated = ""
        self._outlet_from = STATED
        self.has_known_outlet = False
        """Whether a table names the outlet, or its page is beside it."""

    def claim_in(self, draft: Draft) -> None:
        """Claim the values in the draft of an article."""
        draft.claim("url", self.url)
        draft.claim("byline", self.byline)
        draft.claim("outlet", self.outlet, self._outlet_from)
        draft.claim("source", self.source)
        draft.claim("date", self.date)
        draft.claim("date", self.updated, Provenance("inferred", "when it was updated"))

    def take(self, line: str, role: str = "") -> bool:
        """Take the values in a line. Return whether the line has nothing else; ``role`` is what its style says."""
        line = squeeze(line) if len(line) <= 2 * LONGEST_LINE else line
        if not line or len(line) > LONGEST_LINE:
            return False
        if role == "byline" or (line == self._creator and not self.byline):
            self.byline = self.byline or without_by_words(line)
            return True
        return (
            self._take_labelled(line)
            or self._take_url(line)
            or self._take_dated(line)
            or self._take_byline(line)
            or self._take_outlet(line)
        )

    def take_citation(self, line: str) -> None:
        """Take the values in a citation, in which words in front of the date are an outlet."""
        self._unknown_outlets = True
        self.take(line)

    def take_last(self, line: str) -> bool:
        """Take the values in the last line of an article: its address, its outlet, or both with its date."""
        line = squeeze(line)
        if not line or len(line) > LONGEST_LINE:
            return False
        return self._take_url(line) or self._take_outlet(line) or (not self.date and self._take_dated(line))

    def _take_labelled(self, line: str) -> bool:
        """Take a line of a label and a value, such as ``Source: The Bay Courier``; labels are the names of columns."""
        label, colon, value = line.partition(":")
        value = value.strip()
        if not colon or not value or len(label) > LONGEST_WORDS_BESIDE_DATE:
            return False
        field = FIELD_OF_COLUMN.get(normal_name(label))
        if field == "source" and _NAME.fullmatch(value):
            return self._take_source(value)
        if field == "outlet" and not self.outlet and _NAME.fullmatch(value):
            self.outlet = value
        elif field == "byline" and not self.byline and value[0].isupper():
            self.byline = value
        elif field == "date" and not self.date and not says_updated(label):
            return self._take_date(value)
        else:
            return False
        return True

    def _take_source(self, name: str) -> bool:
        """Take the name behind ``Source:``: an agency, or an outlet if it is known as one or those of the others are."""
        is_outlet = outlets(self._options.outlets).knows(name) or self._unknown_outlets
        if is_outlet and agency_named(name) is None:
            if self.outlet:
                return False
            self.outlet, self._outlet_from = name, FROM_SOURCE_LINE
        elif self.source:
            return False
        else:
            self.source = name
        return True

    def _take_url(self, line: str) -> bool:
        found = _URL.fullmatch(line)
        if found is None or self.url:
            return False
        self.url = found[1]
        return True

    def _take_outlet(self, line: str) -> bool:
        known = outlets(self._options.outlets)
        if self.outlet or not (known.knows(line) or (is_domain(line) and line == line.lower())):
            return False
        self.outlet = line
        return True

    def _take_byline(self, line: str) -> bool:
        if self.byline or line[-1:] in ".?!:":
            return False
        found = AUTHOR_INTRODUCTION.match(line)
        if found is None:
            return False
        names = without_by_words(line, self._lang)
        words = names.split(",", 1)[0].split()
        if names == line or not 0 < len(words) <= 12 or not words[0][0].isupper():
            return False
        if sum(word[0].isupper() for word in words) * 2 < len(words) or _NO_NAMES.search(names):
            return False
        self.byline = names
        return True

    def _take_dated(self, line: str) -> bool:
        """Take a date from a line, and an outlet beside it. Return whether the line has no other words."""
        dates = list(find_dates(line, self._lang or None))
        known = outlets(self._options.outlets)
        front = _IN_FRONT_OF_DATE.sub("", line[: dates[0].start].rstrip()) if dates else ""
        name = front.strip(" ,–—-")  # "Sun" is a Sunday, and "vom" a label of dates
        if not (name and (known.knows(name) or looks_like_outlet(name))) and self._take_date(line):
            return True
        if not dates:
            return False
        is_later = says_updated(line[: dates[0].start])
        parts, at = [], 0
        for found in dates:
            parts.append(line[at : found.start])
            at = found.start + len(found.text)
        parts.append(line[at:])
        parts[:-1] = [_IN_FRONT_OF_DATE.sub("", part) if part[:1].isupper() else part for part in parts[:-1]]
        others = [part for piece in parts for part in _SEPARATORS.split(piece) if part.strip(" .:")]
        has_page = any(map(_PAGE_MARK.fullmatch, others))
        unknown, outlet, byline = [], "", ""
        for number, part in enumerate(others):
            words = part.strip(" .:")
            if (
                _PAGE_MARK.fullmatch(words)
                or _PAGE_MARK.fullmatch(part)
                or _CLOCK_TIME.fullmatch(words)
                or _is_date_label(part)
            ):
                continue
            if known.knows(words) or (is_domain(words) and words == words.lower()):
                outlet = outlet or words
            elif AUTHOR_INTRODUCTION.match(part) and without_by_words(part, self._lang) != part:
                byline = byline or without_by_words(part, self._lang)
            elif (
                len(words) <= LONGEST_WEEKDAY
                and read_date(f"{words} {dates[0].text}", self._options)[0] is not None
            ):
                continue  # a weekday
            elif (
                (has_page or self._unknown_outlets)
                and number == 0
                and _NAME.fullmatch(words)
                and words[0].isupper()
                and (has_page or words.casefold() not in self._places)
                and words.casefold() not in CITIES
            ):
                unknown.append(words)
            else:
                unknown += ["", ""]
        if len(unknown) > 1 or (not outlet and unknown == [""]):
            if sum(map(len, others)) <= LONGEST_WORDS_BESIDE_DATE and not self.date and not is_later:
                self.date = dates[0].text
            return False
        named = outlet or (unknown[0] if unknown else "")
        if named and self.outlet and named.casefold() != self.outlet.casefold():
            self.date = self.date or ("" if is_later else dates[0].text)
            return False  # the line says more than what is taken from it
        if named and not self.outlet:
            self.outlet, self._outlet_from = named, FROM_DATED_LINE
            self.has_known_outlet = bool(outlet) or has_page
        self.byline = self.byline or byline
        if is_later:
            self.updated = self.updated or dates[0].text
            if len(dates) > 1:
                self.date = self.date or dates[1].text
        else:
            self.date = self.date or dates[0].text
        return True

    def _take_date(self, line: str) -> bool:
        """Take a line that is a date, or a month with its year, and nothing else."""
        if len(line) > LONGEST_WORDS_BESIDE_DATE:
            return False
        date, _ = read_date(line, self._options, self._lang or None)
        if date is None or (isinstance(date, PartialDate) and date.month is None):
            return False
        self.date = self.date or line
        return True


def _is_date_label(part: str) -> bool:
    """Whether words beside a date only say that something was published or updated then."""
    return (
        len(part) <= LONGEST_WORDS_BESIDE_DATE
        and (says_published(part) or says_updated(part))
        and len(part.split()) <= 4
    )


def citation_of(
    line: str,
    options: ReadOptions,
    lang: str,
    *,
    bylines: bool = False,
    places: frozenset[str] = frozenset(),
) -> HeaderLines | None:
    """Return the values in a line that says where or when an article was published, and little else, or None.

    With ``bylines``, a line that says by whom counts, too. ``places`` are names that are no outlets, in lower case.
    """
    if len(line) > LONGEST_LINE:
        return None
    lines = HeaderLines(options, lang, unknown_outlets=True, places=places)
    taken = lines.take(line)
    return (
        lines if taken and (lines.date or lines.url or lines.outlet or (bylines and lines.byline)) else None
    )


def names_source(line: str) -> bool:
    """Whether a line is an address behind a word such as ``Source:``, or a name behind it."""
    if len(line) > LONGEST_LINE:
        return False
    label, colon, value = squeeze(line).partition(":")
    found = _URL.fullmatch(squeeze(line))
    return (found is not None and found.start(1) > 0) or (
        bool(colon)
        and FIELD_OF_COLUMN.get(normal_name(label)) == "source"
        and _NAME.fullmatch(value.strip()) is not None
    )
