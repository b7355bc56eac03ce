"""Measure how well HTML pages become articles, beside trafilatura alone: ``python -m benchmarks.extraction FORMATS``.

``FORMATS`` is a folder with one or both of these collections:

- ``html-scrapinghub``: pages and ``ground-truth.json`` of https://github.com/scrapinghub/article-extraction-benchmark,
  scored as that benchmark does: precision and recall of sequences of four words for each page, their means, and the F1
  score of the means;
- ``html-fundus``: test pages of https://github.com/flairNLP/fundus, with the results of its parsers, one for each outlet.

Scores are for all pages and for two halves, by the hash of the page's name. The extraction of text was tuned on the first
half; a rule that fits only the pages that it was made for lowers the score of the second.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import gzip
import hashlib
import json
import math
import pstats
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from newssearch import Article, ReadOptions
from newssearch.readers import Origin
from newssearch.readers.pages import html, json_ld, schemaorg
from newssearch.readers.pages.dom import decode_page, page_tree
from newssearch.readers.pages.layout import visible_text
from newssearch.readers.pages.page import Page
from newssearch.readers.pages.schemaorg import plain_line

SHINGLE = 4
"""The number of words in each sequence that is compared."""

SETS = ("html-scrapinghub", "html-fundus")
PACKAGES = ("trafilatura", "lxml", "justext", "htmldate", "courlan")
STEP = 200
"""Floors are rounded down to multiples of ``1 / STEP``."""


class Expected(NamedTuple):
    """The expected fields of a page; None for a field that the collection does not have."""

    body: str
    title: str | None = None
    date: dt.datetime | None = None
    authors: frozenset[str] | None = None


class Case(NamedTuple):
    """A page with its expected fields."""

    collection: str
    name: str
    data: bytes
    expected: Expected

    @property
    def half(self) -> int:
        """The half of the collection that the page is in, by the hash of its name."""
        return hashlib.sha256(self.name.encode()).digest()[0] & 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fields that an extractor found in a page."""

    body: str = ""
    title: str | None = None
    date: dt.date | None = None
    authors: frozenset[str] = frozenset()
    note: str = ""


# ---- the pages


def cases(formats: Path) -> list[Case]:
    """Return the pages of the collections that the folder has, in a fixed order."""
    return [*_scrapinghub(formats / SETS[0]), *_fundus(formats / SETS[1])]


def _scrapinghub(folder: Path) -> Iterator[Case]:
    truth = folder / "ground-truth.json"
    if not truth.is_file():
        return
    for name, known in sorted(json.loads(truth.read_text("utf-8")).items()):
        page = folder / f"{name}.html.gz"
        yield Case(SETS[0], page.name, gzip.decompress(page.read_bytes()), Expected(known["articleBody"]))


def _fundus(folder: Path) -> Iterator[Case]:
    for truth in sorted(folder.glob("*/*.json")):
        # Each page is for one version of the parser; pages are in the order of their dates.
        pages = sorted(truth.parent.glob(f"{truth.stem}_*.html.gz"))
        for page, known in zip(pages, json.loads(truth.read_text("utf-8")).values(), strict=True):
            name = page.relative_to(folder).as_posix()
            yield Case(SETS[1], name, gzip.decompress(page.read_bytes()), _expected(known))


def _expected(known: dict[str, object]) -> Expected:
    body = known["body"]
    assert isinstance(body, dict)
    parts = list(body["summary"])
    for section in body["sections"]:
        parts += section["headline"] + section["paragraphs"]
    authors = known.get("authors") or []
    assert isinstance(authors, list)
    return Expected(
        "\n".join(parts).replace("\u00ad", ""),  # a soft hyphen only says where a word may be divided
        " ".join(str(known["title"]).split()),
        dt.datetime.fromisoformat(str(known["publishing_date"])),
        names(*authors),
    )


def digest(formats: Path, collection: str) -> str:
    """Return a digest of a collection, which shows whether floors were measured on the same pages."""
    total = hashlib.sha256()
    for file in sorted((formats / collection).rglob("*")):
        if file.is_file():
            total.update(file.relative_to(formats).as_posix().encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]


# ---- what is made of them


def by_newssearch(data: bytes) -> Outcome:
    """Return the fields of a page as newssearch reads it, without captions, which the expected text does not have."""
    found = next(iter(html.parse(data, Origin("page.html", ReadOptions()))))
    if not isinstance(found, Article):
        return Outcome(note=str(found))
    text = "\n".join(paragraph.text for paragraph in found.paragraphs if paragraph.kind != "caption")
    date = found.date if isinstance(found.date, dt.date) else None
    return Outcome(text, found.title, date, names(found.byline))


