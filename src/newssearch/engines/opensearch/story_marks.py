"""How a document says what other articles decide of its own: its story, its boilerplate, what earlier articles have."""

from __future__ import annotations

from typing import Any

from .outline import outline_of
from .sampled_article import StoryMarks


def mark(document: dict[str, Any], marks: StoryMarks) -> None:
    """Mark a document as :func:`.documents.document_of` returns it, and complete it with its outline.

    Boilerplate has no weight, and no hit shows it. The first paragraph with weight stands in for an article none of
    whose paragraphs may be shown.
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
        del one["number"], one["hidden"]  # which no query asks for
