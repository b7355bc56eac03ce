"""Decides which of the addresses stated by a page or a record is that of its article.

A page names its article in ``rel=canonical``, ``og:url`` and schema.org. These come before the address it was fetched
from, but many pages state something else there: the front page, a section, one address for all pages, another site, a
development server, or a template that was not filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from newssearch.addresses import (
    archived_address,
    canonical_address,
    host_of,
    is_archive_of_web,
    is_same_site,
)
from newssearch.article import Provenance

from .values import host

StatedAddress = tuple[str, Provenance]

_TEST_HOST = re.compile(
    r"(?:(?:local|dev|test|testing|stage|staging|stg|preview|preprod|uat|qa|cms|author|backend|admin|origin|internal)"
    r"\d*[.-].+\.|.+\.(?:local|test|invalid|localhost|internal)$)"
)
"""Matches hosts on which a site is developed and tested: ``dev.example.org``, but not ``dev.to``."""

_UNFILLED = re.compile(r"[{}]|%7[BD]|(?:^|[/=])(?:undefined|null|nan)(?:[/?&]|$)|/https?:", re.I)
"""Matches remains of a template that was filled in wrongly."""

_LISTS = frozenset(
    "tag tags topic topics category categories cat author authors search section sections archive archives thema themen "
    "rubrique autor tema temas".split()
)
"""The first path segments of pages that list articles."""

_HOME = re.compile(
    r"(?:home|homepage|news|main|start|startseite|welcome|portada|inicio|accueil)(?:\.\w+)?", re.I
)
_DATE_SEGMENT = re.compile(r"(?:19|20)\d\d(?:-?\d\d){0,2}|\d\d?")
_SLUG = re.compile(
    r"(?:[^-_]+[-_]+){2}[^-_]|(?:\D*\d){5}|(?=.*\d)(?=.*[a-z])\w{8}|(?=.*[^\x00-\x7f]).{12}", re.I | re.S
)
"""A segment that names an article: three words, a number, a code, or a headline in another script."""


def article_addresses(stated: Iterable[StatedAddress], fetched: str | None) -> list[StatedAddress]:
    """Return the stated addresses that may be the article's, the most trusted first.

    ``stated`` has the canonical link, then ``og:url``, then others. ``fetched`` is the address that the page was
    fetched from, if that is known: an address of another site is then no address of this copy of the article.
    """
    own = canonical_address(fetched) if fetched and host(fetched) else ""
    found = []
    for written, provenance in stated:
        url = archived_address(written)
        address = canonical_address(url)
        is_tested = _TEST_HOST.match(host_of(address)) is not None and host_of(address) != host_of(own)
        if _is_of_article(address) and not is_tested and (not own or _is_for_page(address, own)):
            found.append((url, provenance, address))
    if not own and found and (sites := [one for one in found if not is_same_site(one[2], found[0][2])]):
        # A republished article: its canonical link leads to the outlet that it came from.
        if str(found[0][1]) == "stated, canonical link":
            found = [*sites, *(one for one in found if one not in sites)]
        else:
            found = [one for one in found if one not in sites]
    elif found:
        found.sort(key=lambda one: not _names_article(one[2]))
    return [(url, provenance) for url, provenance, _ in found]


def _is_of_article(address: str) -> bool:
    """Whether a canonical address may be that of an article, and is not a front page or a mistake."""
    name = host_of(address)
    return (
        bool(host(f"https://{name}"))
        and not is_archive_of_web(address)
        and re.fullmatch(r"https://[^/?#]+", address) is None
        and _UNFILLED.search(address[8:]) is None
    )


def _is_for_page(address: str, own: str) -> bool:
    """Whether a stated address may be that of the article on the page at ``own``; both are canonical."""
    if address == own:
        return True
    path, _, query = address[8 + len(host_of(address)) :].partition("?")
    own_path, _, own_query = own[8 + len(host_of(own)) :].partition("?")
    if not is_same_site(address, own) and not (
        (path, query) == (own_path, own_query) and _brand(address) == _brand(own)
    ):
        return False
    if path == own_path and own_query and not query:  # "story.php" for all of "story.php?id=…"
        return _SLUG.match(path.rpartition("/")[2].partition(".")[0]) is not None
    if _names_article(address):
        return True
    return not _names_article(own) and not own_path.startswith(f"{path}/")


def _brand(address: str) -> str:
    """Return the name of a site without its top-level domain, as in ``bbc.com`` and ``bbc.co.uk``."""
    return host_of(address).partition(".")[0]


def _names_article(address: str) -> bool:
    """Whether an address looks like that of an article, with a slug, a number or a parameter, and not like that of a
    section.
    """
    path, _, query = address[8 + len(host_of(address)) :].partition("?")
    segments = path.split("/")[1:]
    if segments and (segments[0].lower() in _LISTS or _HOME.fullmatch(segments[-1])):
        return False
    if re.search(r"[=\d]", query):
        return True
    named = [segment for segment in segments if not _DATE_SEGMENT.fullmatch(segment)]
    return any(_SLUG.match(segment) for segment in named) or bool(
        named and re.search(r"[^.]\.\w{2,5}$", named[-1])
    )


_DOCVIEW = re.compile(r"(?:/|%2F)docview(?:/|%2F)(\d{5,14})", re.IGNORECASE)
"""The id of a document in an address of ProQuest."""


def document_address(value: str) -> str:
    """Return the address of a document of ProQuest without a library's proxy and account, so that it is the same in all exports.

    >>> document_address("https://ezproxy.lib.edu/login?url=https%3A%2F%2Fwww.proquest.com%2Fdocview%2F1015333333%3Faccountid%3D1")
    'https://www.proquest.com/docview/1015333333'
    """
    found = _DOCVIEW.search(value)
    return f"https://www.proquest.com/docview/{found[1]}" if found is not None else value
