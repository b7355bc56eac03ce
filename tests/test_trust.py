"""The index of a stranger: nothing that its table of contents names is called, and no name leads out of its folder."""

from __future__ import annotations

import pickle
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import IndexDamagedError
from newssearch.engines.embedded import EmbeddedStore
from newssearch.engines.embedded.storage.toc import (
    ALLOWED_CLASSES,
    Toc,
    newest,
    read_toc,
    read_versions,
    toc_bytes,
    toc_path,
)
from support import article, index_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "index"
    index_of(
        folder, *(article(f"Rain {n}", "The river rose.", "It fell.", url=f"u{n}") for n in range(3))
    ).close()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "index")


@pytest.fixture
def toc(folder: Path) -> Toc:
    return read_toc(folder)


def put(folder: Path, toc: Toc, **changed: Any) -> None:
    """Write a table of contents with some parts replaced, and the right checksum."""
    toc_path(folder, toc.generation).write_bytes(toc_bytes(toc._replace(**changed)))


def refused(folder: Path, match: str) -> None:
    """Check that each way of opening the index refuses it, and opens no file that the table of contents names."""
    with pytest.raises(IndexDamagedError, match=match):
        newssearch.open(folder)
    with pytest.raises(IndexDamagedError, match=match):
        EmbeddedStore(folder).toc()
    assert match.partition(":")[0] in newssearch.verify(folder).problems[0].what


def global_named(module: str, name: str) -> bytes:
    """Return a pickle of a list of one object, given by the names of its module and itself."""
    return b"\x80\x02]c" + f"{module}\n{name}\n".encode() + b"a."


FOREIGN = [
    *((f"{module}.other", name) for module, name in sorted(ALLOWED_CLASSES)),
    *(("stranger", name) for _, name in sorted(ALLOWED_CLASSES)),
    *((module, f"{name}2") for module, name in sorted(ALLOWED_CLASSES)),
    ("builtins", "eval"), ("builtins", "getattr"), ("os", "system"), ("re", "compile"), ("builtins", "defaultdict"),
    ("whoosh.codec.whoosh3", "W3Segment"), ("collections", "defaultdict"), ("newssearch.whoosh_codec", "pickle"), ("whoosh.fields", "TEXT.__init__"),
]  # fmt: skip


@pytest.mark.parametrize("part", ["schema", "segments"])
def test_a_name_is_known_by_its_module_and_not_by_itself(folder: Path, toc: Toc, part: str) -> None:
    for module, name in FOREIGN:
        assert (module, name) not in ALLOWED_CLASSES
        put(folder, toc, **{part: global_named(module, name)})
        with pytest.raises(IndexDamagedError, match="it names"):
            read_toc(folder)
    put(folder, toc, **{part: global_named("stranger", "TEXT")})
    refused(folder, "it names stranger")


