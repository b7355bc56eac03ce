"""JSON to articles: one record per line, and whole documents."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from newssearch.article import STATED, Article, Provenance, Rejected
from newssearch.fields import FIELD_NAMES
from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.readers import Feed, Origin, ReadOptions, ReadOutcome, Skipped, read_file, read_stream
from newssearch.readers.decoding.lines import SKIP_CHUNK
from newssearch.readers.records.field_names import RECORD_KEYS
from newssearch.readers.records.record import read_record

TEXT = "It rained on the hills.\n\nThen it stopped."
FROM_DATELINE = Provenance("inferred", "dateline")


def read(record: object, **options: object) -> Article:
    article = read_record(record, Origin("a.jsonl", ReadOptions(**options)), 1)  # type: ignore[arg-type]
    assert isinstance(article, Article)
    return article


def stream(data: bytes, document: int = DEFAULT_LIMITS.document) -> list[Article | Rejected]:
    options = ReadOptions(limits=Limits(document=document))
    return [item for item in read_stream(io.BytesIO(data), options) if not isinstance(item, (Feed, Skipped))]


def from_file(tmp_path: Path, data: bytes, name: str = "a.jsonl") -> list[Article | Rejected]:
    return support.read_bytes(tmp_path, name, data)


def titles(items: Iterable[ReadOutcome]) -> list[str | None]:
    return [
        item.title if isinstance(item, Article) else f"{item.record}: {item.reason}"
        for item in items
        if not isinstance(item, (Feed, Skipped))
    ]


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_a_record_becomes_an_article() -> None:
    article = read({
        "id": "x-1", "title": "Rain", "text": TEXT, "date": "2024-07-25T10:00:00Z", "source": "Reuters",
        "outlet": "example.org", "url": "https://example.org/rain", "lang": "en", "byline": "Jane Doe",
        "section": "Weather", "located": "Rome", "dateline": "ROME, July 25",
    })  # fmt: skip
    assert (article.title, article.source, article.outlet) == ("Rain", "Reuters", "example.org")
    assert (article.url, article.lang, article.byline) == ("https://example.org/rain", "en", "Jane Doe")
    assert (article.section, article.located, article.dateline) == ("Weather", "Rome", "ROME, July 25")
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=dt.timezone.utc)
    assert [paragraph.text for paragraph in article.paragraphs] == [
        "It rained on the hills.",
        "Then it stopped.",
    ]
    assert set(article.provenance.values()) == {STATED}


@pytest.mark.parametrize("field", [name for name in FIELD_NAMES if name != "date"])
def test_every_name_of_a_field_is_read_in_any_case(field: str) -> None:
    for key in RECORD_KEYS[field]:
        for name in (key, key.upper(), key.title()):
            value = "pt-BR" if field == "lang" else "Some value 7"
            assert getattr(read({name: value, "text": TEXT}), field) == value


def test_the_first_name_that_has_a_value_counts() -> None:
    assert read({"headline": "Rain", "title": None}).title == "Rain"
    assert read({"headline": "Rain", "title": "Snow"}).title == "Snow"
    assert read({"TITLE": "", "title": "Snow"}).title == "Snow"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Doe", "Jane Doe"), (["Jane Doe", "John Roe"], "Jane Doe, John Roe"), ({"name": "Jane Doe"}, "Jane Doe"),
        ([{"name": "Jane Doe"}, "John Roe", None, {}], "Jane Doe, John Roe"), ({"id": 1, "title": "Desk"}, "Desk"),
        ([], None), ({}, None), (True, None), ([[["deep"]]], None), (7, "7"),
    ],
)  # fmt: skip
def test_a_value_may_be_a_string_a_list_or_an_object_with_a_name(value: object, expected: str | None) -> None:
    assert read({"title": "Rain", "author": value}).byline == expected


@pytest.mark.parametrize(
    "record",
    [
        {"paragraphs": ["One.", "Two."]}, {"paragraphs": [{"text": "One."}, {"text": "Two."}, {"image": "x"}, 3]},
        {"body": ["One.", "", "Two."]}, {"maintext": "One.\nTwo."}, {"text": " ", "content": "One.\n\nTwo."},
    ],
)  # fmt: skip
def test_a_text_may_be_a_string_or_a_list_of_paragraphs(record: dict[str, object]) -> None:
    assert [paragraph.text for paragraph in read(record).paragraphs] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("value", "expected", "known"),
    [
        ("2024-07-25", dt.date(2024, 7, 25), "stated"),
        ("7/5/2024", dt.date(2024, 7, 5), "stated, ambiguous, read month first"),
        (20240725, dt.date(2024, 7, 25), "stated"),
        (1721890800, dt.datetime(2024, 7, 25, 7), "inferred from a number of seconds since 1970"),
        ("1721890800", dt.datetime(2024, 7, 25, 7), "inferred from a number of seconds since 1970"),
        (1721890800000.0, dt.datetime(2024, 7, 25, 7), "inferred from a number of milliseconds since 1970"),
        ("soon", None, "missing, 'soon' is not a date"),
        ("x" * 200, None, f"missing, '{'x' * 40}…' is not a date"),
        (12, None, "missing, '12' is not a date"),
        (-1, None, "missing, '-1' is not a date"),
        (10**30, None, f"missing, '{10**30}' is not a date"),
        (float("nan"), None, "missing, 'nan' is not a date"),
        (float("inf"), None, "missing, 'inf' is not a date"),
        (True, None, "missing, a boolean is not a date"),
        ({"day": 1}, None, "missing, an object is not a date"),
        ("None", None, "missing, the input says 'None'"),
        (None, None, "missing"),
        ("", None, "missing"),
    ],
)
def test_a_date_is_read_or_its_provenance_says_why_not(
    value: object, expected: dt.date | None, known: str
) -> None:
    article = read({"title": "Rain", "date": value})
    if isinstance(expected, dt.datetime):
        expected = expected.replace(tzinfo=dt.timezone.utc)
    assert article.date == expected
    assert str(article.provenance["date"]) == known


def test_a_date_that_cannot_be_read_gives_way_to_the_next() -> None:
    assert read({"title": "Rain", "date": "soon", "published": "2024-07-25"}).date == dt.date(2024, 7, 25)
    assert read({"title": "Rain", "date": "7/5/2024"}, day_first=True).date == dt.date(2024, 5, 7)


@pytest.mark.parametrize("nothing", ["None", "null", "NaN"])
def test_a_null_string_is_missing_and_quoted(nothing: str) -> None:
    article = read(
        {"title": nothing, "text": nothing, "byline": nothing, "source": nothing, "outlet": "example.org"}
    )
    assert article.byline is None
    assert str(article.provenance["byline"]) == f"missing, the input says '{nothing}'"
    assert article.source == "example.org"
    assert str(article.provenance["source"]) == f"inferred from outlet, the input says '{nothing}'"
    assert article.title == article.paragraphs[0].text == nothing
    assert read({"title": "Rain", "byline": "Null"}).byline == "Null"


def test_the_outlet_is_the_host_of_the_address_where_it_is_not_stated() -> None:
    article = read(
        {"title": "Rain", "url": "https://www.example.org/rain", "source": {"id": None, "name": "CNN"}}
    )
    assert (article.outlet, article.source) == ("example.org", "CNN")
    assert str(article.provenance["outlet"]) == "inferred from url"
    assert read({"title": "Rain", "url": "nowhere"}).outlet is None


def test_records_without_a_language_get_the_default_language() -> None:
    assert (
        str(read({"title": "Rain"}, lang="it").provenance["lang"])
        == "inferred from the default language given"
    )
    assert read({"title": "Rain", "lang": "en"}, lang="it").lang == "en"


@pytest.mark.parametrize(
    "text", ["CLEVELAND, Feb 26 - The firm said so.", "CLEVELAND (Reuters) - The firm said so."]
)
def test_a_dateline_fills_missing_fields_and_stays_in_the_text(text: str) -> None:
    article = read({"text": f"{text}\n\nMore.", "outlet": "example.org"})
    agency = "Reuters" if "Reuters" in text else None
    assert article.paragraphs[0].text == text
    assert article.dateline == text.partition(" - ")[0]
    assert (article.located, article.provenance["located"]) == ("Cleveland", FROM_DATELINE)
    assert article.source == (agency or "example.org")
    assert article.provenance["source"] == (FROM_DATELINE if agency else Provenance("inferred", "outlet"))
    assert read({"text": text, "source": "AP"}).source == "AP"
    assert read({"text": text, "located": "Ohio"}).dateline is None
    assert read({"paragraphs": [text]}).located == "Cleveland"


def test_the_identity_of_a_record_is_its_url_then_its_id_then_its_position() -> None:
    def id_of(number: int, **record: object) -> str:
        article = read_record({"title": "Rain", **record}, Origin("a.jsonl", ReadOptions()), number)
        assert isinstance(article, Article)
        return article.id

    assert id_of(1, id=7) == id_of(2, id="7") != id_of(1, id=8)
    assert id_of(1) != id_of(2)
    assert id_of(1, url="https://example.org", id=1)[-8:] == id_of(2, url="https://example.org", id=2)[-8:]


def test_the_address_that_a_page_stated_goes_before_the_fetched_one_if_it_names_the_article() -> None:
    fetched = {
        "title": "Rain",
        "text": "It rained.",
        "url": "https://example.org/news/rain-in-basra-5?ref=x5",
    }
    stated = "https://example.org/news/rain-in-basra-5"
    assert read({**fetched, "canonical_url": stated}).url == stated
    assert read({**fetched, "canonical_url": "https://example.org/"}).url == fetched["url"]
    assert read({**fetched, "canonical_url": "https://other.org/news/rain-in-basra-5"}).url == fetched["url"]
    assert read({"title": "Rain", "text": "It rained.", "canonical_url": stated}).url == stated


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/rain",
        "http://www.example.org/rain/?utm_source=rss",
        "https://m.example.org/rain",
        "https://www.google.com/amp/s/amp.example.org/rain",
        "https://web.archive.org/web/2024/http://example.org:80/rain",
        "example.org/rain#top",
    ],
)
def test_records_with_any_spelling_of_an_address_are_one_article_of_one_outlet(url: str) -> None:
    article = read({"title": "Rain", "text": "It rained.", "url": url})
    assert article.url == url
    assert article.outlet == "example.org"
    assert article.id == read({"title": "Rain", "text": "It rained.", "url": "https://example.org/rain"}).id


def test_the_identity_of_a_record_in_a_stream_without_url_and_id_is_its_content() -> None:
    first, second, third = stream(
        lines({"title": "Rain", "text": "a"}, {"title": "Rain", "text": "b"}, {"title": "Rain", "text": "a"})
    )
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(third, Article)
    assert first.id == third.id != second.id
    assert (third.path, third.record) == ("-", 3)


def test_a_bad_line_is_rejected_with_its_number_and_the_rest_goes_on() -> None:
    data = (
        lines({"title": "One"})
        + b"\n  \n{bad\n[1]\n"
        + lines(3, {"text": " "}, {"date": "2024"}, {"title": "Two"})
    )
    assert titles(stream(data)) == [
        "One",
        "2: not JSON: Expecting property name enclosed in double quotes (column 2)",
        "3: not a JSON object but a list",
        "4: not a JSON object but a number",
        "5: neither title nor text",
        "6: neither title nor text",
        "Two",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"title": "a", "title": "b"}', "b"),
        (b'{"title": "a", "n": NaN, "m": -Infinity}', "a"),
        (b'{"title": "a", "n": 1' + b"0" * 4000 + b"}", "a"),
        (b'{"title": "a \\ud83d b"}', "a \ufffd b"),
        (b'{"title": "\\ud83d\\ude00"}', "😀"),
        (b'{"title": "caf\xe9 \x93"}', "café “"),
        (b'\xef\xbb\xbf{"title": "a"}', "a"),
        (b'{"title": "a"}\r', "a"),
        (b'{"title": "' + "日本".encode() + b'\xff"}', "日本�"),
        (b"[" * 200_000, "1: JSON nested too deeply"),
        (b'{"title": "a", "n": 1' + b"0" * 5000 + b"}", "1: JSON with a number that is too long"),
    ],
)
def test_odd_json_raises_nothing(line: bytes, expected: str) -> None:
    assert titles(stream(line + b"\n")) == [expected]


@pytest.mark.parametrize("limit", [30, 64])
def test_an_overlong_line_is_rejected_by_itself(limit: int) -> None:
    long = lines({"title": "x" * 500})
    data = lines({"title": "One"}) + long + lines({"title": "Two"}) + long.rstrip()
    expected = ["One", f"2: a line longer than {limit} bytes", "Two", f"4: a line longer than {limit} bytes"]
    assert titles(stream(data, limit)) == expected


class Endless(io.RawIOBase):
    """A line without an end; it notes the largest size that was requested."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0, "a line was asked for whole"
        self.largest = max(self.largest, size)
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


