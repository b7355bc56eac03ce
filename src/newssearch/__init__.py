"""The public names of newssearch, a full-text search for news articles that ranks paragraphs and marks the matches.

>>> import newssearch, tempfile
>>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
...     report = index.add([newssearch.Article.create(title="Rain", text="It rained on Baghdad.", outlet="Example")])
...     [(hit.title, hit.snippet.markdown()) for hit in index.search("baghdad")]
[('Rain', 'It rained on **Baghdad**.')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from newssearch.updating.rebuilding import rebuild

    from . import query
    from .alerts.api import run_alerts, save_search, saved_searches
    from .alerts.reports import AlertReport, Delivery
    from .alerts.saved import SavedSearch
    from .article import Article, EarlierVersion, Paragraph, Place, Provenance, Rejected
    from .commit import Commit
    from .config import Config
    from .copying import copy
    from .corpus.concordance import Concordance, ConcordanceLine
    from .corpus.coverage import Coverage, OutletCoverage
    from .corpus.neighbours import Neighbours
    from .corpus.receipt import Receipt
    from .corpus.sample import Sample, SampledArticle, Stratum
    from .corpus.series import PeriodCount, Series
    from .corpus.stories import ListedStory, StoryList
    from .corpus.table import Table, TableCell, TableDimension, TableGroup, TableQuery
    from .corpus.time_span import TimeSpan
    from .corpus.words import Collocate, Collocates, CorpusSize, IndexWord, Keyword, Keywords
    from .engines.protocol import Contents
    from .errors import (
        AlertError,
        AnalyserError,
        ArticleConflictError,
        ArticleNotFoundError,
        ConfigError,
        HitNotFoundError,
        IndexCopyError,
        IndexDamagedError,
        IndexExistsError,
        IndexFolderError,
        IndexLockedError,
        IndexNotFoundError,
        IndexUnreachableError,
        IndexVersionError,
        IndexWriteError,
        NewssearchError,
        NoteChangedError,
        OwnFieldError,
        QueryError,
        ReceiptError,
        SavedSearchError,
        SearchStoppedError,
        TagError,
        TagFileError,
    )
    from .facets import Facet, FacetValue, FacetValues
    from .filters import NONE
    from .index import Index, create, open_or_create
    from .index import open_index as open  # noqa: A004  (newssearch.open reads as what it does)
    from .index.scanning import Scan
    from .info import IndexInfo
    from .integrity import salvage, verify
    from .limits import Limits
    from .notes import Note
    from .query import Diagnostic, Query, parse
    from .readers import ReadOptions
    from .reports import (
        CopyReport,
        ExportReport,
        IndexReport,
        Leftover,
        Problem,
        Progress,
        Removal,
        ReviewReport,
        Salvage,
        Verification,
    )
    from .request import Request
    from .results import Clause, Copy, DateCounts, Explanation, Hit, Rank, Results, TermScore
    from .sharding import Sharding
    from .snippet import Snippet
    from .story import Change, Edit, Story, Version
    from .tags.counts import TagCount, TagCounts, TagMerge
    from .tags.state import ArticleTags, TagChange, TagReport
    from .text.language_analysis import LanguageAnalysis
    from .text.partial_dates import PartialDate

__all__ = [
    "AlertError",
    "AlertReport",
    "AnalyserError",
    "Article",
    "ArticleConflictError",
    "ArticleNotFoundError",
    "ArticleTags",
    "Change",
    "Clause",
    "Collocate",
    "Collocates",
    "Commit",
    "Concordance",
    "ConcordanceLine",
    "Config",
    "ConfigError",
    "Contents",
    "Copy",
    "CopyReport",
    "CorpusSize",
    "Coverage",
    "DateCounts",
    "Delivery",
    "Diagnostic",
    "EarlierVersion",
    "Edit",
    "Explanation",
    "ExportReport",
    "Facet",
    "FacetValue",
    "FacetValues",
    "Hit",
    "HitNotFoundError",
    "Index",
    "IndexCopyError",
    "IndexDamagedError",
    "IndexExistsError",
    "IndexFolderError",
    "IndexInfo",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexReport",
    "IndexUnreachableError",
    "IndexVersionError",
    "IndexWord",
    "IndexWriteError",
    "Keyword",
    "Keywords",
    "LanguageAnalysis",
    "Leftover",
    "Limits",
    "ListedStory",
    "NONE",
    "Neighbours",
    "NewssearchError",
    "Note",
    "NoteChangedError",
    "OutletCoverage",
    "OwnFieldError",
    "Paragraph",
    "PartialDate",
    "PeriodCount",
    "Place",
    "Problem",
    "Progress",
    "Provenance",
    "Query",
    "QueryError",
    "Rank",
    "ReadOptions",
    "Receipt",
    "ReceiptError",
    "Rejected",
    "Removal",
    "Request",
    "Results",
    "ReviewReport",
    "Salvage",
    "Sample",
    "SampledArticle",
    "SavedSearch",
    "SavedSearchError",
    "Scan",
    "SearchStoppedError",
    "Series",
    "Sharding",
    "Snippet",
    "Story",
    "StoryList",
    "Stratum",
    "Table",
    "TableCell",
    "TableDimension",
    "TableGroup",
    "TableQuery",
    "TagChange",
    "TagCount",
    "TagCounts",
    "TagError",
    "TagFileError",
    "TagMerge",
    "TagReport",
    "TermScore",
    "TimeSpan",
    "Verification",
    "Version",
    "__version__",
    "copy",
    "create",
    "open",
    "open_or_create",
    "parse",
    "query",
    "rebuild",
    "run_alerts",
    "salvage",
    "save_search",
    "saved_searches",
    "verify",
]

_NAMES_BY_MODULE = {
    "alerts.api": ("run_alerts", "save_search", "saved_searches"),
    "alerts.reports": ("AlertReport", "Delivery"),
    "alerts.saved": ("SavedSearch",),
    "corpus.time_span": ("TimeSpan",),
    "corpus.coverage": (
        "Coverage",
        "OutletCoverage",
    ),
    "corpus.stories": (
        "ListedStory",
        "StoryList",
    ),
    "article": ("Article", "EarlierVersion", "Paragraph", "Place", "Provenance", "Rejected"),
    "copying": ("copy",),
    "integrity": ("salvage", "verify"),
    "commit": ("Commit",),
    "config": ("Config",),
    "corpus.neighbours": ("Neighbours",),
    "corpus.sample": ("Sample", "SampledArticle", "Stratum"),
    "corpus.receipt": ("Receipt",),
    "corpus.concordance": ("Concordance", "ConcordanceLine"),
    "corpus.words": ("Collocate", "Collocates", "CorpusSize", "IndexWord", "Keyword", "Keywords"),
    "corpus.series": ("PeriodCount", "Series"),
    "corpus.table": ("Table", "TableCell", "TableDimension", "TableGroup", "TableQuery"),
    "engines.protocol": ("Contents",),
    "errors": (
        "AlertError",
        "AnalyserError",
        "ArticleConflictError",
        "ArticleNotFoundError",
        "ConfigError",
        "HitNotFoundError",
        "IndexCopyError",
        "IndexDamagedError",
        "IndexExistsError",
        "IndexFolderError",
        "IndexLockedError",
        "IndexNotFoundError",
        "IndexUnreachableError",
        "IndexVersionError",
        "IndexWriteError",
        "NewssearchError",
        "NoteChangedError",
        "OwnFieldError",
        "QueryError",
        "ReceiptError",
        "SavedSearchError",
        "SearchStoppedError",
        "TagError",
        "TagFileError",
    ),
    "facets": ("Facet", "FacetValue", "FacetValues"),
    "filters": ("NONE",),
    "index": ("Index", "create", "open", "open_or_create"),
    "index.scanning": ("Scan",),
    "info": ("IndexInfo",),
    "limits": ("Limits",),
    "sharding": ("Sharding",),
    "query": ("Diagnostic", "Query", "parse"),
    "readers": ("ReadOptions",),
    "updating.rebuilding": ("rebuild",),
    "request": ("Request",),
    "tags.counts": ("TagCount", "TagCounts", "TagMerge"),
    "notes": ("Note",),
    "tags.state": ("ArticleTags", "TagChange", "TagReport"),
    "results": (
        "Clause",
        "Copy",
        "DateCounts",
        "Explanation",
        "Hit",
        "Rank",
        "Results",
        "TermScore",
    ),
    "snippet": ("Snippet",),
    "story": ("Change", "Edit", "Story", "Version"),
    "text.language_analysis": ("LanguageAnalysis",),
    "text.partial_dates": ("PartialDate",),
    "reports": (
        "CopyReport",
        "ExportReport",
        "IndexReport",
        "Leftover",
        "Problem",
        "Progress",
        "Removal",
        "ReviewReport",
        "Salvage",
        "Verification",
    ),
}
"""The public names that each module defines. A module is imported when one of its names is first used."""


if not TYPE_CHECKING:  # with __getattr__, a type checker would accept any attribute of this package

    def __getattr__(name: str) -> object:
        if name == "query":
            return import_module(f"{__name__}.query")
        module = next((module for module, names in _NAMES_BY_MODULE.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), "open_index" if name == "open" else name)
        return globals().setdefault(name, value)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
