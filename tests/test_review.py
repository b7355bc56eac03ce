"""Press reviews: what they have, of which articles, and that nothing from an article is markup in them."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newssearch
from newssearch import Index, QueryError
from newssearch.readers import Input, Origin, ReadOptions, Skipped, exports, read_file
from newssearch.review import plan as review_plans
from newssearch.review.labels import REVIEW_LABELS
from newssearch.review.links import web_link
from newssearch.review.markdown import plain_markdown
from newssearch.review.wordprocessing import xml_text
from printed import pdf
from support import Command, article, command, index_of

newssearch_command = pytest.fixture(command, name="run")

FIRST = "It rained on Basra for the third day, and the council closed two bridges to all traffic until the water falls."
SECOND = "Farmers of the plain said that their fields would need a week of sun before anybody could sow wheat again."
THIRD = "Nobody was hurt in the town, said the mayor, who thanked the volunteers for the sandbags along the river."
FOURTH = "The rain is heavier than any rain of the last ten years, and more rain is expected at the end of this week."
RAIN = article(
    "Rain over Basra", FIRST, SECOND, THIRD, FOURTH, date=dt.datetime(2024, 7, 25, 10, 30), outlet="The Echo", source="Reuters",
    byline="Ana Silva", section="World", url="https://e.org/1", lang="en",
)  # fmt: skip
COPY = article("Floods in Basra", FIRST, SECOND, THIRD, FOURTH, date="2024-07-26", outlet="The Sun", url="https://sun.org/2", lang="en")  # fmt: skip
SNOW = article("Snow", "Snow fell, then rain, said Ann Lee of the office of the weather.", date="2024-07-25", outlet="Écho", lang="en")  # fmt: skip
HAIL = article("Hail", "Hail and rain came in the night, and went before the morning came.", outlet="The Echo", section="Local", lang="en")  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with index_of(tmp_path / "index", RAIN, COPY, SNOW, HAIL) as opened:
        yield opened


def reviewed(index: Index, query: str, format_: str = "html", **options: Any) -> str:
    """Return a press review as text."""
    stream = io.BytesIO()
    index.review(query, stream, format=format_, **options)
    return stream.getvalue().decode("utf-8")


def document(index: Index, query: str, **options: Any) -> Any:
    """Return a press review as a document of python-docx."""
    docx = pytest.importorskip("docx")
    stream = io.BytesIO()
    index.review(query, stream, format="docx", **options)
    return docx.Document(stream)


class Page(HTMLParser):
    """The parts of a review in HTML: texts by element and class, and all attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag not in ("meta", "br"):
            self._open.append(f"{tag}.{given.get('class') or ''}".rstrip("."))
            self.texts.setdefault(self._open[-1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in {*self._open}:
            self.texts[name][-1] += data


def facts(page: Page) -> dict[str, str]:
    """Return the facts on the cover; of a label with several values, the first."""
    pairs: dict[str, str] = {}
    for label, value in zip(page.texts["dt"], page.texts["dd"], strict=False):
        pairs.setdefault(label, value.strip())
    return pairs


# ---- what is in it


def test_a_review_has_one_article_of_each_story_and_says_where_else_it_was(index: Index) -> None:
    page = Page(reviewed(index, "rain"))
    found = index.search("rain", limit=None)
    titles = {hit.title for hit in found}
    assert len(titles) == found.total_stories == 3
    assert {*page.texts["h3"]} >= titles
    assert sum(tag == "article" for tag, _ in page.elements) == found.total_stories
    other = ({RAIN.title, COPY.title} - titles).pop()
    copy = {RAIN.title: RAIN, COPY.title: COPY}[other]
    (line,) = [text for text in page.texts["p"] if text.startswith("Also in")]
    assert line.startswith(f"Also in: {copy.outlet}, ")
    assert copy.url in page.links
    told = facts(page)
    assert (told["Articles found"], told["Stories"], told["In this review"]) == (
        "4",
        "3",
        "one article of each story",
    )


def test_each_copy_is_an_article_of_its_own_if_that_is_asked_for(index: Index) -> None:
    page = Page(reviewed(index, "rain", each_copy=True))
    assert sum(tag == "article" for tag, _ in page.elements) == index.search("rain").total_articles == 4
    assert not [text for text in page.texts["p"] if text.startswith("Also in")]
    assert "In this review" not in facts(page)


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        (["2024"], "2024"),
        (["2024-07", "2024-07-01"], "July 2024"),
        (["2024-07-25", "2024-08"], "25 July 2024 to August 2024"),
        (["2024-07", "2024-08-31"], "July 2024 to 31 August 2024"),
        (["2023-12-31", "2024", "2024-08-05"], "31 December 2023 to 2024"),
    ],
)
def test_the_period_is_no_more_precise_than_the_dates_of_its_articles(
    tmp_path: Path, dates: list[str], period: str
) -> None:
    articles = [article(f"About {date}", f"It rained in {date}.", date=date) for date in dates]
    with index_of(tmp_path / "dated", *articles) as index:
        assert facts(Page(reviewed(index, "rained")))["Period"] == period


