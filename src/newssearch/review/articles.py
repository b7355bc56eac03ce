"""Articles as a press review shows them: with their best paragraphs, their matches, and their copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newssearch.article import Article
from newssearch.highlight.snippets import Highlighter
from newssearch.outlets import Outlets
from newssearch.results import Hit
from newssearch.snippet import Snippet
from newssearch.text.analysis import analyser, key
from newssearch.text.built_in_analyser import Analyser

from .content import ReviewedArticle, ReviewedCopy, ReviewedParagraph, ReviewEntry
from .excerpts import LONGEST_EXCERPT, Excerpt
from .grouping import outlet_text
from .links import web_link
from .plan import ReviewPlan

NAMED_COPIES_OF_STORY = 10
"""The largest number of copies of an article that a press review names. The others are counted."""


class ArticleReviewer:
    """Makes articles of a review. ``marker`` marks the matches of its query, ``names`` are those of outlets in the archive.

    ``added`` has the names of those analyses of the index that other packages add, by language.
    """

    def __init__(
        self, plan: ReviewPlan, marker: Highlighter, names: Outlets, added: Mapping[str, str]
    ) -> None:
        self._plan = plan
        self._marker = marker
        self._names = names
        self._added = added

    def reviewed(
        self, entry: ReviewEntry, article: Article, scores: Mapping[int, float], copies: Mapping[str, Hit]
    ) -> ReviewedArticle:
        """Return an article. ``scores`` are those of its paragraphs that match, ``copies`` maps ids to its copies."""
        excerpt = Excerpt(article, scores, self._plan.excerpt)
        analysis = analyser(article.lang, self._added)
        title = article.title or ""
        named = [] if self._plan.each_copy else entry.hit.copies[:NAMED_COPIES_OF_STORY]
        return ReviewedArticle(
            entry=entry,
            lang=article.lang or "",
            headline=self._marker.headline(title, analysis) if self._plan.marks else Snippet(title),
            byline=article.byline or "",
            section=article.section or "",
            paragraphs=tuple(self._paragraphs(article, excerpt, analysis)),
            copies=tuple(self._copy(copies[copy.id]) for copy in named),
            more_copies=0 if self._plan.each_copy else entry.hit.copies_total - len(named),
            rights=excerpt.rights,
            source=self._source(article),
            link=web_link(article.url),
            address=article.url or "",
        )

    def _paragraphs(
        self, article: Article, excerpt: Excerpt, analysis: Analyser
    ) -> Iterator[ReviewedParagraph]:
        longest = 0 if self._plan.excerpt is None else LONGEST_EXCERPT
        last = 0
        for number in excerpt.numbers:
            paragraph = article.paragraphs[number - 1]
            text = self._marker.snippet(paragraph.text, analysis, longest, excerpt.is_in_lead(number))
            if not self._plan.marks:
                text = Snippet(text.text, (), text.start, text.cut_before, text.cut_after)
            is_last = number == excerpt.numbers[-1]
            before_gap = is_last and excerpt.is_gap(number)
            yield ReviewedParagraph(text, paragraph.kind, excerpt.is_gap(last, number), before_gap)
            last = number

    def _source(self, article: Article) -> str:
        """Return who originated an article, or "" if that is its outlet, by whatever name."""
        source, outlet = article.source or "", article.outlet or ""
        same = self._names.group(key(source)) == self._names.group(key(outlet))
        return "" if same else source

    def _copy(self, hit: Hit) -> ReviewedCopy:
        labels = self._plan.labels
        return ReviewedCopy(outlet_text(hit.outlet, labels), labels.date_text(hit.date), web_link(hit.url))