def test_an_overlong_line_is_not_held() -> None:
    source = Endless(20 * SKIP_CHUNK)
    items = list(read_stream(cast(BinaryIO, source), ReadOptions(limits=Limits(document=2 * SKIP_CHUNK))))
    assert titles(items) == ["1: a line longer than 2 MiB"]
    assert source.largest == 2 * SKIP_CHUNK + 1


def test_a_stream_is_read_as_it_comes() -> None:
    source = io.BytesIO(lines({"title": "One"}, {"title": "Two"}))
    items = read_stream(source, ReadOptions())
    assert titles(list(islice(items, 1))) == ["One"]
    assert source.tell() == len(lines({"title": "One"}))


def test_a_stream_that_fails_is_rejected_from_there_on() -> None:
    source = io.BytesIO(lines({"title": "One"}, {"title": "Two"}))
    items = read_stream(source, ReadOptions())
    next(items)
    source.close()
    assert titles(list(items)) == ["0: cannot be read: I/O operation on closed file."]


DOCUMENT = [{"title": "One", "text": "a"}, {"title": "Two"}]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_a_file_may_be_one_document(tmp_path: Path, indent: int | None, name: str) -> None:
    for document in (DOCUMENT, {"status": "ok", "articles": DOCUMENT}):
        assert titles(from_file(tmp_path, json.dumps(document, indent=indent).encode(), name)) == [
            "One",
            "Two",
        ]
    assert titles(from_file(tmp_path, json.dumps(DOCUMENT[0], indent=indent).encode(), name)) == ["One"]