def test_the_cover_says_what_was_asked_and_found(index: Index) -> None:
    page = Page(
        reviewed(index, "rain NOT sleet", title=" The  rain ", note="One.\n\nTwo\nlines.", date="2024-08-01", outlet=["The Echo", "Écho"])
    )  # fmt: skip
    told = facts(page)
    assert page.texts["h1"] == ["The rain"]
    assert page.texts["div.note"][0].split("\n")[1:3] == ["One.", "Two lines."]
    assert told["Date"] == "1 August 2024"
    assert told["Period"] == "25 July 2024 (undated: 1)"
    assert told["Query"] == "rain NOT sleet"
    assert told["Understood as"] == str(newssearch.parse("rain NOT sleet"))
    assert told["Limited to"] == "outlet The Echo or Écho"
    assert told["Articles found"] == "3"
    assert told["Archive"].startswith("4 articles, 3 outlets, 25 July 2024 to 26 July 2024")


def test_the_date_on_the_cover_is_the_day_of_the_commit(index: Index) -> None:
    day = REVIEW_LABELS["en"].date_text(index.commit.time.date())
    assert facts(Page(reviewed(index, "rain")))["Date"] == day


def test_an_article_has_its_metadata(index: Index) -> None:
    page = Page(reviewed(index, "basra", outlet="The Echo"))
    assert page.texts["p.origin"] == ["1 The Echo · 25 July 2024, 10:30 · By Ana Silva · World"]
    below = page.texts["footer"][0].strip().split("\n")
    assert below == [
        "Also in: The Sun, 26 July 2024",
        "Source: Reuters",
        "Link: https://e.org/1",
        f"Id: {RAIN.id}",
    ]


def test_days_stand_in_descending_order_and_what_has_no_date_last(index: Index) -> None:
    index.add(article("Sleet", "Sleet and rain came down on the hills.", date="2024-08", outlet="The Sun"))
    page = Page(reviewed(index, "rain", each_copy=True))
    days = ["August 2024", "Friday, 26 July 2024", "Thursday, 25 July 2024", "Without a date"]
    assert page.texts["h2"] == ["Contents", *days, "Search summary"]
    page = Page(reviewed(index, "rain", each_copy=True, sort="oldest"))
    assert page.texts["h2"][1:-1] == [days[2], days[1], days[0], days[3]]


@pytest.mark.parametrize(
    ("group_by", "headings"),
    [
        ("month", ["July 2024", "Without a date"]),
        ("outlet", ["Écho", "The Echo", "The Sun"]),
        ("section", ["Local", "World", "Without a section"]),
        ("none", []),
    ],
)
def test_groups_have_headings_in_order(index: Index, group_by: str, headings: list[str]) -> None:
    page = Page(reviewed(index, "rain", group_by=group_by, each_copy=True))
    assert page.texts["h2"][1:-1] == headings


def test_stories_are_groups_of_their_copies(index: Index) -> None:
    text = reviewed(index, "rain", group_by="story", each_copy=True)
    groups = text.split('<section class="group">')[1:]
    assert sorted(group.count("<article") for group in groups) == [1, 1, 2]


def test_the_contents_lead_to_the_articles_in_their_order(index: Index) -> None:
    for format_, anchors, targets in (
        ("html", r'<article id="([^"]+)"', r'<li><a href="#([^"]+)"'),
        ("md", r'<a id="([^"]+)"></a>', r"\]\(#([^)]+)\)"),
    ):
        text = reviewed(index, "rain", format_, group_by="outlet", each_copy=True)
        found = re.findall(anchors, text)
        assert found == re.findall(targets, text) == [f"article-{number}" for number in range(1, 5)]
    titles = re.findall(r"^\d+\. \[(.+?)\]", text, re.MULTILINE)
    assert titles == re.findall(
        r"^### (?:\*\*)?(\w.*?)$", text.split("<a id", 1)[1].replace("**", ""), re.MULTILINE
    )


def test_an_excerpt_has_the_best_paragraphs_in_reading_order(index: Index) -> None:
    best = [hit.text for hit in index.search("rain", all_paragraphs=True, limit=None, outlet="The Sun")]
    assert best == [FOURTH, FIRST]
    page = Page(reviewed(index, "rain", outlet="The Sun", excerpt=2))
    assert page.texts["div.text"] == [f"\n{FIRST}\n[…] {FOURTH}\n"]
    page = Page(reviewed(index, "rain", outlet="The Sun", excerpt=1))
    assert page.texts["div.text"] == [f"\n[…] {FOURTH}\n"]


