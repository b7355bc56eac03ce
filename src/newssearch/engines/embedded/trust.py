"""What a table of contents may name before Whoosh is let near it.

It is a pickle, and unpickling can call whatever it names. This reads it with an unpickler that knows the classes of an
index of ours and no others. The postings and stored fields of Whoosh's own segments are pickles too, which are not
looked at: an index from a stranger can still do harm when it is searched.
"""

from __future__ import annotations

import io
import pickle
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

from ...errors import IndexDamagedError

KNOWN = frozenset(
    {
        ("__builtin__", "long"),
        ("builtins", "int"),
        ("builtins", "set"),
        ("__builtin__", "set"),
        ("collections", "defaultdict"),
        ("newssearch.engines.embedded.codec", "ArraySegment"),
        ("newssearch.engines.embedded.schema", "ArticleAnalyzer"),
        ("re", "_compile"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.analysis.tokenizers", "RegexTokenizer"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.columns", "VarBytesColumn"),
        ("whoosh.fields", "DATETIME"),
        ("whoosh.fields", "ID"),
        ("whoosh.fields", "KEYWORD"),
        ("whoosh.fields", "NUMERIC"),
        ("whoosh.fields", "STORED"),
        ("whoosh.fields", "Schema"),
        ("whoosh.fields", "TEXT"),
        ("whoosh.formats", "Existence"),
        ("whoosh.formats", "Frequency"),
        ("whoosh.formats", "Positions"),
    }
)
"""All that an index of ours names."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no index of ours does")
        return super().find_class(module, name)


def check_toc(folder: Path) -> None:
    """Read the newest table of contents in ``folder`` as Whoosh does, but trusting nothing in it.

    Raises :class:`~newssearch.IndexDamagedError` where it names what it should not; other damage is left to Whoosh.
    """
    storage = FileStorage(str(folder), readonly=True)
    stream = storage.open_file(TOC._filename("MAIN", TOC._latest_generation(storage, "MAIN")))
    try:
        for _ in range(3):
            stream.read_varint()
        stream.read_int(), stream.read_int()
        for _ in range(3):
            stream.read_varint()
        schema = stream.read_string()
        stream.read_int(), stream.read_int()
        for content in (schema, stream.read()):
            _Unpickler(io.BytesIO(content)).load()
    except pickle.UnpicklingError as error:
        raise IndexDamagedError(
            f"{folder}: the table of contents is not to be trusted: {error}", folder
        ) from error
    finally:
        stream.close()
