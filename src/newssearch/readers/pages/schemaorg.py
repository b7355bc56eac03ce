"""Articles as schema.org describes them: in JSON-LD, as microdata in a page, or as a record of their own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from newssearch.article import STATED, Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import host
from newssearch.text.paragraphs import squeeze

SchemaNode = Mapping[str, object]
"""An object of schema.org: properties by their names."""

ARTICLE_TYPES = frozenset({
    "adverticercontentarticle", "advertisercontentarticle", "analysisnewsarticle", "article", "askpublicnewsarticle",
    "backgroundnewsarticle", "blogposting", "liveblogposting", "medicalscholarlyarticle", "newsarticle",
    "opinionnewsarticle", "report", "reportagenewsarticle", "reviewnewsarticle", "satiricalarticle", "scholarlyarticle",
    "socialmediaposting", "techarticle",
})  # fmt: skip
"""Types of what is an article, in small letters."""

PAGE_TYPES = frozenset(
    {"creativework", "webpage", "itempage", "videoobject", "newsvideo", "podcastepisode", "claimreview"}
)
"""Types of what may stand for the article where a page describes none."""

WRAPPING_PROPERTIES = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "item")
"""Properties within which the article of a page is found; those of other articles (lists, parts) are left out."""


MAX_GRAPH_DEPTH = 12
"""Objects within objects that are looked into."""

MAX_GRAPH_NODES = 2000
"""Objects of a page that are looked at."""

_HTML_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_PARAGRAPH_BREAK = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote)>|<br\s*/?>\s*<br\s*/?>|<(?:p|div|h[1-6]|li|blockquote)[\s>]",
    re.IGNORECASE,
)
PICTURE_CREDIT = re.compile(
    r"\W*(?:image|photo|foto|fotos|photos|picture|bild|bilder|quelle|source|credit|getty|video|illustration)s?\b\s*[:/(]",
    re.IGNORECASE,
)
"""Beginnings of what names the origin of a picture and not who wrote."""

LEGAL_FORM = re.compile(
    r"\b(?:GmbH|AG|KG|eG|Ltd|Limited|Inc|LLC|PLC|Corp|S\.?A\.?|S\.?L\.?|B\.?V\.?|S\.?p\.?A\.?)(?:\W|$)"
)
"""What the name of a company has and that of a newspaper has not."""

_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+|\S+@\S+\.\w+|@\w+", re.IGNORECASE)


def types_of(node: SchemaNode) -> list[str]:
    """The types of an object, in small letters, without the address of their vocabulary."""
    types = node.get("@type", node.get("type"))
    names = types if isinstance(types, list) else [types]
    return [re.split(r"[/#:]", name)[-1].strip().lower() for name in names if isinstance(name, str)]


def is_article(node: SchemaNode) -> bool:
    """Whether an object says that it is an article."""
    return not ARTICLE_TYPES.isdisjoint(types_of(node))


class SchemaGraph:
    """All objects of schema.org in a page: their articles, and what a reference to an ``@id`` stands for."""

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
            self._name(value, 3)
            for key in WRAPPING_PROPERTIES:
                self._collect(value.get(key), depth - 1)

    def _name(self, value: object, depth: int) -> None:
        """Note what has an ``@id``, also within the properties of others."""
        if isinstance(value, list):
            for item in value[:50]:
                self._name(item, depth)
        elif isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and len(value) > len(self._by_id.get(name, ())):
                self._by_id[name] = value
            if depth:
                for inner in value.values():
                    if isinstance(inner, (dict, list)):
                        self._name(inner, depth - 1)

    def article(self, urls: Iterable[str | None] = ()) -> SchemaNode | None:
        """The object of the article that a page is, or None: that of one of its addresses, else the most telling."""
        addresses = {_comparable_address(url) for url in urls if url}
        best, best_rank = None, (0, 0, 0)
        for node in self.nodes:
            kinds = types_of(node)
            of_article = not ARTICLE_TYPES.isdisjoint(kinds)
            if not of_article and (PAGE_TYPES.isdisjoint(kinds) or "datePublished" not in node):
                continue
            same = any(_comparable_address(url) in addresses for url in addresses_of(node))
            stated = sum(
                bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody")
            )
            rank = (2 * of_article + 1, int(same), stated)
            if stated and rank > best_rank:
                best, best_rank = node, rank
        return best

    def resolved(self, value: object) -> object:
        """A value with its references replaced by what they refer to."""
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and not names_of(value):
            return self._by_id.get(value["@id"], value)
        return value


def addresses_of(node: SchemaNode) -> list[str]:
    """The addresses that an object says it has."""
    found = []
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and re.match(r"https?://", value.strip(), re.IGNORECASE):
            found.append(value.strip())
    return found


def _comparable_address(url: str) -> str:
    """An address as it is compared: without scheme, fragment and the slash at its end."""
    return re.sub(r"^https?://(?:www\.)?", "", url.strip(), flags=re.IGNORECASE).split("#")[0].rstrip("/")


def names_of(value: object) -> list[str]:
    """The names in a value: a string, an object with a name, or a list of either; addresses are no names.

    >>> names_of([{"@type": "Person", "name": "Jane Doe"}, "https://example.org/john", "John Roe"])
    ['Jane Doe', 'John Roe']
    """
    names: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            name: object = item.get("name") or item.get("alternateName") or item.get("legalName")
            if not name and (given := item.get("givenName")) and (family := item.get("familyName")):
                name = f"{given} {family}"
            if isinstance(name, list):
                names += names_of([part for part in name if not isinstance(part, (dict, list))])
                continue
        else:
            name = item
        if isinstance(name, str) and (clean := plain_line(name)) and not _ADDRESS.fullmatch(clean):
            names.append(clean)
    return list(dict.fromkeys(names))


def plain_line(text: str) -> str:
    """A string without the entities and tags that some write into JSON, on one line.

    >>> plain_line("Rain &amp; <b>snow</b>")
    'Rain & snow'
    """
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:  # escaped twice
            text = html.unescape(text)
    if "<" in text:
        text = _HTML_TAG.sub("", text)
    return squeeze(text)


def stated_body(node: SchemaNode) -> str:
    """The text of an article, with blank lines between its paragraphs where it has any marks of them."""
    body = node.get("articleBody")
    if isinstance(body, list):
        body = "\n\n".join(part for part in body if isinstance(part, str))
    if not isinstance(body, str):
        return ""
    if "&" in body:
        body = html.unescape(body)
    if "<" in body:
        body = _HTML_TAG.sub("", _PARAGRAPH_BREAK.sub("\n\n", body))
    return body.strip()


def claim_node(draft: Draft, node: SchemaNode, where: str = "", graph: SchemaGraph | None = None) -> None:
    """Claim for the fields of a draft what an object says of its article; ``where`` is where the object stands.

    It makes no claim for the text: :func:`stated_body` has that.
    """
    provenance = Provenance("stated", where) if where else STATED
    draft.claim("title", headline_of(node), provenance)
    claim_properties(draft, node, provenance, graph)
    claim_publisher(draft, node, provenance, graph)
    claim_addresses(draft, node, provenance)


def claim_addresses(draft: Draft, node: SchemaNode, provenance: Provenance) -> None:
    """Claim the address."""
    for url in addresses_of(node):
        if host(url):
            draft.claim("url", url, provenance)


def headline_of(node: SchemaNode) -> str:
    """The headline of an article, or an empty string."""
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
    """Claim the publisher under its legal name, and as who wrote it: what is left where nothing else is known."""
    draft.claim("outlet", ", ".join(_first_names(node, graph, "publisher")), provenance)
    draft.claim("byline", ", ".join(_first_names(node, graph, "author", "creator")), provenance)


def claim_properties(
    draft: Draft,
    node: SchemaNode,
    provenance: Provenance,
    graph: SchemaGraph | None = None,
    outlet_names: Iterable[str] = (),
) -> None:
    """Claim all fields but headline and address; the authors only where one is not the ``outlet_names`` itself."""
    for key in ("datePublished", "dateCreated"):
        value = node.get(key)
        draft.claim(
            "date", plausible_date(plain_line(value)) if isinstance(value, str) else value, provenance
        )
    publishers = _first_names(node, graph, "publisher")
    if not any(LEGAL_FORM.search(name) for name in publishers):
        draft.claim("outlet", ", ".join(publishers), provenance)
    authors = [
        name for name in _first_names(node, graph, "author", "creator") if not PICTURE_CREDIT.match(name)
    ]
    outlet_names = [*outlet_names, *publishers]
    if not all(is_outlet_name(name, outlet_names, 0.6) for name in authors):
        draft.claim("byline", ", ".join(authors), provenance)
    for key in ("sourceOrganization", "provider", "copyrightHolder"):
        names = [name for name in _first_names(node, graph, key) if not is_outlet_name(name, outlet_names)]
        draft.claim("source", ", ".join(names), provenance)
    draft.claim("section", _joined_strings(node.get("articleSection")), provenance)
    draft.claim("lang", _language_of(node.get("inLanguage")), provenance)
    draft.claim("dateline", _joined_strings(node.get("dateline")), provenance)
    for key in ("locationCreated", "contentLocation"):
        draft.claim("located", ", ".join(_first_names(node, graph, key)), provenance)


def plausible_date(text: str) -> str | None:
    """A date, if it is none that a program writes where it has none: the first day of its calendar."""
    return None if re.match(r"0001-|0000-|1970-01-01T00:00:00|1900-01-01", text) else text


def _first_names(node: SchemaNode, graph: SchemaGraph | None, *keys: str) -> list[str]:
    """The names under the first of some properties that has any."""
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
    """``de-DE``, or an object of a language, or the first of a list of either."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return value if isinstance(value, str) else None


def is_outlet_name(name: str, outlet_names: Iterable[str], part: float = 0) -> bool:
    """Whether a name is one of the outlet_names's, but for what stands around it.

    ``part`` is how much of the name that of the outlet_names must be: an author may be ``Jane Doe, The Daily Example``.
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
