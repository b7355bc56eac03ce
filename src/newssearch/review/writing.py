"""Writes a press review to a stream, in its format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from .content import Review, ReviewedArticle
from .document import write_docx
from .markdown import markdown_parts
from .page import html_parts
from .typeset import write_pdf


def write_review(stream: BinaryIO, name: str, review: Review, articles: Iterator[ReviewedArticle]) -> None:
    """Write a press review in a format of :data:`~newssearch.review.plan.REVIEW_FORMATS`.

    ``articles`` are those of its contents, in this order.
    """
    if name == "docx":
        write_docx(stream, review, articles)
        return
    if name == "pdf":
        write_pdf(stream, review, articles)
        return
    parts = html_parts if name == "html" else markdown_parts
    for part in parts(review, articles):
        stream.write(part.encode("utf-8", "backslashreplace"))
