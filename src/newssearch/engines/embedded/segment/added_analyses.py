"""The analyses of the articles of a segment, and the section that names those that other packages add.

A segment without such an analysis has no such section. The name states the language: see
:class:`newssearch.text.language_analysis.AddedName`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from newssearch.engines.embedded.storage.container import Array, Container, StringTable, string_sections
from newssearch.engines.sorted_sets import Mask
from newssearch.text.languages import ADDED

ADDED_ANALYSES = "analysis.added"
"""The section of the names."""


def added_sections(analyses: Iterable[str]) -> dict[str, Array]:
    """Return the sections that name those of some analyses that other packages add; none if there are no such ones."""
    names = sorted({name for name in analyses if ADDED in name})
    return string_sections(ADDED_ANALYSES, [name.encode() for name in names]) if names else {}


def read_added(container: Container) -> dict[str, str]:
    """Return the names of the analyses that other packages add, by language; none if the segment names none.

    Raises ValueError if one of them is not such a name, or two are of one language.
    """
    if ADDED_ANALYSES not in container:
        return {}
    from newssearch.text.language_analysis import AddedName  # only a segment with such an analysis needs it

    names = [name.decode() for name in StringTable(container, ADDED_ANALYSES).all()]
    found = {AddedName.parse(name).language: name for name in names}
    if len(found) < len(names):
        raise ValueError(f"two analyses of one language: {', '.join(names)}")
    return found


def articles_by_analysis(codes: Array, names: Sequence[str], live: Mask | None) -> dict[str, Mask | None]:
    """Return a mask of the articles of each analysis that live articles have, by its name.

    A mask has deleted articles, too; None instead of a mask if the analysis has all articles. ``codes`` has the number of
    the language of each article, ``names`` the analysis of each language, and ``live`` the live articles: None for all.
    """
    if len(set(names)) == 1:
        return {names[0]: None}
    found: dict[str, Mask | None] = {}
    for name in sorted(set(names)):
        mask = np.isin(codes, [code for code, other in enumerate(names) if other == name])
        if (mask if live is None else mask & live).any():
            found[name] = mask
    return found
