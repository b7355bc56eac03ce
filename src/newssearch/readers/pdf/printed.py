"""Find the headline of a PDF, and the article on a page that was printed from the web.

The rules of the reader of web pages apply as far as a printed page shows what they need. A PDF has no elements and
classes, but it has links, sizes of letters, and an order:

- text above the headline is the navigation of the site;
- a paragraph of which more than four fifths are links, and a shorter line of which more than half are, is navigation;
- the article is where prose in letters of the usual size is dense: the run of paragraphs with the largest sum, in which
  prose counts its characters and each other line costs :data:`COST_OF_LINE`. This is the maximum subsequence segmentation
  of J. Pasternack and D. Roth, "Extracting Article Text from the Web with Maximum Subsequence Segmentation", WWW 2009;
- a short line between paragraphs belongs to the article if it is a heading (larger or bold, and a paragraph follows),
  or if it has letters of the usual size and is no aside by its words (:mod:`newssearch.asides`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newssearch.asides import aside_of, is_label
from newssearch.outlets import outlets
from newssearch.readers.api import ReadOptions
from newssearch.readers.article.headlines import letters_and_digits
from newssearch.readers.styled_text import FieldClaim, StyledParagraph
from newssearch.system.lazy_regex import Pattern
from newssearch.text.paragraphs import SENTENCE_ENDS, ParagraphKind

from .lines import PdfParagraph, is_same_size
from .under_headline import read_lines_under

SHORTEST_PROSE_PARAGRAPH = 60
"""The minimum number of characters of a paragraph that is not a line of navigation, a heading or a caption."""

LONGEST_PRINTED_HEADLINE = 250
"""The maximum number of characters of a headline."""

SHORTEST_MATCH = 10
"""The minimum number of letters and digits of a line that is a headline because the title of the PDF contains it."""

MIN_SHARE_OF_TITLE = 0.3
"""The minimum share of the letters of a title that such a line has: the name of the outlet may follow it."""

MIN_LARGER = 1.15
"""A headline that no title confirms has letters larger than the text by this factor."""

MAX_LINKED_IN_PROSE, MAX_LINKED_IN_LINE = 0.8, 0.5
"""The maximum shares of links in a paragraph, and in a shorter line, of an article."""

COST_OF_LINE = 20
"""The cost, in characters of prose, of a line that is not prose to the run of paragraphs that contains it."""

MAX_LINES_UNDER_HEADLINE = 12
"""The number of paragraphs after the headline that may say when and by whom the article was published."""

_ENDS = tuple(SENTENCE_ENDS)
_CLOSING_MARKS = "\"'”’»“)]」』"

_PRINTED = Pattern(
    r"skia/pdf|chrom(?:e|ium)|mozilla|firefox|safari|webkit|wkhtmltopdf|weasyprint|\bprince\b|\bedge\b|writer.?/?web|web_pdf"
    r"|dompdf|mpdf|puppeteer|playwright|singlefile|opera\b|print friendly"
    r"|\A(?:libreoffice|openoffice(?:\.org)?) [\d.]+\Z",
    re.IGNORECASE,
)
"""The names of programs that print web pages. LibreOffice adds that of Writer for other documents."""

_WRITTEN = Pattern(
    r"\bword\b|\bwriter\b|indesign|quark|\bpages\b|\btex\b|latex|scribus|publisher|framemaker|affinity|pdfmaker|powerpoint|impress",
    re.IGNORECASE,
)
"""The names of programs in which texts are written or laid out."""


def is_web_printer(program: str) -> bool:
    """Whether the programs that made a PDF print web pages, in which case its time of creation is that of printing."""
    return _PRINTED.search(program) is not None


def is_writing_program(program: str) -> bool:
    """Whether the programs that made a PDF are for writing or layout, so that it was made when the text was finished."""
    return not is_web_printer(program) and _WRITTEN.search(program) is not None


def printed_headline(
    paragraphs: Sequence[PdfParagraph], titles: Sequence[str], options: ReadOptions
) -> int | None:
    """Return the place of the headline, or None if no line stands out as one.

    It is a line whose words are in one of the titles that the PDF or a browser states, the largest of them; else the
    line in the largest letters above the article, of three words or more if there is one. The names of outlets and the
    labels of links are none.
    """
    usual = usual_size(paragraphs)
    known = outlets(options.outlets)
    stated = [letters_and_digits(title) for title in titles if title]
    region = _region(paragraphs, 0, usual)
    last = region[0] + MAX_LINES_UNDER_HEADLINE if region else len(paragraphs)
    best: tuple[tuple[bool, bool, float], int] | None = None
    for number, one in enumerate(paragraphs):
        if len(one.text) > LONGEST_PRINTED_HEADLINE or one.linked > MAX_LINKED_IN_LINE:
            continue
        letters = letters_and_digits(one.text)
        matches = (
            len(letters) >= SHORTEST_MATCH
            and one.size >= 0.95 * usual
            and any(_same_title(letters, title) for title in stated)
        )
        stands_out = (
            number <= last
            and one.size >= MIN_LARGER * usual
            and _has_several_words(one.text, 2)
            and not one.text.endswith((":", ","))
        )
        if not (matches or stands_out) or known.knows(one.text) or _is_aside(one.text):
            continue
        rank = (matches, _has_several_words(one.text, 3), one.size)
        if best is None or rank > best[0]:
            best = rank, number
    return None if best is None else best[1]


def _same_title(letters: str, title: str) -> bool:
    if letters in title and len(letters) >= MIN_SHARE_OF_TITLE * len(title):
        return True
    return len(title) >= SHORTEST_MATCH and letters.startswith(title) and len(letters) < 1.5 * len(title)


def _has_several_words(text: str, number: int) -> bool:
    """Whether a line has a number of words, or three times as many characters of a script without spaces."""
    return len(text.split()) >= number or (text[:1] >= "\u2e80" and len(text) >= 3 * number)


def usual_size(paragraphs: Sequence[PdfParagraph]) -> float:
    """Return the size of the letters of most of the prose, or of all text if there is no prose; 0 without text."""
    for found in (filter(_is_printed_prose, paragraphs), paragraphs):
        sizes: Counter[float] = Counter()
        for one in found:
            sizes[round(one.size * 2) / 2] += len(one.text)
        if sizes:
            return max(sizes, key=lambda size: sizes[size])
    return 0.0


def _is_printed_prose(one: PdfParagraph) -> bool:
    return len(one.text) >= SHORTEST_PROSE_PARAGRAPH and one.linked <= 1 / 3


def article_of_printed(
    paragraphs: Sequence[PdfParagraph], headline: int | None, options: ReadOptions, lang: str
) -> tuple[list[StyledParagraph], list[FieldClaim]]:
    """Return the paragraphs of the article on printed pages, the headline first if there is one.

    Also return when and by whom it was published, as far as the lines under the headline say that.
    """
    start = 0 if headline is None else headline + 1
    usual = usual_size(paragraphs[start:])
    body = _region(paragraphs, start, usual)
    if not body:
        return [styled(one, headline == number) for number, one in enumerate(paragraphs)], []
    if headline is None:
        above = paragraphs[: body[0]][-MAX_LINES_UNDER_HEADLINE:]
        found = [styled(one) for one in above if one.linked <= MAX_LINKED_IN_LINE and not _is_aside(one.text)]
        return [*found, *_body(paragraphs[body[0] : body[-1] + 1], usual)], []
    between = paragraphs[start : body[0]][:MAX_LINES_UNDER_HEADLINE]
    claims, lead = read_lines_under(between, options, lang)
    found = [styled(paragraphs[headline], True)]
    found += [styled(one) for one in lead if _is_printed_prose(one) and not _is_aside(one.text)]
    return [*found, *_body(paragraphs[body[0] : body[-1] + 1], usual)], claims


def _region(paragraphs: Sequence[PdfParagraph], start: int, usual: float) -> list[int]:
    """Return the places of the first and the last paragraph of an article, or nothing if there is no prose.

    The article begins with the first prose if ``start`` is behind a headline, and anywhere if it is 0.
    """
    best, found = 0, []
    total, first = 0, -1
    for number in range(start, len(paragraphs)):
        gain = _gain(paragraphs[number], usual)
        if gain > 0 and (first < 0 or (total < 0 and not start)):
            first, total = number, 0
        total += gain if first >= 0 else 0
        if gain > 0 and total > best:
            best, found = total, [first, number]
    return found


def _gain(one: PdfParagraph, usual: float) -> int:
    if not is_same_size(one.size, usual) or one.linked > MAX_LINKED_IN_LINE:
        return -COST_OF_LINE
    if len(one.text) < SHORTEST_PROSE_PARAGRAPH:
        return len(one.text) if one.text.endswith(_ENDS) else -COST_OF_LINE
    if aside_of(one.text) in ("link", "notice"):
        return -COST_OF_LINE
    return len(one.text) if one.text.rstrip(_CLOSING_MARKS).endswith(_ENDS) else 0


def _body(paragraphs: Sequence[PdfParagraph], usual: float) -> Iterator[StyledParagraph]:
    for number, one in enumerate(paragraphs):
        is_prose = len(one.text) >= SHORTEST_PROSE_PARAGRAPH
        if one.linked > (MAX_LINKED_IN_PROSE if is_prose else MAX_LINKED_IN_LINE):
            continue
        if is_prose:
            yield styled(one)
        elif _is_subhead(one, paragraphs[number + 1 : number + 2], usual):
            yield styled(one, kind="heading")
        elif is_same_size(one.size, usual) and not _is_aside(one.text):
            yield styled(one)


def _is_subhead(one: PdfParagraph, following: Sequence[PdfParagraph], usual: float) -> bool:
    stands_out = one.size >= MIN_LARGER * usual or (one.bold and one.size >= 0.95 * usual)
    return (
        stands_out
        and not _is_aside(one.text)
        and one.text[-1:] not in SENTENCE_ENDS - {"?", "!", "…"}
        and any(_is_printed_prose(other) and is_same_size(other.size, usual) for other in following)
    )


def _is_aside(text: str) -> bool:
    return aside_of(text) in ("link", "notice") or is_label(text) or not any(map(str.isalpha, text))


def styled(one: PdfParagraph, is_headline: bool = False, kind: ParagraphKind = "text") -> StyledParagraph:
    """Return a paragraph of a PDF as one of any document; a headline is its first heading."""
    if is_headline:
        return StyledParagraph(one.text, "heading", level=1, bold=one.bold, size=one.size)
    return StyledParagraph(one.text, kind, bold=one.bold, size=one.size, new_page=one.begins_page)
