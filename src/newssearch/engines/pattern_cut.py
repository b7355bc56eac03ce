"""The cut of patterns that match many words: each engine looks for the same ones, and says so.

The *forms* of a pattern are the folded words that it matches. Of more than :data:`MAX_FORMS`, those are kept that are in the
most paragraphs (in the most headlines, for matches in headlines), and of equally frequent ones those first in the order of
code points. Removed articles do not count. A pattern that is compared as written, as in ``caps(A*)``, is cut before that.
"""

from __future__ import annotations

from newssearch.query import Diagnostic, Fuzzy, Regex, Wildcard

MAX_FORMS = 1_000
"""The largest number of folded words that a pattern stands for in texts, and in headlines."""


def note_on_cut(node: Wildcard | Fuzzy | Regex) -> Diagnostic:
    """Return the note that says that a pattern was cut.

    >>> note_on_cut(Wildcard("a*")).message
    'a* stands for more than 1,000 words: the 1,000 in most paragraphs (in most headlines, for matches there) were looked for'
    """
    message = (
        f"{node} stands for more than {MAX_FORMS:,} words:"
        f" the {MAX_FORMS:,} in most paragraphs (in most headlines, for matches there) were looked for"
    )
    return Diagnostic("expansion", message, node.span, "make it longer")
