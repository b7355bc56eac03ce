"""The page of help: the documents as they are, queries that can be tried, the keys."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch.web.pages.help import FIRST_QUERIES

from .parsed_pages import ParsedPage

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = REPOSITORY / "src" / "newssearch" / "web" / "templates" / "help"


def rendered() -> Callable[[str], str]:
    """Return the function of the script that renders a document."""
    spec = importlib.util.spec_from_file_location("render_help", REPOSITORY / "scripts" / "render_help.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[[str], str]", module.rendered_document)


@pytest.mark.parametrize(
    ("document", "template"), [("query-language.md", "query_language.html"), ("words.md", "words.html")]
)
def test_the_help_is_that_of_the_documents(document: str, template: str) -> None:
    made = (TEMPLATES / template).read_text(encoding="utf-8")
    assert made == rendered()(document), "run scripts/render_help.py"


def test_queries_of_the_reference_can_be_tried(client: TestClient) -> None:
    page = ParsedPage(client, "/help")
    tried = page.links("a.try")
    assert tried["Al-Abbasi"] == "/?q=Al-Abbasi"
    assert parse_qs(urlsplit(tried['(austin OR "prime minister") w/10 (iraq* NOT iraq)']).query)["q"] == [
        '(austin OR "prime minister") w/10 (iraq* NOT iraq)'
    ]


def test_the_first_queries_mean_what_they_say() -> None:
    for one in FIRST_QUERIES:
        assert not newssearch.parse(one.query).diagnostics, one.query


def test_links_within_the_help_lead_to_headings_that_there_are(client: TestClient) -> None:
    page = ParsedPage(client, "/help")
    ids = page.values("*", "id")
    assert len(set(filter(None, ids))) == len(list(filter(None, ids)))
    inner = {link[1:] for link in page.values("a", "href") if link.startswith("#")}
    assert inner
    assert inner <= set(ids)
    assert not [link for link in page.values("a", "href") if ".md" in link or ".py" in link]
