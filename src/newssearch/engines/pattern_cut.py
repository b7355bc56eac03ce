"""The cut of patterns that match many words. Every engine keeps the same words, and reports the cut.

The *forms* of a pattern are the folded words that it matches. If there are more than :data:`MAX_FORMS`, those in the
most paragraphs are kept (for headlines, those in the most headlines); ties are broken by code points. Removed
articles do not count. A pattern that compares spellings, as in ``caps(A*)``, is cut before spellings are compared.
"""

from __future__ import annotations

from newssearch.query import Diagnostic, Fuzzy, Regex, Wildcard

MAX_FORMS = 1_000
"""The largest number of folded words that a pattern matches in texts, and in headlines."""


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
