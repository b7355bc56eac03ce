"""Alerts: what is new to a saved search, what is a copy, what waits, and what a run remembers."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import newssearch
from alerting import AlertedArchive, about, text_of, titles_of
from newssearch import AlertError, Article, Request
from newssearch.alerts.running import AlertRun
from newssearch.alerts.state import AlertState, read_alert_state
from newssearch.system.file_lock import locked_file
from support import Command, command


@pytest.fixture
def archive(tmp_path: Path) -> AlertedArchive:
    return AlertedArchive(tmp_path, about("rain", 1), about("rain", 2), about("sun", 3))


@pytest.fixture
def cli(
    archive: AlertedArchive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    monkeypatch.chdir(archive.folder)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return command(capsys, monkeypatch)


# ---- what is new


def test_an_article_is_reported_once(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:out.jsonl")
    first = archive.run()
    assert (first.first, first.new, first.matching) == (True, 0, 2)
    assert first.notes == ("first run: 2 articles match and count as seen",)
    archive.add(about("rain", 4), about("sun", 5))
    assert archive.new() == ["Rain 4"]
    (line,) = archive.lines()
    assert (line["title"], line["search"], line["run"], line["reason"]) == ("Rain 4", "rain", 1, "new")
    with newssearch.open(archive.index) as index:
        (hit,) = [hit for hit in index.search("rain") if hit.title == "Rain 4"]
    assert {key: line[key] for key in hit.to_dict()} == hit.to_dict()
    assert archive.new() == []
    archive.add(about("sun", 6))
    assert archive.new() == []
    assert archive.lines() == [line]


def test_articles_that_were_dated_before_or_not_at_all_are_new(archive: AlertedArchive) -> None:
    archive.save()
    archive.run()
    archive.add(about("rain", 4, date="1998"), about("rain", 5, date=None))
    assert sorted(archive.new()) == ["Rain 4", "Rain 5"]


def test_an_article_that_comes_to_match_is_new_and_one_that_did_before_is_not(
    archive: AlertedArchive,
) -> None:
    archive.save()
    archive.run()
    archive.replace(about("sun", 1))
    archive.replace(about("rain", 3))
    assert archive.new() == ["Rain 3"]
    archive.replace(about("rain", 1, 2))
    assert archive.new() == []


def test_an_article_with_another_headline_and_one_that_comes_back_are_not_repeated(
    archive: AlertedArchive,
) -> None:
    archive.save()
    archive.run()
    archive.remove(about("rain", 1), about("rain", 2))
    assert archive.new() == []
    renamed = Article.create(title="Downpour", text=text_of("rain", 1), url="https://e.org/1", outlet="Other")
    assert renamed.id != about("rain", 1).id
    archive.add(renamed, about("rain", 2))
    assert archive.new() == []


def test_another_index_of_the_same_articles_repeats_nothing(archive: AlertedArchive) -> None:
    archive.save()
    archive.run()
    shutil.rmtree(archive.index)
    with newssearch.create(archive.index) as index:
        index.add([about("rain", n) for n in (4, 2, 1)])
    assert archive.new() == ["Rain 4"]


def test_the_first_run_reports_what_the_search_says(archive: AlertedArchive) -> None:
    archive.add(about("rain", 4, date="2024-08-01"), about("rain", 5, date=None))
    archive.save(start="all")
    assert sorted(archive.new(dry_run=True)) == ["Rain 1", "Rain 2", "Rain 4", "Rain 5"]
    archive.save(start="2024-08", to="ndjson:out.jsonl")
    report = archive.run()
    assert titles_of(report.entries) == ["Rain 4"]
    assert report.notes == ("first run: 3 articles match, are not dated from 2024-08 on, and count as seen",)
    archive.add(about("rain", 6, date="1999"))
    assert archive.new() == ["Rain 6"]


def test_a_search_that_is_edited_repeats_nothing(archive: AlertedArchive) -> None:
    archive.save()
    archive.run()
    archive.save("rain OR sun")
    report = archive.run()
    assert titles_of(report.entries) == ["Sun 3"]
    assert report.notes == (
        "the search was changed since the last run; articles that it has reported are not reported again",
    )
    archive.save("rain")
    archive.run()
    archive.save("sun")
    assert archive.new() == []


def test_a_changed_article_is_reported_again_only_with_changes(archive: AlertedArchive) -> None:
    archive.save(changes=True, to="ndjson:out.jsonl")
    archive.run()
    archive.replace(about("rain", 1, 2))
    archive.add(about("rain", 4))
    report = archive.run()
    assert sorted((entry["title"], entry["reason"]) for entry in report.entries) == [
        ("Rain 1", "changed"),
        ("Rain 4", "new"),
    ]
    assert archive.new() == []
    archive.replace(about("rain", 1, 3))
    archive.replace(about("rain", 4, 2))
    assert sorted(archive.new()) == ["Rain 1", "Rain 4"]
    ids = [line["entry"] for line in archive.lines()]
    assert len({*ids}) == len(ids) == 4


def test_an_article_that_comes_back_as_it_was_has_not_changed(archive: AlertedArchive) -> None:
    archive.save(changes=True)
    archive.run()
    archive.remove(about("rain", 1))
    archive.run()
    archive.add(about("rain", 1))
    assert archive.new() == []
    archive.replace(about("rain", 1, 2))
    assert archive.new() == ["Rain 1"]


def test_many_articles_are_compared_as_few_are(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.alerts.finding.IDS_AT_ONCE", 2)
    monkeypatch.setattr("newssearch.alerts.finding.ARTICLES_ONE_BY_ONE", 1)
    archive.save(changes=True, request=Request(sort="oldest"))
    archive.run()
    archive.add(*(about("rain", n, date=f"2024-01-{n:02}") for n in range(10, 19)))
    archive.replace(about("rain", 1, 2))
    assert archive.new() == [*(f"Rain {n}" for n in range(10, 19)), "Rain 1"]


# ---- stories


def test_a_story_is_known_by_the_articles_of_it_that_were_seen(archive: AlertedArchive) -> None:
    first, second, third = (about("rain", n, copy_of=4) for n in (4, 5, 6))
    archive.save(to="ndjson:out.jsonl")
    archive.run()
    archive.add(first)
    assert archive.new() == ["Rain 4"]
    archive.add(second)
    assert archive.new() == []
    archive.remove(first)
    archive.add(third)
    assert archive.new() == [], "the second copy is seen, though it was not reported"
    archive.remove(second, third)
    archive.add(about("rain", 7, copy_of=4))
    assert archive.new() == ["Rain 7"], "no article that was seen says which story this is"


def test_a_copy_of_a_story_that_was_reported_is_no_news(archive: AlertedArchive) -> None:
    archive.save(to="ndjson:out.jsonl")
    archive.run()
    archive.add(about("rain", 4), about("rain", 5, copy_of=4), about("rain", 6, copy_of=1))
    report = archive.run()
    (entry,) = report.entries
    assert {entry["title"], *(f"Rain {copy['outlet'][-1]}" for copy in entry["copies"])} == {
        "Rain 4",
        "Rain 5",
    }
    assert (report.covered, report.waiting) == (2, 0)
    archive.add(about("rain", 7, copy_of=4, date="2020-01-01"))  # an earlier copy gives the story another id
    assert archive.new() == []


def test_each_copy_is_reported_when_asked(archive: AlertedArchive) -> None:
    archive.save(each_copy=True)
    archive.run()
    archive.add(about("rain", 4), about("rain", 5, copy_of=4), about("rain", 6, copy_of=1))
    assert sorted(archive.new()) == ["Rain 4", "Rain 5", "Rain 6"]


def test_a_search_for_novel_paragraphs_reports_a_copy_that_adds_one(archive: AlertedArchive) -> None:
    archive.save(request=Request(novel=True))
    archive.run()
    copied = about("rain", 4, copy_of=1, date="2024-07-26")
    longer = Article.create(
        title="Rain 5", text=[text_of("rain", 1), text_of("rain", 55)], url="https://e.org/5", outlet="Outlet 5", date="2024-07-27"
    )  # fmt: skip
    archive.add(copied, longer)
    assert archive.new() == ["Rain 5"]


def test_a_story_with_more_copies_than_a_hit_lists_is_one(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.engines.embedded.search.hits.MAX_LISTED_COPIES", 2)
    archive.save()
    archive.run()
    archive.add(*(about("rain", n, copy_of=1, date=f"2024-06-{n:02}") for n in range(10, 16)))
    assert archive.new() == []
    archive.add(*(about("rain", n, copy_of=20, date=f"2024-06-{n:02}") for n in range(20, 26)))
    report = archive.run()
    assert (report.new, report.covered) == (1, 5)


def versions_archive(folder: Path) -> AlertedArchive:
    """Return an archive that keeps each version as an article of its own."""
    (folder / "newssearch.toml").write_text('versions = "keep"\n', "utf-8")
    archive = AlertedArchive(folder)
    archive.replace(about("rain", 1))
    return archive


@pytest.mark.parametrize("each_copy", [False, True])
def test_a_kept_version_is_no_new_article(tmp_path: Path, each_copy: bool) -> None:
    archive = versions_archive(tmp_path)
    archive.save(each_copy=each_copy)
    archive.run()
    archive.replace(about("rain", 1, 2))
    with newssearch.open(archive.index) as index:
        assert len(index.find("rain")) == 2
    report = archive.run()
    assert (report.new, report.covered) == (0, 1)
    archive.save(each_copy=each_copy, changes=True)
    archive.run()
    archive.replace(about("rain", 1, 3))
    archive.replace(about("rain", 2))
    report = archive.run()
    assert sorted((entry["title"], entry["reason"]) for entry in report.entries) == [
        ("Rain 1", "changed"),
        ("Rain 2", "new"),
    ]


# ---- limits


def test_what_exceeds_the_limit_is_told_and_comes_with_the_next_runs(archive: AlertedArchive) -> None:
    archive.save(limit=2, to="ndjson:out.jsonl", request=Request(sort="newest"))
    archive.run()
    archive.add(*(about("rain", n, date=f"2024-08-{n:02}") for n in range(10, 15)))
    report = archive.run()
    assert (titles_of(report.entries), report.waiting) == (["Rain 14", "Rain 13"], 3)
    assert report.notes == ("3 more new articles wait for the next run; --rest reports all",)
    assert archive.new() == ["Rain 12", "Rain 11"]
    archive.add(about("rain", 15, date="2024-08-15"))
    assert archive.new(rest=True) == ["Rain 15", "Rain 10"]
    assert archive.new() == []
    assert len(archive.lines()) == 6


def test_a_copy_of_what_waits_is_not_lost(archive: AlertedArchive) -> None:
    archive.save(limit=1, request=Request(sort="newest"))
    archive.run()
    archive.add(about("rain", 4, date="2024-09"), about("rain", 5), about("rain", 6, copy_of=5))
    assert archive.new() == ["Rain 4"]
    report = archive.run()
    assert (report.new, report.waiting, report.covered) == (1, 0, 1)


# ---- when nothing can be new


def searches(archive: AlertedArchive, clock: dt.datetime | None = None) -> bool:
    """Run the alert, and return whether it searched; the clock shows the given time."""
    with newssearch.open(archive.index) as index:
        run = AlertRun(index, archive.folder, lambda _: None, clock=lambda: clock or dt.datetime.now())
        (search,) = newssearch.saved_searches(archive.index)
        return run.run(search.name).searched


def test_an_index_that_is_as_it_was_is_not_searched(archive: AlertedArchive) -> None:
    archive.save()
    assert searches(archive)
    assert not searches(archive)
    archive.save("rain -sun")
    assert searches(archive)
    archive.add(about("sun", 4))
    assert searches(archive)
    assert not searches(archive)


@pytest.mark.parametrize(
    ("query", "request_"), [("tag:checked", {}), ("rain -tag:todo", {}), ("rain", {"tag": "checked"})]
)
def test_an_article_that_gets_or_loses_a_tag_is_looked_for(
    archive: AlertedArchive, query: str, request_: dict[str, Any]
) -> None:
    with newssearch.open(archive.index) as index:
        index.tag(about("rain", 1).id, add="todo")
    archive.save(query, Request(**request_), start="now")
    archive.run()
    assert not searches(archive)
    with newssearch.open(archive.index) as index:
        index.tag(about("rain", 1).id, add="checked", remove="todo")
    assert archive.new() == ["Rain 1"]
    assert not searches(archive)


def test_a_relative_date_counts_from_each_run(archive: AlertedArchive) -> None:
    today = dt.datetime(2024, 7, 25, 12)
    for request, query in ((Request(until="yesterday"), "rain"), (Request(), "rain date:..yesterday")):
        archive.save(query, request, to="ndjson:out.jsonl")
        shutil.rmtree(archive.folder / "alerts", ignore_errors=True)
        (archive.folder / "out.jsonl").unlink(missing_ok=True)
        assert searches(archive, today)
        assert not searches(archive, today + dt.timedelta(hours=1))
        assert searches(archive, today + dt.timedelta(days=1))
        assert sorted(titles_of(archive.lines())) == ["Rain 1", "Rain 2"]


def test_a_name_of_an_outlet_that_the_archive_gets_is_searched_for(archive: AlertedArchive) -> None:
    archive.save("rain", Request(outlet="Echo"))
    assert searches(archive)
    assert not searches(archive)
    (archive.folder / "newssearch.toml").write_text('[outlets]\n"Echo" = ["Outlet 1"]\n', "utf-8")
    assert archive.new() == ["Rain 1"]


def test_an_article_that_came_again_is_looked_for_if_the_query_asks_when(archive: AlertedArchive) -> None:
    archive.save("rain added:2020..2021")
    archive.run()
    with newssearch.open(archive.index) as index:
        writer = index._store.writer(10)
        writer.remove([about("rain", 1).id])
        moment = dt.datetime(2020, 5, 5, tzinfo=dt.timezone.utc)
        again = Article.create(
            title="Rain 1",
            text=text_of("rain", 1),
            url="https://e.org/1",
            outlet="Outlet 1",
            date="2024-07-25",
        )
        object.__setattr__(again, "added", moment)
        before = index.commit.digest
        writer.add(again, again.state)
        writer.commit()
        writer.close()
        index.refresh()
        assert index.commit.digest == before
    assert archive.new() == ["Rain 1"]


# ---- the state


def test_a_damaged_state_is_an_error_and_never_everything_new(archive: AlertedArchive, cli: Command) -> None:
    archive.save(to="ndjson:out.jsonl")
    archive.run()
    state = archive.folder / "alerts" / "rain.state"
    whole = state.read_bytes()
    assert len(read_alert_state(state.parent, "rain").seen) == 2  # type: ignore[union-attr]
    for at in range(0, len(whole), 7):
        state.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        with pytest.raises(AlertError, match="start over with `newssearch alert reset rain`"):
            read_alert_state(state.parent, "rain")
    for cut in (0, 5, len(whole) - 1):
        state.write_bytes(whole[:cut])
        done = cli("alert", "run")
        assert (done.code, done.out) == (1, "")
        assert "error: rain: " in done.err
        assert cli("saved").code == 1
    assert not archive.lines()
    assert cli("alert", "reset", "rain").code == 0
    archive.add(about("rain", 4))
    assert archive.run().first
    archive.add(about("rain", 5))
    assert archive.new() == ["Rain 5"]


def test_a_state_of_a_newer_version_is_refused(
    archive: AlertedArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("newssearch.alerts.state.STATE_VERSION", 2)
        newer = AlertState().dump()
    (archive.folder / "alerts").mkdir()
    (archive.folder / "alerts" / "rain.state").write_bytes(newer)
    with pytest.raises(AlertError, match=r"a newer version of newssearch wrote it; update newssearch$"):
        read_alert_state(archive.folder / "alerts", "rain")


def test_a_reset_starts_over_with_the_same_ids(archive: AlertedArchive, cli: Command) -> None:
    archive.save(to="ndjson:out.jsonl")
    archive.run()
    archive.add(about("rain", 4))
    archive.run()
    assert cli("alert", "reset", "rain", "--from", "all").out == "rain: reset; the next run is a first one\n"
    assert sorted(archive.new()) == ["Rain 1", "Rain 2", "Rain 4"]
    ids = {line["run"]: line["entry"] for line in archive.lines() if line["title"] == "Rain 4"}
    assert ids[1] == ids[2]
    assert cli("alert", "reset", "rain", "--from", "some").code == 2
    assert cli("alert", "reset", "rain", "--from", "all", "--owed").code == 2


def test_a_second_run_waits_for_the_first_and_gives_up(archive: AlertedArchive, cli: Command) -> None:
    archive.save()
    archive.run()
    with locked_file(archive.folder / "alerts" / "rain.lock", 0) as taken:
        assert taken
        done = cli("alert", "run", "--wait", "0.1")
        assert (done.code, done.err) == (
            1,
            "error: rain: another run of the alert rain has not ended after 0.1 seconds\n",
        )
        for arguments in (
            ["alert", "reset", "rain"],
            ["saved", "rain", "--remove"],
            ["alert", "reset", "rain", "--owed"],
        ):
            assert cli(*arguments, "--wait", "0").code == 1
        assert cli("alert", "run", "--dry-run").code == 0
    assert cli("alert", "run").code == 0
    assert read_alert_state(archive.folder / "alerts", "rain").begun  # type: ignore[union-attr]


def test_saving_begins_the_alert(archive: AlertedArchive, cli: Command) -> None:
    assert cli("save", "rain", "rain").out == "saved rain: 2 articles found now, count as seen\n"
    archive.add(about("rain", 4))
    assert archive.new() == ["Rain 4"]
    assert cli("save", "rain", "rain OR sun", "--replace").out == "saved rain: 4 articles found now\n"
    assert archive.new() == ["Sun 3"]


def test_a_dry_run_changes_nothing(archive: AlertedArchive, cli: Command) -> None:
    archive.save(to="ndjson:out.jsonl", start="all")
    before = sorted(archive.folder.rglob("*"))
    done = cli("alert", "run", "--dry-run")
    assert done.out.startswith("rain: 2 new articles\n")
    assert "There was rain in version 1" in done.out
    assert sorted(archive.folder.rglob("*")) == before
    assert archive.run().new == 2


# ---- on the command line


def test_a_run_is_quiet_unless_something_is_new(archive: AlertedArchive, cli: Command) -> None:
    cli("save", "rain", "rain")
    cli("save", "sun", "sun", "--to", "ndjson:sun.jsonl")
    done = cli("alert", "run")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert cli("alert", "run", "--exit-code").code == 1
    archive.add(about("rain", 4), about("sun", 5))
    done = cli("alert", "run", "--exit-code")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "")
    assert lines[0] == "rain: 1 new article"
    assert lines[2].startswith("Rain 4  2024-07-25  Outlet 4  ")
    assert lines[-1] == "sun: 1 new article; 1 to ndjson:sun.jsonl"
    assert cli("alert", "run").out == ""


def test_a_quiet_run_prints_only_what_goes_to_standard_output(archive: AlertedArchive, cli: Command) -> None:
    cli("save", "rain", "rain", "--from", "all", "--to", "ndjson:rain.jsonl")
    cli("save", "sun", "sun", "--from", "all")
    done = cli("alert", "run", "-q")
    assert done.out.startswith("sun: 1 new article\n")
    assert done.err == ""
    assert cli("alert", "run", "-q", "--json").code == 2
    assert cli("alert", "run", "-q", "--dry-run").code == 2


def test_a_run_as_json_has_a_line_for_each_search(archive: AlertedArchive, cli: Command) -> None:
    cli("save", "rain", "rain", "--from", "all", "--label", "Wet")
    cli("save", "sun", "sun")
    reports = [json.loads(line) for line in cli("alert", "run", "--json").out.splitlines()]
    assert [(one["search"], one["title"], one["new"], one["searched"]) for one in reports] == [
        ("rain", "Wet", 2, True),
        ("sun", "sun", 0, False),
    ]
    assert sorted(titles_of(reports[0]["entries"])) == ["Rain 1", "Rain 2"]
    assert json.loads(cli("alert", "run", "rain", "--json").out)["new"] == 0


def test_only_the_named_alerts_run(archive: AlertedArchive, cli: Command) -> None:
    cli("save", "rain", "rain", "--from", "all")
    cli("save", "sun", "sun", "--from", "all")
    assert cli("alert", "run", "sun", "sun").out.startswith("sun: 1 new article\n")
    done = cli("alert", "run", "sun", "snow")
    assert (done.code, done.err) == (
        2,
        "error: there is no saved search 'snow'; the saved searches are: rain, sun\n",
    )
    assert cli("alert", "run").out.startswith("rain: 2 new articles\n")


def test_a_search_past_its_time_limit_reports_nothing_and_loses_nothing(
    archive: AlertedArchive, cli: Command
) -> None:
    cli("save", "rain", "rain", "--from", "all")
    done = cli("alert", "run", "--timeout", "0")
    assert (done.code, done.out) == (1, "")
    assert "error: rain: " in done.err
    assert archive.run().new == 2


def test_what_newssearch_writes_for_alerts_is_no_article(archive: AlertedArchive, cli: Command) -> None:
    cli(
        "save",
        "rain",
        "rain",
        "--from",
        "all",
        "--to",
        "ndjson:out.jsonl",
        "--to",
        "atom:feed.xml",
        "--to",
        "ndjson:index",
    )
    cli("alert", "run")
    (archive.folder / "report.json").write_text(cli("alert", "run", "--json").out, "utf-8")
    (archive.folder / "list.json").write_text(cli("saved", "--json").out, "utf-8")
    (archive.folder / "one.json").write_text(cli("saved", "rain", "--json").out, "utf-8")
    assert len(list((archive.folder / "alerts").glob("rain.*.batch"))) == 1
    with newssearch.open(archive.index) as index:
        held = {*index.find()}
        report = index.update(archive.folder)
        assert report.rejections == 0, report.rejected
        assert {*index.find()} == held
        assert report.skipped["newssearch exports"] >= 6
