"""Recognise texts that are no prose: subtitles, programs, style sheets, settings of a system, random bytes."""

from __future__ import annotations

import re

from newssearch.text.paragraphs import split_lines

_KINDS_OF_SUFFIXES = (
    ("style sheets and scripts", ".css .js .mjs .cjs .jsx .ts .tsx .less .scss .sass .vue .map"),
    ("programs", ".py .java .c .h .cc .cpp .hpp .cs .php .rb .go .rs .sh .bash .bat .cmd .ps1 .vbs .sql .pl .pm .swift .kt .scala .lua .r .jl .m .asm .ipynb"),
    ("subtitles", ".srt .vtt .ass .ssa .sub .sbv .ttml"),
    ("settings of a system", ".ini .url .lnk .webloc .desktop .cfg .conf .plist .properties .gitignore .lock"),
)  # fmt: skip
KIND_OF_SUFFIX = {suffix: kind for kind, suffixes in _KINDS_OF_SUFFIXES for suffix in suffixes.split()}
"""The kind under which reports count a text that is no article, by the suffix of its file."""

LINES_TO_JUDGE = 200
"""The number of lines at the start of a text by which it is judged."""

MIN_CODE_LINES = 8
"""The smallest number of lines of a text that may be a program or a style sheet."""

_SENTENCE = re.compile(r"[^\W\d_].{50,}[.!?…。！？।؟][\"'”“»)\]]{0,2}")
_CUES = re.compile(
    r"\s*(?:WEBVTT\b[^\n]{0,200}\n|\d{1,5}[ \t]*\r?\n\s*\d{1,2}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->|\d{1,2}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->|\[Script Info\])"
)
_SETTINGS = re.compile(
    r"\s*\[(?:InternetShortcut|\.ShellClassInfo|Desktop Entry|ViewState|LocalizedFileNames|\{[0-9A-Fa-f-]{36}\}[^\]]{0,60})\]"
)
_PROGRAM_LINE = re.compile(
    r"\s*(?:[{})\];,]+|.{0,200}(?:[;{}]|\);?|=>|\):)|(?:import|from|def|class|function|var|let|const|return|if|for|while|public|private|#include|#!|//|/\*|\*|@media)\b.{0,200})\s*"
)
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\x80-\x84\x86-\x9f]")


def skipped_text(text: str, suffix: str) -> str | None:
    """Return the kind under which reports count a text that nobody expects to be an article, or None.

    The suffix alone does not decide: a page of ``wyborcza.pl`` that was saved as text has that of a program.

    >>> skipped_text("1\\n00:00:01,000 --> 00:00:02,000\\nHello.", ".txt"), skipped_text("[InternetShortcut]\\nURL=x", "")
    ('subtitles', 'settings of a system')
    >>> skipped_text("It rained at 10:00.", ".txt") is None
    True
    """
    if (kind := KIND_OF_SUFFIX.get(suffix)) is not None and not _has_prose(text):
        return kind
    if _CUES.match(text) is not None:
        return "subtitles"
    return "settings of a system" if _SETTINGS.match(text) is not None else None


def _has_prose(text: str) -> bool:
    """Whether a text has a sentence of some length, and few lines that are those of a program."""
    lines = [line.strip() for line in split_lines(text[:20_000])[:LINES_TO_JUDGE] if line.strip()]
    code = sum(line[0] in "#%;" or _PROGRAM_LINE.fullmatch(line[:300]) is not None for line in lines)
    return 3 * code < len(lines) and any(map(_SENTENCE.fullmatch, lines))


def reason_against_prose(text: str) -> str | None:
    """Return why a text cannot be prose, or None: its bytes are random, or most of its lines are those of a program.

    >>> reason_against_prose("a { color: red; }\\nb { color: blue; }\\n" * 5), reason_against_prose("It rained.\\n" * 20)
    ('looks like a style sheet or a program', None)
    """
    head = text[:20_000]
    if len(_CONTROL_CHARACTER.findall(head)) * 50 > len(head) or head.count("\ufffd") * 10 > len(head) > 20:
        return "looks like a binary file"
    lines = [line for line in split_lines(head)[:LINES_TO_JUDGE] if line.strip()]
    if len(lines) < MIN_CODE_LINES:
        only_code = head.count("{") > 1 and all(map(_PROGRAM_LINE.fullmatch, (line[:300] for line in lines)))
        return "looks like a style sheet or a program" if only_code else None
    if not any(sign in head for sign in ("{", ");", "def ", "#include")):
        return None
    code = sum(len(line) <= 300 and _PROGRAM_LINE.fullmatch(line) is not None for line in lines)
    return "looks like a style sheet or a program" if 10 * code >= 7 * len(lines) else None
