"""Checks an archive on a cluster by reading all of it, and salvages its articles."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from newssearch.article import Article
from newssearch.commit import article_hash, sum_of_hashes
from newssearch.engines.protocol import LostArticle, StoredArticle
from newssearch.errors import IndexDamagedError, IndexNotFoundError
from newssearch.fields import ArticleField, by_name, own_field
from newssearch.reports import Problem
from newssearch.stopping import NEVER, StopCheck

from .client import Client
from .documents import DocumentSource, article_from, document_id, document_of
from .sampled_article import compared_article
from .sending import to_json, word_id
from .state import OF_ONE_MOMENT, WORDS, State, read_state
from .stored_articles import Opened, StoredArticles, opened_commit, written_checkpoints
from .story_marks import mark
from .tokens import JOINT, KNOWN_PIECES, NO_TOKEN, PieceTokens, Spelled

MAX_NAMED = 20
"""The number of damaged articles that a check lists. Further ones are only counted."""
MAX_TOKENS = 300
"""The number of tokens of a paragraph that a check searches for."""
_INDEXED_OF_PARAGRAPH = ("address", "weight", "lead", "novel")
_NEVER = dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc)
_UNREADABLE_DOCUMENT = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class OpenSearchCheck:
    """A check of the archive of ``client``: see :class:`newssearch.engines.protocol.Check`.

    It reads all articles. Each must match its stored state, and all of them the digest of the last commit. For
    ``sample`` articles, it also compares the indexed fields and tokens with the stored text. The cluster verifies the
    checksums of its own files; a file that it cannot read raises :class:`~newssearch.IndexUnreachableError`.
    """

    def __init__(self, client: Client, sample: int) -> None:
        self._client = client
        self._sample = sample
        self.files = self.size = self.articles = self.paragraphs = self.sampled = 0
        self.unchecked: tuple[str, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """Run the check, and yield each damaged, missing or inconsistent thing."""
        try:
            opened = self._opened()
        except IndexDamagedError as error:
            yield Problem(self._client.address.name, str(error))
            return
        stored = StoredArticles(self._client, opened, self._opened)
        try:
            yield from self._read(stored, opened.state)
        finally:
            stored.close()
            KNOWN_PIECES.forget()

    def _opened(self, check: StopCheck = NEVER) -> Opened:
        return opened_commit(self._client, check, incomplete=True)

    def _read(self, stored: StoredArticles, state: State) -> Iterator[Problem]:
        for index in (state.base, state.words_index, state.state_index):
            self.files += 1
            try:
                self.size += self._client.stats(index).size
            except IndexNotFoundError:
                yield Problem(index, "it is missing")
                return
        written = written_checkpoints(self._client, stored._opened)
        if written.writer > state.claimed:
            yield Problem(state.state_index, f"its last commit is older than its articles: {OF_ONE_MOMENT}")
        if written.least < state.checkpoint:
            yield Problem(
                state.base,
                "a shard does not have the checkpoint of the last commit, and is not searched; `newssearch verify --clean` writes it again",
            )
        if state.changing:
            yield Problem(
                state.state_index,
                "a run was interrupted while it replaced and removed articles, or is still doing so; the next run repairs this",
            )
        own, damaged, hashes = by_name(state.rows), 0, 0
        every = max(len(stored) // max(self._sample, 1), 1)
        for number, source in enumerate(stored._sources(("*",))):
            article, what = _article_or_problem(source)
            self.articles += 1
            if article is not None:
                self.paragraphs += len(article.paragraphs)
                hashes += article_hash(article.id, source["header"]["state"])
                if what is None and number % every == 0 and self.sampled < self._sample:
                    self.sampled += 1
                    what = self._wrongly_indexed(stored, article, source, own)
            if what is not None:
                damaged += 1
                if damaged <= MAX_NAMED:
                    yield Problem(state.base, what)
        if damaged > MAX_NAMED:
            yield Problem(state.base, f"and {damaged - MAX_NAMED:,} more articles")
        if state.changing:
            return
        remedy = f"there are {len(stored):,}, and the commit states {state.articles:,}; `newssearch verify --clean` accepts those that are there"
        if not damaged and sum_of_hashes([hashes]) != state.hash_sum:
            yield Problem(state.base, f"its articles do not match the digest of the last commit: {remedy}")
        elif len(stored) != state.articles:
            yield Problem(state.base, f"its last commit states another number of articles: {remedy}")

    def _wrongly_indexed(
        self, stored: StoredArticles, article: Article, source: DocumentSource, own: dict[str, ArticleField]
    ) -> str | None:
        """Return the first difference between an article and its indexed fields; None if there is none."""
        words: set[Spelled] = set()

        def learn(_: str, __: object, tokens: Sequence[PieceTokens]) -> None:
            words.update(*(one.spelled for one in tokens))

        wanted = document_of(article, source["header"]["state"], own, learn)
        mark(wanted, compared_article(document_id(article.id), source).marks)
        samples = wanted.pop("samples")[:MAX_TOKENS]
        longest = max(wanted.pop("paragraphs"), key=lambda one: len(one["text"]))
        for part in ("id", "reversed_id", "commit", "sequence", *wanted):
            if part in wanted and not _equal(wanted[part], source.get(part)):
                return f"{article.id}: its {part.replace('_', ' ')} is not indexed as it is stored"
        found = self._client.get_many(
            stored._opened.state.base + WORDS, [word_id(word) for word in sorted(words)[:MAX_TOKENS]], False
        )
        if len(found) < min(len(words), MAX_TOKENS):
            return f"{article.id}: words of it are not in the vocabulary"
        conditions: list[dict[str, Any]] = [
            {"term": {f"paragraphs.{field}": longest[field]}} for field in _INDEXED_OF_PARAGRAPH
        ]
        for field in ("text", "title"):
            conditions += [{"term": {f"paragraphs.{field}": token}} for token in _tokens(longest[field])]
        nested = {"nested": {"path": "paragraphs", "query": {"bool": {"filter": conditions}}}}
        held = {"bool": {"filter": [nested, *({"term": {"samples": one}} for one in samples)]}}
        ids = stored._whole(lambda opened: list(stored._ids(opened, held, [{"id": "asc"}])))
        return (
            None if ids == [article.id] else f"{article.id}: its words are not indexed as its text has them"
        )


def _tokens(stream: str) -> list[str]:
    tokens = dict.fromkeys(
        token for place in stream.split() if place != NO_TOKEN for token in place.split(JOINT)
    )
    return list(tokens)[:MAX_TOKENS]


def _equal(wanted: Any, found: Any) -> bool:
    return bool(json.loads(to_json(wanted)) == found)


def _article_or_problem(source: DocumentSource) -> tuple[Article | None, str | None]:
    """Return the article of a document, None if it cannot be read, and the problem with it, None if there is none."""
    try:
        article, state, stated = article_from(source), source["header"]["state"], source["id"]
    except _UNREADABLE_DOCUMENT as error:
        return None, f"the article {source.get('id', '?')} cannot be read: {type(error).__name__}: {error}"
    if article.state != state or article.id != stated or document_id(article.id) != document_id(stated):
        return article, f"the article {stated} is not as it was indexed"
    return article, None


def salvaged_articles(client: Client) -> Iterator[StoredArticle | LostArticle | Problem]:
    """Yield all articles of an archive, readable or lost, and all other problems.

    If the state is missing, all articles behind the alias are read, uncommitted ones included.
    """
    problem: Problem | None = None
    try:
        state = read_state(client).state
    except IndexDamagedError as error:
        behind = client.indices_of(client.address.name)
        if not behind:
            raise
        problem = Problem(
            behind[0],
            f"{error}; articles that were never committed may be there, and own fields may have lost their kinds",
        )
        state = State.empty(behind[0], _NEVER)._replace(commit=(1 << 62))
    return _salvaged(client, state, problem)


def _salvaged(
    client: Client, state: State, problem: Problem | None
) -> Iterator[StoredArticle | LostArticle | Problem]:
    if problem is not None:
        yield problem
    for source in StoredArticles(client, Opened(state, None))._sources(("id", "header", "texts")):
        article, what = _article_or_problem(source)
        if article is None or what is not None:
            yield LostArticle(state.base)
        else:
            yield StoredArticle(
                article, source["header"]["state"], state.rows if problem is None else _rows_of(source)
            )


def _rows_of(source: DocumentSource) -> tuple[ArticleField, ...]:
    """Return the own fields of an article, with the kinds that its document shows."""
    kinds = {name: kind for name, kind, _ in source["header"].get("extra", ())}
    return tuple(own_field(name, kind) for name, kind in sorted(kinds.items()))
