"""Sends a run's documents to the cluster while further ones are made, with bounded memory."""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from newssearch.display.index_address import index_address
from newssearch.errors import IndexWriteError
from newssearch.stopping import StopCheck

from . import bulk
from .bulk import Action, BulkOutcome
from .client import Client
from .documents import DocumentSource, cut
from .sampled_article import StoryMarks
from .state import taken_over
from .story_marks import mark
from .tokens import PIECE_CHARS, PieceTokens, Spelled

SENDERS = 2
"""The number of concurrent requests."""
MAX_PENDING_BATCHES = 4
"""The number of batches that are being sent or wait for it. Beyond that, the caller has to wait."""
MAX_SEEN_CHARS = 24_000_000
"""The number of characters of text pieces, in all languages, up to which a run remembers that it has sent their words."""
MAX_KNOWN_WORDS = 200_000
"""The number of words that a run remembers as sent. Sending one again does no harm."""
SPOOLED_IN_MEMORY = 8_000_000
"""The size in bytes from which the replacements of a commit are spooled to a file."""
_ACTION_OVERHEAD = 120
"""An upper bound of the bytes that an action takes in a request besides its document."""
_TOKENS = ("text", "title")
_DOCUMENT_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class _DocumentBatch(NamedTuple):
    sending: Future[BulkOutcome]
    may_exist: bool
    """Whether it is no error if documents exist already, in the same or a newer version."""


class Sender:
    """Sends actions to indices in batches, in threads of its own. An error is raised by a later call.

    ``check`` is called before each request, and raises if it must not be sent.
    """

    def __init__(self, client: Client, check: Callable[[], object] = lambda: None) -> None:
        self._client = client
        self._check = StopCheck(stop=lambda: bool(check()))
        self._pool = ThreadPoolExecutor(SENDERS, "newssearch-bulk")
        self._batches: dict[tuple[str, bool], list[Action]] = {}
        self._sizes: dict[tuple[str, bool], int] = {}
        self._sent: list[_DocumentBatch] = []

    def put(self, index: str, action: Action, *, may_exist: bool = False) -> None:
        """Add an action to the next batch, which is sent when it is full.

        Unless the document ``may_exist``, a newer version of it raises an error: another writer has taken over.
        """
        size = _ACTION_OVERHEAD + (len(action.source) if isinstance(action.source, bytes) else 0)
        target = index, may_exist
        if self._sizes.get(target, 0) + size > bulk.MAX_BULK_BODY:
            self._send(target)
        self._batches.setdefault(target, []).append(action)
        self._sizes[target] = self._sizes.get(target, 0) + size

    def flush(self) -> None:
        """Send all actions, and wait until they have arrived."""
        for target in list(self._batches):
            self._send(target)
        self._wait(0)

    def _send(self, target: tuple[str, bool]) -> None:
        batch = self._batches.pop(target, [])
        self._sizes[target] = 0
        if batch:
            self._wait(MAX_PENDING_BATCHES - 1)
            index, may_exist = target
            sending = self._pool.submit(self._client.bulk, batch, index, check=self._check)
            self._sent.append(_DocumentBatch(sending, may_exist))

    def _wait(self, limit: int) -> None:
        while len(self._sent) > limit:
            batch = self._sent[0]
            check_outcome(self._client.place, batch.sending.result(), may_exist=batch.may_exist)
            del self._sent[0]

    def close(self) -> None:
        """Discard the actions that are not yet being sent, and wait for the others. Errors are not raised."""
        self._batches.clear()
        for batch in self._sent:
            batch.sending.cancel()
        self._pool.shutdown()
        self._sent.clear()


def check_outcome(place: Path, outcome: BulkOutcome, *, may_exist: bool = False) -> None:
    """Raise :class:`~newssearch.IndexWriteError` if an action failed.

    Unless documents ``may_exist``, a newer version of one means that another writer has taken over. Deleting a
    missing document is no failure.
    """
    if outcome.rejected:
        document, reason = next(iter(outcome.rejected.items()))
        raise IndexWriteError(
            f"{index_address(place)}: the cluster does not take the document {document}: {reason}", place
        )
    if outcome.conflicts and not may_exist:
        raise taken_over(place)


