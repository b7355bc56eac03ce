"""The canonical form of an address: one for all spellings of an article's address, and another for each other article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newssearch import Article
from newssearch.addresses import MAX_ADDRESS_LENGTH, canonical_address, is_same_site

STORY = "https://example.org/news/storm-1?id=5"

SPELLINGS = {
    "https://example.org/news/storm-1": """
        http://example.org/news/storm-1
        HTTPS://Example.ORG/news/storm-1
        https://www.example.org/news/storm-1/
        https://m.example.org/news/storm-1
        https://mobile.example.org/news/storm-1
        https://amp.example.org/news/storm-1
        https://www.m.example.org/news/storm-1
        https://example.org.:443/news/storm-1
        http://example.org:80/news/storm-1
        http://example.org:/news/storm-1
        https://reader:secret@example.org/news/storm-1
        //example.org/news/storm-1
        example.org/news/storm-1
        www.example.org/news/storm-1
        http:/example.org/news/storm-1
        https:\\\\example.org\\news\\storm-1
        https://https://example.org/news/storm-1
        <https://example.org/news/storm-1>
        https://example.org//news/./old/../storm-1
        https://example.org/%6Eews/storm%2d1
        https://example.org/news/storm-1%20
        https://example.org/news/storm-1?
        https://example.org/news/storm-1#
        https://example.org/news/storm-1#comments
        https://example.org/news/storm-1#:~:text=rain
        https://example.org/news/storm-1/index.html
        https://example.org/news/storm-1/Default.aspx
        https://example.org/news/storm-1/index.php?
        https://example.org/news/storm-1;jsessionid=0A1B
        https://example.org/news/storm-1?utm_source=rss&utm_medium=feed
        https://example.org/news/storm-1?UTM_SOURCE=rss
        https://example.org/news/storm-1?&amp;fbclid=IwAR0&amp;gclid=1
        https://example.org/news/storm-1??utm_source=rss
        https://example.org/news/storm-1?ref=rss
        https://example.org/news/storm-1?source=Twitter
        https://example.org/news/storm-1?at_medium=RSS&at_campaign=KARANGA
        https://example.org/news/storm-1?PHPSESSID=0a1b
        https://example.org/news/storm-1/amp
        https://example.org/news/storm-1/amp/
        https://example.org/news/storm-1.amp
        https://example.org/amp/news/storm-1
        https://example.org/news/storm-1?amp
        https://example.org/news/storm-1?amp=1
        https://example.org/news/storm-1?outputType=amp
        https://example-org.cdn.ampproject.org/c/s/example.org/news/storm-1
        https://example-org.cdn.ampproject.org/v/s/www.example.org/news/storm-1/amp/?amp_js_v=0.1&usqp=mq331
        https://cdn.ampproject.org/c/example.org/news/storm-1
        https://www.google.com/amp/s/www.example.org/news/storm-1/amp/
        https://www.google.co.uk/amp/example.org/news/storm-1
        https://web.archive.org/web/20240725101112/http://www.example.org:80/news/storm-1
        https://web.archive.org/web/20240725101112id_/https://example.org/news/storm-1
        https://web.archive.org/web/2024/example.org/news/storm-1
        web.archive.org/web/2024*/https://example.org/news/storm-1?utm_source=rss
        https://archive.ph/20240725/https://example.org/news/storm-1
        https://archive.is/o/AbCdE/https://example.org/news/storm-1
        https://archive.today/2024.07.25-101112/https://example.org/news/storm-1
        https://arquivo.pt/wayback/20240725101112/https://example.org/news/storm-1
        https://web.archive.org/web/2024/https://www.google.com/amp/s/example.org/news/storm-1
        https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fnews%2Fstorm-1&usg=AOv
        https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fnews%2Fstorm-1%3Ffbclid%3D1&h=AT0
    """,
    "https://example.org/news/storm.html": """
        https://example.org/news/storm.amp.html
        https://example.org/news/storm.html?amp=true
    """,
    "https://example.org/story.php?id=5&page=2": """
        http://www.example.org/story.php?page=2&id=5
        https://example.org/story.php?id=5&amp;page=2&amp;
        https://example.org/story.php?utm_source=a&id=5&page=2?utm_medium=b
        https://web.archive.org/web/2024/http://example.org/story.php?page=2&id=5
        https://example.org/story.php?i%64=%35&page=2&id=5
    """,
    "https://münchen.example/straße/über?q=ä%20b": """
        http://xn--mnchen-3ya.example/stra%C3%9Fe/%c3%bcber?q=%C3%A4+b
        http://MÜNCHEN.example/straße/u\u0308ber?q=ä%20b
        http://mu\u0308nchen。example/stra\u200bße/über?q=ä%20b
    """,
    "https://example.org/?p=7": """
        http://www.example.org?p=7
        http://example.org/index.php?p=7
    """,
    "https://example.org/#!/story/5": """
        https://www.example.org/#!/story/5
        http://example.org/index.html#!/story/5/
    """,
    "https://example.co.uk/a": "https://m.example.co.uk/a",
    "https://en.wikipedia.org/wiki/Rain": "https://en.m.wikipedia.org/wiki/Rain",
    "https://rain.blogspot.com/a.html": "http://rain.blogspot.co.uk/a.html?m=1",
    "https://gov.uk/rain": "https://www.gov.uk/rain",
    "https://[2001:db8::1]/a": "http://[2001:DB8::1]:80/a/",
    "https://example.org": "http://www.example.org/ https://example.org/index.html?utm_source=x",
}


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [(spelling, canonical) for canonical, spellings in SPELLINGS.items() for spelling in spellings.split()],
)
def test_all_spellings_of_an_address_have_one_canonical_form(spelling: str, canonical: str) -> None:
    assert canonical_address(spelling) == canonical
    assert canonical_address(canonical) == canonical
    assert canonical_address(f" {spelling}\n") == canonical


DIFFERENT = """
    https://example.org/a                    https://example.org/A
    https://example.org/a                    https://example.org/a/b
    https://example.org/a                    https://example.com/a
    https://example.org/a                    https://news.example.org/a
    https://example.org/a                    https://example.org:8080/a
    https://example.org/a                    ftp://example.org/a
    https://example.org/a%2Fb                https://example.org/a/b
    https://example.org/a%3Fb                https://example.org/a?b
    https://example.org/a%23b                https://example.org/a
    https://example.org/a%2525               https://example.org/a%25
    https://example.org/%E4                  https://example.org/%C3%A4
    https://example.org/a?q=b%26c            https://example.org/a?q=b&c
    https://example.org/a?q=b%2Bc            https://example.org/a?q=b+c
    https://example.org/a?id=1               https://example.org/a?id=2
    https://example.org/a?p=1                https://example.org/a?p=2
    https://example.org/a?story=1            https://example.org/a?story=2
    https://example.org/a?page=1             https://example.org/a?page=2
    https://example.org/a?lang=en            https://example.org/a?lang=ar
    https://example.org/a?source=1           https://example.org/a?source=2
    https://example.org/a?ref=1              https://example.org/a?ref=2
    https://example.org/a?game=1             https://example.org/a?game=2
    https://example.org/a?cid=1              https://example.org/a?cid=2
    https://example.org/a?sid=1              https://example.org/a?sid=2
    https://example.org/a?eid=1              https://example.org/a?eid=2
    https://example.org/a?m=1                https://example.org/a?m=2
    https://example.org/a?hp=t1              https://example.org/a?hp=t2
    https://example.org/a?amp=12             https://example.org/a?amp=13
    https://example.org/a.asp?12345          https://example.org/a.asp?12346
    https://example.org/a?YWJj=              https://example.org/a?YWJk=
    https://example.org/a?1&2                https://example.org/a?2&1
    https://example.org/a?id=1&id=2          https://example.org/a?id=2&id=1
    https://example.org/#!/story/5           https://example.org/#!/story/6
    https://example.org/#/story/5            https://example.org/#/story/6
    https://example.org/amp                  https://example.org
    https://example.org/lamp                 https://example.org/l
    https://example.org/print/5              https://example.org/5
    https://example.org/index/5              https://example.org/5
    https://example.org/my-index.html        https://example.org
    https://m.tumblr.com/a                   https://tumblr.com/a
    https://mobile.blogspot.com/a            https://blogspot.com/a
    https://m.co.uk/a                        https://co.uk/a
    https://www.co.uk/a                      https://co.uk/a
    https://www.de/a                         https://de/a
    https://mobile.de/a                      https://de/a
    https://strasse.example/a                https://straße.example/a
    https://archive.ph/AbCdE                 https://archive.ph/abcde
    https://archive.org/details/a            https://archive.org/details/b
    https://web.archive.org/web/2024/http://example.org/a  https://web.archive.org/web/2024/http://example.org/b
    https://www.google.com/url?q=https://example.org/a     https://www.google.com/url?q=https://example.org/b
    https://taz.de/Rain/!5928990             https://taz.de/Rain/!5928991
