"""The part of a paragraph that is shown, for each destination: terminals, HTML pages, Markdown documents, plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from newssearch.display.brief import brief, many, quoted
from newssearch.system.late_dataclass import dataclass

from .display import escape


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a paragraph that is shown, with the offsets of the matching words.

    ``text`` is ``paragraph[start:start + len(text)]``. ``highlights`` are pairs of offsets into ``text`` in characters,
    end excluded, ascending and not adjacent. ``cut_before`` and ``cut_after`` say whether the paragraph has more text
    there.
    """

    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    start: int = 0
    cut_before: bool = False
    cut_after: bool = False

    def parts(self) -> Iterator[tuple[str, bool]]:
        """Yield the pieces of the text in order, with an ellipsis where it is cut, and whether each is highlighted."""
        at = 0
        if self.cut_before:
            yield "… ", False
        for start, end in self.highlights:
            if start > at:
                yield self.text[at:start], False
            yield self.text[start:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False
        if self.cut_after:
            yield " …", False

    def html(self) -> str:
        """Return the snippet as HTML, escaped, with highlights in ``<mark>``.

        >>> Snippet("AT&T sued", ((0, 4),)).html()
        '<mark>AT&amp;T</mark> sued'
        """
        return self._marked(escape.html, "<mark>", "</mark>")

    def ansi(self) -> str:
        """Return the snippet for a terminal, with control characters made harmless and highlights bold."""
        return self._marked(escape.terminal, "\x1b[1m", "\x1b[22m")

    def markdown(self) -> str:
        """Return the snippet as Markdown, escaped, with highlights between ``**``."""
        return self._marked(escape.markdown, "**", "**")

    def _marked(self, escaped: Callable[[str], str], before: str, after: str) -> str:
        text = self.text
        shown = ["… "] if self.cut_before else []
        at = 0
        for start, end in self.highlights:
            shown += (escaped(text[at:start]), before, escaped(text[start:end]), after)
            at = end
        shown.append(escaped(text[at:]))
        if self.cut_after:
            shown.append(" …")
        return "".join(shown)

    def plain(self) -> str:
        """Return the snippet as text on one line, with an ellipsis where it is cut, without highlights."""
        return "".join(escape.terminal(t) for t, _ in self.parts())

    def __repr__(self) -> str:
        return brief(self, quoted(self.text), f"with {many(len(self.highlights), 'highlight')}")

    def to_dict(self) -> dict[str, object]:
        """Return the snippet as JSON types."""
        return {
            "text": self.text,
            "highlights": [list(span) for span in self.highlights],
            "start": self.start,
            "cut_before": self.cut_before,
            "cut_after": self.cut_after,
        }
