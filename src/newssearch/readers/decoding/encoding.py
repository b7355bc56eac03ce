"""Bytes to text: Unicode first, and what older programs wrote by what it looks like."""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they announce."""

LEGACY = (
    "cp1252", "cp1251", "koi8_r", "cp1256", "cp1250", "cp1253", "cp1254", "cp1255", "cp1257", "cp874", "gb18030",
    "big5", "cp932", "euc_jp", "cp949", "cp866", "iso8859_2", "iso8859_5", "iso8859_6",
)  # fmt: skip
"""The encodings before Unicode that news is found in; detection chooses among them only."""

SAMPLE = 32 * 1024
"""Bytes that detection looks at."""

WESTERN_LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ")
WESTERN_MARKS = frozenset("‘’‚“”„‹›«»–—…•·€£©®™°§¿¡ˆ´\xa0\xad")
"""What a Western European text has beyond ASCII in windows-1252; Icelandic letters are left out, because in the
Turkish code page their places are those of common letters."""

DIRECTION_MARKS = b"\x9d\x9e\xfd\xfe"
"""Marks of direction and joining in windows-1255 and windows-1256."""

_HIGH = re.compile(rb"[\x80-\xff]")
_ASCII = bytes(range(128))


def wide_encoding(head: bytes) -> str | None:
    """The UTF-16 or UTF-32 that the first bytes of a file are in, by its mark or by where its NULs are, or None.

    >>> wide_encoding("Rain in London".encode("utf-16-le"))
    'utf-16-le'
    """
    for mark, name in BOMS:
        if head.startswith(mark):
            return name if name != "utf-8" else None
    if b"\0" not in head:
        return None
    head = head[: len(head) // 2 * 2]
    # ASCII characters, and spaces in any script, have their zero byte second where the low byte comes first.
    little, big = head[1::2].count(0), head[0::2].count(0)
    if max(little, big) < 3 * min(little, big):
        return None
    name = "utf-16-le" if little > big else "utf-16-be"
    text = codecs.getincrementaldecoder(name)("replace").decode(head)
    odd = sum(1 for char in text if not (char.isprintable() or char.isspace()) or char == "\ufffd")
    return name if odd * 50 <= len(text) else None


def decode(data: bytes) -> str:
    """The text in ``data``, without byte order mark; never raises.

    UTF-8 with a few broken bytes stays UTF-8, with U+FFFD in their places; only where what is broken outweighs
    what is well-formed is the text taken to be in one of :data:`LEGACY`.

    >>> decode("naïve “quotes”".encode("cp1252"))
    'naïve “quotes”'
    >>> decode("naïve “quotes”".encode("utf-8") + b"\\xe2\\x80")
    'naïve “quotes”�'
    """
    return Decoder().decode(data)


class Decoder:
    """Decodes the parts of one file: a legacy encoding found in one part is tried first on the next."""

    def __init__(self) -> None:
        self._found: str | None = None

    def decode(self, data: bytes) -> str:
        """As the function :func:`decode`."""
        wide = wide_encoding(data[:SAMPLE])
        if wide is not None:
            return data.decode(wide, "replace").removeprefix("\ufeff")
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode()
        except UnicodeDecodeError:
            repaired = data.decode("utf-8", "replace")
        high = len(data.translate(None, _ASCII))
        sound = len(repaired.replace("\ufffd", "").encode().translate(None, _ASCII))
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
    first = _HIGH.search(data)
    start = max(0, first.start() - 256) if first else 0
    sample = data[start : start + SAMPLE]
    if len(sample) == SAMPLE:  # not in the middle of a character: no encoding has a line feed within one
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    if _is_western(sample.decode("cp1252", "replace")):
        return "cp1252"
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    candidates = list(LEGACY)
    names = [match.encoding for match in from_bytes(sample, cp_isolation=candidates)]
    if not names:  # the invisible marks of Arabic and Hebrew count as noise
        unmarked = sample.translate(None, DIRECTION_MARKS)
        names = [match.encoding for match in from_bytes(unmarked, cp_isolation=candidates)]
    # Where windows-1252 is only the likeliest by frequency and leaves signs inside words, the next one is right.
    names = [name for name in names if name != "cp1252"] + ["cp1252"]
    for name in names:
        try:
            data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return name
    return names[0]


def _is_western(text: str) -> bool:
    """Whether ``text``, decoded as windows-1252, looks like a Western European language.

    Detection by frequency is at a loss with a few quotation marks in English; and Polish or Russian read as
    windows-1252 shows: signs inside words, accents in a row, accents on too many letters.
    """
    letters = accents = in_a_row = 0
    for char in text:
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
