"""HTML pages to articles: what the page says of itself, and the text that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newssearch.article import Provenance

from . import schemaorg
from .draft import Draft
from .fields import host
from .markup import decode_page, pieces_of, tree_of
from .origin import Format, Found, Input, Origin, UnreadableError, whole
from .pagebody import MOST_ELEMENTS, Body, Hints, body_of
from .pagemeta import (
    SUMMARIES,
    Page,
    claim_bylines,
    claim_page,
    claim_titles,
)

_OPENING = re.compile(
    r"(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,4000}?-->\s*)*"
    r"(?:<!doctype\s+html\b|<html[\s>]|<(?:head|body|title|meta|div|p|h1|table|script|link|style|article)[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_ERROR = re.compile(
    r"(?:error\s*)?(?:4\d\d|5\d\d)\b.{0,60}|(?:page|file|seite|página|pagina|page web) (?:not found|nicht gefunden|no encontrada|"
    r"não encontrada|non trovata|introuvable)|not found|access denied|forbidden|service unavailable|bad gateway|"
    r"internal server error|just a moment\.*|attention required!?.*|are you a (?:robot|human)\??|"
    r"(?:please )?verify (?:that )?you are (?:a )?human|security check|ddos protection.*|"
    r"you have been blocked.*|pardon our interruption\.*",
    re.IGNORECASE,
)
"""Titles of pages that a server sends in place of one."""

SHORT = 600
"""Characters of text that a page of a server, or one that asks to log in, has at most."""


def matches(source: Input) -> bool:
    """Whether an input begins like an HTML page."""
    return _OPENING.match(source.opening) is not None


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The article on an HTML page."""
    yield read_page(decode_page(data, origin.charset), origin)


def read_page(text: str, origin: Origin, record: int = 1) -> Found:
    """The article on a page, or why there is none. Raises UnreadableError for what is no page."""
    if not text.strip():
        raise UnreadableError("empty file")
    page = Page(tree_of(text), origin.url)
    graph = schemaorg.Graph(map(schemaorg.load, page.scripts))
    addresses = (page.canonical, page.og_url, origin.url)
    node = graph.article(addresses)
    marked = schemaorg.Graph(page.microdata())
    marked_node = marked.article(addresses)
    draft = Draft(origin, record)
    sources = [
        (found, of, Provenance("stated", where))
        for found, of, where in ((node, graph, "JSON-LD"), (marked_node, marked, "microdata"))
        if found is not None
    ]
    house = _house(page, graph, [found for found, _, _ in sources], origin)
    told = [(schemaorg.headline_of(found), known) for found, _, known in sources]
    pieces = pieces_of(page.root, MOST_ELEMENTS)
    titles = claim_titles(draft, page, told, house)
    for found, of, known in sources:
        schemaorg.claim_rest(draft, found, known, of, house)
    claim_bylines(draft, page, pieces, titles, house)
    claim_page(draft, page, pieces, titles)
    for site in graph.nodes:
        if "website" in schemaorg.types_of(site):
            draft.claim("outlet", ", ".join(schemaorg.names_of(site)), Provenance("stated", "JSON-LD WebSite"))
    for found, of, known in sources:
        schemaorg.claim_house(draft, found, known, of)
    for found, _, known in sources:
        schemaorg.claim_addresses(draft, found, known)
    draft.claim("url", origin.url, Provenance("stated", "where it was fetched from"))
    summary = page.first(*SUMMARIES) or next((text for found, _, _ in sources if isinstance(text := found.get("description"), str)), "")
    said = max((schemaorg.body_of(found) for found, _, _ in sources), key=len, default="")
    body = body_of(page.root, pieces, Hints(titles, schemaorg.plain(summary), said))
    if reason := _no_article(page, body, bool(sources), titles, addresses):
        return origin.rejected(reason, record)
    draft.text, draft.text_known = body.blocks, body.known
    if not any(block.kind != "caption" for block in body.blocks) and summary:
        draft.text = schemaorg.plain(summary)
        draft.text_known = Provenance("stated", "only the page's description")
    return draft.finish()


def _house(page: Page, graph: schemaorg.Graph, nodes: Sequence[schemaorg.Node], origin: Origin) -> list[str]:
    """What the outlet is called: in schema.org, in ``<meta>``, by its host."""
    names: list[str] = []
    for node in nodes:
        names += schemaorg.names_of(graph.resolved(node.get("publisher")))
    for node in graph.nodes:
        if not {"website", "newsmediaorganization", "organization"}.isdisjoint(schemaorg.types_of(node)):
            names += [name for name in schemaorg.names_of(node) if len(name) <= 40]
    names += [name for key in ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher") if (name := page.first(key))]
    for url in (page.canonical, page.og_url, origin.url):
        if url and (name := host(url)):
            labels = name.split(".")
            names += [name, max(labels[:-1], key=len)]
    return list(dict.fromkeys(names))


def _no_article(
    page: Page, body: Body, told: bool, titles: Sequence[str], addresses: Sequence[str | None]
) -> str | None:
    """Why a page is beyond doubt no article."""
    if told or (page.first("og:type") or "").lower() == "article" or page.first("article:published_time"):
        return None
    size = sum(len(block.text) for block in body.blocks)
    if size <= SHORT and any(_ERROR.fullmatch(title.strip()) for title in titles):
        return "an error page, not an article"
    if page.asks_password and size <= SHORT:
        return "a page to log in, not an article"
    fronts = [re.fullmatch(r"https?://[^/?#]+/?", url, re.IGNORECASE) for url in addresses if url]
    if fronts and all(fronts):
        return "a front page, not an article"
    return None


FORMATS = (
    Format(
        "an HTML page",
        matches=matches,
        read=whole(parse),
        suffixes=frozenset({".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php"}),
    ),
)
