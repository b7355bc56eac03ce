"""Makes articles from the text of a document: usually one, and for a press review one for each of its articles.

A document is divided where its own structure indicates it: at the headings of one level, at short bold or large
lines, or at the starts of pages. At least two of these, and most of them, must be followed by a line that states
where or when an article was published, such as ``Le Monde, 5 May 2024, p. 3``. A line with only a date counts if
outlets are named elsewhere, because diaries have such lines, too. All other documents are one article each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby, pairwise
from typing import NamedTuple

from newssearch.article import Provenance
from newssearch.outlets import outlets
from newssearch.readers.api import Origin, ReadOptions, ReadOutcome, Skipped, UnreadableError
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.headlines import is_made_by_program
from newssearch.readers.article.language import detect_language
from newssearch.readers.databases import recognition
from newssearch.readers.styled_text import StyledParagraph, StyledText
from newssearch.text.date_search import may_have_date
from newssearch.text.paragraphs import MAX_WRAP_CHARS, SENTENCE_ENDS, Block, split_paragraphs, squeeze

from .headers import LONGEST_LINE, HeaderLines, citation_of, names_source
from .places import is_prose_of_document, places_among

LONGEST_HEADLINE_LINE = 250
"""The maximum number of characters of a line that may be a headline."""

LONGEST_SUBHEAD = 120
"""The maximum number of characters of a bold line that is a heading."""

LINES_BESIDE_HEADLINE = 4
"""The number of lines after a headline, and of lines at the end of an article, that may say where it was published."""

FEWEST_WRAPPED_LINES = 5
"""The smallest number of lines in a row that may be the lines of wrapped paragraphs."""

SHORTEST_PROSE = 200
"""A text with fewer characters of sentences in front of the first article is a cover, not an article."""

FEWEST_ENTRIES = 3
"""The smallest number of headings in a row that are a table of contents without numbers of pages."""

COVERS = "covers of press reviews"
"""The kind under which reports count what is in front of the first article of a press review."""

FROM_TITLE_STYLE = Provenance("stated", "the line of the style Title")
FROM_FIRST_HEADING = Provenance("inferred", "the first heading")
FROM_FIRST_LINE = Provenance("inferred", "the first line")
FROM_DOCUMENT_TITLE = Provenance("stated", "the document's title")
FROM_CREATOR = Provenance("inferred", "who made the document")
FROM_CREATED = Provenance("inferred", "when the document was made")
FROM_DOCUMENT_DATE = Provenance("stated", "the document's date")
FROM_PUBLISHER = Provenance("stated", "the document's publisher")
FROM_COVER = Provenance("inferred", "the cover of the document")
FROM_HEADING_ABOVE = Provenance("inferred", "the heading above")
FROM_SITE = Provenance("inferred", "the site that it was clipped from")
FROM_LINK = Provenance("inferred", "the link of the headline")

_CITATION_IN_FRONT = re.compile(r"(?P<citation>[^:|]{5,120}?)\s?(?::\s|\|\s|\s[–—-]\s)(?P<title>.{5,})")
_CITATION_BEHIND = re.compile(r"(?P<title>[^(\[]{5,}?)\s?[(\[](?P<citation>[^()\[\]]{5,120})[)\]]")
_TIMES_OF_TEMPLATES = frozenset({"2013-12-23T23:15:00Z"})
"""The times of creation of templates, which programs such as python-docx leave in each document."""

_BULLETS = frozenset("•▪◦‣■●○")
_END_OF_ENTRY = re.compile(r"[\s.…]{0,200}\d{0,4}\s*$")
_DOTS_IN_ENTRY = re.compile(r"\s*(?:\.\s?\.|…)")
_NAME_OF_PERSON = re.compile(r"[^\W\d_]{2}[\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
_NAME_OF_ACCOUNT = re.compile(
    r"\b(?:microsoft|office|word|user|admin|administrator|owner|benutzer|utilisateur|usuario|utente|windows|unknown|default|redaktion|press|presse)\b",
    re.IGNORECASE,
)


class _Section(NamedTuple):
    """One article of a document: the headings above it, and its paragraphs, of which the first is its headline."""

    above: tuple[str, ...]
    paragraphs: Sequence[StyledParagraph]


def read_styled(text: StyledText, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in the text of a document. Raises UnreadableError if it has no text."""
    exported = recognition.exported_styled(text, origin)
    if exported is not None:
        yield from exported
    else:
        yield from _articles_in(text, origin)
    for kind in text.unread:
        yield Skipped(origin.path, kind)


