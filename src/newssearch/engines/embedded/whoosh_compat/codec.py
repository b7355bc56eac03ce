"""The Whoosh codec of newssearch's segments, with which programs that use Whoosh alone can search an index.

The table of contents pickles segments by their class name, :class:`newssearch.whoosh_codec.ArraySegment`. Whoosh's
own writers use a codec of Whoosh. newssearch refuses an index that they have written to (:mod:`storage.toc`).
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh.codec import base

from newssearch.commit import sum_of_hashes
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Container
from newssearch.engines.embedded.storage.toc import EXTENSION

if TYPE_CHECKING:
    from .readers import DocumentReader, TermsReader


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Opens segments of newssearch for Whoosh. It cannot write them: :class:`~writer.EmbeddedWriter` does."""

    def __init__(self) -> None:
        self._opened: dict[Path, Segment] = {}  # Whoosh asks for two readers of each segment

    def terms_reader(self, storage: Any, segment: ArraySegment) -> TermsReader:
        """Return a reader of the terms of a segment and their postings."""
        from .readers import TermsReader  # slow to import, for Whoosh alone

        return TermsReader(self._open(storage, segment))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> DocumentReader:
        """Return a reader of the stored fields, columns and lengths of the documents of a segment."""
        from .readers import DocumentReader  # slow to import, for Whoosh alone

        return DocumentReader(self._open(storage, segment), segment)

    def _open(self, storage: Any, segment: ArraySegment) -> Segment:
        path = Path(storage.folder) / segment.file_name
        if path not in self._opened:
            self._opened[path] = Segment(Container(path), segment.deleted_docs())
        return self._opened[path]

    def _unsupported(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError(
            "newssearch writes its segments itself; Whoosh's writers use a codec of Whoosh"
        )

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = _unsupported


class ArraySegment(base.Segment):  # type: ignore[misc]
    """A segment in Whoosh's table of contents: its name, its number of documents, and the deleted ones."""

    __module__ = "newssearch.whoosh_codec"

    def __init__(self, indexname: str, documents: int = 0, hash_sum: int = 0) -> None:
        super().__init__(indexname)
        self._documents = documents
        self._hash_sum = hash_sum
        self._deleted: set[int] = set()

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        """Return ``size`` random letters and digits for the name of a new segment.

        Whoosh's own method draws them from :mod:`random`, which repeats names in a program that seeds it.
        """
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"
        return "".join(map(secrets.choice, [letters] * size))

    def codec(self) -> ArrayCodec:
        """Return the codec that reads the segment."""
        return ArrayCodec()

    def should_assemble(self) -> bool:
        """Return False: a segment has one file, so there are none to join."""
        return False

    def set_doc_count(self, count: int) -> None:
        """Set the number of documents, deleted ones included."""
        self._documents = count

    @property
    def hash_sum(self) -> int:
        """The sum of the hashes of the live articles."""
        return self._hash_sum

    def subtract_hashes(self, hashes: int) -> None:
        """Subtract the sum of the hashes of articles that are deleted."""
        self._hash_sum = sum_of_hashes((self._hash_sum, -hashes))

    def doc_count_all(self) -> int:
        """Return the number of documents, deleted ones included."""
        return self._documents

    def deleted_count(self) -> int:
        """Return the number of deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """Return the numbers of the deleted documents, in any order."""
        return iter(self._deleted)

    def delete_document(self, number: int, delete: bool = True) -> None:
        """Mark a document as deleted, or as live again if ``delete`` is false."""
        (self._deleted.add if delete else self._deleted.discard)(number)

    def is_deleted(self, number: int) -> bool:
        """Whether a document is deleted."""
        return number in self._deleted

    @property
    def file_name(self) -> str:
        """The name of the segment's file."""
        return str(self.make_filename(EXTENSION))
