"""A record of named values, as JSON carries it, to an article."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from newssearch.article import MISSING, Article, Date, Provenance, Rejected
from newssearch.paragraphs import squeeze

from .dateline import find_dateline
from .fields import DEFAULT_LANG, FROM_URL, ReadOptions, host, read_date, shown

KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id", "guid"),
    "title": ("title", "headline", "name"),
    "text": ("text", "body", "content", "articlebody", "article_body", "maintext", "full_text"),
    "paragraphs": ("paragraphs",),
    "date": (
        "date", "published", "datepublished", "date_published", "published_at", "publishedat", "date_publish",
        "pubdate", "publish_date", "created",
    ),
    "outlet": ("outlet", "publisher", "publication", "site_name", "source_domain", "domain", "newspaper"),
    "source": ("source", "agency", "credit", "infosource"),
    "byline": ("byline", "author", "authors", "by", "creator"),
    "dateline": ("dateline",),
    "located": ("located", "location", "place"),
    "lang": ("lang", "language", "inlanguage"),
    "section": ("section", "category", "desk", "articlesection", "topic"),
    "url": ("url", "link", "canonical_url", "href"),
}  # fmt: skip
"""The keys that each field is read from, in lower case; the first that has a value counts."""

NAME_KEYS = ("name", "title")
"""A value that is an object is read by one of these, as in ``{"publisher": {"name": …}}``."""

PARAGRAPH_KEYS = ("text", "content", "body")
"""A paragraph that is an object is read by one of these."""

ENVELOPES = ("articles", "results", "items", "docs", "data")
"""An object that is no article itself may hold a list of them under one of these, as the answer of a service does."""

NOTHING = frozenset({"None", "null", "NULL", "NaN", "nan"})
"""What a program writes for no value: such a field is missing, and its provenance quotes it. Titles and texts are
left as they are, and so is the surname Null."""

OLDEST, NEWEST = 100_000_000, 100_000_000_000
"""Numbers in this range are seconds since 1970 (years 1973 to 5138), a thousand times as much milliseconds."""

Record = Mapping[str, object]


def records(document: object) -> Iterator[object]:
    """The records in a JSON document: of a list its items, of an envelope the items in it, else the document."""
    if isinstance(document, list):
        yield from document
        return
    if isinstance(document, dict):
        values = _lower(document)
        if not any(key in values for field in ("title", "text", "paragraphs") for key in KEYS[field]):
            for key in ENVELOPES:
                items = values.get(key)
                if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
                    yield from items
                    return
    yield document


def read_record(record: object, path: str, number: int, options: ReadOptions) -> Article | Rejected:
    """The article that a record describes, or why it is none.

    Its own ``id`` is its identity where it has no ``url``. A dateline in front of the text fills ``dateline``,
    ``located`` and ``source`` where the record leaves them open; the text itself stays as it is.
    """
    if not isinstance(record, dict):
        return Rejected(path, f"not a JSON object but {_kind(record)}", number)
    values = _lower(record)
    text = _text(values)
    title = _first(values, "title")
    if not (title and title.strip()) and not text:
        return Rejected(path, "neither title nor text", number)
    known: dict[str, Provenance] = {}
    fields: dict[str, str | None] = {"title": title}
    for name in ("outlet", "source", "byline", "dateline", "located", "lang", "section", "url"):
        value = _first(values, name)
        if value is not None and value.strip() in NOTHING:
            known[name] = Provenance("missing", f"the input says {shown(value)}")
            value = None
        fields[name] = value if value and value.strip() else None
    if fields["outlet"] is None and fields["url"] and (name_of_host := host(fields["url"])):
        fields["outlet"], known["outlet"] = name_of_host, FROM_URL
    date, known["date"] = _date(values, options)
    if fields["dateline"] is None and fields["located"] is None:
        _fill_from_dateline(fields, known, text if isinstance(text, str) else text[0] if text else "")
    if fields["lang"] is None and options.lang:
        fields["lang"], known["lang"] = options.lang, DEFAULT_LANG
    if "source" in known and known["source"].known == "missing" and fields["outlet"] is not None:
        # The outlet stands for it as where there is no source at all, but what the input says is not passed over.
        fields["source"] = fields["outlet"]
        known["source"] = Provenance("inferred", f"outlet, {known['source'].basis}")
    return Article.create(
        text=text,
        date=date,
        path=path,
        record=number,
        identity=_first(values, "id"),
        provenance=known,
        **fields,
    )


def _fill_from_dateline(fields: dict[str, str | None], known: dict[str, Provenance], text: str) -> None:
    dateline = find_dateline(squeeze(text[:400].lstrip().partition("\n\n")[0]))
    if dateline is None:
        return
    fields["dateline"] = dateline.text
    inferred = Provenance("inferred", "dateline")
    known.pop("dateline", None)
    if dateline.located:
        fields["located"], known["located"] = dateline.located, inferred
    if dateline.agency and fields["source"] is None:
        fields["source"], known["source"] = dateline.agency, inferred


def _lower(record: Mapping[object, object]) -> dict[str, object]:
    """The record with its keys in lower case; of keys that become one, the first that has a value stays."""
    values: dict[str, object] = {}
    for key, value in record.items():
        name = str(key).lower()
        if values.get(name) in (None, "", []):
            values[name] = value
    return values


def _first(values: Record, field: str) -> str | None:
    for key in KEYS[field]:
        value = values.get(key)
        if value is not None:
            text = _string(value)
            if text:
                return text
    return None


def _string(value: object) -> str | None:
    """A value as one string: an object by its name, a list by its items, a number as it is written."""
    if isinstance(value, dict):
        return next((text for key in NAME_KEYS if (text := _scalar(value.get(key)))), None)
    if isinstance(value, list):
        items = (_string(item) if isinstance(item, dict) else _scalar(item) for item in value)
        return ", ".join(item for item in items if item) or None
    return _scalar(value)


def _scalar(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(values: Record) -> str | list[str]:
    """The text of a record: a string as it is, or the list of its paragraphs; empty where there is none."""
    for key in KEYS["text"] + KEYS["paragraphs"]:
        value = values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list):
            paragraphs = [text for text in map(_paragraph, value) if text and text.strip()]
            if paragraphs:
                return paragraphs
    return ""


def _paragraph(value: object) -> str | None:
    if isinstance(value, dict):
        return next((text for key in PARAGRAPH_KEYS if isinstance(text := value.get(key), str)), None)
    return value if isinstance(value, str) else None


def _date(values: Record, options: ReadOptions) -> tuple[Date | None, Provenance]:
    """The first date that can be read, else why the first value is none."""
    failed = MISSING
    for key in KEYS["date"]:
        value = values.get(key)
        if value is None or value == "":
            continue
        if isinstance(value, str) and value.strip() in NOTHING:
            date, known = None, Provenance("missing", f"the input says {shown(value)}")
        elif isinstance(value, str) and not (value.isdecimal() and len(value) in (10, 13)):
            date, known = read_date(value, options)
        else:
            date, known = _epoch(value, options)
        if date is not None:
            return date, known
        if failed is MISSING:
            failed = known
    return None, failed


def _epoch(value: object, options: ReadOptions) -> tuple[Date | None, Provenance]:
    """A number as a date: 20240725 as it reads, larger ones by :data:`OLDEST` and :data:`NEWEST`, in UTC."""
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if isinstance(value, str):
        number = int(value)
    if number is not None:
        if isinstance(number, int) and 10_000_000 <= number < OLDEST:
            return read_date(str(number), options)
        for unit, seconds in (("seconds", 1), ("milliseconds", 1000)):
            if OLDEST * seconds <= number < NEWEST * seconds:
                moment = dt.datetime.fromtimestamp(number / seconds, dt.timezone.utc)
                return moment, Provenance("inferred", f"a number of {unit} since 1970")
    text = shown(value) if number is not None else _kind(value)
    return None, Provenance("missing", f"{text} is not a date")


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", str: "a string", list: "a list", dict: "an object", type(None): "null"}
    return kinds.get(type(value), "a number")
