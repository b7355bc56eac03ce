"""The headline of an HTML page, of the several that it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft

from .dom import text_of
from .page import Page, where_in_meta
from .schemaorg import same_house

TITLES = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "title",
)
"""Names of ``<meta>`` that hold a headline, the most trusted first."""

LONGEST_TITLE = 500
"""Characters of what can be a headline."""

MOST_SHOWN = 12
"""Headings of the first rank that are looked at."""

_SEPARATORS = re.compile(r"\s*(?:\s[-–—|·•»:/]{1,2}\s|[|｜»])\s*")


def claim_titles(
    draft: Draft, page: Page, told: Sequence[tuple[str, Provenance]], house: Sequence[str]
) -> list[str]:
    """Claim the headline, of ``told`` by schema.org and by the page; all forms of it that the page has."""
    candidates = list(told)
    candidates += [
        (value, Provenance("stated", where_in_meta(name))) for name in TITLES if (value := page.first(name))
    ]
    candidates.append((page.title, Provenance("stated", "<title>")))
    candidates = [(value, known) for value, known in candidates if 0 < len(value) <= LONGEST_TITLE]
    clean = [(without_house(value, house), known) for value, known in candidates]
    shown = _headline_shown(page, [value for value, _ in clean], house)
    forms = [value for value, _ in candidates + clean]
    if shown:
        forms.append(shown)
        clean = [(shown if _extends(value, shown) else value, known) for value, known in clean]
        last = len(clean) - (1 if clean and clean[-1][1].basis == "<title>" else 0)
        clean.insert(last, (shown, Provenance("stated", "h1")))
    for value, known in clean:
        draft.claim("title", value, known)
    return list(dict.fromkeys(forms))


def _headline_shown(page: Page, known: Iterable[str], house: Sequence[str]) -> str | None:
    """The headline that a reader of the page sees: the ``<h1>`` that is most like what the page says elsewhere."""
    words = [_words(value) for value in known]
    best, best_rank = None, 0.0
    for element in page.headlines[:MOST_SHOWN]:
        text = text_of(element)
        mine = _words(text)
        if not mine or len(text) > LONGEST_TITLE:
            continue
        rank = max((len(mine & other) / len(mine | other) for other in words if other), default=0.0)
        if rank == 0 and not same_house(text, house):
            rank = 0.02 if len(mine) > 2 else 0.01  # better than none, but a word or two may be a logo
        if rank > best_rank:
            best, best_rank = text, rank
    return best


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _extends(text: str, headline: str) -> bool:
    """Whether a text is a headline with something after a sign behind it."""
    return (
        len(headline) > 15
        and text.startswith(headline)
        and re.match(r"\s*[-–—|·•»:｜]\s", text[len(headline) :]) is not None
    )


def without_house(title: str, house: Sequence[str]) -> str:
    """A headline without the name of the outlet behind it, or in front.

    >>> without_house("Rain in Rome | Weather | The Daily Example", ["Daily Example"])
    'Rain in Rome | Weather'
    """
    for _ in range(2):
        parts = list(_SEPARATORS.finditer(title))
        if not parts:
            break
        last, first = title[parts[-1].end() :], title[: parts[0].start()]
        if _names_house(last, house):
            title = title[: parts[-1].start()].strip()
        elif _names_house(first, house):
            title = title[parts[0].end() :].strip()
        else:
            break
    return title


def _names_house(part: str, house: Sequence[str]) -> bool:
    """Whether a part of a title is the name of the outlet, or its address."""
    letters = _letters(part)
    if len(letters) < 2:
        return False
    for name in house:
        other = _letters(name)
        if letters == other or (
            min(len(letters), len(other)) >= 3
            and (letters in other or other in letters)
            and abs(len(letters) - len(other)) <= max(8, len(other) // 2)
        ):
            return True
    return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
