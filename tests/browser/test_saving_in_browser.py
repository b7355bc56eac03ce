"""Searches are saved and removed in a browser, with a script and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import accessibility_faults, opening, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def fill_in(page: Page, name: str, title: str = "") -> None:
    """Fill in the form that saves the search of a page of results."""
    page.locator("summary", has_text="Save").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Title", exact=True).fill(title)


def save(page: Page, name: str, title: str = "") -> None:
    """Save the search of a page of results."""
    fill_in(page, name, title)
    with opening(page):
        page.get_by_role("button", name="Save").click()


def remove(page: Page, name: str) -> None:
    """Remove a saved search."""
    page.goto("/searches")
    with opening(page):
        page.locator(f"#{name}").get_by_role("link", name="Remove").click()
    with opening(page):
        page.get_by_role("button", name="Remove").click()


def save_change_and_remove(reader: Page) -> None:
    """Do with a search all that a reader can do."""
    reader.goto("/?q=bridge&outlet=The+Post")
    save(reader, "bridges", "Bridges")
    assert reader.locator(".told").inner_text().startswith("Saved Bridges: it finds ")
    reader.goto("/?q=bridge+mayor")
    save(reader, "bridges", "Bridges & mayors")
    assert reader.locator("#save-fault").inner_text().startswith("there is a search bridges already")
    assert reader.get_by_label("Title").input_value() == "Bridges & mayors"
    assert overflow(reader) == 0
    reader.get_by_label("replace the search of this name").check()
    with opening(reader):
        reader.get_by_role("button", name="Save").click()
    with opening(reader):
        reader.locator("#bridges h2 a").click()
    assert reader.locator("#q").input_value() == "bridge mayor"
    remove(reader, "bridges")
    assert reader.locator(".told").inner_text() == "Removed bridges."


def test_a_reader_saves_changes_and_removes_a_search(page: Page) -> None:
    save_change_and_remove(page)


def test_all_of_it_works_without_a_script(still: Page) -> None:
    save_change_and_remove(still)


def test_the_form_that_is_shown_again_breaks_no_rule(page: Page) -> None:
    page.goto("/?q=rain&outlet=The+Post&all_paragraphs=true")
    save(page, "ferry", "x" * 150)
    assert "has outputs" in page.locator("#save-fault").inner_text()
    assert accessibility_faults(page) == []
    assert overflow(page) == 0


def test_a_name_that_is_none_is_not_even_sent(window: Page) -> None:
    window.goto("/?q=rain")
    fill_in(window, "Not A Name")
    window.get_by_role("button", name="Save").click()
    assert window.url.endswith("/?q=rain")
    assert window.get_by_label("Name", exact=True).evaluate("field => field.validity.patternMismatch")


def test_searches_that_take_long_to_count_are_counted_by_the_script(window: Page) -> None:
    """The first answer has not counted all; the script asks again, and puts the rest in their places."""
    asked = []

    def answer(route: Route) -> None:
        asked.append(route)
        response = route.fetch()
        text = response.text()
        if len(asked) == 1:
            link = '<p><a href="/searches" data-load="saved-list">Count the other 1</a></p></div>\n</main>'
            text = text.replace("</div>\n</main>", link, 1)
        route.fulfill(response=response, body=text)

    window.route("**/searches", answer)
    window.goto("/searches")
    window.get_by_text("Count the other").scroll_into_view_if_needed()
    window.get_by_text("Count the other").wait_for(state="detached")
    assert len(asked) == 2
