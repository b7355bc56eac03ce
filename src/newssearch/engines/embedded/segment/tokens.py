"""The words of texts as numbers: what a lexicon makes of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.sorted_sets import Ints

Numbers = NDArray[np.uint32]


class Tokens(NamedTuple):
    """The words of some texts, one behind the other.

    ``words`` are their numbers in the lexicon, ``sizes`` how many each text has, and ``breaks`` the places in
    ``words`` where a sentence begins inside a text, ascending. ``compounds`` are the places where some begin that are
    joined or parted, ascending, and ``keys`` the numbers of what they are then in :attr:`Words.compounds`.
    """

    words: Numbers
    sizes: Ints
    breaks: Ints
    compounds: Ints
    keys: Numbers
