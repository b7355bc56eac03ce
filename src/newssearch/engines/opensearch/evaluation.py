"""Evaluates a query on a snapshot: the articles that it finds, and the number of matches of each leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from newssearch.engines import bm25f, pattern_cut
from newssearch.engines.pattern_cut import note_on_cut
from newssearch.engines.selected_values import FilterPart
from newssearch.errors import QueryError
from newssearch.fields import ArticleField
from newssearch.highlight.matcher import AnalysedText, find_matches
from newssearch.query import (
    AtLeast,
    Boost,
    Diagnostic,
    Fuzzy,
    Leaf,
    LeafUse,
    Node,
    Or,
    Regex,
    Wildcard,
    of_any_date,
    scored_leaves,
)
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck
from newssearch.system.kept import cached_property
from newssearch.text.analysis import analyser_named

from .answer_sizes import AnswerSizes
from .article_queries import EVERYTHING, NOVEL, PARAGRAPHS, TEXT, TITLE, ArticleQueries, excluding, nested
from .commit_cache import CommitCache, WeighedLeaf
from .documents import DocumentSource, document_id
from .leaf_queries import (
    FINDS_NOTHING,
    ClusterQuery,
    CutWords,
    LeafQueries,
    LeafQuery,
    finding_all,
    finding_any,
    finding_one_of,
    having_one_of,
)
from .mapping import MAX_HITS_AT_ONCE
from .outline import paragraphs_of
from .scoring import LeafWeight, ScoreQueries, Statistics, in_region, score_of
from .spelling_queries import SpellingQueries
from .tokens import Spelled
from .vocabulary import KnownWords, MatchingWords

MAX_VERIFIED = 1_000_000
"""The largest number of paragraphs whose texts are read to find the matches of one leaf."""
MAX_KNOWN_TOKENS = 500_000
"""The number of tokens after which the cache of tokens that occur in the index is emptied."""
VERIFIED_AT_ONCE = 200
"""The number of articles whose texts one request reads."""
COUNTED_AT_ONCE = 300
"""The number of queries whose articles one request counts."""
WEIGHED_AT_ONCE = 300
"""The number of leaves whose weights one request computes."""
MAX_KNOWN_LEAVES = 20_000
"""The number of leaves after which the caches of weights and of article counts are emptied."""

SearchCall = Callable[[dict[str, Any], StopCheck], dict[str, Any]]
"""Sends a search of the articles of a snapshot, and returns the complete response."""


class Evaluation:
    """Evaluates one query tree. ``live`` is a query for all articles of the snapshot. ``notes`` collects diagnostics."""

    def __init__(
        self,
        search: SearchCall,
        live: ClusterQuery,
        vocabulary: KnownWords,
        statistics: Statistics,
        own: Mapping[str, ArticleField],
        tree: Node,
        request: ResolvedRequest,
        known: CommitCache,
        keys_of: Callable[[str], Sequence[str]],
    ) -> None:
        self.tree = tree
        self.request = request
        self.check = request.check
        self.statistics = statistics
        self.vocabulary = vocabulary
        self.own = own
        self.notes: list[Diagnostic] = []
        self.search = search
        self.live = live
        self._known = known.tokens
        self._known_leaves = known.leaves
        self.known_terms = known.terms
        """The cached numbers of articles that contain a term; the searches of a commit share them."""
        self.known_extents = known.extents
        self._known_holding = known.holding
        self._counted: tuple[ClusterQuery, ClusterQuery | None, list[int]] | None = None
        self.holding: dict[Leaf, int] = {}
        """The numbers of articles in which leaves match, as far as they were counted."""
        self.spellings = SpellingQueries(search, live, statistics.analyses, request.check)
        self.kept: dict[str, dict[Node, frozenset[str]]] = {TEXT: {}, TITLE: {}}
        """The folded words that remain of patterns with too many, by field: texts or headlines."""
        self._leaf = LeafQueries(statistics.analyses, vocabulary, self._held, self._cut, request.check)
        self._leaf.expect(tree)
        self._verified: dict[Node, LeafQuery] = {}
        self.conditions = ArticleQueries(
            own,
            request.aliases,
            request.check,
            paragraphs_with=self.paragraphs_with,
            with_count=self._with_count,
            keys_of=keys_of,
        )

    # ---- articles

    def found(
        self, tree: Node | None = None, *, in_part: bool = False, leaving_out: FilterPart | None = None
    ) -> ClusterQuery:
        """Return a query for the live articles that match the tree and pass the filters of the request.

        The filter ``leaving_out`` does not apply. For ``in_part``, see :meth:`.article_queries.ArticleQueries.dated`.
        """
        filters = self.conditions.filters(self.request, in_part=in_part)
        if leaving_out is not None:
            filters.pop(leaving_out, None)
        matching = self.conditions(self.tree if tree is None else tree, in_part=in_part)
        return finding_all([self.live, matching, *filters.values(), *self._with_novel_match()])

    def passed(self) -> ClusterQuery:
        """Return a query for the live articles that pass the filters of the request, whether or not they match the
        tree.

        If the request asks for novel paragraphs only, the articles must have one.
        """
        novel = [nested(NOVEL)] if self.request.novel else []
        return finding_all([self.live, *self.conditions.filters(self.request).values(), *novel])

    def _with_novel_match(self) -> list[ClusterQuery]:
        """Return a query for the articles with a matching novel paragraph; none if the request does not ask for novel
        ones.

        If all scored leaves are optional, any novel paragraph is enough.
        """
        if not self.request.novel:
            return []
        deciding = any(not use.optional for use in self.scored)
        return [nested(self.matching_paragraphs() if deciding else NOVEL)]

    def found_everywhere(self) -> ClusterQuery:
        """Return a query for all live articles: that of :meth:`passed` for a request without filters."""
        return finding_all([self.live])

    def count(self, query: ClusterQuery) -> int:
        """Return the number of articles that match a query."""
        body = {"size": 0, "track_total_hits": True, "query": query}
        return int(self.search(body, self.check)["hits"]["total"]["value"])

    def counts(self, queries: Sequence[ClusterQuery], among: ClusterQuery | None = None) -> list[int]:
        """Return the number of live articles that match each query, in requests for :data:`COUNTED_AT_ONCE` of them.

        With ``among``, the articles must match that query, too.
        """
        counted = self.live if among is None else finding_all([self.live, among])
        found: list[int] = []
        for low in range(0, len(queries), COUNTED_AT_ONCE):
            some = {str(n): query for n, query in enumerate(queries[low : low + COUNTED_AT_ONCE])}
            aggs = {"with": {"filters": {"filters": some}}}
            body = {"size": 0, "track_total_hits": True, "query": counted, "aggs": aggs}
            buckets = self.search(body, self.check)["aggregations"]["with"]["buckets"]
            found += [buckets[name]["doc_count"] for name in some]
        return found

    def undated(self, found: ClusterQuery, among: ClusterQuery | None = None) -> int:
        """Return the number of undated articles that only a condition on dates excludes.

        With ``among``, the articles must match that query, too.
        """
        return self._left_out(found, among)[0]

    def imprecise(self, found: ClusterQuery, among: ClusterQuery | None = None) -> int:
        """Return the number of articles that the search excludes only because they are dated by month or year.

        With ``among``, the articles must match that query, too.
        """
        return self._left_out(found, among)[1]

    def _left_out(self, found: ClusterQuery, among: ClusterQuery | None) -> list[int]:
        """Return the numbers of articles that conditions on dates exclude: undated ones, and ones dated by month or year."""
        tree = of_any_date(self.tree)
        if self.request.start is None and self.request.end is None and tree is self.tree:
            return [0, 0]
        if self._counted is None or self._counted[0] is not found or self._counted[1] is not among:
            filters = self.conditions.filters(replace(self.request, start=None, end=None))
            missing = excluding({"exists": {"field": "local"}})
            undated = [missing, self.conditions(tree), *filters.values(), *self._with_novel_match()]
            coarse: list[ClusterQuery] = [{"exists": {"field": "end"}}, self.found(in_part=True)]
            others = finding_all([excluding(found), *([] if among is None else [among])])
            numbers = self.counts([finding_all(undated), finding_all(coarse)], others)
            self._counted = found, among, numbers
        return self._counted[2]

    # ---- leaves

    @cached_property
    def scored(self) -> list[LeafUse]:
        """The leaves of the tree that contribute to scores: see :func:`newssearch.query.scored_leaves`."""
        return scored_leaves(self.tree)

    def leaf(self, node: Node) -> LeafQuery:
        """Return the exact query of a leaf. If OpenSearch can only over-approximate it, texts are read to verify the
        matches.
        """
        if node not in self._verified:
            made = self._leaf(node)
            self._verified[node] = made if made.exact else self._verify(node, made)
        return self._verified[node]

    def may_match(self, leaf: Leaf) -> ClusterQuery:
        """Return a query for the paragraphs in whose text a leaf may match: a superset, found without reading texts."""
        return self._leaf(leaf).matches(TEXT)

    def paragraphs_with(self, leaf: Leaf, region: str | None) -> ClusterQuery:
        """Return a query for the paragraphs in which a leaf matches within a region, in the text or the headline."""
        return finding_any(in_region(self.leaf(leaf), region))

    def matching_paragraphs(self) -> ClusterQuery:
        """Return a query for the paragraphs in whose text a leaf matches that is not optional; only novel ones if
        requested.
        """
        return finding_one_of(
            self.wanted(in_region(self.leaf(use.leaf), use.region)[0])
            for use in self.scored
            if not use.optional
        )

    def wanted(self, text: ClusterQuery) -> ClusterQuery:
        """Restrict a query for paragraphs to novel ones if the request asks for these."""
        if not self.request.novel or text is FINDS_NOTHING:
            return text
        return {"bool": {"must": [text], "filter": [NOVEL]}}

    @property
    def is_counted(self) -> bool:
        """Whether OpenSearch counts the matches of all scored leaves exactly."""
        return all(self.leaf(use.leaf).is_count for use in self.scored)

    @cached_property
    def is_found_by_score(self) -> bool:
        """Whether the tree matches exactly the articles that have a paragraph with a score, filters aside."""
        held, found = [self.tree], set[Node]()
        while held:
            node = held.pop()
            if isinstance(node, Leaf):
                found.add(node)
            elif isinstance(node, Or | Boost):
                held += node.children
            else:
                return False
        deciding = {use.leaf for use in self.scored if not use.optional and use.region is None}
        return found == deciding and self.is_counted and not self.request.novel

    @property
    def doubt(self) -> float:
        """An upper bound of the amount by which OpenSearch overestimates scores, because it does not count all
        matches exactly.
        """
        found = 0.0
        for use in self.scored:
            if not self.leaf(use.leaf).is_count:
                weight = self.weights[use.leaf]
                best = 0.0 if use.optional else bm25f.PARAGRAPH * weight.paragraph_idf
                found += use.boost * (bm25f.ARTICLE * weight.article_idf + best)
        return found

    @cached_property
    def weights(self) -> dict[Leaf, LeafWeight]:
        """The inverse document frequencies of the scored leaves."""
        if len(self._known_leaves) > MAX_KNOWN_LEAVES:
            self._known_leaves.clear()
        leaves = list(dict.fromkeys(use.leaf for use in self.scored))
        known = {
            leaf: self._known_leaves.get(leaf) for leaf in leaves
        }  # another thread may empty the cache meanwhile
        found = {leaf: one for leaf, one in known.items() if one is not None}
        unknown = [leaf for leaf in leaves if leaf not in found]
        for low in range(0, len(unknown), WEIGHED_AT_ONCE):
            found |= self._weighed(unknown[low : low + WEIGHED_AT_ONCE])
        self._known_leaves.update(found)
        self.holding.update((leaf, one.articles) for leaf, one in found.items())
        return {leaf: found[leaf].weight for leaf in leaves}

    def _weighed(self, leaves: Sequence[Leaf]) -> dict[Leaf, WeighedLeaf]:
        texts = {str(n): self.leaf(leaf).matches(TEXT) for n, leaf in enumerate(leaves)}
        anywhere = {str(n): nested(self.paragraphs_with(leaf, None)) for n, leaf in enumerate(leaves)}
        body = {
            "size": 0,
            "track_total_hits": True,
            "query": self.live,
            "aggs": {
                "articles": {"filters": {"filters": anywhere}},
                "paragraphs": {
                    "nested": {"path": PARAGRAPHS},
                    "aggs": {"with": {"filters": {"filters": texts}}},
                },
            },
        }
        found = self.search(body, self.check)["aggregations"]
        articles, paragraphs = found["articles"]["buckets"], found["paragraphs"]["with"]["buckets"]
        return {
            leaf: WeighedLeaf(
                LeafWeight(
                    bm25f.idf(self.statistics.articles, articles[str(n)]["doc_count"]),
                    bm25f.idf(self.statistics.paragraphs, paragraphs[str(n)]["doc_count"]),
                ),
                articles[str(n)]["doc_count"],
            )
            for n, leaf in enumerate(leaves)
        }

    def hold(self, leaves: Iterable[Leaf]) -> None:
        """Count the articles in which each leaf matches, if that is not known yet, and add the numbers to :attr:`holding`."""
        kept = self._known_holding
        unknown = []
        for leaf in dict.fromkeys(leaves):
            number = self.holding.get(leaf, kept.get(leaf))
            if number is None:
                unknown.append(leaf)
            else:
                self.holding[leaf] = number
        counted = self.counts([nested(self.paragraphs_with(leaf, None)) for leaf in unknown])
        found = dict(zip(unknown, counted, strict=True))
        self.holding |= found
        if len(kept) + len(found) > MAX_KNOWN_LEAVES:
            kept.clear()
        kept.update(found)

    def scores(self) -> ScoreQueries:
        """Return queries whose scores add up to an upper bound of an article's score without proximity."""
        queries = {}
        for use in self.scored:
            text, title = in_region(self.leaf(use.leaf), use.region, counted=True)
            queries[use] = self.wanted(text), title
        return score_of(self.scored, queries, self.weights, self.statistics)

    def _held(self, tokens: Sequence[str]) -> frozenset[str]:
        """Return the tokens that occur in a text of the index."""
        if len(self._known) > MAX_KNOWN_TOKENS:
            self._known.clear()
        held = {
            token: self._known.get(token) for token in tokens
        }  # another thread may empty the cache meanwhile
        unknown = [token for token, known in held.items() if known is None]
        for low in range(0, len(unknown), COUNTED_AT_ONCE):
            self.check()
            some = unknown[low : low + COUNTED_AT_ONCE]
            filters = {
                str(n): finding_any([{"term": {TEXT: token}}, {"term": {TITLE: token}}])
                for n, token in enumerate(some)
            }
            aggs = {
                "in": {"nested": {"path": PARAGRAPHS}, "aggs": {"with": {"filters": {"filters": filters}}}}
            }
            body = {"size": 0, "track_total_hits": True, "query": EVERYTHING, "aggs": aggs}
            buckets = self.search(body, self.check)["aggregations"]["in"]["with"]["buckets"]
            found = {token: buckets[str(n)]["doc_count"] > 0 for n, token in enumerate(some)}
            held.update(found)
            self._known.update(found)
        return frozenset(token for token, known in held.items() if known)

    def _cut(self, pattern: Wildcard | Fuzzy | Regex, found: MatchingWords) -> CutWords | None:
        """Return the most frequent words of a pattern that matches too many words of live articles; None if it does not."""
        by_form: dict[str, list[Spelled]] = {}
        for word in found.by_form:
            by_form.setdefault(word.form, []).append(word)
        if len(by_form) <= pattern_cut.MAX_FORMS:
            return None
        queries: dict[str, ClusterQuery] = {}
        held = {field: self._by_frequency(by_form, field) for field in (TEXT, TITLE)}
        if max(map(len, held.values())) <= pattern_cut.MAX_FORMS:
            return None
        for field, forms in held.items():
            kept = frozenset(forms[: pattern_cut.MAX_FORMS])
            words = [word for word in found.words if word.elided or word.form in kept]
            queries[field] = self.spellings.having(words, field)
            if len(kept) < len(forms):
                self.kept[field][pattern] = kept
        self.notes.append(note_on_cut(pattern))
        return CutWords(queries.__getitem__)

    def _by_frequency(self, words: Mapping[str, Sequence[Spelled]], field: str) -> list[str]:
        """Return the folded words that occur in a field, by descending number of texts."""
        queries = [self.spellings.texts_with(of_form, field) for of_form in words.values()]
        numbers = zip(words, self.spellings.numbers_of_texts(queries), strict=True)
        return [form for _, form in sorted((-number, form) for form, number in numbers if number)]

    # ---- verification

    def _verify(self, node: Node, made: LeafQuery) -> LeafQuery:
        """Restrict a query to the texts in which the leaf really matches. All texts that ``made`` finds are read."""
        may_match = finding_any([made.matches(TEXT), made.matches(TITLE)])
        if may_match is FINDS_NOTHING:
            return made._replace(exact=True)
        in_text: list[str] = []
        in_title: list[str] = []
        read = 0
        for source in self.texts(nested(may_match)):
            paragraphs = paragraphs_of(source)
            read += len(paragraphs)
            if read > MAX_VERIFIED:
                reason = f"{node} is too broad: more than {MAX_VERIFIED:,} paragraphs would have to be read"
                raise QueryError(reason, suggestion="search for more specific words")
            analyser = analyser_named(source["analysis"])
            title = AnalysedText(source["header"].get("title") or "", analyser, self.check, self.kept[TITLE])
            addresses = [f"{document_id(source['id'])}#{one.number}" for one in paragraphs]
            if find_matches(node, title):
                in_title += addresses
            for text, address in zip(source["texts"]["of"], addresses, strict=False):
                if find_matches(node, AnalysedText(text, analyser, self.check, self.kept[TEXT])):
                    in_text.append(address)
        chosen = {TEXT: _addressed(in_text), TITLE: _addressed(in_title)}

        def matches(field: str) -> ClusterQuery:
            return chosen[field]

        def counted(field: str) -> ClusterQuery:
            return {"bool": {"must": [made.counted(field)], "filter": [chosen[field]]}}

        return LeafQuery(matches, counted, True, False)

    def texts(self, query: ClusterQuery) -> Iterator[DocumentSource]:
        """Yield the live articles that match a query, with everything that scores depend on, in the order of their ids."""
        return self.sources(query, True, VERIFIED_AT_ONCE)

    def sources(
        self, query: ClusterQuery, parts: Sequence[str] | bool, size: int
    ) -> Iterator[DocumentSource]:
        """Yield parts of the documents of the live articles that match a query, in the order of their ids.

        A request reads ``size`` of them, or fewer if their texts are long.
        """
        body: dict[str, Any] = {
            "size": size,
            "track_total_hits": False,
            "query": finding_all([self.live, query]),
            "_source": parts,
            "sort": [{"id": "asc"}],
        }
        largest = self.statistics.largest if parts is True or (parts and "texts" in parts) else 0
        sizes = AnswerSizes(lambda one: self.search(one, self.check), largest, MAX_HITS_AT_ONCE)
        while True:
            asked = sizes.next_size({**body, "size": size})
            hits = self.search({**body, "size": asked}, self.check)["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < asked:
                return
            body = {**body, "search_after": hits[-1]["sort"]}

    def _with_count(self, node: AtLeast, region: str | None) -> ClusterQuery:
        """Return a query for the articles with at least as many matches as an ``atleast`` asks for."""
        made = self.leaf(node.operand)
        if made.is_count:
            text, title = in_region(made, region, counted=True)
            counts = finding_any([nested(text, "sum"), nested(title, "max")])
            if counts is FINDS_NOTHING:
                return FINDS_NOTHING
            return {"function_score": {"query": counts, "min_score": node.count - 0.5}}
        ids = []
        for source in self.texts(nested(finding_any(in_region(made, region)))):
            analyser = analyser_named(source["analysis"])
            texts = [(source["header"].get("title") or "", TITLE)]
            if region != "title":
                of_paragraphs = zip(source["texts"]["of"], paragraphs_of(source), strict=False)
                texts += [(text, TEXT) for text, one in of_paragraphs if region is None or one.lead]
            matches = (
                find_matches(node.operand, AnalysedText(text, analyser, self.check, self.kept[field]))
                for text, field in texts
            )
            if sum(map(len, matches)) >= node.count:
                ids.append(source["id"])
        return having_one_of("id", ids)


def _addressed(addresses: Sequence[str]) -> ClusterQuery:
    """Return a query for the paragraphs with the given addresses."""
    return having_one_of("paragraphs.address", addresses)
