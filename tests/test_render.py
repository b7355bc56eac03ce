"""The formats of output: text for terminals of any width, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, Commit, Hit, Index, Results, Snippet
from newssearch.cli.rendering.articles import text_article
from newssearch.cli.rendering.formats import csv_results, json_text, markdown_results
from newssearch.cli.rendering.hits import snippet_lines, text_results
from newssearch.cli.rendering.layout import Style, columns, shorten, wrap
from newssearch.cli.rendering.summaries import size
from newssearch.cli.rendering.tables import Column, table_lines
from newssearch.display import escape
from newssearch.fields import HIT_COLUMNS
from newssearch.results import Explanation, TermScore
from newssearch.tabular import Cell
from support import article, index_of

LONG = "A headline that is much longer than any terminal is wide, because whoever wrote it could not find an end to it at all, at all"
WIDE = "東京で大雨、交通に大きな影響が出ていると当局が発表した" * 3


def hit(**fields: object) -> Hit:
    made = article("Rain", "It rained on Baghdad.", date="2024-07-25", outlet="example.org")
    names = (
        "id",
        "title",
        "date",
        "outlet",
        "source",
        "byline",
        "located",
        "lang",
        "section",
        "url",
        "path",
        "key",
        "member",
        "record",
        "added",
        "extra",
    )
    given: dict[str, object] = {name: getattr(made, name) for name in names}
    given |= {"paragraph": 1, "text": made.paragraphs[0].text, "score": 1.5, "paragraphs": 1, "matching": 1}
    given["snippet"] = Snippet("It rained on Baghdad.", ((13, 20),))
    return Hit(**given | fields)  # type: ignore[arg-type]


def results(*hits: Hit, **fields: object) -> Results:
    given: dict[str, object] = {
        "query": "baghdad", "interpretation": "baghdad", "total_articles": len(hits), "total_paragraphs": len(hits),
        "commit": Commit(1, dt.datetime(2024, 7, 25, 12, tzinfo=dt.timezone.utc), f"{7:064x}"),
    }  # fmt: skip
    return Results(hits=hits, **{**given, **fields})  # type: ignore[arg-type]


def text(shown: Results, width: int | None = None, color: bool = False) -> list[str]:
    return list(text_results(shown, Style(width, color), took=False))


# ---- text


def test_results_as_text() -> None:
    one = hit(paragraphs=4, matching=3)
    assert text(results(one, total_paragraphs=3)) == [
        f"Rain  2024-07-25  example.org  {one.id}#1",
        "  It rained on Baghdad.",
        "  + 2 more paragraphs of 4 in this article",
        "",
        "1 article, 3 matching paragraphs for baghdad",
    ]


def test_what_is_missing_is_said() -> None:
    one = hit(title=None, date=None, outlet=None, source=None, matching=0)
    assert text(results(one, total_paragraphs=0)) == [
        f"(no title)  no date  no outlet  {one.id}#1",
        "  It rained on Baghdad.",
        "  (only the headline matches)",
        "",
        "1 article, 0 matching paragraphs for baghdad",
    ]
    assert "  (the first paragraph)" in text(results(hit(matching=0, score=0.0)))
    assert "  (the first paragraph)" not in text(results(hit(matching=0, score=0.0), interpretation=""))


def test_a_source_is_shown_where_it_is_not_the_outlet() -> None:
    assert "example.org (Reuters)  " in text(results(hit(source="Reuters")))[0]
    assert "example.org  " in text(results(hit(source="example.org")))[0]


def test_a_page_says_which_part_of_all_it_is() -> None:
    assert text(results(hit(), total_articles=30, offset=20, limit=1))[-1].endswith(", 21 to 21 shown")


def test_the_time_is_told_only_where_it_was_asked_for() -> None:
    shown = results(hit(), took=0.012)
    assert list(text_results(shown, Style(None, False), took=True))[-1].endswith(" (12 ms)")
    assert "ms" not in text(shown)[-1]


def test_several_paragraphs_of_one_article_do_not_each_tell_of_the_others() -> None:
    assert not any(
        "more paragraph" in line for line in text(results(hit(matching=2), hit(paragraph=2, matching=2)))
    )


@pytest.mark.parametrize("width", [20, 40, 80, 140])
@pytest.mark.parametrize(
    "title",
    ["Rain", LONG, WIDE, "e\u0301" * 200, "👩🏽‍🚀" * 50, None],
    ids=["short", "long", "wide", "marks", "emoji", "none"],
)
@pytest.mark.parametrize(
    "outlet",
    ["example.org", "The Association of Very Long Newspaper Names of the World", WIDE],
    ids=["short", "long", "wide"],
)
def test_every_line_of_a_hit_fits_the_terminal(title: str | None, outlet: str, width: int) -> None:
    body = Snippet(f"{LONG} {WIDE} {'x' * 300}", ((2, 10), (130, 140)))
    shown = results(hit(title=title, outlet=outlet, source="Reuters", snippet=body))
    for line in text(shown, width)[:-1]:
        if width >= 40 or line.startswith("  "):
            assert columns(line) <= width, line


def test_a_long_title_has_lines_of_its_own_if_its_line_has_no_room() -> None:
    shown = results(hit(title=LONG, outlet="The Echo", source=None))
    assert text(shown, 80)[0].startswith("A headline that is much longer than an")
    narrow = text(shown, 40)
    last = next(number for number, line in enumerate(narrow) if line.startswith("2024-07-25  The Echo  "))
    assert " ".join(narrow[:last]) == LONG
    assert re.search(r"  [a-z2-7]{12}#1$", narrow[last])
    assert text(results(hit(title="Rain")), 60)[0].startswith("Rain  2024-07-25  example.org  ")


@pytest.mark.parametrize("title", ["Rain", LONG, WIDE])
def test_the_id_is_shown_whole_or_its_end_which_is_enough(title: str) -> None:
    one = hit(title=title)
    assert text(results(one), None)[0].endswith(f"  {one.id}#1")
    assert text(results(one), 80)[0].endswith(f"{one.id.rpartition('-')[2]}#1")
    for width in (80, 140):
        assert re.search(r"  (\S*-)?[a-z2-7]{12}#1$", text(results(one), width)[0])


def test_the_last_line_fits_the_terminal_too() -> None:
    shown = results(hit(), interpretation=f"({' AND '.join(['word'] * 60)})")
    assert all(columns(line) <= 80 for line in text(shown, 80))


def test_without_a_width_a_hit_takes_two_lines_however_long() -> None:
    assert text(results(hit(title=LONG, snippet=Snippet("x " * 999))))[1] == f"  {'x ' * 999}"


def test_colours_only_where_they_are_wanted() -> None:
    assert "\x1b" not in "".join(text(results(hit()), 80))
    assert text(results(hit()), 80, color=True)[1] == "  It rained on \x1b[1mBaghdad\x1b[22m."


def test_colours_take_no_room() -> None:
    body = Snippet(LONG, ((2, 10), (70, 90)))
    bare = text(results(hit(title=LONG, snippet=body)), 80)
    assert [
        re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text(results(hit(title=LONG, snippet=body)), 80, True)
    ] == bare


def test_a_highlight_over_a_line_break_is_marked_on_both_lines() -> None:
    lines = snippet_lines(Snippet("aaaa bbbb cccc dddd eeee", ((5, 19),)), Style(20, True))
    assert lines == ["  aaaa \x1b[1mbbbb cccc\x1b[22m", "  \x1b[1mdddd\x1b[22m eeee"]


def test_a_table_on_a_narrow_terminal_shortens_the_widest_text_but_no_id_and_no_number() -> None:
    table = [Column("id", whole=True), Column("articles"), Column("title"), Column("outlet")]
    rows: list[list[Cell]] = [
        ["abcdefghijkl", 1234, "A very long headline of an article", "The Echo of the North"]
    ]
    for width in (60, 50, 44):
        _, line = table_lines("text", table, rows, Style(width, color=False))
        assert columns(line) <= width
        assert line.startswith("abcdefghijkl     1,234  A very")
        assert "…" in line
    assert list(table_lines("text", table, rows, Style(None, color=False)))[1].endswith(
        "article  The Echo of the North"
    )


def test_nothing_from_an_article_is_a_command_to_the_terminal() -> None:
    bad = "\x1b]0;owned\x07\x1b[2J\r\n\x9b31m"
    fields = dict.fromkeys(("title", "outlet", "source"), bad)
    shown = "".join(text(results(hit(**fields, snippet=Snippet(bad)), interpretation=bad)))
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", shown)


def test_an_article_as_text(tmp_path: Path) -> None:
    made = Article.create(
        title="Rain\x1b", text="It rained.", date="7-5-2024", outlet="example.org", path="a.txt"
    )
    shown = {1: Snippet("It rained.", ((3, 9),))}
    assert list(text_article(made, shown, Style(None, False))) == [
        "Rain�",
        f"       id  {made.id}",
        "     date  2024-07-05  [stated, ambiguous, read month first]",
        "   outlet  example.org",
        "   source  example.org  [inferred from outlet]",
        "   byline  missing",
        " dateline  missing",
        "  located  missing",
        "     lang  missing",
        "  section  missing",
        "      url  missing",
        "      key  missing",
        "     path  a.txt (record 1)",
        "",
        "   1  It rained.",
    ]


def test_paragraphs_of_an_article_are_wrapped_beside_their_numbers() -> None:
    made = article("Rain", LONG)
    lines = list(text_article(made, {1: Snippet(LONG)}, Style(40, False)))
    body = lines[lines.index("") + 1 :]
    assert body[0].startswith("   1  A headline")
    assert all(line.startswith("      ") for line in body[1:])
    assert all(columns(line) <= 40 for line in body)
    assert " ".join(line.strip() for line in body).removeprefix("1  ") == LONG


# ---- columns and lines

WORDS = st.text(
    st.sampled_from("ab 東\u0301🙂ก") | st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
    max_size=80,
)


@given(WORDS, st.integers(2, 40))
def test_wrapping_loses_no_character_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width)
    end = 0
    for low, high in lines:
        assert end <= low <= high <= len(text)
        assert text[end:low].strip(" ") == ""
        assert columns(text[low:high]) <= width
        end = high
    assert text[end:].strip(" ") == ""


@given(WORDS, st.integers(2, 40))
def test_a_line_is_broken_within_a_word_only_where_the_word_is_too_wide(text: str, width: int) -> None:
    for low, high in wrap(text, width)[:-1]:
        if text[high] != " ":
            assert (
                columns(text[low:high].rpartition(" ")[2] + text[high]) > width
                or " " not in text[low:high].strip()
            )


@given(WORDS, st.integers(0, 40))
def test_shortening_keeps_the_beginning_within_the_width(text: str, width: int) -> None:
    short = shorten(text, width)
    assert columns(short) <= width
    assert short == text or text.startswith(short[:-1].rstrip() if short else "")
    assert short != text or columns(text) <= width


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert columns("東京") == 4
    assert columns("e\u0301") == 1
    assert wrap("東京都", 4) == [(0, 2), (2, 3)]
    assert wrap("東京都", 5) == [(0, 2), (2, 3)]


# ---- CSV


def rows(shown: Results) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_results(shown), newline="")))


def test_csv_has_one_hit_a_row() -> None:
    one = hit(title='Rain, "hail"', snippet=Snippet("rained\non", cut_before=True))
    (row,) = rows(results(one))
    assert list(row) == list(HIT_COLUMNS)
    assert row["title"] == 'Rain, "hail"'
    assert row["snippet"] == "… rained on"
    assert (row["paragraph"], row["score"], row["date"], row["byline"]) == ("1", "1.5", "2024-07-25", "")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\u202e=1", "\x00=1"],
)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    fields = dict.fromkeys(
        ("title", "outlet", "source", "byline", "located", "lang", "section", "url", "path"), text
    )
    (row,) = rows(results(hit(**fields, text=text, snippet=Snippet(text))))
    for name in (*fields, "text", "snippet"):
        assert not re.match(r"[\s\x00]*[=+@＝＋＠-]", row[name]), name


@given(st.text())
def test_a_cell_of_csv_keeps_its_words(text: str) -> None:
    (row,) = rows(results(hit(title=f"x{text}")))
    assert row["title"].split() == f"x{text}".translate(_AS_SHOWN).split()


_AS_SHOWN = {
    **dict.fromkeys((*range(32), *range(127, 160)), "�"),
    **dict.fromkeys((9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029), " "),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),
}


# ---- Markdown


def markdown(shown: Results) -> str:
    return "\n".join(markdown_results(shown))


def test_results_as_markdown() -> None:
    one = hit(source="Reuters", url="https://example.org/a b?c=<d>")
    assert markdown(results(one)).split("\n") == [
        "### [Rain](<https://example.org/a%20b?c=%3Cd%3E>)",
        "",
        f"2024-07-25 · example.org · Reuters · `{one.id}#1`",
        "",
        "> It rained on **Baghdad**.",
        "",
        "1 article, 1 matching paragraph for baghdad",
    ]


def test_markdown_of_an_article_is_no_markup() -> None:
    bad = "[x](y) <img src=x onerror=alert(1)>\n# head\n| cell | `code`"
    shown = markdown(
        results(hit(title=bad, outlet=bad, source=bad, snippet=Snippet(bad)), interpretation=bad)
    )
    shown = shown.replace(escape.markdown_code(bad), "")  # the query, in which nothing is escaped
    assert not re.search(r"(?<!\\)<img", shown)
    assert not re.search(r"(?<!\\)\[x", shown)
    assert not re.search(r"^# head", shown, re.MULTILINE)
    assert not re.search(r"(?<!\\)`code", shown)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", " javascript:x"]
)
def test_a_link_goes_to_the_web_or_there_is_none(url: str) -> None:
    assert "](" not in markdown(results(hit(url=url)))


@pytest.mark.parametrize(
    "url", ["https://e.org/\\", "https://e.org/>)[x](<javascript:x", "https://e.org/\n\n# x"]
)
def test_an_address_cannot_end_its_link(url: str) -> None:
    (line,) = [line for line in markdown(results(hit(url=url))).split("\n") if line.startswith("###")]
    assert re.fullmatch(r"### \[Rain\]\(<[^<>]*[^<>\\]>\)", line)


def test_facets_in_text_and_markdown(tmp_path: Path) -> None:
    index = index_of(tmp_path / "i", article("A", "Rain.", outlet="a|b"), article("B", "Rain."))
    shown = index.search("rain", facets="outlet", limit=0)
    assert text(shown) == [
        "outlet  (articles)", "         1  a|b", "         1  (none)", "", "2 articles, 2 matching paragraphs for rain",
    ]  # fmt: skip
    assert markdown(shown).split("\n")[:4] == [
        "| outlet | articles |", "| --- | ---: |", "| a\\|b | 1 |", "| (none) | 1 |",
    ]  # fmt: skip


# ---- JSON


def test_json_is_to_dict_and_readable_in_any_script(tmp_path: Path) -> None:
    index: Index = index_of(
        tmp_path / "i", article("東京", "大雨 \u2028 \x1b <b>", date="2024-07-25T10:00:00+09:00")
    )
    shown = index.search("大雨", facets=["outlet", "year"])
    printed = json_text(shown.to_dict())
    assert json.loads(printed) == shown.to_dict()
    assert "東京" in printed
    assert "\x1b" not in printed
    assert "\n" not in json_text(shown[0].to_dict(), indent=None)


def test_numbers_of_bytes_for_people() -> None:
    assert [size(n) for n in (0, 999, 1000, 999_949, 10**9, 10**12, 10**15)] == [
        "0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 GB", "1.0 TB", "1000.0 TB",
    ]  # fmt: skip


def test_a_paragraph_number_is_not_part_of_its_text() -> None:
    one = hit(paragraph=0, text="", snippet=Snippet(""), paragraphs=0, matching=0)
    assert text(results(one, total_paragraphs=0))[0].endswith("#0")


# ---- the second part, and the corrected query


def two_parts() -> Results:
    lacking = hit(title="Storm", missing=("iraq", "a" * 30), matching=2)
    return results(
        hit(), total_stories=1, grouped=True, more=(lacking,), more_articles=12, more_stories=11, limit=2
    )  # fmt: skip


@pytest.mark.parametrize("width", [None, 60, 120])
@pytest.mark.parametrize("color", [True, False])
def test_the_second_part_is_marked_and_says_what_is_missing(width: int | None, color: bool) -> None:
    lines = text(two_parts(), width, color)
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert color == (plain != lines)
    shown = " ".join(line.strip() for line in plain)
    assert shown.index("Rain") < shown.index(
        "12 more articles (11 stories) with some of the words, 1 to 1 shown"
    )
    assert f"without: iraq, {'a' * 30}" in shown.replace("a a", "aa")
    assert "+ 1 more paragraph of 1 in this article" in shown
    assert plain[-1].endswith("baghdad")
    assert width is None or all(columns(line) <= width for line in plain)


def test_the_results_of_the_corrected_query_are_shown_in_its_place() -> None:
    corrected = results(hit(), query="baghdad")
    shown = results(query="bagdad", interpretation="bagdad", corrected=corrected, more=(hit(title="Other"),))
    lines = text(shown)
    assert lines[0] == "Showing results for baghdad; search instead for bagdad with --strict"
    assert lines[-2:] == [
        "0 articles, 0 matching paragraphs for bagdad",
        "1 article, 1 matching paragraph for baghdad",
    ]
    assert any("Rain" in line for line in lines)
    assert not any("Other" in line for line in lines)
    assert "**Results for baghdad, because no article matches bagdad.**" in list(markdown_results(shown))
    assert "Results for" in shown._repr_html_()


def test_both_parts_are_in_each_format_that_is_asked_for_them() -> None:
    shown = two_parts()
    page = "\n".join(markdown_results(shown))
    assert (
        page.index("### Rain")
        < page.index("**12 more articles")
        < page.index("### Storm")
        < page.index("without: iraq")
    )
    assert page.endswith("1 article, 1 matching paragraph for baghdad")
    assert markdown(results(hit(), total_articles=7)).endswith(" for baghdad, 1 to 1 shown")
    assert "without" in shown._repr_html_()
    assert "12 more articles" in shown._repr_html_()
    assert [row["title"] for row in csv.DictReader(io.StringIO(csv_results(shown)))] == ["Rain"]
    rows = list(csv.DictReader(io.StringIO(csv_results(shown, more=True))))
    assert [(row["title"], row["missing"]) for row in rows] == [("Rain", ""), ("Storm", f"iraq; {'a' * 30}")]
    value = json.loads(json_text(shown.to_dict()))
    assert [one["title"] for one in value["hits"]] == ["Rain"]
    assert [one["title"] for one in value["more"]] == ["Storm"]
    assert (value["more_articles"], value["more_stories"]) == (12, 11)


def test_each_format_that_is_asked_to_explain_says_how_scores_came_about() -> None:
    explanation = Explanation((TermScore("baghdad", 1.0, 0.25), TermScore("iraq", 0.25, 0.0)))
    shown = results(hit(explanation=explanation), more=(hit(explanation=explanation, missing=("rain",)),))
    why = "baghdad 1.000 + 0.250, iraq 0.250 + 0.000"
    assert "\n".join(text(shown)).count(f"  score 1.500 (article + paragraph): {why}") == 2
    assert markdown(shown).count(f"\nscore 1.500 (article + paragraph): {why}\n") == 2
    (row,) = csv.DictReader(io.StringIO(csv_results(shown, explained=True)))
    assert row["explanation"] == why
    value = shown.to_dict()
    assert all(one["explanation"] == explanation.to_dict() for one in (*value["hits"], *value["more"]))  # type: ignore[misc]
    assert "explanation" not in csv_results(shown)
    assert "score" not in markdown(results(hit()))