class NewWords:
    """Sends the distinct words of a run's articles to the index of words, each as a document."""

    def __init__(self, sender: Sender, index: str) -> None:
        self._sender = sender
        self._index = index
        self._known: set[Spelled] = set()
        self._pieces: dict[str, set[str]] = {}
        self._chars = 0

    def learn(self, analysis: str, pieces: Sequence[str], tokens: Sequence[PieceTokens]) -> None:
        """Send those words of a text's pieces that the run has not sent yet."""
        known = self._pieces.setdefault(analysis, set())
        new = {piece: one for piece, one in zip(pieces, tokens, strict=True) if piece not in known}
        self._chars += sum(len(piece) + PIECE_CHARS for piece in new)
        if self._chars > MAX_SEEN_CHARS:
            self._pieces.clear()
            self._chars, known = 0, self._pieces.setdefault(analysis, set())
        known.update(new)
        for one in new.values():
            for word in one.spelled:
                if word not in self._known:
                    self._learn(word)

    def _learn(self, word: Spelled) -> None:
        if len(self._known) >= MAX_KNOWN_WORDS:
            self._known.clear()
        self._known.add(word)
        source: dict[str, object] = {
            "form": cut(word.form), "written": cut(word.written), "lower": cut(lower(word.written)), "elided": word.elided
        }  # fmt: skip
        if (source["form"], source["written"]) != (word.form, word.written):
            source["whole"] = {
                "form": word.form,
                "written": word.written,
            }  # patterns are matched against both
        self._sender.put(self._index, Action("create", word_id(word), to_json(source)), may_exist=True)


def word_id(word: Spelled) -> str:
    """Return the id of the document of a word."""
    text = f"{word.form}\0{word.written}\0{int(word.elided)}"
    return blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def lower(written: str) -> str:
    """Return a written word in the form by which spellings are compared except for case."""
    return written.lower().lstrip("#")


class UnmarkedDocument(NamedTuple):
    """An article's document before its marks, as JSON in three parts: all except tokens, tokens of the headline,
    tokens of the texts.
    """

    rest: bytes
    title: bytes
    texts: tuple[bytes, ...]

    @classmethod
    def of(cls, document: DocumentSource) -> UnmarkedDocument:
        """Divide a document from :func:`.documents.document_of` into these parts."""
        paragraphs = document["paragraphs"]
        without = [{name: one[name] for name in one if name not in _TOKENS} for one in paragraphs]
        title, texts = paragraphs[0]["title"], [one["text"] for one in paragraphs]
        return cls(
            to_json({**document, "paragraphs": without}), to_json(title), tuple(to_json(one) for one in texts)
        )

    def marked(self, marks: StoryMarks) -> bytes:
        """Return the document with the values that depend on other articles."""
        source = json.loads(self.rest)
        mark(source, marks)
        paragraphs = source.pop("paragraphs")
        whole = [
            b'%b,"text":%b,"title":%b}' % (to_json(one)[:-1], text, self.title)
            for one, text in zip(paragraphs, self.texts, strict=True)
        ]
        return b'%b,"paragraphs":[%b]}' % (to_json(source)[:-1], b",".join(whole))


class Spool:
    """Documents that wait for a commit, in memory or, if they are large, in an unnamed temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(SPOOLED_IN_MEMORY)  # noqa: SIM115 - it is closed by close()
        self._places: dict[str, int] = {}

    @property
    def ids(self) -> Set[str]:
        """The ids of the documents."""
        return self._places.keys()

    @property
    def size(self) -> int:
        """The size of the documents in bytes."""
        return self._file.tell()

    def add(self, document_id: str, document: UnmarkedDocument) -> None:
        """Add a document. It replaces an earlier one with the same id."""
        self._places[document_id] = self._file.tell()
        try:
            pickle.dump((document_id, *document), self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            what = f"{error.strerror}, while articles wait there for their commit"
            raise OSError(error.errno, what, tempfile.gettempdir()) from None

    def __iter__(self) -> Iterator[tuple[str, UnmarkedDocument]]:
        """Yield the id of each document, and the document."""
        end = self._file.tell()
        self._file.seek(0)
        while (place := self._file.tell()) < end:
            document_id, *document = pickle.load(self._file)  # written by this process
            if self._places[document_id] == place:
                yield document_id, UnmarkedDocument(*document)

    def clear(self) -> None:
        """Remove all documents."""
        self.close()
        self.__init__()  # type: ignore[misc]

    def close(self) -> None:
        """Close the file, which removes it."""
        with suppress(OSError):  # unwritten data is not needed
            self._file.close()


def to_json(source: Any) -> bytes:
    r"""Return a document as JSON. Characters that UTF-8 cannot encode, as in file names, are written ``\\udcff``."""
    try:
        return _dumped(source)
    except UnicodeEncodeError:
        return _dumped(_plain(source))


def _dumped(source: Any) -> bytes:
    return _DOCUMENT_ENCODER.encode(source).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
