"""Damaged documents and odd queries: the short form of :mod:`fuzz`, and findings of its long form."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import fuzz
import newssearch
from newssearch.identity import id_number
from support import EVERY, SHORT, THOROUGH, article

RUNS = 10 if SHORT else 25 * THOROUGH if EVERY else 15


@pytest.mark.parametrize("name", fuzz.SEEDS)
def test_spoilt_documents_are_read_as_far_as_they_can_be(tmp_path: Path, name: str) -> None:
    kept = {}
    for run in range(RUNS):
        for one in fuzz.fuzz(tmp_path, name, random.Random(f"{name} {run}"), fuzz.SEEDS[name]):
            kept[id_number(one.id)] = one
    with newssearch.create(tmp_path / "index") as index:
        index.add(kept.values())
        assert index.info().contents.articles == len(kept)
    assert newssearch.verify(tmp_path / "index").sound


@pytest.mark.parametrize("name", fuzz.SEEDS)
def test_the_seeds_are_articles(tmp_path: Path, name: str) -> None:
    for seed in fuzz.SEEDS[name]:
        assert fuzz.read(tmp_path, name, seed)


def test_any_string_is_a_query_or_refused_with_a_reason(tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([article(f"Storm {n}", fuzz.TEXT, "Rain on Baghdad.", date="2024-07-25") for n in range(5)])
        for run in range(10 * RUNS):
            fuzz.ask(index, fuzz.query(random.Random(run)))


@pytest.mark.parametrize(
    "piece",
    [
        "title:",
        "outlet:",
        "atleast3(",
        "hlead(",
        "caps(",
        "NOT ",
        "-",
        "(",
        "rain w/5 ",
        "rain^2 OR ",
        "/a/ ",
        '"a" ',
    ],
)
def test_what_is_said_two_thousand_times_is_answered_or_refused(tmp_path: Path, piece: str) -> None:
    """A field of a field of a field … once exceeded Python's limit of recursion."""
    with newssearch.create(tmp_path / "index") as index:
        index.add([article("Storm", fuzz.TEXT)])
        for text in (piece * 2000, f"{piece * 2000}rain", f"({piece * 2000}"):
            fuzz.ask(index, text)