def _articles_in(text: StyledText, origin: Origin) -> Iterator[ReadOutcome]:
    text, lang = _prepared(text)
    paragraphs = text.paragraphs
    marks = _Marks(origin.options, lang, text.bylines_divide, _places_in(paragraphs, origin.options, lang))
    before, sections = _divided(paragraphs, marks)
    if not sections:
        yield _article_of(text, _Section((), paragraphs), origin, lang)
        return
    cover = HeaderLines(origin.options, lang)
    for one in before:
        cover.take(one.text)
    number = 1
    sentences = sum(len(one.text) for one in before if _closes_sentence(one) and not one.level)
    if sentences >= SHORTEST_PROSE or any(len(one.text) >= SHORTEST_PROSE for one in before):
        yield _article_of(text, _Section((), before), origin, lang)
        number = 2
    elif before:
        yield Skipped(origin.path, COVERS)
    names = _varying_names(sections, marks)
    while len(sections[0].paragraphs) == 1:  # the title of the document, as a heading
        yield Skipped(origin.path, COVERS)
        del sections[0]
    for record, section in enumerate(sections, start=number):
        yield _article_of(text, section, origin, lang, record, cover, names, marks.places)


def article_of_text(text: StyledText, origin: Origin) -> ReadOutcome:
    """Return the only article in a text. Raises UnreadableError if it has no text."""
    text, lang = _prepared(text)
    return _article_of(text, _Section((), text.paragraphs), origin, lang)


def _prepared(text: StyledText) -> tuple[StyledText, str]:
    """Return a text without its table of contents, and the tag of its language, or ``""``."""
    paragraphs = _without_contents(text.paragraphs)
    if not any(any(map(str.isalnum, one.text)) for one in paragraphs):
        raise UnreadableError(
            f"a document without text: it has {text.unread[0]}" if text.unread else "a document without text"
        )
    lang = detect_language(" ".join(one.text for one in paragraphs[:40])) or ""
    stated = text.lang.replace("_", "-").partition("-")[0].lower()
    # many documents state the language of the program that made them
    return text._replace(
        paragraphs=paragraphs, lang=text.lang if stated == lang.partition("-")[0] else ""
    ), lang


def _without_contents(paragraphs: Sequence[StyledParagraph]) -> list[StyledParagraph]:
    """Return the paragraphs that are text, without a table of contents; line breaks may separate paragraphs."""
    entries = _entries_of_contents(paragraphs)
    kept: list[StyledParagraph] = []
    page = False
    for number, one in enumerate(paragraphs):
        page = page or one.new_page
        if one.role == "contents" or number in entries:
            continue
        for text in _lines_or_paragraph(one.text):
            bare = _without_bullet(text)
            kind = "list" if bare != text and one.kind == "text" else one.kind
            kept.append(one._replace(text=bare, kind=kind, new_page=page))
            page = False
    return list(_without_wraps(kept))


def _entries_of_contents(paragraphs: Sequence[StyledParagraph]) -> set[int]:
    """Return the places of the lines of a table of contents that has no style of its own.

    They have the words of headings further down, and dots in front of a number, or they stand together in the order of
    the headings. A single line with the words of a heading is text.
    """
    places: dict[str, list[int]] = {}
    for number, one in enumerate(paragraphs):
        if one.level:
            places.setdefault(squeeze(one.text), []).append(number)
    found: set[int] = set()
    together: list[int] = []
    last, size = -1, 0
    for number, one in enumerate(paragraphs):
        line = _without_bullet(one.text) if len(one.text) <= 2 * LONGEST_HEADLINE_LINE else ""
        words = _END_OF_ENTRY.sub("", line)
        later = (
            () if one.level or not places else (place for place in places.get(words, ()) if place > number)
        )
        heading = next(iter(later), -1)
        if one.role == "contents":
            size += 1
        elif heading > last:
            together, last, size = [*together, number], heading, size + 1
            if _DOTS_IN_ENTRY.match(line[len(words) :]):
                found.add(number)
        else:
            together, last, size = [], -1, 0
        if size >= FEWEST_ENTRIES:
            found.update(together)
    return found


def _without_wraps(paragraphs: Sequence[StyledParagraph]) -> Iterator[StyledParagraph]:
    """Yield the paragraphs, joined where each of them is only a line, as in texts of other programs."""
    for is_plain, group in groupby(paragraphs, key=_may_be_line):
        lines = list(group)
        width = max(len(one.text) for one in lines)
        while (
            is_plain
            and len(lines) > 1
            and len(lines[0].text) < 0.7 * width
            and not _closes_sentence(lines[0])
        ):
            yield lines.pop(0)  # a headline, or a line about the article
        if is_plain and len(lines) >= FEWEST_WRAPPED_LINES:
            joined = split_paragraphs("\n".join(one.text for one in lines))
            if len(joined) < len(lines):
                yield from (lines[0]._replace(text=text, links=(), new_page=False) for text in joined)
                continue
        yield from lines


