"""Fixtures that all tests share: the sample article, and the folder of real news, if it is present."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, settings

import windows
from cluster.fixtures import (  # noqa: F401  (fixtures and hooks, which pytest finds by their names)
    WANTED,
    _undisturbed,
    breakable,
    cluster,
    pytest_configure,
    pytest_unconfigure,
    secured,
)
from support import MAX_EXAMPLES, SHORT, THOROUGH

# The same examples are drawn in every run, so that a run fails only for what was changed. `--hypothesis-profile=random`
# draws others: an example that fails is kept as an @example. There is no deadline, because the duration says nothing about
# correctness, and the benchmarks measure it.
PATIENT: dict[str, Any] = {
    "max_examples": 50 * THOROUGH,
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("same", derandomize=True, database=None, **PATIENT)
settings.register_profile("random", derandomize=False, print_blob=True, **PATIENT)
settings.load_profile("same")

ONE_PYTHON = {
    "text beside text: the source, its documents, the benchmarks": "test_architecture.py test_benchmarks.py test_floors.py test_readme.py",
    "the quality of readings: where a page has its text, what is a sentence, what is a word": "test_reader_html.py test_reader_fragments.py test_sentences.py test_words.py",
    "laws of algorithms, held to slow twins": "embedded test_exactness.py test_language.py test_query_parser.py test_stock.py test_stories.py",
    "each kill, byte and interleaving in turn, Windows as simulated, inputs of any size": "test_durability.py test_inputs.py test_snapshots.py test_verify.py test_windows.py",
    "each pair of options": "test_combinations.py",
    "an engine, beyond search, commits, versions and dates": "contract/test_added.py contract/test_concordance.py contract/test_counted_words.py contract/test_counting.py contract/test_digest.py contract/test_facets.py contract/test_feedback.py contract/test_language.py contract/test_names.py contract/test_more.py contract/test_operators.py contract/test_own_fields.py contract/test_pattern_cut.py contract/test_ranking.py contract/test_related.py contract/test_sample.py contract/test_scan.py contract/test_stories.py contract/test_story_lists.py contract/test_upkeep.py test_stock_mixed.py",
    "a cluster, which knows nothing of Python": "cluster",
    "one run that brings an index up to date": "test_identity.py test_keys.py test_own_fields.py test_pruning.py",
}  # fmt: skip
"""The test files that run on one Python only, by what they are about.

If their subject works on one Python, it works on each: it is made of our own code and of packages that run on all of them.
What newssearch takes from Python itself is tested on every one: processes, locks, signals, files, pickles, types, regular
expressions, the tables of Unicode, dates, parsers of the standard library, the command line, and a smoke of the contract of
engines.
"""

collect_ignore = ["cluster"] if WANTED is False else []

if SHORT:
    collect_ignore += [name for files in ONE_PYTHON.values() for name in files.split()]

if MAX_EXAMPLES is not None:
    most = MAX_EXAMPLES

    class FewExamples(settings):
        """The settings of a property, with a limited number of examples."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            few = min(options.pop("max_examples", most), most)
            super().__init__(*arguments, max_examples=few, **options)

    for profile in ("random", "same"):
        settings.register_profile(profile, settings.get_profile(profile), max_examples=most)
    settings.load_profile("same")
    hypothesis.settings = FewExamples  # type: ignore[misc]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the reasons for skipped tests, each once with the number of its tests, and what else did not run."""
    reasons = Counter[str]()
    for report in terminalreporter.stats.get("skipped", ()):
        where = report.longrepr
        reasons[(where[2] if isinstance(where, tuple) else str(where)).removeprefix("Skipped: ")] += 1
    if not reasons and WANTED:
        return
    terminalreporter.section("not run", sep="=", bold=True)
    for reason, number in reasons.most_common():
        terminalreporter.write_line(f"{number:5,}  {reason}")
    if not WANTED:
        terminalreporter.write_line("the contract of engines on a cluster: NEWSSEARCH_CLUSTER=1")
    if WANTED is False:
        terminalreporter.write_line("all other tests on a cluster: NEWSSEARCH_CLUSTER=0")


def pytest_collection_finish() -> None:
    """Exempt what was collected from garbage collection: some 200,000 objects that live until the end."""
    gc.collect()
    gc.freeze()


REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=bool(os.environ.get("NEWSSEARCH_WINDOWS")))
def as_on_windows() -> Iterator[windows.Refusals]:
    """Refuse to remove or replace open files, as Windows does, if ``NEWSSEARCH_WINDOWS`` is set."""
    with windows.file_system() as refusals:
        yield refusals


@pytest.fixture(scope="session")
def seed() -> Path:
    """Return the path of the sample article in the repository."""
    return REPOSITORY / "seeds" / "000_4a4bc9908da63fdf.txt"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real news, which is not in the repository, because its publishers own it."""
    folder = Path(os.environ.get("NEWSSEARCH_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the collections of real news are not here; NEWSSEARCH_DATA says where they are")
    return folder
