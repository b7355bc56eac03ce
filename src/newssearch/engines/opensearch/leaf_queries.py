"""Translates a leaf of a query to OpenSearch: the texts in which it matches, and how often.

What OpenSearch cannot decide exactly is over-approximated. A :class:`LeafQuery` says whether it finds exactly the
texts in which the leaf matches, and whether its score is exactly the number of matches. If not, it finds a superset,
or its score is an upper bound; :mod:`.evaluation` and :mod:`.ranking` then read the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from newssearch.errors import QueryError
from newssearch.query import (
    And,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Same,
    Synonyms,
    Wildcard,
    Word,
)
from newssearch.query.alternatives import Alternatives, alternatives_of
from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.compounds import MAX_PARTS
from newssearch.text.folding import spelled
from newssearch.text.tokenizer import word_matches, word_of

from .tokens import NO_TOKEN, SENTENCE, compound_token, term_token, written_token
from .vocabulary import KnownWords, MatchingWords, WrittenWords, each_once

ClusterQuery = dict[str, Any]
"""A query in OpenSearch's query DSL, as JSON."""
TextQuery = Callable[[str], ClusterQuery]
"""Returns the query for a text field, ``paragraphs.text`` or ``paragraphs.title``."""
Path = tuple[tuple[str, int], ...]
"""Adjacent tokens, each with the number of words that it spans."""

FINDS_NOTHING: ClusterQuery = {"match_none": {}}
MAX_SCORED_TOKENS = 200
"""The number of tokens up to which a query scores each. More are a set, whose score is not their number, because
OpenSearch allows 1,024 conditions.
"""
MAX_VALUES_OF_SET = 65_000
"""The largest number of values in a set (a ``terms`` query). OpenSearch allows 65,536."""
MAX_PATHS = 200
"""The number of token sequences up to which a phrase is searched as such. A phrase with more is searched by its words."""
ANY_DISTANCE = 1_000_000_000
WORD_COUNTS = {"paragraphs.text": "paragraphs.words", "paragraphs.title": "paragraphs.title_words"}
"""The field with the number of words of each text field."""


class LeafQuery(NamedTuple):
    """The translation of a leaf. ``matches`` finds its texts; ``counted`` finds the same, with a score of at least
    the number of matches.

    ``exact`` is whether the leaf matches in each text found, ``is_count`` whether the score is exactly the number of
    matches.
    """

    matches: TextQuery
    counted: TextQuery
    exact: bool
    is_count: bool


class CutWords(NamedTuple):
    """What remains of a pattern that was cut: a query for the texts of a field that contain one of the words."""

    matches: TextQuery


def finding_any(queries: Iterable[ClusterQuery]) -> ClusterQuery:
    """Return the union of queries. Their scores are added."""
    found = [query for query in queries if query is not FINDS_NOTHING]
    if not found:
        return FINDS_NOTHING
    return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}


def having_one_of(field: str, values: Sequence[str]) -> ClusterQuery:
    """Return a query for documents with one of the values in a field. It counts as one condition."""
    sets = [values[low : low + MAX_VALUES_OF_SET] for low in range(0, len(values), MAX_VALUES_OF_SET)]
    return finding_any({"terms": {field: list(some)}} for some in sets)