def _closes_sentence(one: StyledParagraph) -> bool:
    return one.text[-1:] in SENTENCE_ENDS


def _may_be_line(one: StyledParagraph) -> bool:
    return one.kind == "text" and not one.role and len(one.text) <= MAX_WRAP_CHARS and not one.new_page


def _without_bullet(text: str) -> str:
    return text[1:].lstrip() if text[:1] in _BULLETS and len(text) > 1 else text


def _lines_or_paragraph(text: str) -> list[str]:
    """Return the paragraphs in a paragraph with line breaks.

    Blank lines separate paragraphs; all line breaks do if one of the lines is too wide to have been wrapped.
    """
    if "\n" not in text:
        return [squeeze(text)]
    lines = [squeeze(line) for line in text.split("\n")]
    if max(map(len, lines)) > MAX_WRAP_CHARS:
        return [line for line in lines if line]
    return [joined for block in re.split(r"\n[^\S\n]*\n\s*", text) if (joined := squeeze(block))]


# ---- division


class _Marks(NamedTuple):
    """What decides whether a line is a citation: the options, the language, whether bylines count, and names of places."""

    options: ReadOptions
    lang: str
    bylines: bool
    places: frozenset[str] = frozenset()

    def strength(self, paragraphs: Sequence[StyledParagraph], level: int) -> int:
        """Return how surely an article, whose headline has the given level, says where or when it was published.

        The strength is 2 for a line near the headline or at the end that names an outlet or an address, 1 for one with
        only a date, and for the address of a source at the end; 0 without such a line.
        """
        if self.citation_in(paragraphs[0].text) is not None:
            return 2 if len(paragraphs) > 1 else 0
        near: list[str] = []
        for one in paragraphs[1 : 1 + LINES_BESIDE_HEADLINE]:
            if one.level > 0 and one.level != level:
                break
            near.append(one.text)
        last = paragraphs[-1].text
        found = [self._strength_of(line) for line in near if line != last]
        if near:
            found.append(min(self._strength_of(last), 1 if names_source(last) else 2))
        return max(found, default=0)

    def _strength_of(self, line: str) -> int:
        lines = citation_of(line, self.options, self.lang, bylines=self.bylines, places=self.places)
        if lines is None:
            return 0
        return 2 if lines.outlet or lines.url or lines.byline or not lines.date else 1

    def citation_in(self, heading: str) -> tuple[str, str] | None:
        """Return the headline and the citation in a heading that has both, such as ``Le Monde, 5 May 2024: Flood``."""
        for pattern in (_CITATION_IN_FRONT, _CITATION_BEHIND):
            found = pattern.fullmatch(heading) if len(heading) <= LONGEST_HEADLINE_LINE else None
            if found is None:
                continue
            lines = HeaderLines(self.options, self.lang, unknown_outlets=True, places=self.places)
            if lines.take(found["citation"]) and lines.date and lines.outlet:
                return found["title"], found["citation"]
        return None


def _divided(
    paragraphs: Sequence[StyledParagraph], marks: _Marks
) -> tuple[Sequence[StyledParagraph], list[_Section]]:
    """Return the paragraphs in front of the first article, and the articles; no articles if there is only one."""
    tests: list[tuple[int, Callable[[StyledParagraph], bool]]] = [
        (level, partial(_has_level, level))
        for level in sorted({one.level for one in paragraphs if one.level})
    ]
    best: tuple[int, list[int], int] = (1, [], 0)
    stands_out = _stands_out(paragraphs)
    for more in (tests, [(0, lambda one: stands_out(one) and _has_words(one)), (0, _begins_page)]):
        for level, test in more if not best[1] else ():
            starts = [number for number, one in enumerate(paragraphs) if test(one)]
            strengths = [
                marks.strength(paragraphs[start:end], level)
                for start, end in pairwise((*starts, len(paragraphs)))
            ]
            if 2 not in strengths and not _names_outlets(paragraphs, level, marks.options):
                continue
            cited = sum(map(bool, strengths))
            if cited > best[0] and 3 * cited >= 2 * len(starts):
                best = cited, starts, level
    starts, level = best[1], best[2]
    if not starts:
        return paragraphs, []
    sections = []
    above: dict[int, str] = {}
    begun = 0
    for start, end in pairwise((*starts, len(paragraphs))):
        for one in paragraphs[begun:start]:
            if 0 < one.level < level:
                above = {key: text for key, text in above.items() if key < one.level} | {one.level: one.text}
        body = list(paragraphs[start:end])
        while 0 < body[-1].level < level:  # it heads the next articles
            body.pop()
        sections.append(_Section(tuple(above.values()), body))
        begun = start
    return [one for one in paragraphs[: starts[0]] if not 0 < one.level < level], sections


