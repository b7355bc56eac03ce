"""Gives an index the own fields of the articles that a run adds, and checks that values are of their kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import cast

from newssearch.article import Article
from newssearch.engines.protocol import Writer
from newssearch.errors import OwnFieldError
from newssearch.extra import fits, kind_of
from newssearch.fields import KeptField, OwnKind, own_field
from newssearch.readers import ReadOptions

Kinds = Callable[[], Iterable[KeptField]]
"""A function that returns the own fields that the configuration of an archive names."""


def with_remembered(options: ReadOptions, writer: Writer) -> ReadOptions:
    """Return options that also keep the own fields that the index has, from columns of their names."""
    given = {field.name for field in options.fields}
    more = (
        KeptField(row.name, row.name, cast("OwnKind", row.kind))
        for row in writer.own_fields.values()
        if row.name not in given
    )
    return replace(options, fields=(*options.fields, *more))


class OwnFields:
    """The own fields that a run may give to the index of ``writer``.

    Those of ``options`` are added at once. Raises :class:`~newssearch.OwnFieldError` if the index has one of them
    with another kind. An own field that no file declares gets the kind that ``kinds`` returns, or else that of its
    value.
    """

    def __init__(self, writer: Writer, options: ReadOptions | None, kinds: Kinds) -> None:
        self._writer = writer
        self._kinds = kinds
        if options is not None:
            writer.keep(own_field(one.name, one.kind) for one in options.fields)

    def keep(self, article: Article) -> None:
        """Add the own fields of an article to the index.

        Raises :class:`~newssearch.OwnFieldError` for a value that is not of the kind of its field.
        """
        known = self._writer.own_fields
        if new := article.extra.keys() - known.keys():
            kinds = {field.name: field.kind for field in self._kinds()}
            self._writer.keep(
                own_field(name, kinds.get(name, kind_of(article.extra[name]))) for name in sorted(new)
            )
            known = self._writer.own_fields
        for name, value in article.extra.items():
            if not fits(value, known[name]):
                raise OwnFieldError(
                    f"the index keeps {name} as {known[name].kind}, and {article.id} has {value!r:.60}:"
                    " to change the kind, rebuild it with `newssearch index --rebuild`"
                )
