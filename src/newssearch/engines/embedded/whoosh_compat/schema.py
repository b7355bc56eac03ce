"""The Whoosh schema of an index, for programs that open it with Whoosh alone. A Whoosh document is a paragraph.

The schema is pickled into every index. It names its analyser as :class:`newssearch.whoosh_codec.ArticleAnalyzer`.

====================  ==============================================================================================
``id``                the article's id
``paragraph``         its number in the article, from 1; 0 in the one document of an article without paragraphs
``title``, ``text``   analysed in the article's language; stored as written
``date``              the time by the outlet's clock; the date with its zone is in ``header``
``outlet`` and so on  folded, as one term (``byline`` and ``located``: a term for each word); stored as written
``state``             in an article's first document: the state it was added with, which tells whether it has changed
``header``            in an article's first document: all stored fields of the article as JSON
====================  ==============================================================================================
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

with warnings.catch_warnings():  # Whoosh 2.7.4 was written for older Pythons: compiling it gives warnings
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import columns, fields
    from whoosh.analysis import Analyzer, Token

from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS
from newssearch.text.analysis import analyser_named
from newssearch.text.languages import DEFAULT_ANALYSIS


class ArticleAnalyzer(Analyzer):  # type: ignore[misc]
    """newssearch's default analysis as a Whoosh analyzer, for queries of programs that use Whoosh alone.

    The terms in an index are analysed in the language of each article.
    """

    __module__ = "newssearch.whoosh_codec"

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **_: Any,
    ) -> Iterator[Any]:
        token = Token(positions, chars, removestops=False, mode="")
        for position, found in enumerate(analyser_named(DEFAULT_ANALYSIS).tokens(value), start_pos):
            token.text = found.term
            token.original = value[found.start : found.end]
            token.boost = 1.0
            token.stopped = False
            token.pos = position
            token.startchar = start_char + found.start
            token.endchar = start_char + found.end
            yield token


def make_schema() -> Any:
    """Return the schema of a new index."""
    schema = fields.Schema(
        id=fields.ID(stored=True, sortable=columns.VarBytesColumn()),
        paragraph=fields.NUMERIC(stored=True, shift_step=8),
        title=fields.TEXT(ArticleAnalyzer(), stored=True),
        text=fields.TEXT(ArticleAnalyzer(), stored=True),
        date=fields.DATETIME(stored=True),
        url=fields.ID(stored=True),
        path=fields.ID(stored=True, sortable=columns.VarBytesColumn()),
        state=fields.STORED,
        header=fields.STORED,
    )
    for name in WHOLE_FIELDS:
        schema.add(name, fields.ID(stored=True, sortable=columns.VarBytesColumn()))
    for name in WORD_FIELDS:
        schema.add(name, fields.KEYWORD(stored=True, sortable=columns.VarBytesColumn()))
    return schema
