"""What an export is asked for, checked before anything is searched: its format, its rows, its columns, and its texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from newssearch import arguments
from newssearch.errors import QueryError
from newssearch.fields import COLUMNS_OF_TAGS, HIT_COLUMNS, ArticleField
from newssearch.hit_columns import (
    COLUMNS,
    TYPED_DATES,
    ExportColumn,
    column_named,
    date_column,
    own_column,
)
from newssearch.system.late_dataclass import dataclass

from .formats import FORMATS, ExportFormat, format_of

ExportRows = Literal["articles", "stories", "paragraphs"]
"""What a row of an export is: an article, the best article of a story, or a matching paragraph."""
EXPORT_ROWS: tuple[ExportRows, ...] = get_args(ExportRows)
ExportText = Literal["none", "snippet", "paragraph", "full"]
"""The text that a row has: none, the snippet, the whole best paragraph, or the whole article."""
EXPORT_TEXTS: tuple[ExportText, ...] = get_args(ExportText)
ExportMarks = Literal["none", "markdown", "html"]
"""How matches are marked in texts: not, between ``**``, or in ``<mark>``. Spreadsheets have them in bold instead."""
EXPORT_MARKS: tuple[ExportMarks, ...] = get_args(ExportMarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """What an export is asked for.

    ``columns`` are the names of columns, or None for the usual ones. ``text`` is None for a snippet in rows, and none in
    citations. ``bom`` puts a byte order mark before CSV, by which Excel knows UTF-8; ``raw`` leaves its cells as they are,
    though a spreadsheet may take them for formulas.
    """

    format: ExportFormat
    rows: ExportRows = "articles"
    columns: tuple[str, ...] | None = None
    text: ExportText = "snippet"
    marks: ExportMarks = "none"
    bom: bool = False
    raw: bool = False

    def columns_of(self, own: Sequence[ArticleField], *, with_tags: bool = True) -> tuple[ExportColumn, ...]:
        """Return the columns for an index with the given own fields; the usual ones without those of tags, if these are unknown.

        Raises :class:`QueryError` for an unknown name.
        """
        typed = self.format.content == "typed rows"
        if self.columns is not None:
            chosen = [column_named(name, own) for name in self.columns]
        else:
            without = {"none": {"snippet", "text"}, "snippet": {"text"}}.get(self.text, {"snippet"})
            if not with_tags:
                without = {*without, *COLUMNS_OF_TAGS}
            names = [name for name in HIT_COLUMNS if name not in without]
            if typed:
                at = names.index("date")
                names[at : at + 1] = TYPED_DATES
            chosen = [*(COLUMNS[name] for name in names), *map(own_column, own)]
        return tuple(date_column() if one.name == "date" and not typed else one for one in chosen)

    def check_columns(self, own: Sequence[ArticleField], *, has_length: bool) -> None:
        """Raise :class:`QueryError` for an unknown name of a column, and if snippets have a length (``has_length``) and the export has none."""
        if self.format.content == "citations":
            has_snippet = self.text == "snippet"
        else:
            has_snippet = any(column.name == "snippet" for column in self.columns_of(own))
        if has_length and not has_snippet:
            raise QueryError("snippet has no effect: the export has no snippets")

    @property
    def columns_of_tags(self) -> tuple[str, ...]:
        """What rows have of the tags of an article and the notes on it; citations have tags as keywords."""
        if self.format.content == "citations":
            return ("tags",)
        return (
            COLUMNS_OF_TAGS if self.columns is None else tuple(sorted({*COLUMNS_OF_TAGS} & {*self.columns}))
        )

    @property
    def is_marked(self) -> bool:
        """Whether matches are marked in texts."""
        return self.marks != "none" or self.format.name == "xlsx"


def plan_of(
    name: str | None,
    format_: str | None,
    *,
    rows: str,
    columns: str | Iterable[str] | None,
    text: str | None,
    marks: str,
    bom: bool,
    raw: bool,
) -> ExportPlan:
    """Return the plan of an export to a file with this name, or None for a stream.

    Raises :class:`QueryError` for a format that is not known or contradicts the name, and for an option without effect;
    TypeError for a value of a wrong type.
    """
    arguments.choice("rows", rows, EXPORT_ROWS)
    arguments.choice("marks", marks, EXPORT_MARKS)
    if text is not None:
        arguments.choice("text", text, EXPORT_TEXTS)
    chosen = _format(name, format_)
    names = None if columns is None else arguments.texts("columns", columns)
    is_table = chosen.content != "citations"
    _check_effects(chosen, rows, names, text, marks, arguments.flag("bom", bom), arguments.flag("raw", raw))
    return ExportPlan(
        format=chosen,
        rows=rows,  # type: ignore[arg-type]
        columns=names,
        text=text or ("snippet" if is_table else "none"),  # type: ignore[arg-type]
        marks=marks,  # type: ignore[arg-type]
        bom=bom,
        raw=raw,
    )


def _format(name: str | None, format_: str | None) -> ExportFormat:
    known = ", ".join(FORMATS)
    if format_ is not None:
        if (chosen := FORMATS.get(arguments.text("format", format_).lower())) is None:
            raise QueryError(f"there is no format {format_!r}", suggestion=f"there are: {known}")
        said = None if name is None else format_of(name)
        if said is not None and not any(name and name.lower().endswith(end) for end in chosen.endings):
            raise QueryError(f"format {chosen.name} contradicts the name {name}: leave out one of them")
        return chosen
    if name is None:
        raise QueryError("an export to a stream needs a format", suggestion=f"there are: {known}")
    if (said := format_of(name)) is None:
        endings = ", ".join(dict.fromkeys(end for one in FORMATS.values() for end in one.endings))
        raise QueryError(f"{name}: the name must end with the format, one of {endings}")
    return said


def _check_effects(
    chosen: ExportFormat,
    rows: str,
    columns: tuple[str, ...] | None,
    text: str | None,
    marks: str,
    bom: bool,
    raw: bool,
) -> None:
    """Raise :class:`QueryError` for an option that the others leave without effect."""
    name = chosen.name
    for option, given in (("bom", bom), ("raw", raw)):
        if given and name != "csv":
            raise QueryError(f"{option} has no effect on {name}: it is about CSV")
    if chosen.content == "citations":
        if columns is not None:
            raise QueryError(f"columns have no effect on {name}, which has citations")
        if rows == "paragraphs":
            raise QueryError(f"{name} cites articles, not paragraphs")
        if marks != "none":
            raise QueryError(f"marks have no effect on {name}, which has citations")
    if name == "xlsx" and marks != "none":
        raise QueryError("marks have no effect on xlsx, which has matches in bold")
    if columns is not None:
        if not columns:
            raise QueryError("an export needs a column")
        if doubled := next((one for one in columns if columns.count(one) > 1), None):
            raise QueryError(f"the column {doubled} is named twice")
        wanted = {"snippet": "snippet", "paragraph": "text", "full": "text"}.get(text or "")
        if text == "none" and {"snippet", "text"} & {*columns}:
            raise QueryError("text='none' contradicts the columns, which have a text")
        if wanted is not None and wanted not in columns:
            raise QueryError(f"text={text!r} has no effect without a column {wanted}")
    no_text = text == "none" or (columns is not None and not {"snippet", "text"} & {*columns})
    if marks != "none" and no_text:
        raise QueryError("marks have no effect without a text")
