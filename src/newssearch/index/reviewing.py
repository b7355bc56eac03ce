"""The method of an index that makes a press review of what a search finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from newssearch.article import Date
from newssearch.errors import NewssearchError
from newssearch.outlets import Aliases, outlets
from newssearch.query import And, Field, Node, Query, any_of
from newssearch.request import Request, ReviewOptions, request_of, resolve, takes_options
from newssearch.results import Hit
from newssearch.stopping import StopCheck

from .exporting import path_of_result, replaced_file
from .opened import Asked, OpenIndex

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.receipt import Receipt
    from newssearch.reports import ReviewReport
    from newssearch.review.content import Review, ReviewedArticle
    from newssearch.review.plan import ReviewPlan

REVIEWED_AT_ONCE = 50
"""The number of articles whose best paragraphs and copies are looked up by one search each."""


class ReviewingMethods(OpenIndex):
    """The method that makes a press review."""

    @takes_options(ReviewOptions)
    def review(
        self,
        query: str | Query | Node,
        file: str | Path | BinaryIO,
        request: Request | None = None,
        *,
        format: str | None = None,  # noqa: A002  (as users call it)
        title: str | None = None,
        note: str | None = None,
        date: str | Date | None = None,
        labels: str = "en",
        group_by: str = "day",
        excerpt: int | None = None,
        full: bool = False,
        each_copy: bool = False,
        marks: bool = True,
        limit: int | None = None,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[ReviewOptions],
    ) -> ReviewReport:
        """Write a press review of what a search finds: a cover, the contents, the articles, and a summary of the search.

        ``format`` is ``"html"``, ``"docx"``, ``"pdf"`` or ``"md"``; by default the ending of the name says it. ``file`` may also be a binary
        stream. ``title`` and ``note``, whose paragraphs are separated by empty lines, stand on the cover, with ``date``, by default
        the day of the commit; ``labels`` is the language of the words of the review itself (``de``, ``en``, ``es``, ``fr``, ``it``,
        ``nl``, ``pt``). ``group_by`` is ``"day"``, ``"month"``, ``"outlet"``, ``"section"`` or ``"none"``, or ``"story"`` with
        ``each_copy``. The review has one article of each story, which says where else the story was, or all of them with
        ``each_copy``. Of an article, it has ``excerpt`` paragraphs, by default 3: the best ones that match, completed by the first
        ones; only headlines for 0; the whole text with ``full``. Matches are marked, unless ``marks`` is False.

        All articles come from one commit. The same commit and options give the same bytes, unless the query has dates that
        count from the present moment, or asks for tags that have changed. A file is written whole or not at all. Of more than 500 articles, a review is only made
        with a ``limit``; its cover then says of how many articles these are the first in the order ``sort``.

        Raises :class:`QueryError` for an option that contradicts others, and :class:`NewssearchError` for more than 500 articles
        without a limit, if the package that the format needs is not installed, and for a file that the archive keeps.

        >>> import io, newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="It rained.", date="2024-07-25")])
        ...     document = io.BytesIO()
        ...     index.review("rained", document, format="md", title="Weather", date="2024-08-01").listed
        1
        >>> document.getvalue().decode().splitlines()[2:5]
        ['# Weather', '', '- Date: 1 August 2024']

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.review.plan import check_installed, review_plan  # a search needs none of it

        from .receipts import made_receipt, record  # the same

        given = request_of("review", ReviewOptions, request, changes)
        stream = cast("BinaryIO", file) if callable(getattr(file, "write", None)) else None
        path = None if stream is not None else path_of_result(file)
        plan = review_plan(
            None if path is None else str(path), format,
            title=title, note=note, date=date, labels=labels, group_by=group_by, excerpt=excerpt, full=full, each_copy=each_copy,
            marks=marks, limit=limit, novel=given.novel,
        )  # fmt: skip
        check_installed(plan)
        clock = given.now or dt.datetime.now()
        given = given.replace(now=clock, group=not plan.each_copy)
        with self._asking(query, given, StopCheck(timeout, stop)) as asked:
            hits, total = _listed_hits(asked, plan)
            receipt = made_receipt(
                asked.snapshot, self._store.format, clock, (record(asked, given),), self.config.outlets
            )
            reviewer = _Reviewer(asked, plan, hits, total, receipt, self.config.outlets)
            if path is None:
                assert stream is not None, "a stream, or else a path"
                return reviewer.write(stream)
            with replaced_file(path) as replacing:
                return reviewer.write(replacing)


def _listed_hits(asked: Asked, plan: ReviewPlan) -> tuple[list[Hit], int]:
    """Return the hits that a review lists, and the number of those that it would list without a limit."""
    found = asked.snapshot.scan(asked.query.tree, asked.request, "fields", None)
    plan.check_total(found.total)
    hits = list(islice(found.hits, plan.limit))
    if len(hits) != min(found.total, found.total if plan.limit is None else plan.limit):
        raise NewssearchError(
            f"{len(hits):,} of {found.total:,} articles came: the review is not whole; please report this as a bug"
        )
    return hits, found.total


