"""Read the article on an HTML page: its metadata and its text.

Metadata for programs (JSON-LD, microdata, ``<meta>``) is more trusted than what the page shows. :mod:`.schemaorg` and
:mod:`.metadata` read the metadata, :mod:`.body` finds the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newssearch.addresses import host_owner
from newssearch.article import Article, Provenance, Rejected
from newssearch.readers.api import Origin, UnreadableError
from newssearch.readers.article.addresses import article_addresses
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import host

from . import schemaorg
from .body import SHORTEST_BODY, BodyHints, PageBody, find_body
from .bylines import claim_bylines, without_lines_about
from .data_scripts import FROM_DATA, text_in_data
from .dom import page_tree, without_noscript
from .json_ld import load_json_ld
from .layout import visible_text
from .metadata import META_SUMMARIES, claim_metadata, is_front_page, published_before_update
from .page import Page
from .saved import address_in_metadata, fetched_address, saved_address, without_toolbar
from .titles import OtherTexts, claim_titles

_ERROR_TITLE = re.compile(
    r"(?:error\s*)?(?:4\d\d|5\d\d)\b.{0,60}|(?:page|file|seite|página|pagina|page web) (?:not found|nicht gefunden|no encontrada|"
    r"não encontrada|non trovata|introuvable)|not found|access denied|forbidden|service unavailable|bad gateway|"
    r"internal server error|just a moment\.*|attention required!?.*|are you a (?:robot|human)\??|"
    r"(?:please )?verify (?:that )?you are (?:a )?human|security check|ddos protection.*|"
    r"you have been blocked.*|pardon our interruption\.*",
    re.IGNORECASE,
)
"""A pattern for the titles of pages that a server sends instead of the requested one."""

MAX_ERROR_PAGE_TEXT = 600
"""The maximum number of characters of text on an error page or a login page."""

OUTLET_TYPES = frozenset({"website", "newsmediaorganization", "organization"})
"""The types of schema.org nodes, in lower case, whose name is that of the outlet."""

META_OUTLET_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher")
"""The names of ``<meta>`` elements that hold the name of the outlet."""

LONGEST_OUTLET_NAME = 40
"""The maximum number of characters of the name of an outlet; some pages state the headline instead of a name."""

MIN_ALTERNATIVE_TEXT = 200
"""The minimum number of characters of text in ``<noscript>`` that may be the article of a page."""

_NOSCRIPT_TAG = re.compile(r"<(/?)noscript\b[^>]*>", re.IGNORECASE)

ONLY_SUMMARY = Provenance("stated", "only the description of the page, which has no text")


class _DescribedArticle(NamedTuple):
    """The description of an article in schema.org: its node, the graph around it, and the provenance of its values."""

    node: schemaorg.SchemaNode
    graph: schemaorg.SchemaGraph
    provenance: Provenance


def read_page(text: str, origin: Origin, record: int = 1) -> Article | Rejected:
    """Return the article on a page, or a rejection. Raises UnreadableError if the text is not an HTML page."""
    if not text.strip():
        raise UnreadableError("empty file")
    saved = origin.url or saved_address(text)
    page = _page_with_text(without_toolbar(text), fetched_address(saved))
    if saved is None and (saved := address_in_metadata(page)) is not None:
        page.set_address(fetched_address(saved))
    graph = schemaorg.SchemaGraph(map(load_json_ld, page.scripts))
    described = list(_descriptions(page, graph))
    draft = Draft(origin, record)
    draft.keep(lambda name: page.meta.get(name.lower()) or _stated(described, name))
    summary = page.first(*META_SUMMARIES) or next(
        (said for each in described if isinstance(said := each.node.get("description"), str)), ""
    )
    titles = _claim_all(draft, page, graph, described, summary)
    where = "where it was fetched from" if origin.url else "where it was saved from"
    for url in (page.address, saved):
        draft.claim("url", url, Provenance("stated", where))
    said = max((schemaorg.stated_body(each.node) for each in described), key=len, default="")
    body = find_body(page.layout, BodyHints(titles, schemaorg.plain_line(summary), said))
    if sum(len(block.text) for block in body.blocks if block.kind != "caption") < SHORTEST_BODY:
        said_to_programs = text_in_data(page.data(), titles)
        body = PageBody(said_to_programs, FROM_DATA) if said_to_programs else body
    if reason := _why_no_article(page, body, described, titles):
        return origin.rejected(reason, record)
    draft.text, draft.text_provenance = body.blocks, body.provenance
    if summary and all(block.kind == "caption" for block in body.blocks):
        draft.text, draft.text_provenance = [schemaorg.plain_line(summary)], ONLY_SUMMARY
        return draft.build()
    article = draft.build()
    if not isinstance(article, Article):
        return article
    draft.text = without_lines_about(body.blocks, article)
    return article if len(draft.text) == len(body.blocks) else draft.build()


def _page_with_text(text: str, address: str | None) -> Page:
    """Return a page; the content of ``<noscript>`` counts only if that has most of the text, as on blogs of Blogger."""
    scripted, alternatives = without_noscript(text)
    page = Page(page_tree(scripted), address)
    hidden = max(
        (len(visible_text(page_tree(one))) for one in alternatives if one.count("<p") > 1), default=0
    )
    if hidden > MIN_ALTERNATIVE_TEXT:
        shown = sum(len(piece.text) for piece in page.layout.pieces if piece.linked == 0)
        if hidden > 2 * shown:
            return Page(page_tree(_NOSCRIPT_TAG.sub(r"<\1div>", text)), address)
    return page


def _descriptions(page: Page, graph: schemaorg.SchemaGraph) -> Iterator[_DescribedArticle]:
    for of, where in ((graph, "JSON-LD"), (schemaorg.SchemaGraph(page.microdata()), "microdata")):
        node = of.article((page.canonical, page.og_url, page.address))
        if node is not None:
            yield _DescribedArticle(node, of, Provenance("stated", where))


def _stated(described: Sequence[_DescribedArticle], name: str) -> object:
    """Return the value of a property of the article in schema.org, or None."""
    found = (each.node.get(name) for each in described)
    return next((value for value in found if value is not None), None)


def _claim_all(
    draft: Draft,
    page: Page,
    graph: schemaorg.SchemaGraph,
    described: list[_DescribedArticle],
    summary: str,
) -> list[str]:
    """Claim all fields except the text, the most trusted values first. Return all forms of the headline."""
    outlet_names = _outlet_names(page, graph, described)
    stated = [(schemaorg.headline_of(each.node), each.provenance) for each in described]
    names = [name for each in described if isinstance(name := each.node.get("name"), str)]
    titles = claim_titles(draft, page, stated, OtherTexts(names, summary, outlet_names))
    for each in described:
        if (earlier := published_before_update(page, each.node.get("datePublished"))) is not None:
            draft.claim("date", *earlier)
        schemaorg.claim_properties(draft, each.node, each.provenance, each.graph, outlet_names)
    claim_bylines(draft, page, titles, outlet_names)
    claim_metadata(draft, page, titles)
    for node in graph.nodes:
        if "website" in schemaorg.types_of(node):
            site = ", ".join(schemaorg.names_of(node))
            draft.claim("outlet", site, Provenance("stated", "WebSite in JSON-LD"))
    for each in described:
        schemaorg.claim_publisher(draft, each.node, each.provenance, each.graph)
    _claim_addresses(draft, page, described)
    return titles


def _claim_addresses(draft: Draft, page: Page, described: Sequence[_DescribedArticle]) -> None:
    stated = [
        (url, Provenance("stated", where))
        for url, where in ((page.canonical, "canonical link"), (page.og_url, "og:url"))
        if url
    ]
    for each in described:
        stated += [(url, each.provenance) for url in schemaorg.addresses_of(each.node)]
    for url, provenance in article_addresses(stated, page.address):
        draft.claim("url", url, provenance)


def _outlet_names(
    page: Page, graph: schemaorg.SchemaGraph, described: Sequence[_DescribedArticle]
) -> list[str]:
    """Return the names of the outlet of a page: those in schema.org and in ``<meta>``, and its host."""
    names: list[str] = []
    for each in described:
        names += schemaorg.names_of(each.graph.resolved(each.node.get("publisher")))
    for node in graph.nodes:
        if not OUTLET_TYPES.isdisjoint(schemaorg.types_of(node)):
            names += schemaorg.names_of(node)
    names += [name for key in META_OUTLET_NAMES if (name := page.first(key))]
    for url in (page.canonical, page.og_url, page.address):
        if url and (name := host(url)):
            names += [name, host_owner(name)]
    return [name for name in dict.fromkeys(names) if len(name) <= LONGEST_OUTLET_NAME]


def _why_no_article(
    page: Page, body: PageBody, described: Sequence[_DescribedArticle], titles: Sequence[str]
) -> str | None:
    """Return the reason why a page is certainly not an article, or None if it may be one.

    Such a page is a front page, an error page or a page to log in.
    """
    articles = [node for each in described for node in each.graph.nodes if schemaorg.is_article(node)]
    urls = [url for url in (page.canonical, page.og_url, page.address) if url]
    if urls and all(map(is_front_page, urls)) and len(articles) != 1:
        return "a front page, not an article"
    if articles or page.first("og:type") == "article" or page.first("article:published_time"):
        return None
    if sum(len(block.text) for block in body.blocks) > MAX_ERROR_PAGE_TEXT:
        return None
    if any(_ERROR_TITLE.fullmatch(title) for title in titles):
        return "an error page, not an article"
    return "a page to log in, not an article" if page.asks_password else None
