"""The index as Whoosh reads it: a stock ``Searcher`` gives the same answers as on segments of its own.

Each index is built twice: by newssearch, and as a *twin* by a stock writer, with the same schema and the terms of our
analyser. Texts have lengths that Whoosh, which keeps a length in one byte, stores exactly.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import columns, highlight, scoring, sorting
from whoosh import index as whoosh_index
from whoosh.qparser import MultifieldParser, QueryParser
from whoosh.query import (
    And,
    AndMaybe,
    AndNot,
    ConstantScoreQuery,
    DateRange,
    DisjunctionMax,
    Every,
    FuzzyTerm,
    Not,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Regex,
    Term,
    TermRange,
    Variations,
    Wildcard,
)
from whoosh.query.spans import SpanContains, SpanFirst, SpanNear, SpanNear2, SpanNot, SpanOr
from whoosh.util.numeric import byte_to_length, length_to_byte

import newssearch
from newssearch import Article, Paragraph
from newssearch.engines.article_times import local_time
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.engines.embedded.whoosh_compat.schema import make_schema
from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS
from newssearch.text.analysis import analyser, key, name_words
from support import THOROUGH, article

Outcome = Any
Question = Callable[..., Outcome]


class Pair(NamedTuple):
    """An index of newssearch and its twin, both opened by Whoosh."""

    ours: Any
    twin: Any

    def agree(self, question: Question, **options: object) -> Outcome:
        """Return the answer of a searcher to a question, after checking that both searchers give the same."""
        with self.ours.searcher(**options) as ours, self.twin.searcher(**options) as twin:
            answer, expected = question(ours), question(twin)
        assert answer == expected
        return answer

    def close(self) -> None:
        """Close both indexes."""
        self.ours.close()
        self.twin.close()


def stories() -> list[Article]:
    """Return plain articles, and articles that lack fields, repeat text, or are in another language."""
    return [
        article(
            "Storm over Baghdad", "Rain fell on Baghdad, rain and rain.", "It stopped: the storms are over.",
            "Ministers met envoys in Baghdad over interest rates.", "Interest in the rates of interest rose.",
            date="2024-07-25T10:00:00+03:00", outlet="www.Example.org", source="Reuters", byline="Ana Silva",
            located="Baghdad", lang="en", section="World", url="https://e.org/1",
        ),
        article(
            "Banks and rates", "The bank raised interest rates again.", "Storms of protest met the bank.",
            "Again, again and again the bank said no.", date="2024-07-26", outlet="The Guardian", source="Reuters",
            byline="Duran Duran", located="New York", lang="en-GB", section="Business", url="https://e.org/2",
        ),
        article(
            None, "No headline here, only rain.", "The bank is a bank of sand.", date="2023-12-31T23:59:59.5",
            outlet="The Guardian", url="https://e.org/3",
        ),
        article(
            "Chuva em Lisboa", "As chuvas caíram nas cidades.", "O banco disse que não.", date="2024-08-01",
            outlet="Público", byline="Ana Sousa", located="Lisboa", lang="pt", section="Mundo", url="https://e.org/4",
        ),
        article("Only a headline about rain", date="2024-08-02", outlet="Example.org", url="https://e.org/5"),
        article("عاصفة فوق بغداد", "هطل المطر على بغداد.", "توقف المطر.", outlet="almaalomah.me", lang="ar", url="https://e.org/6"),
        article(
            "Envoys leave", "Envoys left; the storm of words is over.", "Nobody met the ministers again.",
            "One two three four five six seven eight nine ten.", "Austin, Boston and austin.",
            date="2024-07-25", outlet="The Guardian", source="AP", byline="Ana Silva", located="Boston", lang="en",
            url="https://e.org/7",
        ),
        article(
            "Storms again", "Storm.", "Storm storm.", "Storm storm storm over a bank.", "A calm sea, a prosperous voyage.",
            date="2024-09-10", outlet="Example.org", source="AP", section="World", lang="en", url="https://e.org/8",
        ),
    ]  # fmt: skip


def later() -> list[Article]:
    """Return the articles of a second commit: so few that they stay a separate segment."""
    return [
        article(
            "Rain returns", "Rain again over Baghdad and Boston.", "The bank said: interest rates fall.",
            date="2024-10-01", outlet="The Guardian", source="Reuters", byline="Duran Silva", located="Boston",
            lang="en", section="World", url="https://e.org/9",
        ),
        article("Voyage", "A prosperous voyage over calm seas.", date="2024-07-25", outlet="Zeit", url="https://e.org/10"),
    ]  # fmt: skip


def stock_documents(one: Article) -> Iterator[dict[str, Any]]:
    """Return the documents of an article for a stock writer, with the terms of our analyser and the stored fields."""
    terms = analyser(one.lang).terms
    for paragraph in one.paragraphs or (Paragraph(0, ""),):
        known: dict[str, Any] = {"id": one.id, "paragraph": paragraph.number, "url": one.url}
        known |= {"text": terms(paragraph.text), "_stored_text": paragraph.text}
        if one.title:
            known |= {"title": terms(one.title), "_stored_title": one.title}
        if one.date is not None:
            known["date"] = local_time(one.date)
        for name in (*WHOLE_FIELDS, *WORD_FIELDS):
            if value := getattr(one, name):
                words = name_words(value) if name in WORD_FIELDS else [key(value)]
                known |= {name: words, f"_stored_{name}": value}
        yield known


def add_stock(index: Any, *articles: Article, **commit: object) -> None:
    """Add articles with a stock writer."""
    writer = index.writer()
    for one in articles:
        for known in stock_documents(one):
            writer.add_document(**known)
    writer.commit(**commit)


def indexed(folder: Path, commits: Sequence[Sequence[Article]], removed: Sequence[Article] = ()) -> Pair:
    """Make the same commits, a segment each, with newssearch and with stock writers; then remove articles from both."""
    (folder / "twin").mkdir(parents=True)
    twin = whoosh_index.create_in(str(folder / "twin"), make_schema())
    with newssearch.create(folder / "ours") as index:
        for articles in commits:
            index.add(articles)
            add_stock(twin, *articles, merge=False)
        for one in removed:
            index.remove([one.id])
            twin.delete_by_term("id", one.id)
    pair = Pair(opened(folder / "ours"), whoosh_index.open_dir(str(folder / "twin")))
    twin.close()
    assert kinds(pair.ours) == [ArraySegment] * len(commits)
    assert pair.ours.doc_count_all() == pair.twin.doc_count_all()
    return pair


def opened(folder: Path) -> Any:
    """Return an index opened by Whoosh."""
    return whoosh_index.open_dir(str(folder))


def kinds(index: Any) -> list[type]:
    """Return the classes of the segments of an index."""
    return [type(segment) for segment in index._segments()]


LAYOUTS = ["one segment", "several segments", "removed articles"]


@pytest.fixture(scope="module", params=LAYOUTS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Return an index of newssearch and its twin."""
    folder = tmp_path_factory.mktemp("stock")
    first, second = stories(), later()
    if request.param == "one segment":
        found = indexed(folder, [[*first, *second]])
    elif request.param == "several segments":
        found = indexed(folder, [first, second])
    else:
        found = indexed(folder, [first, second], [first[1], first[5]])
        assert found.ours.doc_count() < found.ours.doc_count_all()
    yield found
    found.close()


