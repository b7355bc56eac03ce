"""Choose the headline of an HTML page among the forms that the page states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.headlines import without_outlet

from .layout import visible_text
from .page import Page, meta_source
from .reference_text import words_of
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

_Claim = tuple[str, Provenance]


class OtherTexts(NamedTuple):
    """Further texts of a page, with which its headlines are compared.

    ``names`` are the names of the article in schema.org besides its headline, ``summary`` is the description of the
    page.
    """

    names: Sequence[str]
    summary: str
    outlet_names: Sequence[str]


def claim_titles(draft: Draft, page: Page, stated: Sequence[_Claim], others: OtherTexts) -> list[str]:
    """Claim the headlines of a page: those ``stated`` by schema.org, those in ``<meta>``, then the one that it shows.

    The most trusted one may give way if it stands alone while others agree.

    Return all forms of the headline, with and without the name of the outlet.
    """
    outlet_names = others.outlet_names
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
    shown, is_related = _shown_headline(page, [value for value, _ in clean], outlet_names)
    forms = [value for value, _ in candidates + clean]
    if shown:
        forms.append(shown)
        clean = [
            (shown if _extends_headline(value, shown) else value, provenance) for value, provenance in clean
        ]
        before_title = (
            bool(clean)
            and clean[-1][1].basis == "<title>"
            and (is_related or is_outlet_name(clean[-1][0], outlet_names))
        )
        clean.insert(len(clean) - before_title, (shown, Provenance("stated", "h1")))
    for value, provenance in _agreed_first(page, clean, others):
        draft.claim("title", value, provenance)
    return list(dict.fromkeys(forms))


def _agreed_first(page: Page, claims: list[_Claim], others: OtherTexts) -> list[_Claim]:
    """Return the claims for the headline. If the first one looks wrong but two sources agree on another, that one
    comes first.

    Headlines of different sources agree if one contains the words of the other; those in ``<meta>`` are one source.
    An article may have a separate headline for search engines (JSON-LD), which is replaced only if it does not look
    like a headline. One in ``<meta>`` stays if a heading of the page has its words: the others may then be those of
    the section or of the site.
    """
    words = [
        (_headline_words(value), "meta" if _is_of_meta(provenance) else provenance.basis)
        for value, provenance in claims
    ]
    words += [(_headline_words(name), "name") for name in others.names]
    if len(claims) < 2 or not words[0][0]:
        return claims
    own, place = words[0]
    if any(_agree(own, other) for other, elsewhere in words[1:] if elsewhere != place):
        return claims
    for number in range(1, len(claims)):
        mine, _ = words[number]
        places = {elsewhere for other, elsewhere in words[1:] if _agree(mine, other)} - {place}
        if len(places) < 2 or len(own & mine) * 4 >= min(len(own), len(mine)):
            continue
        if place == "JSON-LD":
            gives_way = "name" in places or _is_no_headline(claims[0][0], own, others)
        else:
            gives_way = place != "meta" or not any(
                piece.kind == "heading" and _headline_words(piece.text) == own for piece in page.layout.pieces
            )
        if gives_way:
            return [claims[number], *claims[:number], *claims[number + 1 :]]
    return claims


def _is_no_headline(text: str, words: set[str], others: OtherTexts) -> bool:
    """Whether a text looks like no headline: it begins in lower case, is part of the summary, or names the outlet."""
    return (
        text.lstrip("….-–— ")[:1].islower()
        or text.startswith(("…", "..."))
        or words <= _headline_words(others.summary)
        or is_outlet_name(text, others.outlet_names, 0.6)
    )


def _is_of_meta(provenance: Provenance) -> bool:
    return provenance.basis.startswith(("og:", "twitter:", "meta "))


def _agree(one: set[str], other: set[str]) -> bool:
    return bool(one) and bool(other) and (one <= other or other <= one)


def _shown_headline(
    page: Page, stated: Sequence[str], outlet_names: Sequence[str]
) -> tuple[str | None, bool]:
    """Return the text of the ``<h1>`` that is most similar to a headline ``stated`` elsewhere on the page, or None.

    One that is similar to more of them comes first. Also return whether it is similar at all.
    """
    words = [other for value in stated if (other := _headline_words(value))]
    best, best_rank = None, (0, 0.0)
    for element in page.headlines[:MAX_H1_ELEMENTS]:
        text = visible_text(element)
        mine = _headline_words(text)
        if not mine or len(text) > LONGEST_HEADLINE:
            continue
        similar = [len(mine & other) / len(mine | other) for other in words]
        rank = (sum(each >= 0.5 for each in similar), max(similar, default=0.0))
        if rank[1] == 0 and not is_outlet_name(text, outlet_names):
            # an unrelated <h1> is better than none, but one or two words may be a logo
            rank = (0, 0.002 if len(mine) > 2 else 0.001)
        if rank > best_rank:
            best, best_rank = text, rank
    return best, best_rank[1] > 0.002


def _headline_words(text: str) -> set[str]:
    return set(words_of(text))


def _extends_headline(text: str, headline: str) -> bool:
    """Whether a text is the headline, of more than 15 characters, followed by a separator and more text."""
    return (
        len(headline) > 15
        and text.startswith(headline)
        and re.match(r"\s*[-–—|·•»:｜]\s", text[len(headline) :]) is not None
    )
