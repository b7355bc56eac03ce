"""Find the records in a JSON document: a list, the response of a service, a graph, a package, a feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newssearch.readers.article.values import as_text

from .field_names import RECORD_KEYS
from .json_values import RecordValues, values_of

ENVELOPE_KEYS = (
    "articles", "results", "items", "docs", "data", "response", "hits", "stories", "news", "posts", "entries", "item",
    "documents", "records", "graph", "value", "content",
)  # fmt: skip
"""The keys under which an object that is not an article may hold a list of articles.

Such an object is an envelope, for example the response of a service.
"""

ARTICLE_LIST_KEYS = ("articles", "stories", "posts", "news", "entries", "items")
"""The keys under which even an object with a title, such as a feed, holds articles if the items look like articles."""

WRAPPER_KEYS = ("_source", "item", "article", "story", "doc", "content")
"""The keys under which an object that only wraps an article holds it; Elasticsearch uses ``_source``."""

MAX_ENVELOPE_DEPTH = 4
"""The number of levels of nested objects in which a list of records is searched."""

FEED_KEY = "newssearch feed"
"""The key that is added to items of a JSON feed and holds the properties of the feed; no input has this key."""

_ARTICLE_KEYS = frozenset(key for field in ("title", "text", "paragraphs") for key in RECORD_KEYS[field])
_DETAIL_KEYS = frozenset(
    key for field in ("text", "paragraphs", "summary", "url", "date") for key in RECORD_KEYS[field]
)


def records_in(document: object) -> Iterator[object]:
    """Yield the records in a JSON document: the items of a list or an envelope, else the document itself."""
    if isinstance(document, list):
        for item in document:
            if isinstance(item, dict):
                yield from _records_in_object(item, MAX_ENVELOPE_DEPTH)
            else:
                yield item
    elif isinstance(document, dict):
        yield from _records_in_object(document, 0)
    else:
        yield document


def _records_in_object(document: dict[object, object], depth: int) -> Iterator[object]:
    values = values_of(document)
    if _is_feed(values):
        yield from _feed_items(values)
        return
    if "graph" in values and isinstance(values["graph"], list):
        yield from _articles_in_graph(values["graph"])
        return
    if _looks_like_article(values) and not _looks_like_list(values, depth):
        yield document
        yield from _associated_texts(values)
        return
    wrapped = _wrapped_article(document)
    if wrapped is not None:
        yield from _records_in_object(wrapped, MAX_ENVELOPE_DEPTH)
        return
    items = _items_of_envelope(values, depth)
    if items is None:
        yield document
        return
    for item in items:
        yield from _records_in_object(item, MAX_ENVELOPE_DEPTH)


def is_json_feed(document: object) -> bool:
    """Whether a JSON document is a JSON feed (version 1 or 1.1)."""
    return isinstance(document, dict) and _is_feed(values_of(document))


def _is_feed(values: RecordValues) -> bool:
    return str(values.get("version", "")).startswith("https://jsonfeed.org/version/")


def _looks_like_article(values: RecordValues) -> bool:
    return any(key in _ARTICLE_KEYS and not isinstance(value, dict) for key, value in values.items()) or any(
        isinstance(value, dict) and ("rendered" in value or "main" in value)
        for key in ("title", "headline", "content")
        if (value := values.get(key)) is not None
    )


def _looks_like_list(values: RecordValues, depth: int) -> bool:
    """Whether an object with a title is a list of articles rather than an article.

    Such an object has no text, but a list of items that look like articles. ``depth`` is the number of envelopes around
    it; at :data:`MAX_ENVELOPE_DEPTH`, the result is False.
    """
    if depth >= MAX_ENVELOPE_DEPTH or any(
        values.get(key) for field in ("text", "paragraphs") for key in RECORD_KEYS[field]
    ):
        return False
    for key in ARTICLE_LIST_KEYS:
        inside = values.get(key)
        if isinstance(inside, list) and inside and all(isinstance(item, dict) for item in inside):
            within = values_of(inside[0])
            return _looks_like_article(within) and any(key in within for key in _DETAIL_KEYS)
    return False


def _wrapped_article(values: Mapping[object, object]) -> dict[object, object] | None:
    """Return the article inside an object that only wraps it, or None if the object is no such wrapper."""
    for key in WRAPPER_KEYS:
        inside = values.get(key)
        if isinstance(inside, dict) and (_looks_like_article(within := values_of(inside)) or "uri" in within):
            return inside
    return None


def _items_of_envelope(values: RecordValues, depth: int) -> list[dict[object, object]] | None:
    """Return the list of records in an envelope, possibly from a nested object, or None if it has none.

    ``depth`` is the number of objects around the envelope; at :data:`MAX_ENVELOPE_DEPTH`, the result is None.
    """
    if depth >= MAX_ENVELOPE_DEPTH:
        return None
    for key in ENVELOPE_KEYS:
        inside = values.get(key)
        if isinstance(inside, list) and inside and all(isinstance(item, dict) for item in inside):
            return inside
        if isinstance(inside, dict):
            wrapped = _wrapped_article(inside)
            if wrapped is not None:
                return [wrapped]
            if (items := _items_of_envelope(values_of(inside), depth + 1)) is not None:
                return items
    return None


def _associated_texts(values: RecordValues) -> Iterator[object]:
    """Yield the other texts in a package of an agency, which are the ``associations`` of its main item."""
    inside = values.get("associations")
    for item in inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ():
        if isinstance(item, dict) and item.get("type") == "text":
            within = values_of(item)
            if any(key.startswith("bod") for key in within):
                yield item


def _feed_items(values: RecordValues) -> Iterator[object]:
    """Yield the items of a JSON feed, each with the properties of the feed added under :data:`FEED_KEY`."""
    items = values.get("items")
    around = {key: values.get(key) for key in ("title", "language", "authors", "author")}
    for item in items if isinstance(items, list) else ():
        yield {**item, FEED_KEY: around} if isinstance(item, dict) else item


def _articles_in_graph(nodes: list[object]) -> Iterator[object]:
    """Yield the articles in a graph of linked data, or all nodes if none is an article.

    Their references to other nodes are replaced by those nodes.
    """
    node_of = {
        node["@id"]: node for node in nodes if isinstance(node, dict) and isinstance(node.get("@id"), str)
    }
    articles = [node for node in nodes if isinstance(node, dict) and is_article_type(node.get("@type"))]
    for node in articles or nodes:
        yield (
            {key: _with_references(value, node_of) for key, value in node.items()}
            if isinstance(node, dict)
            else node
        )


def _with_references(value: object, node_of: Mapping[str, object]) -> object:
    if isinstance(value, list):
        return [_with_references(item, node_of) for item in value]
    if isinstance(value, dict) and set(value) == {"@id"} and isinstance(value["@id"], str):
        return node_of.get(value["@id"], value)
    return value


def is_article_type(value: object) -> bool:
    """Whether the value of ``@type`` is a type of schema.org for articles, or a list that contains one."""
    kinds = value if isinstance(value, list) else [value]
    names = [text.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in kinds if (text := as_text(kind))]
    return any(
        name.endswith(("Article", "BlogPosting", "Report")) or name == "LiveBlogPosting" for name in names
    )