def hits(results: Any) -> list[tuple[int, str, int, float]]:
    """Return the hits of a search in order, with their scores."""
    return [(hit.docnum, hit["id"], hit["paragraph"], hit.score) for hit in results]


def ids(results: Any) -> list[tuple[str, int]]:
    """Return the hits of a search in order."""
    return [(hit["id"], hit["paragraph"]) for hit in results]


def test_the_texts_have_lengths_that_whoosh_keeps_exactly() -> None:
    for one in [*stories(), *later()]:
        for text in [one.title or "", *(paragraph.text for paragraph in one.paragraphs)]:
            length = len(analyser(one.lang).terms(text))
            assert byte_to_length(length_to_byte(length)) == length, text


# ---- queries

DAY = dt.datetime(2024, 7, 25)
QUERIES = {
    "term": Term("text", "rain"),
    "term of a headline": Term("title", "storm"),
    "term of a value": Term("outlet", "the guardian"),
    "term of a value by words": Term("byline", "duran"),
    "term of another language": Term("text", "chuv"),
    "term that is in none": Term("text", "zebra"),
    "boosted": Or([Term("text", "rain", boost=3.0), Term("text", "bank")]),
    "and": And([Term("text", "interest"), Term("text", "rate")]),
    "and across fields": And([Term("text", "rain"), Term("title", "storm"), Term("lang", "en")]),
    "or": Or([Term("text", "rain"), Term("text", "bank"), Term("title", "storm"), Term("text", "zebra")]),
    "or, two at least": Or([Term("text", "storm"), Term("text", "bank"), Term("text", "over")], minmatch=2),
    "or with scale": Or([Term("text", "storm"), Term("text", "bank")], scale=0.9),
    "not": Not(Term("text", "rain")),
    "and not": AndNot(Term("text", "bank"), Term("text", "sand")),
    "and with not": And([Term("text", "again"), Not(Term("text", "bank"))]),
    "phrase": Phrase("text", ["interest", "rate"]),
    "phrase of three": Phrase("text", ["rate", "of", "interest"]),
    "phrase with slop": Phrase("text", ["interest", "rate"], slop=3),
    "phrase of a headline": Phrase("title", ["storm", "over"]),
    "phrase of repeated words": Phrase("text", ["storm", "storm"]),
    "prefix": Prefix("text", "in"),
    "prefix of a headline": Prefix("title", "ba"),
    "prefix of a value": Prefix("url", "https://e.org/1"),
    "wildcard": Wildcard("text", "*st?n"),
    "regular expression": Regex("text", "bo?a?[ns]"),
    "fuzzy": FuzzyTerm("text", "bostin", maxdist=2),
    "fuzzy with a prefix": FuzzyTerm("text", "austen", maxdist=1, prefixlength=2),
    "variations": Variations("text", "rate"),
    "range of terms": TermRange("text", "met", "rate"),
    "range of terms, one end out": TermRange("text", "met", "rate", startexcl=True),
    "range of values": TermRange("outlet", "e", "q"),
    "range of numbers": NumericRange("paragraph", 2, 3),
    "range of numbers, open": NumericRange("paragraph", 3, None),
    "range of numbers, ends out": NumericRange("paragraph", 0, 3, startexcl=True, endexcl=True),
    "range of dates": DateRange("date", DAY, dt.datetime(2024, 8, 1, 12)),
    "range of dates, open": DateRange("date", None, DAY),
    "range of dates, one end out": DateRange("date", DAY, None, startexcl=True),
    "date": Term("date", DAY),
    "everything": Every(),
    "everything with a field": Every("section"),
    "everything with a headline": Every("title"),
    "everything with a date": Every("date"),
    "span near": SpanNear(Term("text", "storm"), Term("text", "over"), slop=3),
    "span near, any order": SpanNear(Term("text", "rate"), Term("text", "interest"), slop=2, ordered=False),
    "span near of three": SpanNear2(
        [Term("text", "rate"), Term("text", "of"), Term("text", "interest")], slop=1
    ),
    "span first": SpanFirst(Term("text", "storm"), limit=1),
    "span of one or another": SpanFirst(SpanOr([Term("text", "storm"), Term("text", "rain")])),
    "span not": SpanNot(Term("text", "bank"), Term("text", "the")),
    "span contains": SpanContains(
        SpanNear(Term("text", "interest"), Term("text", "interest"), slop=9), Term("text", "of")
    ),
    "and maybe": AndMaybe(Term("text", "bank"), Term("text", "rate")),
    "best of several": DisjunctionMax([Term("text", "storm"), Term("title", "storm")], tiebreak=0.1),
    "constant score": ConstantScoreQuery(Or([Term("text", "rain"), Term("text", "bank")]), score=2.0),
    "nested": And(
        [Or([Term("text", "storm"), Phrase("text", ["interest", "rate"])]), Not(Prefix("text", "pro"))]
    ),
}
EMPTY = {"term that is in none"}


