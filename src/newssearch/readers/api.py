"""The interface of a format: what it receives and what it returns.

A :class:`Format` turns an :class:`Input` into items. An item is one of these:

- an :class:`~newssearch.article.Article`;
- a :class:`~newssearch.article.Rejected`, with the reason;
- a :class:`Skipped`, for content that nobody expects to be an article;
- a :class:`Document`, to be parsed by this process or another one;
- another :class:`Input`, for content inside a container, whose format is detected in turn.

Hence no format knows another one, and any format may be inside any container.
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
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, wide_encoding

READ_CHUNK = 1024 * 1024
"""Bytes to read from a stream at a time if the caller does not say how many."""


class UnreadableError(Exception):
    """The input cannot be read, or cannot be read any further; the message is the reason that users see."""


class Skipped(NamedTuple):
    """Content that is not expected to be an article, such as an image in a crawl; reports count it by its kind.

    ``kind`` is as reports name it: ``"revisits"``, ``"images"``.
    """

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to interpret input.

    ``day_first`` reads 7-5-2024 as the 7th of May. ``lang`` is the language of articles that state none. ``columns``
    pairs a field with the column of a table, or the key of a record, that holds it; it takes precedence over the names
    that newssearch recognises itself. ``outlets`` pairs the name of an outlet with its other names, and takes
    precedence over the built-in ones. ``folders`` pairs a folder of the archive with the outlet of those articles in it
    that name none. ``limits`` bounds the size of the input.
    """

    day_first: bool = False
    lang: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    outlets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        """Convert mappings to pairs. Raises TypeError for a value of a wrong type."""
        arguments.check_settings(self, Limits)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an input comes from, and what its container says about it.

    ``path`` is the path of the file in the index. ``member`` is the name of the input inside that file, or ``None`` for
    the file itself; the names of nested members are joined by ``!/``. ``url`` is the address that the input was fetched
    from, and ``charset`` the encoding that it was sent with, if a container states them. ``depth`` is the number of
    containers around it. ``file`` is the file on disk, or ``None`` inside a container.
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
        """The name of the file or the member, without its folders."""
        if self.file is not None:
            return self.file.name
        return (self.member or self.path).replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """The suffix of the name in lower case, with its dot, or ``""``."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem else ""

    def within(self, member: str, *, url: str | None = None, charset: str | None = None) -> Origin:
        """Return the origin of a member of this input: of an archive, a mailbox, a compressed file."""
        inner = f"{self.member}!/{member}" if self.member else member
        return replace(self, member=inner, url=url, charset=charset, depth=self.depth + 1, file=None)

    def rejected(self, reason: str, record: int = 0) -> Rejected:
        """Return a rejection of this input, or of the record with that number in it."""
        return Rejected(self.path, reason, record, self.member)


class Budget:
    """The number of bytes that may still be decompressed from one file, in all of its members together.

    A small file that expands without end is a decompression bomb. The ``limits`` set the allowed ratio to the size of the
    file, and a number of bytes that is allowed in any case. Text compresses to a third of its size, the most repetitive
    tables to a hundredth. Without a ``size`` there is no limit.
    """

    def __init__(self, size: int | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        self._left = None if size is None else max(limits.unpacked, limits.ratio * size)
        self._ratio = limits.ratio

    def take(self, count: int) -> None:
        """Subtract ``count`` decompressed bytes. Raises UnreadableError if none are left."""
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise UnreadableError(
                    f"holds more than {self._ratio} times its size: taken for a decompression bomb"
                )


class Readable(Protocol):
    """A stream of bytes, of which only ``read`` is needed; a call may return fewer bytes than requested."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, and no bytes at the end of the stream."""


class Input:
    """A stream of bytes, positioned at its start, and its origin.

    The stream need not be seekable: the bytes read to detect the format are returned again by :attr:`stream`.
    """

    def __init__(self, stream: Readable, origin: Origin, budget: Budget | None = None) -> None:
        self.origin = origin
        self.budget = budget or Budget()
        self.head = read_up_to(stream, ENCODING_SAMPLE)
        """The first bytes, from which the format is detected."""
        self.stream: BinaryIO = io.BufferedReader(PrefixedStream(self.head, stream), 64 * 1024)
        """The whole input, from its start."""

    def member(self, stream: Readable, origin: Origin) -> Input:
        """Return the input of a member; its decompressed bytes count against the budget of this input."""
        return Input(_BudgetedStream(stream, self.budget), origin, self.budget)

    @classmethod
    def of(cls, data: bytes, origin: Origin) -> Input:
        """Return an input that consists of the given bytes."""
        return cls(io.BytesIO(data), origin)

    @cached_property
    def wide(self) -> str | None:
        """The name of the encoding if the input is UTF-16 or UTF-32, else None."""
        return wide_encoding(self.head)

    @cached_property
    def opening(self) -> str:
        """The first characters, without a byte order mark and leading white space, from which formats are detected."""
        return self.head.decode(self.wide or "utf-8", "replace").removeprefix("\ufeff").lstrip()

    @property
    def is_whole(self) -> bool:
        """Whether the head is the whole input."""
        return len(self.head) < ENCODING_SAMPLE

    def read(self) -> bytes:
        """Return all bytes. Raises UnreadableError if there are more than the limit of a document allows."""
        most = self.origin.options.limits.document
        data = read_up_to(self.stream, most + 1)
        if len(data) > most:
            raise UnreadableError(f"larger than {in_words(most)}")
        return data


ReadOutcome = Article | Rejected | Skipped
"""The final results of reading; containers and unparsed documents are only intermediate ones."""

Parse = Callable[[bytes, Origin], Iterable[ReadOutcome | Input]]
"""A function that parses a document, given its bytes and its origin."""


class Document(NamedTuple):
    """An unparsed document. Parsing may take long, so that another process may do it.

    ``parse`` is a top-level function of a module, so that it can be pickled, and ``data`` is its argument. It may yield
    inputs for content inside the document. Any exception that it raises becomes a rejection.
    """

    parse: Parse
    data: bytes
    origin: Origin


Item = ReadOutcome | Document | Input
"""What the ``read`` function of a format yields."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that articles come in.

    ``name`` completes "looks like", with its article (``"an HTML page"``). ``matches`` returns whether an input is in
    this format, from its content alone; it must be cheap and must not guess. ``suffixes`` are the file suffixes that
    decide if the content of an input matches no format. ``read`` yields the items in an input; it yields a rejection
    for a record that it cannot read, and raises :class:`UnreadableError` for an input that it cannot read.
    """

    name: str
    matches: Callable[[Input], bool]
    read: Callable[[Input], Iterator[Item]]
    suffixes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Accept a single suffix as a set of one. Raises TypeError for a value of a wrong type."""
        arguments.text("name", self.name)
        object.__setattr__(self, "suffixes", frozenset(arguments.texts("suffixes", self.suffixes)))


def whole(parse: Parse) -> Callable[[Input], Iterator[Item]]:
    """Return the ``read`` function of a format in which each input is one document."""

    def read(source: Input) -> Iterator[Item]:
        yield Document(parse, source.read(), source.origin)

    return read


class PrefixedStream(io.RawIOBase):
    """A stream whose first bytes were already read: it returns them again, then the rest."""

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


class _BudgetedStream:
    """A stream of decompressed bytes, which count against a budget."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else READ_CHUNK)
        self._budget.take(len(data))
        return data


def read_up_to(stream: Readable, size: int) -> bytes:
    """Return ``size`` bytes of a stream, or all that are left; unlike one call of ``read``, never fewer."""
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
