"""The interface of a format: what it receives and what it returns.

A :class:`Format` turns an :class:`Input` into items. An item is one of these:

- an :class:`~newssearch.article.Article`;
- a :class:`~newssearch.article.Rejected`, with the reason;
- a :class:`Skipped`, for content that nobody expects to be an article;
- a :class:`Feed`, which says that the input is a feed;
- a :class:`Document`, to be parsed by this process or another one;
- another :class:`Input`, for content inside a container, whose format is detected in turn.

Hence no format depends on another one, and any format may be inside any container.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from newssearch import arguments
from newssearch.article import Article, Rejected
from newssearch.fields import KeptField, kept_fields
from newssearch.limits import DEFAULT_LIMITS, Limits, in_words
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, wide_encoding
from newssearch.system.kept import cached_property
from newssearch.system.late_dataclass import dataclass
from newssearch.text.language_tags import checked_language

READ_CHUNK = 1024 * 1024
"""The maximum number of bytes that a ``read`` without a size returns from a decompressed stream."""


class UnreadableError(Exception):
    """Raised for an input that cannot be read, or not to its end; the message is the reason that users see."""


EXPORTS_KIND = "newssearch exports"
"""The kind under which reports count what newssearch itself wrote."""

REVIEW_GENERATOR = "newssearch review"
"""The program that a press review of newssearch names as the one that made it."""


class Skipped(NamedTuple):
    """Content of the file ``path`` that is not expected to be an article, such as an image in a crawl.

    ``kind`` is the plural noun under which reports count it, such as ``"revisits"`` or ``"images"``.
    """

    path: str
    kind: str


class Feed(NamedTuple):
    """A note that the file ``path``, or the ``member`` inside it, is a feed.

    A feed lists the latest articles of an outlet. So an article that is no longer in it was not withdrawn, while a
    record that is no longer in a table was deleted.
    """

    path: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options that decide how input is interpreted.

    ``day_first`` reads 7-5-2024 as the 7th of May. ``lang`` is the language of articles that state none. ``columns``
    contains pairs of a field and the table column or record key that holds it; they take precedence over the names that
    newssearch recognises itself. ``outlets`` contains pairs of the name of an outlet and its other names; they take
    precedence over the built-in ones. ``folders`` contains pairs of a folder of the archive and the outlet of those
    articles in it that name no outlet. ``limits`` bounds the size of the input. ``fields`` contains the columns and
    keys that are kept as own fields; it may be a mapping from the name of each field to its kind, or to its column and
    kind. With ``ocr``, scans in PDFs are read by the program ocrmypdf.
    """

    day_first: bool = False
    lang: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    outlets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    limits: Limits = DEFAULT_LIMITS
    fields: tuple[KeptField, ...] = ()
    ocr: bool = False

    def __post_init__(self) -> None:
        """Convert mappings to tuples of pairs. Raises TypeError for a wrong type, and ValueError for a wrong value."""
        arguments.check_settings(self, Limits)
        if self.lang is not None:
            object.__setattr__(self, "lang", checked_language(self.lang, "lang"))
        object.__setattr__(self, "fields", kept_fields(self.fields))


@dataclass(frozen=True, slots=True)
class Origin:
    """The place that an input comes from, and what its container states about it.

    ``path`` is the path of the file in the index. ``member`` is the name of the input inside that file, or ``None`` for
    the file itself; the names of nested members are joined by ``!/``. If a container states them, ``url`` is the
    address that the input was fetched from, and ``charset`` the encoding that it was sent with. ``depth`` is the number
    of containers around the input. ``file`` is the file on disk, or ``None`` inside a container.
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
        """Return the origin of a member of this input, such as a file in an archive or a message in a mailbox."""
        inner = f"{self.member}!/{member}" if self.member else member
        return replace(self, member=inner, url=url, charset=charset, depth=self.depth + 1, file=None)

    def rejected(self, reason: str, record: int = 0) -> Rejected:
        """Return a rejection of this input or, if ``record`` is not 0, of the record with that number in it."""
        return Rejected(self.path, reason, record, self.member)


class Budget:
    """The number of bytes that may still be decompressed from one file, in all of its members together.

    A small file that expands without end is a decompression bomb. At first, the budget is the size of the file times
    ``limits.ratio``, but at least ``limits.unpacked`` bytes. Text compresses to a third of its size, the most
    repetitive tables to a hundredth. Without a ``size`` there is no limit.
    """

    def __init__(self, size: int | None = None, limits: Limits = DEFAULT_LIMITS) -> None:
        self._left = None if size is None else max(limits.unpacked, limits.ratio * size)
        self._ratio = limits.ratio

    def take(self, count: int) -> None:
        """Subtract ``count`` decompressed bytes. Raises UnreadableError if the budget is exceeded."""
        if self._left is not None:
            self._left -= count
            if self._left < 0:
                raise UnreadableError(
                    f"holds more than {self._ratio} times its size: taken for a decompression bomb"
                )


class Readable(Protocol):
    """The interface of a stream of bytes: only ``read``, which may return fewer bytes than requested."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, or no bytes at the end of the stream."""


