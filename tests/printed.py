"""Press reviews as PDF, for the tests that read their pages."""

from __future__ import annotations

import io
from typing import Any

import pytest

from newssearch import Index


def pdf(index: Index, query: str, **options: Any) -> Any:
    """Return a press review as a reader of pypdf."""
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    stream = io.BytesIO()
    index.review(query, stream, format="pdf", **options)
    return pypdf.PdfReader(stream)
