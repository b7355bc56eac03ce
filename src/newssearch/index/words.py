"""The methods of an index that count and compare its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from newssearch import arguments
from newssearch.errors import QueryError
from newssearch.fields import ArticleField, by_name
from newssearch.query import Node, Query
from newssearch.query.tree import NODES
from newssearch.request import MatchOptions, Request, parsed_query, request_of, resolve, takes_options
from newssearch.stopping import StopCheck
from newssearch.text.folding import fold

from .opened import OpenIndex, check_matches_paragraphs

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.words import Collocates, IndexWord, Keywords


class WordMethods(OpenIndex):
    """The methods that count and compare words."""

    @takes_options(MatchOptions)
    def collocates(
        self,
        query: str | Query | Node,
        request: Request | None = None,
        *,
        span: int | tuple[int, int] = 5,
        measure: str = "logdice",
        min_count: int = 5,
        min_articles: int = 1,
        limit: int | None = 50,
        all_words: bool = False,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Collocates:
        """Return the words that occur near the matches of a query more often than elsewhere, the strongest first.

        All matches in paragraphs are counted; there is no sample. ``span`` is the number of words to each side of a match,
        or a pair of the numbers to the left and to the right. The words beyond the paragraph and those of matches
        themselves do not count. A word between two matches counts once, for the nearer one; if both are equally near, for
        the first.

        A word is a word form without case and accents, shown in its most frequent spelling: ``attack`` and ``attacks`` are
        two words. An abbreviation is the same with and without full stops, and ``US`` is another word than ``us``. A word
        must occur ``min_count`` times near matches, and in ``min_articles`` articles. Function words (``the``, ``of``) and
        numbers are left out unless ``all_words``.

        ``measure`` is ``logdice`` (Rychlý 2008), which prefers words that are frequent near the query and rare elsewhere;
        ``mi``, mutual information (Church & Hanks 1990), which prefers rare words; or ``ll``, log-likelihood (Dunning 1993),
        which prefers words with much evidence. :mod:`newssearch.corpus.association` has the formulas. Copies of an article
        count like all others; with ``novel``, only paragraphs that no earlier article has count.

        Raises :class:`QueryError` for a query without a unit that is searched in paragraphs.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     texts = "Heavy rain fell.", "Rain was heavy on Monday.", "A wind blew on Monday."
        ...     report = index.add(newssearch.Article.create(text=text, url=text) for text in texts)
        ...     [(word.word, word.left, word.right) for word in index.collocates("rain", span=2, min_count=2)]
        [('Heavy', 1, 1)]

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.corpus.words import (  # a search needs none of it
            CollocateOptions,
            Collocates,
            sides_of,
        )

        given = request_of("collocates", MatchOptions, request, changes)
        left, right = sides_of(span)
        wanted = CollocateOptions(
            left=left,
            right=right,
            measure=measure,
            min_count=min_count,
            min_articles=min_articles,
            limit=limit,
            all_words=all_words,
        )
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            check_matches_paragraphs(parsed)
            found, commit = snapshot.collocates(parsed.tree, asked, wanted), snapshot.commit
        return Collocates(
            query=parsed.text,
            interpretation=str(parsed),
            commit=commit,
            measure=wanted.measure,
            left=wanted.left,
            right=wanted.right,
            min_count=wanted.min_count,
            min_articles=wanted.min_articles,
            occurrences=found.occurrences,
            window_words=found.window_words,
            corpus=found.corpus,
            total=found.total,
            words=found.words,
            diagnostics=(*parsed.diagnostics, *found.diagnostics),
            undated=found.undated,
            imprecise=found.imprecise,
        )

    @takes_options(MatchOptions)
    def keywords(
        self,
        query: str | Query | Node,
        request: Request | None = None,
        *,
        against: str | Query | Node | None = None,
        measure: str = "ll",
        min_count: int = 5,
        min_articles: int = 1,
        limit: int | None = 50,
        all_words: bool = False,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[MatchOptions],
    ) -> Keywords:
        """Return the words that the matching articles use more than others do, those with the highest score first.

        They are compared with all other articles that pass the filters, or with those of them that match ``against``; an
        article that matches both queries counts for the first. All words of their paragraphs are counted; there is no
        sample. What a word is, and ``min_count``, ``min_articles``, ``all_words`` and ``novel``, are as for
        :meth:`collocates`.

        ``measure`` is ``ll``, log-likelihood (Dunning 1993; Rayson & Garside 2000), the evidence that the relative
        frequencies differ; or ``logratio`` (Hardie 2014), the size of the difference: how many times the relative frequency
        doubles. Each word has both. By ``logratio``, only words with a log-likelihood of 15.13 or more (p < 0.0001) are
        listed.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     texts = "Rain fell on roofs.", "Rain fell on fields.", "Wind blew over fields."
        ...     report = index.add(newssearch.Article.create(text=text, url=text) for text in texts)
        ...     [(word.word, word.count, word.reference_count) for word in index.keywords("rain", min_count=2)]
        [('fell', 2, 0), ('Rain', 2, 0)]

        The options, as keyword arguments or in a :class:`Request`:
        """
        from newssearch.corpus.words import (  # a search needs none of it
            KeywordOptions,
            Keywords,
            of_second_query,
        )

        if against is not None:
            arguments.instance(
                "against", against, (str, Query, *NODES), "a string, a Query, a node of a query, or None"
            )
        given = request_of("keywords", MatchOptions, request, changes)
        wanted = KeywordOptions(
            measure=measure, min_count=min_count, min_articles=min_articles, limit=limit, all_words=all_words
        )
        with self._asking(query, given, StopCheck(timeout, stop)) as (snapshot, parsed, asked):
            other = None if against is None else self._parsed(against, given, snapshot.own_fields)
            found = snapshot.keywords(
                parsed.tree,
                None if other is None else other.tree,
                asked
                if other is None
                else replace(asked, aliases=asked.aliases or self._aliases(given, other.text)),
                wanted,
            )
            commit = snapshot.commit
        return Keywords(
            query=parsed.text,
            interpretation=str(parsed),
            against=None if other is None else other.text,
            against_interpretation=None if other is None else str(other),
            commit=commit,
            measure=wanted.measure,
            min_count=wanted.min_count,
            min_articles=wanted.min_articles,
            target=found.target,
            reference=found.reference,
            total=found.total,
            words=found.words,
            diagnostics=(
                *parsed.diagnostics,
                *map(of_second_query, other.diagnostics if other is not None else ()),
                *found.diagnostics,
            ),
            undated=found.undated,
            imprecise=found.imprecise,
        )

    def _parsed(
        self, query: str | Query | Node, request: Request, own_fields: Sequence[ArticleField]
    ) -> Query:
        """Return a further query of a request, parsed."""
        now = request.now or dt.datetime.now()
        own = by_name(own_fields)
        parsed = parsed_query(query, request, now, own, self._thesaurus_for(query, request))
        return self._with_tags(parsed, resolve(Request(), now, (), own), self._tags_now)[0]

    def words(
        self,
        prefix: str = "",
        limit: int = 20,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> tuple[IndexWord, ...]:
        """Return the words of the index that begin with a prefix, the most frequent first: to complete what a user types.

        Case and accents make no difference. What a word is, is as for :meth:`collocates`; function words and numbers are
        among them. Their numbers are those of the word forms, not of all that a search for the word finds, such as its
        plural. Headlines count.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="Rainy days in Raqqa. More rain.")])
        ...     [(word.word, word.occurrences) for word in index.words("RA", 2)]
        [('Rain', 2), ('Rainy', 1)]
        """
        if arguments.whole_number("limit", limit) < 0:
            raise QueryError("limit cannot be negative")
        folded = fold(arguments.text("prefix", prefix).strip())
        if prefix.strip() and not folded:
            return ()
        with self._reading() as snapshot:
            return snapshot.words(folded, limit, StopCheck(timeout, stop))

    def completions(
        self,
        prefix: str = "",
        limit: int = 10,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> tuple[str, ...]:
        """Return the words by which a search box may complete the beginning of a word, the most frequent first.

        They are as in :meth:`words`, which also counts them, and takes longer: this one reads no more than the
        dictionaries. The full stops of an abbreviation make a difference to what it begins with, and words of articles
        that were removed a short time ago may be among them.

        >>> import newssearch, tempfile
        >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        ...     report = index.add([newssearch.Article.create(title="Rain", text="Rainy days in Raqqa. More rain.")])
        ...     index.completions("RA", 2)
        ('Rain', 'Rainy')
        """
        if arguments.whole_number("limit", limit) < 0:
            raise QueryError("limit cannot be negative")
        folded = fold(arguments.text("prefix", prefix).strip())
        if prefix.strip() and not folded:
            return ()
        with self._reading() as snapshot:
            return snapshot.completions(folded, limit, StopCheck(timeout, stop))
