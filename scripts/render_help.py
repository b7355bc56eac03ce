"""Render docs/query-language.md and docs/words.md as the templates of the page's help.

    python scripts/render_help.py

Needs the extra ``markdown``. ``tests/web/test_help_page.py`` fails if the templates differ from the documents; then run this
script again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

REPOSITORY = Path(__file__).resolve().parent.parent
TEMPLATES = REPOSITORY / "src" / "newssearch" / "web" / "templates" / "help"
DOCUMENTS = {"query-language.md": "query_language.html", "words.md": "words.html"}
"""The documents that the page shows, and the names of their templates."""
PREFIXES = {"query-language.md": "", "words.md": "words-"}
"""What the ids of headings begin with in each document, so that the page has none twice."""
_ARTICLES = re.compile(r'<pre><code class="language-json">.*?</pre>\n', re.DOTALL)
_NO_WORD = re.compile(r"[^\w\- ]")
_BRACES = str.maketrans({"{": "&#123;", "}": "&#125;"})


class HelpHeading(NamedTuple):
    """A heading of a document, for the table of contents of the page."""

    level: int
    text: str
    id: str


def slug_of(text: str) -> str:
    """Return the id that a heading gets, as on GitHub.

    >>> slug_of("AND, OR, NOT")
    'and-or-not'
    """
    return _NO_WORD.sub("", text.lower()).replace(" ", "-")


def rendered_document(name: str) -> str:
    """Return a document as a template: headings one level lower, queries in tables as links that try them."""
    text = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(text)
    headings = list(_with_ids(tokens, PREFIXES[name]))
    for token in tokens:
        if token.type == "inline":
            token.children = list(_without_dead_links(token.children or (), name))
    _make_queries_links(tokens)
    _lower_headings(tokens)
    html = parser.renderer.render(tokens, parser.options, {}).translate(_BRACES)
    html = html.replace("@@PREFIX@@", "{{ links.prefix }}").replace("<th></th>", "<td></td>")
    html = _ARTICLES.sub(r"<details><summary>The six articles</summary>\n\g<0></details>\n", html)
    made = f"{{# Made of docs/{name} by scripts/render_help.py: change it there. #}}\n"
    text_macro = "{% macro text(links) %}\n" + html + "{% endmacro %}\n"
    return f"{made}{_contents(headings)}{text_macro}"


def _with_ids(tokens: Sequence[Token], prefix: str) -> Iterator[HelpHeading]:
    """Give the headings ids, and yield them."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            heading = HelpHeading(int(opening.tag[1:]), inline.content, prefix + slug_of(inline.content))
            opening.attrSet("id", heading.id)
            yield heading


def _lower_headings(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1:]) + 1}"


def _without_dead_links(tokens: Sequence[Token], name: str) -> Iterator[Token]:
    """Yield the parts of a text, without links to files that the page does not have."""
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            address = _address_on_page(str(token.attrs["href"]), name)
            dropped = not address
            if address:
                token.attrSet("href", address)
                if address.startswith("http"):
                    token.attrSet("rel", "noopener noreferrer")
        if not (dropped and token.type in ("link_open", "link_close")):
            yield token


def _address_on_page(address: str, name: str) -> str:
    """Return where a link of a document leads to on the page, "" if it leads to a file that the page does not have."""
    if address.startswith("https://"):
        return address
    file, _, anchor = address.partition("#")
    if file and file not in DOCUMENTS:
        return ""
    document = file or name
    first = {"query-language.md": "the-query-language", "words.md": "words"}[document]
    return f"#{PREFIXES[document]}{anchor or first}"


def _make_queries_links(tokens: Sequence[Token]) -> None:
    """Make links of the queries in the first column of the tables whose first column has queries."""
    cells, has_queries = 0, False
    for token, inline in pairwise(tokens):
        if token.type == "tr_open":
            cells = 0
        elif token.type in ("th_open", "td_open"):
            cells += 1
            if token.type == "th_open" and cells == 1:
                has_queries = inline.content == "query"
            if token.type == "td_open" and cells == 1 and has_queries:
                inline.children = [_link_of(one) for one in inline.children or ()]


def _link_of(token: Token) -> Token:
    if token.type != "code_inline":
        return token
    query = token.content
    address = f"@@PREFIX@@/?q={quote(query, safe='')}"
    link = f'<a class="try" href="{address}"><code>{escape(query)}</code></a>'
    return Token("html_inline", "", 0, content=link)


def _contents(headings: Sequence[HelpHeading]) -> str:
    """Return the table of contents of a document, for a block of the page that shows it beside the text."""
    items = "".join(
        f'<li><a href="#{one.id}">{escape(one.text)}</a></li>\n' for one in headings if one.level == 2
    )
    return f"{{% macro contents() %}}\n<ul>\n{items}</ul>\n{{% endmacro %}}\n"


def main() -> None:
    """Write the templates."""
    TEMPLATES.mkdir(exist_ok=True)
    for name, template in DOCUMENTS.items():
        (TEMPLATES / template).write_text(rendered_document(name), encoding="utf-8")


if __name__ == "__main__":
    main()