def test_the_beginning_of_an_article_completes_its_excerpt(index: Index) -> None:
    page = Page(reviewed(index, "mayor", excerpt=2, each_copy=True, outlet="The Sun"))
    assert page.texts["div.text"] == [f"\n{FIRST}\n[…] {THIRD} […]\n"]
    page = Page(reviewed(index, "", excerpt=2, each_copy=True, outlet="The Sun"))
    assert page.texts["div.text"] == [f"\n{FIRST}\n{SECOND} […]\n"]


def test_the_whole_text_of_articles(index: Index) -> None:
    page = Page(reviewed(index, "rain", full=True, outlet="The Sun"))
    assert page.texts["div.text"] == [f"\n{FIRST}\n{SECOND}\n{THIRD}\n{FOURTH}\n"]


def test_headlines_alone(index: Index) -> None:
    page = Page(reviewed(index, "rain", excerpt=0))
    assert "div.text" not in page.texts
    assert len([tag for tag, _ in page.elements if tag == "article"]) == 3


def test_a_very_long_paragraph_is_cut_to_the_part_with_matches(index: Index) -> None:
    index.add(
        article("Long", "Word after word. " * 2_000 + "Then came a tornado. " + "Word after word. " * 2_000)
    )
    page = Page(reviewed(index, "tornado"))
    (text,) = page.texts["div.text"]
    assert "tornado" in text
    assert text.strip().startswith("… ")
    assert text.strip().endswith(" …")
    assert len(text) < 1_300
    assert len(Page(reviewed(index, "tornado", full=True)).texts["div.text"][0]) > 60_000


def test_matches_are_marked_unless_not_wanted(index: Index) -> None:
    page = Page(reviewed(index, "basra", outlet="The Sun"))
    assert page.texts["mark"] == ["Basra", "Basra"]
    assert "mark" not in Page(reviewed(index, "basra", outlet="The Sun", marks=False)).texts
    assert "**Basra**" in reviewed(index, "basra", "md", outlet="The Sun")


def test_a_repeated_headline_is_no_text_and_rights_stand_below(index: Index) -> None:
    index.add(
        article("Hailstorm in Kut", "Hailstorm in Kut", "The storm broke the windows of the town hall of Kut.", "© 2024 The Echo. All rights reserved.")
    )  # fmt: skip
    page = Page(reviewed(index, "hailstorm", full=True))
    assert page.texts["div.text"] == ["\nThe storm broke the windows of the town hall of Kut.\n"]
    assert "Rights: © 2024 The Echo. All rights reserved." in page.texts["footer"][0]


def test_a_review_of_nothing_says_so(index: Index) -> None:
    for format_ in ("html", "md"):
        assert "The search found no articles." in reviewed(index, "tornado", format_)
    report = index.review("tornado", io.BytesIO(), format="html")
    assert (report.listed, report.total) == (0, 0)


@pytest.mark.parametrize("lang", sorted(REVIEW_LABELS))
def test_the_words_of_a_review_are_those_of_the_language(index: Index, lang: str) -> None:
    labels = REVIEW_LABELS[lang]
    text = reviewed(
        index,
        "rain",
        labels=lang,
        limit=2,
        sort="newest",
        each_copy=True,
        outlet_not="x",
        since="2024",
        names=True,
    )
    page = Page(text)
    assert f'<html lang="{lang}">' in text
    assert page.texts["h1"] == [labels.review]
    assert page.texts["h2"][0] == labels.contents
    assert page.texts["h2"][-1] == labels.search_summary
    assert page.texts["h2"][1] == labels.date_text(dt.date(2024, 7, 26), weekday=True)
    assert facts(page)[labels.listed] == labels.listed_newest.format(listed="2", total="3")
    limits = facts(page)[labels.limited_to].split("; ")
    assert limits == [f"{labels.outlet} {labels.other_than} x", f"{labels.since} 2024", labels.names]
    assert "Articles found" not in text or lang == "en"


def test_every_language_has_all_words_and_their_places() -> None:
    english = REVIEW_LABELS["en"]
    for labels in REVIEW_LABELS.values():
        for name, text in labels._asdict().items():
            wanted = getattr(english, name)
            if isinstance(text, str):
                assert text, (labels.lang, name)
                assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", wanted)), (
                    labels.lang,
                    name,
                )
            else:
                assert len({*text}) == len(wanted), (labels.lang, name)
    assert REVIEW_LABELS["de"].number(1_234_567) == "1.234.567"


@pytest.mark.parametrize("lang", sorted(REVIEW_LABELS))
def test_the_labels_of_facts_fit_into_their_column(index: Index, lang: str) -> None:
    column = 3402 / 20  # points, in the styles of a document
    labels = [one.text.partition("\t")[0] for one in document(index, "rain", labels=lang).paragraphs if one.style.name == "Review Fact"]  # fmt: skip
    assert len(labels) > 12
    assert max(map(len, labels)) * 5.3 < column  # a letter of Arial in 10 points is 5.3 wide, on average


