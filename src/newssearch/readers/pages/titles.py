"""Choose the headline of an HTML page among the forms that the page states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft

from .layout import visible_text
from .page import Page, meta_source
from .schemaorg import is_outlet_name

META_TITLES = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "title",
)
"""The names of ``<meta>`` elements that hold a headline, the most trusted first."""

LONGEST_HEADLINE = 500
"""The maximum number of characters of a headline on a page."""

MAX_H1_ELEMENTS = 12
"""The maximum number of ``<h1>`` elements of a page that are examined."""

_TITLE_SEPARATORS = re.compile(r"\s*(?:\s[-–—|·•»:/]{1,2}\s|[|｜»])\s*")


def claim_titles(
    draft: Draft, page: Page, stated: Sequence[tuple[str, Provenance]], outlet_names: Sequence[str]
) -> list[str]:
    """Claim the headlines of a page: those ``stated`` by schema.org, those in ``<meta>``, then the one that it shows.

    Return all forms of the headline, with and without the name of the outlet.
    """
    candidates = list(stated)
    candidates += [
        (value, Provenance("stated", meta_source(name)))
        for name in META_TITLES
        if (value := page.first(name))
    ]
    candidates.append((page.title, Provenance("stated", "<title>")))
    candidates = [
        (value, provenance) for value, provenance in candidates if 0 < len(value) <= LONGEST_HEADLINE
    ]
    clean = [(without_outlet(value, outlet_names), provenance) for value, provenance in candidates]
    shown = _shown_headline(page, [value for value, _ in clean], outlet_names)
    forms = [value for value, _ in candidates + clean]
    if shown:
        forms.append(shown)
        clean = [
            (shown if _extends_headline(value, shown) else value, provenance) for value, provenance in clean
        ]
        last = len(clean) - (1 if clean and clean[-1][1].basis == "<title>" else 0)
        clean.insert(last, (shown, Provenance("stated", "h1")))
    for value, provenance in clean:
        draft.claim("title", value, provenance)
    return list(dict.fromkeys(forms))


def _shown_headline(page: Page, stated: Iterable[str], outlet_names: Sequence[str]) -> str | None:
    """Return the text of the ``<h1>`` that is most similar to a headline ``stated`` elsewhere on the page, or None."""
    words = [_distinct_words(value) for value in stated]
    best, best_rank = None, 0.0
    for element in page.headlines[:MAX_H1_ELEMENTS]:
        text = visible_text(element)
        mine = _distinct_words(text)
        if not mine or len(text) > LONGEST_HEADLINE:
            continue
        rank = max((len(mine & other) / len(mine | other) for other in words if other), default=0.0)
        if rank == 0 and not is_outlet_name(text, outlet_names):
            rank = (
                0.02 if len(mine) > 2 else 0.01
            )  # an unrelated <h1> is better than none, but one or two words may be a logo
        if rank > best_rank:
            best, best_rank = text, rank
    return best


def _distinct_words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _extends_headline(text: str, headline: str) -> bool:
    """Whether a text is the headline, of more than 15 characters, followed by a separator and more text."""
    return (
        len(headline) > 15
        and text.startswith(headline)
        and re.match(r"\s*[-–—|·•»:｜]\s", text[len(headline) :]) is not None
    )


def without_outlet(title: str, outlet_names: Sequence[str]) -> str:
    """Return a headline without the name of the outlet at its start or end.

    >>> without_outlet("Rain in Rome | Weather | The Daily Example", ["Daily Example"])
    'Rain in Rome | Weather'
    """
    for _ in range(2):
        parts = list(_TITLE_SEPARATORS.finditer(title))
        if not parts:
            break
        last, first = title[parts[-1].end() :], title[: parts[0].start()]
        if _names_outlet(last, outlet_names):
            title = title[: parts[-1].start()].strip()
        elif _names_outlet(first, outlet_names):
            title = title[parts[0].end() :].strip()
        else:
            break
    return title


def _names_outlet(part: str, outlet_names: Sequence[str]) -> bool:
    """Whether a part of a title is a name of the outlet, or similar to one."""
    letters = _letters_and_digits(part)
    if len(letters) < 2:
        return False
    for name in outlet_names:
        other = _letters_and_digits(name)
        if letters == other or (
            min(len(letters), len(other)) >= 3
            and (letters in other or other in letters)
            and abs(len(letters) - len(other)) <= max(8, len(other) // 2)
        ):
            return True
    return False


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
