"""The id of an article: a readable slug, and a digest of what identifies the article.

The digest alone identifies. The slug is that of the article's first version, and stays when the headline is corrected.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newssearch.text.partial_dates import PartialDate

SLUG_LENGTH = 48
"""The slug of an id has at most this many characters."""
DIGEST_LENGTH = 12
"""The digest of an id has this many characters of base 32, 60 bits: two of ten million articles share one by a chance of
1 in 20,000."""

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
"""The digits of base 32 in small letters (RFC 4648)."""
_VALUES = str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrstuv")
"""Translates these digits into those that :class:`int` reads."""
_PUNCTUATION = str.maketrans({"’": "", "‘": "", **dict.fromkeys("“”–—…\xa0", "-")})
"""Translates punctuation as it counts in a slug: single quotation marks are left out, the rest separates words."""
_BITS = 5 * DIGEST_LENGTH
_HAND_MADE = 1 << _BITS
"""The bit that sets the number of an id without a digest apart from those of all ids with one."""


def make_id(date: dt.date | PartialDate | None, outlet: str | None, title: str | None, identity: str) -> str:
    """Return the id of an article: a slug of at most :data:`SLUG_LENGTH` characters, cut at a word, and the digest.

    >>> make_id(dt.date(2024, 7, 25), "almaalomah.me", "Austin sends a veiled message", "seeds/a.txt#1")
    '2024-07-25-almaalomah-me-austin-sends-a-veiled-vijoi2z26lqo'
    """
    from slugify import slugify  # slow to import, and a search makes no ids

    day = date.isoformat()[:10] if date else ""
    words = " ".join(part for part in (day, (outlet or "").removeprefix("www."), title) if part)
    words = _plainer(words[: 4 * SLUG_LENGTH])
    slug = slugify(words, max_length=SLUG_LENGTH, word_boundary=True, save_order=True)
    code = id_digest(identity)
    return f"{slug}-{code}" if slug else code


def _plainer(words: str) -> str:
    """Return words with the same slug, in ASCII if their only other characters are common punctuation.

    For each text beyond ASCII, slugify tries to import a package that is usually not installed, which takes longer than
    all the rest.
    """
    if words.isascii() or "&" in words:  # removing a sign could make an entity
        return words
    plain = words.translate(_PUNCTUATION)
    return plain if plain.isascii() else words


def id_digest(identity: str) -> str:
    """Return the digest of an identity, as it ends an id."""
    number = _hash(identity) >> (64 - _BITS)
    return "".join(_DIGITS[number >> shift & 31] for shift in range(_BITS - 5, -5, -5))


def id_number(article_id: str) -> int:
    """Return the number that identifies the article with that id: its digest, as 60 bits.

    Ids that end with the same digest have the same number. An id without a digest, which :func:`make_id` has not made,
    has the hash of all of it, above all numbers of digests. The number fits into 64 bits without a sign.

    >>> id_number("rain-aaaaaaaaaaab"), id_number("snow-aaaaaaaaaaab"), id_number("by-hand") > 1 << 60
    (1, 1, True)
    """
    if (code := digest_of(article_id)) is not None:
        return int(code.translate(_VALUES), 32)
    return _HAND_MADE | _hash(article_id) >> (64 - _BITS)


def digest_of(article_id: str) -> str | None:
    """Return the digest at the end of an id; None for an id that does not end with one."""
    slug, code = article_id[:-DIGEST_LENGTH], article_id[-DIGEST_LENGTH:]
    is_digest = len(code) == DIGEST_LENGTH and not code.strip(_DIGITS)
    return code if is_digest and (not slug or slug.endswith("-")) else None


def without_slug(article_id: str) -> str:
    """Return the digest at the end of an id; the whole of an id that does not end with one.

    >>> without_slug("rain-aaaaaaaaaaab"), without_slug("by-hand")
    ('aaaaaaaaaaab', 'by-hand')
    """
    return digest_of(article_id) or article_id


def with_digest(article_id: str, identity: str) -> str:
    """Return an id with the same slug and the digest of another identity.

    >>> with_digest("rain-aaaaaaaaaaab", "x")[:5], len(with_digest("rain-aaaaaaaaaaab", "x"))
    ('rain-', 17)
    """
    slug = article_id if digest_of(article_id) is None else article_id[: -DIGEST_LENGTH - 1]
    return f"{slug}-{id_digest(identity)}" if slug else id_digest(identity)


def normal_key(key: str) -> str:
    """Return a record's own id as it is compared: in Unicode's composed form, with single spaces between words.

    Lone surrogates, which no file can hold, are replaced.
    """
    if not key.isascii():
        key = key.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(unicodedata.normalize("NFC", key).split())


def _hash(text: str) -> int:
    """Return a 64-bit hash of a text. The text may contain lone surrogates."""
    import hashlib  # slow to import, and a search makes no ids

    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def looks_like_id(text: str) -> bool:
    """Whether a text ends as an id does and as hardly any word: with a digest that has a digit.

    >>> looks_like_id("rain-oxalj53i3irb"), looks_like_id("oxalj53i3irb"), looks_like_id("self-preservation")
    (True, True, False)
    """
    digest = without_slug(text)
    known = len(digest) == DIGEST_LENGTH and {*digest} <= {*_DIGITS}
    return known and any(char.isdigit() for char in digest)
