"""Read schema.org descriptions of articles, from JSON-LD or the microdata of a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from newssearch.addresses import canonical_address
from newssearch.article import STATED, Provenance
from newssearch.press.bylines import without_by_words
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import host

from .layout import SOFT_HYPHEN, shown_line

SchemaNode = Mapping[str, object]
"""A schema.org object: the values of its properties, keyed by the name of the property."""

ARTICLE_TYPES = frozenset({
    "adverticercontentarticle", "advertisercontentarticle", "analysisnewsarticle", "article", "askpublicnewsarticle",
    "backgroundnewsarticle", "blogposting", "liveblogposting", "medicalscholarlyarticle", "newsarticle",
    "opinionnewsarticle", "report", "reportagenewsarticle", "reviewnewsarticle", "satiricalarticle", "scholarlyarticle",
    "socialmediaposting", "techarticle",
})  # fmt: skip
"""The types of schema.org that are articles, in lower case; one is a common misspelling."""

PAGE_TYPES = frozenset(
    {"creativework", "webpage", "itempage", "videoobject", "newsvideo", "podcastepisode", "claimreview"}
)
"""The types of schema.org nodes, in lower case, that may stand for the article if a page describes no article."""

WRAPPING_PROPERTIES = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "item")
"""The properties of schema.org whose values may be the article of the page rather than other articles."""


MAX_GRAPH_DEPTH = 12
"""The maximum number of levels of nested objects that are searched for the article."""

MAX_GRAPH_NODES = 2000
"""The maximum number of schema.org objects on a page that are examined."""

_HTML_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_PARAGRAPH_BREAK = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote)>|<br\s*/?>\s*<br\s*/?>|<(?:p|div|h[1-6]|li|blockquote)[\s>]",
    re.IGNORECASE,
)
PICTURE_CREDIT = re.compile(
    r"\W*(?:image|photo|foto|fotos|photos|picture|bild|bilder|quelle|source|credit|getty|video|illustration)s?\b\s*[:/(]",
    re.IGNORECASE,
)
"""A pattern for the start of a text that credits a picture rather than naming an author."""

LEGAL_FORM = re.compile(
    r"\b(?:GmbH|AG|KG|eG|Ltd|Limited|Inc|LLC|PLC|Corp|S\.?A\.?|S\.?L\.?|B\.?V\.?|S\.?p\.?A\.?)(?:\W|$)"
)
"""A pattern for a legal form, such as GmbH or Ltd, which a company has in its name and its newspaper has not."""

_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+|\S+@\S+\.\w+|@\w+", re.IGNORECASE)


def types_of(node: SchemaNode) -> list[str]:
    """Return the types of a node, in lower case and without the URL of their vocabulary."""
    types = node.get("@type", node.get("type"))
    names = types if isinstance(types, list) else [types]
    return [re.split(r"[/#:]", name)[-1].strip().lower() for name in names if isinstance(name, str)]


def is_article(node: SchemaNode) -> bool:
    """Whether a schema.org node has one of :data:`ARTICLE_TYPES`."""
    return not ARTICLE_TYPES.isdisjoint(types_of(node))


class SchemaGraph:
    """The schema.org nodes of a page. It finds the article among them and resolves references by ``@id``."""

    def __init__(self, documents: Iterable[object]) -> None:
        self.nodes: list[SchemaNode] = []
        self._by_id: dict[str, SchemaNode] = {}
        self._left = MAX_GRAPH_NODES
        for document in documents:
            self._collect(document, MAX_GRAPH_DEPTH)

    def _collect(self, value: object, depth: int) -> None:
        if depth == 0 or self._left <= 0:
            return
        if isinstance(value, list):
            for item in value:
                self._collect(item, depth - 1)
        elif isinstance(value, dict):
            self._left -= 1
            self.nodes.append(value)
            self._index_by_id(value, 3)
            for key in WRAPPING_PROPERTIES:
                self._collect(value.get(key), depth - 1)

    def _index_by_id(self, value: object, depth: int) -> None:
        """Enter the nodes in a value into the index by ``@id``, including nodes nested up to ``depth`` levels deep."""
        if isinstance(value, list):
            for item in value[:50]:
                self._index_by_id(item, depth)
        elif isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > len(self._by_id.get(name, ())):
                self._by_id[name] = value
            if depth:
                for inner in value.values():
                    if isinstance(inner, (dict, list)):
                        self._index_by_id(inner, depth - 1)

    def article(self, urls: Iterable[str | None] = ()) -> SchemaNode | None:
        """Return the node of the article of the page, or None.

        Nodes with the type of an article come first, then those with one of the page's ``urls``, then those with more
        of the main properties.
        """
        addresses = {canonical_address(url) for url in urls if url}
        best, best_rank = None, (0, 0, 0)
        for node in self.nodes:
            kinds = types_of(node)
            of_article = not ARTICLE_TYPES.isdisjoint(kinds)
            if not of_article and (PAGE_TYPES.isdisjoint(kinds) or "datePublished" not in node):
                continue
            same = any(canonical_address(url) in addresses for url in addresses_of(node))
            stated = sum(
                bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody")
            )
            rank = (2 * of_article + 1, int(same), stated)
            if stated and rank > best_rank:
                best, best_rank = node, rank
        return best

    def resolved(self, value: object) -> object:
        """Return a value in which references by ``@id`` are replaced by the nodes that they refer to."""
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and not names_of(value):
            return self._by_id.get(value["@id"], value)
        return value


def addresses_of(node: SchemaNode) -> list[str]:
    """Return the URLs that a node states as its own."""
    found = []
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and re.match(r"https?://", value.strip(), re.IGNORECASE):
            found.append(value.strip())
    return found


def names_of(value: object) -> list[str]:
    """Return the names in a value, which is a string, an object with a name, or a list of either, without repetitions.

    URLs and mail addresses are left out.

    >>> names_of([{"@type": "Person", "name": "Jane Doe"}, "https://example.org/john", "John Roe"])
    ['Jane Doe', 'John Roe']
    """
    names: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            name: object = item.get("name") or item.get("alternateName") or item.get("legalName")
            if not name and (given := item.get("givenName")) and (family := item.get("familyName")):
                name = " ".join(
                    part for part in (given, item.get("additionalName"), family) if isinstance(part, str)
                )
            if isinstance(name, list):
                names += names_of([part for part in name if not isinstance(part, (dict, list))])
                continue
        else:
            name = item
        if isinstance(name, str) and (clean := plain_line(name)) and not _ADDRESS.fullmatch(clean):
            names.append(clean)
    return list(dict.fromkeys(names))


def plain_line(text: str) -> str:
    """Return a text on one line, without the HTML entities and tags that some sites write into JSON.

    >>> plain_line("Rain &amp; <b>snow</b>")
    'Rain & snow'
    """
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:  # escaped twice
            text = html.unescape(text)
    if "<" in text:
        text = _HTML_TAG.sub("", text)
    return shown_line(text)


def stated_body(node: SchemaNode) -> str:
    """Return the text that the node of an article states, or ``""``.

    Blank lines separate the paragraphs if they are marked in any way.
    """
    body = node.get("articleBody")
    if isinstance(body, list):
        body = "\n\n".join(part for part in body if isinstance(part, str))
    if not isinstance(body, str):
        return ""
    if "&" in body:
        body = html.unescape(body)
    if "<" in body:
        body = _HTML_TAG.sub("", _PARAGRAPH_BREAK.sub("\n\n", body))
    return body.replace(SOFT_HYPHEN, "").strip()


def claim_node(draft: Draft, node: SchemaNode, where: str = "", graph: SchemaGraph | None = None) -> None:
    """Claim all fields of an article that a node states, except the text, which :func:`stated_body` returns.

    ``where`` is the place of the node for the provenance, such as ``"JSON-LD"``; ``graph`` resolves references.
    """
    provenance = Provenance("stated", where) if where else STATED
    draft.claim("title", headline_of(node), provenance)
    claim_properties(draft, node, provenance, graph)
    claim_publisher(draft, node, provenance, graph)
    claim_addresses(draft, node, provenance)


def claim_addresses(draft: Draft, node: SchemaNode, provenance: Provenance) -> None:
    """Claim each URL that a node states as its own."""
    for url in addresses_of(node):
        if host(url):
            draft.claim("url", url, provenance)


def headline_of(node: SchemaNode) -> str:
    """Return the headline that the node of an article states, or an empty string."""
    for key in ("headline", "name") if is_article(node) else ("headline",):
        value = node.get(key)
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, str)), None)
        if isinstance(value, str) and (headline := plain_line(value)):
            return headline
    return ""


def claim_publisher(
    draft: Draft, node: SchemaNode, provenance: Provenance, graph: SchemaGraph | None = None
) -> None:
    """Claim the publisher as the outlet, even with a legal form, and all authors, even if they are the outlet.

    These are claims of last resort, made after all others.
    """
    draft.claim("outlet", ", ".join(_first_names(node, graph, "publisher")), provenance)
    draft.claim("byline", ", ".join(_first_names(node, graph, "author", "creator")), provenance)


def claim_properties(
    draft: Draft,
    node: SchemaNode,
    provenance: Provenance,
    graph: SchemaGraph | None = None,
    outlet_names: Iterable[str] = (),
) -> None:
    """Claim the fields that a node states, except headline and URL.

    Authors are left out if all of them are names of the outlet, and so is a publisher whose name has a legal form.
    """
    for key in ("datePublished", "dateCreated"):
        value = node.get(key)
        draft.claim(
            "date", plausible_date(plain_line(value)) if isinstance(value, str) else value, provenance
        )
    publishers = _first_names(node, graph, "publisher")
    if not any(LEGAL_FORM.search(name) for name in publishers):
        draft.claim("outlet", ", ".join(publishers), provenance)
    lang = _language_of(node.get("inLanguage"))
    authors = [
        without_by_words(name, lang)
        for name in _first_names(node, graph, "author", "creator")
        if not PICTURE_CREDIT.match(name)
    ]
    outlet_names = [*outlet_names, *publishers]
    if not all(is_outlet_name(name, outlet_names, 0.6) for name in authors):
        draft.claim("byline", ", ".join(authors), provenance)
    for key in ("sourceOrganization", "provider", "copyrightHolder"):
        names = [name for name in _first_names(node, graph, key) if not is_outlet_name(name, outlet_names)]
        draft.claim("source", ", ".join(names), provenance)
    draft.claim("section", _joined_strings(node.get("articleSection")), provenance)
    draft.claim("lang", lang, provenance)
    draft.claim("dateline", _joined_strings(node.get("dateline")), provenance)
    for key in ("locationCreated", "contentLocation"):
        draft.claim("located", ", ".join(_first_names(node, graph, key)), provenance)


def plausible_date(text: str) -> str | None:
    """Return the given date, or None if programs write it for a missing date, such as 1970-01-01T00:00:00."""
    return None if re.match(r"0001-|0000-|1970-01-01T00:00:00|1900-01-01", text) else text


def _first_names(node: SchemaNode, graph: SchemaGraph | None, *keys: str) -> list[str]:
    """Return the names in the first of the given properties of a node that contains any, else an empty list."""
    for key in keys:
        value = node.get(key)
        if names := names_of(graph.resolved(value) if graph is not None else value):
            return names
    return []


def _joined_strings(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return ", ".join(
        dict.fromkeys(text for item in items if isinstance(item, str) and (text := plain_line(item)))
    )


def _language_of(value: object) -> str | None:
    """Return the language in a value: a string, the name of an object, or the first of a list of either; else None."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return value if isinstance(value, str) else None


def is_outlet_name(name: str, outlet_names: Iterable[str], part: float = 0) -> bool:
    """Whether a name contains a name of the outlet or is contained in one, ignoring case and punctuation.

    An outlet's name inside ``name`` must have at least the share ``part`` of its letters, because an author may be
    ``Jane Doe, The Daily Example``.
    """
    letters = "".join(filter(str.isalnum, name.casefold()))
    for other_name in outlet_names:
        other = "".join(filter(str.isalnum, other_name.casefold()))
        if (
            letters
            and other
            and (letters in other or (other in letters and len(other) >= part * len(letters)))
        ):
            return True
    return False