def test_a_source_that_is_the_outlet_by_another_name_is_left_out(index: Index) -> None:
    index.add(
        article("Sleet", "Sleet came down on the hills.", outlet="The Guardian", source="guardian.co.uk", url="https://e.org/5")
    )  # fmt: skip
    assert "Source:" not in Page(reviewed(index, "sleet")).texts["footer"][0]


# ---- how many


def test_a_review_of_many_articles_needs_a_limit_and_its_cover_says_so(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_plans, "ASKED_ARTICLES", 2)
    with pytest.raises(newssearch.NewssearchError, match=r"would have 3 stories: .* \(--limit 2, "):
        reviewed(index, "rain")
    page = Page(reviewed(index, "rain", limit=2))
    assert facts(page)["In this review"] == "the 2 best of 3"
    assert sum(tag == "article" for tag, _ in page.elements) == 2
    assert {hit.title for hit in index.search("rain", limit=2)} == {*page.texts["h3"]} & {
        RAIN.title,
        COPY.title,
        "Snow",
        "Hail",
    }
    page = Page(reviewed(index, "rain", limit=3, sort="newest", each_copy=True))
    assert facts(page)["In this review"] == "the 3 newest of 4"
    assert "Hail" not in page.texts["h3"]
    reviewed(index, "rain", limit=3)
    monkeypatch.setattr(review_plans, "MAX_ARTICLES", 2)
    with pytest.raises(newssearch.NewssearchError, match="at most 2 stories"):
        reviewed(index, "rain", limit=3)


def test_the_report_has_the_counts_of_the_search(index: Index) -> None:
    report = index.review("rain )", io.BytesIO(), format="md", limit=1, since="2024")
    found = index.search("rain )", since="2024")
    assert (report.listed, report.total, report.articles) == (1, found.total_stories, found.total_articles)
    assert (report.commit, report.interpretation, report.undated) == (index.commit, found.interpretation, 1)
    assert report.diagnostics == found.diagnostics
    assert repr(report) == "<ReviewReport 1 of 2 stories, 3 articles found, md commit 1>"
    copies = index.review("rain", io.BytesIO(), format="md", each_copy=True)
    assert repr(copies) == "<ReviewReport 4 of 4 articles md commit 1>"


# ---- the summary


def test_the_last_page_has_the_facts_of_a_receipt(index: Index) -> None:
    receipt = index.receipt("rain ) hail", since="-9000d", now=dt.datetime(2024, 8, 1, 12))
    (search,) = receipt.searches
    text = reviewed(index, "rain ) hail", "md", since="-9000d", now=dt.datetime(2024, 8, 1, 12))
    summary = text.split("## Search summary\n\n")[1]
    for fact in (
        "- Query: `rain ) hail`", f"- Understood as: `{search.interpretation}`", f"- Notes: {plain_markdown(search.notes[0])}",
        "- Order: the best first", "- Relative dates count from: 2024\\-08\\-01 12:00", f"- Articles found: {search.articles}",
        f"- Matching paragraphs: {search.paragraphs}", f"- Digest of its content: `{index.commit.digest}`", f"- SHA-256 of the ids found: `{search.ids}`",
        *(f"- Articles with each part: `{clause.text}: {clause.articles}`" for clause in search.clauses),
    ):  # fmt: skip
        assert fact.replace("\\-", "-") in summary.replace("\\-", "-")
    assert f"newssearch {newssearch.__version__}" in summary
    assert "Left out: Without a date: 1" in summary


def test_the_last_page_has_the_digest_of_the_tags_if_the_search_asks_for_them(index: Index) -> None:
    label = "- SHA-256 of the articles with the tags: "
    tagged = index.find("rain")[0]
    summaries = []
    for tag in ("checked", "checked", "other"):
        index.tag(tagged, tag)
        index.tag(index.find("")[-1], tag)
        (search,) = index.receipt("rain", tag=["checked", "other"]).searches
        text = reviewed(index, "rain", "md", tag=["checked", "other"])
        assert f"{label}`{search.tags}`" in text.split("## Search summary\n\n")[1]
        summaries.append(search.tags)
        index.tag(tagged, remove="checked")
    assert summaries[0] == summaries[1] != summaries[2]
    assert label not in reviewed(index, "rain", "md")
    assert "SHA-256 der Artikel mit den Schlagworten" in reviewed(
        index, "rain tag:other", "html", labels="de"
    )


# ---- the same bytes, whole or not at all


PACKAGES = {"docx": "docx", "pdf": "typst"}
"""The packages that formats need."""


@pytest.mark.parametrize("format_", ["html", "md", "docx", "pdf"])
def test_the_same_commit_gives_the_same_bytes(index: Index, tmp_path: Path, format_: str) -> None:
    pytest.importorskip(PACKAGES.get(format_, "json"))
    for name in ("a", "b"):
        index.review("rain", tmp_path / f"{name}.{format_}", title="Rain")
    assert (tmp_path / f"a.{format_}").read_bytes() == (tmp_path / f"b.{format_}").read_bytes()


