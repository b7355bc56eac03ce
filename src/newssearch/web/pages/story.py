"""The page of a story: who ran it first, how late the others were, and what each cut, changed and added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from newssearch.article import Article
from newssearch.corpus.time_span import span_between
from newssearch.errors import ArticleNotFoundError
from newssearch.index import Index
from newssearch.request import MatchOptions
from newssearch.story import Change, ChangeKind, Edit, Story, Version
from newssearch.web.options import QUERY, options_of
from newssearch.web.parameters import Parameter

from .asking import asked_of
from .rendering import ShownPage, View, page_route

SHOWN_COMPARISONS = 3
"""The number of versions that are shown beside the first, unless the address chooses one."""
STORY_PARAMETERS = (
    QUERY,
    *options_of(MatchOptions),  # of the search that led here, which its articles lead back to
    Parameter("base", "text", "The id of the version that the others are compared with."),
    Parameter("version", "text", "The id of the version that is shown beside it."),
)


class VersionRow(NamedTuple):
    """A version in the list of a story: how long after the first it came, and the address of the comparison with the base.

    ``is_base`` is whether the others are compared with it. ``compared`` is "" for the base itself.
    """

    version: Version
    after: str
    is_base: bool
    compared: str


class DiffRow(NamedTuple):
    """A row of two versions side by side: runs of words of each, none where one of them lacks the paragraph.

    ``boilerplate`` is whether the paragraph is boilerplate of the outlet of a version that has it.
    """

    kind: ChangeKind
    old: tuple[Edit, ...]
    new: tuple[Edit, ...]
    boilerplate: bool = False


class Comparison(NamedTuple):
    """A version beside the base: its rows, and the number of paragraphs of each kind of change."""

    version: Version
    rows: tuple[DiffRow, ...]


def story_page(view: View) -> ShownPage:
    """Return the page of a story."""
    asked = asked_of(view, STORY_PARAMETERS)
    index = view.context.archive.opened()
    story = index.story(view.path["id"])
    earliest = story.versions[0]
    base = _base_of(story, index, asked.value("base", earliest.id))
    if base.id != earliest.id:
        story = index.story(view.path["id"], base=base.id)
    chosen = asked.value("version", None)
    others = [one for one in story.versions if one.id != base.id]
    wanted = others[:SHOWN_COMPARISONS] if chosen is None else [_version_of(story, index, chosen)]
    of_base = index.boilerplate(base.id)
    return ShownPage(
        "story.html",
        {
            "query": asked.query,
            "earliest": earliest,
            "base": base,
            "rows": list(_version_rows(view, story, base, earliest)),
            "comparisons": [
                Comparison(one, tuple(diff_rows(base, one.changes, of_base, index.boilerplate(one.id))))
                for one in wanted
            ],
            "hidden": len(others) - len(wanted) if chosen is None else 0,
            "chosen": wanted[0].id if wanted else "",
        },
    )


def path_of_story(article_id: str) -> str:
    """Return the path of the page of the story that an article tells."""
    return f"/story/{quote(article_id, safe='')}"


def _base_of(story: Story, index: Index, wanted: str) -> Article:
    return index.article(_version_of(story, index, wanted).id)


def _version_of(story: Story, index: Index, wanted: str) -> Version:
    """Return the version with an id, or anything else that :meth:`Index.article` accepts."""
    article = index.article(wanted)
    for version in story.versions:
        if version.id == article.id:
            return version
    raise ArticleNotFoundError(wanted, [version.id for version in story.versions])


def _version_rows(view: View, story: Story, base: Article, earliest: Version) -> Iterator[VersionRow]:
    for version in story.versions:
        is_base = version.id == base.id
        after = str(span_between(earliest.date, version.date)) if version.id != earliest.id else "first"
        compared = view.links.here(version=version.id)
        yield VersionRow(version, after, is_base, "" if is_base else f"{compared}#compared")


def diff_rows(
    base: Article, changes: Sequence[Change], of_base: Collection[int] = (), of_other: Collection[int] = ()
) -> Iterator[DiffRow]:
    """Yield the paragraphs of two versions side by side, in the order of the later one.

    ``changes`` are those of the other version, compared with ``base``. ``of_base`` and ``of_other`` are the numbers of the
    paragraphs of each that are boilerplate.
    """
    for change, row in zip(changes, _unmarked_rows(base, changes), strict=True):
        yield row._replace(boilerplate=change.first in of_base or change.number in of_other)


def _unmarked_rows(base: Article, changes: Sequence[Change]) -> Iterator[DiffRow]:
    for change in changes:
        if change.kind == "changed":
            old = tuple(edit for edit in change.edits if edit.kind != "added")
            yield DiffRow(change.kind, old, tuple(edit for edit in change.edits if edit.kind != "cut"))
            continue
        whole = Edit("same", change.text)
        if change.kind == "cut":
            yield DiffRow(change.kind, (Edit("cut", change.text),), ())
        elif change.kind == "added" or change.first is None:
            yield DiffRow(change.kind, (), (Edit("added", change.text),))
        else:
            yield DiffRow(change.kind, (Edit("same", base.paragraphs[change.first - 1].text),), (whole,))


ROUTES = (page_route("/story/{id:path}", story_page, "story", STORY_PARAMETERS),)
