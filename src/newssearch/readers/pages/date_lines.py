"""Decides whether a line with a date is about the publication of an article, or is a sentence or about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.press.bylines import AUTHOR_PREPOSITIONS
from newssearch.text.date_labels import says_published, says_updated
from newssearch.text.date_search import FoundDate, find_dates
from newssearch.text.publication_words import PUBLICATION_WORDS

from .name_ends import PREPOSITIONS, is_day, is_month

MOST_WORDS_BESIDE = 12
"""The maximum number of words beside a date in a line that is not a sentence."""

MOST_WORDS_BEFORE_STOP = 5
"""The maximum number of words beside a date in such a line, if it ends like a sentence: ``3 May 2020, 4 min.``"""

MOST_CHARACTERS_BESIDE = 12
"""The maximum number of Chinese, Japanese or Korean characters beside a date in a line that is not a sentence."""

WORDS_OF_HEADERS = frozenset(
    "the a an and und et e y i og och en by with from for im unserem our von van der den de du del della di da dos das do la le los las al bin zu zur"
    " min mins minute minutes minuten read lesezeit lecture lectura ago vor hace há fa sedan siden hrs hours stunden uhr clock heures horas ore kl klo"
    " st nd rd th of pm hs h edt est gmt utc bst cet cest today heute hoy oggi vandaag idag dag año ano anno jahr year".split()
)
"""The words in lower case that lines about an article have beside those for "by", "on", days and months."""

_CHARACTER_OF_WORDS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS_OF_SENTENCES = ("!", "?", "。", "？", "！", "।", "؟", "۔")
_LINE_SEPARATOR = re.compile(r"[|·•–—,;:()\[\]/]")
_RANGE_BEHIND = re.compile(
    r"\s{0,3}(?:[-–—]|to|until|till|bis|au|al|a|hasta|até|ate|tot|til|till|do|по|до)\s{1,3}(?=\S)",
    re.IGNORECASE,
)
_RANGE_IN_FRONT = re.compile(
    r"(?<![:.\d])\d{1,2}(?:\.|(?:\.?\s+|[./])[^\W\d_]{3,12}|[./]\d{1,2}\.?)?\s?[-–—]\s?$|\b(?:to|bis|au|al|hasta|até|tot|til|по|до)\s{1,3}$",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"©|\(c\)|\bcopyright\b", re.IGNORECASE)
_LIFE = re.compile(r"\(\s*(?:[*†✝]|(?P<word>[^\W\d_]{1,40})(?![^\W\d_])[^()]{0,100}$)")

WORD_BESIDE = re.compile(r"[^\W\d_]+")
"""A pattern for a word beside a date."""


def dates_with_labels(line: str, lang: str | None) -> Iterator[tuple[FoundDate, str, str]]:
    """Yield the dates in a line, each with the text before it since the last date, and the text after it."""
    start = 0
    for found in find_dates(line, lang):
        yield found, line[start : found.start], line[found.end :]
        start = found.end


def says_other(label: str) -> bool:
    """Whether a label shows that the date after it is not that of publication.

    >>> says_other("Open day:"), says_other("Updated"), says_other("Published:"), says_other("By Jane Doe,")
    (True, True, False, False)
    """
    label = label.strip()
    if says_updated(label) and not says_published(label.rpartition(",")[2]):
        return True
    last = re.split(r"[|·•–—,;]", label.rstrip())[-1].strip()
    return (
        last.endswith((":", "：")) and not says_published(last) and re.search(r"[^\W\d_]", last) is not None
    )


def is_sentence(line: str, before: str, after: str) -> bool:
    """Whether a line is a sentence by its length or its end; ``before`` and ``after`` are the texts beside a date in it.

    >>> is_sentence("2019年4月1日、新しい元号が発表された。", "", "、新しい元号が発表された。")
    True
    >>> is_sentence("3 May 2020, 4 min.", "", ", 4 min.")
    False
    """
    if (
        line.rstrip().endswith(_ENDS_OF_SENTENCES)
        or len(_CHARACTER_OF_WORDS.findall(before + after)) > MOST_CHARACTERS_BESIDE
    ):
        return True
    words = len(WORD_BESIDE.findall(before)), len(WORD_BESIDE.findall(after))
    if sum(words) > MOST_WORDS_BESIDE or (words[0] > 8 and words[1] > 4):
        return True
    return line.rstrip().endswith((".", "…")) and sum(words) > MOST_WORDS_BEFORE_STOP


def is_about_other(before: str, after: str, lang: str | None) -> bool:
    """Whether the words beside a date show that it is not the date of publication but, for example, that of an event.

    This is the case for a range of days, after a copyright sign, for dates of birth and death in brackets, and after
    a lower-case word that lines about articles do not have, such as a verb.

    >>> is_about_other("", " to 5 June 2020, Town Museum", "en"), is_about_other("Festival opens ", "", "en")
    (True, True)
    >>> is_about_other("Ines Varga (born ", ")", "en"), is_about_other("© 2024 Example, ", "", "en")
    (True, True)
    >>> is_about_other("By Jane Doe on ", " in Politics", "en"), is_about_other("Von Anna von der Heide, Berlin, ", "", "de")
    (False, False)
    """
    if says_published(before):
        return False
    if _RIGHTS.search(before) or _RANGE_IN_FRONT.search(before):
        return True
    if (found := _RANGE_BEHIND.match(after)) and any(
        not after[found.end() : date.start].strip() for date in find_dates(after, lang)
    ):
        return True
    if (life := _LIFE.search(before)) and (life["word"] is None or life["word"][0].islower()):
        return not (life["word"] and is_of_header(life["word"], lang))
    return has_other_word(before, lang)


def has_other_word(before: str, lang: str | None) -> bool:
    """Whether the text directly before a date has a lower-case word that lines about articles do not have."""
    part = _LINE_SEPARATOR.split(before)[-1]
    words = WORD_BESIDE.findall(part)
    return any(len(word) > 2 and word[0].islower() and not is_of_header(word, lang) for word in words)


def is_of_header(word: str, lang: str | None) -> bool:
    """Whether a word may be beside the date of publication: it is about a date or the publication, and is not a name."""
    word = word.lower()
    return (
        word in _KNOWN_OF_HEADERS
        or is_day(word, lang)
        or is_month(word, lang)
        or says_published(word)
        or says_updated(word)
    )


_KNOWN_OF_HEADERS = (
    WORDS_OF_HEADERS
    | PREPOSITIONS
    | PUBLICATION_WORDS
    | frozenset("|".join(AUTHOR_PREPOSITIONS.values()).split("|"))
)