def finding_one_of(queries: Iterable[ClusterQuery]) -> ClusterQuery:
    """Return the union of queries, as :func:`finding_any`, but with few conditions and meaningless scores.

    >>> finding_one_of([{"term": {"text": {"value": "Crain"}}}, {"terms": {"text": ["Csun", "Crain"]}}])
    {'terms': {'text': ['Crain', 'Csun']}}
    """
    values: dict[str, dict[str, None]] = {}
    nested: dict[str, list[ClusterQuery]] = {}
    others: list[ClusterQuery] = []
    held = list(queries)[::-1]
    while held:
        query = held.pop()
        ((kind, content),) = query.items()
        if kind == "bool" and content.keys() == {"should", "minimum_should_match"}:
            held += content["should"][::-1]
        elif kind in ("term", "terms"):
            ((field, value),) = content.items()
            some = value if kind == "terms" else [value["value"] if isinstance(value, dict) else value]
            values.setdefault(field, {}).update(dict.fromkeys(some))
        elif kind == "nested" and content["score_mode"] == "none":
            nested.setdefault(content["path"], []).append(content["query"])
        else:
            others.append(query)
    of_paragraphs = [
        {"nested": {"path": path, "score_mode": "none", "query": finding_one_of(some)}}
        for path, some in nested.items()
    ]
    sets = [having_one_of(field, list(some)) for field, some in values.items()]
    return finding_any([*sets, *of_paragraphs, *others])


def finding_all(queries: Iterable[ClusterQuery]) -> ClusterQuery:
    """Return the intersection of queries, with a score of 0."""
    return {"bool": {"filter": list(queries)}}


def tokens_side_by_side(field: str, path: Path) -> ClusterQuery:
    """Return a query for adjacent tokens. Its score is the number of occurrences."""
    if len(path) == 1:
        return {"term": {field: {"value": path[0][0]}}}
    out: list[str] = []
    for token, size in path:
        out += [token, *([NO_TOKEN] * (2 * size - 1))]
    while out[-1] == NO_TOKEN:
        out.pop()
    # A scripted similarity is summed over the terms of a phrase (elastic/elasticsearch#39894).
    return {"match_phrase": {field: {"query": " ".join(out), "boost": 1.0 / len(path)}}}


