"""The page of words: collocates and keywords, each a link to the articles that have it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.testclient import TestClient

from support import article

from .parsed_pages import ParsedPage
from .test_article_page import client_of

TEXTS = [f"Heavy rain fell on roof {n} of U.S. town {n}." for n in range(6)]
WEATHER = [article(f"Rain {n}", text, outlet="The Echo") for n, text in enumerate(TEXTS)]
WIND = [article(f"Wind {n}", f"Strong wind blew over field {n}.", outlet="The Post") for n in range(6)]


def queries_of(page: ParsedPage) -> dict[str, str]:
    """Return the queries that the words of a page lead to."""
    return {
        word: parse_qs(urlsplit(link).query)["q"][0] for word, link in page.links("table tbody a").items()
    }


def test_words_near_the_query_are_listed_and_lead_to_the_articles_that_have_them_there(
    tmp_path: Path,
) -> None:
    with client_of(tmp_path, *WEATHER, *WIND) as client:
        page = ParsedPage(client, "/words", q="rain", span="3")
        queries = queries_of(page)
        assert queries["Heavy"] == 'rain w/3 "Heavy"'
        assert queries["fell"] == "rain w/3 fell"
        assert "wind" not in queries
        found = ParsedPage(client, page.links("table tbody a")["fell"])
        assert found.texts("mark")


def test_what_the_query_joins_by_and_is_near_nothing_so_the_word_is_only_required(tmp_path: Path) -> None:
    with client_of(tmp_path, *WEATHER, *WIND) as client:
        page = ParsedPage(client, "/words", q="rain town")
        assert queries_of(page)["fell"] == "(rain town) fell"


def test_bars_show_scores_as_shares_of_the_highest(tmp_path: Path) -> None:
    with client_of(tmp_path, *WEATHER, *WIND) as client:
        page = ParsedPage(client, "/words", q="rain", measure="ll")
    widths = [float(width) for width in page.values("svg.score-bar rect", "width")]
    scores = [float(cell) for cell in page.texts("table tbody td.number")[::7]]
    assert widths[0] == 100
    assert widths == [round(100 * score / scores[0], 1) for score in scores]


def test_keywords_distinguish_the_articles_from_all_others_or_from_those_of_another_query(
    tmp_path: Path,
) -> None:
    with client_of(tmp_path, *WEATHER, *WIND) as client:
        page = ParsedPage(client, "/words", q="wind", show="keywords")
        against = ParsedPage(client, "/words", q="wind", show="keywords", against="rain", min_count="6")
    assert page.text("h1") == "Words typical of wind"
    assert queries_of(page)["blew"] == "wind blew"
    assert page.text("span.choice") == "typical of its articles"
    assert "against 6" in against.text("#content p.small")
    assert against.values("label.wide input", "value") == ["rain"]


def test_no_word_is_frequent_enough(tmp_path: Path) -> None:
    with client_of(tmp_path, *WEATHER) as client:
        page = ParsedPage(client, "/words", q="rain", min_count="50")
    assert page.links("div.empty a")["Words that occur only once, too"] == "/words?q=rain&min_count=1"


def test_without_a_query_the_view_of_words_says_what_it_is_for(client: TestClient) -> None:
    assert "collocates" in ParsedPage(client, "/words").text("div.empty")


def test_a_list_of_words_that_there_is_not_is_refused(client: TestClient) -> None:
    assert ParsedPage(client, "/words", q="rain", show="nouns").status == 400


def test_words_and_stories_can_be_exported(tmp_path: Path) -> None:
    lines = [
        f"Sentence number {n} of the report says where rain fell in town {n} last night." for n in range(8)
    ]
    copies = [article("Floods", *lines, outlet=outlet, url=outlet) for outlet in ("The Echo", "The Post")]
    with client_of(tmp_path, *WEATHER, *WIND, *copies) as client:
        for address in (
            "/words?q=rain&span=2",
            "/words?q=rain&show=keywords&against=wind",
            "/stories?q=rain",
        ):
            links = ParsedPage(client, address).links("p.actions a")
            exports = [link for link in links.values() if link.startswith("/api/")]
            assert [client.get(link).status_code for link in exports] == [200, 200, 200], address
