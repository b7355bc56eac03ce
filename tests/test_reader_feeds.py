"""Feeds to articles: RSS and Atom."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from newssearch.article import Article, Provenance, Rejected
from newssearch.readers import Feed, Origin, ReadOptions, Skipped, parsed, read_file
from newssearch.readers.api import Document
from newssearch.readers.xml.feed_splitter import split_feed
from newssearch.readers.xml.feeds import parse
from newssearch.readers.xml.sniff import root_of

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by <hand> -->
<?xml-stylesheet type="text/xsl" href="feed.xsl"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Hill Courier</title><link>https://example.org/</link><language>en-GB</language>
<item><title>Rain &amp;amp; &lt;i&gt;snow&lt;/i&gt;</title><link>https://example.org/rain</link><guid>tag:1</guid>
<pubDate>Thu, 25 Jul 2024 10:00:00 +0200</pubDate><dc:creator>Jane Doe</dc:creator><dc:creator>John Roe</dc:creator>
<category>Weather &amp;amp; roads</category><category>Hills</category>
<description>It rained.</description>
<content:encoded><![CDATA[<h2>Hills</h2><p>It rained on the hills.</p><script>x()</script><blockquote>Wet, he said.</blockquote>
<ul><li>Boots</li></ul>]]></content:encoded></item>
<item><title>Sun</title><link>/sun</link><guid isPermaLink="false">tag:2</guid>
<source url="https://example.com/feed">The Plain Dealer</source>
<description>&lt;p&gt;The sun shone.&lt;/p&gt; &lt;a href="x"&gt;Continue reading...&lt;/a&gt;</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">Der &lt;b&gt;Bote&lt;/b&gt;</title>
<entry><title>Regen mit &lt;b&gt;</title><id>urn:uuid:1</id><updated>2024-07-26T10:00:00Z</updated>
<published>2024-07-25T10:00:00Z</published><link rel="alternate" href="https://example.org/regen"/>
<author><name>Anna Muster</name><email>anna@example.org</email></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Es regnete.</p><p>Dann nicht.</p></div></content></entry>
<entry><title>Sonne</title><id>urn:uuid:2</id><updated>2024-07-26T10:00:00Z</updated>
<summary>Die Sonne schien.</summary></entry></feed>"""


def feed(*items: str, head: str = "") -> str:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>The Courier</title>{head}{entries}</channel></rss>"


def read(folder: Path, data: str | bytes, name: str = "a.xml", **options: object) -> list[Article]:
    return support.articles_in(support.read_bytes(folder, name, data, **options))


def texts(article: Article) -> list[tuple[str, str]]:
    return [(paragraph.text, paragraph.kind) for paragraph in article.paragraphs]