class LeafQueries:
    """Translates leaves. ``analyses`` are the analyses of the articles in the index.

    ``held`` returns the given tokens that occur in the index, or a superset of them. ``cut`` returns the most
    frequent words of a pattern that matches too many.
    """

    def __init__(
        self,
        analyses: Sequence[str],
        vocabulary: KnownWords,
        held: Callable[[Sequence[str]], frozenset[str]],
        cut: Callable[[Wildcard | Fuzzy | Regex, MatchingWords], CutWords | None],
        check: StopCheck,
    ) -> None:
        self._analysers = [analyser_named(name) for name in analyses]
        self._vocabulary = vocabulary
        self._held = held
        self._cut = cut
        self._check = check
        self._words: dict[Node, WrittenWords | CutWords] = {}
        self._made: dict[Node, LeafQuery] = {}

    def __call__(self, leaf: Node) -> LeafQuery:
        """Return the query of a leaf, or of a leaf's operand."""
        if leaf not in self._made:
            self._made[leaf] = self._make(leaf)
        return self._made[leaf]

    def _make(self, node: Node) -> LeafQuery:
        if isinstance(node, Word) or (isinstance(node, Phrase) and not (node.names or node.within)):
            return self._of_words(node)
        if isinstance(node, Phrase) and node.within:
            return self._of_terms_near(node)
        if isinstance(node, Phrase):
            return self._of_parts(node.parts)
        if isinstance(node, PatternPhrase) and node.within:
            return self._of_window(node)
        if isinstance(node, PatternPhrase):
            return self._of_parts([part for part in node.leaves if not isinstance(part, AnyWord)])
        if isinstance(node, Wildcard | Fuzzy | Regex):
            return self._of_pattern(node)
        if isinstance(node, Name):
            return self._of_name(node)
        if isinstance(node, Caps | Exact):
            return self._as_written(node)
        if isinstance(node, Near | Same):
            return self._of_pair(node)
        if isinstance(node, Or | Synonyms):
            parts = [self(operand) for operand in node.operands]
            return LeafQuery(
                lambda field: finding_one_of(part.matches(field) for part in parts),
                lambda field: finding_any(part.counted(field) for part in parts),
                all(part.exact for part in parts),
                isinstance(node, Synonyms) and self._are_apart(node.operands),
            )
        if isinstance(node, And):  # one operand, unless it overlaps the others
            kept = self(next(operand for operand in node.operands if not isinstance(operand, Not)))
            return kept._replace(exact=False, is_count=False)
        raise TypeError(f"{type(node).__name__} has no matches in a text")

    def _words_of(self, pattern: Wildcard | Fuzzy | Regex) -> WrittenWords | CutWords:
        if pattern not in self._words:
            try:
                found = self._vocabulary.matching(pattern, self._check)
            except QueryError as error:  # a regular expression takes too long
                raise error.placed("", *pattern.span) from None
            self._words[pattern] = self._cut(pattern, found) or each_once(found.words)
        return self._words[pattern]

    def _of_pattern(self, node: Wildcard | Fuzzy | Regex) -> LeafQuery:
        words = self._words_of(node)
        if isinstance(words, CutWords):
            cut = words.matches
            return LeafQuery(cut, lambda field: _word_count(cut(field))(field), True, False)
        return _of_tokens([written_token(one) for one in words.written], is_count=not words.may_coincide)

    # ---- words side by side

    def _of_words(self, node: Word | Phrase) -> LeafQuery:
        paths: list[Path] = []
        single = True
        for one in self._analysers:
            found, within = self._paths(one, node)
            if not within:
                return self._of_parts([Word(match.group()) for match in word_matches(node.text)])
            paths += found
            single = single and (len(found) <= 1 or all(len(path) == 1 for path in found))
        return LeafQuery(
            lambda field: finding_one_of(tokens_side_by_side(field, path) for path in paths),
            lambda field: finding_any(tokens_side_by_side(field, path) for path in paths),
            True,
            single,
        )

    def expect(self, tree: Node) -> None:
        """Look up at once which compounds of the tree's words occur in the index."""
        tokens: list[str] = []
        held = [tree]
        while held:
            node = held.pop()
            held += node.children
            if isinstance(node, Word | Phrase) and not (isinstance(node, Phrase) and node.within):
                tokens += [
                    compound_token(one.name, size, other.key)
                    for one in self._analysers
                    for other in self._alternatives(one, node).others
                    if not other.terms
                    for size in range(1, MAX_PARTS + 1)
                ]
        if tokens:
            self._held(tokens)

    def _alternatives(self, analyser: Analyser, node: Word | Phrase) -> Alternatives:
        return alternatives_of(analyser, node.text, node.inside if isinstance(node, Word) else ())

    def _paths(self, analyser: Analyser, node: Word | Phrase) -> tuple[list[Path], bool]:
        """Return the token sequences by which texts may have adjacent words, and whether there are few enough of them."""
        wanted = self._alternatives(analyser, node)
        name = analyser.name
        steps: list[list[tuple[int, Path]]] = [[] for _ in wanted.terms]
        for at, term in enumerate(wanted.terms):
            steps[at].append((at + 1, ((term_token(name, term), 1),)))
        compounds: list[tuple[int, int, str, int]] = []
        for other in wanted.others:
            if other.terms:
                path = tuple((term_token(name, term), 1) for term in other.terms)
                steps[other.start].append((other.end, path))
            else:
                compounds += [
                    (other.start, other.end, compound_token(name, size, other.key), size)
                    for size in range(1, MAX_PARTS + 1)
                ]
        held = self._held([token for *_, token, _ in compounds])
        for start, end, token, size in compounds:
            if token in held:
                steps[start].append((end, ((token, size),)))
        done: list[list[Path]] = [[()], *([] for _ in wanted.terms)]
        for at, step in enumerate(steps):
            for end, path in step:
                done[end] += [before + path for before in done[at]]
                if len(done[end]) > MAX_PATHS:
                    return [], False
        return list(dict.fromkeys(done[-1])) if wanted.terms else [], True

    def _are_apart(self, operands: Sequence[Node]) -> bool:
        """Whether no two of some words and phrases can match the same words of a text, and OpenSearch counts each of them.

        That is so if each has a single way of being written, and none the same as another.
        """
        if len(operands) > MAX_SCORED_TOKENS:
            return False
        ways: list[Path] = []
        for operand in operands:
            if not (
                isinstance(operand, Word)
                or (isinstance(operand, Phrase) and not (operand.names or operand.within))
            ):
                return False
            for one in self._analysers:
                found, _ = self._paths(one, operand)
                if len(found) != 1:
                    return False
                ways += found
        return len({*ways}) == len(ways)

    # ---- in any order, in parts

    def _of_terms_near(self, node: Phrase) -> LeafQuery:
        queries: list[TextQuery] = []
        tokens: list[str] = []
        exact = True
        for one in self._analysers:
            terms = list(dict.fromkeys(one.terms(node.text)))
            exact = exact and len(terms) == len(one.terms(node.text)) and len(terms) < 3
            tokens += (here := [term_token(one.name, term) for term in terms])
            if len(terms) == 1:
                queries.append(_term_query(here[0]))
            elif terms and 2 * node.within + 1 >= len(terms):
                slop = 2 * node.within + 1 - len(terms)
                queries.append(_near_query(here, slop, in_order=False))
        return LeafQuery(
            lambda field: finding_any(query(field) for query in queries),
            lambda field: finding_any({"term": {field: {"value": token}}} for token in tokens),
            exact,
            False,
        )

    def _of_window(self, node: PatternPhrase) -> LeafQuery:
        """Return a query for the texts that contain all words and patterns of a phrase, anywhere."""
        patterns = [self(part) for part in node.parts if isinstance(part, Wildcard | Fuzzy)]
        tokens = [[term_token(one.name, term) for term in one.terms(node.words)] for one in self._analysers]

        def words(field: str) -> ClusterQuery:
            return finding_any(
                finding_all({"term": {field: {"value": token}}} for token in some) for some in tokens
            )

        def matches(field: str) -> ClusterQuery:
            found = [part.matches(field) for part in patterns]
            return finding_all([words(field), *found] if node.words else found)

        return LeafQuery(matches, lambda field: _word_count(matches(field))(field), False, False)

    def _of_parts(self, parts: Sequence[Node]) -> LeafQuery:
        """Return a query for the texts in which each of the parts matches, anywhere."""
        found = [self(part) for part in parts]
        if not found:
            return LeafQuery(lambda _: {"match_all": {}}, _word_count({"match_all": {}}), False, False)
        return LeafQuery(
            lambda field: finding_all(part.matches(field) for part in found),
            lambda field: finding_any(part.counted(field) for part in found),
            False,
            False,
        )

    # ---- spellings

    def _of_name(self, node: Name) -> LeafQuery:
        names = self._vocabulary.names(node, self._check).written
        word = self(node.word)
        named = _of_tokens([written_token(one) for one in names], is_count=True)
        return LeafQuery(
            lambda field: finding_one_of([word.matches(field), named.matches(field)]),
            lambda field: finding_any([word.counted(field), named.counted(field)]),
            True,
            False,
        )

    def _as_written(self, node: Caps | Exact) -> LeafQuery:
        pieces = [spelled(word_of(match)) for match in word_matches(node.text)]
        ways: list[list[str]] = [[piece] for piece in pieces]
        if isinstance(node, Exact):
            ways = [list(self._vocabulary.spelled_as(piece, self._check).written) for piece in pieces]
        paths: list[Path] = [()]
        for way in ways:
            paths = [(*path, (written_token(word), 1)) for path in paths for word in way]
            if len(paths) > MAX_PATHS:
                return self._of_parts([type(node)(piece) for piece in pieces])
        if not pieces:
            paths = []
        return LeafQuery(
            lambda field: finding_one_of(tokens_side_by_side(field, path) for path in paths),
            lambda field: finding_any(tokens_side_by_side(field, path) for path in paths),
            True,
            True,
        )

    # ---- words near each other

    def _of_pair(self, node: Near | Same) -> LeafQuery:
        left, right = self(node.left), self(node.right)
        one, other = self._single_words(node.left), self._single_words(node.right)
        exact = one is not None and other is not None

        def matches(field: str) -> ClusterQuery:
            if one is None or other is None:
                return finding_all([left.matches(field), right.matches(field)])
            if not (one and other):
                return FINDS_NOTHING
            slop = 2 * node.distance - 1 if isinstance(node, Near) else ANY_DISTANCE
            orders = [(one, other)]
            if not (isinstance(node, Near) and node.ordered):
                orders.append((other, one))
            near = [_span_near(field, first, second, slop) for first, second in orders]
            if isinstance(node, Same) and node.unit == "s":
                border = {"span_term": {field: SENTENCE}}
                near = [{"span_not": {"include": query, "exclude": border}} for query in near]
            return finding_any(near)

        return LeafQuery(
            matches,
            lambda field: finding_any([left.counted(field), right.counted(field)]),
            exact,
            False,
        )

    def _single_words(self, node: Node) -> list[str] | None:
        """Return the tokens of an operand whose matches are all single words; None for other operands."""
        if isinstance(node, Or | Synonyms):
            parts = [self._single_words(operand) for operand in node.operands]
            return None if None in parts else [token for part in parts for token in part or ()]
        if isinstance(node, Wildcard | Fuzzy | Regex):
            words = self._words_of(node)
            if isinstance(words, CutWords):
                return None
            found = [written_token(word) for word in words.written]
        elif isinstance(node, Word):
            paths = [path for one in self._analysers for path in self._paths(one, node)[0]]
            if any(len(path) > 1 or path[0][1] > 1 for path in paths):
                return None
            found = [path[0][0] for path in paths]
        elif isinstance(node, Caps) and len(list(word_matches(node.text))) == 1:
            found = [written_token(spelled(word_of(next(iter(word_matches(node.text))))))]
        else:
            return None
        return found if len(found) <= MAX_SCORED_TOKENS else None


