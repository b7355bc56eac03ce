"""The query language: parses a string into a syntax tree, with diagnostics about anything that looks odd.

A program can also build a tree from its node classes, or turn user input into plain words with :func:`words`.
"""

from newssearch.fields import VALUE_FIELDS

from .conditions import condition
from .correcting import corrected_text, with_corrections
from .diagnostics import Diagnostic
from .expanding import Expanded, WeightedWord, expanded
from .fieldnames import unknown_field
from .joining import all_of, any_of
from .leaf_parser import MAX_CLAUSES
from .leaves import AnyWord, Caps, Exact, Fuzzy, Name, PatternPhrase, Phrase, Regex, Wildcard, Word
from .node import NOWHERE, Span
from .parser import GRAMMAR_VERSION, MAX_LENGTH, Query, literal, parse, words
from .relaxing import Relaxed, relaxed
from .rewriting import (
    MAX_DEPTH,
    depth,
    has_tags,
    of_any_date,
    side_by_side,
    with_dates,
    with_spellings,
    with_tags,
)
from .tree import (
    LEAD,
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Region,
    Same,
    Synonyms,
    Tagged,
    Undated,
    Within,
)
from .walking import LeafUse, has_everything, is_word, leaves, names_in, narrower, scored_leaves
from .widening import Widened, widened

__all__ = [
    "GRAMMAR_VERSION",
    "LEAD",
    "MAX_CLAUSES",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "NOWHERE",
    "VALUE_FIELDS",
    "And",
    "AnyWord",
    "AtLeast",
    "Boost",
    "Caps",
    "Dated",
    "Diagnostic",
    "Everything",
    "Expanded",
    "Exact",
    "Field",
    "Fuzzy",
    "Leaf",
    "Name",
    "Near",
    "Node",
    "Not",
    "Or",
    "PatternPhrase",
    "Phrase",
    "Query",
    "Regex",
    "Region",
    "Relaxed",
    "Same",
    "Span",
    "Synonyms",
    "Tagged",
    "Undated",
    "WeightedWord",
    "LeafUse",
    "Widened",
    "Wildcard",
    "Within",
    "Word",
    "all_of",
    "any_of",
    "condition",
    "corrected_text",
    "depth",
    "expanded",
    "has_everything",
    "has_tags",
    "is_word",
    "leaves",
    "literal",
    "names_in",
    "narrower",
    "of_any_date",
    "parse",
    "relaxed",
    "scored_leaves",
    "side_by_side",
    "unknown_field",
    "widened",
    "with_corrections",
    "with_dates",
    "with_spellings",
    "with_tags",
    "words",
]