def by_trafilatura(data: bytes) -> Outcome:
    """Return the fields of a page as trafilatura alone reads it, called on decoded text as scrapinghub's benchmark does."""
    import trafilatura  # slow to import, and only compared with

    text = decode_page(data)
    body = trafilatura.extract(text, include_comments=False) or ""
    known = trafilatura.extract_metadata(text)
    if known is None:
        return Outcome(body)
    date = dt.date.fromisoformat(known.date[:10]) if known.date else None
    return Outcome(body, known.title, date, names(*(known.author or "").split("; ")))


# ---- how good that is


_NAMES = re.compile(r"\s*(?:[,;/|&]|\b(?:and|und|og|y|et|e)\b)\s*")


def names(*values: str | None) -> frozenset[str]:
    """Return the names in one byline or several, without separators."""
    return frozenset(
        name for value in values if value for name in _NAMES.split(value.casefold().strip()) if name
    )


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the count of each sequence of :data:`SHINGLE` words in a text; a shorter text is one sequence."""
    words = re.findall(r"\w+", text)
    starts = range(max(1, len(words) - SHINGLE + 1))
    return Counter(shingle for start in starts if (shingle := tuple(words[start : start + SHINGLE])))


class Overlap(NamedTuple):
    """The shingles that an extracted and an expected text share, as proportions."""

    shared: float
    added: float
    lost: float

    @property
    def precision(self) -> float:
        """The share of the extracted shingles that are expected."""
        return _ratio(self.shared, self.added, self.lost)

    @property
    def recall(self) -> float:
        """The share of the expected shingles that were extracted."""
        return _ratio(self.shared, self.lost, self.added)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _f1(self.precision, self.recall)


@cache  # the pages of one half are among all pages, so each is asked for twice
def overlap(expected: str, found: str) -> Overlap:
    """Return the overlap of an extracted text with the expected one.

    >>> overlap("it rained on the hills", "it rained on the plains").f1
    0.5
    """
    right, ours = shingles(expected), shingles(found)
    counts = [sum(part.values()) for part in (right & ours, ours - right, right - ours)]
    total = sum(counts) or 1
    return Overlap(*(count / total for count in counts))


def _ratio(shared: float, wrong: float, other: float) -> float:
    if wrong == other == 0:
        return 1.0
    return shared / (shared + wrong) if shared else 0.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def same_day(expected: dt.datetime, found: dt.date | None) -> bool:
    """Whether a date is on the expected day, in the time zone of the expected date."""
    if isinstance(found, dt.datetime):
        if found.tzinfo is not None and expected.tzinfo is not None:
            found = found.astimezone(expected.tzinfo)
        found = found.date()
    return found == expected.date()


def headlines(data: bytes) -> set[str]:
    """Return all headlines that a page states: for search engines, for social networks, and for readers."""
    page = Page(page_tree(decode_page(data)), None)
    graph = schemaorg.SchemaGraph(map(json_ld.load_json_ld, page.scripts))
    stated = [schemaorg.headline_of(node) for node in graph.nodes]
    stated += [page.first(name) or "" for name in ("og:title", "twitter:title")]
    stated += [page.title, *map(visible_text, page.headlines)]
    return {title for value in stated if (title := plain_line(value))}


@dataclass(slots=True)
class Scores:
    """The scores of a set of pages, with the pages on which a field differs from the expected one."""

    fields: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def scores(measured: Sequence[tuple[Case, Outcome]], titles: bool) -> Scores:
    """Return the scores of all fields for the given pages of one collection."""
    result = Scores()
    overlaps = [overlap(case.expected.body, outcome.body) for case, outcome in measured]
    precision = statistics.mean([each.precision for each in overlaps if each.shared + each.added > 0] or [0])
    recall = statistics.mean([each.recall for each in overlaps if each.shared + each.lost > 0] or [0])
    result.fields |= {"body F1": _f1(precision, recall), "body precision": precision, "body recall": recall}
    for (case, outcome), each in zip(measured, overlaps, strict=True):
        if each.f1 < 0.9:
            result.failures.append(
                f"body {each.f1:.2f} (precision {each.precision:.2f}, recall {each.recall:.2f}): {case.name} {outcome.note}"
            )
    counts: Counter[str] = Counter()
    for case, outcome in measured:
        if case.expected.title is None or case.expected.date is None:
            return result
        right = {
            "title": outcome.title == case.expected.title,
            "date": same_day(case.expected.date, outcome.date),
            "authors": outcome.authors == case.expected.authors,
        }
        if titles:
            right["title, or another headline of the page where it has several"] = right["title"] or {
                outcome.title,
                case.expected.title,
            } <= headlines(case.data)
        counts.update({name: int(value) for name, value in right.items()})
        for name in ("title", "date", "authors"):
            if not right[name]:
                wanted, found = getattr(case.expected, name), getattr(outcome, name)
                if isinstance(wanted, frozenset):
                    wanted, found = ", ".join(sorted(wanted)), ", ".join(sorted(found))
                result.failures.append(
                    f"{name}: {case.name}\n      expected {wanted}\n      found    {found}"
                )
    result.fields |= {name: count / len(measured) for name, count in counts.items()}
    return result


def measure(
    pages: Sequence[Case], read: Callable[[bytes], Outcome], *, titles: bool = False
) -> dict[str, Scores]:
    """Return the scores of each collection and its halves, by names such as ``html-fundus, first half``."""
    outcomes = [(case, read(case.data)) for case in pages]
    found = {}
    for collection in SETS:
        for half, label in ((None, ""), (0, ", first half"), (1, ", second half")):
            some = [(c, o) for c, o in outcomes if c.collection == collection and half in (None, c.half)]
            if some:
                found[collection + label] = scores(some, titles)
    return found


# ---- how fast


def speed(pages: Sequence[Case], processes: int) -> float:
    """Return the number of pages read per second, imports not included."""
    data = [case.data for case in pages]
    if processes == 1:
        by_newssearch(data[0])
        start = time.perf_counter()
        for each in data:
            by_newssearch(each)
        return len(data) / (time.perf_counter() - start)
    with ProcessPoolExecutor(processes, initializer=partial(by_newssearch, data[0])) as pool:
        list(pool.map(by_newssearch, data[: 4 * processes]))
        start = time.perf_counter()
        list(pool.map(by_newssearch, data, chunksize=8))
        return len(data) / (time.perf_counter() - start)


def profile(pages: Sequence[Case], lines: int) -> None:
    """Print a profile of the reading of pages."""
    run = cProfile.Profile()
    run.enable()
    for case in pages:
        by_newssearch(case.data)
    run.disable()
    pstats.Stats(run, stream=sys.stdout).sort_stats("cumulative").print_stats(lines)


# ---- floors


def floors(formats: Path, measured: dict[str, Scores]) -> dict[str, object]:
    """Return the floors, with the digests of the collections and the versions of packages they were measured with."""
    return {
        "command": "python -m benchmarks.extraction FORMATS --floors FILE",
        "data": {name: digest(formats, name) for name in SETS if name in measured},
        "versions": {name: metadata.version(name) for name in PACKAGES},
        "floors": {
            f"{name}: {key}": math.floor(value * STEP) / STEP
            for name in SETS
            if name in measured
            for key, value in measured[name].fields.items()
        },
    }


# ---- the command


def _print(ours: dict[str, Scores], theirs: dict[str, Scores]) -> None:
    print(f"{'':60}  newssearch  trafilatura alone")
    for name, found in ours.items():
        print(name)
        for key, value in found.fields.items():
            other = theirs[name].fields.get(key) if name in theirs else None
            print(f"  {key:58}  {value:10.3f}  {f'{other:17.3f}' if other is not None else ''}".rstrip())


def main() -> None:
    """Run the measurement, and print the requested tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("formats", type=Path, help="the folder with the collections")
    parser.add_argument(
        "--failures", action="store_true", help="list the pages where a field is not as expected"
    )
    parser.add_argument(
        "--half", type=int, choices=(0, 1), help="only the pages of the first (0) or second (1) half"
    )
    parser.add_argument("--alone", action="store_true", help="leave out trafilatura alone")
    parser.add_argument("--speed", action="store_true", help="pages a second, by one and by two processes")
    parser.add_argument("--profile", type=int, metavar="LINES", help="where the time goes")
    parser.add_argument(
        "--floors", type=Path, metavar="FILE", help="write the scores, rounded down, as floors"
    )
    options = parser.parse_args()
    pages = [case for case in cases(options.formats) if options.half in (None, case.half)]
    if not pages:
        parser.error(f"neither {' nor '.join(SETS)} in {options.formats}")
    print(f"{len(pages)} pages; {', '.join(f'{name} {metadata.version(name)}' for name in PACKAGES)}")
    ours = measure(pages, by_newssearch, titles=True)
    _print(ours, {} if options.alone else measure(pages, by_trafilatura, titles=True))
    if options.failures:
        for name in SETS:
            if name in ours:
                print(f"\n{name}", *ours[name].failures, sep="\n  ")
    if options.speed:
        print(f"\npages a second: {speed(pages, 1):.0f} by one process, {speed(pages, 2):.0f} by two")
    if options.profile:
        profile(pages, options.profile)
    if options.floors:
        options.floors.parent.mkdir(parents=True, exist_ok=True)
        options.floors.write_text(json.dumps(floors(options.formats, ours), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
