"""The roles of paragraphs, such as running text, caption or notice, and the lead of an article.

Pages, feeds and databases put more into the text of an article than its story: a repeated headline, captions, bylines,
dates, links to other articles, requests to subscribe. :func:`role_of` recognises these by the kind of a paragraph and
by its words; the :func:`lead` is the first two paragraphs of running text.

Words count only if they make up the whole paragraph, or if they stand at the beginning or end of a short one, so that a
sentence about a photograph or a subscription stays running text. A paragraph that no rule recognises is running text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from newssearch.system.kept import cached_property
from newssearch.system.lazy_regex import Pattern

from .article import Article, Paragraph
from .asides import MAX_LABEL_CHARS, Aside, aside_of, is_headline_like, is_in_capitals, is_label
from .query import LEAD

Role = Literal[
    "text", "headline", "heading", "caption", "quote", "list", "byline", "date", "link", "notice", "scrap"
]
"""The role of a paragraph in its article.

- ``text``: running text.
- ``headline``: the headline, repeated.
- ``heading``, ``caption``, ``quote``, ``list``: the kind of the paragraph; a caption is also recognised by a credit.
- ``byline``, ``date``: who wrote the article; when it was published.
- ``link``: a link to another article.
- ``notice``: a notice by the publisher, such as an advertisement, a request to subscribe, or copyright.
- ``scrap``: a short paragraph that is not a sentence.
"""

ASIDES = frozenset({"caption", "link", "notice"})
"""The roles of paragraphs that have no weight in ranking."""

SECOND_BEST = frozenset({"quote", "list", "scrap"})
"""The roles of paragraphs that complete a lead if the article has fewer than two paragraphs of running text."""

MAX_SCRAP_CHARS = 120
"""The largest number of characters of a scrap. A longer paragraph is running text, even if it is no whole sentence."""
MAX_BYLINE_CHARS = 150
"""The largest number of characters of a byline or date that is recognised by its words."""
MIN_PROSE_CHARS = 120
"""The smallest number of characters of a paragraph that shows whether an article is in capitals throughout."""
MIN_ONE_WORD_SENTENCE_BYTES = 20
"""The smallest number of UTF-8 bytes of a text without spaces that counts as a sentence. Bytes are counted because a
character of Chinese says more than a Latin letter, and also has more bytes."""
MIN_HEADLINE_OVERLAP = 0.85
"""The smallest share of distinct words that a paragraph and the headline must have in common to count as the same."""
MAX_COLON_SCRAP_CHARS = 40
"""The largest number of characters of a scrap that ends with a colon; a longer paragraph is running text."""
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = Pattern("[.!?…:。！？؟۔।։።။][\"'”’»›)\\]」』*]*(?:\\s*[(\\[][^()\\[\\]]{2,30}[)\\]])?$")
"""Matches the end of a sentence at the end of a text, also in front of a short remark in brackets, such as ``(AP)``."""

_NAMED = r"[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω][\w.'’-]*"
_JOINS = r"(?:and|und|et|y|e|en|og|och|de|da|di|du|van|von|der|den|del|della|la|le|el|al|bin|for|of|in|the|with|special|to|staff|writers?|reporters?|editor|contributors?|correspondents?)"
_BYLINE = Pattern(
    rf"""\W{{0,3}}(?:(?i:(?:written|reported|posted|published|compiled|story|text|words|analysis|opinion|commentary|review)\s+by|by)
      |By|BY|Von|Par|Por|Di|Da|Door|Av|Af|Oleh|Автор|Autora?|Auteure?|Autore)\s*:?\s+
      {_NAMED}(?:[\s,;|/&·•–—-]+(?:{_NAMED}|{_JOINS}))*
      (?P<rest>[\s|,·•–—-]+.*)?""",
    re.VERBOSE,
)
_DATE_WORDS = frozenset(
    """
    last first originally article was this story page post has been on at and published republished posted updated update
    modified created filed issued corrected stand veröffentlicht aktualisiert am vom um publié mis jour modifié le à publicado
    actualizado atualizado em el às a las pubblicato aggiornato il alle gepubliceerd bijgewerkt op om опубликовано обновлено
    mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october
    november december januar jänner februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août
    septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    de janeiro fevereiro março maio junho julho setembro outubro novembro dezembro gennaio febbraio aprile maggio giugno luglio
    settembre ottobre dicembre m p uhr et est edt ct cst cdt mt mst mdt pt pst pdt gmt utc bst cet cest ist eastern noon midnight
    year years month months week weeks day days hour hours hr hrs minute minutes min mins ago read st nd rd th h t z pm
    """.split()
)
_DATE_PART = re.compile(r"\d+|[^\W\d_]+")


def role_of(paragraph: Paragraph, article: Article) -> Role:
    """Return the role of a paragraph in its article, by the kind of the paragraph, its words and the article's fields.

    >>> article = Article.create(title="Rain in Spain", text=["Rain in Spain - BBC News", "By Ann Lee", "It rained."])
    >>> [role_of(paragraph, article) for paragraph in article.paragraphs]
    ['headline', 'byline', 'text']
    """
    return _Roles(article).role_of(paragraph, aside_of(paragraph.text))


class _Roles:
    """The roles of the paragraphs of one article; what is common to all of them is found once."""

    def __init__(self, article: Article) -> None:
        self.article = article

    def role_of(self, paragraph: Paragraph, aside: Aside | None) -> Role:
        """Return the role of a paragraph, given what it is by its words alone (:func:`aside_of`)."""
        text = paragraph.text
        if paragraph.kind in ("heading", "caption"):
            return paragraph.kind
        if _is_headline(text, self.article):
            return "headline"
        role = _by_its_words(text, self.article, aside)
        if role in ("text", "scrap") and self._is_link_by_its_place(paragraph):
            return "link"
        if role == "text" and paragraph.kind != "text":
            return paragraph.kind
        return role

    def _is_link_by_its_place(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph is the headline of a link: below the label of one, or in capitals while the article is not."""
        text = paragraph.text
        if is_in_capitals(text):
            return self._has_prose_in_small_letters
        if paragraph.number == 1 or not is_headline_like(text):
            return False
        return is_label(self.article.paragraphs[paragraph.number - 2].text)

    @cached_property
    def _has_prose_in_small_letters(self) -> bool:
        """Whether the article is not in capitals throughout."""
        return any(
            len(one.text) >= MIN_PROSE_CHARS and not one.text.isupper() for one in self.article.paragraphs
        )


