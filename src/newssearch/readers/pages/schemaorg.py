"""Articles as schema.org describes them: in JSON-LD, as microdata in a page, or as a record of their own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

from newssearch.article import STATED, Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import host
from newssearch.text.paragraphs import squeeze

Node = Mapping[str, object]
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

WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "item")
"""Properties within which the article of a page is found; those of other articles (lists, parts) are left out."""


DEEPEST = 12
"""Objects within objects that are looked into."""

MOST = 2000
"""Objects of a page that are looked at."""

_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BREAK = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote)>|<br\s*/?>\s*<br\s*/?>|<(?:p|div|h[1-6]|li|blockquote)[\s>]",
    re.IGNORECASE,
)
CREDIT = re.compile(
    r"\W*(?:image|photo|foto|fotos|photos|picture|bild|bilder|quelle|source|credit|getty|video|illustration)s?\b\s*[:/(]",
    re.IGNORECASE,
)
"""Beginnings of what names the origin of a picture and not who wrote."""

LEGAL_FORM = re.compile(
    r"\b(?:GmbH|AG|KG|eG|Ltd|Limited|Inc|LLC|PLC|Corp|S\.?A\.?|S\.?L\.?|B\.?V\.?|S\.?p\.?A\.?)(?:\W|$)"
)
"""What the name of a company has and that of a newspaper has not."""

_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+|\S+@\S+\.\w+|@\w+", re.IGNORECASE)


def types_of(node: Node) -> list[str]:
    """The types of an object, in small letters, without the address of their vocabulary."""
    types = node.get("@type", node.get("type"))
    names = types if isinstance(types, list) else [types]
    return [re.split(r"[/#:]", name)[-1].strip().lower() for name in names if isinstance(name, str)]


def is_article(node: Node) -> bool:
    """Whether an object says that it is an article."""
    return not ARTICLE_TYPES.isdisjoint(types_of(node))


class Graph:
    """All objects of schema.org in a page: their articles, and what a reference to an ``@id`` stands for."""

    def __init__(self, documents: Iterable[object]) -> None:
        self.nodes: list[Node] = []
        self._by_id: dict[str, Node] = {}
        self._left = MOST
        for document in documents:
            self._collect(document, DEEPEST)

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
            for key in WRAPPERS:
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

    def article(self, urls: Iterable[str | None] = ()) -> Node | None:
        """The object of the article that a page is, or None: that of one of its addresses, else the most telling."""
        addresses = {_bare(url) for url in urls if url}
        best, best_rank = None, (0, 0, 0)
        for node in self.nodes:
            kinds = types_of(node)
            of_article = not ARTICLE_TYPES.isdisjoint(kinds)
            if not of_article and (PAGE_TYPES.isdisjoint(kinds) or "datePublished" not in node):
                continue
            same = any(_bare(url) in addresses for url in addresses_of(node))
            told = sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody"))
            rank = (2 * of_article + 1, int(same), told)
            if told and rank > best_rank:
                best, best_rank = node, rank
        return best

    def resolved(self, value: object) -> object:
        """A value with its references replaced by what they refer to."""
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and not names_of(value):
            return self._by_id.get(value["@id"], value)
        return value


def addresses_of(node: Node) -> list[str]:
    """The addresses that an object says it has."""
    found = []
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and re.match(r"https?://", value.strip(), re.IGNORECASE):
            found.append(value.strip())
    return found


def _bare(url: str) -> str:
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
        if isinstance(name, str) and (clean := plain(name)) and not _ADDRESS.fullmatch(clean):
            names.append(clean)
    return list(dict.fromkeys(names))


def plain(text: str) -> str:
    """A string without the entities and tags that some write into JSON, on one line.

    >>> plain("Rain &amp; <b>snow</b>")
    'Rain & snow'
    """
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:  # escaped twice
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    return squeeze(text)


def body_of(node: Node) -> str:
    """The text of an article, with blank lines between its paragraphs where it has any marks of them."""
    body = node.get("articleBody")
    if isinstance(body, list):
        body = "\n\n".join(part for part in body if isinstance(part, str))
    if not isinstance(body, str):
        return ""
    if "&" in body:
        body = html.unescape(body)
    if "<" in body:
        body = _TAG.sub("", _BREAK.sub("\n\n", body))
    return body.strip()


def claim(draft: Draft, node: Node, where: str = "", graph: Graph | None = None) -> None:
    """Claim for the fields of a draft what an object says of its article; ``where`` is where the object stands.

    It makes no claim for the text: :func:`body_of` has that.
    """
    known = Provenance("stated", where) if where else STATED
    draft.claim("title", headline_of(node), known)
    claim_rest(draft, node, known, graph)
    claim_house(draft, node, known, graph)
    claim_addresses(draft, node, known)


def claim_addresses(draft: Draft, node: Node, known: Provenance) -> None:
    """Claim the address."""
    for url in addresses_of(node):
        if host(url):
            draft.claim("url", url, known)


def headline_of(node: Node) -> str:
    """The headline of an article, or an empty string."""
    for key in ("headline", "name") if is_article(node) else ("headline",):
        value = node.get(key)
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, str)), None)
        if isinstance(value, str) and (headline := plain(value)):
            return headline
    return ""


def claim_house(draft: Draft, node: Node, known: Provenance, graph: Graph | None = None) -> None:
    """Claim the publisher under its legal name, and as who wrote it: what is left where nothing else is known."""
    draft.claim("outlet", ", ".join(_names_in(node, graph, "publisher")), known)
    draft.claim("byline", ", ".join(_names_in(node, graph, "author", "creator")), known)


def claim_rest(
    draft: Draft, node: Node, known: Provenance, graph: Graph | None = None, house: Iterable[str] = ()
) -> None:
    """Claim all fields but headline and address; the authors only where one is not the ``house`` itself."""
    for key in ("datePublished", "dateCreated"):
        value = node.get(key)
        draft.claim("date", said_date(plain(value)) if isinstance(value, str) else value, known)
    publishers = _names_in(node, graph, "publisher")
    if not any(LEGAL_FORM.search(name) for name in publishers):
        draft.claim("outlet", ", ".join(publishers), known)
    authors = [name for name in _names_in(node, graph, "author", "creator") if not CREDIT.match(name)]
    house = [*house, *publishers]
    if not all(same_house(name, house, 0.6) for name in authors):
        draft.claim("byline", ", ".join(authors), known)
    for key in ("sourceOrganization", "provider", "copyrightHolder"):
        names = [name for name in _names_in(node, graph, key) if not same_house(name, house)]
        draft.claim("source", ", ".join(names), known)
    draft.claim("section", _joined(node.get("articleSection")), known)
    draft.claim("lang", _language(node.get("inLanguage")), known)
    draft.claim("dateline", _joined(node.get("dateline")), known)
    for key in ("locationCreated", "contentLocation"):
        draft.claim("located", ", ".join(_names_in(node, graph, key)), known)


def said_date(text: str) -> str | None:
    """A date, if it is none that a program writes where it has none: the first day of its calendar."""
    return None if re.match(r"0001-|0000-|1970-01-01T00:00:00|1900-01-01", text) else text


def _names_in(node: Node, graph: Graph | None, *keys: str) -> list[str]:
    """The names under the first of some properties that has any."""
    for key in keys:
        value = node.get(key)
        if names := names_of(graph.resolved(value) if graph is not None else value):
            return names
    return []


def _joined(value: object) -> str:
    items = value if isinstance(value, list) else [value]
    return ", ".join(dict.fromkeys(text for item in items if isinstance(item, str) and (text := plain(item))))


def _language(value: object) -> str | None:
    """``de-DE``, or an object of a language, or the first of a list of either."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    return value if isinstance(value, str) else None


def same_house(name: str, house: Iterable[str], part: float = 0) -> bool:
    """Whether a name is one of the house's, but for what stands around it.

    ``part`` is how much of the name that of the house must be: an author may be ``Jane Doe, The Daily Example``.
    """
    letters = "".join(filter(str.isalnum, name.casefold()))
    for other_name in house:
        other = "".join(filter(str.isalnum, other_name.casefold()))
        if (
            letters
            and other
            and (letters in other or (other in letters and len(other) >= part * len(letters)))
        ):
            return True
    return False
