"""The dialects of JSON: services, publishers, agencies and programs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from newssearch.article import Article, Provenance, Rejected
from newssearch.outlets import Outlets
from newssearch.readers import Origin, ReadOptions, Skipped, read_file
from newssearch.readers.records.envelopes import records_in
from newssearch.readers.records.record import read_record

SUMMARY = Provenance("stated", "only a summary")
UTC = dt.timezone.utc


def every(document: object, **options: object) -> list[object]:
    """Return the results of reading a JSON document."""
    origin = Origin("a.json", ReadOptions(**options))  # type: ignore[arg-type]
    return [read_record(record, origin, n) for n, record in enumerate(records_in(document), start=1)]


def one(document: object, **options: object) -> Article:
    (item,) = every(document, **options)
    assert isinstance(item, Article), item
    return item


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def test_newsapi_names_the_outlet_and_cuts_the_text() -> None:
    article = one({"status": "ok", "totalResults": 1, "articles": [{
        "source": {"id": None, "name": "The Courier"}, "author": "Jane Doe", "title": "Rain", "description": "Wet.",
        "url": "https://example.org/rain", "urlToImage": None, "publishedAt": "2024-07-25T10:00:00Z",
        "content": "It rained on the hills and on the… [+1234 chars]",
    }]})  # fmt: skip
    assert (article.outlet, article.source, article.byline) == ("The Courier", "The Courier", "Jane Doe")
    assert article.provenance["source"] == Provenance("inferred", "outlet")
    assert texts(article) == ["It rained on the hills and on the"]
    assert article.provenance["text"] == Provenance("stated", "cut by the service")
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=UTC)


def test_event_registry_names_the_outlet_in_an_object() -> None:
    article = one({"articles": {"page": 1, "results": [{
        "uri": "8", "lang": "eng", "date": "2024-07-25", "dateTimePub": "2024-07-25T10:00:00Z", "dataType": "news",
        "url": "https://example.org/rain", "title": "Rain", "body": "It rained.\n\nThen not.",
        "source": {"uri": "example.org", "dataType": "news", "title": "The Courier"}, "authors": [{"name": "Jane Doe"}],
    }]}})  # fmt: skip
    assert (article.outlet, article.byline, len(article.paragraphs)) == ("The Courier", "Jane Doe", 2)
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=UTC)


def test_newsdata_keeps_its_texts_for_those_who_pay() -> None:
    article = one({"results": [{
        "article_id": "a1", "title": "Rain", "link": "https://example.org/rain", "creator": ["Jane Doe"],
        "description": "It rained.", "content": "ONLY AVAILABLE IN PAID PLANS", "pubDate": "2024-07-25 10:00:00",
        "source_id": "courier", "source_name": "The Courier", "source_url": "https://example.org",
        "category": ["top", "world"], "language": "english",
    }]})  # fmt: skip
    assert (article.outlet, article.section, article.byline) == ("The Courier", "top", "Jane Doe")
    assert texts(article) == ["It rained."]
    assert article.provenance["text"] == SUMMARY


def test_the_guardian_s_platform() -> None:
    article = one({"response": {"status": "ok", "results": [{
        "id": "uk/1", "type": "article", "sectionName": "UK news", "webPublicationDate": "2024-07-25T10:00:00Z",
        "webTitle": "Rain – live", "webUrl": "https://www.theguardian.com/uk/1", "apiUrl": "https://content/uk/1",
        "fields": {"headline": "Rain &amp; wind", "byline": "<a href='x'>Jane Doe</a>", "publication": "The Observer",
                   "body": "<p>It rained.</p><h2>Hills</h2><p>Then not.</p>", "bodyText": "It rained. Then not."},
    }]}})  # fmt: skip
    assert (article.title, article.byline, article.outlet) == ("Rain & wind", "Jane Doe", "The Observer")
    assert (article.section, article.url) == ("UK news", "https://www.theguardian.com/uk/1")
    assert texts(article) == ["It rained.", "Hills", "Then not."]
    assert article.paragraphs[1].kind == "heading"
    only = one(
        {"webTitle": "Rain", "webUrl": "https://x.org/1", "fields": {"trailText": "It <b>rained</b>."}}
    )
    assert texts(only) == ["It rained."]
    assert only.provenance["text"] == SUMMARY


def test_the_new_york_times_gives_the_first_paragraph() -> None:
    article = one({"status": "OK", "response": {"docs": [{
        "headline": {"main": "Rain", "print_headline": "Rain Fell"}, "pub_date": "2024-07-25T10:00:00+0000",
        "web_url": "https://www.nytimes.com/1", "lead_paragraph": "It rained.", "snippet": "Wet.", "abstract": "Wet.",
        "byline": {"original": "By Jane Doe", "person": []}, "source": "The New York Times", "section_name": "U.S.",
        "uri": "nyt://article/1", "_id": "nyt://article/1", "keywords": [],
    }]}})  # fmt: skip
    assert (article.title, article.byline, article.section) == ("Rain", "Jane Doe", "U.S.")
    assert (article.outlet, article.source) == ("The New York Times", "The New York Times")
    assert texts(article) == ["It rained."]
    assert article.provenance["text"] == Provenance("stated", "only the first paragraph")


def test_a_post_of_wordpress() -> None:
    article = one([{
        "id": 7, "date": "2024-07-25T12:00:00", "date_gmt": "2024-07-25T10:00:00", "guid": {"rendered": "https://x.org/?p=7"},
        "type": "post", "link": "https://x.org/rain", "title": {"rendered": "Rain &#8211; more"}, "author": 3,
        "content": {"rendered": "<p>It rained.</p>\n<p>Then not.</p>", "protected": False}, "categories": [4],
        "_embedded": {"author": [{"id": 3, "name": "Jane Doe"}], "wp:term": [[{"taxonomy": "category", "name": "Hills"}]]},
    }])  # fmt: skip
    assert (article.title, article.byline, article.section) == ("Rain – more", "Jane Doe", "Hills")
    assert texts(article) == ["It rained.", "Then not."]
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=UTC)
    assert one([{"title": {"rendered": "Rain"}, "content": {"rendered": "Wet."}, "author": 3}]).byline is None


def test_a_feed_in_json() -> None:
    article = one({"version": "https://jsonfeed.org/version/1.1", "title": "The Courier", "language": "en", "items": [{
        "id": "1", "url": "https://example.org/rain", "title": "Rain", "content_html": "<p>It rained.</p>",
        "date_published": "2024-07-25T10:00:00Z", "authors": [{"name": "Jane Doe"}], "tags": ["hills", "rain"],
    }]})  # fmt: skip
    assert (article.outlet, article.lang, article.byline, article.section) == (
        "The Courier",
        "en",
        "Jane Doe",
        "hills",
    )
    assert article.provenance["outlet"] == Provenance("stated", "the feed's title")
    assert texts(article) == ["It rained."]


def test_an_article_of_schema_org() -> None:
    graph = {"@context": "https://schema.org", "@graph": [
        {"@type": "Organization", "@id": "#org", "name": "The Courier"},
        {"@type": "WebPage", "@id": "#page", "name": "The page"},
        {"@type": ["NewsArticle"], "headline": "Rain", "name": "rain-1", "articleBody": "It rained.\n\nThen not.",
         "author": [{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "John Roe"}],
         "publisher": {"@id": "#org"}, "sourceOrganization": {"name": "Reuters"}, "inLanguage": "en",
         "datePublished": "2024-07-25", "dateModified": "2024-07-26", "mainEntityOfPage": {"@id": "https://x.org/rain"},
         "articleSection": ["Hills", "Weather"]},
    ]}  # fmt: skip
    article = one(graph)
    assert (article.title, article.byline, article.outlet) == ("Rain", "Jane Doe, John Roe", "The Courier")
    assert (article.source, article.url, article.section) == ("Reuters", "https://x.org/rain", "Hills")
    assert str(article.date) == "2024-07-25"
    (item,) = every({"@context": "http://schema.org", "@type": "Organization", "name": "The Courier"})
    assert item == Skipped("a.json", "linked data of no article")


def test_when_it_was_fetched_is_no_date_of_it() -> None:
    record = {
        "title": "Rain",
        "maintext": "It rained.",
        "date_download": "2024-08-01",
        "source_domain": "x.org",
    }
    assert one(record | {"date_publish": None, "date_modify": None}).date is None
    assert str(one(record | {"date_publish": "2024-07-25"}).date) == "2024-07-25"
    modified = one(record | {"date_modify": "2024-07-26"})
    assert str(modified.date) == "2024-07-26"
    assert modified.provenance["date"] == Provenance("stated", "when it was updated")
    assert modified.outlet == "x.org"


def test_lists_of_gdelt_and_media_cloud() -> None:
    found = one({"articles": [{
        "url": "https://example.org/rain", "title": "Rain", "seendate": "20240725T100000Z", "domain": "example.org",
        "language": "English",
    }]})  # fmt: skip
    assert (found.outlet, found.date) == ("example.org", dt.datetime(2024, 7, 25, 10, tzinfo=UTC))
    assert found.provenance["date"] == Provenance("inferred", "when it was found")
    listed = one(
        {"stories_id": 7, "media_name": "The Courier", "publish_date": "2024-07-25", "title": "Rain"}
    )
    assert (listed.outlet, str(listed.date)) == ("The Courier", "2024-07-25")


def test_a_source_with_the_address_of_its_site_is_the_outlet() -> None:
    article = one({"title": "Rain", "source": "The Courier", "source_url": "www.example.org"})
    assert (article.outlet, article.source) == ("The Courier", "The Courier")
    assert one({"title": "Rain", "source": "Reuters", "source_url": "https://x.org/a/b"}).outlet is None


NINJS = {
    "uri": "urn:n:1", "type": "text", "versioncreated": "2024-07-26T10:00:00Z", "firstcreated": "2024-07-25T10:00:00Z",
    "language": "en", "copyrightholder": "News Agency", "located": "Rome", "pubstatus": "usable",
    "subject": [{"code": "17", "name": "weather"}], "place": [{"name": "Italy"}], "title": "rain-take-2",
}  # fmt: skip


@pytest.mark.parametrize(
    "version",
    [
        {"headline": "Rain", "byline": "By Jane Doe", "body_text": "x", "body_xhtml": "<p>It rained.</p><p>Then not.</p>",
         "source": "AFP"},
        {"headlines": [{"role": "short", "value": "Wet"}, {"role": "main", "value": "Rain"}], "by": "Jane Doe",
         "bodies": [{"role": "main", "contenttype": "text/plain", "value": "x"},
                    {"role": "main", "contenttype": "text/html", "value": "<p>It rained.</p><p>Then not.</p>"}],
         "infosources": [{"name": "AFP"}]},
        {"headline_main": "Rain", "byline": "Jane Doe", "body_main": "It rained.\n\nThen not.", "source": "AFP"},
    ],
)  # fmt: skip
def test_an_item_of_an_agency_in_all_versions(version: dict[str, object]) -> None:
    article = one(NINJS | version)
    assert (article.title, article.byline, article.source) == ("Rain", "Jane Doe", "AFP")
    assert (article.located, article.section, article.outlet) == ("Rome", "weather", "News Agency")
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=UTC)
    assert texts(article) == ["It rained.", "Then not."]
    assert article.url is None


def test_pictures_and_plans_of_an_agency_are_passed_over() -> None:
    for kind, what in (
        ("picture", "pictures"),
        ("video", "videos"),
        ("event", "events"),
        ("planning", "plans"),
    ):
        assert every(NINJS | {"type": kind, "headline": "Rain"}) == [Skipped("a.json", what)]
    assert every(NINJS | {"pubstatus": "canceled"}) == [Skipped("a.json", "cancelled items")]
    summary = one(NINJS | {"headline": "Rain", "description_text": "Wet."})
    assert (texts(summary), summary.provenance["text"]) == (["Wet."], SUMMARY)


def test_a_package_of_an_agency_has_its_texts() -> None:
    side = NINJS | {"uri": "urn:n:2", "headline": "Sun", "body_text": "It shone."}
    picture = {"uri": "urn:n:3", "type": "picture", "headline": "Hills"}
    package = NINJS | {"type": "composite", "headline": "Rain", "body_text": "It rained.",
                       "associations": {"side": side, "main": picture}}  # fmt: skip
    assert [item.title for item in every(package) if isinstance(item, Article)] == ["Rain", "Sun"]
    feed = {"data": {"items": [{"meta": {}, "item": side}, {"meta": {}, "item": picture}]}}
    assert [getattr(item, "title", item) for item in every(feed)] == ["Sun", Skipped("a.json", "pictures")]


def test_records_lie_where_services_put_them() -> None:
    record = {"title": "Rain", "text": "It rained."}
    for document in (
        {"hits": {"total": 1, "hits": [{"_id": "1", "_source": record}]}},
        {"title": "An export", "articles": [record]},
        {"data": [record]},
        [{"article": record}],
        {"response": {"content": record}},
    ):
        assert one(document).title == "Rain"
    assert one({"title": "Rain", "items": [{"name": "x"}]}).title == "Rain"


def test_markup_parts_the_paragraphs_of_any_record() -> None:
    assert texts(one({"title": "Rain", "content": "<p>It rained.</p><p>Then not.</p>"})) == [
        "It rained.",
        "Then not.",
    ]
    assert texts(one({"title": "Rain", "body_html": "It <b>rained</b> &amp; poured"})) == [
        "It rained & poured"
    ]
    assert texts(one({"title": "Rain", "text": "1 < 2 &amp; <so>"})) == ["1 < 2 &amp; <so>"]


def test_a_summary_stands_for_the_text_and_is_said_to() -> None:
    article = one({"title": "Rain", "description": "It rained."})
    assert (texts(article), article.provenance["text"]) == (["It rained."], SUMMARY)
    assert "text" not in one({"title": "Rain", "description": "Wet.", "text": "It rained."}).provenance


def test_the_options_say_which_keys_are_which() -> None:
    record = {
        "kop": "Regen",
        "title": "x",
        "inhoud": {"tekst": "Het regende."},
        "wanneer": "2024-07-25",
        "nr": 7,
        "date": "2020-01-01",
    }
    columns = (("title", "KOP"), ("text", "inhoud.tekst"), ("date", "Wanneer"), ("id", "nr"))
    article = one(record, columns=columns)
    assert (article.title, str(article.date), texts(article)) == ("Regen", "2024-07-25", ["Het regende."])
    assert (
        article.id
        == one(record | {"x": 1}, columns=columns).id
        != one(record | {"nr": 8}, columns=columns).id
    )
    assert one({"title": "Rain"}, columns=columns).title == "Rain"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["<p>a", "picture", "NewsArticle"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "rendered", "main", "value", "items", "item", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
MARKS: list[dict[str, object]] = [
    {"@context": "https://schema.org", "@type": "NewsArticle"}, {"version": "https://jsonfeed.org/version/1", "items": [{}]},
    {"webTitle": 1, "webUrl": 2}, {"headline": {}, "lead_paragraph": 1}, {"uri": "x", "type": "text", "urgency": 1},
    {"publishedAt": "x", "source": {}}, {"article_id": 1, "source_id": 2, "pubDate": 3}, {"content": {"rendered": "x"}},
    {"maintext": "x"}, {"seendate": 1}, {"source": "x", "source_url": "x.org"}, {"@graph": [{"@type": "NewsArticle"}]},
]  # fmt: skip
NAMES = st.sampled_from(
    "headline headlines bodies body_html by byline authors author source publisher associations type fields tags blocks"
    " guid title _embedded subject place located inLanguage mainEntityOfPage url isPartOf data item infosources".split()
)


@given(st.sampled_from(MARKS), st.dictionaries(NAMES, VALUES, max_size=6))
def test_whatever_a_dialect_is_given_is_read_or_refused(
    mark: dict[str, object], record: dict[str, object]
) -> None:
    for item in every({**mark, **record}):
        assert isinstance(item, (Article, Rejected, Skipped))


def test_the_samples_of_agencies_are_read(data_dir: Path) -> None:
    found = [
        item
        for file in sorted((data_dir / "formats" / "ninjs").iterdir())
        for item in read_file(file, file.name, ReadOptions())
    ]
    texts = [item for item in found if isinstance(item, Article) and item.paragraphs]
    assert len(texts) >= 13
    assert all(
        item.title or item.path == "032_body_text.json"
        for item in texts
        if item.path != "036_description_text.json"
    )
    assert {item.kind for item in found if isinstance(item, Skipped)} == {
        "pictures",
        "audio",
        "events",
        "plans",
    }
    reasons = {item.reason.partition(":")[0] for item in found if isinstance(item, Rejected)}
    assert reasons == {"neither title nor text", "not JSON"}


def test_articles_with_a_file_each_are_read(data_dir: Path) -> None:
    for file in sorted((data_dir / "formats" / "json-per-article").iterdir()):
        (article,) = support.articles_in(support.read_file(file))
        record = json.loads(file.read_text())
        assert (article.title, article.outlet) == (record["title"].strip(), Outlets().name(record["source"]))
        assert (str(article.date) if article.date else "") == record["date"]
        assert article.paragraphs