def _names_outlets(paragraphs: Sequence[StyledParagraph], level: int, options: ReadOptions) -> bool:
    """Whether a heading above those of a level is the name of an outlet."""
    known = outlets(options.outlets)
    return any(0 < one.level < level and known.knows(one.text) for one in paragraphs)


def _has_words(one: StyledParagraph) -> bool:
    """Whether a line has several words, as a headline has; scripts without spaces count as such."""
    return len(one.text.split()) > 1 or any(character >= "\u2e80" for character in one.text)


def _has_level(level: int, one: StyledParagraph) -> bool:
    return one.level == level


def _stands_out(paragraphs: Sequence[StyledParagraph]) -> Callable[[StyledParagraph], bool]:
    """Return a test for lines that stand out like headlines: short, and bold or larger than the text."""
    sizes = sorted(one.size for one in paragraphs for _ in range(1 + len(one.text) // 80))
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    letters = sum(len(one.text) for one in paragraphs) or 1
    mostly_bold = 2 * sum(len(one.text) for one in paragraphs if one.bold) > letters

    def test(one: StyledParagraph) -> bool:
        differs = (one.bold and not mostly_bold) or (usual > 0 and one.size > usual * 1.15)
        return differs and _may_be_headline(one)

    return test


def _begins_page(one: StyledParagraph) -> bool:
    return one.new_page and _may_be_headline(one)


def _may_be_headline(one: StyledParagraph) -> bool:
    return (
        one.kind in ("text", "heading")
        and one.role in ("", "title")
        and len(one.text) <= LONGEST_HEADLINE_LINE
        and one.text[-1:] not in (".", ",", ";", ":", "。")
    )


def _places_in(paragraphs: Sequence[StyledParagraph], options: ReadOptions, lang: str) -> frozenset[str]:
    """Return the names of places, in lower case, that stand in front of dates in the lines of a document as outlets do."""
    named = []
    for one in paragraphs:
        if len(one.text) <= LONGEST_LINE and may_have_date(one.text):
            lines = HeaderLines(options, lang, unknown_outlets=True)
            if lines.take(one.text) and lines.outlet:
                named.append((lines.outlet, lines.has_known_outlet))
    prose = (one.text for one in paragraphs if is_prose_of_document(one.text))
    return places_among(named, prose) if named else frozenset()


def _varying_names(sections: Sequence[_Section], marks: _Marks) -> bool:
    """Whether the lines with the dates of the articles begin with names that differ, which are those of outlets."""
    names = []
    for section in sections:
        lines = HeaderLines(marks.options, marks.lang, unknown_outlets=True, places=marks.places)
        for one in section.paragraphs[1 : 1 + LINES_BESIDE_HEADLINE]:
            lines.take(one.text)
        names.append(lines.outlet)
    found = [name for name in names if name]
    return len(set(found)) >= 2 and 2 * len(found) > len(names)


# ---- articles


def _article_of(
    text: StyledText,
    section: _Section,
    origin: Origin,
    lang: str,
    record: int = 1,
    cover: HeaderLines | None = None,
    unknown_outlets: bool = False,
    places: frozenset[str] = frozenset(),
) -> ReadOutcome:
    """Return the article in a section of a document; ``cover`` has what the cover of a press review states."""
    draft = Draft(origin, record)
    draft.keep(text.values.get)
    draft.text_provenance = text.text_from
    for claim in text.claims:
        draft.claim(claim.field, claim.value, claim.provenance)
    paragraphs = list(section.paragraphs)
    is_whole = cover is None
    headline = 0 if not is_whole else _headline_of(paragraphs, text, origin.options, lang)
    creator = text.creator if is_whole and _is_person(text.creator) else ""
    lines = HeaderLines(origin.options, lang, unknown_outlets=unknown_outlets, creator=creator, places=places)
    title = paragraphs[headline] if headline is not None else None
    if title is not None:
        parts = None if is_whole else _Marks(origin.options, lang, False, places).citation_in(title.text)
        if parts is not None:
            lines.take_citation(parts[1])
        draft.claim("title", title.text if parts is None else parts[0], _provenance_of(title))
        if len(title.links) == 1 and title.links[0].startswith(("http://", "https://")):
            draft.claim("url", title.links[0], FROM_LINK)
    if is_whole and not is_made_by_program(text.title):
        draft.claim("title", text.title, FROM_DOCUMENT_TITLE)
    body = _without_header(paragraphs, headline, lines)
    draft.text = list(_blocks_of_section(body))
    lines.claim_in(draft)
    for heading in reversed(section.above):
        is_outlet = outlets(origin.options.outlets).knows(heading)
        draft.claim("outlet" if is_outlet else "section", heading, FROM_HEADING_ABOVE)
    draft.claim("url", text.url)
    draft.claim("outlet", text.site, FROM_SITE)
    for name in text.publishers:
        draft.claim("outlet", name, FROM_PUBLISHER)
    if cover is not None and not draft.has("date"):
        draft.claim("date", cover.date, FROM_COVER)
    if not draft.has("date"):
        draft.claim("date", text.published, FROM_DOCUMENT_DATE)
    if not draft.has("date"):
        draft.claim("date", "" if text.created in _TIMES_OF_TEMPLATES else text.created, FROM_CREATED)
    if not draft.has("byline"):
        draft.claim("byline", squeeze(creator), FROM_CREATOR)
    draft.claim("lang", text.lang)
    if text.claims:
        draft.drop_outlet_from_title()
    return draft.build()


def _headline_of(
    paragraphs: Sequence[StyledParagraph], text: StyledText, options: ReadOptions, lang: str
) -> int | None:
    """Return the index of the headline of a document that is one article, or None if it has none."""
    first = paragraphs[: 1 + LINES_BESIDE_HEADLINE]
    for number, one in enumerate(first):
        if one.role == "title":
            return number
    stands_out = _stands_out(paragraphs)
    for number, one in enumerate(first):
        if one.level or stands_out(one):
            return number
        if len(one.text) > SHORTEST_PROSE:
            break
    lines = HeaderLines(options, lang)
    for number, one in enumerate(first):
        following = next((other for other in paragraphs[number + 1 :] if other.kind != "heading"), None)
        if squeeze(one.text).casefold() == squeeze(text.title).casefold():
            return number
        if lines.take(one.text):
            continue
        if not _may_be_headline(one) or following is None or one.text[-1:] in SENTENCE_ENDS - {"?", "!"}:
            return None
        longer = max(len(other.text) for other in paragraphs[number + 1 : number + 6])
        return number if longer > 1.5 * len(one.text) else None
    return None


def _provenance_of(title: StyledParagraph) -> Provenance:
    if title.role == "title":
        return FROM_TITLE_STYLE
    return FROM_FIRST_HEADING if title.level else FROM_FIRST_LINE


def _without_header(
    paragraphs: Sequence[StyledParagraph], headline: int | None, lines: HeaderLines
) -> list[StyledParagraph]:
    """Return the paragraphs without the headline and the lines beside it that are only about the article."""
    start = headline if headline is not None else -1
    kept: list[StyledParagraph] = []
    title = squeeze(paragraphs[start].text) if start >= 0 else ""
    is_near = True
    for number, one in enumerate(paragraphs):
        if number == start or (number <= start + 1 + LINES_BESIDE_HEADLINE and one.text == title):
            continue
        is_near = (
            is_near and number <= start + 1 + LINES_BESIDE_HEADLINE and not (number > start and one.level)
        )
        if is_near and lines.take(one.text, one.role):
            continue
        if number > start and len(one.text) > 2 * SHORTEST_PROSE:
            is_near = False
        kept.append(one)
    several = (
        sum(names_source(one.text) for one in kept) > 1
    )  # the sources of a report, not where it was published
    while kept and len(kept) > 1 and not several and lines.take_last(kept[-1].text):
        kept.pop()
    return kept


def _blocks_of_section(paragraphs: Sequence[StyledParagraph]) -> Iterator[Block]:
    """Yield the paragraphs as blocks, the footnotes last; a short bold line in front of text is a heading."""
    stands_out = _stands_out(paragraphs)
    text = [one for one in paragraphs if one.role != "note"]
    for number, one in enumerate(text):
        kind = one.kind
        if kind == "text" and len(one.text) <= LONGEST_SUBHEAD and number + 1 < len(text):
            following = text[number + 1]
            if stands_out(one) and not stands_out(following) and len(following.text) > len(one.text):
                kind = "heading"
        yield Block(one.text, kind)
    for one in paragraphs:
        if one.role == "note":
            yield Block(one.text)


def _is_person(name: str) -> bool:
    """Whether the name of who made a document may be that of its author, not of a computer or a program."""
    spelled = squeeze(name)
    return _NAME_OF_PERSON.fullmatch(spelled) is not None and _NAME_OF_ACCOUNT.search(spelled) is None