def test_a_file_may_have_a_record_a_line(tmp_path: Path) -> None:
    assert titles(from_file(tmp_path, lines(*DOCUMENT), "a.txt")) == ["One", "Two"]
    broken = from_file(tmp_path, b'{"title": "On\n' + lines(*DOCUMENT))
    assert titles(broken)[1:] == ["One", "Two"]
    assert isinstance(broken[0], Rejected)


def test_a_first_line_too_long_to_see_at_once_is_a_line(tmp_path: Path) -> None:
    data = lines({"title": "One", "text": "word " * 20_000}, {"title": "Two"})
    assert titles(from_file(tmp_path, data)) == ["One", "Two"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_file_of_lines_may_be_in_another_unicode(tmp_path: Path, encoding: str) -> None:
    # One of the two bytes of U+0A85 is a line feed.
    data = '{"title": "Дождь \u0a85"}\n\n{"title": "Two"}\n'.encode(encoding)
    assert titles(from_file(tmp_path, data)) == ["Дождь \u0a85", "Two"]


def test_lines_in_an_older_encoding_come_out_right(tmp_path: Path) -> None:
    data = '{"title": "Дождь над городом", "text": "Дождь шёл весь день, сообщили в четверг."}\n'.encode(
        "cp1251"
    )
    assert titles(from_file(tmp_path, data * 3)) == ["Дождь над городом"] * 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "an empty JSON list"),
        (b"[1, 2]", "1: not a JSON object but a number"),
        (b'"Rain"', "1: not a JSON object but a string"),
        (b'{"title":\n', "not JSON: Expecting value (line 2, column 1)"),
        (b"rain", "not JSON: Expecting value (column 1)"),
        (b"[" * 200_000, "JSON nested too deeply"),
    ],
)
def test_a_document_without_articles_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    item = from_file(tmp_path, data, "a.json")[0]
    assert isinstance(item, Rejected)
    assert (f"{item.record}: " if item.record else "") + item.reason == reason