@pytest.mark.parametrize("name", ["a.xml", "a.rss", "a.txt", "a"])
def test_an_item_of_rss_becomes_an_article(tmp_path: Path, name: str) -> None:
    rain, sun = read(tmp_path, RSS, name)
    assert (rain.title, rain.url, rain.outlet) == (
        "Rain & snow",
        "https://example.org/rain",
        "The Hill Courier",
    )
    assert rain.provenance["outlet"] == Provenance("stated", "the feed's title")
    assert (rain.byline, rain.section) == ("Jane Doe, John Roe", "Weather & roads")
    assert (rain.lang or "").lower() == "en-gb"
    assert rain.date == dt.datetime(2024, 7, 25, 10, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert texts(rain) == [
        ("Hills", "heading"), ("It rained on the hills.", "text"), ("Wet, he said.", "quote"), ("Boots", "list"),
    ]  # fmt: skip
    assert "text" not in rain.provenance
    assert (sun.url, sun.outlet) == ("https://example.org/sun", "The Plain Dealer")
    assert texts(sun) == [("The sun shone.", "text")]
    assert sun.provenance["text"] == Provenance("stated", "only the feed's summary")


def test_an_entry_of_atom_becomes_an_article(tmp_path: Path) -> None:
    rain, sun = read(tmp_path, ATOM)
    assert (rain.title, rain.url, rain.outlet) == (
        "Regen mit <b>",
        "https://example.org/regen",
        "Der Bote",
    )
    assert (rain.byline, rain.lang) == ("Anna Muster", "de")
    assert rain.date == dt.datetime(2024, 7, 25, 10, tzinfo=dt.timezone.utc)
    assert rain.provenance["date"] == Provenance("stated")
    assert [text for text, _ in texts(rain)] == ["Es regnete.", "Dann nicht."]
    assert sun.url is None
    assert sun.date == dt.datetime(2024, 7, 26, 10, tzinfo=dt.timezone.utc)
    assert sun.provenance["date"] == Provenance("stated", "when it was updated")
    assert sun.provenance["text"] == Provenance("stated", "only the feed's summary")


def test_rss_of_the_first_versions_is_read(tmp_path: Path) -> None:
    data = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>The Courier</title></channel>
    <item rdf:about="https://example.org/1"><title>Rain</title><link>https://example.org/1</link>
    <description>It rained.</description><dc:date>2024-07-25</dc:date></item></rdf:RDF>"""
    (article,) = read(tmp_path, data)
    assert (article.title, article.outlet, str(article.date)) == ("Rain", "The Courier", "2024-07-25")
    assert article.provenance["date"] == Provenance("stated")
    old = "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/rss.dtd'>" + feed("<title>Rain</title>").replace(
        "2.0", "0.91"
    )
    assert [article.title for article in read(tmp_path, old)] == ["Rain"]


def test_the_longest_text_of_an_entry_counts(tmp_path: Path) -> None:
    long = "It rained on the hills. " * 100
    (article,) = read(
        tmp_path,
        feed(f"<description>{long}</description>").replace(
            "</item>", "<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>It rained.</encoded></item>"
        ),
    )
    assert article.paragraphs[0].text == long.strip()
    assert article.provenance["text"] == Provenance("stated", "the feed's description, which may be a part")


def test_an_address_that_entries_share_is_no_article_s(tmp_path: Path) -> None:
    items = [f"<title>{n}</title><link>https://example.org/</link><guid>tag:{n}</guid>" for n in "ab"]
    first, second = read(tmp_path, feed(*items))
    assert first.url is second.url is None
    assert first.id[-8:] != second.id[-8:]
    (again,) = read(tmp_path, feed(items[1].replace("https://example.org/", "")))
    assert again.id == second.id


def test_an_entry_keeps_its_id_wherever_it_stands(tmp_path: Path) -> None:
    items = ["<title>Rain</title><guid isPermaLink='false'>tag:1</guid>", "<title>Sun</title>"]
    assert read(tmp_path, feed(*items))[0].id == read(tmp_path, feed(*reversed(items)))[1].id


def test_the_encoding_is_the_one_declared(tmp_path: Path) -> None:
    data = "<?xml version='1.0' encoding='ISO-8859-1'?>" + feed("<title>Café</title>")
    assert read(tmp_path, data.encode("latin-1"))[0].title == "Café"
    assert read(tmp_path, feed("<title>Дождь</title>").encode("utf-16"))[0].title == "Дождь"


def test_the_readable_entries_of_a_broken_feed_are_read(tmp_path: Path) -> None:
    data = feed("<title>Rain&nbsp;fell</title>", "<title>Sun</title><description>It sh")
    data = data.partition("It sh")[0] + "It sh"
    assert [article.title for article in read(tmp_path, data)] == ["Rain fell", "Sun"]


def test_an_export_of_a_blog_has_posts_and_skipped_entries(tmp_path: Path) -> None:
    head = "<wxr_version xmlns='http://wordpress.org/export/1.2/'>1.2</wxr_version>"
    data = feed(
        "<title>Rain</title><description>It rained.</description><wp:post_type>post</wp:post_type>",
        "<title>hill.jpg</title><wp:post_type>attachment</wp:post_type>",
        head=head,
    ).replace("<rss ", "<rss xmlns:wp='http://wordpress.org/export/1.2/' ")
    (tmp_path / "a.xml").write_text(data)
    article, skipped = read_file(tmp_path / "a.xml", "a.xml", ReadOptions())
    assert isinstance(article, Article)
    assert skipped == Skipped("a.xml", "pictures")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (feed(), "a feed without entries"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'><title>Empty</title></feed>", "a feed without entries"),
        (feed("<guid>tag:1</guid>"), "neither title nor text"),
        ("<?xml version='1.0'?><catalogue><book/></catalogue>", "its root is <catalogue>"),
        ("<?xml version='1.0'?><!-- only -->", "without a recognisable root"),
        ("<a:inventory xmlns:a='urn:x'/>", "its root is <inventory>"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "its root is <RDF>"),
    ],
)
def test_a_feed_without_articles_is_rejected_with_the_reason(tmp_path: Path, data: str, reason: str) -> None:
    (item,) = support.read_bytes(tmp_path, "a.xml", data)
    assert isinstance(item, Rejected)
    assert reason in item.reason


@pytest.mark.parametrize("data", [RSS, ATOM])
def test_a_large_feed_is_read_in_parts(data: str) -> None:
    whole = data.encode()
    parts = list(split_feed(whole, len(whole) - 1))
    assert len(parts) > 1
    origin = Origin("a.xml", ReadOptions())
    articles = [item for part in parts if part for item in parse(part, origin) if isinstance(item, Article)]
    assert [(a.title, a.outlet, a.date) for a in articles] == [
        (a.title, a.outlet, a.date) for a in parse(whole, origin) if isinstance(a, Article)
    ]


def test_a_large_feed_numbers_its_entries_and_rejects_those_too_large() -> None:
    items = [f"<title>{n}</title><description>{'word ' * 150_000}</description>" for n in range(10)]
    items[4] = f"<title>4</title><description>{'word ' * 1_000_000}</description>"
    noted, *found = parse(feed(*items).encode()[:-100], Origin("a.xml", ReadOptions()))
    assert noted == Feed("a.xml")
    assert [item.title if isinstance(item, Article) else str(item) for item in found] == [
        "0", "1", "2", "3", "a.xml:5: an entry of more than 4 MiB", "5", "6", "7", "8", "9",
    ]  # fmt: skip
    assert [item.record for item in found if not isinstance(item, (Feed, Skipped))] == list(range(1, 11))


def test_without_feedparser_the_rejection_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    (item,) = support.read_bytes(tmp_path, "a.rss", RSS)
    assert isinstance(item, Rejected)
    assert item.reason == "a feed: reading it needs feedparser (pip install 'newssearch[feeds]')"


def test_entities_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret words")
    laughs = "".join(
        f"<!ENTITY {name} '{f'&{before};' * 20}'>"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for entities in (
        f"<!ENTITY a 'ha'>{laughs}",
        f"<!ENTITY i SYSTEM '{(tmp_path / 'secret').as_uri()}'>",
    ):
        data = f"<!DOCTYPE rss [{entities}]>" + feed("<title>Rain</title><description>x&i;</description>")
        (article,) = read(tmp_path, data)
        assert article.title == "Rain"
        assert sum(len(paragraph.text) for paragraph in article.paragraphs) < 10_000
        assert "secret" not in str(article.to_dict()["paragraphs"])


def test_the_root_element_is_found_after_all_that_may_precede_it() -> None:
    root = root_of("<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE b [<!ENTITY c '>'>]>\n<x:d e='f'>")
    assert root is not None
    assert root == ("d", "<x:d e='f'>")
    for text in ("", "rain", "<", "<?xml", "<!-- ", "<!DOCTYPE", "<!DOCTYPE a [", "< a>"):
        assert root_of(text) is None


@given(
    st.lists(st.tuples(st.integers(0, len(RSS) - 1), st.sampled_from("<>&;]!-'\"\0é"))),
    st.sampled_from([RSS, ATOM]),
)
def test_a_damaged_feed_raises_nothing(changes: list[tuple[int, str]], data: str) -> None:
    letters = list(data)
    for place, letter in changes:
        letters[place % len(letters)] = letter
    origin = Origin("a.xml", ReadOptions())
    for item in parsed(Document(parse, "".join(letters).encode(), origin)):
        assert isinstance(item, (Article, Rejected, Feed))


def test_real_feeds_are_all_read(data_dir: Path) -> None:
    for file in sorted((data_dir / "formats" / "feeds").iterdir()):
        articles = support.articles_in(support.read_file(file))
        assert articles
        assert all(article.title and article.outlet for article in articles)


def test_corner_cases_are_read_or_say_that_they_are_empty(data_dir: Path) -> None:
    reasons = set()
    articles = 0
    for file in sorted((data_dir / "formats" / "feeds-feedparser").iterdir()):
        for item in support.read_file(file):
            articles += isinstance(item, Article)
            if isinstance(item, Rejected):
                reasons.add(item.reason)
    assert reasons == {"a feed without entries", "neither title nor text"}
    assert articles >= 47


def test_posts_of_a_live_blog_whose_links_differ_in_the_fragment_are_articles_of_their_own(
    tmp_path: Path,
) -> None:
    link = "<link>https://example.org/live/storm#post-{0}</link><guid>post-{0}</guid>"
    posts = (f"<title>Storm {n}</title>{link.format(n)}<description>Rain.</description>" for n in (1, 2))
    articles = read(tmp_path, feed(*posts))
    assert len({article.id for article in articles}) == 2
    assert [article.url for article in articles] == [None, None]


def test_a_feed_in_portuguese_that_forgets_to_state_its_encoding_may_have_ordinals(tmp_path: Path) -> None:
    data = "<rss><channel><title>Notícias</title><item><title>2º turno das eleições: simulação da 10ª edição</title></item></channel></rss>"
    (article,) = read(tmp_path, data.encode("cp1252"))
    assert article.title == "2º turno das eleições: simulação da 10ª edição"


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "utf-8"])
def test_a_feed_that_forgets_to_state_its_encoding_is_read_in_it(tmp_path: Path, encoding: str) -> None:
    data = '<feed xmlns="http://www.w3.org/2005/Atom"><title>橋の新聞</title><entry><title>橋の計画が発表された</title><id>urn:x</id></entry></feed>'
    (article,) = read(tmp_path, data.encode(encoding))
    assert (article.title, article.outlet) == ("橋の計画が発表された", "橋の新聞")