class Weightless(NamedTuple):
    """The numbers of the paragraphs of an article that are asides, and of those that repeat its headline, ascending."""

    asides: tuple[int, ...]
    headlines: tuple[int, ...]


def weightless_paragraphs(article: Article) -> Weightless:
    """Return the paragraphs of an article that are weightless by themselves: its asides and its headline repeated.

    Asides are the paragraphs whose role is in :data:`ASIDES`. A repeated headline counts if it begins with the same
    letters, or would be an aside otherwise. Most paragraphs are running text, so this is faster than asking for the role of
    each.
    """
    return _weightless(article, _asides_of(article))


def lead_and_weightless(article: Article) -> tuple[tuple[int, ...], Weightless]:
    """Return :func:`lead` and :func:`weightless_paragraphs` of an article, in less time than both take."""
    asides = _asides_of(article)
    return _lead(article, asides), _weightless(article, asides)


def _asides_of(article: Article) -> list[Aside | None]:
    """Return for each paragraph of an article what it is by its words alone (:func:`aside_of`)."""
    return [aside_of(paragraph.text) for paragraph in article.paragraphs]


def _weightless(article: Article, asides: Sequence[Aside | None]) -> Weightless:
    title = article.title or ""
    word = _WORD.search(title)
    beginning = word[0][:4].casefold() if word is not None else "\0"
    longest = 2 * len(title) + 40
    roles = _Roles(article)
    found: list[int] = []
    headlines: list[int] = []
    below_label = False
    for paragraph, aside in zip(article.paragraphs, asides, strict=True):
        text, kind = paragraph.text, paragraph.kind
        size = len(text)
        if (
            size <= longest
            and beginning in text[:8].casefold()
            and kind != "caption"
            and _is_headline(text, article)
        ):
            headlines.append(paragraph.number)
        elif below_label or aside is not None or kind != "text" or text.isupper():
            role = roles.role_of(paragraph, aside)
            if role in ASIDES:
                found.append(paragraph.number)
            elif role == "headline":
                headlines.append(paragraph.number)
        below_label = size <= MAX_LABEL_CHARS and is_label(text)
    return Weightless(tuple(found), tuple(headlines))


def is_running_text(paragraph: Paragraph, article: Article) -> bool:
    """Whether the role of a paragraph in its article is running text."""
    return role_of(paragraph, article) == "text"


