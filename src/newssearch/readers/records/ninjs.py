"""The dialect ninjs, the IPTC standard for news in JSON, versions 1 to 3, as agencies and their systems write it."""

from __future__ import annotations

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft

from .json_values import (
    FROM_SUMMARY,
    RecordText,
    RecordValues,
    first,
    html_blocks,
    inner,
    listed_names,
    objects,
    plain_headline,
    string,
    without_by,
)

SKIPPED_NINJS_TYPES = {
    "picture": "pictures", "photo": "pictures", "image": "pictures", "graphic": "graphics", "animation": "graphics",
    "video": "videos", "audio": "audio", "event": "events", "planning": "plans",
}  # fmt: skip
"""The kinds under which reports count skipped ninjs items, keyed by the type of the item.

Such items are skipped even if they have a caption or a title.
"""

NINJS_TYPES = frozenset(SKIPPED_NINJS_TYPES) | {"text", "composite", "component", "story"}

NINJS_KEYS = frozenset(
    "versioncreated firstcreated headlines bodies pubstatus usageterms copyrightnotice copyrightholder infosources"
    " renditions associations bodyxhtml descriptiontext ednote rightsinfo embargoed slugline".split()
)
"""The keys by which a ninjs item is recognised, in normal form; other records have at most one of them."""

FROM_COPYRIGHT_HOLDER = Provenance("inferred", "the holder of the copyright")
FROM_VERSION = Provenance("stated", "when this version was made")


def is_ninjs(values: RecordValues) -> bool:
    """Whether a record is a ninjs item."""
    if inner(values.get("standard"), "name") == "ninjs":
        return True
    if not ("uri" in values or "guid" in values):
        return False
    kind = values.get("type")
    return len(NINJS_KEYS.intersection(values)) > 1 or (isinstance(kind, str) and kind in NINJS_TYPES)


def fill_from_ninjs(values: RecordValues, draft: Draft) -> str | None:
    """Fill the draft of a ninjs item. Return None, or the kind under which reports count an item that is no article."""
    kind = values.pop("type", None)
    if isinstance(kind, str) and kind in SKIPPED_NINJS_TYPES:
        return SKIPPED_NINJS_TYPES[kind]
    if values.get("pubstatus") in ("canceled", "cancelled"):
        return "cancelled items"
    draft.claim_key(first(values, "guid", "uri"), "guid", of_outlet=True)
    _claim_title(values, draft)
    draft.text, draft.text_provenance = _ninjs_text(values)
    if not draft.text:
        draft.text, draft.text_provenance = _description(values), FROM_SUMMARY
    draft.claim("date", values.pop("firstcreated", None))
    draft.claim("date", values.pop("contentcreated", None))
    draft.claim("date", values.pop("versioncreated", None), FROM_VERSION)
    draft.claim("byline", without_by(string(values.pop("byline", None)) or string(values.pop("by", None))))
    draft.claim(
        "byline", [name for author in objects(values.pop("authors", None)) if (name := first(author, "name"))]
    )
    draft.claim("source", listed_names(values.pop("source", None)))
    for name in ("infosources", "infosource"):
        draft.claim("source", listed_names(values.pop(name, None)))
    draft.claim("outlet", listed_names(values.pop("provider", None)))
    draft.claim("outlet", listed_names(values.pop("copyrightholder", None)), FROM_COPYRIGHT_HOLDER)
    draft.claim("located", listed_names(values.pop("located", None)))
    draft.claim("located", inner(values.pop("datelinelocation", None), "city"))
    values.pop("place", None)  # a list of the places that the article is about
    for name in ("service", "subjects", "subject"):
        draft.claim("section", listed_names(values.pop(name, None))[:1])
    return None


def _claim_title(values: RecordValues, draft: Draft) -> None:
    """Claim the headlines of an item, but not its ``title``, which only names the item in lists."""
    of_role = {str(item.get("role")): item for item in reversed(objects(values.pop("headlines", None)))}
    main = of_role.pop("main", None)
    for item in ([main] if main else []) + list(reversed(of_role.values())):
        draft.claim("title", plain_headline(item.get("value")))
    draft.claim("title", plain_headline(values.pop("headline", None)))
    for name in sorted(values):
        if name.startswith("headline"):
            draft.claim("title", plain_headline(values.pop(name)))


def _ninjs_text(values: RecordValues) -> tuple[RecordText, Provenance]:
    """Return the text of the main body and its provenance; the HTML form is preferred, because it has paragraphs."""
    stated = Provenance("stated")
    bodies = objects(values.pop("bodies", None))
    bodies.sort(
        key=lambda body: (body.get("role") not in (None, "main"), "html" not in str(body.get("contenttype")))
    )
    for body in bodies:
        if text := _ninjs_body(body.get("value"), "html" in str(body.get("contenttype"))):
            return text, stated
    names = sorted((name for name in values if name.startswith("body")), key=lambda name: "html" not in name)
    for name in names:
        if text := _ninjs_body(values.pop(name), "html" in name):
            return text, stated
    return "", stated


def _description(values: RecordValues) -> RecordText:
    for item in objects(values.pop("descriptions", None)):
        if text := _ninjs_body(item.get("value"), "html" in str(item.get("contenttype"))):
            return text
    for name in sorted(
        (n for n in values if n.startswith("description")), key=lambda name: "html" not in name
    ):
        if "credit" not in name and (text := _ninjs_body(values.pop(name), "html" in name)):
            return text
    return ""


def _ninjs_body(value: object, is_html: bool) -> RecordText:
    return html_blocks(value) if is_html else string(value) or ""
