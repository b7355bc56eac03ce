"""The engine for OpenSearch notes the same unknown words and values as the embedded engine, with the same suggestions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import newssearch
from contract.test_own_fields import KEPT
from newssearch import Article, Config, Index, QueryError
from newssearch.engines.opensearch import query_notes, snapshot
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.evaluation import Evaluation
from newssearch.engines.opensearch.query_notes import QueryNotes
from newssearch.engines.opensearch.store import OpenSearchStore
from support import EVERY, THOROUGH, article, without_boilerplate

from .compared import corpus
from .server import Cluster
from .test_corpus import with_own_fields

__all__ = ["without_boilerplate"]  # a fixture of all tests here

WORDS = {
    "en": "coalition Coalition COALITION election elections Buttigieg BUTTIGIEG Ocasio-Cortez Sater safer Reuters US UN’s Iraqi".split(),
    "pt": "nação nações eleição eleições Lula lula São Ação coligação presidente".split(),
    "de": "Straße Strasse Wahlkampf wahlkampf Koalition Außenminister Müller Mueller".split(),
    "fr": "l’élection d’Amato l’OTAN otan L’OTAN Élysée coalition président aujourd'hui".split(),
    "ar": "بغداد الحكومة حكومة الانتخابات طرابلس".split(),
    "zh": "日本 選挙 日本の 政府".split(),
    "ru": "выборы выборов коалиция Путин Путина Москва".split(),
}  # fmt: skip
NAMES = "Qaddafi Gadhafi Kadhafi GADHAFI Gaddafi al-Qaddafi Qadhafi Ma'louma Maalouma Al-Maalouma #Qaddafi kadhafi Poutine Putin".split()
FREQUENT = ["coalition", "Buttigieg", "Reuters", "presidente", "Koalition"]
ALL_WORDS = [*(word for words in WORDS.values() for word in words), *NAMES]
LETTERS = "aeionrstlcéãßبиの"


def misspelt(draw: random.Random, word: str) -> str:
    """Return a word with up to two mistakes, often in other capitals."""
    letters = list(word)
    for _ in range(draw.choice([0, 1, 1, 1, 2])):
        at = draw.randrange(len(letters))
        kind = draw.randrange(4)
        if kind == 0 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 1 and len(letters) > 2:
            del letters[at]
        else:
            letters[at : at + kind - 2] = [draw.choice(LETTERS)]
    text = "".join(letters).strip("’'-#") or word
    kind = draw.randrange(5)
    return text.lower() if kind == 0 else text.title() if kind == 1 else text


def articles_with_mistakes(seed: int) -> list[Article]:
    """Return articles in several languages, with frequent and rare words, some of them misspelt."""
    draw = random.Random(seed)
    found = []
    for number in range(160):
        language = draw.choice([*WORDS])
        chosen = [*WORDS[language], *draw.sample(NAMES, 3)]
        weights = [1 / (1 + at) for at in range(len(chosen))]

        def text(chosen: list[str] = chosen, weights: list[float] = weights) -> str:
            words = draw.choices(chosen, weights, k=draw.randint(1, 12))
            return " ".join(misspelt(draw, word) if draw.random() < 0.04 else word for word in words)

        found.append(
            article(
                text() if draw.random() < 0.9 else None, text(), *(text() for _ in range(draw.randint(0, 3))), url=f"n{number}", lang=language,
                outlet=draw.choice(["Reuters", "The Guardian", "Guardian Weekly", "guardian", "Fox News", None]),
                byline=draw.choice(["Ana Silva", "Maria Silva", "ana silva", "João Ninguém", None]), section=draw.choice(["World", "world", "Politics"]),
                located=draw.choice(["Baghdad", "Bagdad", "New York", None]), date="2024-07-25",
            )
        )  # fmt: skip
    for number in range(110):  # so that a word of a few articles may be a misspelling of one of these
        found.append(article(f"Report {number}", " ".join(FREQUENT), url=f"f{number}"))
    for number in range(30):
        typo, other = (misspelt(draw, draw.choice(FREQUENT)) for _ in range(2))
        found.append(article(f"Typo {typo}", other, url=f"t{number}"))
    return found


@pytest.fixture(scope="module")
def indexes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index]]:
    """An embedded index and one in OpenSearch, with the same articles and the same own fields."""
    store = OpenSearchStore(cluster.address(f"notes-{random.getrandbits(40):x}"))
    store.create(10.0).close()
    articles = with_own_fields([*articles_with_mistakes(1), *corpus(40, 3)])
    with newssearch.create(tmp_path_factory.mktemp("notes") / "index") as one, Index(store) as other:
        for index in (one, other):
            object.__setattr__(index, "config", Config(fields=KEPT))  # type: ignore[arg-type]
            index.add(articles)
        yield one, other


def noted(index: Index, query: str, **options: Any) -> object:
    """Return the notes on a query, what it is corrected to, and the spellings of its names; or why it cannot be answered."""
    try:
        found = index.search(query, **{"limit": 1, **options})
    except QueryError as error:
        return str(error)
    corrected = found.corrected
    return (
        found.diagnostics,
        found.names,
        found.total_articles,
        None if corrected is None else (corrected.query, corrected.diagnostics, corrected.names),
    )


SHAPES = [
    "{0}", "{0}", "{0} {1}", "{0} OR {1}", '"{0} {1}"', "{0} w/5 {1}", "{0} w/p ({1} OR {0})", "title:{0}", "hlead({0}) OR {1}", "caps({0})", "{0}~exact",
    "{0}~name", "NOT {0}", "{0} -{1}", "{0}* {1}", "z{0}*", "{0}~1", "/{0}.?/", "atleast2({0})", "{0}^2 OR *", "{0}-{1}", '"{0}* {1}"~3', "outlet:{2} {0}",
    "outlet:{2}*", "byline:{2}", "located:{2}* OR {0}", "-section:{2} {0}", "lang:{2}", "theme:{2}", "people:{2}*", "key:{2}", "url:{2}", "id:2024-07-25-{2}", "source:*{2}",
]  # fmt: skip
VALUES = [
    "Reuters",
    "reutes",
    "guardian",
    "guard",
    "theguardian",
    "fox",
    "fx nws",
    "silva",
    "sliva",
    "ana",
    "worl",
    "wolrd",
    "bagdhad",
    "new",
    "xx",
    "e",
    "al",
    "n1",
    "u",
    "U",
]
QUERIES = st.builds(
    lambda seed, shape, words, value: shape.format(*(misspelt(random.Random(seed + at), word) for at, word in enumerate(words)), value),
    seed=st.integers(0, 10_000),
    shape=st.sampled_from(SHAPES),
    words=st.lists(st.sampled_from(ALL_WORDS), min_size=2, max_size=2),
    value=st.sampled_from(VALUES).map(lambda value: f'"{value}"' if " " in value else value),
)  # fmt: skip
OPTIONS: list[dict[str, Any]] = [
    {}, {}, {}, {"names": True}, {"outlet": "reuter"}, {"outlet": ["Reuters", "foxx"], "lang": "en"}, {"byline_not": "slva"}, {"section": "Wrld", "sort": "newest"},
    {"where": {"people": "Anna"}}, {"lang": "ar"}, {"located": newssearch.NONE}, {"limit": 0}, {"sort": "oldest"}, {"novel": True},
]  # fmt: skip
COMPARED = settings(
    max_examples=10 * THOROUGH if EVERY else 6, deadline=None, suppress_health_check=list(HealthCheck)
)


@COMPARED
@given(query=QUERIES, options=st.sampled_from(OPTIONS))
@example("colition", {})
@example("coaition reutrs", {})
@example("Rueters Koaltiion", {"strict": True})
@example("Colition Buttigeig", {})
@example("Ocasio-Cortes", {})
@example("kadafi qadhaffi", {"names": True})
@example("l'otn d'amto", {})
@example("l'otan d'amato~name", {})
@example("us un", {})
@example("outlet:guardin colition", {"byline": "slva"})
@example("key:U1", {})
def test_the_notes_on_a_query_are_the_same(
    indexes: tuple[Index, Index], query: str, options: Mapping[str, Any]
) -> None:
    one, other = indexes
    assert noted(other, query, **options) == noted(one, query, **options)


@pytest.mark.parametrize(
    ("query", "options", "requests"),
    [
        ("coalition", {}, 0),
        ("coalition OR Lula", {"sort": "newest"}, 0),
        ("nação eleição", {"lang": "pt"}, 0),
        ("lula -rain -xyzzy", {}, 0),
        ('"coalition Coalition"', {}, 1),
        ("coalition", {"outlet": ["Reuters", "Fox News"]}, 1),
        ("coalition -outlet:reuters", {}, 1),
        ("outlet:fox* coalition", {}, 1),
        ("coalition OR Lula", {"section": "Politics", "lang": "zh"}, 1),
    ],
)
def test_what_a_search_has_counted_is_not_asked_for_again(
    indexes: tuple[Index, Index],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    options: dict[str, Any],
    requests: int,
) -> None:
    sent = 0
    search = Client.search

    def counting(self: Client, *args: Any, **named: Any) -> Any:
        nonlocal sent
        sent += 1
        return search(self, *args, **named)

    monkeypatch.setattr(Client, "search", counting)
    of_notes: list[int] = []

    def counted(evaluation: Evaluation, total: int) -> QueryNotes:
        before = sent
        found = query_notes.notes_on(evaluation, total)
        of_notes.append(sent - before)
        return found

    monkeypatch.setattr(snapshot, "notes_on", counted)
    indexes[1].search(query, strict=True, **options)
    assert of_notes == [requests]
