"""What an HTML page says of its article: in ``<meta>``, in microdata, and where a reader of the page sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from newssearch.article import Provenance
from newssearch.paragraphs import squeeze

from . import schemaorg
from .draft import Draft
from .fields import host, is_domain
from .markup import HUMP, Piece, pieces_of, text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "citation_title", "dc.title", "dcterms.title", "title")
DATES = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time",
    "article:published", "og:pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime", "datepublished", "citation_publication_date", "citation_online_date",
    "dcterms.issued", "dc.date.issued", "prism.publicationdate", "dcterms.date", "dc.date", "dcterms.created",
    "dc.date.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "publication-date", "published-date", "published_date", "published_time", "article_date_original", "article.created", "article.published",
    "displaydate", "date.created", "date.available", "created", "date",
)  # fmt: skip
AUTHORS = (
    "author", "article:author", "og:article:author", "og:author", "articleauthor", "article.author", "byl", "byline",
    "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "creator",
    "citation_author",
)  # fmt: skip
OUTLETS = (
    "og:site_name", "article:publisher", "publisher", "dc.publisher", "dcterms.publisher", "citation_journal_title",
    "cre", "application-name", "apple-mobile-web-app-title",
)  # fmt: skip
SECTIONS = (
    "article:section", "og:article:section", "parsely-section", "sailthru.section", "cxenseparse:section",
    "article.section", "section", "dc.subject.section",
)  # fmt: skip
SUMMARIES = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
LANGS = ("og:locale", "dc.language", "dcterms.language", "language", "content-language")
"""Names of ``<meta>``, the most trusted first."""

MOST_PROPERTIES = 400
"""Properties of microdata that are read."""

LONGEST_BYLINE = 160
"""Characters of what can be a byline."""

LONGEST_DATE = 60
"""Characters of a line under the headline whose date is that of the article."""

NAMES_OF_AUTHORS = re.compile(r"(?:^|[\s_-])(?:bylines?|authors?|autor(?:es)?|writers?|firma)(?:$|[\s_-])", re.IGNORECASE)
"""Names of classes of where a page says who wrote its article."""

_BY = re.compile(r"(?:written |reported |story |text |words )?by\s*:?\s+|(?:von|por|par|di|af|av|door|oleh|text|autor(?:in)?)\s*:?\s+", re.IGNORECASE)
_AFTER_NAMES = re.compile(
    r"\s*(?:[|•·–—]|\d{1,2}[.:/]|\b(?:19|20)\d\d\b|\b(?:published|posted|updated|stand|publicado|actualizado|veröffentlicht|"
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b).*",
    re.IGNORECASE | re.DOTALL,
)
_NO_NAME = re.compile(
    r"twitter|facebook|instagram|whatsapp|linkedin|e-?mail|follow|folgen|share|comments?\b|kommentar|minute|read\b|about|über den|profile?\b",
    re.IGNORECASE,
)
"""What stands in and beside bylines and is no name."""

_ONE_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}")
"""A name in a script that puts no space within one."""

_DATE_IN = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})|"
    r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}\.?\s[^\W\d_]{3,9}\.?\s\d{4}|[^\W\d_]{3,9}\.?\s\d{1,2},?\s\d{4})\b"
)
"""A date within a text."""

_DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d)[/-](?P<day>\d\d)(?=[/-]|$)")

_SEPARATORS = re.compile(r"\s*(?:\s[-–—|·•»:/]{1,2}\s|[|｜»])\s*")
_DATE_CLASS = re.compile(r"(?:^|[\s_-])(?:date|time|timestamp|published|pubdate|datum|fecha|posted)(?:$|[\s_-])", re.IGNORECASE)
_NOT_PUBLISHED = re.compile(r"updat|modif|aktualis|actualiz|edit", re.IGNORECASE)

Meta = dict[str, list[str]]


class Page:
    """The parts of a page that say something of its article."""

    def __init__(self, root: HtmlElement, address: str | None) -> None:
        self.root = root
        self.meta: Meta = {}
        self.scripts: list[str] = []
        self.headlines: list[HtmlElement] = []
        self.times: list[HtmlElement] = []
        self.scopes: list[HtmlElement] = []
        self.authors: list[HtmlElement] = []
        self.dates: list[HtmlElement] = []
        self.asks_password = False
        canonical = title = None
        for element in root.iter():
            tag = element.tag
            if tag == "meta":
                self._note(element)
            elif tag == "script":
                if "ld+json" in (element.get("type") or "").lower():
                    self.scripts.append(element.text or "")
            elif tag == "h1":
                self.headlines.append(element)
            elif tag == "time":
                self.times.append(element)
            elif tag == "title":
                title = title or squeeze(element.text or "")
            elif tag == "link":
                if canonical is None and (element.get("rel") or "").lower() == "canonical":
                    canonical = element.get("href")
            elif tag == "input":
                self.asks_password = self.asks_password or (element.get("type") or "").lower() == "password"
            if element.get("itemscope") is not None:
                self.scopes.append(element)
            self._note_marks(element)
        self.title = title or ""
        self.lang = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang")
        self.canonical = _absolute(canonical, address)
        self.og_url = _absolute(self.first("og:url"), address)
        self.address = address

    def _note(self, element: HtmlElement) -> None:
        content = element.get("content")
        if not content or content.isspace():
            return
        for key in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(key):
                values = self.meta.setdefault(name.strip().lower(), [])
                if len(values) < 20:
                    values.append(squeeze(content))

    def _note_marks(self, element: HtmlElement) -> None:
        name = f"{element.get('class', '')} {element.get('id', '')}"
        if name == " " and element.get("rel") is None:
            return
        name = HUMP.sub("-", name)
        if len(self.authors) < 200 and (element.get("rel") == "author" or NAMES_OF_AUTHORS.search(name)):
            self.authors.append(element)
        if len(self.dates) < 50 and _DATE_CLASS.search(name):
            self.dates.append(element)

    def first(self, *names: str) -> str | None:
        """The first value of the first of some names of ``<meta>`` that has one."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    def microdata(self) -> list[schemaorg.Node]:
        """The objects of schema.org that the page marks up."""
        outer = [scope for scope in self.scopes if scope.get("itemprop") is None]
        left = [MOST_PROPERTIES]
        return [_item(scope, 6, left) for scope in outer[:20] if "schema.org" in (scope.get("itemtype") or "").lower()]


