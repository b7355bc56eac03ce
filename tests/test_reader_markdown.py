"""Markdown with front matter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, Rejected
from support import articles_in, read_bytes
from support import read_file as read_real_file

BODY = """The river *rose* above its [banks](https://e.org) on **Monday**.[^1]
It fell on Tuesday.

## Bridges

> Stay at home.

- The north bridge, which is the older of the two and was built long ago
- The south bridge, which nobody liked when it was opened by the council

{{< youtube abc >}}

| Bridge | Closed |
|--------|--------|
| North  | Monday |

[^1]: By the gauge.
"""
BLOCKS = [
    ("The river rose above its banks on Monday. It fell on Tuesday.", "text"), ("Bridges", "heading"), ("Stay at home.", "quote"),
    ("The north bridge, which is the older of the two and was built long ago", "list"),
    ("The south bridge, which nobody liked when it was opened by the council", "list"),
    ("Bridge | Closed; North | Monday", "list"), ("By the gauge.", "text"),
]  # fmt: skip
YAML = """---
title: "Flood in Basra"
date: 2024-07-25 08:30:00 +0300
authors:
  - Jane Doe
  - Richard Roe
lang: en
source_url: https://echo.example.org/1
category: Weather
---
"""


def one(folder: Path, text: str, name: str = "a.md", **options: object) -> Article:
    (article,) = articles_in(read_bytes(folder, name, text, **options))
    return article


def blocks(article: Article) -> list[tuple[str, str]]:
    return [(paragraph.text, paragraph.kind) for paragraph in article.paragraphs]


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_front_matter_has_the_fields_and_the_text_is_as_a_page_shows_it(tmp_path: Path, name: str) -> None:
    article = one(tmp_path, YAML + BODY, name)
    assert blocks(article) == BLOCKS
    assert article.title == "Flood in Basra"
    assert article.date == dt.datetime(2024, 7, 25, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    assert (article.byline, article.lang, article.section) == ("Jane Doe, Richard Roe", "en", "Weather")
    assert (article.url, article.outlet) == ("https://echo.example.org/1", "echo.example.org")


def test_toml_and_dates_alone(tmp_path: Path) -> None:
    article = one(tmp_path, '+++\ntitle = "Flood"\ndate = 2024-07-25\nauthor = "Jane Doe"\n+++\n' + BODY)
    assert (article.title, article.date, article.byline) == ("Flood", dt.date(2024, 7, 25), "Jane Doe")


def test_broken_front_matter_is_read_line_by_line(tmp_path: Path) -> None:
    article = one(tmp_path, "---\ntitle: Flood: two bridges closed\ndate: 2024-07-25\n---\nIt rained.\n")
    assert (article.title, article.date) == ("Flood: two bridges closed", dt.date(2024, 7, 25))


@pytest.mark.parametrize("heading", ["# Flood in Basra\n\n", "Flood in Basra\n==============\n\n"])
def test_the_first_heading_is_the_title_where_there_is_no_other(tmp_path: Path, heading: str) -> None:
    article = one(tmp_path, heading + BODY)
    assert (article.title, str(article.provenance["title"])) == (
        "Flood in Basra",
        "inferred from the first heading",
    )
    assert blocks(article) == BLOCKS
    assert blocks(one(tmp_path, YAML + heading + BODY)) == BLOCKS  # not once more in the text
    other = one(tmp_path, YAML + "# Another\n\n" + BODY)
    assert (other.title, blocks(other)[0]) == ("Flood in Basra", ("Another", "heading"))


def test_a_summary_stands_in_for_the_text(tmp_path: Path) -> None:
    article = one(tmp_path, '---\ntitle: Flood\nsummary: "The river rose."\n---\n')
    assert blocks(article) == [("The river rose.", "text")]
    assert "summary" in str(article.provenance["text"])


def test_keys_can_be_mapped(tmp_path: Path) -> None:
    article = one(tmp_path, "---\nkopf: Flut\n---\nEs regnete.\n", columns=(("title", "kopf"),))
    assert article.title == "Flut"


def test_text_that_only_looks_like_front_matter_stays_text(tmp_path: Path) -> None:
    article = one(tmp_path, "---\nThe river rose above its banks.\n---\nIt fell.\n", "a.txt")
    assert article.paragraphs[-1].text.endswith("It fell.")


@given(
    st.text(max_size=200),
    st.sampled_from(["---\n", "+++\n", "---\ntitle: x\n---\n", "> " * 30, "[" * 60, ""]),
)
def test_nothing_raises(tmp_path_factory: pytest.TempPathFactory, noise: str, before: str) -> None:
    read_bytes(
        tmp_path_factory.mktemp("any"), "a.md", (before + noise + YAML + BODY).encode("utf-8", "replace")
    )


def test_real_posts(data_dir: Path) -> None:
    for file in sorted((data_dir / "formats" / "markdown").iterdir()):
        (item,) = read_real_file(file)
        assert not isinstance(item, Rejected)
        assert item.title
        assert item.date
        assert item.paragraphs
        assert not any("{{<" in paragraph.text or "](" in paragraph.text for paragraph in item.paragraphs)
