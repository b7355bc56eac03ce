"""What an index on a cluster cannot hold is found before it is sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from newssearch import Article
from newssearch.engines.opensearch import article_limits, vocabulary
from newssearch.engines.opensearch.article_limits import _upper_bound, refusal_of
from newssearch.engines.opensearch.condition_limit import MAX_CONDITIONS, ConditionLimit, conditions_in
from newssearch.engines.opensearch.documents import document_of
from newssearch.engines.opensearch.sending import to_json
from newssearch.engines.opensearch.vocabulary import KnownWords
from newssearch.query import Wildcard
from newssearch.stopping import NEVER, StopCheck

SCRIPTS = {
    "en": "The governor's U.S. report said it rained. ", "short": "a b c d e f g ", "zh": "日本新聞天气预报今天", "ar": "خبر عاجل في المدينة ",
    "emoji": "🙂 ", "fr": "l'a d'b ", "tags": "#Ab #Cd ", "hyphens": "a-b-c-d-e ", "quotes": '" \\ ', "control": "\x01 ", "capitals": "Ab İ ß ",
    "one": "x",
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_document_is_larger_than_what_an_article_is_let_pass_with(script: str) -> None:
    text = SCRIPTS[script]
    for paragraphs, repeats in ((1, 2000), (200, 10), (300, 0)):
        article = Article.create(
            title=text * 3, text=["." if not repeats else text * repeats] * paragraphs, lang="fr", outlet="O"
        )
        article = replace(article, added=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc))
        document = to_json(document_of(article, article.state, {}))
        assert len(document) <= _upper_bound(article)


def test_an_article_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(Article.create(title="Rain", text=["It rained."] * 100)) is None
    long = Article.create(title="Rain", text=["a"] * 100_001)
    assert (
        refusal_of(long) == "100,001 paragraphs, and an index on a cluster takes articles of at most 100,000"
    )
    assert "longer than 32,000 bytes" in str(refusal_of(replace(long, paragraphs=(), id="ä" * 20_000)))
    monkeypatch.setattr(article_limits, "MAX_DOCUMENT_BYTES", 1_000_000)
    rain = "Rain fell on the town, and people stayed at home. "
    assert refusal_of(Article.create(text=[rain * 1_000] * 3)) is None  # more than a rough look lets pass
    assert "it would take 2 MB in an index on a cluster" in str(
        refusal_of(Article.create(text=[rain * 1_000] * 8))
    )
    assert "MB" in str(refusal_of(Article.create(title=rain * 30, text=["Rain."] * 300)))


def test_a_snapshot_keeps_only_the_words_that_were_read_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MAX_KEPT_SPELLINGS", 30)
    asked: list[str] = []

    def search(body: dict[str, Any], check: StopCheck) -> dict[str, Any]:
        assert check is NEVER
        prefix = body["query"]["prefix"]["form"]
        asked.append(prefix)
        words = [{"form": f"{prefix}{n}", "written": f"{prefix}{n}", "elided": False} for n in range(9)]
        return {"hits": {"hits": [{"_source": word} for word in words]}}

    known = KnownWords(search)
    for prefix in ("aa", "bb", "cc", "cc", "bb", "dd", "bb", "aa"):
        assert len(known.matching(Wildcard(f"{prefix}*"), NEVER).words) == 9
    assert asked == ["aa", "bb", "cc", "dd", "aa"]


def test_what_gives_a_score_stays_so_beside_very_many_conditions() -> None:
    many: list[dict[str, Any]] = [{"term": {"outlet": str(n)}} for n in range(MAX_CONDITIONS + 1)]
    scored: list[dict[str, Any]] = [
        {"nested": {"path": "paragraphs", "query": {"match": {"paragraphs.text": "rain"}}}}
    ]
    body = {"query": {"bool": {"filter": [{"bool": {"should": many}}], "must": scored, "should": scored}}}
    limited = ConditionLimit(lambda body, check: {"hits": {"hits": []}}, {}, NEVER)(body)["query"]["bool"]
    assert (limited["must"], limited["should"]) == (scored, scored)
    assert conditions_in({"bool": limited}) < 10
