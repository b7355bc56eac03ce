"""What a reader is given, and what it gives: the shape of every format.

A :class:`Format` turns an :class:`Input` into items. An item is an :class:`~newssearch.article.Article`; a
:class:`~newssearch.article.Rejected`, with the reason; a :class:`Skipped`, for what nobody expects to be an article; a
:class:`Document`, to be parsed here or by another process; or another :class:`Input`, for what lies within, to be read
as whatever it is. So a format knows nothing of the others, and any of them may lie within any container.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from newssearch import arguments
from newssearch.article import Article, Rejected
from newssearch.limits import DEFAULT_LIMITS, Limits, in_words
from newssearch.readers.decoding.encoding import SAMPLE, wide_encoding

CHUNK = 1024 * 1024
"""Bytes that are read at a time where nobody says how many."""


class UnreadableError(Exception):
    """What was being read cannot be read, or no further; the message is the reason, for a person."""


class Skipped(NamedTuple):
    """Something that is no article and was not expected to be one (an image in a crawl), counted by its kind.

    ``what`` is the kind as a report names it: ``"revisits"``, ``"images"``.
    """

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How input is to be understood.

    ``day_first`` reads 7-5-2024 as the 7th of May; ``lang`` is the language of articles that state none. ``columns``
    are pairs of a field and the column of a table or the key of a record that holds it, before those that are known.
    ``outlets`` are names of outlets with what else they are called, before those that are known; ``folders`` pairs of
    a folder of the archive and the outlet of the articles in it that name none. ``limits`` bound what is read.
    """

    day_first: bool = False
    lang: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    outlets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        """Mappings become pairs. Raises TypeError for a value of a wrong type."""
        arguments.check_settings(self, Limits)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from, and what is known of it from outside.

    ``path`` is the file as the index names it; ``member`` the name of the part of it, ``None`` where it is the file
    itself (parts of parts are joined by ``!/``). ``url`` is the address that it was fetched from and ``charset`` the
    encoding that it was sent with, where a container knows. ``depth`` counts the containers around it. ``file`` is
    the file itself, where it lies in no container.
    """

    path: str
    options: ReadOptions
    member: str | None = None
    url: str | None = None
    charset: str | None = None
    depth: int = 0
    file: Path | None = None

    @property
    def name(self) -> str:
        """The name of the file, or of the part, without its folders."""
        if self.file is not None:
            return self.file.name
        return (self.member or self.path).replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """The ending of the name in small letters, with its dot, or ``""``."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem else ""

    def within(self, member: str, *, url: str | None = None, charset: str | None = None) -> Origin:
        """The origin of a part of this: of an archive, a mailbox, a compressed file."""
        inner = f"{self.member}!/{member}" if self.member else member
        return replace(self, member=inner, url=url, charset=charset, depth=self.depth + 1, file=None)

    def rejected(self, reason: str, record: int = 0) -> Rejected:
        """A rejection of it, or of a record in it."""
        return Rejected(self.path, reason, record, self.member)


class Budget:
    """How many bytes may still come out of what one file holds packed, in all that lies in it.

    A small file that grows without end is a bomb: there may be so many times its size as the ``limits`` say, and so much
    in any case. Text compresses to a third, the most monotonous of tables to a hundredth.
    """

    def __init__(self, size: int | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        self._left = None if size is None else max(limits.unpacked, limits.ratio * size)
        self._ratio = limits.ratio

    def take(self, count: int) -> None:
        """Note that so many came out. Raises UnreadableError once there are too many."""
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise UnreadableError(
                    f"holds more than {self._ratio} times its size: taken for a decompression bomb"
                )


class Readable(Protocol):
    """All that is asked of a stream of bytes: ``read``, which may give fewer than it was asked for."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or fewer; none at the end."""


class Input:
    """A stream of bytes at its beginning, and where it comes from.

    The stream need not be seekable: what is read of it to tell what it is, is given again.
    """

    def __init__(self, stream: Readable, origin: Origin, budget: Budget | None = None) -> None:
        self.origin = origin
        self.budget = budget or Budget()
        self.head = read_up_to(stream, SAMPLE)
        """The first bytes of it."""
        self.stream: BinaryIO = io.BufferedReader(Again(self.head, stream), 64 * 1024)
        """All of it, from the beginning."""

    def part(self, stream: Readable, origin: Origin) -> Input:
        """What lies packed in it, with what comes out counted."""
        return Input(_Taken(stream, self.budget), origin, self.budget)

    @classmethod
    def of(cls, data: bytes, origin: Origin) -> Input:
        """An input of bytes at hand."""
        return cls(io.BytesIO(data), origin)

    @cached_property
    def wide(self) -> str | None:
        """The encoding, where it is UTF-16 or UTF-32."""
        return wide_encoding(self.head)

    @cached_property
    def opening(self) -> str:
        """The first characters, without a mark of order and white space in front; for telling formats apart."""
        return self.head.decode(self.wide or "utf-8", "replace").removeprefix("\ufeff").lstrip()

    @property
    def is_whole(self) -> bool:
        """Whether the head is all that there is."""
        return len(self.head) < SAMPLE

    def read(self) -> bytes:
        """All of it. Raises UnreadableError for more than the limit of a document."""
        most = self.origin.options.limits.document
        data = read_up_to(self.stream, most + 1)
        if len(data) > most:
            raise UnreadableError(f"larger than {in_words(most)}")
        return data


Found = Article | Rejected | Skipped
"""What there is in the end."""

Parse = Callable[[bytes, Origin], Iterable[Found | Input]]
"""What parses a document: its bytes, and where it comes from."""


class Document(NamedTuple):
    """A document at hand whose parsing, which may take long, is left to whoever has time.

    ``parse`` is a function of a module, so that it can be sent to another process, and ``data`` is what it is to
    parse. It may give inputs, for what lies within. Whatever it raises becomes a rejection.
    """

    parse: Parse
    data: bytes
    origin: Origin


Item = Found | Document | Input
"""What a format gives."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that articles come in.

    ``name`` is what it is called behind "looks like" (``"an HTML page"``). ``matches`` tells by its content whether an
    input is of it, and is cheap and certain; ``suffixes`` are the endings of names that decide where no content
    does. ``read`` gives what is in an input; what it cannot read it gives as a rejection.
    """

    name: str
    matches: Callable[[Input], bool]
    read: Callable[[Input], Iterator[Item]]
    suffixes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """One ending stands for a set of one. Raises TypeError for a value of a wrong type."""
        arguments.text("name", self.name)
        object.__setattr__(self, "suffixes", frozenset(arguments.texts("suffixes", self.suffixes)))


def whole(parse: Parse) -> Callable[[Input], Iterator[Item]]:
    """A ``read`` of a format whose documents are parsed as a whole."""

    def read(source: Input) -> Iterator[Item]:
        yield Document(parse, source.read(), source.origin)

    return read


class Again(io.RawIOBase):
    """A stream whose beginning was read in advance."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._head:
            piece: bytes | memoryview = self._head[: len(view)]
            self._head = self._head[len(view) :]
        else:
            piece = self._rest.read(len(view))
        view[: len(piece)] = piece
        return len(piece)


class _Taken:
    """A stream of what was packed."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else CHUNK)
        self._budget.take(len(data))
        return data


def read_up_to(stream: Readable, size: int) -> bytes:
    """So many bytes of a stream, or all that there are: one ``read`` of it may give fewer."""
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
