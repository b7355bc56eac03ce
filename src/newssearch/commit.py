"""A commit of an index: its number, its time, and the digest of its content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from newssearch.display.brief import brief
from newssearch.system.late_dataclass import dataclass

from .article import utc

DIGEST_BITS = 256
"""The size of a digest in bits."""
_SHOWN_DIGITS = 16
"""The number of digits of a digest that :func:`repr` shows."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One state of an index, which a search read.

    ``number`` counts the commits of the index: 0 is the empty index as it was created, and each commit adds 1. ``time``
    is when the commit was made, in UTC. It is stored in the index, not taken from a file, and grows from commit to commit,
    even if the clock is set back. ``digest`` is a digest of the content, as 64 hexadecimal digits.

    The digest is the sum, modulo 2**256, of the SHA-256 digests of all articles: each of the id of the article and its
    :attr:`~newssearch.Article.state`, which depends on text, fields and provenances (:func:`article_hash`). So it is
    equal for two indexes with the same ids and the same content, in whatever order and by whatever updates, removals,
    merges, rebuilds or copies they came about. Where an article was read, when it came into the index, and its earlier
    versions do not change it. The digest of an empty index is 0. Such a sum (AdHash of Bellare and Micciancio, "A New
    Paradigm for Collision-Free Hashing", EUROCRYPT 1997) tells different archives apart; it is no proof against someone
    who builds a second archive with the same digest on purpose.

    >>> import newssearch, tempfile
    >>> rain, sun = (newssearch.Article.create(title=title, text="Weather.") for title in ("Rain", "Sun"))
    >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
    ...     report = index.add([rain, sun])
    ...     first = index.commit
    ...     removed = index.remove(sun.id)
    ...     report = index.add(sun)
    ...     (first.number, index.commit.number, first.digest == index.commit.digest)
    (1, 3, True)
    """

    number: int
    time: dt.datetime
    digest: str

    def __repr__(self) -> str:
        return brief(
            self, f"{self.number:,} of {self.time:%Y-%m-%d %H:%M:%S} UTC, {self.digest[:_SHOWN_DIGITS]}…"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the commit as JSON types."""
        return {"number": self.number, "time": utc(self.time), "digest": self.digest}

    @classmethod
    def from_dict(cls, value: Mapping[str, object]) -> Commit:
        """Return the commit that :meth:`to_dict` has made JSON types of.

        Raises KeyError, TypeError, ValueError or OverflowError for anything else.
        """
        number, time, digest = value["number"], value["time"], value["digest"]
        if type(number) is not int or not isinstance(time, str) or not isinstance(digest, str):
            raise TypeError("a commit has a number, a time and a digest")
        return cls(number, utc_moment(time), digest)


def utc_moment(text: str) -> dt.datetime:
    """Return a moment in UTC, given in ISO 8601 with a time zone. Raises ValueError or OverflowError for other texts.

    >>> utc_moment("2024-07-25T14:30:00Z")
    datetime.datetime(2024, 7, 25, 14, 30, tzinfo=datetime.timezone.utc)
    """
    moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.astimezone(dt.timezone.utc)


def article_hash(article_id: str, state: str) -> int:
    """Return the hash of an article, of which a digest is the sum: the SHA-256 digest of its id and its state.

    What is hashed are the netstrings of both in UTF-8 (their lengths in bytes, then a colon, then they, then a comma), so
    that no two pairs are hashed alike.

    >>> f"{article_hash('rain-oxalj53i3irb', 'a1'):064x}"[:16]
    '4759ec2388118ead'
    """
    import hashlib  # slow to import, and a search computes no digests

    first, second = article_id.encode(), state.encode()
    hashed = hashlib.sha256(b"%d:%b,%d:%b," % (len(first), first, len(second), second))
    return int.from_bytes(hashed.digest(), "big")


def sum_of_hashes(hashes: Iterable[int]) -> int:
    """Return the sum of hashes modulo 2**256."""
    return sum(hashes) % (1 << DIGEST_BITS)


def digest_of_sum(total: int) -> str:
    """Return a sum of hashes as the digest of a commit.

    >>> digest_of_sum(255)[-4:], len(digest_of_sum(255))
    ('00ff', 64)
    """
    return f"{total:0{DIGEST_BITS // 4}x}"