WEIGHTINGS = [scoring.BM25F, scoring.TF_IDF, scoring.Frequency]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_hits_and_scores(pair: Pair, name: str, request: pytest.FixtureRequest) -> None:
    """Each query meets each weighting and each layout, and each weighting meets each layout."""
    layout = LAYOUTS.index(request.node.callspec.params["pair"])
    weighting = WEIGHTINGS[([*QUERIES].index(name) + layout) % len(WEIGHTINGS)]
    found = pair.agree(lambda s: hits(s.search(QUERIES[name], limit=None)), weighting=weighting())
    assert bool(found) == (name not in EMPTY)
    for limit in (1, 3):
        best = pair.agree(
            lambda s, limit=limit: hits(s.search(QUERIES[name], limit=limit)), weighting=weighting()
        )
        if name != "or with scale":  # of which whoosh3 does not find the best
            assert best == found[:limit]


@pytest.mark.parametrize(
    "query",
    [
        "storms bank",
        "rain OR title:storm",
        "rain NOT baghdad",
        '"interest rates"',
        '"rates interest"~4',
        "in*",
        "ministers ANDMAYBE envoys",
        "outlet:example.org rain^2",
        "byline:silva",
        "date:20240725",
        "date:[20240701 TO 20240801]",
        "date:{20240725 TO]",
        "paragraph:[2 TO 3] storm",
        "[bank TO boston]",
        "*:*",
    ],
)
def test_what_is_typed_into_a_query_parser_finds_the_same(pair: Pair, query: str) -> None:
    parsed = QueryParser("text", pair.ours.schema).parse(query)
    assert parsed == QueryParser("text", pair.twin.schema).parse(query)
    assert pair.agree(lambda s: hits(s.search(parsed, limit=None)))
    both = MultifieldParser(["title", "text"], pair.ours.schema).parse("storm bank")
    assert pair.agree(lambda s: hits(s.search(both, limit=None)))


