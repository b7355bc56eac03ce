"""Converts an article to an OpenSearch document, and back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, cast

from newssearch.article import Article, EarlierVersion, Paragraph, Place, Provenance
from newssearch.engines.article_addresses import as_given, comparable, host_in, with_slash
from newssearch.engines.article_times import (
    AMBIGUOUS,
    MICROSECONDS_A_DAY,
    NO_DATE,
    ONLY_MONTH,
    ONLY_YEAR,
    added_time,
    date_columns,
    end_of,
    instant,
    local_time,
    microseconds,
)
from newssearch.extra import ExtraValue, texts_of, value_of
from newssearch.fields import EXACT_FIELDS, FIELD_NAMES, WORD_FIELDS, ArticleField
from newssearch.identity import id_number, normal_key
from newssearch.lead import lead_and_weightless
from newssearch.results import SHOWN_FIELDS, ShownFields
from newssearch.system.frozen import FrozenDict
from newssearch.text.analysis import analyser, key, name_words
from newssearch.text.numbers import number_key
from newssearch.text.partial_dates import from_iso

from .mapping import COUNTED_FIELDS, MAX_VALUE_CHARS
from .sampled_article import sample_parts
from .tokens import Learn, token_stream

CUT = "…"
"""Separates the beginning of a truncated value from its digest."""
_QUOTATION = re.compile(r"'[^']*'")
"""Matches a quotation from the article in the text of a provenance."""

DocumentSource = Mapping[str, Any]
"""The JSON of a document."""


def document_id(article_id: str) -> str:
    """Return the document id of an article: the number in its id. Articles whose ids end with the same digest share it."""
    return f"{id_number(article_id):x}"


def cut(value: str) -> str:
    """Return a value, truncated if it is too long for a Lucene term."""
    if len(value) <= MAX_VALUE_CHARS:
        return value
    from hashlib import blake2b  # such long values are rare

    return f"{value[:MAX_VALUE_CHARS]}{CUT}{blake2b(value.encode(), digest_size=16).hexdigest()}"


def key_of(field: str, value: str) -> str:
    """Return the key by which conditions on a field compare a value. The key of a name has a space around each word."""
    if field in WORD_FIELDS:
        return cut(f" {' '.join(name_words(value))} ")
    if field in EXACT_FIELDS:
        return cut(normal_key(value))
    return cut(key(value).replace("_", "-") if field == "lang" else key(value))


def document_of(
    article: Article,
    state: str,
    own: Mapping[str, ArticleField],
    learn: Learn | None = None,
) -> dict[str, Any]:
    """Return the document of an article. ``own`` maps the names of the index's own fields to their rows.

    ``state`` is the caller's fingerprint of the article. ``learn`` is called with the pieces of its texts. The
    document lacks the commit, the sequence number, and the values that depend on other articles: see
    :func:`.story_marks.mark`.
    """
    own_analyser = analyser(article.lang)
    title = token_stream(article.title or "", own_analyser, learn)
    lead, weightless = lead_and_weightless(article)
    without = {*weightless.asides, *weightless.headlines}
    number = document_id(article.id)
    paragraphs, hashes = [], []
    for one in article.paragraphs:
        text = token_stream(one.text, own_analyser, learn)
        hashes.append(text.hashes)
        paragraphs.append({
            "number": one.number, "analysis": own_analyser.name, "words": text.words, "title_words": title.words, "weight": one.number not in without,
            "hidden": one.number in weightless.headlines, "lead": one.number in lead, "novel": True, "address": f"{number}#{one.number}",
            "text": text.tokens, "title": title.tokens,
        })  # fmt: skip
    if not paragraphs:
        paragraphs.append({
            "number": 0, "analysis": own_analyser.name, "words": 0, "title_words": title.words, "weight": True, "hidden": False, "lead": False, "novel": False,
            "address": f"{number}#0", "text": "", "title": title.tokens,
        })  # fmt: skip
    stand_in = next((one for one in paragraphs if one["weight"]), paragraphs[0])
    stand_in["stand_in"] = True
    dated = date_columns(article.date, article.provenance.get("date"))
    document: dict[str, Any] = {
        "id": article.id,
        "reversed_id": article.id[::-1],
        "path": cut(article.path or ""),
        "version": article.version,
        "analysis": own_analyser.name,
        "precision": dated.precision,
        "fineness": dated.precision & ~AMBIGUOUS,
        "added": added_time(article),
        "words": sum(one["words"] for one in paragraphs),
        "counted_words": sum(one["words"] for one in paragraphs if one["weight"]),
        "title_words": title.words,
        "count": len(article.paragraphs),
        "provenance": cut(provenances_of(article)),
        "header": _header_of(article, state),
        "texts": {"of": [one.text for one in article.paragraphs]},
        "paragraphs": paragraphs,
        **sample_parts(hashes),
    }
    if dated.precision != NO_DATE:
        document["local"], document["instant"] = dated.local, dated.instant
        document["day"] = dated.local // MICROSECONDS_A_DAY
        if (coarse := dated.precision & ~AMBIGUOUS) in (ONLY_YEAR, ONLY_MONTH):
            document["end"] = end_of(dated.local, coarse)
    if article.url is not None:
        document |= _address_parts(article.url)
    if article.version_of is not None:
        document["version_of"] = document_id(article.version_of)
    for name in COUNTED_FIELDS:
        if value := getattr(article, name):
            document[name], document[f"{name}_key"] = cut(value), key_of(name, value)
    if article.extra:
        document["own"] = {name: _own_values(own[name], value) for name, value in article.extra.items()}
    return document


def _address_parts(url: str) -> dict[str, Any]:
    """Return the fields that conditions on an address are compared with."""
    comparable_url = comparable(url)
    return {
        "url": [cut(one) for one in with_slash(comparable_url)],
        "given_url": [cut(one) for one in with_slash(as_given(url))],
        "reversed_host": cut(host_in(comparable_url)[::-1]),
    }


def _own_values(field: ArticleField, value: ExtraValue) -> dict[str, Any]:
    texts = texts_of(value)
    found: dict[str, Any] = {"value": [cut(one) for one in texts]}
    if isinstance(value, dt.date):
        moment = local_time(value)
        return {
            **found,
            "local": microseconds(moment),
            "instant": instant(value),
            "month": f"{moment:%Y-%m}".zfill(7),
        }
    if isinstance(value, int | float):
        return {**found, "number": value, "key": number_key(value)}
    return {**found, "key": [key_of_own(field, one) for one in texts]}


def key_of_own(field: ArticleField, text: str) -> str:
    """Return the key by which conditions on an own field with text values compare a value."""
    return cut(f" {' '.join(name_words(text))} " if field.kind == "words" else key(text))


def _header_of(article: Article, state: str) -> dict[str, Any]:
    """Return all fields of an article except its texts, with its state, as JSON types."""
    header: dict[str, Any] = {"id": article.id, "state": state, "record": article.record}
    for name in (*FIELD_NAMES, "path", "member", "version_of"):
        value = getattr(article, name)
        if value is not None:
            header[name] = value if isinstance(value, str) else value.isoformat()
    header["added"] = article.added.isoformat() if article.added is not None else None
    header["version"] = article.version
    # lists, because OpenSearch does not keep the order of an object's members
    header["provenance"] = [[name, *one] for name, one in article.provenance.items()]
    if article.extra:
        header["extra"] = [[name, *_typed_texts(value)] for name, value in article.extra.items()]
    if article.earlier:
        header["earlier"] = [[one.digest, one.added.isoformat()] for one in article.earlier]
    if article.other_places:
        header["other_places"] = [list(place) for place in article.other_places]
    if kinds := {str(one.number): one.kind for one in article.paragraphs if one.kind != "text"}:
        header["kinds"] = kinds
    return header


def provenances_of(article: Article) -> str:
    """Return the provenance of each field as JSON, without quotations from the article."""
    found = {name: _QUOTATION.sub("…", str(one)) for name, one in sorted(article.provenance.items())}
    return json.dumps(found, ensure_ascii=False)


def _typed_texts(value: ExtraValue) -> list[Any]:
    kind = "date" if isinstance(value, dt.date) else "number" if isinstance(value, int | float) else "value"
    return [kind, list(texts_of(value))]


def extra_of(header: DocumentSource) -> FrozenDict[str, ExtraValue]:
    """Return the own fields of an article from its header."""
    return FrozenDict((name, value_of(kind, texts)) for name, kind, texts in header.get("extra", ()))


def article_from(source: DocumentSource) -> Article:
    """Return the article of a document that has its header and texts."""
    header = source["header"]
    kinds = header.get("kinds", {})
    paragraphs = tuple(
        Paragraph(number, text, kinds.get(str(number), "text"))
        for number, text in enumerate(source["texts"]["of"], start=1)
    )
    values = {name: header.get(name) for name in (*FIELD_NAMES, "path", "member", "version_of")}
    values["date"] = None if values["date"] is None else from_iso(values["date"])
    return Article(
        id=header["id"],
        record=header["record"],
        paragraphs=paragraphs,
        provenance=FrozenDict((name, Provenance(*one)) for name, *one in header["provenance"]),
        extra=extra_of(header),
        added=dt.datetime.fromisoformat(header["added"]),
        version=header["version"],
        earlier=tuple(
            EarlierVersion(digest, dt.datetime.fromisoformat(moment))
            for digest, moment in header.get("earlier", ())
        ),
        other_places=tuple(Place(*place) for place in header.get("other_places", ())),
        **values,
    )


def shown_from(source: DocumentSource) -> ShownFields:
    """Return the fields of an article that a hit shows, from a document with its header."""
    header = source["header"]
    values: dict[str, Any] = {name: header.get(name) for name in SHOWN_FIELDS}
    values["date"] = None if values["date"] is None else from_iso(values["date"])
    values["added"] = dt.datetime.fromisoformat(header["added"])
    values["extra"] = extra_of(header)
    return cast("ShownFields", values)


def place_from(header: DocumentSource) -> Place:
    """Return the place that an article was read from, given its header."""
    return Place(header.get("path") or "", header.get("member"), header["record"])