def test_nothing_that_a_table_of_contents_names_is_called(
    folder: Path, toc: Toc, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even allowed classes are not called: an inert object replaces each."""
    called: list[str] = []

    class TEXT:
        def __init__(self, *_: object) -> None:
            called.append("made")

        def __setstate__(self, state: object) -> None:
            called.append("told")

    from whoosh import fields

    monkeypatch.setattr(fields, "TEXT", TEXT)
    TEXT.__module__, TEXT.__qualname__ = "whoosh.fields", "TEXT"
    put(folder, toc, schema=pickle.dumps([TEXT()], 2))
    called.clear()
    read_toc(folder)
    assert called == []


NAMES = [
    ("..", "x"), ("../MAIN", "x"), ("MAIN", "../x"), ("MAIN", "x/../../y"), ("/MAIN", "x"), ("MAIN", "/etc/passwd"), ("MAIN", "a/b"),
    ("MAIN", "a\\b"), ("MAIN", "a\0b"), ("MAIN", "a\n"), ("MAIN", ""), ("MAIN", "A"), ("MAIN", "é"), ("MAIN", "a.b"), ("MAIN", "a b"),
    ("", "x"), ("C:MAIN", "x"), ("MAIN_", "x"), ("main", "x"), ("xMAIN", "x"), ("MAIN", "٣"), ("~", "x"), ("MAIN", "a:b"),
]  # fmt: skip


@pytest.mark.parametrize(("index", "segment"), NAMES)
def test_no_name_of_a_segment_leads_out_of_the_folder(
    folder: Path, toc: Toc, index: str, segment: str
) -> None:
    (segments,) = EmbeddedStore(folder).toc().segments
    state = {**vars(segments), "indexname": index, "segid": segment}
    stated = pickle.dumps(state, 2).removeprefix(b"\x80\x02").removesuffix(b".")
    put(folder, toc, segments=b"\x80\x02]cnewssearch.whoosh_codec\nArraySegment\n)\x81" + stated + b"ba.")
    with pytest.raises(IndexDamagedError, match="it names the segment"):
        newssearch.open(folder)


def test_a_file_of_the_index_that_is_a_link_is_replaced_and_not_written_through(
    folder: Path, toc: Toc, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    for name in (
        "newssearch.json.tmp",
        "_MAIN_2.toc.tmp",
        "stories-2.nws",
        "files.json.tmp",
        "run.json.tmp",
        "writer.json.tmp",
    ):
        (folder / name).symlink_to(outside)
    with newssearch.open(folder) as index:
        index.add([article("Snow", "It froze.", url="snow")])
        assert index.search("froze").total_articles == 1
    assert outside.read_text() == "mine"


# ---- the bytes of a table of contents


def test_a_table_of_contents_is_read_as_it_was_written(folder: Path, toc: Toc) -> None:
    assert (toc.generation, toc.versions) == (newest(folder), read_versions(folder))
    assert [entry.documents for entry in toc.entries] == [6]
    assert [entry.file_name for entry in toc.entries] == [path.name for path in folder.glob("MAIN_*.nws")]
    assert toc_bytes(toc) == toc_path(folder, toc.generation).read_bytes()


def test_a_table_of_contents_of_another_commit_is_refused(folder: Path) -> None:
    generation = newest(folder)
    shutil.copy(toc_path(folder, generation), toc_path(folder, generation + 5))
    refused(folder, "the table of contents of another commit")


def test_more_than_a_table_of_contents_is_refused(folder: Path, toc: Toc) -> None:
    put(folder, toc, segments=toc.segments + b"more")
    refused(folder, "there are bytes after its end")


@pytest.mark.parametrize("at", [0, 3, 9, 15, 40, -1, -9, -13])
def test_another_byte_is_noticed(folder: Path, toc: Toc, at: int) -> None:
    path = toc_path(folder, newest(folder))
    content = bytearray(toc_bytes(toc))
    content[at] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(IndexDamagedError):
        newssearch.open(folder).close()


def test_a_layout_that_nobody_knows_is_refused_whatever_its_checksum(folder: Path, toc: Toc) -> None:
    """The layout is the sizes of numbers, the mark of their byte order, and a version."""
    whole = toc_bytes(toc)[:-12]
    for at in range(11):
        content = bytearray(whole)
        content[at] ^= 1
        sealed = bytes(content) + struct.pack("<I8s", zlib.crc32(content), b"NEWSTOC1")
        toc_path(folder, newest(folder)).write_bytes(sealed)
        with pytest.raises(IndexDamagedError, match="its layout is unknown"):
            read_toc(folder)
        assert read_versions(folder) is None


def test_what_is_deleted_is_among_what_there_is(folder: Path, toc: Toc) -> None:
    (segment,) = EmbeddedStore(folder).toc().segments
    deleted: Any
    for deleted in ({6}, {-1}, {0, 99}, {"0"}, {None}, {2**70}, {0.5, 7.0}):
        segment._deleted = deleted
        put(folder, toc, segments=pickle.dumps([segment], 2))
        with pytest.raises(IndexDamagedError, match="not to be trusted"):
            newssearch.open(folder)
    segment._deleted = {0, 1, 4, 5}
    put(folder, toc, segments=pickle.dumps([segment], 2))
    assert read_toc(folder).entries[0].deleted == {0, 1, 4, 5}


def test_versions_of_any_size_are_written_and_read(folder: Path, toc: Toc) -> None:
    for versions in ((0, 0), (127, 128), (300, 1 << 20), ((1 << 35) - 1, 1)):
        put(folder, toc, versions=versions)
        assert read_versions(folder) == read_toc(folder).versions == versions
    path = toc_path(folder, toc.generation)
    path.write_bytes(toc_bytes(toc._replace(versions=(1 << 35, 1))))
    assert read_versions(folder) is None


def test_the_newest_table_of_contents_counts(folder: Path, toc: Toc, tmp_path: Path) -> None:
    assert newest(folder) == 1
    for name in (
        "_MAIN_12.toc.tmp",
        "_MAIN_x.toc",
        "_MAIN_-5.toc",
        "_MAIN_²³.toc",
        "MAIN_99.toc",
        "_MAIN_.toc",
        "_MAIN_٩.toc",
    ):
        (folder / name).write_bytes(b"")
    assert newest(folder) == 1
    (folder / "_MAIN_10.toc").write_bytes(b"")
    (folder / "_MAIN_9.toc").write_bytes(b"")
    assert newest(folder) == 10
    assert newest(tmp_path / "nowhere") == newest(folder / "_MAIN_9.toc") == -1
    (tmp_path / "empty").mkdir()
    assert newest(tmp_path / "empty") == -1
