"""The two classes that an index names on disk. This module is part of the format on disk: it is never moved or renamed.

The table of contents of a Whoosh index is a pickle of its schema and its segments, which names each class by its import
path. Whoosh imports these classes from this module when it opens an index. newssearch itself reads the table of
contents without importing any class that the pickle names.
"""

from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.engines.embedded.whoosh_compat.schema import ArticleAnalyzer

__all__ = ["ArraySegment", "ArticleAnalyzer"]
