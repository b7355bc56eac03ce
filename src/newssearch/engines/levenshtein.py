"""Finding the words within an edit distance of a word, by array operations over all words at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .sorted_sets import Array


def distances_of(word: str, others: Sequence[str], edits: int, *, transpositions: bool = False) -> list[int]:
    """Return the edit distance of each of the other words from ``word``: see :func:`distances`.

    >>> distances_of("austin", ["austen", "boston"], 2)
    [1, 3]
    """
    most = len(word) + edits + 1  # a longer word is too far away
    letters = np.array([other[:most] for other in others], f"U{most}").view(np.uint32)
    sizes = np.array([len(other) for other in others], np.int64)
    table = letters.reshape(len(others), most)
    found: list[int] = distances(word, table, sizes, edits, transpositions=transpositions).tolist()
    return found


def distances(
    word: str, letters: NDArray[np.uint32], sizes: Array, edits: int, *, transpositions: bool = False
) -> NDArray[np.uint8]:
    """Return the edit distance of each word from ``word``, or ``edits + 1`` if it is larger than ``edits``.

    Each row of ``letters`` has the code points of a word, and ``sizes`` has the number of them. The distance is that of
    Levenshtein (1966). With ``transpositions``, an exchange of two adjacent letters is one edit (Damerau 1964), and no
    letter is edited twice. Of each row of the matrix, only the ``2 * edits + 1`` entries that can be small enough are
    computed, for all words at once.

    >>> letters = np.array([[ord(c) for c in word] for word in ("austen", "boston", "autsin")], np.uint32)
    >>> distances("austin", letters, np.array([6, 6, 6]), 2).tolist()
    [1, 3, 2]
    >>> distances("austin", letters, np.array([6, 6, 6]), 2, transpositions=True).tolist()
    [1, 3, 1]
    """
    beyond = np.uint8(edits + 1)
    found = np.full(len(letters), beyond, np.uint8)
    kept = np.arange(len(letters))  # the words that are not yet too far away
    band = 2 * edits + 1  # entry k of a row compares with a prefix that is k - edits letters longer
    before = np.full((band, len(letters)), beyond, np.uint8)
    before[edits:] = np.minimum(np.arange(edits + 1), beyond)[:, None]
    earlier = before
    for i, letter in enumerate(word, start=1):
        if i > edits + 2:  # before that, no word can be too far in both rows
            near = np.minimum(before.min(0), earlier.min(0)) <= edits
            if np.count_nonzero(near) * 2 < len(kept):
                letters, kept, before, earlier = letters[near], kept[near], before[:, near], earlier[:, near]
        earlier, before = (
            before,
            _matrix_row(word, i, letter, letters, before, earlier if transpositions else None),
        )
    columns = sizes[kept].astype(np.int64) - len(word) + edits
    within = np.flatnonzero((columns >= 0) & (columns < band))
    found[kept[within]] = before[columns[within], within]
    return found


def _matrix_row(
    word: str,
    i: int,
    letter: str,
    letters: NDArray[np.uint32],
    before: NDArray[np.uint8],
    earlier: NDArray[np.uint8] | None,
) -> NDArray[np.uint8]:
    """Return row ``i`` of the matrix, whose ``letter`` is the i-th of ``word``, for all words at once.

    ``before`` is the row before it. ``earlier`` is the one before that if exchanges of two letters are edits.
    """
    band, edits = len(before), len(before) // 2
    beyond = np.uint8(edits + 1)
    width = letters.shape[1]
    now = np.full(before.shape, beyond, np.uint8)
    for k in range(band):
        j = i + k - edits
        if j < 0 or j > width:
            continue
        if j == 0:
            now[k] = np.uint8(min(i, edits + 1))
            continue
        fewest = before[k] + (letters[:, j - 1] != ord(letter))
        if k + 1 < band:
            np.minimum(fewest, before[k + 1] + np.uint8(1), out=fewest)
        if k:
            np.minimum(fewest, now[k - 1] + np.uint8(1), out=fewest)
        if earlier is not None and i > 1 and j > 1:
            exchanged = (letters[:, j - 1] == ord(word[i - 2])) & (letters[:, j - 2] == ord(letter))
            at = np.flatnonzero(exchanged)
            fewest[at] = np.minimum(fewest[at], earlier[k, at] + np.uint8(1))
        np.minimum(fewest, beyond, out=now[k])
    return now