# ---- random queries of random articles

WORDS = ["rain", "rains", "sun", "Sun", "sea", "bank", "banks", "banker", "chuva"]
LINES = st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join)


@st.composite
def corpora(draw: st.DrawFn) -> list[Article]:
    """Draw a few articles of few words."""
    count = draw(st.integers(1, 8))
    return [
        article(
            draw(st.none() | LINES.filter(bool)), *draw(st.lists(LINES.filter(bool), min_size=1, max_size=4)),
            outlet=draw(st.sampled_from([None, "A", "B b"])), byline=draw(st.sampled_from([None, "Ana", "Ana Duran"])),
            date=draw(st.sampled_from([None, "2024-07-25", "2023-01-01"])),
            lang=draw(st.sampled_from(["en", "pt"])), url=f"u{number}",
        )
        for number in range(count)
    ]  # fmt: skip


def trees() -> st.SearchStrategy[Any]:
    """Draw query trees of Whoosh."""
    words = st.sampled_from(["rain", "sun", "sea", "bank", "banker", "chuva", "chuv", "zebra"])
    names = st.sampled_from(["text", "title"])
    leaves = (
        st.builds(Term, names, words)
        | st.builds(Term, st.just("outlet"), st.sampled_from(["a", "b b", "c"]))
        | st.builds(Phrase, names, st.lists(words, min_size=2, max_size=3), slop=st.integers(1, 3))
        | st.builds(Prefix, names, st.sampled_from(["", "ba", "r", "s", "z"]))
        | st.builds(Wildcard, names, st.sampled_from(["?a*", "*n", "s??"]))
        | st.builds(FuzzyTerm, names, words)
        | st.builds(TermRange, names, st.sampled_from(["a", "bb"]), st.sampled_from(["rain", "t"]))
        | st.builds(NumericRange, st.just("paragraph"), st.integers(0, 2), st.integers(2, 4))
        | st.builds(DateRange, st.just("date"), st.just(dt.datetime(2023, 6, 1)), st.none())
        | st.builds(Every, st.sampled_from([None, "title", "byline"]))
    )
    one = st.builds(Term, st.just("text"), words)
    near = st.builds(
        SpanNear, one, one, slop=st.integers(1, 4), ordered=st.booleans()
    )  # Whoosh fails in an And
    inner = st.recursive(
        leaves,
        lambda inner: (
            st.builds(And, st.lists(inner, min_size=2, max_size=3))
            | st.builds(Or, st.lists(inner, min_size=2, max_size=3))
            | st.builds(AndMaybe, inner, inner)
            | st.builds(DisjunctionMax, st.lists(inner, min_size=2, max_size=3))
            | st.builds(ConstantScoreQuery, inner)
        ),
        max_leaves=5,
    )
    return near | inner | st.builds(AndNot, inner, inner)  # within another, Whoosh goes on behind its end


@settings(max_examples=12 * THOROUGH, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpora(), st.lists(trees(), min_size=4, max_size=8), st.data())
def test_any_query_of_any_articles_has_the_same_hits_and_scores(
    tmp_path_factory: pytest.TempPathFactory, articles: list[Article], queries: list[Any], data: st.DataObject
) -> None:
    sizes = [len(one.paragraphs) for one in articles]
    few = 4 * sizes[0] < sum(sizes)  # or newssearch would rewrite the segment, and Whoosh would not
    removed = articles[:1] if few and data.draw(st.booleans()) else []
    found = indexed(tmp_path_factory.mktemp("law"), [articles], removed)
    for query in queries:
        for weighting in (scoring.BM25F(), scoring.TF_IDF()):
            for limit in (None, 2):
                # Whoosh's own matchers can miss a bound by a rounding error for ever, if they may skip.
                found.agree(
                    lambda s, q=query, n=limit: hits(s.search(q, limit=n, optimize=False)),
                    weighting=weighting,
                )
    found.close()


def test_of_many_postings_the_best_are_found_though_whoosh_skips_what_cannot_be_among_them(
    tmp_path: Path,
) -> None:
    articles = [
        article(f"Story {n}", *(f"rain {'rain ' * (m % 7 == 3 and n % 50 == 20)}sun {'sea ' * (n % 3)}" for m in range(5)), url=f"u{n}")
        for n in range(300)
    ]  # fmt: skip
    found = indexed(tmp_path, [articles])
    for query in (
        Term("text", "rain"),
        Or([Term("text", "rain"), Term("text", "sea")]),
        QUERIES["and maybe"],
    ):
        for limit in (1, 5, 40, None):
            found.agree(lambda s, q=query, n=limit: hits(s.search(q, limit=n)))
    found.close()