class Input:
    """The bytes of a file or of a member of a container, as a stream, with their origin.

    The stream need not be seekable: :attr:`stream` returns again the bytes that were read to detect the format.
    """

    def __init__(self, stream: Readable, origin: Origin, budget: Budget | None = None) -> None:
        self.origin = origin
        self.budget = budget or Budget()
        self.head = read_up_to(stream, ENCODING_SAMPLE)
        """The first bytes of the input, at most :data:`ENCODING_SAMPLE`, from which the format is detected."""
        self.stream: BinaryIO = io.BufferedReader(PrefixedStream(self.head, stream), 64 * 1024)
        """The whole input as a stream that begins at its start."""

    def member(self, stream: Readable, origin: Origin) -> Input:
        """Return the input of a member, read from ``stream``; its bytes count against the budget of this input."""
        return Input(_BudgetedStream(stream, self.budget), origin, self.budget)

    @classmethod
    def of(cls, data: bytes, origin: Origin) -> Input:
        """Return an input that consists of the given bytes and has no budget."""
        return cls(io.BytesIO(data), origin)

    @cached_property
    def wide(self) -> str | None:
        """The name of the encoding if the input is UTF-16 or UTF-32, else None."""
        return wide_encoding(self.head)

    @cached_property
    def opening(self) -> str:
        """The first characters, from which formats are detected, without a byte order mark and leading white space."""
        return self.head.decode(self.wide or "utf-8", "replace").removeprefix("\ufeff").lstrip()

    @property
    def is_whole(self) -> bool:
        """Whether :attr:`head` contains the whole input."""
        return len(self.head) < ENCODING_SAMPLE

    def read(self) -> bytes:
        """Return all bytes of the input. Raises UnreadableError if they exceed the limit of a document."""
        most = self.origin.options.limits.document
        data = read_up_to(self.stream, most + 1)
        if len(data) > most:
            raise UnreadableError(f"larger than {in_words(most)}")
        return data


ReadOutcome = Article | Rejected | Skipped | Feed
"""A final result of reading. Nested inputs and unparsed documents are only intermediate results."""

Parse = Callable[[bytes, Origin], Iterable[ReadOutcome | Input]]
"""A function that parses a document, given its bytes and its origin."""


class Document(NamedTuple):
    """A document to be parsed later, possibly in another process, because parsing may take long.

    ``parse`` is called with ``data`` and ``origin``. It must be a top-level function of a module, so that it can be
    pickled. It may yield inputs for content inside the document. Any exception that it raises becomes a rejection.
    """

    parse: Parse
    data: bytes
    origin: Origin


Item = ReadOutcome | Document | Input
"""An item that the ``read`` function of a format yields: a final result, an unparsed document or a nested input."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that articles come in.

    ``name`` completes "looks like", with its indefinite article (``"an HTML page"``). ``matches`` returns whether an
    input is in this format, from its content alone; it must be cheap and must not guess. ``suffixes`` are file suffixes
    with their dots; they decide only if no format matches the content. ``read`` yields the items in an input; it yields
    a rejection for a record that it cannot read, and raises :class:`UnreadableError` for an input that it cannot read.
    """

    name: str
    matches: Callable[[Input], bool]
    read: Callable[[Input], Iterator[Item]]
    suffixes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Convert ``suffixes``, perhaps a single string, to a set. Raises TypeError for a value of the wrong type."""
        arguments.text("name", self.name)
        object.__setattr__(self, "suffixes", frozenset(arguments.texts("suffixes", self.suffixes)))


def whole(parse: Parse) -> Callable[[Input], Iterator[Item]]:
    """Return a ``read`` function for a format in which each input is one document; ``parse`` parses the document."""

    def read(source: Input) -> Iterator[Item]:
        yield Document(parse, source.read(), source.origin)

    return read


class PrefixedStream(io.RawIOBase):
    """A stream that returns ``head``, which was already read from ``rest``, and then the bytes left in ``rest``."""

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
    """A stream of decompressed bytes, which subtracts the size of each read from a budget."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else READ_CHUNK)
        self._budget.take(len(data))
        return data


def is_review(stated: str) -> bool:
    """Whether a document is a press review, by its description or keywords; a program may have put commas between these.

    >>> is_review("newssearch, review"), is_review("a review")
    (True, False)
    """
    return " ".join(stated.replace(",", " ").split()) == REVIEW_GENERATOR


def read_up_to(stream: Readable, size: int) -> bytes:
    """Return ``size`` bytes of a stream, or all that are left. A single call of ``read`` may return fewer."""
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
