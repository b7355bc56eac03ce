"""Keeps stories, boilerplate and redundant paragraphs up to date while an archive is written."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from newssearch.engines.near_duplicates import NO_HASHES
from newssearch.errors import NewssearchError
from newssearch.fields import ArticleField

from . import answer_sizes
from .client import Client
from .documents import article_from, document_of
from .extras import read_extra, remove_extra, write_extra
from .failures import RequestFailedError
from .sampled_article import ComparedArticle, StoryMarks, compared_article, marks_of
from .sending import to_json
from .state import State, taken_over
from .stored_articles import WHOLE_ARTICLES_AT_ONCE, StoredArticles
from .story_marks import mark
from .story_plan import SAMPLED_AT_ONCE, DocumentNumbers, StoryPlan, StoryPlanner, Unfinished

COUNTED_ARTICLES_AT_ONCE = 1_000
"""The number of articles whose lengths in words one request reads."""
STORIES_OF_COMMIT = 1 << 32
"""The numbers of the stories that begin with a commit start at the number of the commit times this."""
_REWRITTEN_PARTS = ("commit", "sequence", "header", "texts", "story", "sampled")


class StoryKeeper:
    """Maintains the stories of an archive during a writer's run: the hashes that are boilerplate, and the articles of
    the next commit.
    """

    def __init__(self, client: Client, state: State) -> None:
        self._client = client
        self._stored = state.boilerplate
        content = read_extra(client, state.state_index, _extra_name(self._stored)) if self._stored else None
        self._boilerplate = NO_HASHES if content is None else np.frombuffer(b64decode(content), "<u4")
        self._new: dict[str, ComparedArticle] = {}

    def add(self, number: str, source: dict[str, Any]) -> None:
        """Register a new article of the next commit, with the id of its document and the document."""
        self._new[number] = compared_article(number, source)

    @property
    def new(self) -> Mapping[str, ComparedArticle]:
        """The articles of the next commit, by the ids of their documents."""
        return self._new

    def plan(self, state: State, articles: StoredArticles, removed: Iterable[str]) -> StoryPlan:
        """Return the changes by the next commit. ``removed`` are the ids of the documents that it replaces or removes."""
        planner = self._planner(articles, state.claimed * STORIES_OF_COMMIT)
        return planner.plan(self._new.values(), removed)

    def _planner(self, articles: StoredArticles, first_story: int) -> StoryPlanner:
        return StoryPlanner(
            _committed_reader(articles), articles._opened.state.articles, self._boilerplate, first_story
        )

    def provisional_marks(self, articles: StoredArticles, numbers: Iterable[str]) -> Mapping[str, StoryMarks]:
        """Return provisional marks of articles of the next commit, decided by these and the committed articles alone.

        The commit's plan then contains only those articles whose marks change because of others. Stories are not
        assigned yet.
        """
        some = [self._new[number] for number in numbers]
        plan = self._planner(articles, STORIES_OF_COMMIT).plan(some, ())
        marks = {one.number: plan.marks.get(one.number, one.marks)._replace(story=0) for one in some}
        self._new.update((one.number, one._replace(marks=marks[one.number])) for one in some)
        return marks

    def rewritten(
        self, state: State, numbers: Sequence[str], plan: StoryPlan, own: Mapping[str, ArticleField]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield the ids and the JSON of documents in the index, with their new marks."""
        for number, source in self._documents(state, numbers):
            if source is None:  # another run has taken over, or somebody has deleted the document
                raise taken_over(self._client.place)
            yield number, _marked_again(source, plan.marks[number], own)

    def current_documents(self, state: State, numbers: DocumentNumbers) -> Iterator[tuple[str, bytes | None]]:
        """Yield the ids and the JSON of documents as indexed now; None for a document that is not committed."""
        own = {row.name: row for row in state.rows}
        for number, source in self._documents(state, [f"{one:x}" for one in numbers.tolist()]):
            known = source is not None and state.has_committed(source["commit"])
            yield number, _marked_again(source, marks_of(source), own) if source and known else None

    def _documents(self, state: State, numbers: Sequence[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Yield the ids of documents, each with the last written document; None if it does not exist."""
        for some in self._groups(state, numbers):
            found = self._client.get_many(state.base, some, _REWRITTEN_PARTS, writing=True)
            for number in some:
                yield number, found[number].source if number in found else None

    def _groups(self, state: State, numbers: Sequence[str]) -> Iterator[list[str]]:
        """Yield the ids of documents in groups that fit in one response."""
        some: list[str] = []
        total = 0
        for low in range(0, len(numbers), COUNTED_ARTICLES_AT_ONCE):
            counted = numbers[low : low + COUNTED_ARTICLES_AT_ONCE]
            found = self._client.get_many(state.base, counted, ("words",), writing=True)
            for number in counted:
                words = int(found[number].source["words"]) if number in found else 0
                if some and (
                    len(some) == WHOLE_ARTICLES_AT_ONCE or total + words > answer_sizes.MAX_WORDS_OF_ANSWER
                ):
                    yield some
                    some, total = [], 0
                some.append(number)
                total += words
        if some:
            yield some

    # ---- what the state has

    def note(self, state: State, name: str, unfinished: Unfinished) -> None:
        """Record the changes that are about to begin. Once they begin, the state has the ``name`` of the record."""
        content = json.dumps(unfinished.to_json())
        write_extra(self._client, state.state_index, _note_name(name), content)

    def noted(self, state: State) -> Unfinished:
        """Return the recorded changes of an interrupted commit."""
        content = read_extra(self._client, state.state_index, _note_name(state.unfinished))
        return Unfinished() if content is None else Unfinished.from_json(json.loads(content))

    def forget_note(self, state: State, name: str) -> None:
        """Remove a record that the state no longer names."""
        if name not in ("", state.unfinished):
            remove_extra(self._client, state.state_index, _note_name(name))

    def write_boilerplate(self, state: State, plan: StoryPlan, name: str) -> str:
        """Write the hashes that are boilerplate, if they have changed. Return the name of the extra that holds them."""
        if np.array_equal(plan.boilerplate, self._boilerplate):
            return self._stored
        if not len(plan.boilerplate):
            return ""
        content = b64encode(plan.boilerplate.astype("<u4").tobytes()).decode()
        write_extra(self._client, state.state_index, _extra_name(name), content)
        return name

    def committed(self, state: State, plan: StoryPlan) -> None:
        """Forget the articles of a finished commit, and remove the previous boilerplate hashes; if that fails, they stay."""
        outdated = self._stored
        self._stored, self._boilerplate = state.boilerplate, plan.boilerplate
        self._new = {}
        if outdated not in ("", state.boilerplate):
            with suppress(NewssearchError, RequestFailedError):
                remove_extra(self._client, state.state_index, _extra_name(outdated))

    def mending_plan(self, state: State, articles: StoredArticles, left: Unfinished) -> StoryPlan:
        """Return the changes needed after a commit was interrupted while it replaced and removed articles."""
        first = state.claimed * STORIES_OF_COMMIT + STORIES_OF_COMMIT // 2
        return self._planner(articles, first).plan((), (), left)


def _note_name(name: str) -> str:
    return f"unfinished-{name}"


def _extra_name(stored: str) -> str:
    return f"boilerplate-{stored}"


def _marked_again(source: dict[str, Any], marks: StoryMarks, own: Mapping[str, ArticleField]) -> bytes:
    article = article_from(source)
    document = document_of(article, source["header"]["state"], own)
    document["commit"], document["sequence"] = source["commit"], source["sequence"]
    mark(document, marks)
    return to_json(document)


def _committed_reader(articles: StoredArticles) -> Callable[..., Iterator[dict[str, Any]]]:
    opened = articles._opened

    def read(query: dict[str, Any], parts: Sequence[str], limit: int | None) -> Iterator[dict[str, Any]]:
        body = {
            "query": articles._committed(opened, query), "_source": list(parts), "sort": [{"id": "asc"}], "track_total_hits": False
        }  # fmt: skip
        if limit is not None:
            yield from articles._search(opened, {**body, "size": limit})["hits"]["hits"]
            return
        for page in articles._pages(opened, body, SAMPLED_AT_ONCE):
            yield from page

    return read
