"""The classes that an index names on disk. This module is part of the format: it is never moved or renamed.

The table of contents of a Whoosh index pickles its schema and its segments, and a pickle names each class by its import
path. Whoosh imports these two from here when it opens an index; newssearch itself reads the table of contents without
importing anything that it names.
"""

from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.engines.embedded.whoosh_compat.schema import ArticleAnalyzer

__all__ = ["ArraySegment", "ArticleAnalyzer"]