def lead(article: Article) -> tuple[int, ...]:
    """Return the numbers of the paragraphs in an article's lead, ascending, at most :data:`LEAD`.

    The lead is the first paragraphs of running text. If there are too few, the first quotations, list items and scraps
    complete it. If there are none of these either, the lead is the first paragraphs of the article.
    """
    return _lead(article, (aside_of(paragraph.text) for paragraph in article.paragraphs))


def _lead(article: Article, asides: Iterable[Aside | None]) -> tuple[int, ...]:
    roles = _Roles(article)
    chosen: list[int] = []
    others: list[int] = []
    for paragraph, aside in zip(article.paragraphs, asides, strict=True):
        role = roles.role_of(paragraph, aside)
        if role == "text":
            chosen.append(paragraph.number)
            if len(chosen) == LEAD:
                return tuple(chosen)
        elif role in SECOND_BEST and len(others) < LEAD:
            others.append(paragraph.number)
    chosen += others[: LEAD - len(chosen)]
    return tuple(sorted(chosen)) or tuple(paragraph.number for paragraph in article.paragraphs[:LEAD])


def _by_its_words(text: str, article: Article, aside: Aside | None) -> Role:
    if aside in ("link", "notice"):
        return aside
    if len(text) <= MAX_BYLINE_CHARS:
        if _is_byline(text, article):
            return "byline"
        if _is_date(text):
            return "date"
    if aside is not None:
        return aside
    if text.endswith(":"):
        return "scrap" if len(text) <= MAX_COLON_SCRAP_CHARS else "text"
    is_sentence = (
        _SENTENCE_END.search(text[-48:]) is not None
        and not text.isupper()
        and (" " in text or len(text.encode()) >= MIN_ONE_WORD_SENTENCE_BYTES)
    )
    return "text" if is_sentence or len(text) > MAX_SCRAP_CHARS else "scrap"


def _is_date(text: str) -> bool:
    parts = _DATE_PART.findall(text)
    return any(map(str.isdigit, parts)) and all(
        part.isdigit() or part.casefold() in _DATE_WORDS for part in parts
    )


def _is_byline(text: str, article: Article) -> bool:
    words = _folded_words(text)
    names = [_folded_words(name) for name in (article.byline, article.outlet, article.source) if name]
    if words in names:
        return True
    match = _BYLINE.match(text)
    if match is None:
        return False
    rest = match["rest"] or ""
    return match.end() == len(text) and (not rest.strip() or _is_date(rest))


def _is_headline(text: str, article: Article) -> bool:
    """Whether the text of a paragraph repeats the article's headline.

    Case and punctuation may differ, a few words may differ, and either may be cut short or followed by an outlet.
    """
    if (
        not article.title
        or len(text) > 2 * len(article.title) + 40
        or len(article.title) > 2 * len(text) + 40
    ):
        return False
    title, words = _title_words(article.title), _folded_words(text)
    if not words:
        return False
    if title == words:
        return True
    short, long = sorted((title, words), key=len)
    if long[: len(short)] != short:
        return _have_similar_words(title, words)
    return len(short) >= 3 and (
        (text if words is short else article.title).rstrip().endswith(("…", "..."))
        or long[len(short) :] in [_folded_words(name) for name in (article.outlet, article.source) if name]
        or _ends_with_outlet(text if words is long else article.title, len(long) - len(short))
    )


def _ends_with_outlet(text: str, words: int) -> bool:
    """Whether exactly ``words`` words, at most four, follow the last dash or bar of a text, as in ``Rain - BBC News``."""
    behind = _BAR.split(text)[-1]
    return words <= 4 and len(_folded_words(behind)) == words


def _have_similar_words(title: list[str], words: list[str]) -> bool:
    """Whether two lists of words share nearly all distinct words. False if both have fewer than five words."""
    most = max(len(title), len(words))
    return most >= 5 and len(set(title) & set(words)) >= MIN_HEADLINE_OVERLAP * max(
        len(set(title)), len(set(words))
    )


_BAR = re.compile(r"\s[-–—|:·]+\s|\s*\|\s*")


def _folded_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "").replace("'", ""))


@functools.lru_cache(maxsize=8)
def _title_words(title: str) -> list[str]:
    """Return :func:`_folded_words` of a headline, which is compared with each paragraph of its article."""
    return _folded_words(title)
