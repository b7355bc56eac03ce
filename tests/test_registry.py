"""Detection of the format of an input, and formats of other packages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import newssearch
from newssearch import NewssearchError
from newssearch.readers import registry
from support import articles_in, read_bytes

MODULE = """
from newssearch.readers import Draft, Format, UnreadableError, whole

def parse(data, origin):
    lines = data.decode().splitlines()
    if len(lines) < 2:
        raise UnreadableError("a telegram without a text")
    draft = Draft(origin)
    draft.claim("title", lines[1])
    draft.text = lines[2:]
    yield draft.build()

FORMAT = Format("a telegram", matches=lambda source: source.head.startswith(b"TELEGRAM\\n"), read=whole(parse))
"""


@pytest.fixture
def telegrams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install a package that reads telegrams. Return its folder."""
    folder = tmp_path / "site"
    info = folder / "telegrams-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "telegrams_of_others.py").write_text(MODULE, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: telegrams\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[newssearch.formats]\ntelegram = telegrams_of_others:FORMAT\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(folder))
    sys.modules.pop("telegrams_of_others", None)
    caches = (registry.formats, registry.available_formats, registry.versions)
    for cached in caches:
        cached.cache_clear()
    yield folder
    for cached in caches:
        cached.cache_clear()


def test_a_package_of_others_adds_a_format(tmp_path: Path, telegrams: Path) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", "TELEGRAM\nRiver rising\nStop.\n"))
    assert (article.title, article.paragraphs[0].text) == ("River rising", "Stop.")
    (item,) = read_bytes(tmp_path, "b.txt", "TELEGRAM\n")
    assert str(item) == "b.txt: a telegram without a text"


def test_a_format_that_cannot_be_loaded_is_one_error(tmp_path: Path, telegrams: Path) -> None:
    (telegrams / "telegrams_of_others.py").write_text("import nothing_of_that_name", "utf-8")
    (tmp_path / "a.txt").write_text("Rain", "utf-8")
    with (
        newssearch.create(tmp_path / "index") as index,
        pytest.raises(NewssearchError, match="the format telegram"),
    ):
        index.update([tmp_path / "a.txt"])


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        ("\n\ndef broken(:", "SyntaxError: invalid syntax"),
        ("\n\n1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)", "SystemExit: 3 ("),
    ],
)
def test_a_format_that_cannot_be_loaded_says_which_and_where(
    tmp_path: Path, telegrams: Path, module: str, reason: str
) -> None:
    (telegrams / "telegrams_of_others.py").write_text(module, "utf-8")
    (tmp_path / "a.txt").write_text("Rain", "utf-8")
    with newssearch.create(tmp_path / "index") as index, pytest.raises(NewssearchError) as caught:
        index.update([tmp_path / "a.txt"])
    said = str(caught.value)
    assert said.startswith(
        "the format telegram (telegrams_of_others:FORMAT, of telegrams 1.0) cannot be loaded: "
    )
    assert reason in said
    assert f"telegrams_of_others.py, line {module.count(chr(10)) + 1})" in said


def test_an_entry_point_that_is_no_format_says_so(tmp_path: Path, telegrams: Path) -> None:
    (telegrams / "telegrams_of_others.py").write_text("FORMAT = 'text'", "utf-8")
    (tmp_path / "a.txt").write_text("Rain", "utf-8")
    with (
        newssearch.create(tmp_path / "index") as index,
        pytest.raises(
            NewssearchError, match=r"of telegrams 1\.0\) is not a newssearch\.readers\.Format but str"
        ),
    ):
        index.update([tmp_path / "a.txt"])


@pytest.mark.parametrize("broken", ["parse", "matches"])
def test_an_error_of_a_format_of_others_shows_where_it_was_raised(
    tmp_path: Path, telegrams: Path, broken: str
) -> None:
    module = MODULE.replace("lines = data", "lines = {}['headline']; data")
    if broken == "matches":
        module = MODULE.replace("source.head.startswith", "source.nose.startswith")
    (telegrams / "telegrams_of_others.py").write_text(module, "utf-8")
    (item,) = read_bytes(tmp_path, "a.txt", "TELEGRAM\nRiver rising\nStop.\n")
    what, line = ("KeyError: 'headline'", 5) if broken == "parse" else ("AttributeError: ", 13)
    assert str(item).startswith(f"a.txt: cannot be read: {what}")
    assert str(item).endswith(f"({telegrams / 'telegrams_of_others.py'}, line {line})")


