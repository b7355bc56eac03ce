"""Makes the hits of a search: reads the text of each result, cuts its snippet, and lists the copies of its article."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newssearch.engines.article_times import NO_TIME
from newssearch.engines.protocol import MAX_LISTED_COPIES
from newssearch.highlight.snippets import Highlighter
from newssearch.query import Node
from newssearch.results import Copy, Explanation, Hit
from newssearch.snippet import Snippet
from newssearch.stopping import NEVER, StopCheck

from .reader import IndexReader
from .result_order import Placed

MAX_KEPT_STORIES = 64
"""The copies of this number of stories are kept, because neighbouring hits often tell the same story."""
_NO_SNIPPET = Snippet("", ())


class HitMaker:
    """Makes hits of the results of a query. ``snippet`` is the length of snippets, None for hits without snippets.

    Without ``texts``, hits have neither text nor snippet, and no text is read. ``check`` is called for each hit.
    """

    def __init__(
        self,
        reader: IndexReader,
        tree: Node,
        snippet: int | None,
        *,
        texts: bool = True,
        check: StopCheck = NEVER,
    ) -> None:
        self._reader = reader
        self._check = check
        self._highlighter = Highlighter(tree, check)
        self._snippet = snippet
        self._texts = texts
        self._stories: dict[int, list[Copy]] = {}

    def hits(
        self,
        page: Sequence[Placed],
        missing: Sequence[tuple[str, ...]] = (),
        explain: Callable[[Placed], Explanation] | None = None,
    ) -> tuple[Hit, ...]:
        """Return the hits of the given results, in order.

        ``missing`` has for each hit the words of the query that its article lacks; () for none. ``explain`` returns
        how a score is composed.
        """
        check = self._check
        places = [self._reader.document(placed.document) for placed in check.during(page)]
        # read all texts first: decompressing one evicts the words of the last one from the processor's caches
        texts = [
            segment.bodies[document] if self._texts else "" for segment, document in check.during(places, 1)
        ]
        hits = []
        for number, ((segment, document), text, placed) in enumerate(
            zip(check.during(places, 1), texts, page, strict=True)
        ):
            article, paragraph = segment.article_of(document), segment.number_of(document)
            shown = segment.shown(article)
            language, in_lead = segment.analyser(shown["lang"]), segment.is_in_lead(article, paragraph)
            copies = self._copies(segment.story(article))
            others = [copy for copy in copies if copy.id != shown["id"]]
            snippet = _NO_SNIPPET
            variants: tuple[str, ...] = ()
            if self._texts and self._snippet is not None:
                snippet = self._highlighter.snippet(text, language, self._snippet, in_lead)
                variants = self._highlighter.variants(text, language, in_lead)
            hit = Hit(
                **shown,
                paragraph=paragraph,
                score=placed.score,
                text=text,
                snippet=snippet,
                paragraphs=segment.count(article),
                matching=placed.matching,
                story=copies[0].id if copies else shown["id"],
                copies=tuple(others[:MAX_LISTED_COPIES]),
                copies_total=len(others),
                variants=variants,
                missing=missing[number] if missing else (),
                explanation=explain(placed) if explain is not None else None,
            )
            hits.append(hit)
        return tuple(hits)

    def _copies(self, story: int) -> list[Copy]:
        """Return the live articles of a story, cached; none for story 0."""
        if not story:
            return []
        found = self._stories.get(story)
        if found is None:
            if len(self._stories) >= MAX_KEPT_STORIES:
                self._stories.clear()
            found = self._stories[story] = articles_of_story(self._reader, story)
        return found


def articles_of_story(reader: IndexReader, story: int) -> list[Copy]:
    """Return the live articles of the story with the given number, the earliest first; none if it is 0."""
    found = []
    for segment in reader.segments if story else ():
        assert segment.stories is not None, "only a segment with stories has story numbers"
        of = segment.storied[segment.stories.story[segment.storied] == story]
        for article in of[segment.live_articles()[of]].tolist():
            shown = segment.shown(article)
            moment = int(segment.instant[article])
            copy = Copy(shown["id"], shown["outlet"], shown["date"])
            found.append((moment == NO_TIME, moment, copy.id, copy))
    return [copy for *_, copy in sorted(found)]
