"""Names of authors as readers find them: without the words that introduce them, and without addresses between them."""

from __future__ import annotations

import re

from newssearch.system.lazy_regex import Pattern
from newssearch.text.publication_words import PUBLISHED_WORDS, WRITTEN_WORDS

AUTHOR_PREPOSITIONS: dict[str, str] = {
    "en": "by", "de": "von|vom|durch", "fr": "par", "es": "por", "pt": "por", "ca": "per", "it": "di|da|a cura di",
    "nl": "door", "da": "af", "sv": "av", "nb": "av", "no": "av", "id": "oleh", "ms": "oleh", "pl": "przez", "ro": "de către",
    "el": "από", "ar": "بقلم|بواسطة", "he": "מאת", "fa": "نوشته", "tr": "tarafından",
}  # fmt: skip
"""The words for "by" before an author, by language, separated by ``|``."""

AUTHOR_VERBS = (
    *PUBLISHED_WORDS, *WRITTEN_WORDS, "submitted", "lagt inn", "interview", "entretien", "intervista", "entrevista", "report", "reportage", "reportaje", "review", "opinion", "commentary",
    "kommentar", "bericht", "story", "text", "words", "article", "analysis", "ein beitrag", "ein artikel",
    "propos recueillis", "texto", "tekst",
)  # fmt: skip
"""The words that may stand before "by", in lower case."""

AUTHOR_LABELS = (
    "author", "authors", "writer", "reporter", "byline", "autor", "autorin", "autoren", "autora", "autores", "auteur", "auteurs",
    "autore", "autori", "verfasser", "redakteur", "redaktion", "redacteur", "texte", "texto", "testo", "tekst", "text", "penulis", "yazan", "yazar",
    "gönderen", "haber", "автор", "авторы", "текст", "опубликовано", "írta", "szerző", "bejegyezte", "teksti", "kirjoittaja", "lähettänyt",
    "forfatter", "journalist", "författare", "συντάκτης", "γράφει ο", "γράφει η", "الكاتب", "نویسنده", "کاتب", "作者", "記者", "记者", "撰文", "投稿者",
    "執筆", "文", "글", "작성자", "przez", "napisał", "napisała",
)  # fmt: skip
"""The labels that stand before an author with a colon, in lower case."""

MAYBE_OF_A_NAME = frozenset(
    {"von", "vom", "durch", "di", "da", "par", "per", "por", "door", "af", "av", "oleh"}
)
"""The words for "by" that may also be the first part of a name."""

_SELDOM_OF_LONG_NAMES = frozenset({"von", "par", "por", "door"})
"""Those of them that are "by" in front of two or more words, whatever the language is said to be."""

_BY = "|".join(dict.fromkeys("|".join(AUTHOR_PREPOSITIONS.values()).split("|")))
AUTHOR_INTRODUCTION = Pattern(
    rf"(?:(?:{'|'.join(AUTHOR_VERBS)})\s+)?(?P<by>{_BY})(?:\s*:\s*|\s+)|(?:{'|'.join(AUTHOR_LABELS)})\s*[:：]\s*",
    re.IGNORECASE,
)
"""A pattern for the words that introduce an author: ``By``, ``Written by``, ``Text: ``, in the languages above."""

_GLUED_BY = Pattern(r"By(?=[A-Z][a-z]+ [A-Z])")
_NOT_A_BY_WORD = Pattern(r"(?:der|den|dem|la|las|los|le)\b", re.IGNORECASE)
_AUTHOR_ADDRESS = Pattern(r"(?:https?:)?//\S+|www\.\S+", re.IGNORECASE)


def without_by_words(names: str, lang: str | None = None) -> str:
    """Return names of authors without the words that introduce them; ``lang`` is the language of the text, if known.

    A word that may be the first part of a name is kept, unless the text is in the language of the word, or a colon
    follows it. Only ``von``, ``par``, ``por`` and ``door`` go in front of two or more words in any language (many pages
    state the language of the program that made them), and ``di`` if the language is not known.

    >>> without_by_words("By Jane Doe"), without_by_words("Byron Katz"), without_by_words("Escrito por Inés Varga")
    ('Jane Doe', 'Byron Katz', 'Inés Varga')
    >>> without_by_words("Von Miller"), without_by_words("Von Miller", "de"), without_by_words("von der Leyen")
    ('Von Miller', 'Miller', 'von der Leyen')
    >>> without_by_words("Per Olov Enquist", "sv"), without_by_words("Av Per Olov Enquist", "sv")
    ('Per Olov Enquist', 'Per Olov Enquist')
    """
    return names[end_of_by_words(names, lang) :].strip()


def end_of_by_words(names: str, lang: str | None = None) -> int:
    """Return the index behind the words that introduce authors, as :func:`without_by_words` removes them, or 0."""
    found = AUTHOR_INTRODUCTION.match(names)
    if found is None:
        return 2 if _GLUED_BY.match(names) else 0
    rest = names[found.end() :].strip()
    by = (found["by"] or "").lower()
    if not rest or _NOT_A_BY_WORD.match(rest) or (by and rest[0].islower() and by != "by"):
        return 0
    if by in MAYBE_OF_A_NAME and found.start("by") == 0 and ":" not in found[0]:
        own = AUTHOR_PREPOSITIONS.get((lang or "").replace("_", "-").partition("-")[0].lower(), "").split("|")
        if by not in own and (
            " " not in rest or not (by in _SELDOM_OF_LONG_NAMES or (by == "di" and lang is None))
        ):
            return 0
    return found.end()


def without_web_addresses(names: str) -> str:
    """Return names of authors without the web addresses between them; of nothing but addresses, nothing is left.

    >>> without_web_addresses("https://www.facebook.com/example, Ines Varga"), without_web_addresses("Ines Varga, Berlin")
    ('Ines Varga', 'Ines Varga, Berlin')
    """
    if "/" not in names and "www." not in names:
        return names
    parts = [part.strip() for part in names.split(",")]
    kept = [part for part in parts if not _AUTHOR_ADDRESS.fullmatch(part)]
    return names if len(kept) == len(parts) else ", ".join(part for part in kept if part)