@pytest.mark.parametrize("where", ["parse", "matches", "read"])
def test_a_format_of_others_that_ends_the_program_rejects_the_file(
    tmp_path: Path, telegrams: Path, where: str
) -> None:
    module = f"import sys\n{MODULE}"
    if where == "parse":
        module = module.replace("lines = data", "sys.exit('no licence'); lines = data")
    elif where == "matches":
        module = module.replace("source.head.startswith", "sys.exit('no licence') or source.head.startswith")
    else:
        module = module.replace("whole(parse)", "lambda source: sys.exit('no licence')")
    (telegrams / "telegrams_of_others.py").write_text(module, "utf-8")
    (item,) = read_bytes(tmp_path, "a.txt", "TELEGRAM\nRiver rising\nStop.\n")
    assert str(item).startswith("a.txt: cannot be read: SystemExit: no licence (")


def test_ctrl_c_while_a_format_of_others_works_ends_the_run(tmp_path: Path, telegrams: Path) -> None:
    (telegrams / "telegrams_of_others.py").write_text(
        MODULE.replace("lines = data", "raise KeyboardInterrupt; lines = data"), "utf-8"
    )
    with pytest.raises(KeyboardInterrupt):
        read_bytes(tmp_path, "a.txt", "TELEGRAM\nRiver rising\nStop.\n")


def test_files_are_read_again_when_a_format_for_them_is_installed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "a.txt").write_text("TELEGRAM\nRiver rising\nStop.\n", "utf-8")
    with newssearch.create(tmp_path / "index") as index:
        index.update([tmp_path / "a.txt"])
        assert index.update([tmp_path / "a.txt"]).files_read == 0
        request.getfixturevalue("telegrams")
        assert index.update([tmp_path / "a.txt"]).files_read == 1
        assert [hit.title for hit in index.search("stop")] == ["River rising"]


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.csv", '{"title": "Rain", "text": "It rained."}'))
    assert article.title == "Rain"
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", "---\ntitle: Rain\n---\nIt rained.\n"))
    assert article.title == "Rain"


def box(brand: bytes) -> bytes:
    """Return the first bytes of a file of the MP4 family with the given brand."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x00\x00mif1heic"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (box(b"heic"), "a HEIC image"), (box(b"heix"), "a HEIC image"), (box(b"mif1"), "a HEIC image"),
        (box(b"msf1"), "a HEIC image"), (box(b"hevc"), "a HEIC image"), (box(b"avif"), "an AVIF image"),
        (box(b"avis"), "an AVIF image"), (box(b"crx "), "a raw image"), (box(b"isom"), "a video"),
        (box(b"mp42"), "a video"), (box(b"qt  "), "a video"), (box(b"3gp5"), "a video"), (box(b"M4V "), "a video"),
        (box(b"M4A "), "an audio file"), (box(b"M4B "), "an audio file"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL image"), (b"\xff\x0a\xfa\x1f\x41\x91\x08\x06", "a JPEG XL image"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000 image"), (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "a WebP image"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "an audio file"), (b"RIFF\x24\x00\x00\x00AVI LIST", "a video"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"), (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"), (b"GIF89a\x01", "a GIF image"),
        (b"II*\x00\x08\x00", "a TIFF image"), (b"8BPS\x00\x01", "a Photoshop image"),
        (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "a BMP image"),
        (b"ID3\x04\x00\x00", "an audio file"), (b"\xff\xfb\x90\x64", "an audio file"), (b"fLaC\x00\x00", "an audio file"),
        (b"OggS\x00\x02", "audio or video"), (b"\x1aE\xdf\xa3\x9f\x42", "a video"), (b"wOF2\x00\x01", "a font"),
    ],
)  # fmt: skip
def test_the_rejection_of_an_unread_file_names_its_format(tmp_path: Path, data: bytes, kind: str) -> None:
    (item,) = read_bytes(tmp_path, "a.bin", data + b"\x00" * 40)
    assert str(item) == f"a.bin: looks like {kind}, which is not read"


@pytest.mark.parametrize(
    "text",
    ["ID3 tags are back, says", "BMW recalls cars over", "BM&F Bovespa rose on", "OTTO the", "FORM and"],
)
def test_prose_is_not_taken_for_an_image(tmp_path: Path, text: str) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", f"{text} the weekend\n\nIt rained.\n"))
    assert article.title == f"{text} the weekend"
