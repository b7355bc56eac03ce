"""Read the scanned pages of a PDF by optical character recognition (OCR), with the program ocrmypdf and its
Tesseract.

Both are separate programs, not libraries: ocrmypdf is under the MPL, and Tesseract is written in C++. Their results
are stored in the index alone: an unchanged file is not read again, but a rebuild recognises all scans again.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from newssearch.article import Provenance
from newssearch.readers.api import ReadOptions, UnreadableError
from newssearch.readers.article.language import language_tag
from newssearch.system.programs import run_program
from newssearch.text.language_tags import LANGUAGE_TAGS
from newssearch.text.paragraphs import squeeze

from .pages import PdfDocument, read_pdf

OCR_PROGRAM, OCR_ENGINE = "ocrmypdf", "tesseract"

MAX_SCANNED_PAGES = 200
"""A PDF with more scanned pages is rejected."""

MAX_SECONDS_PER_SCAN, SECONDS_TO_START = 60, 60
"""The number of seconds for each scanned page, and for all else that the program does."""

OCR_MEMORY = 4 * 1024**3
"""The maximum memory in bytes of each process of the program."""

MAX_LANGUAGES = 3
"""The maximum number of installed languages that are looked for in a scan whose language is not known."""

INSTALLATION = "apt install ocrmypdf, brew install ocrmypdf, or https://ocrmypdf.readthedocs.io"

_NO_LANGUAGES = frozenset({"osd", "equ", "snum"})
_CHINESE = {"Hant": "chi_tra", "TW": "chi_tra", "HK": "chi_tra", "MO": "chi_tra"}


def read_scans(data: bytes, document: PdfDocument, options: ReadOptions) -> tuple[PdfDocument, Provenance]:
    """Return a PDF with the text of its scanned pages, and the provenance of that text.

    Raises UnreadableError if the program is not installed, or cannot read the scans.
    """
    if not has_ocr():
        raise UnreadableError(f"a scan: --ocr needs {OCR_PROGRAM} ({INSTALLATION})")
    pages = document.scans
    if len(pages) > MAX_SCANNED_PAGES:
        raise UnreadableError(f"a scan of {len(pages):,} pages: at most {MAX_SCANNED_PAGES} are read")
    languages = languages_of(options.lang, document.lang, installed_languages())
    read = read_pdf(_recognised(data, pages, languages))
    found = list(document.pages)
    for page in pages:
        if page < len(read.pages):
            found[page] = read.pages[page]
    empty = [page for page in pages if not found[page]]
    if len(empty) == len(pages) and not any(found):
        raise UnreadableError(f"a scan in which {OCR_PROGRAM} found no text in {'+'.join(languages)}")
    basis = f"OCR by {OCR_PROGRAM} of {_in_words(pages)}, in {'+'.join(languages)}"
    if empty:
        basis += f"; no text found on {_in_words(empty)}"
    return document._replace(pages=found, scans=[]), Provenance("inferred", basis)


def has_ocr() -> bool:
    """Whether the program that reads scans is installed."""
    return shutil.which(OCR_PROGRAM) is not None


def _recognised(data: bytes, pages: Sequence[int], languages: Sequence[str]) -> bytes:
    """Return a PDF with a layer of text on the given pages, which are scans."""
    seconds = SECONDS_TO_START + MAX_SECONDS_PER_SCAN * len(pages)
    with tempfile.TemporaryDirectory(prefix="newssearch-ocr-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        scan, result = folder / "scan.pdf", folder / "text.pdf"
        scan.write_bytes(data)
        command = [
            OCR_PROGRAM, "--skip-text", "--output-type", "pdf", "--optimize", "0", "--jobs", "1", "--quiet",
            "--tesseract-timeout", str(MAX_SECONDS_PER_SCAN), "--language", "+".join(languages),
            "--pages", ",".join(str(page + 1) for page in pages), str(scan), str(result),
        ]  # fmt: skip
        try:
            ended = run_program(command, folder, seconds=seconds, memory=OCR_MEMORY)
        except OSError as error:
            raise UnreadableError(f"a scan: {OCR_PROGRAM} cannot be run: {error.strerror}") from None
        if ended.code is None:
            raise UnreadableError(f"a scan that takes {OCR_PROGRAM} more than {seconds} seconds")
        if ended.code or not result.is_file():
            said = squeeze(" ".join(ended.errors.splitlines()[-3:]))[-200:]
            raise UnreadableError(
                f"a scan that {OCR_PROGRAM} cannot read: {said or f'exit code {ended.code}'}"
            )
        return result.read_bytes()


@lru_cache(1)
def installed_languages() -> tuple[str, ...]:
    """Return the codes of the languages that Tesseract has. Raises UnreadableError if it cannot be run."""
    try:
        listed = subprocess.run(
            [OCR_ENGINE, "--list-langs"],
            capture_output=True,
            timeout=SECONDS_TO_START,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        raise UnreadableError(f"a scan: --ocr needs {OCR_ENGINE} ({INSTALLATION})") from None
    lines = listed.stdout.decode("utf-8", "replace").splitlines()[1:]
    return tuple(line.strip() for line in lines if line.strip() and line.strip() not in _NO_LANGUAGES)


def languages_of(default: str | None, stated: str, installed: Sequence[str]) -> list[str]:
    """Return the codes of the languages to look for, given the default language and that which the PDF states.

    Without either, these are all installed languages. Raises UnreadableError if the default language is not installed, or
    if no language is known and too many are installed.

    >>> languages_of("de-AT", "en", ("deu", "eng", "fra")), languages_of(None, "", ("eng", "por"))
    (['deu', 'eng'], ['eng', 'por'])
    """
    found = []
    if default:
        codes = _codes_of(default)
        found = [code for code in codes if code in installed][:1]
        if not found:
            raise UnreadableError(
                f"a scan: {OCR_ENGINE} lacks the language {default} (apt install {OCR_ENGINE}-ocr-{codes[0].replace('_', '-')})"
            )
    found += [code for code in _codes_of(stated) if code in installed and code not in found][:1]
    if not found:
        found = [code for code in installed if "/" not in code]
    if not found:
        raise UnreadableError(
            f"a scan: {OCR_ENGINE} has no language installed (apt install {OCR_ENGINE}-ocr-eng)"
        )
    if len(found) > MAX_LANGUAGES:
        raise UnreadableError(f"a scan whose language is not known: name one of {len(found)} with --lang")
    return found


def _codes_of(lang: str) -> list[str]:
    """Return the codes by which Tesseract may name a language; ``lang`` is a tag or ``""``."""
    tag = language_tag(lang) if lang else None
    if tag is None:
        return [lang] if lang else []
    first, *others = tag.split("-")
    if first == "zh":
        return [next((_CHINESE[part] for part in others if part in _CHINESE), "chi_sim")]
    first = {"nb": "no", "nn": "no"}.get(first, first)
    codes = [code for code, short in LANGUAGE_TAGS.items() if short == first and len(code) == 3]
    return codes or [first]


def _in_words(pages: Iterable[int]) -> str:
    """Return numbers of pages, which count from 0, as text.

    >>> _in_words([0, 1, 2, 6])
    'pages 1-3, 7'
    """
    runs = [
        [page + 1 for _, page in run]
        for _, run in groupby(enumerate(sorted(pages)), lambda pair: pair[1] - pair[0])
    ]
    text = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if sum(map(len, runs)) > 1 else ''} {text}"
