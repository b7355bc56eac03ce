"""The words of texts as numbers assigned by a lexicon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.sorted_sets import Ints

Numbers = NDArray[np.uint32]


class Tokens(NamedTuple):
    """The words of several consecutive texts.

    ``words`` holds their numbers in the lexicon, ``sizes`` the number of words of each text, and ``breaks`` the
    indices in ``words`` at which a sentence begins inside a text, ascending. ``compounds`` holds the indices in
    ``words`` at which compounds begin, ascending, and ``keys`` the number of each compound in
    :attr:`~indexing.lexicon.WordTable.compounds`.
    """

    words: Numbers
    sizes: Ints
    breaks: Ints
    compounds: Ints
    keys: Numbers
