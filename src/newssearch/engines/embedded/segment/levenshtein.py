"""Finding the words within a Levenshtein distance of a word, by array operations over all words at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Mask


def within_distance(word: str, letters: NDArray[np.uint32], sizes: Array, edits: int) -> Mask:
    """Return a mask of the words within ``edits`` insertions, deletions or substitutions of ``word``.

    Each row of ``letters`` has the code points of a word, and ``sizes`` has the number of them. The distance is that of
    Levenshtein (1966). Of each row of its matrix, only the ``2 * edits + 1`` entries that can be small enough are
    computed, for all words at once.

    >>> letters = np.array([[ord(c) for c in word] for word in ("austen", "boston", "austin")], np.uint32)
    >>> within_distance("austin", letters, np.array([6, 6, 6]), 1).tolist()
    [True, False, True]
    """
    rows, width = letters.shape
    beyond = np.uint8(edits + 1)
    band = 2 * edits + 1  # entry k of a row compares with a prefix that is k - edits letters longer
    before = [
        np.full(rows, min(max(k - edits, 0), beyond) if k >= edits else beyond, np.uint8) for k in range(band)
    ]
    nowhere = np.full(rows, beyond, np.uint8)
    for i, letter in enumerate(word, start=1):
        now: list[NDArray[np.uint8]] = []
        for k in range(band):
            j = i + k - edits
            if j < 0 or j > width:
                now.append(nowhere)
                continue
            if j == 0:
                now.append(np.full(rows, min(i, beyond), np.uint8))
                continue
            fewest = before[k] + (letters[:, j - 1] != ord(letter))
            if k + 1 < band:
                fewest = np.minimum(fewest, before[k + 1] + np.uint8(1))
            if k:
                fewest = np.minimum(fewest, now[k - 1] + np.uint8(1))
            now.append(np.minimum(fewest, beyond))
        before = now
    columns = sizes.astype(np.int64) - len(word) + edits
    within = (columns >= 0) & (columns < band)
    distances = np.stack(before)[np.where(within, columns, 0), np.arange(rows)]
    return np.asarray(within & (distances <= edits), np.bool_)
