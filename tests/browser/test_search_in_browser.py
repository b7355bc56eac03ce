"""The page of a search in a browser: what a reader does with the mouse, the keys and the fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import accessibility_faults, opening, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Route

PAGES = {
    "start": "/",
    "hits": "/?q=rain",
    "filtered": "/?q=rain&outlet=The+Post&section_not=World&since=2024&sort=newest&share=1",
    "facet": "/?q=rain&facet=outlet&find=post&unit=year&limit=2",
    "corrected": "/?q=rian&unit=year&limit=2",
    "nothing": "/?q=voters+umbrella&strict=true",
    "error": "/?q=rain+colour:red",
    "arabic": "/?q=%D8%A8%D8%BA%D8%AF%D8%A7%D8%AF",
    "long": "/?q=" + "+OR+".join(f"rain{number}" for number in range(80)) + "+OR+rain&unit=year&limit=2",
    "past-the-end": "/?q=rain&page=9&unit=year",
    "more": "/?q=rain+umbrella+bridge",
    "words-without-end": "/?q=interminable",
    "period": "/?q=rain&since=2024&until=2023",
    "compare": "/compare?q=rain&q=voters&q=colour:red",
    "compare-empty": "/compare",
    "saved": "/searches?saved=ferry",
    "remove-saved": "/searches/long/remove",
    "remove-ferry": "/searches/ferry/remove",
}


def parameters(page: Page) -> dict[str, list[str]]:
    """Return the parameters of the address of a page."""
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_breaks_a_rule_of_accessibility_or_is_too_wide(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    assert accessibility_faults(page) == []
    assert overflow(page) == 0


def test_opened_menus_break_no_rule(page: Page) -> None:
    page.goto("/?q=rain&share=1")
    for summary in page.locator("summary").all():
        if summary.locator("xpath=..").get_attribute("open") is None:
            summary.click()
    assert accessibility_faults(page) == []
    assert overflow(page) == 0


def test_a_query_is_sent_without_empty_parameters(window: Page) -> None:
    window.goto("/?q=rain&outlet=The+Post")
    window.locator("#q").fill("bridge")
    with opening(window):
        window.keyboard.press("Enter")
    assert parameters(window) == {"q": ["bridge"], "outlet": ["The Post"]}


def test_the_page_works_without_a_script(still: Page) -> None:
    still.goto("/")
    still.locator("#q").fill("rain")
    with opening(still):
        still.get_by_role("button", name="Search").click()
    assert still.get_by_role("heading", level=1).inner_text() == "34 articles"
    with opening(still):
        still.locator("#facet-outlet .value", has_text="The Post").click()
    assert parameters(still) == {"q": ["rain"], "outlet": ["The Post"]}
    with opening(still):
        still.get_by_role("link", name="Remove the filter outlet: The Post").click()
    assert parameters(still) == {"q": ["rain"]}
    still.locator(".menu", has_text="Options").locator("summary").click()
    still.get_by_label("One hit for").select_option("each copy")
    with opening(still):
        still.get_by_role("button", name="Apply").click()
    assert parameters(still) == {"q": ["rain"], "group": ["false"]}
    still.locator(".as-table summary").click()
    still.get_by_label("from").fill("2023-02")
    with opening(still):
        still.get_by_role("button", name="Set").click()
    assert parameters(still) == {"q": ["rain"], "group": ["false"], "since": ["2023-02"]}
    with opening(still):
        still.get_by_role("link", name="Next").click()
    assert parameters(still)["page"] == ["2"]


def test_keys_go_through_the_hits(window: Page) -> None:
    window.goto("/?q=rain")
    titles = window.locator(".hit h2").all_inner_texts()
    window.keyboard.press("j")
    window.keyboard.press("j")
    assert window.locator(".hit.current h2").inner_text() == titles[1]
    window.keyboard.press("k")
    assert window.locator(".hit.current h2").inner_text() == titles[0]
    with opening(window):
        window.keyboard.press("Enter")
    assert "/article/" in window.url


def test_after_the_last_hit_comes_the_next_page(window: Page) -> None:
    window.goto("/?q=rain")
    for _ in range(10):
        window.keyboard.press("j")
    with opening(window):
        window.keyboard.press("j")
    assert parameters(window)["page"] == ["2"]


def test_a_slash_goes_to_the_query_and_a_question_mark_lists_the_keys(page: Page) -> None:
    page.goto("/?q=rain")
    page.keyboard.press("/")
    page.keyboard.type("flood?")
    assert page.locator("#q").input_value() == "flood?"
    page.keyboard.press("Escape")  # closes the completions, if there are any
    page.keyboard.press("Escape")
    assert page.locator("#q").input_value() == "flood?"
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_a_period_is_drawn_in_the_chart(page: Page) -> None:
    page.goto("/?q=rain&unit=month")
    bars = page.locator(".plot a[data-since]")
    first, last = bars.nth(3), bars.nth(7)
    wanted = first.get_attribute("data-since"), last.get_attribute("data-until")
    start, end = first.locator(".hot").bounding_box(), last.locator(".hot").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 2, start["y"] + 40)
    page.mouse.down()
    page.mouse.move(end["x"] - 8, end["y"] + 50, steps=4)
    page.mouse.move(end["x"] + 2, end["y"] + 50, steps=2)
    with opening(page):
        page.mouse.up()
    found = parameters(page)
    assert (found["since"], found["until"]) == ([wanted[0]], [wanted[1]])


def test_a_bar_is_a_link(window: Page) -> None:
    window.goto("/?q=rain&unit=year")
    with opening(window):
        window.locator(".plot a[data-since='2024-01-01'] .hot").click(position={"x": 4, "y": 60})
    assert parameters(window)["since"] == ["2024-01-01"]
    assert all(re.match("2024", text) for text in window.locator(".hit time").all_inner_texts())


def test_completion_offers_words_by_key_and_by_mouse(page: Page) -> None:
    page.goto("/")
    query = page.get_by_role("combobox", name="Query")
    query.fill("outl")  # at once: one list is offered
    page.get_by_role("listbox").wait_for()
    assert query.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert query.get_attribute("aria-activedescendant") == "q-list-0"
    assert accessibility_faults(page) == []
    page.keyboard.press("Enter")
    assert query.input_value().startswith("outlet:")
    page.keyboard.type("Val")
    page.get_by_role(
        "option", name="Valley Times"
    ).click()  # perhaps one that was offered before the last letters
    assert query.input_value() == 'outlet:"Valley Times"'
    with opening(page):
        page.keyboard.press("Enter")
    assert set(page.locator(".hit .outlet").all_inner_texts()) == {"Valley Times"}


def test_completions_that_come_after_escape_are_not_shown(window: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    window.goto("/")
    query, offered = window.get_by_role("combobox", name="Query"), window.get_by_role("listbox")
    query.fill("outl")
    offered.wait_for()
    window.route("**/api/suggest?**", hold)
    with window.expect_request("**/api/suggest?**"):
        query.press("e")
    query.press("Escape")
    assert not offered.is_visible()
    with window.expect_response("**/api/suggest?**") as answer:
        held.pop().continue_()
    answer.value.finished()
    window.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not offered.is_visible()
    query.press("Escape")
    assert query.evaluate("field => document.activeElement !== field")


def test_a_citation_can_be_copied(window: Page) -> None:
    window.goto("/?q=rain")
    window.locator(".menu", has_text="Cite").locator("summary").click()
    window.get_by_role("button", name="Copy").click()
    window.get_by_role("button", name="Copied").wait_for()
    copied = window.evaluate("navigator.clipboard.readText()")
    assert "34 articles" in copied
    assert "/?q=rain" in copied


def test_text_of_articles_runs_in_its_own_direction(window: Page) -> None:
    window.goto(PAGES["arabic"])
    assert window.locator(".snippet").first.evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_markup_in_articles_is_shown_and_does_nothing(window: Page) -> None:
    said: list[str] = []

    def answer(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    window.on("dialog", answer)
    window.goto("/?q=markup")
    assert window.locator(".hit h2").inner_text() == "<b>Bold</b> & <script>alert(1)</script>"
    assert window.locator(".snippet").inner_text() == "Rain on <img src=x onerror=alert(2)> markup."
    assert said == []


def test_the_comparison_takes_queries_and_leads_to_hits(window: Page) -> None:
    window.goto("/compare")
    window.get_by_label("Query 1").fill("rain")
    window.get_by_label("Query 2").fill("voters")
    with opening(window):
        window.get_by_role("button", name="Compare").click()
    assert parameters(window) == {"q": ["rain", "voters"]}
    dashes = {
        one.evaluate("one => getComputedStyle(one).strokeDasharray")
        for one in window.locator("path.line").all()
    }
    assert len(dashes) == 2
    with opening(window):
        window.get_by_role("link", name="voters", exact=True).click()
    assert window.get_by_role("heading", level=1).inner_text() == "8 articles"


def test_a_page_prints_its_hits_without_controls(page: Page) -> None:
    page.goto("/?q=rain")
    page.emulate_media(media="print")
    assert page.locator(".hit").first.is_visible()
    for control in (".searchbox", ".views", ".facets", ".pages", ".order"):
        assert not page.locator(control).first.is_visible()
