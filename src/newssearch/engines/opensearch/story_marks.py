"""Stores in a document the values that depend on other articles: its story, its boilerplate, its redundant paragraphs."""

from __future__ import annotations

from typing import Any

from .outline import outline_of
from .sampled_article import StoryMarks


def mark(document: dict[str, Any], marks: StoryMarks) -> None:
    """Add the marks and the outline to a document from :func:`.documents.document_of`.

    Boilerplate has no weight, and no hit shows it. If no paragraph of an article may be shown, its first weighted
    paragraph represents it.
    """
    if marks.story:
        document["story"] = marks.story
    document["sampled"].update(
        counted=marks.counted, boilerplate=list(marks.boilerplate), redundant=list(marks.redundant)
    )
    paragraphs = document["paragraphs"]
    for index in marks.boilerplate:
        paragraphs[index]["weight"], paragraphs[index]["hidden"] = False, True
    for index in marks.redundant:
        paragraphs[index]["novel"] = False
    for one in paragraphs:
        one.pop("stand_in", None)
    next((one for one in paragraphs if one["weight"]), paragraphs[0])["stand_in"] = True
    document["counted_words"] = sum(one["words"] for one in paragraphs if one["weight"])
    document["outline"] = outline_of(paragraphs)
    for one in paragraphs:
        del one["number"], one["hidden"]  # no query uses them
