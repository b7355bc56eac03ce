"""Decode bytes to text: as Unicode if possible, else in a detected legacy encoding."""

from __future__ import annotations

import codecs
import re

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The byte order marks, each with the encoding that it announces, in the order in which they are tried."""

LEGACY_ENCODINGS = (
    "cp1252", "cp1251", "koi8_r", "cp1256", "cp1250", "cp1253", "cp1254", "cp1255", "cp1257", "cp874", "gb18030",
    "big5", "cp932", "euc_jp", "cp949", "cp866", "iso8859_2", "iso8859_5", "iso8859_6",
)  # fmt: skip
"""The legacy encodings that occur in news; detection chooses only among them."""

ENCODING_SAMPLE = 32 * 1024
"""The number of bytes at the start of an input from which its encoding and its format are detected."""

WESTERN_LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ")
"""The accented letters of Western European text in windows-1252.

Icelandic letters are left out, because their bytes are common letters in the Turkish code page.
"""

WESTERN_MARKS = frozenset("‘’‚“”„‹›«»–—…•·€£©®™°§¿¡ˆ´\xa0\xad")
"""The non-ASCII marks of Western European text in windows-1252: punctuation and symbols."""

DIRECTION_MARKS = b"\x9d\x9e\xfd\xfe"
"""The bytes that encode invisible marks of writing direction and joining in windows-1255 or windows-1256."""

_NON_ASCII = re.compile(rb"[\x80-\xff]")
_ORDINAL_SIGN = re.compile(r"(?<=[\d.])[ªº]")
"""Matches the signs of Spanish and Portuguese ordinals, whose bytes are letters in other code pages."""
_ASCII_BYTES = bytes(range(128))


def wide_encoding(head: bytes) -> str | None:
    """Return the name of the encoding if the bytes ``head`` begin a file in UTF-16 or UTF-32, else None.

    The encoding is recognised by the byte order mark or by the positions of NUL bytes.

    >>> wide_encoding("Rain in London".encode("utf-16-le"))
    'utf-16-le'
    """
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name if name != "utf-8" else None
    if b"\0" not in head:
        return None
    head = head[: len(head) // 2 * 2]
    # In little-endian order, the second byte of ASCII characters, and of spaces in any script, is zero.
    little, big = head[1::2].count(0), head[0::2].count(0)
    if max(little, big) < 3 * min(little, big):
        return None
    name = "utf-16-le" if little > big else "utf-16-be"
    text = codecs.getincrementaldecoder(name)("replace").decode(head)
    odd = sum(1 for char in text if not (char.isprintable() or char.isspace()) or char == "\ufffd")
    return name if odd * 50 <= len(text) else None


def decode(data: bytes) -> str:
    """Return ``data`` as text, without a byte order mark; never raises.

    UTF-8 with a few invalid bytes stays UTF-8, and U+FFFD replaces them. One of :data:`LEGACY_ENCODINGS` is chosen only
    if less than three quarters of the non-ASCII bytes are valid UTF-8.

    >>> decode("naïve “quotes”".encode("cp1252"))
    'naïve “quotes”'
    >>> decode("naïve “quotes”".encode("utf-8") + b"\\xe2\\x80")
    'naïve “quotes”�'
    """
    return Decoder().decode(data)


class Decoder:
    """A decoder of one file in parts: a legacy encoding detected in one part is tried first on the next."""

    def __init__(self) -> None:
        self._found: str | None = None

    def decode(self, data: bytes) -> str:
        """Return ``data``, the next part of the file, as text; see the function :func:`decode` for the rules."""
        wide = wide_encoding(data[:ENCODING_SAMPLE])
        if wide is not None:
            return data.decode(wide, "replace").removeprefix("\ufeff")
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode()
        except UnicodeDecodeError:
            repaired = data.decode("utf-8", "replace")
        high = len(data.translate(None, _ASCII_BYTES))
        sound = len(repaired.replace("\ufffd", "").encode().translate(None, _ASCII_BYTES))
        if sound >= 3 * (high - sound):
            return repaired
        if self._found is not None:
            try:
                return data.decode(self._found)
            except UnicodeDecodeError:
                pass
        self._found = _legacy_encoding(data)
        return data.decode(self._found, "replace")


def _legacy_encoding(data: bytes) -> str:
    first = _NON_ASCII.search(data)
    start = max(0, first.start() - 256) if first else 0
    sample = data[start : start + ENCODING_SAMPLE]
    if len(sample) == ENCODING_SAMPLE:  # cut at a line feed, never inside a character
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    if _is_western(sample.decode("cp1252", "replace")):
        return "cp1252"
    if (name := _japanese_encoding(sample)) is not None:
        return name
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    candidates = list(LEGACY_ENCODINGS)
    names = [match.encoding for match in from_bytes(sample, cp_isolation=candidates)]
    if not names:  # the invisible characters of Arabic and Hebrew count as noise
        unmarked = sample.translate(None, DIRECTION_MARKS)
        names = [match.encoding for match in from_bytes(unmarked, cp_isolation=candidates)]
    # windows-1252 was ruled out above, because it leaves symbols inside words: the next most probable one is right.
    names = [name for name in names if name != "cp1252"] + ["cp1252"]
    for name in names:
        try:
            data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return name
    return names[0]


def _japanese_encoding(sample: bytes) -> str | None:
    """Return the encoding of a text that is certainly Japanese: all its letters are, and a fifth of them are hiragana or katakana.

    A few words are enough, which are too little for a detection by frequency.
    """
    for name in ("cp932", "euc_jp"):
        text = codecs.getincrementaldecoder(name)("strict")
        try:
            odd = [char for char in text.decode(sample) if not char.isascii()]
        except UnicodeDecodeError:
            continue
        kana = sum("\u3041" <= char <= "\u30ff" for char in odd)
        if (
            odd
            and 5 * kana >= len(odd)
            and all(
                "\u3000" <= char <= "\u9fff" or "\uff01" <= char <= "\uff5e" or char in "—…‥※×→“”‘’"
                for char in odd
            )
        ):
            return name
    return None


def _is_western(text: str) -> bool:
    """Whether ``text``, decoded as windows-1252, looks like a Western European language, so that the decoding is right.

    Detection by frequency fails on English with a few quotation marks. Polish or Russian decoded as windows-1252 can be
    recognised: symbols inside words, several accents in a row, too many accented letters.
    """
    letters = accents = in_a_row = 0
    for char in _ORDINAL_SIGN.sub("", text):
        if char in WESTERN_LETTERS:
            letters, accents, in_a_row = letters + 1, accents + 1, in_a_row + 1
            if in_a_row == 3:
                return False
            continue
        in_a_row = 0
        if not char.isascii() and char not in WESTERN_MARKS:
            return False
        letters += char.isalpha()
    return accents * 10 <= letters