def _item(scope: HtmlElement, depth: int, left: list[int]) -> dict[str, object]:
    """An item of microdata as JSON-LD would have it."""
    item: dict[str, object] = {"@type": (scope.get("itemtype") or "").split()}
    if scope.get("itemid"):
        item["@id"] = scope.get("itemid")
    waiting = list(scope)[::-1]
    while waiting and left[0] > 0:
        element = waiting.pop()
        nested = element.get("itemscope") is not None
        names = (element.get("itemprop") or "").split()
        if names:
            left[0] -= 1
            value: object = _item(element, depth - 1, left) if nested and depth else _value(element, names)
            for name in names:
                _append(item, name, value)
        if not nested:
            waiting += list(element)[::-1]
    return item


def _append(item: dict[str, object], name: str, value: object) -> None:
    known = item.get(name)
    if known is None:
        item[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        item[name] = [known, value]


def _value(element: HtmlElement, names: Sequence[str]) -> str:
    """What a property of microdata is, by the element that carries it."""
    if "articleBody" in names:
        return "\n\n".join(piece.text for piece in pieces_of(element, 20_000))
    if (content := element.get("content")) is not None:
        return content
    if element.tag in ("a", "link") and ("url" in names or "mainEntityOfPage" in names or element.tag == "link"):
        return element.get("href") or ""
    if element.tag == "time":
        return element.get("datetime") or text_of(element)
    if element.tag in ("img", "source", "video", "audio"):
        return element.get("src") or ""
    return text_of(element)


def _absolute(url: str | None, base: str | None) -> str | None:
    """An address with the part of it that a page may leave out; None for none of the web."""
    if not url:
        return None
    try:
        whole = urljoin(base or "", url.strip())
    except ValueError:
        return None
    return whole if re.match(r"https?://", whole, re.IGNORECASE) and host(whole) else None


# ---- claims


def claim_page(draft: Draft, page: Page, pieces: Sequence[Piece], titles: Sequence[str]) -> None:
    """Claim all fields but headline and byline."""
    for name in DATES:
        for value in page.meta.get(name, ())[:2]:
            draft.claim("date", value, Provenance("stated", f"meta {name}"))
    for value in _dates_shown(page):
        draft.claim("date", value, Provenance("stated", "date on the page"))
    for piece in _below_headline(pieces, titles):
        if len(piece.text) <= LONGEST_DATE and not _NOT_PUBLISHED.search(piece.text):
            draft.claim("date", _date_in(piece.text), Provenance("inferred", "a date under the headline"))
    for url in (page.canonical, page.og_url, page.address):
        if url and (found := _DATE_IN_PATH.search(urlsplit(url).path)):
            draft.claim("date", "-".join(found.group("year", "month", "day")), Provenance("inferred", "url"))
    for name in OUTLETS:
        if (value := page.first(name)) and not re.match(r"https?:|@", value) and host(f"http://{value}") != value:
            draft.claim("outlet", value, Provenance("stated", _of_meta(name)))
    for name in SECTIONS:
        draft.claim("section", page.first(name), Provenance("stated", _of_meta(name)))
    draft.claim("lang", page.lang, Provenance("stated", "<html lang>"))
    for name in LANGS:
        draft.claim("lang", page.first(name), Provenance("stated", _of_meta(name)))
    addresses = [(page.canonical, "canonical link"), (page.og_url, "og:url")]
    if page.canonical and page.og_url and host(page.canonical) != host(page.og_url):
        addresses.reverse()  # a copy, whose canonical address is that of another outlet
    for url, where in addresses:
        if url and not _is_front(url):
            draft.claim("url", url, Provenance("stated", where))


def _of_meta(name: str) -> str:
    return name if name.startswith(("og:", "article:", "twitter:")) else f"meta {name}"


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _dates_shown(page: Page) -> Iterator[str]:
    """Dates on the page itself that say that they are of publication, then that of the page's first time."""
    first: list[str] = []
    for element in page.times[:12]:
        value = element.get("datetime") or text_of(element)
        marks = f"{element.get('class', '')} {element.get('itemprop', '')} {element.get('id', '')}"
        if not value or _NOT_PUBLISHED.search(marks):
            continue
        if element.get("pubdate") is not None or re.search(r"publi|pubdate|entry-date|posted", marks, re.IGNORECASE):
            yield value
        else:
            first.append(value)
    yield from first[:1]
    for element in page.dates[:8]:
        text = text_of(element)
        if len(text) <= LONGEST_BYLINE and not _NOT_PUBLISHED.search(f"{element.get('class')} {text}"):
            yield _date_in(text) or ""


def _date_in(text: str) -> str | None:
    """The date in a text; with points between its parts, the day comes first."""
    found = _DATE_IN.search(text)
    if found is None:
        return None
    if found["year"]:
        return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return found[0]


def claim_bylines(draft: Draft, page: Page, pieces: Sequence[Piece], titles: Sequence[str], house: Sequence[str]) -> None:
    """Claim who wrote the article; names of the ``house`` itself come after all others."""
    later: list[tuple[str, Provenance]] = []
    for value, known in _bylines(page, pieces, titles):
        if schemaorg.same_house(value, house, 0.6):
            later.append((value, known))
        else:
            draft.claim("byline", value, known)
    for value, known in later:
        draft.claim("byline", value, known)


def _bylines(page: Page, pieces: Sequence[Piece], titles: Sequence[str]) -> Iterator[tuple[str, Provenance]]:
    for name in AUTHORS:
        values = page.meta.get(name, [])[: 1 if name == "author" else 10]
        names = [value for value in schemaorg.names_of(list(values)) if _is_name(value)]
        if names and len(", ".join(names)) <= LONGEST_BYLINE:
            yield ", ".join(names), Provenance("stated", _of_meta(name))
    shown = Provenance("stated", "byline on the page")
    linked = [names for element in page.authors if element.get("rel") == "author" if (names := _names(text_of(element)))]
    if linked and len(set(linked)) <= 6:
        yield ", ".join(dict.fromkeys(linked)), Provenance("stated", "rel=author")
    for element in page.authors[:8]:
        text = text_of(element)
        if text and len(text) <= 2 * LONGEST_BYLINE and (names := _names(text)):
            yield names, shown
            break
    for piece in _below_headline(pieces, titles):
        if _BY.match(piece.text) and (names := _names(piece.text)):
            yield names, shown
            break


def _below_headline(pieces: Sequence[Piece], titles: Sequence[str]) -> Iterator[Piece]:
    """The short pieces under the headline."""
    found = [n for n, piece in enumerate(pieces) if piece.text in titles]
    start = next((n for n in found if pieces[n].home.tag == "h1"), found[0] if found else len(pieces))
    return (piece for piece in pieces[start + 1 : start + 16] if len(piece.text) <= LONGEST_BYLINE)


def _is_name(value: str) -> bool:
    """Whether an author in ``<meta>`` is a name, and no file, address, credit of a picture, or nothing."""
    if value == "None" or "(" in value or schemaorg.CREDIT.match(value):
        return False
    return " " in value or value != value.lower() or not value.isascii() or "." in value


def _names(text: str) -> str | None:
    """The names in a byline: ``By Jane Doe, 3 May 2024`` as Jane Doe; None where it begins otherwise."""
    begins = _BY.match(text)
    names = _AFTER_NAMES.sub("", text[begins.end() :] if begins else text).strip(" ,;:-")
    words = names.split()
    if schemaorg.CREDIT.match(names) or not 1 <= len(words) <= 14 or len(names) > LONGEST_BYLINE or names.endswith((".", "!", "?")):
        return None
    if not any(map(str.isalpha, names)) or any(map(str.isdigit, names)) or is_domain(names) or _NO_NAME.search(names):
        return None
    if not begins:
        cased = [word for word in words if word[0] != word[0].lower() or word[0].upper() != word[0]]
        if cased:  # a script with capitals
            if not 2 <= len(words) <= 5 or sum(word[0].isupper() for word in cased) < len(cased) - 1:
                return None
        elif not (2 <= len(words) <= 4 and len(names) <= 30) and not _ONE_WORD.fullmatch(names):
            return None
    return names


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


# ---- headline


def claim_titles(draft: Draft, page: Page, told: Sequence[tuple[str, Provenance]], house: Sequence[str]) -> list[str]:
    """Claim the headline, of ``told`` by schema.org and by the page; all forms of it that the page has."""
    candidates = [(value, known) for value, known in told if value]
    candidates += [
        (value, Provenance("stated", _of_meta(name))) for name in TITLES if (value := page.first(name))
    ]
    if page.title:
        candidates.append((page.title, Provenance("stated", "<title>")))
    clean = [(without_house(value, house), known) for value, known in candidates]
    shown = _headline_shown(page, [value for value, _ in clean])
    forms = [value for value, _ in candidates + clean]
    if shown:
        forms.append(shown)
        clean = [(shown if _extends(value, shown) else value, known) for value, known in clean]
        place = len(clean) - (1 if page.title else 0)
        clean.insert(place, (shown, Provenance("stated", "h1")))
    for value, known in clean:
        draft.claim("title", value, known)
    return list(dict.fromkeys(forms))


def _headline_shown(page: Page, known: Sequence[str]) -> str | None:
    """The headline that a reader of the page sees: the ``<h1>`` that is most like what the page says elsewhere."""
    words = [set(re.findall(r"\w+", value.casefold())) for value in known]
    best, best_rank = None, 0.0
    for element in page.headlines[:12]:
        text = text_of(element)
        mine = set(re.findall(r"\w+", text.casefold()))
        if not mine or len(text) > 400:
            continue
        rank = max((len(mine & other) / len(mine | other) for other in words), default=0) or (0.01 if len(mine) > 2 else 0)
        if rank > best_rank:
            best, best_rank = text, rank
    return best


def _extends(text: str, headline: str) -> bool:
    """Whether a text is a headline with something after a sign behind it."""
    return len(headline) > 15 and text.startswith(headline) and re.match(r"\s*[-–—|·•»:｜]\s", text[len(headline) :]) is not None


def without_house(title: str, house: Sequence[str]) -> str:
    """A headline without the name of the outlet behind it, or in front.

    >>> without_house("Rain in Rome | Weather | The Daily Example", ["Daily Example"])
    'Rain in Rome | Weather'
    """
    for _ in range(2):
        parts = list(_SEPARATORS.finditer(title))
        if not parts:
            break
        last, first = title[parts[-1].end() :], title[: parts[0].start()]
        if _names_house(last, house):
            title = title[: parts[-1].start()].strip()
        elif _names_house(first, house):
            title = title[parts[0].end() :].strip()
        else:
            break
    return title


def _names_house(part: str, house: Sequence[str]) -> bool:
    """Whether a part of a title is the name of the outlet, or its address."""
    letters = _letters(part)
    if len(letters) < 2:
        return False
    for name in house:
        other = _letters(name)
        if letters == other or (min(len(letters), len(other)) >= 3 and (letters in other or other in letters) and abs(len(letters) - len(other)) <= max(8, len(other) // 2)):
            return True
    return False