def test_progress_is_reported_while_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*[{"title": "Rain", "text": "word " * 1000}] * 1000))
    counts: list[int] = []
    list(read_file(tmp_path / "a.jsonl", "a.jsonl", ReadOptions(), counts.append))
    assert sum(counts) == (tmp_path / "a.jsonl").stat().st_size
    assert max(counts) < 2 * SKIP_CHUNK


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([key for keys in RECORD_KEYS.values() for key in keys])


@given(st.dictionaries(NAMES, VALUES, max_size=6) | VALUES)
def test_any_json_is_an_article_or_a_rejection(record: object) -> None:
    item = read_record(record, Origin("a.jsonl", ReadOptions()), 1)
    assert not isinstance(item, Article) or set(FIELD_NAMES) <= set(item.provenance)


@given(st.binary())
def test_no_stream_raises(data: bytes) -> None:
    for item in stream(data, 20):
        assert isinstance(item, (Article, Rejected))


@pytest.mark.parametrize("name", ["qrels/basil/articles.jsonl", "formats/newsplease-json/sample.json"])
def test_real_records_are_all_read(data_dir: Path, name: str) -> None:
    items = support.read_file(data_dir / name)
    assert items
    assert all(isinstance(item, Article) and (item.title or item.paragraphs) for item in items)
