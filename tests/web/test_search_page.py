"""The page of a search: what a reader sees, and where each link leads. Links are followed as a reader does."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import lxml.html
import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch.display import escape
from newssearch.web import create_app
from support import article, index_of

ARTICLES = [
    article("Flood in the valley", "The river rose after heavy rain.", "Rain fell on <b>Sunday</b>.", date="2024-07-25", outlet="The Echo", section="World"),
    article("Storm", "Rain and wind.", "Nobody was hurt.", date="2024-07-26", outlet="The Post", section="World"),
    article("Dry month", "No rain fell in August.", date="2024-08-10", outlet="The Post", section="Science"),
    article("Harvest", "The rain came late.", date="2024-10-02", outlet="Farmer & Sons", source="Reuters"),
    article("Umbrella", "Rain, they say.", outlet="The Post"),
    article("Sun", "It was hot.", date="2024-09-01", outlet="The Post"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an index of six articles; five have rain, and one of these has no date."""
    folder = tmp_path_factory.mktemp("archive") / "index"
    index_of(folder, *ARTICLES).close()
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[TestClient]:
    """Yield a client of the application that serves the archive."""
    with TestClient(create_app(folder), base_url="http://127.0.0.1") as client:
        yield client


class Shown:
    """A page as a reader sees it."""

    def __init__(self, client: TestClient, address: str) -> None:
        self.client = client
        answer = client.get(address)
        self.status = answer.status_code
        self.address = str(answer.url).removeprefix("http://127.0.0.1")
        self.html = answer.text
        self.tree: Any = lxml.html.fromstring(answer.text)

    def all(self, path: str) -> list[str]:
        """Return the texts of the elements at a path of XPath, with single spaces."""
        return [" ".join(one.text_content().split()) for one in self.tree.xpath(path)]

    def rows(self, path: str) -> list[list[str]]:
        """Return the texts of the cells of the rows of a table."""
        return [[" ".join(cell.text_content().split()) for cell in row] for row in self.tree.xpath(path)]

    def text(self, path: str) -> str:
        """Return the text of the only element at a path."""
        (text,) = self.all(path)
        return text

    def link(self, path: str) -> str:
        """Return the address of the only link at a path."""
        (link,) = self.tree.xpath(path)
        return str(link.get("href"))

    def follow(self, path: str) -> Shown:
        """Return the page that the only link at a path leads to."""
        return Shown(self.client, self.link(path))

    @property
    def headlines(self) -> list[str]:
        """The headlines of the hits."""
        return self.all(f"//{HITS}//h2")


HITS = "ol[@class='hits']"
CHIPS = "//ul[@class='chips']/li/span[2]"


def facet(name: str, value: str) -> str:
    """Return the path of the link of a value of a facet."""
    return f"//details[@id='facet-{name}']//a[@class='value'][normalize-space()='{value}']"


def test_a_page_shows_totals_and_hits(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain")
    assert page.text("//h1") == "5 articles"
    assert sorted(page.headlines) == sorted(one.title for one in ARTICLES if one.title and one.title != "Sun")
    assert "2024-10-02 Farmer & Sons" in page.all("//p[@class='hit-date']")
    assert "source Reuters" in " ".join(page.all("//li[@class='hit']//p[@class='meta']"))
    assert {word.lower() for word in page.all("//li[@class='hit']//mark")} == {"rain"}


def test_text_of_articles_is_no_markup(reader: TestClient) -> None:
    page = Shown(reader, "/?q=sunday")
    assert page.all("//p[@class='snippet']") == ["Rain fell on <b>Sunday</b>."]
    assert not page.tree.xpath("//p[@class='snippet']/b")


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "\" onfocus=x autofocus '", "{{7*7}}", "\x1b[31m"]
)
def test_what_is_asked_is_no_markup(reader: TestClient, hostile: str) -> None:
    for name in ("q", "outlet", "outlet_not", "since", "sort", "find", "unit", "where"):
        answer = reader.get("/", params={"q": "rain", name: hostile})
        tree: Any = lxml.html.fromstring(answer.text)
        assert not tree.xpath("//main//script | //*[@onfocus] | //*[@autofocus]")
        if name == "q":
            assert escape.html(hostile) in answer.text


