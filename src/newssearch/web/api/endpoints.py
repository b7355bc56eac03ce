"""The HTTP API as a table: for each endpoint its parameters, and the method of an index that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from newssearch.alerts.api import Alerts
from newssearch.article import Article
from newssearch.corpus.concordance import LINE_SORTS, MAX_SEED, MAX_WIDTH
from newssearch.corpus.stories import STORY_SORTS
from newssearch.corpus.table import MEASURES
from newssearch.corpus.words import COLLOCATE_MEASURES, KEYWORD_MEASURES, IndexWord
from newssearch.errors import TagFileError
from newssearch.fields import ARTICLE_FIELDS, DATE_FACETS, UNREAD_TAGS, ArticleField
from newssearch.index import Index
from newssearch.info import IndexInfo
from newssearch.query import Diagnostic
from newssearch.request import (
    HIT_CONTENTS,
    HighlightOptions,
    MatchOptions,
    RelatedOptions,
    ScanOptions,
    SearchOptions,
)
from newssearch.snippet import Snippet
from newssearch.system.late_dataclass import dataclass
from newssearch.tags.counts import TAG_ORDERS
from newssearch.tags.state import UNTAGGED, ArticleTags
from newssearch.web.options import MAX_OFFSET, MAX_PAGE, QUERY, options_of
from newssearch.web.parameters import Parameter, ParameterError
from newssearch.web.pool import SearchLimits
from newssearch.web.searches.listing import SearchList, listed_search, listed_searches

from .exports import EXPORT_FORMAT, FORMAT, Export
from .suggestions import Completer

MAX_ANSWERED_LINES = 1_000
"""The largest number of lines of a concordance in one answer."""
MAX_ANSWERED_WORDS = 1_000
"""The largest number of collocates or keywords in one answer."""
MAX_LISTED_TAGS = 10_000
"""The largest number of tags that a client can ask for by ``limit``."""
MAX_QUERIES_AT_ONCE = 5
"""The largest number of queries that one answer counts."""
TIME_UNITS = ("auto", *DATE_FACETS)


class Json(Protocol):
    """A value that converts to JSON types."""

    def to_dict(self) -> dict[str, Any]:
        """Return the value as JSON types."""


@dataclass(frozen=True, slots=True)
class EndpointRequest:
    """A request to an endpoint: the index, the values of its parameters, those of its path, and what ends it.

    ``contents`` returns the contents of the index, which are counted once for each commit; ``completer`` completes
    words. ``alerts`` returns the saved searches. ``show_paths`` is whether the answer may tell where articles were read.
    """

    index: Index
    values: Mapping[str, Any]
    path: Mapping[str, str]
    limits: SearchLimits
    contents: Callable[[], IndexInfo]
    completer: Completer
    show_paths: bool = False
    alerts: Callable[[], Alerts] | None = None

    def options(self, *names: str) -> dict[str, Any]:
        """Return the keyword arguments of a method of the index: all given values but the named ones, and the limits."""
        given = {name: value for name, value in self.values.items() if name not in ("q", "format", *names)}
        return {**given, "timeout": self.limits.timeout, "stop": self.limits.stop}

    @property
    def file_name(self) -> str:
        """What a file with the answer is about: the query or queries, or the id of an article."""
        query = self.values.get("q", "")
        return self.path.get("id", query if isinstance(query, str) else "-".join(query))

    @property
    def query(self) -> str:
        """The query, ``""`` if there is none."""
        query: str = self.values.get("q", "")
        return query


class ArticleAnswer(NamedTuple):
    """An article as the index knows it.

    ``boilerplate`` are the numbers of the paragraphs that its outlet prints under many articles. ``highlights`` are the matches
    of a query: for the number of each paragraph its text, and for 0 the headline; None without a query. ``said`` are the tags
    and notes of people; ``diagnostics`` say why these could not be read.
    """

    article: Article
    boilerplate: tuple[int, ...]
    said: ArticleTags
    diagnostics: tuple[Diagnostic, ...] = ()
    highlights: Mapping[int, Snippet] | None = None

    @classmethod
    def of(cls, index: Index, article: Article) -> ArticleAnswer:
        """Return the answer for an article. Damaged tags keep nobody from reading it."""
        boilerplate = index.boilerplate(article.id)
        try:
            return cls(article, boilerplate, index.tags_of(article.id))
        except TagFileError as error:
            note = Diagnostic(UNREAD_TAGS, f"tags and notes are not shown: {error.without_folder}")
            return cls(article, boilerplate, UNTAGGED, (note,))

    def to_dict(self) -> dict[str, Any]:
        """Return the article as JSON types, with ``highlights``: pairs of offsets in characters, end excluded."""
        value = {
            **self.article.to_dict(),
            "boilerplate": list(self.boilerplate),
            **self.said.to_dict(),
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
        }
        if self.highlights is None:
            return value
        numbers = (paragraph.number for paragraph in self.article.paragraphs)
        value["paragraphs"] = [
            {**paragraph, "highlights": _offsets(self.highlights[number])}
            for number, paragraph in zip(
                numbers, cast("list[dict[str, Any]]", value["paragraphs"]), strict=True
            )
        ]
        return {**value, "title_highlights": _offsets(self.highlights[0])}


def _offsets(snippet: Snippet) -> list[list[int]]:
    return [list(span) for span in snippet.highlights]


class Endpoint(NamedTuple):
    """An address of the API.

    ``path`` may have ``{id}``, the id of an article, or ``{name}``, the name of a saved search. ``answer`` returns the value that the answer consists of; ``schema``
    is the name of its description in the OpenAPI document. ``only_by_commit`` is whether the answer is the same as long
    as the commit is. ``operation`` is its name, by default the path without the id. ``streams`` is whether the
    answer is an :class:`Export`, sent while it is made.
    """

    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    schema: str
    answer: Callable[[EndpointRequest], Json | Export]
    only_by_commit: bool = True
    operation: str = ""
    streams: bool = False

    @property
    def name(self) -> str:
        """The name of the operation, such as ``search``."""
        return self.operation or self.path.split("/")[1]


def _answer_search(asked: EndpointRequest) -> Json:
    return asked.index.search(asked.query, **asked.options())


def _answer_article(asked: EndpointRequest) -> Json:
    article = asked.index.article(asked.path["id"])
    answer = ArticleAnswer.of(asked.index, article)
    if "q" not in asked.values:
        return answer
    return answer._replace(highlights=asked.index.highlights(article.id, asked.query, **asked.options()))


def _answer_story(asked: EndpointRequest) -> Json:
    return asked.index.story(asked.path["id"], timeout=asked.limits.timeout, stop=asked.limits.stop)


def _answer_related(asked: EndpointRequest) -> Json:
    return asked.index.related(asked.path["id"], **asked.options())


def _answer_neighbours(asked: EndpointRequest) -> Json:
    return asked.index.neighbours(asked.query, asked.values["address"], **asked.options("address"))


def _answer_count(asked: EndpointRequest) -> Json:
    queries = asked.values.get("q") or ("",)
    if len(queries) > MAX_QUERIES_AT_ONCE:
        raise ParameterError("q", f"is given at most {MAX_QUERIES_AT_ONCE} times")
    measures = asked.values.get("measure") or ("articles",)
    top = asked.values.get("top")
    return asked.index.table(
        list(queries), by=asked.values.get("by", ()), measures=measures, top=top,
        **asked.options("by", "measure", "top"),
    )  # fmt: skip


def _answer_over_time(asked: EndpointRequest) -> Json:
    measures = asked.values.get("measure") or ("share",)
    return asked.index.over_time(asked.query, measures=measures, **asked.options("measure"))


def _answer_kwic(asked: EndpointRequest) -> Json:
    return asked.index.kwic(asked.query, **asked.options())


def _answer_collocates(asked: EndpointRequest) -> Json:
    return asked.index.collocates(asked.query, **asked.options())


def _answer_keywords(asked: EndpointRequest) -> Json:
    return asked.index.keywords(asked.query, **asked.options())


def _answer_stories(asked: EndpointRequest) -> Json:
    return asked.index.stories(asked.query, **asked.options())


def _answer_coverage(asked: EndpointRequest) -> Json:
    return asked.index.coverage(asked.query, **asked.options())


def _answer_sample(asked: EndpointRequest) -> Json:
    return asked.index.sample(asked.query, **asked.options())


def _answer_export(asked: EndpointRequest) -> Export:
    format_, content = asked.values.get("format", "ndjson"), asked.values.get("content", "snippets")
    options = {
        name: value for name, value in asked.options("content").items() if name not in ("timeout", "stop")
    }
    return Export(
        asked.index, asked.query, format_, content, asked.limits, options, show_paths=asked.show_paths
    )


def _answer_receipt(asked: EndpointRequest) -> Json:
    return asked.index.receipt(asked.query, **asked.options())


class Fields(NamedTuple):
    """The fields of articles, then the own fields of the archive."""

    own: Sequence[ArticleField]

    def to_dict(self) -> dict[str, Any]:
        """Return a row for each field as JSON types."""
        fields = [(field, False) for field in ARTICLE_FIELDS] + [(field, True) for field in self.own]
        return {
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind,
                    "meaning": field.meaning,
                    "own": own,
                    "filter": bool(field.filter),
                    "in_query": field.in_query,
                    "facets": list(field.facets),
                }
                for field, own in fields
            ]
        }


class Words(NamedTuple):
    """The words that begin with a prefix."""

    words: Sequence[IndexWord]

    def to_dict(self) -> dict[str, Any]:
        """Return the words as JSON types."""
        return {"words": [word.to_dict() for word in self.words]}


def _answer_article_by_key(asked: EndpointRequest) -> Json:
    article = asked.index.article(key=asked.values["key"])
    return ArticleAnswer.of(asked.index, article)


def _answer_info(asked: EndpointRequest) -> Json:
    return asked.contents()


def _answer_searches(asked: EndpointRequest) -> Json:
    assert asked.alerts is not None, "the application gives each request the saved searches"
    return SearchList(tuple(listed_searches(asked.alerts())))


def _answer_saved_search(asked: EndpointRequest) -> Json:
    assert asked.alerts is not None, "the application gives each request the saved searches"
    return listed_search(asked.alerts(), asked.path["name"])


class TagsOfArticle(NamedTuple):
    """The id of an article, its tags, and the notes on it."""

    id: str
    said: ArticleTags

    def to_dict(self) -> dict[str, Any]:
        """Return them as JSON types."""
        return {"id": self.id, **self.said.to_dict()}


def _answer_tags(asked: EndpointRequest) -> Json:
    return asked.index.tags(**asked.values)


def _answer_tags_of_article(asked: EndpointRequest) -> Json:
    wanted = asked.path["id"]
    return TagsOfArticle(asked.index.id_of_tagged(wanted), asked.index.tags_of(wanted))


def _answer_commit(asked: EndpointRequest) -> Json:
    return asked.index.commit


def _answer_fields(asked: EndpointRequest) -> Json:
    return Fields(asked.index.own_fields)


def _answer_words(asked: EndpointRequest) -> Json:
    prefix, limit = asked.values.get("prefix", ""), asked.values.get("limit", 20)
    return Words(asked.index.words(prefix, limit, timeout=asked.limits.timeout, stop=asked.limits.stop))


def _answer_suggest(asked: EndpointRequest) -> Json:
    at = asked.values.get("at", len(asked.query))
    return asked.completer.suggestions(asked.index, asked.contents, asked.query, at, asked.limits)


def _number_parameter(name: str, text: str, default: int | None, least: int, most: int) -> Parameter:
    return Parameter(name, "number", f"{text} At most {most:,}.", default, least=least, most=most)


_MATCH = options_of(MatchOptions)
_LIMIT = next(one for one in options_of(SearchOptions) if one.name == "limit")
_OFFSET = next(one for one in options_of(SearchOptions) if one.name == "offset")
_REQUIRED_QUERY = QUERY._replace(text="The query, in the query language.", required=True)
_MEASURE = Parameter(
    "measure", "texts", "What is counted besides articles. Repeatable.", choices=MEASURES
)  # fmt: skip
_WORDS = (
    _number_parameter("min_count", "The smallest number of occurrences of a word.", 5, 1, 10**9),
    _number_parameter("min_articles", "The smallest number of articles with the word.", 1, 1, 10**9),
    _number_parameter("limit", "The largest number of words.", 50, 0, MAX_ANSWERED_WORDS),
    Parameter("all_words", "flag", "Function words too.", False),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/search", "A page of the articles that match, each with its best paragraph", (QUERY, *options_of(SearchOptions), FORMAT), "Results", _answer_search),
    Endpoint("/article/{id}", "An article, with the matches of a query if one is given", (QUERY, *options_of(HighlightOptions)), "Article", _answer_article),
    Endpoint("/story/{id}", "The versions of the story that an article tells, each compared with the first", (), "Story", _answer_story),
    Endpoint("/related/{id}", "Articles on the subject of an article", (*options_of(RelatedOptions), FORMAT), "Results", _answer_related),
    Endpoint("/neighbours", "The hits before and after a hit, and its place among all", (QUERY, Parameter("address", "text", "The address of the hit: `ID#3`.", required=True), *options_of(ScanOptions)), "Neighbours", _answer_neighbours),
    Endpoint("/count", "Counts by fields or over time, for one or several queries", (
        QUERY._replace(kind="texts", text=f"The query, or several, at most {MAX_QUERIES_AT_ONCE}."),
        Parameter("by", "texts", "A field, own field or unit of time; two for a cross table."),
        _MEASURE._replace(default="articles"),
        _number_parameter("top", "Values after this number are counted together.", None, 1, 10_000),
        *_MATCH, FORMAT), "Table", _answer_count),
    Endpoint("/over-time", "Counts over time, zeros included", (QUERY, Parameter("unit", "text", "The unit of time.", "auto", TIME_UNITS), _MEASURE._replace(default="share"), *_MATCH, FORMAT), "Series", _answer_over_time),
    Endpoint("/kwic", "The occurrences of a query, each between the words around it", (
        _REQUIRED_QUERY,
        _number_parameter("width", "Words of context on each side.", 10, 1, MAX_WIDTH),
        Parameter("sort", "text", "By article (`relevance`, `newest`, `oldest`), or by the words to the `left` or the `right`.", "relevance", LINE_SORTS),
        _number_parameter("limit", "The largest number of lines.", 50, 0, MAX_ANSWERED_LINES),
        _number_parameter("offset", "The number of lines to skip.", 0, 0, MAX_OFFSET),
        _number_parameter("sample", "Draw this number of occurrences at random.", None, 1, 10**9),
        _number_parameter("seed", "The number that chooses the sample.", None, 0, MAX_SEED),
        *_MATCH, FORMAT), "Concordance", _answer_kwic),
    Endpoint("/collocates", "The words near the matches of a query", (
        _REQUIRED_QUERY,
        _number_parameter("span", "Words on each side of a match that are near it.", 5, 1, 100),
        Parameter("measure", "text", "The measure of association.", "logdice", COLLOCATE_MEASURES),
        *_WORDS, *_MATCH, FORMAT), "Collocates", _answer_collocates),
    Endpoint("/keywords", "The words that distinguish the articles that match", (
        _REQUIRED_QUERY,
        Parameter("against", "text", "The query of the articles that they are compared with; all others if there is none."),
        Parameter("measure", "text", "The measure of the difference.", "ll", KEYWORD_MEASURES),
        *_WORDS, *_MATCH, FORMAT), "Keywords", _answer_keywords),
    Endpoint("/stories", "The stories that matching articles tell", (
        QUERY, Parameter("sort", "text", "The order.", "size", STORY_SORTS), _LIMIT, _OFFSET,
        _number_parameter("min_outlets", "Only stories of at least this number of outlets.", 0, 0, 10**9),
        *_MATCH, FORMAT), "StoryList", _answer_stories),
    Endpoint("/coverage", "The outlets that ran a story, and those that did not", (
        QUERY, Parameter("story", "text", "The id of an article: all articles of its story count."),
        Parameter("outlets", "texts", "The outlets that are expected. Repeatable."), *_MATCH, FORMAT), "Coverage", _answer_coverage),
    Endpoint("/sample", "A random sample of the articles that match, the same for the same content", (
        QUERY, _number_parameter("size", "The number of articles.", 100, 1, MAX_PAGE),
        _number_parameter("seed", "The number that chooses the sample.", 0, 0, MAX_SEED),
        Parameter("by", "text", "A field or unit of time that divides the articles into strata."),
        Parameter("equal", "flag", "The same number of each stratum, instead of its share.", False),
        Parameter("texts", "flag", "With the texts of the articles.", True), *_MATCH, FORMAT), "Sample", _answer_sample),
    Endpoint("/export", "All hits of a search as rows, sent while they are made", (
        QUERY, EXPORT_FORMAT,
        Parameter("content", "text", "What rows have: the paragraph and its snippet, its text alone, or only the fields of the article.", "snippets", HIT_CONTENTS),
        Parameter("after", "text", "The address of a hit, `ID#3`: the rows begin with the one that follows it."),
        *options_of(ScanOptions)), "Hit", _answer_export, streams=True),
    Endpoint("/article", "The article with a key, which its source gives it", (Parameter("key", "text", "The key.", required=True),), "Article", _answer_article_by_key, operation="article-by-key"),
    Endpoint("/info", "The contents of the archive in numbers", (), "Info", _answer_info, only_by_commit=False),
    Endpoint("/commit", "The state of the archive: it changes with each article that is added, changed or removed", (), "Commit", _answer_commit),
    Endpoint("/tags", "All tags, each with the number of its articles", (
        Parameter("contains", "text", "Only tags that contain this text. Case and accents make no difference."),
        Parameter("sort", "text", "By `name`, or those of most `articles` first.", "name", TAG_ORDERS),
        _number_parameter("limit", "The largest number of tags; all of them, unless given.", None, 0, MAX_LISTED_TAGS),
        _number_parameter("offset", "The number of tags to skip.", 0, 0, MAX_OFFSET)), "Tags", _answer_tags),
    Endpoint("/tags/{id}", "The tags of an article, and the notes on it", (), "TagsOfArticle", _answer_tags_of_article, operation="tags-of-article"),
    Endpoint("/searches", "The saved searches, and what their alerts have reported", (), "SavedSearches", _answer_searches, only_by_commit=False),
    Endpoint("/searches/{name}", "A saved search", (), "SavedSearch", _answer_saved_search, only_by_commit=False, operation="saved-search"),
    Endpoint("/fields", "The fields of articles, own fields of the archive included", (), "Fields", _answer_fields),
    Endpoint("/words", "The words that begin with a prefix, the most frequent first", (
        Parameter("prefix", "text", "The beginning of the words. Case and accents make no difference."),
        _number_parameter("limit", "The largest number of words.", 20, 0, 100)), "Words", _answer_words),
    Endpoint("/suggest", "Completions of the word under the cursor of a search box", (
        QUERY._replace(text="The text of the search box, finished or not."),
        _number_parameter("at", "The number of characters (code points) before the cursor; all of them, unless given.", None, 0, 10**9)),
        "Suggestions", _answer_suggest),
    Endpoint("/receipt", "What was asked, of which commit, and what was found", (QUERY, *_MATCH), "Receipt", _answer_receipt),
)  # fmt: skip
"""The endpoints that answer with one value, most of them of the public API."""
