"""Saved searches: their names, their files, what is refused, and the commands ``save`` and ``saved``."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import newssearch
from newssearch import NONE, ConfigError, QueryError, Request, SavedSearch, SavedSearchError
from newssearch.alerts.collection import SavedSearches
from newssearch.alerts.toml_text import toml_text
from newssearch.config import parse_toml
from support import Command, article, command, index_of


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    rain = article("Rain", "It rained on Baghdad.", url="u1", outlet="The Echo", lang="en", date="2024-07-25")
    index_of(tmp_path / "index", rain, article("Sun", "It was hot.", url="u2", outlet="The Sun")).close()
    return command(capsys, monkeypatch)


FULL = SavedSearch(
    name="oil-2024", query='"oil price" w/10 opec -gas', label="Öl & Gas",
    request=Request(
        outlet=["The Echo", NONE], section_not="Sport", where={"theme": ["oil", NONE], "words": ">500"}, since="-30d", names=True,
        novel=True, match="any", sort="newest", snippet=0,
    ),
    to=("ndjson:out/oil.jsonl", "mail:me@example.org", "exec:./notify --to 'a b'"), start="2024-07", limit=20, changes=True,
)  # fmt: skip


@pytest.mark.parametrize(
    "search", [FULL, SavedSearch(name="a"), SavedSearch(name="b", query="rain", each_copy=True)]
)
def test_a_search_is_read_as_it_was_saved(tmp_path: Path, search: SavedSearch) -> None:
    searches = SavedSearches(tmp_path)
    file = searches.save(search)
    assert file == tmp_path / "searches" / f"{search.name}.toml"
    assert searches.get(search.name) == search
    assert searches.all() == [search]
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize(
    ("output", "new", "replaced"),
    [
        ("webhook:https://chat.example.org/T0KEN", 0o600, 0o640),
        ("exec:curl -H 'Authorization: T0KEN' e.org", 0o600, 0o640),
        ("shell:curl e.org/T0KEN", 0o600, 0o640),
        ("webhook:env:CHAT_HOOK", 0o644, 0o645),
        ("ndjson:out.jsonl", 0o644, 0o645),
    ],
)
def test_the_file_of_a_search_that_may_have_a_secret_is_for_its_owner(
    tmp_path: Path, output: str, new: int, replaced: int
) -> None:
    search = SavedSearch(name="oil", query="oil", to=output)
    before = os.umask(0o022)
    try:
        file = SavedSearches(tmp_path).save(search)
        assert stat.S_IMODE(file.stat().st_mode) == new
        file.chmod(0o645)
        SavedSearches(tmp_path).save(search, replace=True)
        assert stat.S_IMODE(file.stat().st_mode) == replaced
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_what_alerts_remember_is_not_for_others_than_owner_and_group(cli: Command, tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        assert cli("save", "rain", "rain", "--to", "ndjson:out.jsonl").code == 0
        assert stat.S_IMODE((tmp_path / "alerts").stat().st_mode) == 0o770
        assert stat.S_IMODE((tmp_path / "alerts" / "rain.state").stat().st_mode) == 0o664
    finally:
        os.umask(before)


def test_people_can_read_the_file_of_a_search(tmp_path: Path) -> None:
    file = SavedSearches(tmp_path).save(FULL)
    assert file.read_text("utf-8").split("\n\n")[0].split("\n")[:4] == [
        "query = '\"oil price\" w/10 opec -gas'", 'label = "Öl & Gas"', 'outlet = ["The Echo", "(none)"]', 'not-section = ["Sport"]',
    ]  # fmt: skip


@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda key: "\ud800" not in key),
        st.one_of(st.text(), st.integers(-(1 << 62), 1 << 62), st.booleans(), st.lists(st.text())),
    )
)
def test_any_settings_are_toml_that_reads_back(settings: dict[str, Any]) -> None:
    assert parse_toml(toml_text(settings)) == settings
    nested = {**{f"k{n}": value for n, value in enumerate(settings.values())}, "table": settings}
    assert parse_toml(toml_text(nested)) == nested


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("", ""), ("Öl", "ol"), ("oil price", "oil-price"), ("../x", "x"), ("a/b", "a-b"), ("a.b", "a-b"), ("-a", "a"), ("a--b", "a-b"), ("con", ""),
        ("a" * 65, "a" * 64), ("a\n", "a"), ("A", "a"),
    ],
)  # fmt: skip
def test_a_name_is_one_of_a_file_on_every_system(name: str, near: str) -> None:
    with pytest.raises(SavedSearchError) as caught:
        SavedSearch(name=name)
    assert str(caught.value).endswith(f": write {near}" if near else "at most 64")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("query = 5", "searches/x.toml: query: wanted a string; got an int: 5"),
        ("outlets = 'x'", "searches/x.toml: no such setting: outlets: did you mean outlet?"),
        ("since_run = true", "searches/x.toml: no such setting: since_run"),
        ("since = '2024-13'", "searches/x.toml: since: '2024-13' is not a date"),
        ("sort = 'best'", "searches/x.toml: sort: cannot sort by 'best'"),
        ("limit = 0", "searches/x.toml: limit: an alert reports 1 article or more"),
        ("limit = '5'", "searches/x.toml: limit: wanted a whole number; got a str: '5'"),
        ("from = 'yesteryear'", "searches/x.toml: from: 'yesteryear' is not a date; write now, all, or"),
        ("to = 'fax:1'", "searches/x.toml: to: 'fax' is no output; the outputs are ndjson:…"),
        ("to = ['stdout', 'stdout']", "searches/x.toml: to: an output is there twice"),
        ("to = 'ndjson:'", "searches/x.toml: to: ndjson: nothing follows the colon"),
        ("to = 'mail:me and you'", "searches/x.toml: to: mail: me and you is not a mail address"),
        ("to = 'webhook:ftp://x'", "searches/x.toml: to: webhook: it is not a web address"),
        ("to = 'webhook:https://me:secret@x.org/'", "searches/x.toml: to: webhook: the address has a password in it"),
        ("each-copy = true\nnovel = true", "searches/x.toml: each_copy has no effect with novel"),
        ("on = '2024'\nsince = '2023'", "searches/x.toml: give either on, or since and until"),
        ("query = ", "searches/x.toml is not TOML: "),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_its_file(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "searches").mkdir()
    (tmp_path / "searches" / "x.toml").write_text(settings, "utf-8")
    with pytest.raises(ConfigError) as caught:
        SavedSearches(tmp_path).get("x")
    assert str(caught.value).startswith(message)
    assert "secret" not in str(caught.value)


def test_searches_in_the_configuration_are_saved_searches_too(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text(
        'strict = true\n[searches.rain]\nquery = "rain"\nsince = 2024\nnot-outlet = "The Sun"\n', "utf-8"
    )
    (one,) = newssearch.saved_searches("index")
    assert one == SavedSearch(name="rain", query="rain", request=Request(since="2024", outlet_not="The Sun"))
    assert cli("query", "rain", "--count").code == 0
    for action in (["save", "rain", "sun", "--replace"], ["saved", "rain", "--remove"]):
        done = cli(*action)
        assert done.code == 2
        assert "the search rain is in newssearch.toml [searches.rain]: " in done.err
    assert not (tmp_path / "searches").exists()


def test_one_name_in_two_places_is_an_error_that_says_where(cli: Command, tmp_path: Path) -> None:
    assert cli("save", "rain", "rain").code == 0
    (tmp_path / "newssearch.toml").write_text('[searches.rain]\nquery = "sun"\n', "utf-8")
    why = "the search rain is in searches/rain.toml and in newssearch.toml [searches.rain]: remove one of them\n"
    for arguments in (["saved"], ["saved", "rain"], ["save", "rain", "x", "--replace"]):
        done = cli(*arguments)
        assert (done.code, done.err) == (2, f"error: {why}")
    done = cli("alert", "run")  # goes on with the others
    assert (done.code, done.err) == (1, f"error: rain: {why}")


def test_searches_that_are_no_tables_are_a_mistake_of_the_configuration(cli: Command, tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text('searches = ["rain"]\n', "utf-8")
    done = cli("saved")
    assert done.code == 2
    assert done.err.startswith("error: newssearch.toml: searches: must be tables")


def test_a_search_is_replaced_only_when_asked(cli: Command, tmp_path: Path) -> None:
    assert cli("save", "rain", "rain").out == "saved rain: 1 article found now, counts as seen\n"
    done = cli("save", "rain", "sun")
    assert (done.code, done.err) == (
        2,
        "error: there is a search rain in searches/rain.toml; --replace changes it\n",
    )
    assert newssearch.saved_searches()[0].query == "rain"
    assert cli("save", "rain", "snow", "--replace").out == "saved rain: 0 articles found now\n"
    assert newssearch.saved_searches()[0].query == "snow"


def test_a_query_that_cannot_be_answered_is_not_saved(cli: Command, tmp_path: Path) -> None:
    done = cli("save", "x", "rain date:2024-13")
    assert done.code == 2
    assert done.err.endswith("  rain date:2024-13\n            ^^^^^^^\n")
    assert cli("save", "x", "rain", "--where", "theme=oil").code == 2
    assert cli("save", "x", "rain", "--to", "pigeon:x").code == 2
    assert not (tmp_path / "searches").exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--since-run"], "--since-run has no effect on a saved search"),
        (["--each-copy", "--novel"], "--each-copy has no effect with --novel"),
        (["--on", "2024", "--since", "2023"], "give either on, or since and until"),
    ],
)
def test_options_of_save_without_effect_are_refused(cli: Command, options: list[str], reason: str) -> None:
    done = cli("save", "x", "rain", *options)
    assert done.code == 2
    assert reason in done.err


OPTIONS = [
    "--outlet", "The Echo", "--outlet", "(none)", "--not-section", "Sport", "--lang", "en", "--since", "2024", "--literal", "--names", "--any",
    "--sort", "newest", "--snippet", "40",
]  # fmt: skip


def test_a_saved_search_keeps_every_option_and_shows_the_command_that_runs_it(cli: Command) -> None:
    direct = cli("query", "rained -hot", *OPTIONS, "--json")
    assert cli("save", "x", "rained -hot", *OPTIONS, "--label", "Rain!", "--to", "atom:a.xml").code == 0
    shown = cli("saved", "x").out
    assert shown.startswith("x: Rain!\n")
    (line,) = [line for line in shown.splitlines() if line.startswith("   search  ")]
    program, *arguments = shlex.split(line.removeprefix("   search  "))
    assert program == "newssearch"
    again = cli(*arguments[: arguments.index("--")], "--json", *arguments[arguments.index("--") :])
    assert json.loads(again.out)["total_articles"] == 1
    assert again.out == direct.out


def test_the_saved_searches_are_listed_with_their_last_runs(cli: Command) -> None:
    assert cli("saved").err == "no saved searches; `newssearch save NAME QUERY` saves one\n"
    cli("save", "sun", "hot", "--outlet", "The Sun")
    cli("save", "rain", "rained", "--from", "all")
    cli("alert", "run", "-q", "rain")
    head, first, second = cli("saved").out.splitlines()
    assert head.split() == ["name", "query", "options", "last", "run", "new", "waiting", "owed"]
    assert first.startswith("rain  rained")
    assert first.split()[-3:] == ["1", "0", "0"]
    assert "--outlet 'The Sun'" in second
    listed = json.loads(cli("saved", "--json").out)["searches"]
    assert [one["search"]["name"] for one in listed] == ["rain", "sun"]
    assert listed[0]["reported"] == 1
    assert dt.datetime.fromisoformat(listed[0]["last_run"].replace("Z", "+00:00")).tzinfo is not None
    assert (
        json.loads(cli("saved", "rain", "--json").out)
        == listed[0]
        == json.loads(cli("alert", "show", "rain", "--json").out)
    )
    assert cli("alert", "list").out == cli("saved").out


def test_a_web_address_is_shown_without_its_token(cli: Command) -> None:
    cli("save", "rain", "rained", "--to", "webhook:https://chat.example.org/T0KEN", "--to", "ndjson:a.jsonl")
    for shown in (["saved", "--json"], ["saved", "rain", "--json"], ["alert", "show", "rain"], ["alert", "list", "--json"]):  # fmt: skip
        said = cli(*shown).out
        assert "chat.example.org" in said
        assert "T0KEN" not in said


def test_a_removed_search_leaves_nothing_behind(cli: Command, tmp_path: Path) -> None:
    cli("save", "rain", "rained")
    assert (tmp_path / "alerts" / "rain.state").exists()
    assert cli("saved", "rain", "--remove").out == "removed rain\n"
    assert [file.name for file in (tmp_path / "alerts").iterdir()] == ["rain.lock"]  # a run may wait for it
    assert list((tmp_path / "searches").iterdir()) == []
    done = cli("saved", "rain")
    assert (done.code, done.err) == (2, "error: there is no saved search 'rain'; there are none\n")


def test_a_search_with_a_wrong_file_does_not_keep_the_others_from_running(
    cli: Command, tmp_path: Path
) -> None:
    cli("save", "rain", "rained", "--from", "all")
    (tmp_path / "searches" / "bad.toml").write_text('query = "date:2024-13"\n', "utf-8")
    done = cli("alert", "run")
    assert done.code == 1
    assert "rain: 1 new article" in done.out
    assert "error: bad: '2024-13' is not a date" in done.err


def test_programs_save_searches_too(cli: Command, tmp_path: Path) -> None:
    search = SavedSearch(name="rain", query="rained", to="ndjson:out/rain.jsonl")
    assert newssearch.save_search(search, tmp_path / "index") == tmp_path / "searches" / "rain.toml"
    with pytest.raises(SavedSearchError, match="there is a search rain"):
        newssearch.save_search(search, tmp_path / "index")
    with pytest.raises(QueryError, match="no field"):
        newssearch.save_search(SavedSearch(name="b", query="colour:red"), tmp_path / "index")
    with pytest.raises(
        QueryError, match="a saved search has no option since_run; an alert reports what is new since"
    ):
        SavedSearch(name="b", request=Request(since_run=True))
    assert newssearch.saved_searches(tmp_path / "index") == (search,)
