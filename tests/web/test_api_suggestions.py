"""Completion of what is under the cursor of a search box."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, Index
from newssearch.web import create_app
from newssearch.web.api.suggestions import MAX_COMPLETED, Completer, place_in
from newssearch.web.archive import Archive
from newssearch.web.pool import SearchLimits
from newssearch.web.server.preparing import keep_prepared
from newssearch.web.settings import ServerSettings
from support import article, index_of

from .checked import CheckedClient

ARTICLES = (
    article(
        "Flood in Iraq", "The river rose. Iraqi people fled, or not.", outlet="Fox News", byline="José Ortega"
    ),
    article("Storm", "Iran and Iraq were hit. NOT much was left.", outlet="Fox Business", located="New York"),
    article("Sun", "It was hot in the outback.", outlet="The Washington Times", url="s", date="2024-07-26"),
    Article.create(title="Sea", text="Cold water.", outlet="Fox News", url="sea", date="2024-07-25", extra={"theme": "Élan vital"}),
    Article.create(title="Ice", text="Cold water.", outlet='The "New" Post', url="ice", date="2024-06", extra={"pages": 12}),
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("archive")
    with index_of(folder / "index", *ARTICLES) as opened:
        yield opened


@pytest.fixture(scope="module")
def suggesting(index: Index) -> Iterator[CheckedClient]:
    with serving(index) as client:
        yield client


def serving(index: Index) -> CheckedClient:
    return CheckedClient(create_app(index.folder))


def suggested(client: CheckedClient, marked: str) -> list[str]:
    """Return the query with each completion of the word at the cursor, which ``|`` marks, put in."""
    at = marked.index("|")
    text = marked.replace("|", "")
    answer = client.get("/api/suggest", params={"q": text, "at": at}).json()
    return [text[: answer["start"]] + one["text"] + text[answer["end"] :] for one in answer["suggestions"]]


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("outl|", ["outlet:"]),
        ("out|", ["outlet:", "outback"]),
        ("storm ira|", ["storm Iraq", "storm Iran", "storm Iraqi"]),
        ("-(ira|", ["-(Iraq", "-(Iran", "-(Iraqi"]),
        ("ira|qi flood", ["Iraq flood", "Iran flood", "Iraqi flood"]),
        ('"in ira|', ['"in Iraq', '"in Iran', '"in Iraqi']),
        ('"in out|"', ['"in outback"']),
        ("title:ira|", ["title:Iraq"]),
        ("outlet:Fo|", ['outlet:"Fox News"', 'outlet:"Fox Business"']),
        ("outlet:times|", ['outlet:"The Washington Times"']),
        ('outlet:"washington ti|', ['outlet:"The Washington Times"']),
        ('outlet:"Fox B|ox" ira', ['outlet:"Fox Business" ira']),
        ('outlet:"Fox B| ira "storm"', ['outlet:"Fox Business" ira "storm"']),
        ('outlet:"new|', ['outlet:"Fox News"', 'outlet:"The \\"New\\" Post"']),
        ("author:jose|", ['author:"José Ortega"']),
        ("byline:ort|", ['byline:"José Ortega"']),
        ("theme:elan|", ['theme:"Élan vital"']),
        ("pages:1|", ["pages:12"]),
        ("date:2024-0|", ["date:2024-07", "date:2024-06"]),
        ("fox|", ['outlet:"Fox News"', 'outlet:"Fox Business"']),
        ("colour:re|", []),
        ("AND|", []),
        ("w/5|", []),
        ("ira*|", []),
        ("ira~|", []),
        ("/ira|", []),
        ("xyz|", []),
        ("iraq |", []),
    ],
)
def test_what_is_under_the_cursor_is_completed(
    suggesting: CheckedClient, typed: str, completed: list[str]
) -> None:
    assert suggested(suggesting, typed) == completed


def test_a_word_that_is_written_like_an_operator_stays_a_word(suggesting: CheckedClient) -> None:
    assert suggested(suggesting, "no|") == ["not"]


def test_without_a_cursor_the_end_is_completed(suggesting: CheckedClient) -> None:
    answer = suggesting.get("/api/suggest", params={"q": "flood ira"}).json()
    assert (answer["start"], answer["end"]) == (6, 9)


def test_a_new_commit_brings_new_words(tmp_path: Path) -> None:
    with index_of(tmp_path / "index", ARTICLES[0]) as index, serving(index) as client:
        assert suggested(client, "outlet:the|") == []
        index.add(article("Hail", "Hailstones.", outlet="The Echo"))
        assert suggested(client, "outlet:the|") == ['outlet:"The Echo"']
        assert suggested(client, "hails|") == ["Hailstones"]


PIECES = st.sampled_from(
    ["ira", "outlet:", "fox", '"', "\\", " ", "(", ")", "-", "AND ", "date:2", "theme:", "É", "“", "\u200f", "😀", "title:", "/", "*", "no", "author:", "pages:", "😀:", "l’"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=12), st.integers(0, 30))
@settings(max_examples=60)
@example("x" * 5_000, 5_000)
@example('"' + "x y " * 2_000, 8_000)
@example("outlet:" + "x" * MAX_COMPLETED + "y", 10_000)
def test_any_text_has_completions_that_find_what_they_say(
    index: Index, suggesting: CheckedClient, text: str, at: int
) -> None:
    answer = suggesting.get("/api/suggest", params={"q": text, "at": at})
    assert answer.status_code == 200
    place: Any = answer.json()
    assert 0 <= place["start"] <= min(at, len(text)) <= place["end"] <= len(text)
    for one in place["suggestions"]:
        if one["kind"] != "field":
            assert index.count(one["text"]) == one["articles"] > 0


@given(st.text('ab:"\\ (-\u201d', max_size=12), st.integers(0, 12))
def test_what_was_typed_ends_at_the_cursor(text: str, at: int) -> None:
    place = place_in(text, at)
    assert text[: min(at, len(text))].endswith(place.typed)


def test_contents_and_words(suggesting: CheckedClient, index: Index) -> None:
    contents = suggesting.get("/api/info").json()
    assert contents == {**index.info().to_dict(), "folder": None}
    assert suggesting.get("/api/commit").json() == index.commit.to_dict()
    words = suggesting.get("/api/words", params={"prefix": "ira", "limit": 2}).json()
    assert words == {"words": [word.to_dict() for word in index.words("ira", 2)]}
    kinds = {field["name"]: (field["kind"], field["own"]) for field in suggesting.get("/api/fields").json()["fields"]}  # fmt: skip
    assert kinds["outlet"] == ("outlet", False)
    assert kinds["theme"] == ("value", True)


def test_the_last_run_is_that_of_a_run_that_brought_nothing(tmp_path: Path) -> None:
    with index_of(tmp_path / "index", ARTICLES[0]) as index, serving(index) as client:
        first = client.get("/api/info").json()
        index.add(ARTICLES[0])
        again = client.get("/api/info")
        assert again.json()["commit"] == first["commit"]
        assert again.json()["last_run"] > first["last_run"]
        assert again.headers["cache-control"] == "no-store"


def test_an_article_is_found_by_its_key(tmp_path: Path) -> None:
    keyed = Article.create(title="Hail", text="Hailstones.", key="AN/17 b")
    with index_of(tmp_path / "index", keyed) as index, serving(index) as client:
        found = client.get("/api/article", params={"key": "AN/17 b"})
        assert found.json()["id"] == keyed.id
        assert client.get("/api/article", params={"key": "AN/18"}).status_code == 404
        assert client.get("/api/article").json()["parameter"] == "key"
        assert newssearch.open(index.folder).article(key="AN/17 b").id == keyed.id


# ---- in advance


def labels(completer: Completer, archive: Archive, text: str) -> list[str]:
    """Return the completions of a text, with nothing counted that is not prepared."""

    def nothing() -> Any:
        raise AssertionError("the contents are counted")

    limits = SearchLimits(math.inf, lambda: False)
    found = completer.suggestions(archive.opened(), nothing, text, len(text), limits)
    return [one.label for one in found.suggestions]


def test_completions_are_prepared_before_they_are_asked_for_and_after_each_commit(tmp_path: Path) -> None:
    with index_of(tmp_path / "index", *ARTICLES[:2]) as index:
        archive, completer = Archive(ServerSettings(index=index.folder)), Completer()
        seen: list[list[str]] = []

        def ends(seconds: float) -> bool:
            seen.append([*labels(completer, archive, "outlet:"), *labels(completer, archive, "h")])
            if len(seen) == 2:
                index.add(ARTICLES[2])
            return len(seen) == 3

        keep_prepared(archive, completer, ends)
        assert seen == [["Fox Business", "Fox News", "hit"]] * 2 + [
            ["Fox Business", "Fox News", "The Washington Times", "hit", "hot"]
        ]
        archive.close()


def test_single_letters_are_completed_in_advance(tmp_path: Path) -> None:
    with index_of(tmp_path / "index", *ARTICLES) as index:
        completer, stopped = Completer(), SearchLimits(0.0, lambda: False)
        completer.prepare(index, index.info)
        found = completer.suggestions(index, index.info, "w", 1, stopped)  # a search would be stopped at once
        assert {one.label for one in found.suggestions} == {"was", "washington", "water", "were"} - {
            "washington"
        }
        with pytest.raises(newssearch.SearchStoppedError):
            completer.suggestions(index, index.info, "wa", 2, stopped)


def test_where_there_is_no_index_yet_one_that_comes_is_prepared(tmp_path: Path) -> None:
    archive, completer = Archive(ServerSettings(index=tmp_path / "index")), Completer()
    looks: list[float] = []

    def ends(seconds: float) -> bool:
        looks.append(seconds)
        if len(looks) == 1:
            index_of(tmp_path / "index", *ARTICLES).close()
        return len(looks) == 2

    keep_prepared(archive, completer, ends)
    assert "Fox News" in labels(completer, archive, "outlet:")
    archive.close()