def test_a_review_that_fails_leaves_the_old_file(index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("old")
    with pytest.raises(newssearch.SearchStoppedError):
        index.review("rain", tmp_path / "a.html", timeout=0)
    with pytest.raises(QueryError):
        index.review("lang:x )(", tmp_path / "a.html", limit=0)
    assert (tmp_path / "a.html").read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.html", "index"]


# ---- what is refused


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"full": True, "excerpt": 2}, "full contradicts excerpt"),
        ({"each_copy": True, "novel": True}, "each_copy has no effect with novel"),
        ({"group_by": "story"}, "no effect without each_copy"),
        ({"format": "odt"}, "no format 'odt'"),
        ({"title": "  "}, "cannot be empty"),
        ({"title": "x" * 301}, "more than 300"),
        ({"note": "\n \n"}, "cannot be empty"),
        ({"note": "x" * 20_001}, "more than 20,000"),
        ({"date": "soon"}, "not a date"),
        ({"excerpt": -1}, "excerpt is at least 0"),
        ({"limit": 0}, "limit is at least 1"),
    ],
)
def test_what_contradicts_is_refused(index: Index, options: dict[str, Any], why: str) -> None:
    with pytest.raises(QueryError, match=why):
        index.review("rain", io.BytesIO(), **{"format": "html", **options})


@pytest.mark.parametrize(
    ("name", "why"),
    [("a.odt", r"one of \.html"), ("a.doc", r"one of \.html"), ("a", r"one of \.html")],
)
def test_other_names_are_refused(index: Index, tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(QueryError) as caught:
        index.review("rain", tmp_path / name)
    assert re.search(why, f"{caught.value} {caught.value.suggestion}")
    with pytest.raises(QueryError, match="needs a format"):
        index.review("rain", io.BytesIO())
    with pytest.raises(QueryError, match="contradicts the name"):
        index.review("rain", tmp_path / "a.html", format="md")


# ---- hostile articles

EVIL = "<script>alert(1)</script>\x1b[31m</style>--></title>\u202e & \"'`*_[x](javascript:alert(1)) | # \ufffe =1+1 end"
HOSTILE = newssearch.Article.create(
    title=f"{EVIL} rain", text=[f"{EVIL} and then rain came down.", "1. rain", "- rain", "=== rain", "+ rain www.evil.org a@evil.org https://evil.org/x"], date="2024-07-25",
    outlet=EVIL, source=f"x {EVIL}", byline=EVIL, section=EVIL, url='javascript:alert("rain")', lang="en",
)  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Index]:
    with index_of(tmp_path / "index", HOSTILE) as opened:
        yield opened


def test_no_text_is_markup_in_html(hostile: Index) -> None:
    evil = '</title><script>x</script>"}\\ } @import url(//e.org) </style>'
    text = reviewed(hostile, "rain", full=True, title=evil, note="<img src=x onerror=y>")
    page = Page(text)
    allowed = {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "dl", "dt", "dd", "bdi", "code", "div", "p", "nav", "ol", "li", "a", "span", "main", "section", "article", "mark", "footer"}  # fmt: skip
    assert {tag for tag, _ in page.elements} <= allowed
    names = {name for _, attributes in page.elements for name in attributes}
    assert names <= {
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "class",
        "dir",
        "href",
        "start",
        "id",
        "rel",
    }
    assert {link[:1] for link in page.links} == {"#"}
    assert page.texts["title"] == page.texts["h1"] == [" ".join(evil.split())]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "url(" not in page.texts["style"][0]
    assert page.texts["style"][0].count("}") == page.texts["style"][0].count("{")
    shown = page.texts["div.text"][0]
    assert "<script>alert(1)</script>" in shown