class _Reviewer:
    """Makes a press review from one snapshot, and has it written."""

    def __init__(
        self, asked: Asked, plan: ReviewPlan, hits: list[Hit], total: int, receipt: Receipt, aliases: Aliases
    ) -> None:
        self._asked = asked
        self._plan = plan
        self._hits = hits
        self._total = total
        self._receipt = receipt
        self._aliases = aliases

    def write(self, stream: BinaryIO) -> ReviewReport:
        """Write the review to a stream."""
        from newssearch.reports import ReviewReport  # a search needs none of it
        from newssearch.review.writing import write_review  # the same

        snapshot, parsed, _ = self._asked
        review = self._review()
        write_review(stream, self._plan.format.name, review, self._articles(review))
        (search,) = self._receipt.searches
        if self._total != (search.articles if self._plan.each_copy else search.stories):
            raise NewssearchError(
                f"{self._total:,} articles came, and the search found others; please report this as a bug"
            )
        counts = snapshot.search(parsed.tree, replace(self._asked.request, limit=0))
        return ReviewReport(
            format=self._plan.format.name,
            listed=len(self._hits),
            total=self._total,
            articles=search.articles,
            stories=search.stories,
            commit=snapshot.commit,
            interpretation=str(parsed),
            diagnostics=(*parsed.diagnostics, *counts.diagnostics),
            undated=search.undated,
            imprecise=search.imprecise,
        )

    def _review(self) -> Review:
        """Return the review without its articles."""
        from newssearch.review.content import Review  # a search needs none of it
        from newssearch.review.facts import ReviewedSearch, cover_facts, summary_facts  # the same
        from newssearch.review.grouping import grouped  # the same

        plan, receipt = self._plan, self._receipt
        search = ReviewedSearch(
            receipt.searches[0], receipt.archive, receipt.commit, receipt.clock, receipt.versions,
            self._asked.request.sort, self._hits, self._total,
        )  # fmt: skip
        return Review(
            title=plan.title,
            labels=plan.labels,
            made=receipt.commit.time,
            cover=tuple(cover_facts(plan, search)),
            note=plan.note,
            groups=grouped(self._hits, plan.group_by, plan.labels, oldest_first=search.sort == "oldest"),
            summary=tuple(summary_facts(plan, search)),
            has_texts=plan.excerpt != 0,
        )

    def _articles(self, review: Review) -> Iterator[ReviewedArticle]:
        """Yield the articles of a review in the order of its contents; few are in memory at once."""
        from newssearch.highlight.snippets import Highlighter  # a search needs none of it
        from newssearch.review.articles import ArticleReviewer  # the same

        snapshot, parsed, request = self._asked
        reviewer = ArticleReviewer(
            self._plan,
            Highlighter(parsed.tree, request.check),
            outlets(self._aliases),
            snapshot.added_analyses,
        )
        entries = (entry for group in review.groups for entry in group.entries)
        while some := list(islice(entries, REVIEWED_AT_ONCE)):
            ids = [entry.hit.id for entry in some]
            scores = self._scores(ids)
            copies = self._copies([entry.hit for entry in some])
            for entry, article in zip(some, snapshot.articles_with(ids), strict=True):
                assert article is not None, "an article of the snapshot"
                yield reviewer.reviewed(entry, article, scores.get(entry.hit.id, {}), copies)

    def _scores(self, ids: Sequence[str]) -> dict[str, dict[int, float]]:
        """Return the scores of the paragraphs that match, by article and number."""
        found: dict[str, dict[int, float]] = {}
        if not self._plan.excerpt:
            return found
        snapshot, parsed, request = self._asked
        wanted = And((parsed.tree, any_of([Field("id", one) for one in ids])))
        asked = replace(request, all_paragraphs=True, group=False, sort="id")
        for hit in snapshot.scan(wanted, asked, "fields", None).hits:
            found.setdefault(hit.id, {})[hit.paragraph] = hit.score
        return found

    def _copies(self, hits: Sequence[Hit]) -> dict[str, Hit]:
        """Return the copies that are listed of some articles, by id."""
        from newssearch.review.articles import NAMED_COPIES_OF_STORY  # a search needs none of it

        if self._plan.each_copy:
            return {}
        wanted = sorted({copy.id for hit in hits for copy in hit.copies[:NAMED_COPIES_OF_STORY]})
        request = self._asked.request
        everything = resolve(
            Request(group=False, limit=None, sort="id"), dt.datetime.now(), check=request.check
        )
        found: dict[str, Hit] = {}
        for low in range(0, len(wanted), REVIEWED_AT_ONCE):
            some = any_of([Field("id", one) for one in wanted[low : low + REVIEWED_AT_ONCE]])
            found.update(
                (hit.id, hit) for hit in self._asked.snapshot.scan(some, everything, "fields", None).hits
            )
        return found
