"""The format Markdown, with front matter in YAML or TOML as generators of web sites use it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from newssearch.article import Provenance
from newssearch.config import parse_toml
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.html_fragment import blocks_of
from newssearch.readers.records.field_names import RECORD_KEYS
from newssearch.readers.records.json_values import value_at, values_of
from newssearch.readers.records.record import read_values
from newssearch.text.paragraphs import Block

LONGEST_MARKDOWN = 4_000_000
"""The number of characters of a Markdown text that are read; the rest is ignored."""

LONGEST_FRONT_MATTER = 64_000
"""The maximum number of characters of front matter; a longer one is read as text."""

FROM_HEADING = Provenance("inferred", "the first heading")

FRONT_MATTER_KEYS: Mapping[str, tuple[str, ...]] = {
    **RECORD_KEYS,
    "url": (*RECORD_KEYS["url"], "sourceurl", "canonical", "originalurl"),
    "summary": (*RECORD_KEYS["summary"], "deck", "subtitle"),
}
"""The keys of each field in front matter: those of records, and some that generators of web sites use."""

_YAML_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_TOML_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_FRONT_MATTER_OPENING = re.compile(
    r"---[ \t]*\r?\n(?:[ \t#].*\r?\n|\r?\n)*[\w-]+[ \t]*:|\+\+\+[ \t]*\r?\n\s*(?:[\w-]+[ \t]*=|\[)"
)
_KEY_LINE = re.compile(r"([\w-]+)[ \t]*:[ \t]*(.*)")
_SHORTCODE = re.compile(
    r"\{\{[<%].{0,2000}?[>%]\}\}|\{%.{0,2000}?%\}|\{\{.{0,500}?\}\}|^\[\^[^\]]{1,80}\]:[ \t]*", re.MULTILINE
)
_FOOTNOTE_REFERENCE = re.compile(r"\[\^[^\]]{1,80}\]")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][\w .#=\"'-]{1,200}\}[ \t]*$", re.MULTILINE)


def _is_markdown(source: Input) -> bool:
    return _FRONT_MATTER_OPENING.match(source.opening) is not None


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in a Markdown text, or a rejection."""
    text = decode(data)[:LONGEST_MARKDOWN].lstrip("\ufeff \t\r\n")
    if not text:
        raise UnreadableError("empty file")
    front, body = _split_front_matter(text)
    draft = Draft(origin)
    blocks = _markdown_blocks(body)
    columns = [(field, value_at(front, column)) for field, column in origin.options.columns]
    values = values_of(front)
    draft.keep(lambda column: value_at(front, column))
    titled = any(values.get(key) for key in FRONT_MATTER_KEYS["title"])
    if blocks and blocks[0].kind == "heading" and _TITLE_HEADING.match(body):
        if not titled:
            draft.claim("title", blocks[0].text, FROM_HEADING)
        if not titled or _same_letters(
            blocks[0].text, next(str(values[key]) for key in FRONT_MATTER_KEYS["title"] if values.get(key))
        ):
            blocks = blocks[1:]
    draft.text = blocks
    yield read_values(values, draft, columns, FRONT_MATTER_KEYS)


_TITLE_HEADING = re.compile(r"\s*(?:#[ \t]+\S|[^\n]{1,300}\n=+[ \t]*\r?$)", re.MULTILINE)


def _same_letters(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()


def _split_front_matter(text: str) -> tuple[dict[object, object], str]:
    """Return the values of the front matter, or an empty dict, and the text below the front matter."""
    for pattern, read in ((_YAML_FRONT_MATTER, _parse_yaml), (_TOML_FRONT_MATTER, _parse_front_toml)):
        found = pattern.match(text)
        if found is not None and len(found[1]) <= LONGEST_FRONT_MATTER:
            return read(found[1]), text[found.end() :]
    return {}, text


def _parse_yaml(text: str) -> dict[object, object]:
    """Return the values of front matter in YAML; invalid YAML, such as a title with a colon, is parsed line by line."""
    try:
        import yaml  # an extra
    except ImportError:
        raise UnreadableError(_missing_package("PyYAML")) from None
    try:
        front = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        lines = (found for line in text.splitlines() if (found := _KEY_LINE.match(line)))
        return {found[1]: found[2].strip().strip("\"'") for found in lines}
    return front if isinstance(front, dict) else {}


def _parse_front_toml(text: str) -> dict[object, object]:
    try:
        front: dict[object, object] = dict(parse_toml(text).items())
        return front
    except ValueError:
        return {}


def _markdown_blocks(body: str) -> list[Block]:
    """Return the blocks of the page that a Markdown text is rendered to."""
    try:
        from markdown_it import MarkdownIt  # an extra
    except ImportError:
        raise UnreadableError(_missing_package("markdown-it-py")) from None
    body = _ATTRIBUTES.sub("", _FOOTNOTE_REFERENCE.sub("", _SHORTCODE.sub("", body)))
    return blocks_of(MarkdownIt("commonmark").enable("table").render(body))


def _missing_package(package: str) -> str:
    return f"a text of Markdown: reading it needs {package} (pip install 'newssearch[markdown]')"


FORMATS = (
    Format(
        "a text of Markdown",
        matches=_is_markdown,
        read=whole(parse),
        suffixes=frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx"}),
    ),
)
