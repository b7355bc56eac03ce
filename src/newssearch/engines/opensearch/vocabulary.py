"""The vocabulary of an archive on OpenSearch: the words that match a pattern, a name or a spelling."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from newssearch.query import Fuzzy, Name, Regex, Wildcard
from newssearch.query.names import beginnings, is_name
from newssearch.query.patterns import asks_for_whole, pattern_of, written_pattern
from newssearch.stopping import StopCheck
from newssearch.text.folding import fold, spelled_lower, without_possessive

from .documents import CUT, cut
from .mapping import MAX_HITS_AT_ONCE
from .tokens import Spelled

SearchBody = dict[str, Any]
MAX_KEPT_SPELLINGS = 1_000_000
"""The number of words up to which results from the index of words are cached. A single pattern may exceed it."""

_PLAIN_PATTERN = re.compile("[A-Za-z0-9*?]+")
_WILDCARDS = re.compile("[*?]+")


class WrittenWords(NamedTuple):
    """Distinct spellings of words, and whether two of them can be one word of a text.

    That is the case if a word is listed with and without its elided beginning.
    """

    written: tuple[str, ...]
    may_coincide: bool


class MatchingWords(NamedTuple):
    """The words that match a pattern, and the words without elided beginnings whose folded forms match it.

    The second has words that are not in the first only if the pattern compares spellings.
    """

    words: list[Spelled]
    by_form: list[Spelled]


class KnownWords:
    """Reads the index of words, with a cache. ``search`` sends a request to it.

    Results stay valid because words are only ever added. A snapshot may see words that were added after it.
    """

    def __init__(self, search: Callable[[SearchBody, StopCheck], SearchBody]) -> None:
        self._search = search
        self._kept: dict[str, list[Spelled]] = {}
        self._keeping = threading.Lock()

    def matching(self, node: Wildcard | Fuzzy | Regex, check: StopCheck) -> MatchingWords:
        """Return the words of texts that match a pattern, with their folded forms, and those whose folded forms match."""
        pattern = pattern_of(node)
        if isinstance(node, Fuzzy):
            known = self._near(fold(without_possessive(node.text)), node.edits, check)
        elif not pattern.prefix and isinstance(node, Wildcard) and (part := _letters_in(node)):
            known = self._containing(part, check)
        else:
            known = self._beginning(pattern.prefix, check)
        whole = asks_for_whole(node)
        by_form = [
            word
            for word in check.during(known)
            if (whole or not word.elided)
            and word.form.startswith(pattern.prefix)
            and pattern.matches(word.form)
        ]
        bare = [word for word in by_form if not word.elided]
        if isinstance(node, Wildcard) and node.written:
            fits = written_pattern(node)
            return MatchingWords([word for word in check.during(by_form) if fits(word.written)], bare)
        return MatchingWords(by_form, bare)

    def names(self, node: Name, check: StopCheck) -> WrittenWords:
        """Return the spellings in texts that match a name."""
        return each_once(self.spelling_name(node, check))

    def spelling_name(self, node: Name, check: StopCheck) -> list[Spelled]:
        """Return the words of texts that match a name, with their folded forms."""
        return [
            word
            for beginning in beginnings(node.text)
            for word in check.during(self._beginning(beginning, check))
            if not word.elided and is_name(node.text, word.form, word.written)
        ]

    def spelled_as(self, word: str, check: StopCheck) -> WrittenWords:
        """Return the words that differ from ``word`` at most in case; accents must be equal."""
        wanted = spelled_lower(word)
        return each_once(self._read({"term": {"lower": cut(wanted)}}, f"lower {wanted}", check))

    def _beginning(self, prefix: str, check: StopCheck) -> list[Spelled]:
        every = self._kept.get("beginning ")
        if every is not None:
            return [word for word in every if word.form.startswith(prefix)]
        query: SearchBody = {"prefix": {"form": prefix}} if prefix else {"match_all": {}}
        return self._read(query, f"beginning {prefix}", check)

    def _containing(self, part: str, check: StopCheck) -> list[Spelled]:
        """Return the words whose folded form contains ``part``, and the few words that were truncated in the index."""
        if (every := self._kept.get("beginning ")) is not None:
            return every
        patterns = [{"wildcard": {"form": {"value": f"*{one}*"}}} for one in (part, CUT)]
        query = {"bool": {"should": patterns}}
        return self._read(query, f"containing {part}", check)

    def near(self, word: str, edits: int, prefix: str, check: StopCheck) -> list[Spelled]:
        """Return the words within an edit distance of a folded word, and possibly some slightly further away.

        A transposition of adjacent letters is one edit. The words begin with ``prefix``.
        """
        query = _within_edits(word, edits, transpositions=True, prefix=len(prefix))
        return _bare(self._read(query, "", check))

    def with_forms(self, folded: Collection[str], check: StopCheck) -> list[Spelled]:
        """Return the words with the given folded forms."""
        return _bare(self._read({"terms": {"form": list(map(cut, folded))}}, "", check))

    def _near(self, word: str, edits: int, check: StopCheck) -> list[Spelled]:
        return self._read(_within_edits(word, edits), f"near {edits} {word}", check)

    def _read(self, query: SearchBody, name: str, check: StopCheck) -> list[Spelled]:
        """Return the words that match a query, cached under ``name`` unless it is empty."""
        kept = self._kept.get(name)
        if kept is not None:
            with self._keeping:
                self._kept[name] = self._kept.pop(name, kept)  # the last to be forgotten
            return kept
        found: list[Spelled] = []
        body: SearchBody = {
            "query": query,
            "size": MAX_HITS_AT_ONCE,
            "sort": [{"form": "asc"}, {"written": "asc"}, {"elided": "asc"}],
            "_source": ["form", "written", "elided", "whole"],
            "track_total_hits": False,
        }
        while True:
            check()
            hits = self._search(body, check)["hits"]["hits"]
            found += [
                Spelled(whole["form"], whole["written"], source["elided"])
                for source in (hit["_source"] for hit in hits)
                for whole in (source.get("whole", source),)
            ]
            if len(hits) < MAX_HITS_AT_ONCE:
                break
            body = {**body, "search_after": hits[-1]["sort"]}
        if name:
            self._keep(name, found)
        return found

    def _keep(self, name: str, found: list[Spelled]) -> None:
        """Cache words, and evict the least recently used ones if there are too many."""
        with self._keeping:
            self._kept[name] = found
            held = sum(len(words) + 1 for words in self._kept.values())
            while held > MAX_KEPT_SPELLINGS and len(self._kept) > 1:
                held -= len(self._kept.pop(next(iter(self._kept)))) + 1


def _letters_in(node: Wildcard) -> str:
    """Return the longest literal substring that every folded form matching the pattern must contain; may be empty.

    >>> _letters_in(Wildcard("*istan")), _letters_in(Wildcard("*e?S*")), _letters_in(Wildcard("*état"))
    ('istan', '', '')
    """
    if _PLAIN_PATTERN.fullmatch(node.pattern) is None:
        return ""
    longest = max(_WILDCARDS.split(node.pattern), key=len)
    return longest.lower() if len(longest) > 1 else ""


def _within_edits(word: str, edits: int, *, transpositions: bool = False, prefix: int = 0) -> SearchBody:
    asked = {"value": word, "fuzziness": edits, "transpositions": transpositions, "prefix_length": prefix}
    return {"fuzzy": {"form": {**asked, "rewrite": "constant_score"}}}


def _bare(words: list[Spelled]) -> list[Spelled]:
    """Return the words without those that have an elided beginning."""
    return [word for word in words if not word.elided]


def each_once(found: list[Spelled]) -> WrittenWords:
    """Return the distinct spellings of words."""
    elided = {word.written for word in found if word.elided}
    bare = {word.written for word in found if not word.elided}
    return WrittenWords(tuple(sorted(elided | bare)), bool(elided and bare))
