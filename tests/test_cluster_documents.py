"""What is sent to a cluster of an article: its tokens are those of its words and sentences, and its marks are in it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from newssearch import Article
from newssearch.engines.opensearch.documents import document_of
from newssearch.engines.opensearch.sampled_article import StoryMarks
from newssearch.engines.opensearch.sending import Spool, UnmarkedDocument
from newssearch.engines.opensearch.story_marks import mark
from newssearch.engines.opensearch.tokens import NO_TOKEN, SENTENCE, term_token, token_stream
from newssearch.text.analysis import analyser
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


def test_a_document_takes_the_place_of_an_earlier_one_that_waits() -> None:
    spool = Spool()
    first, second = (UnmarkedDocument.of(document(title, "It rained.")) for title in ("One", "Two"))
    for number, one in (("a", first), ("b", first), ("a", second)):
        spool.add(number, one)
    assert list(spool) == [("b", first), ("a", second)]
    spool.clear()
    assert not list(spool)
    spool.close()