def _term_query(token: str) -> TextQuery:
    return lambda field: {"term": {field: {"value": token}}}


def _near_query(tokens: Sequence[str], slop: int, *, in_order: bool) -> TextQuery:
    def query(field: str) -> ClusterQuery:
        clauses = [{"span_term": {field: token}} for token in tokens]
        return {"span_near": {"clauses": clauses, "slop": slop, "in_order": in_order}}

    return query


def _span_near(field: str, one: Sequence[str], other: Sequence[str], slop: int) -> ClusterQuery:
    def span(tokens: Sequence[str]) -> ClusterQuery:
        terms = [{"span_term": {field: token}} for token in tokens]
        return terms[0] if len(terms) == 1 else {"span_or": {"clauses": terms}}

    return {"span_near": {"clauses": [span(one), span(other)], "slop": slop, "in_order": True}}


def _of_tokens(tokens: Sequence[str], *, is_count: bool) -> LeafQuery:
    """Return a query for texts with one of the tokens. If it ``is_count``, no two of them share a position."""

    def one_of(field: str) -> ClusterQuery:
        return having_one_of(field, tokens)

    if len(tokens) <= MAX_SCORED_TOKENS:

        def each_of(field: str) -> ClusterQuery:
            return finding_any({"term": {field: {"value": token}}} for token in tokens)

        return LeafQuery(one_of, each_of, True, is_count)
    return LeafQuery(one_of, lambda field: _word_count(one_of(field))(field), True, False)


def _word_count(matches: ClusterQuery) -> TextQuery:
    """Return a query whose score is the number of words of a text, an upper bound of the number of matches."""

    def query(field: str) -> ClusterQuery:
        script = {"source": f"doc['{WORD_COUNTS[field]}'].value"}
        return {"script_score": {"query": matches, "script": script}}

    return query