"""


@pytest.mark.parametrize("pair", re.findall(r"(\S+) +(\S+)\n", DIFFERENT), ids="|".join)
def test_addresses_of_two_articles_have_two_canonical_forms(pair: tuple[str, str]) -> None:
    assert canonical_address(pair[0]) != canonical_address(pair[1])


@pytest.mark.parametrize(
    "text",
    [
        "", "u", "rain in Basra", "Storm: rain", "bbc.co.uk", "README.md", "seeds/a.txt", "/home/news/A.txt", "./A", "../A",
        "C:\\news\\A.txt", "\\\\server\\news\\A.txt", "urn:newsml:example.org:2024:1", "tag:example.org,2024:A",
        "mailto:a@example.org", "ftp://Example.org/A", "http://", "http:///", "http://[x", "http://[", "http://]/a",
        "http://a b/c", "http://..", "http://example.org:99999999/a", "http://example.org:port/a", "\ud800",
        "https://" + "a" * 300 + ".org/a", "javascript:void(0)",
    ],
)  # fmt: skip
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert canonical_address(text) == text
    assert canonical_address(f"\t{text} ") == text


def test_the_scheme_of_another_address_has_small_letters() -> None:
    assert canonical_address("URN:newsml:A") == "urn:newsml:A"
    assert canonical_address("FTP://example.org/A") == "ftp://example.org/A"


@pytest.mark.parametrize(
    "piece", ["a", "/", "%", "/..", "&amp;", "http://", "[", "amp/", "\\", " <", "web.archive.org/web/2024/http://"]
)  # fmt: skip
def test_a_megabyte_is_no_address(piece: str) -> None:
    for start in ("", "http://example.org/", "http://example.org/?", "http://"):
        text = (start + piece * (1_000_000 // len(piece))).strip()
        assert canonical_address(text) == text
        short = canonical_address(text[:MAX_ADDRESS_LENGTH])
        assert canonical_address(short) == short


# ---- properties

PIECES = st.sampled_from(
    "http:// https:// // / ? # & = + % @ : ; \\ . .. [ ] ! #!/ < > \" \t \0 \ud800 \u200b \u0338 \u037e \u00ad ≠ K ﬁ ℀ "
    "amp /amp/ /amp/s/ .amp .amp.html amp; index.html www. m. x.org example.co.uk google.com/url?q= l.facebook.com/l.php?u= "
    "web.archive.org /web/2024/ cdn.ampproject.org /c/s/ %2F %25 %3F %e4 %C3%A9 %0 %61mp é e\u0301 ß İ xn-- xn--mnchen-3ya "
    "。 ． ;jsessionid=1 utm_source=x ref=rss id=1 a B 80 :80 :8080 ::1 urn: blogspot.de http%3A%2F%2F 20240725101112".split(" ")
)  # fmt: skip


@example("http://x.org/%0A\u0300")
@example("http://x.org/ /amp")
@example("http://x.org/. /")
@example("http://x.org/a/.. /amp")
@example("http://x.org/..%41MP")
@example("http://x.org/<?")
@example("HTTP:XN--000000000000000000-0YA")
@example("http://www.\u200b//")
@example("facebook.com/l.php?u=http:// #")
@given(
    st.one_of(
        st.text(),
        st.text(alphabet=st.characters()).map("http://x.org/".__add__),
        st.lists(PIECES, max_size=12).map("".join),
        st.lists(PIECES, max_size=12).map("".join).map("http://x.org/".__add__),
    )
)
def test_a_canonical_form_is_its_own_canonical_form(text: str) -> None:
    canonical = canonical_address(text)
    assert canonical_address(canonical) == canonical


WORDS = st.text("abcXYZ019-_é中", min_size=1, max_size=8).filter(lambda word: word.lower() != "amp")


@given(
    st.sampled_from(["example.org", "news.example.co.uk", "خبر.example"]),
    st.lists(WORDS, max_size=4).map("/".join),
    st.dictionaries(st.sampled_from(["id", "p", "story", "page", "lang"]), WORDS),
    st.data(),
)
def test_neutral_parts_change_nothing(
    host: str, path: str, query: dict[str, str], data: st.DataObject
) -> None:
    parameters = [f"{key}={value}" for key, value in query.items()]
    plain = f"https://{host}/{path}?{'&'.join(parameters)}"
    neutral = data.draw(st.lists(st.sampled_from(["utm_source=a", "fbclid=b", "ref=rss", "amp=1", ""])))
    shuffled = data.draw(st.permutations([*parameters, *neutral]))
    start = data.draw(
        st.sampled_from(["http://", "HTTPS://www.", "//", "http://m.", "https://a:b@", "https://amp."])
    )
    end = data.draw(st.sampled_from(["", "/", "//", "/./", "/index.html", "/amp/" if path else ""]))
    port = data.draw(st.sampled_from(["", ":80", ":443", ".:80"]))
    fragment = data.draw(st.sampled_from(["", "#", "#top", "#:~:text=a"]))
    spelled = f"{start}{host.upper()}{port}/{path}{end}?{'&'.join(shuffled)}{fragment}"
    assert canonical_address(spelled) == canonical_address(plain)
    escaped = "".join(f"%{byte:02x}" if char != "/" else "/" for char in path for byte in char.encode())
    assert canonical_address(spelled.replace(path, escaped) if path else spelled) == canonical_address(plain)


# ---- what rests on it


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/a", "https://news.example.org/b", True),
        ("https://example.org/a", "https://example.com/a", False),
        ("https://a.co.uk/a", "https://b.co.uk/a", False),
        ("https://a.wordpress.com/a", "https://b.wordpress.com/a", False),
        ("urn:a", "urn:a", False),
    ],
)
def test_hosts_of_one_owner_are_one_site(one: str, other: str, *, same: bool) -> None:
    assert is_same_site(one, other) is same


def test_an_article_is_the_same_under_every_spelling_of_its_address_and_shows_the_given_one() -> None:
    spellings = SPELLINGS["https://example.org/news/storm-1"].split()
    articles = [Article.create(title="Storm", text="Rain.", url=url) for url in spellings]
    assert len({article.id for article in articles}) == 1
    assert [article.url for article in articles] == spellings
    assert Article.create(title="Storm", text="Rain.", url=STORY).id != articles[0].id


def test_the_examples_of_the_docs_are_spellings_of_one_address() -> None:
    page = (Path(__file__).parents[1] / "docs" / "addresses.md").read_text("utf-8")
    canonical = re.search(r"canonical form `(.+)`", page)
    examples = re.findall(r"^\| .+ \| `(.+)` \|$", page, re.MULTILINE)
    assert canonical is not None
    assert len(examples) == 11
    assert {canonical_address(example) for example in examples} == {canonical[1]}
