"""The distinct words of an archive on OpenSearch: which of them a pattern, a name or a spelling stands for."""

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
"""The number of words that are kept of what was read of the index of words, unless one pattern stands for more."""

_PLAIN_PATTERN = re.compile("[A-Za-z0-9*?]+")
_WILDCARDS = re.compile("[*?]+")


class WrittenWords(NamedTuple):
    """Words as they are written, each once, and whether two of them can be one word of a text.

    That is so if a word is listed with and without its elided beginning.
    """

    written: tuple[str, ...]
    may_coincide: bool


class MatchingWords(NamedTuple):
    """The words that a pattern matches, and the words without their elided beginning whose folded forms it matches.

    The second has words that the first lacks only if the pattern is compared as written.
    """

    words: list[Spelled]
    by_form: list[Spelled]


class KnownWords:
    """Reads the index of words. ``search`` sends a request to it, and returns the answer.

    What was read or asked for last is kept: an archive only gets more words, and a snapshot may know words that come after it.
    """

    def __init__(self, search: Callable[[SearchBody, StopCheck], SearchBody]) -> None:
        self._search = search
        self._kept: dict[str, list[Spelled]] = {}
        self._keeping = threading.Lock()

    def matching(self, node: Wildcard | Fuzzy | Regex, check: StopCheck) -> MatchingWords:
        """Return the words of texts that match a pattern, each with its folded form, and those whose forms match."""
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
        """Return the words of texts that spell a name."""
        return each_once(self.spelling_name(node, check))

    def spelling_name(self, node: Name, check: StopCheck) -> list[Spelled]:
        """Return the words of texts that spell a name, each with its folded form."""
        return [
            word
            for beginning in beginnings(node.text)
            for word in check.during(self._beginning(beginning, check))
            if not word.elided and is_name(node.text, word.form, word.written)
        ]

    def spelled_as(self, word: str, check: StopCheck) -> WrittenWords:
        """Return the words that are ``word`` but for capitals: the accents are the same."""
        wanted = spelled_lower(word)
        return each_once(self._read({"term": {"lower": cut(wanted)}}, f"lower {wanted}", check))

    def _beginning(self, prefix: str, check: StopCheck) -> list[Spelled]:
        every = self._kept.get("beginning ")
        if every is not None:
            return [word for word in every if word.form.startswith(prefix)]
        query: SearchBody = {"prefix": {"form": prefix}} if prefix else {"match_all": {}}
        return self._read(query, f"beginning {prefix}", check)

    def _containing(self, part: str, check: StopCheck) -> list[Spelled]:
        """Return the words whose folded form has a part, and the few that are too long for the cluster to see all of them."""
        if (every := self._kept.get("beginning ")) is not None:
            return every
        patterns = [{"wildcard": {"form": {"value": f"*{one}*"}}} for one in (part, CUT)]
        query = {"bool": {"should": patterns}}
        return self._read(query, f"containing {part}", check)

    def near(self, word: str, edits: int, prefix: str, check: StopCheck) -> list[Spelled]:
        """Return the words that are within some edits of a folded word, or a little further away.

        An exchange of two adjacent letters is one edit. The words begin with ``prefix``.
        """
        query = _within_edits(word, edits, transpositions=True, prefix=len(prefix))
        return _bare(self._read(query, "", check))

    def with_forms(self, folded: Collection[str], check: StopCheck) -> list[Spelled]:
        """Return the words with the given folded forms."""
        return _bare(self._read({"terms": {"form": list(map(cut, folded))}}, "", check))

    def _near(self, word: str, edits: int, check: StopCheck) -> list[Spelled]:
        return self._read(_within_edits(word, edits), f"near {edits} {word}", check)

    def _read(self, query: SearchBody, name: str, check: StopCheck) -> list[Spelled]:
        """Return the words that a query finds; they are kept by ``name``, if there is one."""
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
        """Keep words, and forget those that were not asked for the longest time if there are too many."""
        with self._keeping:
            self._kept[name] = found
            held = sum(len(words) + 1 for words in self._kept.values())
            while held > MAX_KEPT_SPELLINGS and len(self._kept) > 1:
                held -= len(self._kept.pop(next(iter(self._kept)))) + 1


def _letters_in(node: Wildcard) -> str:
    """Return the longest sequence of letters that the folded forms of all words have that match a pattern; often empty.

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
    """Return the words without those that stand for a word with its elided beginning."""
    return [word for word in words if not word.elided]


def each_once(found: list[Spelled]) -> WrittenWords:
    """Return how words are written, each once."""
    elided = {word.written for word in found if word.elided}
    bare = {word.written for word in found if not word.elided}
    return WrittenWords(tuple(sorted(elided | bare)), bool(elided and bare))
