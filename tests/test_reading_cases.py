"""Cases of files that were read wrong once, with what a careful person expects; skipped where the cases are not at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newssearch import Article, ReadOptions
from newssearch.readers import read_file

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "reading"

KNOWN_FAILURES = {
    44,  # expects the day without the time that the page shows beside it
}  # fmt: skip
"""The numbers of the cases that are not read as expected; one that is read rightly fails until it is taken out here."""

SPECIFICATIONS = sorted(CASES.glob("*.expected.json"))


def found_in(articles: list[Article], key: str) -> object:
    """Return what was read for a key of a case: a field of the first article, or with a number of another one."""
    if key == "n":
        return len(articles)
    paragraphs = [paragraph.text for paragraph in articles[0].paragraphs] if articles else []
    if key in ("paras", "nparas"):
        return paragraphs if key == "paras" else len(paragraphs)
    name, number = (key[:-1], int(key[-1]) - 1) if key[-1].isdigit() else (key, 0)
    value = getattr(articles[number], name) if len(articles) > number else "no such article"
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.skipif(not SPECIFICATIONS, reason=f"no cases in {CASES}")
@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=lambda file: str(file.name).partition(".")[0])
def test_a_case_is_read_as_a_careful_person_would(
    specification: Path, request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("trafilatura", reason="the extra html is not installed")
    name = specification.name.removesuffix(".expected.json")
    if int(name.partition("-")[0]) in KNOWN_FAILURES:
        request.applymarker(pytest.mark.xfail(reason="a known failure", strict=True))
    file = next(file for file in CASES.glob(f"{name}.*") if file != specification)
    case: dict[str, Any] = json.loads(specification.read_text("utf-8"))
    options = case.get("options", {})
    if "columns" in options:
        options["columns"] = tuple(options["columns"].items())
    items = read_file(file, file.name, ReadOptions(**options))
    articles = [item for item in items if isinstance(item, Article)]
    text = " ¶ ".join(paragraph.text for article in articles for paragraph in article.paragraphs)
    for key, expected in case["expected"].items():
        if key in ("text_has", "text_hasnot"):
            parts = expected if isinstance(expected, list) else [expected]
            assert [(part in text) for part in parts] == [key == "text_has"] * len(parts)
        else:
            assert found_in(articles, key) == expected
