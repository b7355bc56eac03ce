"""Scans: read by the program ocrmypdf, within limits, and rejected with what to do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newssearch import Rejected
from newssearch.readers.pdf import scans
from newssearch.system.programs import run_program
from pdf_files import lines_down, pdf_of
from support import Command, articles_in, command, read_bytes

posix = pytest.mark.skipif(os.name != "posix", reason="the programs of these tests are scripts for POSIX")

STORY = lines_down(
    ("Flood in Basra closes two bridges", 18), ("", 10),
    ("The river rose above its banks on Monday, and the council of the town closed two", 11),
    ("of its bridges until the water falls.", 11),
)  # fmt: skip


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return command(capsys, monkeypatch)


@pytest.fixture(autouse=True)
def fresh_languages() -> None:
    scans.installed_languages.cache_clear()


def program(folder: Path, name: str, code: str) -> None:
    """Write a program in Python that stands in for a program of the system."""
    file = folder / name
    file.write_text(f"#!{sys.executable} -I\nimport os, sys, shutil, subprocess, time\n{code}\n")
    file.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the only one in which programs are looked for; it has a Tesseract of two languages."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    program(folder, "tesseract", "print('List of available languages (3):\\ndeu\\neng\\nosd')")
    return folder


def with_result(folder: Path, result: bytes) -> None:
    """Let ocrmypdf make the given PDF, and keep its arguments in a file."""
    (folder / "result.pdf").write_bytes(result)
    program(
        folder,
        "ocrmypdf",
        f"shutil.copy({str(folder / 'result.pdf')!r}, sys.argv[-1])\nopen({str(folder / 'arguments')!r}, 'w').write(' '.join(sys.argv))",
    )


def reason(folder: Path, data: bytes, **options: object) -> str:
    (item,) = read_bytes(folder, "a.pdf", data, **options)
    assert isinstance(item, Rejected)
    return item.reason


def test_a_scan_is_rejected_with_what_to_do(tmp_path: Path) -> None:
    assert reason(tmp_path, pdf_of([[]], scans=[0])) == "a scan without text: --ocr reads it, with ocrmypdf"
    assert reason(tmp_path, pdf_of([[]])) == "a PDF without text"


def test_without_the_program_the_rejection_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reason(tmp_path, pdf_of([[]], scans=[0]), ocr=True).startswith(
        "a scan: --ocr needs ocrmypdf (apt install ocrmypdf"
    )


@posix
def test_a_scan_has_the_text_that_the_program_finds_and_says_so(tmp_path: Path, programs: Path) -> None:
    with_result(programs, pdf_of([STORY, []], scans=[0, 1]))
    (article,) = articles_in(read_bytes(tmp_path, "a.pdf", pdf_of([[], []], scans=[0, 1]), ocr=True))
    assert article.title == "Flood in Basra closes two bridges"
    assert article.provenance["text"] == (
        "inferred",
        "OCR by ocrmypdf of pages 1-2, in deu+eng; no text found on page 2",
    )
    assert "--language deu+eng --pages 1,2 " in (programs / "arguments").read_text()


@posix
def test_only_the_scanned_pages_of_a_document_are_recognised(tmp_path: Path, programs: Path) -> None:
    with_result(programs, pdf_of([lines_down(("Not this page, which has a text of its own.", 11)), STORY]))
    second = lines_down(("The first page of the document has a text of its own, and so it is kept.", 11))
    (article,) = articles_in(read_bytes(tmp_path, "a.pdf", pdf_of([second, []], scans=[1]), ocr=True))
    text = " ".join(paragraph.text for paragraph in article.paragraphs)
    assert "so it is kept" in text
    assert "until the water falls" in text
    assert "Not this page" not in text
    assert article.provenance["text"] == ("inferred", "OCR by ocrmypdf of page 2, in deu+eng")


@posix
def test_the_language_is_that_of_the_option_and_of_the_document(tmp_path: Path, programs: Path) -> None:
    with_result(programs, pdf_of([STORY]))
    read_bytes(tmp_path, "a.pdf", pdf_of([[]], scans=[0], lang="en-US"), ocr=True, lang="de")
    assert "--language deu+eng" in (programs / "arguments").read_text()
    assert reason(tmp_path, pdf_of([[]], scans=[0]), ocr=True, lang="pt-BR") == (
        "a scan: tesseract lacks the language pt-BR (apt install tesseract-ocr-por)"
    )


@posix
def test_a_language_must_be_named_if_many_are_installed(tmp_path: Path, programs: Path) -> None:
    with_result(programs, pdf_of([STORY]))
    program(programs, "tesseract", "print('List:\\ndeu\\neng\\nfra\\nspa')")
    assert reason(tmp_path, pdf_of([[]], scans=[0]), ocr=True) == (
        "a scan whose language is not known: name one of 4 with --lang"
    )


@posix
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "sys.exit('InputFileError: no pages')",
            "a scan that ocrmypdf cannot read: InputFileError: no pages",
        ),
        ("sys.exit(3)", "a scan that ocrmypdf cannot read: exit code 3"),
        ("pass", "a scan that ocrmypdf cannot read: exit code 0"),
    ],
)
def test_what_the_program_cannot_read_is_rejected(
    tmp_path: Path, programs: Path, code: str, expected: str
) -> None:
    program(programs, "ocrmypdf", code)
    assert reason(tmp_path, pdf_of([[]], scans=[0]), ocr=True) == expected


@posix
def test_a_scan_in_which_no_text_is_found_is_rejected(tmp_path: Path, programs: Path) -> None:
    with_result(programs, pdf_of([[]], scans=[0]))
    assert reason(tmp_path, pdf_of([[]], scans=[0]), ocr=True) == (
        "a scan in which ocrmypdf found no text in deu+eng"
    )


@posix
def test_a_scan_that_takes_too_long_is_given_up(
    tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "ocrmypdf", "time.sleep(600)")
    monkeypatch.setattr(scans, "SECONDS_TO_START", 0.1)
    monkeypatch.setattr(scans, "MAX_SECONDS_PER_SCAN", 0)
    monkeypatch.setattr(scans, "installed_languages", lambda: ("eng",))
    assert "a scan that takes ocrmypdf more than 0.1 seconds" in reason(
        tmp_path, pdf_of([[]], scans=[0]), ocr=True
    )


def test_too_many_scanned_pages_are_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: Path
) -> None:
    program(programs, "ocrmypdf", "pass")
    monkeypatch.setattr(scans, "MAX_SCANNED_PAGES", 2)
    assert reason(tmp_path, pdf_of([[], [], []], scans=[0, 1, 2]), ocr=True) == (
        "a scan of 3 pages: at most 2 are read"
    )


@posix
def test_the_option_and_the_setting_read_scans(tmp_path: Path, programs: Path, cli: Command) -> None:
    with_result(programs, pdf_of([STORY]))
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.pdf").write_bytes(pdf_of([[]], scans=[0]))
    assert "articles: 0 added" in cli("index", "news").out
    assert "articles: 1 added" in cli("index", "news", "--ocr").out
    assert "1 unchanged" in cli("index", "news", "--ocr").out
    (tmp_path / "newssearch.toml").write_text("ocr = true\n")
    assert "1 unchanged" in cli("index", "news").out


# ---- a program of the system


SLEEPER = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)"
"""A program that starts another one; both would sleep for long, and hold the write end of a pipe open."""


@posix
def test_a_program_ends_with_its_children_when_its_time_is_over(tmp_path: Path) -> None:
    work, fifo = tmp_path / "work", tmp_path / "fifo"
    work.mkdir()
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    command = ["/bin/sh", "-c", f'exec 3>"{fifo}"; "{sys.executable}" -c "{SLEEPER}"']
    ended = run_program(command, work, seconds=1, memory=8 << 30)
    assert ended.code is None
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b"", "the end: no process holds the pipe open"
    os.close(reader)


@posix
def test_a_program_ends_if_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = f'exec 3>"{fifo}"; echo started >&3; "{sys.executable}" -c "{SLEEPER}"'
    code = (
        f"from pathlib import Path; from newssearch.system.programs import run_program;"
        f"run_program(['/bin/sh', '-c', {script!r}], Path({str(work)!r}), seconds=600, memory=8 << 30)"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    starter = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths})
    with fifo.open("rb") as reader:
        assert reader.readline() == b"started\n"
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
        assert reader.read() == b"", "the end: no process holds the pipe open"
    end = time.monotonic() + 60
    while work.exists() and time.monotonic() < end:  # the watcher removes it after it has killed the program
        os.sched_yield()
    assert not work.exists()


@posix
def test_a_program_has_no_more_memory_than_it_is_given(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "bytearray(2 << 30)"]
    assert run_program(command, tmp_path, seconds=60, memory=8 << 30).code == 0
    ended = run_program(command, tmp_path, seconds=60, memory=1 << 30)
    assert (ended.code, "MemoryError" in ended.errors) == (1, True)


# ---- the real program


@pytest.mark.skipif(
    not all(map(shutil.which, ("ocrmypdf", "tesseract", "gs"))),
    reason="ocrmypdf, tesseract and ghostscript are not installed",
)
def test_the_real_program_reads_a_scan(tmp_path: Path) -> None:
    (tmp_path / "text.pdf").write_bytes(pdf_of([STORY]))
    drawn = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfimage8", "-r200"]
    subprocess.run([*drawn, "-o", tmp_path / "scan.pdf", tmp_path / "text.pdf"], check=True, timeout=120)
    scan = (tmp_path / "scan.pdf").read_bytes()
    assert reason(tmp_path, scan) == "a scan without text: --ocr reads it, with ocrmypdf"
    (article,) = articles_in(read_bytes(tmp_path, "a.pdf", scan, ocr=True, lang="en"))
    assert article.title == "Flood in Basra closes two bridges"
    assert [paragraph.text for paragraph in article.paragraphs] == [
        "The river rose above its banks on Monday, and the council of the town closed two of its bridges until the"
        " water falls."
    ]
    assert article.provenance["text"] == ("inferred", "OCR by ocrmypdf of page 1, in eng")
