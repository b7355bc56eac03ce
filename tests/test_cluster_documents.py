"""What is sent to a cluster of an article: its tokens are those of its words and sentences, and its marks are in it."""

from __future__ import annotations

import datetime as dt
import json
import resource
import tempfile
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newssearch import Article
from newssearch.engines.opensearch import sending, tokens
from newssearch.engines.opensearch.documents import document_of
from newssearch.engines.opensearch.outline import paragraphs_of
from newssearch.engines.opensearch.sampled_article import StoryMarks
from newssearch.engines.opensearch.sending import Spool, UnmarkedDocument
from newssearch.engines.opensearch.story_marks import mark
from newssearch.engines.opensearch.tokens import (
    KNOWN_PIECES,
    NO_TOKEN,
    PIECE_CHARS,
    SENTENCE,
    term_token,
    token_stream,
)
from newssearch.text.analysis import analyser
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.sentences import sentence_starts

PIECES = [
    "It",
    "rained.",
    "Then",
    "U.S.",
    "l'État",
    "Al-Abbasi",
    "“No!”",
    "-",
    "…",
    "Why?Because",
    "a.B!C",
    "5",
    "雨。晴。",
    "NGOs",
    "!",
    "“",
    "(",
]
TEXTS = st.lists(st.sampled_from([*PIECES, "", "\n", "x\ty"]), max_size=12).map(" ".join)


@example(text="It rained. “ Then it", lang="en")
@given(text=TEXTS, lang=st.sampled_from(["en", "fr", "zh"]))
def test_a_stream_has_all_words_and_the_beginnings_of_sentences(text: str, lang: str) -> None:
    of = analyser(lang)
    words = of.tokens(text)
    starts = sentence_starts(text, of.name)
    stream = token_stream(text, of)
    items = stream.tokens.split(" ") if stream.tokens else []
    assert [item.split("|")[0] for item in items[::2]] == [term_token(of.name, word.term) for word in words]
    assert stream.words == len(words)
    assert items[1::2] == [
        SENTENCE if any(one.start < start <= other.start for start in starts) else NO_TOKEN
        for one, other in pairwise(words)
    ]


def document(title: str, *texts: str) -> dict[str, object]:
    article = Article.create(title=title, text=texts, outlet="A \udcff")
    return document_of(replace(article, added=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)), "state", {})


def test_what_waits_for_a_commit_is_sent_with_its_marks() -> None:
    marks = StoryMarks(7, 3, (0,), (0, 2))
    texts = "It rained all day.", "The dam is full now.", "It will rain again."
    found = json.loads(UnmarkedDocument.of(document("Rain", *texts)).marked(marks))
    wanted = document("Rain", *texts)
    mark(wanted, marks)
    assert found == json.loads(json.dumps(wanted).replace("\\udcff", "\\\\udcff"))
    assert [one["novel"] for one in found["paragraphs"]] == [False, True, False]
    assert [(one.number, one.words, one.weight, one.hidden, one.novel) for one in paragraphs_of(found)] == [
        (1, 4, False, True, False),
        (2, 5, True, False, True),
        (3, 4, True, False, False),
    ]


def test_an_article_without_paragraphs_has_an_outline() -> None:
    wanted = document("Rain")
    mark(wanted, StoryMarks())
    assert paragraphs_of(wanted) == [(0, 0, True, False, False, False)]


def test_a_document_takes_the_place_of_an_earlier_one_that_waits() -> None:
    spool = Spool()
    first, second = (UnmarkedDocument.of(document(title, "It rained.")) for title in ("One", "Two"))
    for number, one in (("a", first), ("b", first), ("a", second)):
        spool.add(number, one)
    assert list(spool) == [("b", first), ("a", second)]
    spool.clear()
    assert not list(spool)
    spool.close()


def test_what_is_remembered_of_texts_does_not_grow_with_the_number_of_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "MAX_KNOWN_CHARS", 40 * (PIECE_CHARS + 5))
    KNOWN_PIECES.forget()
    words = " ".join(f"rain{number}" for number in range(15))
    try:
        for lang in ("en", "fr", "de", "es", "pt", "it"):
            first = token_stream(words, analyser(lang))
            assert len(KNOWN_PIECES) <= 40
            assert token_stream(words, analyser(lang)) == first
        KNOWN_PIECES.forget()
        assert len(KNOWN_PIECES) == 0
    finally:
        KNOWN_PIECES.forget()


def test_what_is_read_again_and_again_stays_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is analysed once, although others come between."""
    monkeypatch.setattr(tokens, "MAX_KNOWN_CHARS", 40 * (PIECE_CHARS + 5))
    made: list[str] = []
    whole = tokens._tokens_of_piece

    def analysed(of: Analyser, piece: str) -> tokens.PieceTokens:
        made.append(piece)
        return whole(of, piece)

    monkeypatch.setattr(tokens, "_tokens_of_piece", analysed)
    KNOWN_PIECES.forget()
    try:
        for number in range(200):
            token_stream(f"rain river x{number}", analyser("en"))
    finally:
        KNOWN_PIECES.forget()
    assert (made.count("rain"), made.count("river")) == (1, 1)


def test_a_full_disk_is_named_where_articles_wait_for_their_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SPOOLED_IN_MEMORY", 1000)
    spool = Spool()
    unmarked = UnmarkedDocument.of(document("Storm", "It rained. " * 2000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="while articles wait there for their commit") as caught:
            _fill(spool, unmarked)
        spool.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == tempfile.gettempdir()


def _fill(spool: Spool, unmarked: UnmarkedDocument) -> None:
    for number in range(50):
        spool.add(str(number), unmarked)
