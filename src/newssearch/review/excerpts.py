"""Which paragraphs of an article a press review has."""

from __future__ import annotations

from collections.abc import Mapping

from newssearch.article import Article, Paragraph
from newssearch.extra import shown
from newssearch.lead import Role, lead, role_of
from newssearch.system.lazy_regex import Pattern

LONGEST_EXCERPT = 1_200
"""A paragraph of an excerpt that has more characters is cut to the part around its matches."""
MAX_RIGHTS = 300
"""The largest number of characters of a line on rights."""
_RIGHTS_LINE = Pattern(
    r"\s*(?:©|\(c\)\s*\d{4}|copyright\b\W{0,3}(?:©|\(c\)|\d{4}|by\b))", 2
)  # 2: without regard to case
_OWN_RIGHTS = ("copyright", "copyrightnotice", "copyright_notice", "rights", "usageterms", "usage_terms", "license", "licence")  # fmt: skip
"""The names of own fields that state the rights to an article."""
_STORY_ROLES: frozenset[Role] = frozenset({"text", "quote", "list"})
"""The roles of paragraphs that are text of the story. The absence of others, such as links, is no gap."""


class Excerpt:
    """The choice of an article's paragraphs. ``scores`` maps the numbers of those that match to their scores."""

    def __init__(self, article: Article, scores: Mapping[int, float], most: int | None) -> None:
        self._article = article
        self._roles = [role_of(paragraph, article) for paragraph in article.paragraphs]
        self._lead = lead(article)
        self.rights, self._rights_number = _rights_of(article)
        self.numbers = self._all() if most is None else self._best(scores, most)
        """The numbers of the chosen paragraphs, in reading order."""

    def _all(self) -> tuple[int, ...]:
        return tuple(
            paragraph.number
            for paragraph, role in zip(self._article.paragraphs, self._roles, strict=True)
            if role != "headline" and paragraph.number != self._rights_number
        )

    def _best(self, scores: Mapping[int, float], most: int) -> tuple[int, ...]:
        """Return the best paragraphs that match; if they are too few, the first ones of the story complete them."""
        scored = [number for number, score in scores.items() if score > 0]
        chosen = sorted(scored, key=lambda number: (-scores[number], number))[:most]
        for is_wanted in (self._is_text, self._is_shown):
            for paragraph, role in zip(self._article.paragraphs, self._roles, strict=True):
                if len(chosen) >= most:
                    break
                if paragraph.number not in chosen and is_wanted(paragraph, role):
                    chosen.append(paragraph.number)
            if chosen:
                break
        return tuple(sorted(chosen))

    def _is_text(self, paragraph: Paragraph, role: Role) -> bool:
        return role in _STORY_ROLES and paragraph.number != self._rights_number

    def _is_shown(self, paragraph: Paragraph, role: Role) -> bool:
        return role != "headline"

    def is_in_lead(self, number: int) -> bool:
        """Whether a paragraph belongs to the lead of the article."""
        return number in self._lead

    def is_gap(self, after: int, before: int | None = None) -> bool:
        """Whether text of the article between two paragraphs is left out; None for its end."""
        low, high = after, len(self._roles) if before is None else before - 1
        return any(
            role in _STORY_ROLES and number != self._rights_number
            for number, role in enumerate(self._roles[low:high], start=low + 1)
        )


def _rights_of(article: Article) -> tuple[str, int]:
    """Return what an article states of the rights to it, and the number of the paragraph that does so; or "" and 0."""
    names = {name.lower(): name for name in article.extra}
    for wanted in _OWN_RIGHTS:
        if wanted in names and (text := shown(article.extra[names[wanted]])):
            return text[:MAX_RIGHTS], 0
    for paragraph in reversed(article.paragraphs):
        if len(paragraph.text) <= MAX_RIGHTS and _RIGHTS_LINE.match(paragraph.text):
            return paragraph.text, paragraph.number
    return "", 0
