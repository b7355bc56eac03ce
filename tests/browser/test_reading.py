"""The article, the story, a query in context, words, stories, about and help in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from .conftest import Look, accessibility_faults, opening, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page

ARABIC = "أمطار"
VIEWS = (
    "/context", "/context?q=rain", f"/context?q={quote(ARABIC)}", "/context?q=snow&outlet=The+Echo", "/context?q=rain+colour:red",
    "/context?q=rain&sort=left&width=5&limit=20", "/stories", "/stories?q=snow", "/words", "/words?q=rain&min_count=2",
    "/words?q=rain&show=keywords&min_count=2", "/about", "/help",
)  # fmt: skip


def open_hit(page: Page, query: str, number: int = 0) -> None:
    """Open an article from the results of a query."""
    page.goto(f"/?q={quote(query)}")
    with opening(page):
        page.locator(".hit h2 a").nth(number).click()
    assert "/article/" in page.url


def box(element: Locator) -> tuple[float, float, float]:
    """Return the left edge, the right edge and the top of an element."""
    found = element.bounding_box()
    assert found is not None
    return found["x"], found["x"] + found["width"], found["y"]


def counter(page: Page) -> str:
    """Return what the counter of matches says."""
    return page.locator(".matchbar output").inner_text()


def current_match(page: Page) -> str | None:
    """Return the id of the match that is shown."""
    return page.locator("mark.current").get_attribute("id")


@pytest.mark.parametrize("address", VIEWS)
def test_views_have_no_barriers_and_fit_the_window(page: Page, address: str) -> None:
    page.goto(address)
    assert accessibility_faults(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("query", ["mayor", "harbour", ARABIC, "markup", "interminable"])
def test_articles_and_their_stories_have_no_barriers_and_fit_the_window(page: Page, query: str) -> None:
    open_hit(page, query)
    page.locator("details.fields-of summary").click()
    assert accessibility_faults(page) == []
    assert overflow(page) == 0
    page.goto(page.url.replace("/article/", "/story/"))
    assert accessibility_faults(page) == []
    assert overflow(page) == 0


def test_keys_step_through_the_matches_and_begin_again_after_the_last(window: Page) -> None:
    open_hit(window, "channel harbour")
    total = window.locator("mark").count()
    assert total == 3  # of headline and text
    assert counter(window) == "3 matches"
    window.keyboard.press("n")
    assert (counter(window), current_match(window)) == ("Match 1 of 3", "match-1")
    window.keyboard.press("n")
    window.get_by_role("button", name="Next match").click()
    assert current_match(window) == "match-3"
    window.keyboard.press("n")
    assert current_match(window) == "match-1"
    window.keyboard.press("p")
    assert current_match(window) == "match-3"


def test_matches_begin_in_the_paragraph_that_the_address_names(window: Page) -> None:
    window.goto("/context?q=oranges+OR+harbour&sort=oldest")
    with opening(window):
        window.locator("a.kwic-line", has_text="oranges").first.click()
    assert window.url.endswith("#p2")
    window.keyboard.press("n")
    assert window.locator("mark.current").inner_text() == "oranges"


def test_keys_lead_to_the_next_article_the_previous_one_and_back_to_the_results(window: Page) -> None:
    open_hit(window, "mayor", 0)
    assert window.locator(".place-in-results").inner_text() == "Article 1 of 30"
    first = window.url
    with opening(window):
        window.keyboard.press("j")
    assert window.locator(".place-in-results").inner_text() == "Article 2 of 30"
    with opening(window):
        window.keyboard.press("k")
    assert window.url == first
    with opening(window):
        window.keyboard.press("u")
    assert window.url.endswith("/?q=mayor")


def test_keys_do_nothing_while_a_query_is_written(window: Page) -> None:
    open_hit(window, "mayor")
    address = window.url
    window.locator("#q").fill("")
    window.locator("#q").press_sequentially("njkpu")
    assert window.locator("#q").input_value() == "njkpu"
    assert window.url == address
    assert window.locator("mark.current").count() == 0


def test_the_dialog_of_keys_has_those_of_the_article(window: Page) -> None:
    open_hit(window, "mayor")
    window.keyboard.press("?")
    shown = window.locator("#keys").inner_text()
    assert "next match" in shown
    assert "next article" in shown
    assert "next and previous result" not in shown


def test_related_articles_come_into_view_by_themselves(page: Page) -> None:
    open_hit(page, "mayor")
    address = page.url
    page.keyboard.press("End")
    page.locator("#related .related-list li").first.wait_for()
    assert page.url == address
    assert accessibility_faults(page) == []


def test_without_a_script_all_links_of_an_article_work(still: Page) -> None:
    open_hit(still, "mayor")
    assert not still.locator(".matchbar").is_visible()
    with opening(still):
        still.get_by_role("link", name="Next article").click()
    assert still.locator(".place-in-results").inner_text() == "Article 2 of 30"
    with opening(still):
        still.locator(".par-links a").first.click()
    assert re.search("#p[12]$", still.url)
    with opening(still):
        still.get_by_role("link", name="Find related articles").click()
    assert still.locator(".related-list li").count() > 0


def test_markup_in_an_article_is_text(window: Page) -> None:
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    window.on("dialog", dismiss)
    open_hit(window, "markup")
    assert window.locator("h1").inner_text() == "<b>Bold</b> & <script>alert(1)</script>"
    assert window.locator("#p1 p").inner_text() == "Rain on <img src=x onerror=alert(2)> markup."
    window.goto("/context?q=markup")
    window.goto("/stories")
    window.goto("/about")
    assert asked == []


def test_lines_are_aligned_on_the_match(page: Page, look: Look) -> None:
    page.goto("/context?q=rain+OR+mayor&sort=oldest")
    edges = [box(one) for one in page.locator(".kwic-text b").all()[:12]]
    if look.width > 640:
        assert max(left for left, _, _ in edges) - min(left for left, _, _ in edges) < 1
    else:
        middles = [(left + right) / 2 for left, right, _ in edges]
        assert max(middles) - min(middles) < 1
        assert abs(middles[0] - look.width / 2) < 2
        line = page.locator("a.kwic-line").first
        assert box(line.locator(".kwic-meta"))[2] < box(line.locator(".kwic-text"))[2]


def test_a_line_from_right_to_left_has_the_words_before_it_on_the_right(page: Page) -> None:
    page.goto(f"/context?q={quote('بغداد')}")
    line = page.locator(".kwic-text").first
    assert box(line.locator(".left > span"))[0] >= box(line.locator("b"))[1] - 1
    assert box(line.locator(".right"))[1] <= box(line.locator("b"))[0] + 1


def test_a_link_to_a_slow_order_says_what_runs(window: Page) -> None:
    window.goto("/context?q=rain")
    window.evaluate(
        "document.addEventListener('click', event => event.preventDefault())"
    )  # as if no answer came
    window.get_by_role("link", name="by the words before").click()
    assert window.locator(".runs").inner_text() == "Reading the words around each occurrence …"


def test_two_versions_stand_side_by_side_or_one_below_the_other(page: Page, look: Look) -> None:
    open_hit(page, "harbour")
    with opening(page):
        page.get_by_role("link", name="What each cut, changed and added").click()
    old, new = page.locator(".diff .headlines td").first, page.locator(".diff .headlines td").nth(1)
    if look.width > 640:
        assert box(old)[2] == box(new)[2]
        assert box(old)[1] <= box(new)[0] + 1
    else:
        assert box(old)[2] < box(new)[2]
        assert box(old)[0] == box(new)[0]


def test_versions_are_chosen_by_a_form_without_a_script(still: Page) -> None:
    open_hit(still, "harbour")
    with opening(still):
        still.get_by_role("link", name="What each cut, changed and added").click()
    still.get_by_label("Compare", exact=False).first.select_option(index=2)
    still.get_by_label("with").select_option(index=0)
    with opening(still):
        still.get_by_role("button", name="Compare").click()
    assert (
        still.locator(".diff thead th").all_inner_texts()[:2] == ["THE POST", "VALLEY TIMES"]
        or still.locator(".diff thead tr").first.is_hidden()
    )
    assert "base=" in still.url
    assert "version=" in still.url


def test_a_word_leads_to_the_articles_that_have_it_near_the_query(window: Page) -> None:
    window.goto("/words?q=river&min_count=2")
    with opening(window):
        window.locator(".word-table tbody a", has_text="rose").click()
    assert window.locator("#q").input_value() == "river w/5 rose"
    assert window.locator(".hit").count() > 0


def test_queries_of_the_help_can_be_tried(window: Page) -> None:
    window.goto("/help")
    with opening(window):
        window.locator("a.try", has_text="supporting").first.click()
    assert window.locator("#q").input_value() == "supporting"


def test_an_article_is_printed_without_links_to_its_matches(page: Page) -> None:
    open_hit(page, "mayor")
    assert page.locator(".matches-of").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".matches-of").is_visible()
    assert page.locator(
        ".about-article .citation, .about-article .cite-text, .about-article section"
    ).last.is_visible()
