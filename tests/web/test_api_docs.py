"""docs/api.md is true: its tables are those of the endpoints, its examples print what it says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import newssearch
from newssearch.request import SearchOptions
from newssearch.web import create_app
from newssearch.web.api.endpoints import ENDPOINTS
from newssearch.web.api.exports import EXPORT_FORMAT, FORMAT
from newssearch.web.options import QUERY, options_of

from .checked import CheckedClient

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"```(?:console|shell)\n\$ curl (?:-s )?'(http://127\.0\.0\.1:8080[^']*)'\n(.*?)```", re.DOTALL
)


def endpoint_rows() -> list[str]:
    """Return the rows of the table of endpoints."""
    rows = []
    shared = {one.name for one in (QUERY, *options_of(SearchOptions), FORMAT)}
    for endpoint in ENDPOINTS:
        own = [one.name for one in endpoint.parameters if one.name not in shared]
        has_rows = FORMAT in endpoint.parameters or EXPORT_FORMAT in endpoint.parameters
        rows.append(
            f"| `{endpoint.path}` | {endpoint.summary} | {', '.join(f'`{name}`' for name in own)} | {'yes' if has_rows else ''} |"
        )
    return rows


def parameter_rows() -> list[str]:
    """Return the rows of the table of the parameters of a search."""
    rows = []
    for one in (QUERY, *options_of(SearchOptions), FORMAT):
        default = "" if one.default in (None, "") else f"`{str(one.default).lower()}`"
        choices = f" One of {', '.join(f'`{choice}`' for choice in one.choices)}." if one.choices else ""
        text = f"{one.text}{choices}{' Repeatable.' if one.repeats else ''}".replace("|", "\\|")
        rows.append(f"| `{one.name}` | {text} | {default} |")
    return rows


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckedClient]:
    archive = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "seeds", archive / "seeds")
    with newssearch.create(archive / "index") as index:
        index.update([archive / "seeds"])
    with CheckedClient(create_app(archive / "index")) as client:
        yield client


def test_the_tables_are_those_of_the_endpoints() -> None:
    for rows in (endpoint_rows(), parameter_rows()):
        assert "\n".join(rows) in TEXT, "\n".join(["put this table into docs/api.md:", *rows])


@pytest.mark.parametrize(
    "text", [TEXT, (ROOT / "README.md").read_text(encoding="utf-8")], ids=["api", "README"]
)
def test_the_examples_print_what_the_page_says(seeded: CheckedClient, text: str) -> None:
    examples = EXAMPLE.findall(text)
    assert len(examples) == text.count("$ curl -s") > 0
    for address, printed in examples:
        parts = urlsplit(address)
        answer = seeded.get(f"{parts.path}?{parts.query}")
        assert answer.text.replace("\r\n", "\n").strip() == printed.strip(), address