def test_no_text_is_markup_in_markdown(hostile: Index) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    text = reviewed(hostile, "rain", "md", full=True, title="# <b>x</b> *y*", note="- [a](b)\n\n> c")
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    made = {token.type for token in (*tokens, *inline)}
    assert made <= {
        "html_block", "html_inline", "heading_open", "heading_close", "inline", "text", "strong_open", "strong_close", "bullet_list_open", "bullet_list_close",
        "list_item_open", "list_item_close", "paragraph_open", "paragraph_close", "code_inline", "ordered_list_open", "ordered_list_close", "link_open", "link_close", "hr",
    }  # fmt: skip
    blocks = [token.content.strip() for token in (*tokens, *inline) if token.type.startswith("html_")]
    assert blocks == ["<!-- newssearch review -->", '<a id="article-1">', "</a>"]
    assert [dict(child.attrs)["href"] for child in inline if child.type == "link_open"] == ["#article-1"]
    paragraphs = [
        "".join(child.content for child in token.children) for token in tokens if token.type == "inline"
    ]
    for line in (
        "1. rain",
        "- rain",
        "=== rain",
        "+ rain www.evil.org a@evil.org https://evil.org/x",
        "- [a](b)",
        "> c",
        "# <b>x</b> *y*",
    ):
        assert line in paragraphs


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_markdown_of_a_text_means_the_text(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    wanted = newssearch.Article.create(title=text).title or ""
    tokens = markdown_it.MarkdownIt("commonmark").parse(f"x\n\n{plain_markdown(wanted)}\n")
    shown = "".join(child.content for token in tokens[3:] for child in token.children or ())
    assert shown == newssearch.display.escape.terminal(wanted).strip()


def test_no_text_is_markup_in_docx_and_no_character_breaks_it(hostile: Index) -> None:
    made = document(hostile, "rain", full=True, title="<w:p/> \x00 \ufffe", note="]]>")
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert "<w:p/> \ufffd \ufffd" in texts
    assert "]]>" in texts
    assert any("<script>alert(1)</script>\ufffd[31m</style>" in text for text in texts)
    targets = [relation.target_ref for relation in made.part.rels.values() if relation.is_external]
    assert targets == []
    assert made.core_properties.title == "<w:p/> \ufffd \ufffd"


@given(st.text(max_size=20))
def test_text_of_xml_can_be_read_as_xml(text: str) -> None:
    from xml.etree import ElementTree  # as the readers of documents do

    read = ElementTree.fromstring(f"<t>{xml_text(text)}</t>").text or ""
    assert html.unescape(xml_text(text)) == read


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://e.org/a?b=c&d#e", "https://e.org/a?b=c&d#e"),
        ("HTTPS://E.org:8080/(x)", "https://E.org:8080/%28x%29"),
        ("http://müller.de/ü", "http://xn--mller-kva.de/%C3%BC"),
        ("https://e.org/\u202e\x00\ud800 100%", "https://e.org/%E2%80%AE%00%EF%BF%BD%20100%25"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://user:pass@e.org/", ""),
        ("https://e.org:port/", ""),
        ("https://[::1]/", ""),
        ("https://", ""),
        ("//e.org/", ""),
        (f"https://e.org/{'x' * 2000}", ""),
        (None, ""),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str | None, link: str) -> None:
    assert web_link(url) == link


# ---- documents


def test_a_document_has_headings_contents_links_and_properties(index: Index) -> None:
    made = document(index, "rain", title="Rain", group_by="outlet", date="2024-08-01")
    styles = [paragraph.style.name for paragraph in made.paragraphs]
    headings = [(p.style.name, p.text) for p in made.paragraphs if p.style.name.startswith("Heading")]
    (kept,) = {hit.title for hit in index.search("rain")} & {RAIN.title, COPY.title}
    outlet = {RAIN.title: "The Echo", COPY.title: "The Sun"}[kept]
    assert headings[0:2] == [("Heading 1", "Écho"), ("Heading 2", "Snow")]
    assert ("Heading 2", kept) in headings
    assert ("Heading 1", outlet) in headings
    assert headings[-1] == ("Heading 1", "Search summary")
    assert styles[0] == "Title"
    assert styles.count("toc 2") == 3
    xml = made.element.xml
    marks = re.findall(r'w:bookmarkStart w:id="\d+" w:name="(\w+)"', xml)
    assert (
        marks
        == re.findall(r"PAGEREF (\w+) ", xml)
        == re.findall(r'w:anchor="(\w+)"', xml)
        == [f"_Article{n}" for n in (1, 2, 3)]
    )
    assert xml.count("w:pageBreakBefore") == 3 + 1  # the contents have theirs in their style
    external = [relation.target_ref for relation in made.part.rels.values() if relation.is_external]
    assert sorted(external) == ["https://e.org/1", "https://sun.org/2"]
    assert len(re.findall(r'w:hyperlink r:id="rIdLink\d"', xml)) == 2
    assert made.settings.element.xpath("w:updateFields")[0].values() == ["true"]
    about = made.core_properties
    assert (about.title, about.author, about.comments) == ("Rain", "newssearch", "newssearch review")
    assert about.created.replace(tzinfo=None) == index.commit.time.replace(tzinfo=None, microsecond=0)
    assert [r.text for p in made.paragraphs for r in p.runs if r.style.name == "Match"].count("rain") >= 3
    section = made.sections[0]
    assert section.header.paragraphs[0].text == "Rain"
    assert section.different_first_page_header_footer
    assert re.findall(r"<w:instrText[^>]*> (\w+) <", section.footer._element.xml) == ["PAGE", "NUMPAGES"]


def test_a_document_is_a_sound_zip_without_a_time(index: Index) -> None:
    pytest.importorskip("docx")
    stream = io.BytesIO()
    index.review("rain", stream, format="docx")
    with zipfile.ZipFile(stream) as package:
        assert package.testzip() is None
        assert {one.date_time[0] for one in package.infolist()} == {1980}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_articles_in_other_scripts_have_their_direction_and_language(tmp_path: Path) -> None:
    arabic = article("أمطار على البصرة", "هطلت الأمطار على البصرة، وقالت Reuters إن الجسور أغلقت أمام المرور.", lang="ar", url="https://e.org/ar")  # fmt: skip
    chinese = article("大雨", "大雨下了三天，大桥关闭。", lang="zh", url="https://e.org/zh")
    with index_of(tmp_path / "other", arabic, chinese) as index:
        made = document(index, "")
        page = reviewed(index, "")
    by_text = {paragraph.text: paragraph._p.xml for paragraph in made.paragraphs}
    text = by_text[arabic.paragraphs[0].text]
    assert "<w:bidi/>" in text
    assert "<w:rtl/>" in text
    assert 'w:lang w:bidi="ar"' in text
    chinese_text = by_text[chinese.paragraphs[0].text]
    assert "<w:bidi/>" not in chinese_text
    assert 'w:lang w:eastAsia="zh"' in chinese_text
    assert '<div class="text" lang="ar">' in page
    assert '<h3 lang="zh" dir="ltr">' in page


RIYADH = article("Reuters: أمطار غزيرة على الرياض", "هطلت الأمطار على الرياض.", outlet="صحيفة الرياض", byline="محمد علي", section="24", lang="ar", date="2024-05-04")  # fmt: skip
LRM = "\N{LEFT-TO-RIGHT MARK}"


def test_a_text_has_the_direction_of_most_of_its_letters(tmp_path: Path) -> None:
    with index_of(tmp_path / "other", RIYADH, article("الرياض and the rest of the world", "It rained.", url="u")) as index:  # fmt: skip
        page = Page(reviewed(index, "", group_by="none"))
    directions = [given.get("dir") for tag, given in page.elements if tag == "h3"]
    assert dict(zip(page.texts["h3"], directions, strict=True)) == {
        RIYADH.title: "rtl",
        "الرياض and the rest of the world": "ltr",
    }


@pytest.mark.parametrize("format_", ["md", "docx"])
def test_a_date_stays_behind_an_outlet_in_another_direction(tmp_path: Path, format_: str) -> None:
    with index_of(tmp_path / "other", RIYADH) as index:
        if format_ == "docx":
            text = "\n".join(paragraph.text for paragraph in document(index, "").paragraphs)
        else:
            text = reviewed(index, "", "md").replace("*", "")
    assert f"صحيفة الرياض{LRM}, 4 May 2024" in text
    assert f"صحيفة الرياض{LRM} · 4 May 2024 · By محمد علي{LRM} · 24" in text


def test_a_date_stays_behind_an_outlet_in_another_direction_on_paper(tmp_path: Path) -> None:
    with index_of(tmp_path / "other", RIYADH) as index:
        contents, text = (
            page.extract_text() for page in pdf(index, "").pages[1:3]
        )  # in the order that is seen
    assert re.search(r"^\w+ \w+, 4 May 2024$", contents, re.MULTILINE)
    assert re.search(r"^1 · \w+ \w+ · 4 May 2024 · By \w+ \w+ · 24$", text, re.MULTILINE)


# ---- PDF


def addresses_in(read: Any) -> list[str]:
    """Return the addresses that a PDF links to."""
    links = [link.get_object() for page in read.pages for link in page.get("/Annots", ())]
    return [str(link["/A"]["/URI"]) for link in links if "/A" in link and "/URI" in link["/A"]]


def test_a_pdf_has_a_page_for_each_article_and_their_numbers_in_its_contents(index: Index) -> None:
    read = pdf(index, "rain", title="Rain", group_by="outlet", note="For Monday.")
    pages = [" ".join(page.extract_text().split()) for page in read.pages]
    assert len(pages) == 1 + 1 + 3 + 1
    assert "For Monday." in pages[0]
    assert "Query rain" in pages[0]
    for number, text in enumerate(pages[2:5], start=1):
        (title,) = {
            title for title in (RAIN.title, COPY.title, "Snow", "Hail") if f"{title} {number} ·" in text
        }
        assert re.search(rf"{number} {title} .{{0,60}} {number + 2}(?: |$)", pages[1])
    assert "Search summary" in pages[5]
    assert index.commit.digest in pages[5].replace(" ", "")
    assert [text.split()[-3:] for text in pages[1:]] == [[str(number), "/", "6"] for number in range(2, 7)]
    assert sorted({*addresses_in(read)}) == ["https://e.org/1", "https://sun.org/2"]
    names = [item.title for item in read.outline if not isinstance(item, list)]
    assert names[0] == "Écho"
    assert names[-1] == "Search summary"
    assert (read.metadata.title, read.metadata.author) == ("Rain", "newssearch")


def test_no_text_is_markup_in_pdf(hostile: Index) -> None:
    evil = '#panic("x") $x$ *b* = h @a <b> // c \\u{1F600} #read("/etc/passwd")'
    read = pdf(hostile, "rain", full=True, title=evil, note=evil)
    pages = [" ".join(page.extract_text().split()) for page in read.pages]
    assert evil in pages[0].replace("\n", " ")
    assert "<script>alert(1)</script>" in pages[2]
    assert "- rain" in pages[2]
    assert addresses_in(read) == []
    assert read.metadata.title == evil


def test_a_review_that_is_too_long_for_pdf_is_refused(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst")
    from newssearch.review import typeset

    monkeypatch.setattr(typeset, "MAX_TYPESET", 1_000)
    with pytest.raises(newssearch.NewssearchError, match="too long for PDF"):
        pdf(index, "rain")


@pytest.mark.parametrize(("format_", "package"), [("docx", "python-docx"), ("pdf", "typst")])
def test_a_format_whose_package_is_missing_says_what_to_install(
    index: Index, monkeypatch: pytest.MonkeyPatch, format_: str, package: str
) -> None:
    monkeypatch.setattr(review_plans, "find_spec", lambda name: None)
    with pytest.raises(newssearch.NewssearchError, match=rf"package {package}: pip install 'newssearch\["):
        index.review("rain", io.BytesIO(), format=format_)


# ---- newssearch recognises its own reviews


@pytest.mark.parametrize("format_", ["html", "md", "docx", "pdf"])
def test_a_review_is_not_indexed(index: Index, tmp_path: Path, format_: str) -> None:
    pytest.importorskip(PACKAGES.get(format_, "json"))
    file = tmp_path / f"a.{format_}"
    index.review("rain", file, title="x" * 300, note="y " * 5_000)
    assert [type(item) for item in read_file(file, "a", ReadOptions())] == [Skipped]
    if format_ in ("html", "md"):
        assert exports.is_export(
            Input.of(file.read_bytes().replace(b"\n", b"\r\n"), Origin("a", ReadOptions()))
        )


# ---- the command


@pytest.fixture
def archive(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return tmp_path


def test_the_command_writes_a_review(run: Command, archive: Path, index: Index) -> None:
    done = run("review", "rain", "-o", "a.html", "--title", "Rain", "--group-by", "outlet", "--since", "2024")
    assert (done.code, done.out) == (0, "")
    assert done.err == "note: 2 stories written to a.html\nnote: 1 more article without a date left out\n"
    assert Path("a.html").read_text("utf-8") == reviewed(
        index, "rain", title="Rain", group_by="outlet", since="2024"
    )
    assert (
        run("review", "rain", "-n", "1", "--each-copy", "-o", "a.md").err
        == "note: 1 article of 4 written to a.md\n"
    )


def test_markdown_on_standard_output(run: Command, archive: Path, index: Index) -> None:
    import subprocess
    import sys

    process = subprocess.run([sys.executable, "-m", "newssearch", "review", "rain", "--no-marks", "--excerpt", "1"], capture_output=True, check=True)  # fmt: skip
    assert process.stdout.decode() == reviewed(index, "rain", "md", marks=False, excerpt=1)
    assert process.stderr.decode() == "note: 3 stories\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["-o", "a.odt"], "one of .html"),
        (["-o", "a.html", "--format", "docx"], "contradicts the name"),
        (["-o", "a.html", "--full", "--excerpt", "2"], "full contradicts excerpt"),
        (["-o", "a.html", "--group-by", "story"], "each_copy"),
        (["-o", "a.html", "--date", "soon"], "not a date"),
        (["-o", "missing/a.html"], "there is no folder missing"),
    ],
)
def test_the_command_refuses_what_contradicts(
    run: Command, archive: Path, arguments: list[str], why: str
) -> None:
    done = run("review", "rain", *arguments)
    assert (done.code, done.out) == (2, "")
    assert why in done.err
    assert [one.name for one in Path().iterdir()] == ["index"]


@pytest.mark.parametrize(
    "arguments", [["-o", "a.html"], ["-o", "a.docx", "--full"], ["--each-copy", "-n", "2"]]
)
def test_a_receipt_of_a_review_can_be_checked(
    run: Command, archive: Path, index: Index, arguments: list[str]
) -> None:
    if "a.docx" in arguments:
        pytest.importorskip("docx")
    assert run("review", "rain", *arguments, "--receipt", "r.json").code == 0
    receipt = json.loads(Path("r.json").read_text("utf-8"))
    assert receipt["command"] == "review"
    assert receipt["output"]["lines"] == (2 if "-n" in arguments else 3)
    done = run("receipt", "check", "r.json")
    assert (done.code, done.err) == (0, "")
    index.add(article("More rain", "Rain again in the north, with thunder."))
    assert run("receipt", "check", "r.json").code == 1