def test_a_value_of_a_facet_filters_and_others_stay_to_be_added(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain").follow(facet("outlet", "The Echo"))
    assert page.headlines == ["Flood in the valley"]
    assert page.all(CHIPS) == ["The Echo"]
    both = page.follow(facet("outlet", "Farmer & Sons"))
    assert sorted(both.headlines) == ["Flood in the valley", "Harvest"]
    assert both.follow(facet("outlet", "The Echo")).headlines == ["Harvest"]


def test_a_value_can_be_excluded_and_let_in_again(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain").follow(
        "//details[@id='facet-outlet']//a[@aria-label='Exclude The Post']"
    )
    assert sorted(page.headlines) == ["Flood in the valley", "Harvest"]
    assert page.all(CHIPS) == ["not The Post"]
    again = page.follow("//details[@id='facet-outlet']//a[@aria-label='No longer exclude The Post']")
    assert again.address == "/?q=rain"


def test_articles_without_a_value_can_be_chosen(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain").follow(facet("section", "(none)"))
    assert sorted(page.headlines) == ["Harvest", "Umbrella"]


def test_beside_an_excluded_value_others_count_what_their_links_find(tmp_path: Path) -> None:
    bylines = "Ana", "Bo", "Ana and Bo", "Ana and Cy"
    index_of(
        tmp_path / "index", *(article(f"By {name}", f"Rain by {name}.", byline=name) for name in bylines)
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=rain&byline_not=Bo")
        counts = dict(
            zip(
                page.all("//details[@id='facet-byline']//a[@class='value']"),
                page.all("//details[@id='facet-byline']//span[@class='count']"),
                strict=False,
            )
        )
        assert counts["Ana"] == "2"
        assert sorted(page.follow(facet("byline", "Ana")).headlines) == ["By Ana", "By Ana and Cy"]


NONE_SHOWN = "(none)"


def test_a_value_counts_what_it_finds_beside_the_values_that_are_left_out(tmp_path: Path) -> None:
    """For all choices and exclusions of the values of a field of which an article has several."""
    drawn = random.Random(22)
    values = "Economy", "Sport"
    archive = [tuple(value for value in values if drawn.random() < 0.5) for _ in range(12)]
    with newssearch.create(tmp_path / "index") as index:
        index.add(
            newssearch.Article.create(
                text="Rain.", url=f"u{n}", extra={"theme": list(themes)} if themes else {}
            )
            for n, themes in enumerate(archive)
        )

    def number(wanted: set[str], excluded: set[str]) -> int:
        held = [set(themes) or {NONE_SHOWN} for themes in archive]
        return sum((not wanted or bool(one & wanted)) and not one & excluded for one in held)

    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        for states in itertools.product(("", "where", "where_not"), repeat=3):
            stated = [
                (value, state) for value, state in zip((*values, NONE_SHOWN), states, strict=True) if state
            ]
            chosen, excluded = (
                {value for value, one in stated if one == state} for state in ("where", "where_not")
            )
            page = Shown(
                client,
                "/?" + urlencode([("q", "rain"), *((state, f"theme={value}") for value, state in stated)]),
            )
            for row in page.tree.xpath("//details[@id='facet-theme']//li"):
                value = row.xpath("string(a[@class='value'])")
                count = row.xpath("string(span[@class='count'])")
                assert count == ("" if value in excluded else str(number({value}, excluded))), (stated, value)
                after = page.follow(facet("theme", value))
                changed = number(chosen ^ ({value} - excluded), excluded - {value})
                assert after.text("//h1") == {0: "Nothing found", 1: "1 article"}.get(
                    changed, f"{changed} articles"
                )


@pytest.mark.parametrize(
    ("stated", "value"),
    [
        ("outlet=the+echo", "The Echo"),
        ("outlet=bbc.co.uk&outlet=The+Echo", "BBC News"),
        ("where=coded%3D2024", "2024-07"),
    ],
)
def test_a_chosen_value_is_let_go_however_it_was_written(tmp_path: Path, stated: str, value: str) -> None:
    outlets = "The Echo", "BBC News", "bbc.co.uk", "BBC News"
    with newssearch.create(tmp_path / "index") as index:
        index.add(
            newssearch.Article.create(
                text="Rain.", url=f"u{n}", outlet=name, extra={"coded": dt.date(2024, 7 + n, 1)}
            )
            for n, name in enumerate(outlets)
        )
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, f"/?q=rain&{stated}")
        field = "coded" if "coded" in stated else "outlet"
        assert value in page.all(f"//details[@id='facet-{field}']//a[@aria-current='true']")
        after = page.follow(facet(field, value))
        assert value not in after.all(f"//details[@id='facet-{field}']//a[@aria-current='true']")
        excluded = page.follow(f"//details[@id='facet-{field}']//a[@aria-label='Exclude {value}']")
        assert f"not {value}" in " ".join(excluded.all(CHIPS)).replace("coded: ", "")
        assert excluded.status == 200


def test_a_facet_is_listed_in_full_without_a_query(tmp_path: Path) -> None:
    outlets = [f"Outlet {letter}" for letter in "ABCDEFGHIJKLMN"]
    index_of(
        tmp_path / "index", *(article(f"Of {name}", "Rain.", outlet=name) for name in (*outlets, None))
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/").follow("//section[@aria-labelledby='field-outlet']//a[.='and 2 others']")
        assert page.all("//details[@id='facet-outlet']//a[@class='value']") == [*outlets, "(none)"]


def test_an_outlet_that_is_called_none_is_told_from_none(tmp_path: Path) -> None:
    named, without = article("Named", "Rain.", outlet="(none)"), article("Without", "Rain or hail.")
    others = [article(f"Other {n}", f"Rain {n}.", outlet="The Post") for n in range(2)]
    index_of(tmp_path / "index", named, without, *others).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=rain+OR+hail")
        assert page.follow(facet("outlet", '"(none)"')).headlines == ["Named"]
        assert page.follow(facet("outlet", "(none)")).headlines == ["Without"]
        exclude = "//details[@id='facet-outlet']//a[@aria-label='Exclude \"(none)\"']"
        assert "Named" not in page.follow(exclude).headlines
        about = Shown(client, "/about").tree.xpath("//ul[@class='values']//a[.='(none)']/@href")
        assert Shown(client, about[0]).headlines == ["Named"]


def test_each_filter_has_a_link_that_removes_it(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&outlet=The+Post&since=2024-08&sort=newest&page=1")
    assert page.all(CHIPS) == ["The Post", "2024-08"]
    without = page.follow("//li[@class='chip'][1]/a")
    assert without.address == "/?q=rain&since=2024-08&sort=newest"
    assert page.link("//a[@class='clear']") == "/?q=rain&sort=newest"


def test_a_facet_can_be_searched(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&facet=outlet&find=farm")
    assert page.all("//details[@id='facet-outlet']//a[@class='value']") == ["Farmer & Sons"]
    hidden = {
        one.get("name"): one.get("value")
        for one in page.tree.xpath("//form[@class='within']/input[@type='hidden']")
    }
    assert hidden == {"q": "rain", "facet": "outlet"}


def test_an_error_stands_below_its_place(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain+colour:red&outlet=The+Post")
    assert page.status == 400
    line, caret = page.tree.xpath("//pre[@class='place']")[0].text_content().split("\n")
    assert line[caret.index("^") : caret.rindex("^") + 1] == "colour:"
    assert page.tree.xpath("//input[@name='q']/@value") == ["rain colour:red"]
    assert page.tree.xpath("//form[@role='search']//input[@name='outlet']/@value") == ["The Post"]


def test_a_filter_that_is_a_mistake_can_be_removed(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&since=2025&until=2024&outlet=The+Post")
    assert page.status == 400
    assert page.all(CHIPS) == ["2025", "2024", "The Post"]
    mended = page.follow("//a[@aria-label='Remove the filter from: 2025']")
    assert (mended.status, mended.address) == (200, "/?q=rain&until=2024&outlet=The%20Post")


def test_what_may_be_meant_is_a_link_to_the_changed_query(reader: TestClient) -> None:
    assert Shown(reader, "/?q=rain+outlit:x").follow(
        "//li[contains(@class,'remark')]//a"
    ).address == "/?q=rain+outlet:x".replace("+", "%20")
    page = Shown(reader, '/?q=rain outlet:"the poste"')
    assert page.follow("//ul[@class='remarks']//a").headlines


def test_a_misspelt_query_shows_the_results_of_the_corrected_one(reader: TestClient) -> None:
    page = Shown(reader, "/?q=umbrela")
    assert page.headlines == ["Umbrella"]
    assert "No article has “umbrela”" in page.text("//p[@class='instead']") or "umbrela" in page.text(
        "//p[@class='instead']"
    )
    assert page.follow("//p[@class='instead']/a").address == "/?q=umbrella"


def test_where_nothing_is_found_the_clause_to_blame_is_shown(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain+hot&strict=true")
    assert page.text("//h1") == "Nothing found"
    assert page.rows("//div[@class='empty']//tbody/tr") == [["rain", "5", "1"], ["hot", "1", "5"]]
    assert len(page.follow("//div[@class='empty']//tbody/tr[2]/td[2]/a").headlines) == 5


def test_where_filters_leave_nothing_they_can_be_removed(reader: TestClient) -> None:
    page = Shown(reader, "/?q=hot&outlet=The+Echo&strict=true")
    assert "Without the filters, 1 article matches" in page.text("//div[@class='empty']")
    assert page.follow("//div[@class='empty']/p/a").headlines == ["Sun"]


def test_articles_with_some_of_the_words_follow(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain+valley")
    assert page.text("//h1") == "1 article"
    assert page.text("//h2[@class='second']") == "With some of the words: 4 more articles"
    assert len(page.headlines) == 5
    assert "without valley" in page.all("//li[@class='hit']//p[@class='meta']")[-1]


def test_a_bar_leads_to_the_hits_of_its_period(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&unit=month")
    titles = page.all("//a[@data-since]/title")
    assert titles == [
        "2024-07: 2 articles",
        "2024-08: 1 article",
        "2024-09: 0 articles",
        "2024-10: 1 article",
    ]
    july = page.follow("//a[@data-since='2024-07-01']")
    assert sorted(july.headlines) == ["Flood in the valley", "Storm"]
    assert july.follow("//a[normalize-space()='whole period']").address == "/?q=rain"
    assert "1 without a date" in page.text("//div[@class='time-foot']/p")


def test_shares_are_of_all_articles_that_the_filters_let_through(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&unit=month&share=1&outlet=The+Post&since=2024-07&until=2024-09")
    assert page.all("//a[@data-since]/title") == [
        "2024-07: 1 article of 1, 100 %",
        "2024-08: 1 article of 1, 100 %",
        "2024-09: 0 articles of 1, 0 %",
    ]
    assert page.rows("//table[@class='data']/tbody/tr")[2] == ["2024-09", "0", "1", "0 %"]


def test_shares_of_other_filters_are_of_other_articles(reader: TestClient) -> None:
    """What they are of is kept for each set of filters by itself."""
    for filters, expected in (("&outlet=The+Post", "1 article of 1"), ("", "2 articles of 2")):
        page = Shown(reader, f"/?q=rain&unit=month&share=1&since=2024-07&until=2024-09{filters}")
        assert page.all("//a[@data-since]/title")[0] == f"2024-07: {expected}, 100 %"


def test_an_outlier_does_not_stretch_the_axis(tmp_path: Path) -> None:
    many = [
        article(f"Rain {day}", "Rain.", date=(dt.date(2024, 1, 1) + dt.timedelta(day)).isoformat())
        for day in range(300)
    ]
    index_of(tmp_path / "index", article("Old", "Rain.", date="1995-05-05"), *many).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=rain&unit=month")
        assert page.all("//a[@data-since]/title")[0] == "2024-01: 31 articles"
        before = page.follow("//a[normalize-space()='1 before 2024-01']")
        assert before.headlines == ["Old"]


def test_the_chart_says_how_many_articles_have_no_place_on_it(tmp_path: Path) -> None:
    dates = "2024-01-01", "2024-01-20", "2024-03-03", "2024-02", "2024", None
    index_of(tmp_path / "index", *(article(f"Rain {date}", "Rain.", date=date) for date in dates)).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        notes = {
            unit: Shown(client, f"/?q=rain&unit={unit}").text("//div[@class='time-foot']/p/span")
            for unit in ("week", "month")
        }
        assert notes == {
            "week": "1 without a date, 2 dated only by month or year, not shown",
            "month": "1 without a date, 1 dated only by year, not shown",
        }
        assert "1 without a date, 1 dated only by year, not shown" in Shown(client, "/?unit=month").text(
            "//div[@class='time-foot']/p"
        )


def test_quarters_have_the_articles_of_their_months(tmp_path: Path) -> None:
    dates = "2023-12-31", "2024-01-01", "2024-03-31", "2024-02", "2024-04-01", "2024", None
    index_of(tmp_path / "index", *(article(f"Rain {date}", "Rain.", date=date) for date in dates)).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        assert Shown(client, "/?q=rain&unit=quarter").all("//a[@data-since]/title") == [
            "2023-Q4: 1 article",
            "2024-Q1: 3 articles",
            "2024-Q2: 1 article",
        ]


def test_a_period_that_is_not_over_is_marked(tmp_path: Path) -> None:
    today = dt.date.today().isoformat()
    index_of(
        tmp_path / "index", article("New", "Rain.", date=today), article("Old", "Rain.", date="2024-01-01")
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=rain&unit=year")
        assert page.all("//a[@data-since]/title")[-1] == f"{today[:4]} (not over): 1 article"
        assert len(page.tree.xpath("//*[@class='bar open']")) == 1
        assert f"{today[:4]} is not over" in page.text("//div[@class='time-foot']/p")


def test_relative_dates_can_be_fixed(reader: TestClient) -> None:
    fixed = "//a[normalize-space()='fixed dates']"
    today = dt.date.today()
    week = today - dt.timedelta(7)
    assert Shown(reader, "/?q=rain&since=-7d").link(fixed) == f"/?q=rain&since={week.isoformat()}"
    assert Shown(reader, "/?q=rain&on=today").link(fixed) == f"/?q=rain&since={today}&until={today}"
    page = Shown(reader, "/?q=rain+date:-9000d")
    assert f"now={today.isoformat()}" in page.link(fixed)
    then = page.follow(fixed)
    assert sorted(then.headlines) == sorted(page.headlines)
    assert then.all(CHIPS)[0].startswith(today.isoformat())
    assert not then.tree.xpath(fixed)
    assert not Shown(reader, "/?q=rain+date:2024&until=2025").tree.xpath(fixed)


def test_parameters_without_a_value_are_left_out(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&since=&until=&outlet=The+Post&page=2")
    assert page.address == "/?q=rain&outlet=The%20Post&page=2"


def test_hits_are_on_pages(tmp_path: Path) -> None:
    index_of(
        tmp_path / "index", *(article(f"Rain number {n}", f"Rain {n} fell at place {n}.") for n in range(23))
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        first = Shown(client, "/?q=rain&sort=oldest")
        second = first.follow("//nav[@class='pages']//a[@rel='next']")
        third = second.follow("//nav[@class='pages']//a[@rel='next']")
        assert [len(page.headlines) for page in (first, second, third)] == [10, 10, 3]
        assert len({*first.headlines, *second.headlines, *third.headlines}) == 23
        assert third.follow("//nav[@class='pages']//a[@rel='prev']").headlines == second.headlines
        assert not third.tree.xpath("//nav[@class='pages']//a[@rel='next']")


def test_a_page_beyond_the_last_leads_back(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&page=7")
    assert page.headlines == []
    assert len(page.follow("//a[normalize-space()='To the first']").headlines) == 5


def test_a_long_interpretation_is_folded(reader: TestClient) -> None:
    words = [f"word{number}" for number in range(60)]
    page = Shown(reader, f"/?q=rain+OR+{'+OR+'.join(words)}")
    assert page.text("//details[@class='understood']/code") == f"(rain OR {' OR '.join(words)})"
    assert Shown(reader, "/?q=rain+wind").text("//p[@class='understood']/code") == "(rain AND wind)"


def test_exports_have_the_query_and_the_filters_of_the_page(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&outlet=The+Post&unit=month&page=2&sort=newest")
    assert (
        page.link("//a[normalize-space()='CSV']")
        == "/api/export?q=rain&outlet=The%20Post&sort=newest&format=csv"
    )
    series = reader.get(page.link("//a[normalize-space()='Over time, CSV']")).text.splitlines()
    assert [line.split(",")[0] for line in series[1:]] == ["2024-07", "2024-08"]
    answer = reader.get(page.link("//a[normalize-space()='JSON of this page']"))
    assert answer.json()["total_articles"] == 3


def test_only_addresses_of_the_web_are_linked(tmp_path: Path) -> None:
    places = {
        "Good": "https://example.org/a",
        "Bad": "javascript:alert(1)",
        "Ugly": "data:text/html,<script>alert(1)</script>",
    }
    index_of(
        tmp_path / "index", *(article(title, f"Rain, {title}.", url=url) for title, url in places.items())
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=rain")
        assert len(page.headlines) == 3
        assert [link.get("href") for link in page.tree.xpath("//a[.='original']")] == [
            "https://example.org/a"
        ]
        assert not page.tree.xpath("//a[starts-with(@href, 'javascript') or starts-with(@href, 'data')]")


def test_reference_managers_find_the_data_of_each_hit(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&sort=oldest")
    found = [parse_qs(one) for one in page.tree.xpath("//span[@class='Z3988']/@title")]
    assert [one["rft.title"] for one in found] == [[headline] for headline in page.headlines]
    assert (found[0]["rft.source"], found[0]["rft.date"]) == (["The Echo"], ["2024-07-25"])


def test_copies_lead_to_their_story(tmp_path: Path) -> None:
    text = "The minister said on Monday that the dam would be closed after the heaviest rain in thirty years."
    copies = [
        article(f"Dam {name}", text, text[::-1], date="2024-07-25", outlet=name)
        for name in ("A Post", "B Post", "C Post")
    ]
    index_of(tmp_path / "index", *copies).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/?q=dam")
        assert len(page.headlines) == 1
        assert page.text("//a[contains(., 'also in')]").startswith("also in ")
        assert page.link("//a[contains(., 'also in')]").startswith("/story/")
        each = Shown(client, "/?q=dam&group=false")
        assert len(each.headlines) == 3


def test_the_first_page_shows_what_the_archive_holds(reader: TestClient) -> None:
    page = Shown(reader, "/")
    assert page.text("//h1") == "6 articles"
    assert "25 July 2024 to 2 October 2024" in page.text("//div[@class='folio']/p")
    assert page.all("//ol[@class='latest']//h3")[0] == "Harvest"
    for example in page.tree.xpath("//dl[@class='examples']//a"):
        assert Shown(reader, example.get("href")).status == 200


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    newssearch.create(tmp_path / "index").close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        assert "newssearch index FOLDER" in Shown(client, "/").text("//main")
        searched = Shown(client, "/?q=rain").text("//div[@class='empty']")
        assert (
            searched
            == "The archive is empty. Index a folder of articles, and reload this page: newssearch index FOLDER"
        )


def test_the_first_queries_find_something_although_no_headline_has_two_words(tmp_path: Path) -> None:
    index_of(tmp_path / "index", *(article(f"Rain {n}", f"Heavy clouds {n}.") for n in range(3))).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        found = {
            one: Shown(client, one).text("//h1")
            for one in Shown(client, "/").tree.xpath("//dl[@class='examples']//a/@href")
        }
        assert set(found.values()) == {"3 articles"}, found


def test_the_views_keep_the_query_and_the_filters(reader: TestClient) -> None:
    page = Shown(reader, "/?q=rain&outlet=The+Post&unit=month&page=2")
    assert page.link("//nav[@class='views']//a[.='In context']") == "/context?q=rain&outlet=The%20Post"
    assert page.text("//nav[@class='views']//a[@aria-current='page']") == "Articles"
