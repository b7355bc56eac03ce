"""Markdown, with the front matter that writers of sites put above it: YAML or TOML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from newssearch.article import Provenance
from newssearch.config import parse_toml
from newssearch.readers.api import Format, Found, Input, Origin, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.html_fragment import blocks_of
from newssearch.readers.records.field_names import KEYS
from newssearch.readers.records.json_values import at, values_of
from newssearch.readers.records.record import read_values
from newssearch.text.paragraphs import Block

LONGEST = 4_000_000
"""Characters of a text that are looked at."""

LONGEST_FRONT = 64_000
"""Characters of front matter."""

FROM_HEADING = Provenance("inferred", "the first heading")

MORE_KEYS: Mapping[str, tuple[str, ...]] = {
    **KEYS,
    "url": (*KEYS["url"], "sourceurl", "canonical", "originalurl"),
    "summary": (*KEYS["summary"], "deck", "subtitle"),
}
"""The keys of front matter: those of records, and some that generators of sites have."""

_YAML = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(
    r"---[ \t]*\r?\n(?:[ \t#].*\r?\n|\r?\n)*[\w-]+[ \t]*:|\+\+\+[ \t]*\r?\n\s*(?:[\w-]+[ \t]*=|\[)"
)
_LINE = re.compile(r"([\w-]+)[ \t]*:[ \t]*(.*)")
_SHORTCODE = re.compile(
    r"\{\{[<%].{0,2000}?[>%]\}\}|\{%.{0,2000}?%\}|\{\{.{0,500}?\}\}|^\[\^[^\]]{1,80}\]:[ \t]*", re.MULTILINE
)
_FOOTNOTE = re.compile(r"\[\^[^\]]{1,80}\]")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][\w .#=\"'-]{1,200}\}[ \t]*$", re.MULTILINE)


def _is_markdown(source: Input) -> bool:
    return _OPENING.match(source.opening) is not None


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The article in a text of Markdown."""
    text = decode(data)[:LONGEST].lstrip("\ufeff \t\r\n")
    if not text:
        raise UnreadableError("empty file")
    front, body = _parted(text)
    draft = Draft(origin)
    blocks = _blocks(body)
    columns = [(field, at(front, column)) for field, column in origin.options.columns]
    values = values_of(front)
    titled = any(values.get(key) for key in MORE_KEYS["title"])
    if blocks and blocks[0].kind == "heading" and _TITLE.match(body):
        if not titled:
            draft.claim("title", blocks[0].text, FROM_HEADING)
        if not titled or _same(
            blocks[0].text, next(str(values[key]) for key in MORE_KEYS["title"] if values.get(key))
        ):
            blocks = blocks[1:]
    draft.text = blocks
    yield read_values(values, draft, columns, MORE_KEYS)


_TITLE = re.compile(r"\s*(?:#[ \t]+\S|[^\n]{1,300}\n=+[ \t]*\r?$)", re.MULTILINE)


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()


def _parted(text: str) -> tuple[dict[object, object], str]:
    """The front matter and the text below it."""
    for pattern, read in ((_YAML, _yaml), (_TOML, _toml)):
        found = pattern.match(text)
        if found is not None and len(found[1]) <= LONGEST_FRONT:
            return read(found[1]), text[found.end() :]
    return {}, text


def _yaml(text: str) -> dict[object, object]:
    """Front matter in YAML; where it is broken, as a colon in a title makes it, line by line."""
    try:
        import yaml  # an extra
    except ImportError:
        raise UnreadableError(_missing("PyYAML")) from None
    try:
        front = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        lines = (found for line in text.splitlines() if (found := _LINE.match(line)))
        return {found[1]: found[2].strip().strip("\"'") for found in lines}
    return front if isinstance(front, dict) else {}


def _toml(text: str) -> dict[object, object]:
    try:
        front: dict[object, object] = dict(parse_toml(text).items())
        return front
    except ValueError:
        return {}


def _blocks(body: str) -> list[Block]:
    """The text as blocks: what a page made of it would show."""
    try:
        from markdown_it import MarkdownIt  # an extra
    except ImportError:
        raise UnreadableError(_missing("markdown-it-py")) from None
    body = _ATTRIBUTES.sub("", _FOOTNOTE.sub("", _SHORTCODE.sub("", body)))
    return blocks_of(MarkdownIt("commonmark").enable("table").render(body))


def _missing(package: str) -> str:
    return f"a text of Markdown: reading it takes {package} (pip install 'newssearch[markdown]')"


FORMATS = (
    Format(
        "a text of Markdown",
        matches=_is_markdown,
        read=whole(parse),
        suffixes=frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx"}),
    ),
)
