"""Articles are tagged and noted on in a browser, with keys, with a script and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import accessibility_faults, opening, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page


def tag_and_note(reader: Page) -> None:
    """Tag an article, write a note, change it, and remove both."""
    reader.goto("/?q=ferry")
    with opening(reader):
        reader.locator(".hit h2 a").first.click()
    reader.get_by_label("Tags to add, with commas between them").fill("checked, chapter 3")
    with opening(reader):
        reader.get_by_role("button", name="Add").click()
    section = reader.locator(".tags-of")
    assert section.get_by_role("link", name="chapter 3").is_visible()
    section.get_by_text("Write a note").click()
    section.get_by_label("A new note").fill("Second source?\nAsk.")
    section.get_by_label("Your name").fill("Ada")
    with opening(reader):
        section.locator(".new-note button").click()
    section.locator(".note summary").click()
    section.get_by_label("The note", exact=True).fill("Asked: it is true.")
    with opening(reader):
        section.locator(".note button").click()
    assert section.get_by_text("Asked: it is true.").first.is_visible()
    assert overflow(reader) == 0
    with opening(reader):
        section.get_by_role("link", name="checked").click()
    assert reader.get_by_role("heading", level=1).inner_text() == "1 article"
    assert reader.locator(".said").inner_text().split("\n")[-1] == "1 note"
    with opening(reader):
        reader.locator(".said .quiet").click()
    for tag in ("checked", "chapter 3"):
        with opening(reader):
            section.get_by_role("button", name=f"Remove the tag {tag}").click()
        assert section.get_by_role("link", name=tag).count() == 0
    section.locator(".note summary").click()
    section.get_by_label("The note", exact=True).fill("")
    with opening(reader):
        section.locator(".note button").click()
    assert section.locator(".note").count() == 0


def test_a_reader_tags_an_article_and_writes_a_note(page: Page) -> None:
    tag_and_note(page)


def test_tags_and_notes_work_without_a_script(still: Page) -> None:
    tag_and_note(still)


def test_hits_are_ticked_and_tagged_with_keys(window: Page) -> None:
    window.goto("/?q=voters&sort=oldest")
    for key in "jxjjx":
        window.keyboard.press(key)
    window.keyboard.press("t")
    window.keyboard.type("by-key")
    with opening(window):
        window.keyboard.press("Enter")
    assert [one.inner_text().split("\n")[-1] for one in window.locator(".said").all()] == ["by-key"] * 2
    with opening(window):
        window.get_by_role("link", name="by-key").first.click()
    assert window.get_by_role("heading", level=1).inner_text() == "2 articles"


def test_hits_are_ticked_and_tagged_without_a_script(still: Page) -> None:
    still.goto("/?q=voters&sort=newest")
    assert not still.locator(".pick").first.is_visible(), "boxes are there while the form is open"
    still.locator("summary", has_text="Tag").click()
    for number in (0, 2):
        still.locator(".pick").nth(number).check()
    assert overflow(still) == 0
    still.get_by_label("Tags", exact=True).fill("by hand")
    with opening(still):
        still.get_by_role("button", name="Add to the ticked").click()
    assert still.locator(".said", has_text="by hand").count() == 2
    still.goto("/tags")
    assert "by hand" in still.locator(".values").inner_text()
    still.goto("/?tag=by+hand")
    still.locator("summary", has_text="Tag").click()
    for number in (0, 1):
        still.locator(".pick").nth(number).check()
    still.get_by_label("Tags", exact=True).fill("BY HAND")
    with opening(still):
        still.get_by_role("button", name="Remove from them").click()
    assert still.get_by_role("heading", level=1).inner_text() == "Nothing found"


def test_open_forms_of_tags_break_no_rule(page: Page) -> None:
    page.goto("/?q=harbour")
    page.locator("summary", has_text="Tag").click()
    page.locator(".pick").first.check()
    page.get_by_label("Tags", exact=True).fill("a, " + "w" * 60)
    with opening(page):
        page.get_by_role("button", name="Add to the ticked").click()
    page.locator("summary", has_text="Tag").click()
    assert accessibility_faults(page) == []
    assert overflow(page) == 0
    with opening(page):
        page.locator(".hit:has(.said) h2 a").first.click()
    page.get_by_text("Write a note").click()
    page.get_by_label("A new note").fill("x" * 200)
    with opening(page):
        page.locator(".new-note button").click()
    for summary in page.locator(".tags-of summary").all():
        summary.click()
    assert accessibility_faults(page) == []
    assert overflow(page) == 0
    page.goto("/tags")
    assert accessibility_faults(page) == []
    assert overflow(page) == 0
