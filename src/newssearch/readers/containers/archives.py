"""The archive formats tar and zip, which are read member by member."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from newssearch.errors import NewssearchError
from newssearch.readers.api import (
    Document,
    Format,
    Input,
    Item,
    Readable,
    Skipped,
    UnreadableError,
    read_up_to,
)
from newssearch.readers.documents.kinds import parser_of
from newssearch.readers.documents.package import readable_parts

from .page_folders import (
    LARGEST_REFERRING_FILE,
    PAGE_SUFFIXES,
    PageFolder,
    pages_of_folders,
)
from .skipped_files import PARTS_OF_PAGES, skipped_kind

if TYPE_CHECKING:
    import zipfile

MAX_ZIP_IN_MEMORY = 16 * 1024 * 1024
"""The maximum number of bytes of a nested zip that is held in memory; a larger one is written to a temporary file."""


UNREAD_ZIP_MEMBERS = (
    (re.compile(r"META-INF/MANIFEST\.MF"), "a Java archive"),
    (re.compile(r"AndroidManifest\.xml"), "an Android package"),
)
"""Patterns for member names that show that a zip is another kind of file, each with the name of that kind."""


# ---- tar


def _is_tar(source: Input) -> bool:
    if source.head[257:262] == b"ustar":
        return True
    return source.origin.suffix == ".tar" and _is_tar_header(source.head[:512])


def _is_tar_header(block: bytes) -> bool:
    """Whether a block of 512 bytes is a tar header, judged by its checksum: the oldest kind has no other mark."""
    try:
        stated = int(block[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return len(block) == 512 and stated == sum(block[:148]) + 8 * 32 + sum(block[156:])


def _read_tar(source: Input) -> Iterator[Item]:
    import tarfile  # slow to import, and few inputs need it

    origin = source.origin
    try:
        with tarfile.open(fileobj=source.stream, mode="r|", errorlevel=0) as archive:
            for member in archive:
                name = member.name
                if member.isdir():
                    continue
                if not member.isreg():
                    yield Skipped(origin.path, "links and devices in archives")
                elif (kind := skipped_kind(name)) is not None:
                    yield Skipped(origin.path, kind)
                elif (stream := archive.extractfile(member)) is not None:
                    yield source.member(stream, origin.within(name))
    except tarfile.TarError as error:
        raise UnreadableError(f"a broken tar archive: {error}") from None


# ---- zip


def _is_zip(source: Input) -> bool:
    return source.head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _read_zip(source: Input) -> Iterator[Item]:
    import zipfile  # slow to import, and few inputs need it

    with _seekable(source) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                if (parse := parser_of(archive)) is not None:
                    parts = readable_parts(archive, source.origin.options.limits.document)
                    source.budget.take(len(parts))
                    yield Document(parse, parts, source.origin)
                    return
                yield from _zip_members(source, archive)
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise UnreadableError(f"a broken zip archive: {error}") from None


def _seekable(source: Input) -> BinaryIO:
    """Return a zip archive as a seekable file, because a zip is read from its end."""
    if source.origin.file is not None:
        return source.origin.file.open("rb")
    held = read_up_to(source.stream, MAX_ZIP_IN_MEMORY)
    if len(held) < MAX_ZIP_IN_MEMORY:
        return io.BytesIO(held)
    import tempfile  # slow to import, and few inputs need it

    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it)
    except OSError as error:  # a problem of the machine, not of this archive
        message = f"reading cannot go on: no temporary file can be made: {error.strerror or error}"
        raise NewssearchError(message) from error
    file.write(held)
    while piece := source.stream.read(1 << 20):
        file.write(piece)
    file.seek(0)
    return cast(BinaryIO, file)


def _zip_members(source: Input, archive: zipfile.ZipFile) -> Iterator[Item]:
    origin, names = source.origin, archive.namelist()
    for pattern, what in UNREAD_ZIP_MEMBERS:
        if any(map(pattern.fullmatch, names)):
            raise UnreadableError(f"looks like {what}, which is not read: save it as HTML, text or PDF")
    pages_only = "datapackage.json" in names and any(name.startswith("archive/") for name in names)
    beside = _page_folders(archive, names)
    for info in archive.infolist():
        name = info.filename
        if info.is_dir():
            continue
        if beside and _belongs_to_page(name, beside):
            yield Skipped(origin.path, PARTS_OF_PAGES)
            continue
        if pages_only and not name.startswith("archive/"):
            yield Skipped(origin.path, "parts of web archives without pages")
        elif (kind := skipped_kind(name)) is not None:
            yield Skipped(origin.path, kind)
        elif info.flag_bits & 0x1:
            yield origin.within(name).rejected("encrypted")
        else:
            try:
                with archive.open(info) as stream:
                    yield source.member(_ZipMember(stream), origin.within(name))
            except Exception as error:  # the other members may be readable
                yield origin.within(name).rejected(f"cannot be unpacked: {error}")


def _page_folders(archive: zipfile.ZipFile, names: list[str]) -> dict[str, PageFolder]:
    """Return the folders of saved pages in a zip by their paths, which end with a slash."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    folders: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        if name.lower().endswith(PAGE_SUFFIXES):
            files[name.rpartition("/")[0]].append(name.rpartition("/")[2])
    for name in names if files else ():
        for end in _ends_of_folders(name):
            place, _, folder = name[: end - 1].rpartition("/")
            folders[place].add(folder)

    def beginning(place: str, name: str) -> bytes:
        try:
            with archive.open(f"{place}{name}") as stream:
                return stream.read(LARGEST_REFERRING_FILE)
        except Exception:  # reading it as an article says what is wrong with it
            return b""

    beside = {
        f"{place}/{folder}/" if place else f"{folder}/": (place, folder, page)
        for place, pages in files.items()
        for folder, page in pages_of_folders(pages, folders[place]).items()
    }
    inner: defaultdict[str, list[str]] = defaultdict(list)
    for name in names if beside else ():
        for end in _ends_of_folders(name):
            if name[:end] in beside and end < len(name):
                inner[name[:end]].append(name[end:])
    return {
        top: PageFolder(
            folder, page, beginning(f"{place}/" if place else "", page), inner[top], partial(beginning, top)
        )
        for top, (place, folder, page) in beside.items()
    }


MAX_FOLDERS_AROUND = 32
"""The maximum number of folders around a member of a zip that may be those of saved pages."""


def _ends_of_folders(name: str) -> list[int]:
    """Return where the paths of the folders around a member of a zip end, each behind its slash."""
    return [found.end() for found in islice(re.finditer("/", name), MAX_FOLDERS_AROUND)]


def _belongs_to_page(name: str, beside: dict[str, PageFolder]) -> bool:
    """Whether a member of a zip belongs to the page beside one of the folders around it."""
    return any(name[:end] in beside and beside[name[:end]].has(name[end:]) for end in _ends_of_folders(name))


class _ZipMember:
    """A member of a zip as a stream; every error of reading it becomes an UnreadableError."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._stream.read(size)
        except Exception as error:  # zlib, bz2, lzma and zipfile raise different exceptions
            raise UnreadableError(f"cannot be unpacked: {error}") from None


FORMATS = (
    Format("a tar archive", matches=_is_tar, read=_read_tar),
    Format("a zip archive", matches=_is_zip, read=_read_zip),
)
