"""Citations for LaTeX: the entries of BibTeX, and those of BibLaTeX, which has fields for newspapers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from newssearch.system.lazy_regex import Pattern

from .citation import Citation
from .family_names import Author

_TEX = str.maketrans({
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "%": r"\%", "&": r"\&", "#": r"\#",
    "$": r"\$", "_": r"\_", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}",
})  # fmt: skip
_URL_ENCODING = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"})
_MONTH_MACROS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The macros of months that every style of BibTeX defines."""
_LANGUAGES = {
    "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "de-AT": "austrian",
    "de-CH": "swissgerman", "el": "greek", "en": "english", "en-AU": "australian", "en-CA": "canadian", "en-GB": "british",
    "en-NZ": "newzealand", "en-US": "american", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "fr-CA": "canadien", "gl": "galician", "he": "hebrew", "hr": "croatian", "hu": "hungarian", "id": "indonesian",
    "is": "icelandic", "it": "italian", "ja": "japanese", "ko": "korean", "lt": "lithuanian", "lv": "latvian", "mk": "macedonian",
    "nb": "norsk", "nl": "dutch", "nn": "nynorsk", "no": "norsk", "pl": "polish", "pt": "portuguese", "pt-BR": "brazilian",
    "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovene", "sr": "serbian", "sv": "swedish", "th": "thai",
    "tr": "turkish", "uk": "ukrainian", "vi": "vietnamese",
}  # fmt: skip
"""The names by which babel and polyglossia, packages of LaTeX, know a language, by language tag."""
_LIST_WORD = Pattern(r"(?i)(?<!\S)(?:and|others)(?!\S)")


def bibtex_entries(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield an entry of BibTeX (``@article``) for each citation."""
    between = ""
    for citation in citations:
        date = citation.date
        notes = [f"Source: {citation.agency}"] if citation.agency else []
        notes += [f"Accessed {citation.accessed.isoformat()}"] if citation.accessed is not None else []
        month = citation.month
        yield between + _bib_entry(
            citation,
            (
                ("author", _authors(citation.authors)),
                ("title", f"{{{_tex(citation.title)}}}" if citation.title else ""),
                ("journal", _tex(citation.outlet)),
                ("year", f"{date.year:04d}" if date is not None else ""),
                ("month", "" if month is None else _MONTH_MACROS[month - 1]),
                ("day", "" if citation.day is None else str(citation.day)),
                ("pages", _tex(citation.page)),
                ("edition", _tex(citation.edition)),
                ("language", _tex(_language(citation.lang))),
                ("url", _verbatim(citation.url)),
                ("note", _tex("; ".join(notes))),
                ("keywords", _tex(", ".join(citation.keywords))),
                ("abstract", _tex(citation.abstract)),
            ),
        )
        between = "\n"


def biblatex_entries(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield an entry of BibLaTeX for each citation: ``@article`` with the subtype ``newspaper``, as Zotero writes it."""
    between = ""
    for citation in citations:
        yield between + _bib_entry(
            citation,
            (
                ("entrysubtype", "newspaper"),
                ("author", _authors(citation.authors)),
                ("title", f"{{{_tex(citation.title)}}}" if citation.title else ""),
                ("journaltitle", _tex(citation.outlet)),
                ("journalsubtitle", _tex(citation.section)),
                ("date", _biblatex_date(citation)),
                ("pages", _tex(citation.page)),
                ("edition", _tex(citation.edition)),
                ("langid", _tex(_language(citation.lang))),
                ("url", _verbatim(citation.url)),
                ("urldate", citation.accessed.isoformat() if citation.accessed is not None else ""),
                ("note", _tex(f"Source: {citation.agency}") if citation.agency else ""),
                ("keywords", _tex(", ".join(citation.keywords))),
                ("annotation", _tex(citation.id)),
                ("abstract", _tex(citation.abstract)),
            ),
        )
        between = "\n"


def _bib_entry(citation: Citation, fields: Iterable[tuple[str, str]]) -> str:
    """Return an entry. Every value stands in braces, but the month of BibTeX, which is the name of a macro."""
    lines = [f"@article{{{citation.key},"]
    lines += [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields if value
    ]
    return "\n".join([*lines, "}", ""])


def _tex(text: str) -> str:
    """Return a text as LaTeX prints it.

    >>> _tex("50 % of A&B {x}")
    '50 \\\\% of A\\\\&B {\\\\textbraceleft}x{\\\\textbraceright}'
    """
    return text.translate(_TEX)


def _verbatim(url: str) -> str:
    """Return an address with the characters encoded that would end a field (RFC 3986); all others stay as they are."""
    return url.translate(_URL_ENCODING)


def _authors(authors: tuple[Author, ...]) -> str:
    """Return the names as a list of BibTeX: people with the family name first, others in braces, which keep them whole."""
    return " and ".join(_tex_name(author) for author in authors)


def _tex_name(author: Author) -> str:
    if author.literal:
        return f"{{{_tex(author.literal)}}}"
    parts = [author.family, author.suffix, author.given] if author.suffix else [author.family, author.given]
    return ", ".join(f"{{{_tex(part)}}}" if _LIST_WORD.search(part) else _tex(part) for part in parts)


def _language(tag: str) -> str:
    language, _, region = tag.replace("_", "-").partition("-")
    return _LANGUAGES.get(f"{language.lower()}-{region.upper()}") or _LANGUAGES.get(language.lower(), "")


def _biblatex_date(citation: Citation) -> str:
    """Return the date as BibLaTeX has it (EDTF level 1): a time only with its zone, to the second."""
    date = citation.date
    if isinstance(date, dt.datetime):
        return date.isoformat(timespec="seconds") if date.tzinfo is not None else date.date().isoformat()
    return "" if date is None else date.isoformat()
