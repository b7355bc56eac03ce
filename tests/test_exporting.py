"""The commands ``export`` and ``cite``: files and streams, options, receipts, and what they print beside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import newssearch
from support import Command, article, command, index_of

newssearch_command = pytest.fixture(command, name="run")

RAIN = article("Rain", "It rained on Basra.", date="2024-07-25", outlet="The Echo", byline="Ana Silva", url="https://e.org/1")  # fmt: skip
SNOW = article("Snow", "Snow, then rain.", "Rain again.", outlet="The Sun", url="https://e.org/2")


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    index_of(tmp_path / "index", RAIN, SNOW).close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWSSEARCH_INDEX", raising=False)
    return tmp_path


def test_a_file_in_the_format_of_its_name(run: Command) -> None:
    done = run("export", "rain", "-o", "rain.jsonl", "--sort", "id", "--columns", "title,outlet")
    assert (done.code, done.out) == (0, "")
    assert done.err == "note: 2 articles written to rain.jsonl\n"
    rows = [json.loads(line) for line in Path("rain.jsonl").read_text("utf-8").splitlines()]
    assert rows == [{"title": "Rain", "outlet": "The Echo"}, {"title": "Snow", "outlet": "The Sun"}]


def test_csv_on_standard_output(run: Command) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "newssearch", "export", "basra", "--columns", "id,title"], capture_output=True, check=True
    )  # fmt: skip
    assert process.stdout.decode() == f"id,title\r\n{RAIN.id},Rain\r\n"
    assert process.stderr.decode() == "note: 1 article\n"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    with newssearch.open("index") as index:
        index.add([article(f"More {n}", f"More rain {n}. " * 400, url=f"https://e.org/more{n}") for n in range(60)])  # fmt: skip
    read, write = os.pipe()
    process = subprocess.Popen([sys.executable, "-m", "newssearch", "export", "rain", "--text", "full"], stdout=write, stderr=subprocess.PIPE)  # fmt: skip
    os.close(write)
    os.close(read)
    _, err = process.communicate()
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of the size of a file")
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.parquet", "a.ris", "review.md", "review.html", "review.docx"])  # fmt: skip
def test_an_output_that_does_not_fit_on_the_disk_is_an_error_and_leaves_nothing(name: str) -> None:
    with newssearch.open("index") as index:
        index.add([article(f"More {n}", f"More rain {n}. " * 40, url=f"https://e.org/more{n}") for n in range(60)])  # fmt: skip
    Path("parts").mkdir()
    task = name.partition(".")[0] if name.startswith("review") else "export"
    line = 'ulimit -f 4; exec "$0" -m newssearch "$1" rain -o "$2"'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, task, name], env={**os.environ, "TMPDIR": str(Path("parts").resolve()), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, f"error: {name}: File too large")
    assert "Traceback" not in done.stderr
    assert [*Path("parts").iterdir()] == []
    assert not Path(name).exists()


def test_the_notes_say_what_is_left_out_and_what_was_not_understood(run: Command) -> None:
    done = run("export", "rain )", "--since", "2024", "-o", "a.csv")
    assert done.err.splitlines()[-2:] == ["note: 1 article written to a.csv", "note: 1 more article without a date left out"]  # fmt: skip
    assert done.err.startswith("note: ")
    assert "parenthesis" in done.err.splitlines()[0]


def test_stories_and_paragraphs(run: Command) -> None:
    assert run("export", "rain", "--all", "-o", "a.csv").err == "note: 3 paragraphs written to a.csv\n"
    assert run("export", "rain", "--stories", "-o", "a.csv").err == "note: 2 stories written to a.csv\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["-o", "a.doc"], "the name must end with the format"),
        (["-o", "a.ris", "--format", "csv"], "contradicts the name"),
        (["--all", "--stories", "-o", "a.csv"], "--stories contradicts --all"),
        (["-o", "a.ris", "--columns", "id"], "has citations"),
        (["-o", "a.ris", "--all"], "cites articles"),
        (["-o", "missing/a.csv"], "there is no folder missing"),
        (["-o", "a.csv", "--columns", "titel"], "there is no column 'titel'"),
        (["-o", "a.jsonl", "--bom"], "about CSV"),
        (["-o", "a.csv", "--columns", ","], "needs a column"),
    ],
)
def test_what_contradicts_is_refused_and_writes_nothing(run: Command, arguments: list[str], why: str) -> None:
    done = run("export", "rain", *arguments)
    assert (done.code, done.out) == (2, "")
    assert why in done.err
    assert not [one for one in Path().iterdir() if one.name != "index"]


@pytest.mark.parametrize(
    "name", ["tags.jsonl", "TAGS.jsonl", ".tags.lock", "newssearch.toml", "index/a.csv", "searches/rain.toml", "alerts/rain.state", "alerts/rain.lock", "link.csv", "sub/../tags.jsonl"]
)  # fmt: skip
@pytest.mark.parametrize(
    "command", [["export", "rain", "--format", "csv", "-o"], ["query", "rain", "--receipt"]]
)
def test_no_output_takes_the_place_of_a_file_of_the_archive(
    run: Command, name: str, command: list[str]
) -> None:
    for folder in ("searches", "alerts", "sub"):
        Path(folder).mkdir()
    Path("tags.jsonl").write_text('{"newssearch_tags": 1}\n', "utf-8")
    Path("link.csv").symlink_to("tags.jsonl")
    before = {file: file.read_bytes() for file in Path().rglob("*") if file.is_file()}
    done = run(*command, name)
    assert done.code == 2
    assert "choose another " in done.err
    assert {file: file.read_bytes() for file in Path().rglob("*") if file.is_file()} == before


def test_other_files_may_be_written(run: Command) -> None:
    for folder in ("out", "out/searches", "alerts", "searches"):
        Path(folder).mkdir()
    for name in ("out/tags.jsonl", "out/tags.jsonl", "out/searches/a.jsonl", "tagged.jsonl", "alerts/today.csv", "alerts/rain.jsonl", "searches/rain.csv"):  # fmt: skip
        assert run("export", "rain", "-o", name).code == 0


def test_tags_stay_wherever_they_are_and_whoever_writes(run: Command) -> None:
    Path("desk").mkdir()  # the archive of an index on a cluster
    Path("desk/tags.jsonl").write_text('{"newssearch_tags": 1}\n', "utf-8")
    assert run("export", "rain", "-o", "desk/tags.jsonl").code == 2
    with newssearch.open("index") as index:
        for name in ("desk/tags.jsonl", "tags.jsonl", "index/deep/a.jsonl", "newssearch.toml"):
            with pytest.raises(newssearch.NewssearchError, match="choose another"):
                index.export("rain", name, format="jsonl")
            with pytest.raises(newssearch.NewssearchError, match="choose another"):
                index.review("rain", name, format="md")
    assert Path("desk/tags.jsonl").read_text("utf-8") == '{"newssearch_tags": 1}\n'


def test_a_search_that_is_stopped_leaves_the_old_file(run: Command) -> None:
    Path("a.csv").write_text("old")
    assert run("export", "rain", "-o", "a.csv", "--timeout", "0").code == 5
    assert Path("a.csv").read_text() == "old"


@pytest.mark.parametrize("arguments", [["-o", "a.csv"], ["-o", "a.xlsx"], ["-o", "a.bib", "--format", "biblatex"], ["--format", "ris"], ["-o", "a.csv", "--all"]])  # fmt: skip
def test_a_receipt_can_be_checked(run: Command, arguments: list[str]) -> None:
    assert run("export", "rain", *arguments, "--receipt", "r.json").code == 0
    receipt = json.loads(Path("r.json").read_text("utf-8"))
    assert receipt["command"] == "export"
    assert receipt["output"]["count" if "count" in receipt["output"] else "lines"] == (3 if "--all" in arguments else 2)  # fmt: skip
    done = run("receipt", "check", "r.json")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("the same")
    with newssearch.open("index") as index:
        index.add(article("Hail", "Rain and hail.", url="https://e.org/3"))
    assert run("receipt", "check", "r.json").code == 1


def test_the_receipt_of_a_spreadsheet_can_be_checked_at_a_terminal(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert run("export", "rain", "-o", "a.xlsx", "--receipt", "r.json").code == 0
    pty = pytest.importorskip("pty")
    at_terminal, terminal = pty.openpty()
    done = subprocess.run([sys.executable, "-m", "newssearch", "receipt", "check", "r.json"], check=False, stdout=terminal, stderr=terminal)  # fmt: skip
    os.close(terminal)
    shown = os.read(at_terminal, 4096).decode()
    os.close(at_terminal)
    assert (done.returncode, shown[:8]) == (0, "the same")


@pytest.mark.skipif(os.name == "nt", reason="Windows has links for administrators only, and no named pipes")
def test_links_and_pipes_are_not_replaced_by_files(run: Command) -> None:
    Path("target.csv").write_text("old")
    Path("link.csv").symlink_to("target.csv")
    assert run("export", "basra", "-o", "link.csv", "--columns", "id").code == 0
    assert Path("link.csv").is_symlink()
    assert Path("target.csv").read_text() == f"id\n{RAIN.id}\n"
    os.mkfifo("pipe.csv")
    for option in ("--output", "--receipt"):
        done = run("export", "basra", option, "pipe.csv")
        assert (done.code, "is a device or a pipe" in done.err) == (2, True)
    reading = os.open("pipe.csv", os.O_RDWR)
    with newssearch.open("index") as index:
        index.export("basra", "pipe.csv", columns="id")
    assert os.read(reading, 4096).decode() == f"id\r\n{RAIN.id}\r\n"
    os.close(reading)


def test_the_citation_of_an_article(run: Command) -> None:
    pytest.importorskip("citeproc")
    done = run("cite", RAIN.id)
    assert (done.code, done.out) == (0, "Silva, A. (2024, July 25). Rain. The Echo. https://e.org/1\n")
    assert run("cite", RAIN.id.rpartition("-")[2], "--style", "mla").out.startswith("Silva, Ana. “Rain”. The Echo, 25 July 2024")  # fmt: skip


def test_citations_for_a_reference_manager(run: Command) -> None:
    done = run("cite", RAIN.id, SNOW.id, "--style", "bibtex")
    assert done.out.count("@article{") == 2
    assert run("cite", RAIN.id, "--style", "ris").out.startswith("TY  - NEWS\r\nTI  - Rain\r\n")


def test_an_article_that_is_not_there(run: Command) -> None:
    assert run("cite", "aaaaaaaaaaaa", "--style", "ris").code == 1
    assert "no article" in run("cite", "aaaaaaaaaaaa", "--style", "ris").err


@pytest.mark.parametrize("arguments", [["--columns", "nope"], ["--columns", "id", "--snippet", "9"], ["--format", "ris", "--snippet", "9"]])  # fmt: skip
def test_a_wrong_option_is_no_mistake_in_the_query(run: Command, arguments: list[str]) -> None:
    done = run("export", "rain", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) == 1, "no query with carets under it"
