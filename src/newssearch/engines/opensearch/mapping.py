"""The settings and mappings of an archive's indices: articles, words, and state.

An article is one document, with its paragraphs as nested documents. Their texts are strings of tokens
(:mod:`.tokens`). The analyser ``stream`` splits them at spaces, and at :data:`~.tokens.JOINT` into tokens at the same
position. The *similarity* of these fields makes the score of a term or a phrase its number of occurrences (see
:mod:`.scoring`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS, ArticleField

from .tokens import JOINT, NO_TOKEN

MAPPING_FORMAT = 5
"""The version of the format that this module and :mod:`.documents` define. An index of another version is refused."""
COUNTED_FIELDS = (*WHOLE_FIELDS, *WORD_FIELDS)
"""The fields of an article that are stored as values to count (``outlet``) and as keys to compare (``outlet_key``)."""
MAX_VALUE_CHARS = 8000
"""The number of characters at which a field's value is truncated, and a digest appended. Lucene takes terms of at
most 32,766 bytes.
"""
MAX_NESTED = 100_000
"""The largest number of paragraphs of an article."""
MAX_HITS_AT_ONCE = 10_000
"""The largest number of hits in a response. More are read page by page."""

REPLICATION = "DOCUMENT"
"""Document replication: each shard copy indexes the articles itself.

Segment replication needs 27 % less processor time, but OpenSearch may then lose confirmed writes when a primary dies:
https://github.com/opensearch-project/OpenSearch/issues/20118.
"""

_TEXT = {
    "type": "text",
    "analyzer": "stream",
    "search_analyzer": "asked",
    "similarity": "occurrences",
    "norms": False,
    "index_options": "positions",
}
_VALUE = {"type": "keyword"}
_STORED = {"type": "object", "enabled": False}
_LONG = {"type": "long"}
_COUNT = {"type": "integer"}
_ONLY_SUMMED: dict[str, Any] = {"type": "integer", "index": False}
_ONLY_SOUGHT: dict[str, Any] = {"type": "boolean", "doc_values": False}


def articles_index(shards: int) -> dict[str, Any]:
    """Return the settings and the mapping of the index of articles."""
    values = {name: _VALUE for field in COUNTED_FIELDS for name in (field, f"{field}_key")}
    paragraph = {
        "analysis": _VALUE,
        "words": _ONLY_SUMMED,
        "title_words": _ONLY_SUMMED,
        "weight": {"type": "boolean"},
        "lead": _ONLY_SOUGHT,
        "novel": _ONLY_SOUGHT,
        "stand_in": _ONLY_SOUGHT,
        "address": _VALUE,
        "text": _TEXT,
        "title": _TEXT,
    }
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                # checkpoints depend on these settings: do not leave them to the cluster's templates
                "number_of_routing_shards": shards,
                "routing_partition_size": 1,
                "replication.type": REPLICATION,
                "max_result_window": MAX_HITS_AT_ONCE,
                "max_inner_result_window": MAX_HITS_AT_ONCE,
                "mapping.nested_objects.limit": MAX_NESTED,
                "gc_deletes": "1h",
                "analysis": {
                    "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 32_000}},
                    "filter": {
                        "joints": {
                            "type": "pattern_capture",
                            "preserve_original": False,
                            "patterns": [f"([^{JOINT}]+)"],
                        },
                        "gaps": {"type": "stop", "stopwords": [NO_TOKEN], "ignore_case": False},
                    },
                    "analyzer": {
                        "stream": {"type": "custom", "tokenizer": "spaces", "filter": ["gaps", "joints"]},
                        "asked": {"type": "custom", "tokenizer": "spaces", "filter": ["gaps"]},
                    },
                },
                "similarity": {
                    "occurrences": {
                        "type": "scripted",
                        "script": {"source": "return query.boost * doc.freq;"},
                    }
                },
            }
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"excludes": ["paragraphs", "samples"]},
            "properties": {
                "id": _VALUE,
                "reversed_id": _VALUE,
                "commit": _LONG,
                "checkpoint": {"type": "long", "doc_values": False},
                "sequence": _LONG,
                "path": _VALUE,
                "url": _VALUE,
                "given_url": _VALUE,
                "reversed_host": _VALUE,
                "version_of": _VALUE,
                "version": _COUNT,
                "analysis": _VALUE,
                "story": _LONG,
                "samples": {"type": "long", "doc_values": False},
                "sampled": _STORED,
                "local": _LONG,
                "day": _COUNT,
                "instant": _LONG,
                "end": _LONG,
                "precision": _COUNT,
                "fineness": _COUNT,
                "added": _LONG,
                "provenance": _VALUE,
                "words": _COUNT,
                "counted_words": _COUNT,
                "title_words": _COUNT,
                "count": _COUNT,
                **values,
                "own": {"type": "object", "dynamic": "strict"},
                "header": _STORED,
                "texts": _STORED,
                "outline": _STORED,
                "paragraphs": {"type": "nested", "properties": paragraph},
            },
        },
    }


def own_mapping(fields: Iterable[ArticleField]) -> dict[str, Any]:
    """Return the mapping of own fields, to be added to that of an index of articles."""
    kinds: dict[str, dict[str, Any]] = {
        "number": {"number": {"type": "double"}},
        "date": {"local": _LONG, "instant": _LONG, "month": _VALUE},
    }
    found = {
        field.name: {"properties": {"value": _VALUE, "key": _VALUE, **kinds.get(field.kind, {})}}
        for field in fields
    }
    return {"properties": {"own": {"properties": found}}}


def words_index() -> dict[str, Any]:
    """Return the settings and the mapping of the index of an archive's distinct words: see :class:`.tokens.Spelled`.

    Words are searched by ``form`` or ``lower``, and sorted by ``form``, ``written`` and ``elided``.
    """
    return {
        "settings": {
            "index": {
                "number_of_shards": 1,
                "max_result_window": MAX_HITS_AT_ONCE,
            }
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "form": _VALUE,
                "written": {**_VALUE, "index": False},
                "lower": {**_VALUE, "doc_values": False},
                "elided": {"type": "boolean", "index": False},
                "whole": _STORED,
            },
        },
    }


def state_index() -> dict[str, Any]:
    """Return the settings and the mapping of the index that holds an archive's last commit and its extras."""
    return {
        "settings": {"index": {"number_of_shards": 1}},
        "mappings": {"dynamic": False, "properties": {}},
    }
