"""Full-text search over news articles: paragraphs with their metadata, ranked and highlighted.

>>> import newssearch, tempfile
>>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
...     report = index.add([newssearch.Article.create(title="Rain", text="It rained on Baghdad.", outlet="Example")])
...     [(hit.title, hit.snippet.markdown()) for hit in index.search("baghdad")]
[('Rain', 'It rained on **Baghdad**.')]
"""

from . import query
from ._version import __version__
from .article import Article, Paragraph, Provenance, Rejected
from .engines import Contents
from .errors import (
    ArticleNotFoundError,
    IndexDamagedError,
    IndexExistsError,
    IndexFolderError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
    NewssearchError,
    QueryError,
)
from .index import Index, IndexInfo, create, open_or_create, rebuild
from .index import open_index as open  # noqa: A004  (newssearch.open reads as what it does)
from .indexing import IndexReport, Progress
from .query import Diagnostic, Query, parse
from .readers import ReadOptions
from .results import Clause, FacetValue, Hit, Rank, Results, Snippet

__all__ = [
    "Article",
    "ArticleNotFoundError",
    "Clause",
    "Contents",
    "Diagnostic",
    "FacetValue",
    "Hit",
    "Index",
    "IndexDamagedError",
    "IndexExistsError",
    "IndexFolderError",
    "IndexInfo",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexReport",
    "IndexVersionError",
    "NewssearchError",
    "Paragraph",
    "Progress",
    "Provenance",
    "Query",
    "QueryError",
    "Rank",
    "ReadOptions",
    "Rejected",
    "Results",
    "Snippet",
    "__version__",
    "create",
    "open",
    "open_or_create",
    "parse",
    "query",
    "rebuild",
]
