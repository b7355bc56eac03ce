"""Where the records are in a JSON document: a list, the answer of a service, a graph, a package, a feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newssearch.readers.article.values import as_text

from .field_names import KEYS
from .json_values import Values, values_of

ENVELOPES = (
    "articles", "results", "items", "docs", "data", "response", "hits", "stories", "news", "posts", "entries", "item",
    "documents", "records", "graph", "value", "content",
)  # fmt: skip
"""An object that is no article itself may hold a list of them under one of these, as the answer of a service does."""

LISTS = ("articles", "stories", "posts", "news", "entries", "items")
"""Of these, even one with a title of its own (of a feed, of an export) holds articles, where they look so."""

WRAPPERS = ("_source", "item", "article", "story", "doc", "content")
"""An object of the list may hold the article under one of these (the first is that of Elasticsearch)."""

DEEPEST = 4
"""Objects within objects that are looked into."""

AROUND = "newssearch feed"
"""The key under which an item of a JSON feed is given what is known of the feed; no key of others is such."""

_ARTICLE = frozenset(key for field in ("title", "text", "paragraphs") for key in KEYS[field])
_MORE = frozenset(key for field in ("text", "paragraphs", "summary", "url", "date") for key in KEYS[field])


def records(document: object) -> Iterator[object]:
    """The records in a JSON document: of a list its items, of an envelope the items in it, else the document."""
    if isinstance(document, list):
        for item in document:
            if isinstance(item, dict):
                yield from _of_object(item, DEEPEST)
            else:
                yield item
    elif isinstance(document, dict):
        yield from _of_object(document, 0)
    else:
        yield document


def _of_object(document: dict[object, object], depth: int) -> Iterator[object]:
    values = values_of(document)
    if str(values.get("version", "")).startswith("https://jsonfeed.org/version/"):
        yield from _of_feed(values)
        return
    if "graph" in values and isinstance(values["graph"], list):
        yield from _of_graph(values["graph"])
        return
    if _is_article(values) and not _is_list(values, depth):
        yield document
        yield from _associated(values)
        return
    wrapped = _wrapped(document)
    if wrapped is not None:
        yield from _of_object(wrapped, DEEPEST)
        return
    items = _items(values, depth)
    if items is None:
        yield document
        return
    for item in items:
        yield from _of_object(item, DEEPEST)


def _is_article(values: Values) -> bool:
    return any(key in _ARTICLE and not isinstance(value, dict) for key, value in values.items()) or any(
        isinstance(value, dict) and ("rendered" in value or "main" in value)
        for key in ("title", "headline", "content")
        if (value := values.get(key)) is not None
    )


def _is_list(values: Values, depth: int) -> bool:
    """Whether an object with a title, but no text, is one for the sake of the articles in it."""
    if depth >= DEEPEST or any(values.get(key) for field in ("text", "paragraphs") for key in KEYS[field]):
        return False
    for key in LISTS:
        inside = values.get(key)
        if isinstance(inside, list) and inside and all(isinstance(item, dict) for item in inside):
            within = values_of(inside[0])
            return _is_article(within) and any(key in within for key in _MORE)
    return False


def _wrapped(values: Mapping[object, object]) -> dict[object, object] | None:
    """The article that is all that an object of a list is there for."""
    for key in WRAPPERS:
        inside = values.get(key)
        if isinstance(inside, dict) and (_is_article(within := values_of(inside)) or "uri" in within):
            return inside
    return None


def _items(values: Values, depth: int) -> list[dict[object, object]] | None:
    """The list that an envelope is there for, which may lie in an object within it."""
    if depth >= DEEPEST:
        return None
    for key in ENVELOPES:
        inside = values.get(key)
        if isinstance(inside, list) and inside and all(isinstance(item, dict) for item in inside):
            return inside
        if isinstance(inside, dict):
            wrapped = _wrapped(inside)
            if wrapped is not None:
                return [wrapped]
            if (items := _items(values_of(inside), depth + 1)) is not None:
                return items
    return None


def _associated(values: Values) -> Iterator[object]:
    """The texts that a package of an agency has besides its own."""
    inside = values.get("associations")
    for item in inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ():
        if isinstance(item, dict) and item.get("type") == "text":
            within = values_of(item)
            if any(key.startswith("bod") for key in within):
                yield item


def _of_feed(values: Values) -> Iterator[object]:
    """The items of a JSON feed, each with what is known of the feed."""
    items = values.get("items")
    around = {key: values.get(key) for key in ("title", "language", "authors", "author")}
    for item in items if isinstance(items, list) else ():
        yield {**item, AROUND: around} if isinstance(item, dict) else item


def _of_graph(nodes: list[object]) -> Iterator[object]:
    """The articles in a graph of linked data, with what they refer to in it in the place of the reference."""
    known = {
        node["@id"]: node for node in nodes if isinstance(node, dict) and isinstance(node.get("@id"), str)
    }
    articles = [node for node in nodes if isinstance(node, dict) and is_article_type(node.get("@type"))]
    for node in articles or nodes:
        yield (
            {key: _resolved(value, known) for key, value in node.items()} if isinstance(node, dict) else node
        )


def _resolved(value: object, known: Mapping[str, object]) -> object:
    if isinstance(value, list):
        return [_resolved(item, known) for item in value]
    if isinstance(value, dict) and set(value) == {"@id"} and isinstance(value["@id"], str):
        return known.get(value["@id"], value)
    return value


def is_article_type(value: object) -> bool:
    """Whether a type of schema.org is that of an article."""
    kinds = value if isinstance(value, list) else [value]
    names = [text.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in kinds if (text := as_text(kind))]
    return any(
        name.endswith(("Article", "BlogPosting", "Report")) or name == "LiveBlogPosting" for name in names
    )