def test_long_texts_have_the_same_hits_and_scores_where_lengths_do_not_count(tmp_path: Path) -> None:
    long = " ".join(f"word{n % 97} rain" for n in range(700))
    found = indexed(
        tmp_path, [[article("Long", long, "short rain", long, url="u1"), article("Short", "rain", url="u2")]]
    )
    for query in (Term("text", "rain"), Phrase("text", ["rain", "word96"]), Term("text", "word3")):
        for weighting in (scoring.TF_IDF(), scoring.Frequency()):
            assert found.agree(lambda s, q=query: hits(s.search(q, limit=None)), weighting=weighting)
    with found.ours.searcher() as searcher:
        assert searcher.reader().doc_field_length(0, "text") == 1400
    found.close()


# ---- orders, groups, pages

FACETS = {
    "a field": sorting.FieldFacet("outlet"),
    "a field, backwards": sorting.FieldFacet("outlet", reverse=True),
    "a field without a column": sorting.FieldFacet("date"),
    "a field without a column, backwards": sorting.FieldFacet("date", reverse=True),
    "a number": sorting.FieldFacet("paragraph", reverse=True),
    "a value by words": sorting.FieldFacet("byline"),
    "the id": sorting.FieldFacet("id"),
    "queries": sorting.QueryFacet({"wet": Term("text", "rain"), "rich": Term("text", "bank")}, other="neither"),
    "periods": sorting.DateRangeFacet("date", dt.datetime(2024, 7, 1), dt.datetime(2024, 12, 1), dt.timedelta(days=31)),
    "numbers by range": sorting.RangeFacet("paragraph", 0, 8, 2),
    "several": sorting.MultiFacet([sorting.FieldFacet("outlet", reverse=True), sorting.FieldFacet("date"), sorting.ScoreFacet()]),
    "the score": sorting.ScoreFacet(),
    "what is stored": sorting.StoredFieldFacet("located"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted({*FACETS} - {"what is stored", "periods"}))
def test_hits_are_sorted_the_same(pair: Pair, name: str) -> None:
    query = Or([Term("text", "rain"), Term("text", "storm"), Term("text", "bank"), Every()])
    assert pair.agree(lambda s: ids(s.search(query, sortedby=FACETS[name], limit=None)))
    assert pair.agree(lambda s: ids(s.search(query, sortedby=FACETS[name], limit=4, reverse=True)))


@pytest.mark.parametrize("field", ["outlet", "date", "paragraph", "id", "url", "path", "source"])
def test_hits_are_sorted_the_same_by_the_name_of_a_field(pair: Pair, field: str) -> None:
    assert pair.agree(lambda s: ids(s.search(Every(), sortedby=field, limit=None)))


@pytest.mark.parametrize(
    "name", sorted({*FACETS} - {"several", "the score", "a field without a column, backwards"})
)
def test_hits_are_grouped_the_same(pair: Pair, name: str) -> None:
    groups = pair.agree(lambda s: s.search(Every(), groupedby={"g": FACETS[name]}, limit=None).groups("g"))
    assert len(groups) > 1


def test_hits_are_grouped_the_same_in_each_of_several_groups(pair: Pair) -> None:
    facet = sorting.FieldFacet("byline", allow_overlap=True)
    groups = pair.agree(lambda s: s.search(Every(), groupedby={"by": facet}, limit=None).groups("by"))
    assert set(groups["silva"]) <= {*groups["ana"], *groups["duran"]}


@pytest.mark.parametrize("maptype", [sorting.Count, sorting.Best, sorting.UnorderedList])
def test_groups_are_counted_the_same(pair: Pair, maptype: type) -> None:
    facets = sorting.Facets().add_field("outlet").add_field("section")

    def ask(searcher: Any) -> Outcome:
        results = searcher.search(Term("text", "storm"), groupedby=facets, maptype=maptype)
        return results.groups("outlet"), results.groups("section")

    assert all(pair.agree(ask))


@pytest.mark.parametrize(
    ("limit", "order"), [(1, None), (2, None), (1, "date"), (3, sorting.FieldFacet("paragraph"))]
)
def test_hits_are_collapsed_the_same(pair: Pair, limit: int, order: object) -> None:
    query = Or([Term("text", "storm"), Term("text", "rain"), Term("text", "bank")])

    def ask(searcher: Any) -> Outcome:
        results = searcher.search(
            query, collapse="id", collapse_limit=limit, collapse_order=order, limit=None
        )
        return hits(results), results.collapsed_counts

    found, _ = pair.agree(ask)
    assert all([one for _, one, *_ in found].count(other) <= limit for _, other, *_ in found)


def test_hits_are_filtered_and_masked_the_same(pair: Pair) -> None:
    query = Or([Term("text", "storm"), Term("text", "rain"), Term("text", "bank")])
    inside, outside = Term("outlet", "the guardian"), DateRange("date", dt.datetime(2024, 9, 1), None)
    found = pair.agree(lambda s: hits(s.search(query, filter=inside, mask=outside, limit=None)))
    assert found
    assert pair.agree(lambda s: hits(s.search(query, mask=inside, limit=2)))
    assert found == pair.agree(
        lambda s: hits(s.search(query, filter=s.search(inside), mask=outside, limit=None))
    )


def test_pages_are_the_same(pair: Pair) -> None:
    def page(searcher: Any, number: int) -> Outcome:
        found = searcher.search_page(Every(), number, pagelen=4)
        return ids(found), found.total, found.pagecount, found.pagenum, found.is_last_page(), found.offset

    numbers = range(1, -(-pair.ours.doc_count() // 4) + 1)
    pages = [pair.agree(lambda s, n=number: page(s, n)) for number in numbers]
    assert len({one for found, *_ in pages for one in found}) == pair.ours.doc_count()
    assert pages[-1][4]


def test_results_count_and_combine_the_same(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        results = searcher.search(Term("text", "storm"), limit=2, terms=True)
        counts = (
            len(results),
            results.estimated_length(),
            results.has_exact_length(),
            results.scored_length(),
        )
        terms = (results.matched_terms(), [hit.matched_terms() for hit in results], results.docs())
        results.upgrade_and_extend(searcher.search(Term("text", "over"), limit=None))
        return counts, terms, hits(results)

    (length, *_), (terms, *_), _ = pair.agree(ask)
    assert length > 2
    assert terms == {("text", b"storm")}


# ---- spelling, highlights, what is alike


@pytest.mark.parametrize(
    ("typed", "meant"), [("intrest", "interest"), ("baghdda", "baghdad"), ("stormm bnak", "storm bank")]
)
def test_a_query_is_corrected_the_same(pair: Pair, typed: str, meant: str) -> None:
    query = QueryParser("text", pair.ours.schema).parse(typed)
    correct = lambda s: (found := s.correct_query(query, typed)).string and (found.string, found.query)  # noqa: E731
    assert pair.agree(correct)[0] == meant


@pytest.mark.parametrize("word", ["stor", "banq", "bostan", "xyz"])
def test_suggestions_are_the_same(pair: Pair, word: str) -> None:
    found = [
        pair.agree(lambda s, n=distance: s.reader().corrector("text").suggest(word, limit=3, maxdist=n)) for distance in (1, 2)
    ]  # fmt: skip
    assert word == "xyz" or found[1]
    assert pair.agree(lambda s: s.suggest("text", word, maxdist=2, prefix=1)) is not None
    assert pair.agree(lambda s: sorted(s.reader().terms_within("title", "strm", 2))) == ["storm"]


@pytest.mark.parametrize(
    "fragmenter",
    [None, highlight.PinpointFragmenter(), highlight.SentenceFragmenter(), highlight.WholeFragmenter()],
    ids=["default", "pinpoint", "sentences", "whole"],
)
def test_highlights_are_the_same(pair: Pair, fragmenter: object) -> None:
    query = QueryParser("text", pair.ours.schema).parse('storms OR "interest rates" OR ba* OR title:rain')

    def ask(searcher: Any) -> Outcome:
        results = searcher.search(query, limit=None, terms=True)
        if fragmenter is not None:
            results.fragmenter = fragmenter
        return [
            (hit.highlights("text"), hit.highlights("title") if "title" in hit else None) for hit in results
        ]

    shown = pair.agree(ask)
    assert any('<b class="match' in text and re.search("[Rr]ates</b>", text) for text, _ in shown)


def test_what_is_alike_is_the_same(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        results = searcher.search(Term("text", "bank"), limit=None)
        alike = [hits(hit.more_like_this("text")) for hit in results]
        by_title = [hits(searcher.more_like(hit.docnum, "title")) for hit in results if "title" in hit]
        return alike, results.key_terms("text", docs=3, numterms=4), by_title

    alike, key_terms, _ = pair.agree(ask)
    assert any(alike)
    assert key_terms
    assert pair.agree(lambda s: s.key_terms([0, 2], "text", numterms=3))
    assert pair.agree(lambda s: s.key_terms_from_text("text", "The storm over the bank of rain", numterms=2))


# ---- terms

FIELDS = [
    "text",
    "title",
    "id",
    "paragraph",
    "date",
    "url",
    "outlet",
    "source",
    "section",
    "lang",
    "byline",
    "located",
]


def test_all_terms_are_the_same(pair: Pair) -> None:
    terms = pair.agree(lambda s: list(s.reader().all_terms()))
    assert terms == sorted(set(terms))
    assert {name for name, _ in terms} == set(FIELDS)
    assert pair.agree(lambda s: list(s.reader().terms_from("text", "rain")))[0] == ("text", b"rain")
    assert pair.agree(lambda s: list(s.reader().terms_from("outlet", "q")))


@pytest.mark.parametrize("field", FIELDS)
def test_the_lexicon_of_a_field_is_the_same(pair: Pair, field: str) -> None:
    assert pair.agree(lambda s: list(s.reader().lexicon(field)))
    assert pair.agree(lambda s: list(s.lexicon(field)))
    if field != "date":  # Whoosh takes the terms for its ranges for dates, and fails
        assert pair.agree(lambda s: list(s.reader().field_terms(field)))


@pytest.mark.parametrize("field", FIELDS)
def test_what_is_known_of_each_term_is_the_same(pair: Pair, field: str) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        known = [(term, reader.term_info(field, term)) for term in reader.lexicon(field)]
        return [
            (
                term, info.weight(), info.doc_frequency(), info.min_length(), info.max_length(), info.max_weight(),
                info.min_id(), info.max_id(), reader.frequency(field, term), reader.doc_frequency(field, term),
                searcher.idf(field, term), (field, term) in reader,
            )
            for term, info in known
        ]  # fmt: skip

    assert pair.agree(ask)
    from_iteration = pair.agree(
        lambda s: [
            (*term, info.weight(), info.doc_frequency()) for term, info in s.reader().iter_from(field, b"")
        ]
    )
    assert from_iteration[0][0] == field


@pytest.mark.parametrize("field", FIELDS)
def test_the_postings_of_each_term_are_the_same(pair: Pair, field: str) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        found = []
        for term in reader.lexicon(field):
            matcher = reader.postings(field, term)
            while matcher.is_active():
                places = matcher.value_as("positions") if field in ("text", "title") else None
                found.append(
                    (
                        term,
                        matcher.id(),
                        matcher.weight(),
                        matcher.value_as("weight"),
                        places,
                        matcher.value() or b"",
                    )
                )
                matcher.next()
        return found

    found = pair.agree(ask)
    assert found
    assert all(isinstance(value, bytes) for *_, value in found)


@pytest.mark.parametrize("field", ["text", "title", "outlet"])
def test_a_matcher_skips_the_same(pair: Pair, field: str) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        found = []
        for term in reader.lexicon(field):
            for target in range(reader.doc_count_all() + 1):
                matcher = reader.postings(field, term)
                if matcher.is_active():
                    matcher.skip_to(target)
                found.append((term, target, list(matcher.all_ids())))
        return found

    assert pair.agree(ask)


def test_a_term_that_is_in_none_counts_nothing(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        with pytest.raises(whoosh_index_error()):
            reader.term_info("text", "zebra")
        with pytest.raises(whoosh_index_error()):
            reader.postings("text", "zebra")
        return (
            reader.frequency("text", "zebra"),
            reader.doc_frequency("text", "zebra"),
            ("text", "zebra") in reader,
        )

    assert pair.agree(ask) == (0, 0, False)


def whoosh_index_error() -> type[Exception]:
    """Return the exception that Whoosh raises for a term that no document has."""
    from whoosh.reading import TermNotFound

    return TermNotFound  # type: ignore[no-any-return]


@pytest.mark.parametrize("field", ["text", "title"])
def test_the_most_frequent_and_distinctive_terms_are_the_same(pair: Pair, field: str) -> None:
    assert len(pair.agree(lambda s: list(s.reader().most_frequent_terms(field, number=5)))) == 5
    assert len(pair.agree(lambda s: list(s.reader().most_distinctive_terms(field, number=5)))) == 5
    assert pair.agree(lambda s: list(s.reader().most_frequent_terms(field, number=2, prefix="b")))
    assert pair.agree(lambda s: list(s.reader().expand_prefix(field, "s")))
    assert pair.agree(lambda s: [(t, i.weight()) for t, i in s.reader().iter_prefix(field, "ba")])


def test_a_cursor_goes_the_same_way(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        cursor = (
            searcher.reader().leaf_readers()[0][0].cursor("text")
        )  # Whoosh's own over several segments fails
        seen = [
            cursor.first(),
            cursor.next(),
            cursor.find("rai"),
            cursor.next(),
            cursor.find("met"),
            cursor.text(),
        ]
        seen += [
            cursor.is_valid(),
            cursor.find("\U0010ffff"),
            cursor.is_valid(),
            cursor.text(),
            cursor.first(),
        ]
        while cursor.is_valid():
            seen += [cursor.text(), cursor.term_info().weight()]
            cursor.next()
        return seen

    assert len(pair.agree(ask)) > 50


# ---- documents


@pytest.mark.parametrize("field", FIELDS)
def test_the_lengths_of_a_field_are_the_same(pair: Pair, field: str) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        each = [reader.doc_field_length(number, field) or 0 for number in range(reader.doc_count_all())]
        limits = (reader.min_field_length(field), reader.max_field_length(field)) if any(each) else None
        return each, limits, reader.field_length(field), searcher.avg_field_length(field)

    each, *_ = pair.agree(ask)
    assert any(each) == (field in ("text", "title"))


def plain(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the stored fields of a document, without those that only newssearch has."""
    return {name: value for name, value in stored.items() if name not in ("header", "state")}


def test_stored_fields_are_the_same(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        each = [reader.stored_fields(number) for number in reader.all_doc_ids()]
        assert each == list(reader.all_stored_fields()) == list(searcher.documents())
        assert [searcher.stored_fields(number) for number, _ in reader.iter_docs()] == each
        return [
            {name: value for name, value in known.items() if name not in ("header", "state")}
            for known in each
        ]

    assert all(known["text"] is not None for known in pair.agree(ask))


def test_the_first_document_of_an_article_says_what_is_known_of_the_article(pair: Pair) -> None:
    with pair.ours.searcher() as searcher:
        for known in searcher.documents():
            assert ("header" in known) == ("state" in known) == (known["paragraph"] <= 1)


def test_documents_are_found_the_same_by_a_field(pair: Pair) -> None:
    one, two = stories()[0], later()[0]
    for wanted in (
        {"id": one.id, "paragraph": 2},
        {"id": two.id},
        {"outlet": "the guardian"},
        {"id": "nothing"},
    ):

        def ask(searcher: Any, wanted: dict[str, Any] = wanted) -> Outcome:
            numbers = searcher.document_number(**wanted), list(searcher.document_numbers(**wanted))
            known = searcher.document(**wanted)
            return numbers, known and plain(known), [plain(known) for known in searcher.documents(**wanted)]

        assert bool(pair.agree(ask)[1]) == (wanted["id"] != "nothing" if "id" in wanted else True)
    assert pair.agree(lambda s: s.document(id=one.id)["title"]) == "Storm over Baghdad"


def test_counts_are_the_same(pair: Pair) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        counts = (
            searcher.doc_count(),
            searcher.doc_count_all(),
            reader.has_deletions(),
            len(reader.leaf_readers()),
        )
        return (
            counts,
            [reader.is_deleted(number) for number in range(reader.doc_count_all())],
            list(reader.all_doc_ids()),
        )

    pair.agree(ask)
    assert (pair.ours.doc_count(), pair.ours.is_empty()) == (pair.twin.doc_count(), pair.twin.is_empty())


@pytest.mark.parametrize("field", ["id", "outlet", "source", "lang", "section", "byline", "located"])
def test_columns_are_the_same(pair: Pair, field: str) -> None:
    def ask(searcher: Any) -> Outcome:
        reader = searcher.reader()
        assert reader.has_column(field)
        column = reader.column_reader(field)
        raw = reader.column_reader(field, translate=False)
        keys = [raw.sort_key(number) for number in range(len(raw))]
        return [column[number] for number in range(reader.doc_count_all())], list(column), list(raw), keys

    each, *_ = pair.agree(ask)
    assert any(each)
    assert not pair.agree(lambda s: bool(s.reader().has_column("text") or s.reader().has_column("path")))
    assert isinstance(pair.ours.schema[field].column_type, columns.VarBytesColumn)


def test_a_bound_that_is_missed_by_a_rounding_error_holds_no_search_up(tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "i") as index:
        index.add([article(f"Rain {n}", "Rain on the roofs of Basra.", url=f"u{n}") for n in range(3)])
    opened = whoosh_index.open_dir(tmp_path / "i")
    with opened.searcher() as searcher:
        for below in (0.0, 1e-16, 1e-13):
            matcher = searcher.postings("text", "rain")
            # What a union of two asks for: the bound that is to be passed, less the bound of the other one.
            assert matcher.skip_to_quality(matcher.block_quality() * (1 - below)) == 1
            assert not matcher.is_active()
        matcher = searcher.postings("text", "rain")
        assert matcher.skip_to_quality(matcher.block_quality() * 0.99) == 0
    opened.close()
