"""The roles of paragraphs, such as running text, caption or notice, and the lead of an article.

Pages, feeds and databases put more into the text of an article than its story: a repeated headline, captions, bylines,
dates, links to other articles, requests to subscribe. :func:`role_of` recognises these by the kind of a paragraph and
by its words; the :func:`lead` is the first two paragraphs of running text.

Words count only if they make up the whole paragraph, or if they stand at the beginning or end of a short one, so that a
sentence about a photograph or a subscription stays running text. A paragraph that no rule recognises is running text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from newssearch.system.lazy_regex import Pattern

from .article import Article, Paragraph
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

SECOND_BEST = frozenset({"quote", "list", "scrap"})
"""The roles of paragraphs that complete a lead if the article has fewer than two paragraphs of running text."""

MAX_SCRAP_CHARS = 120
"""The largest number of characters of a scrap. A longer paragraph is running text, even if it is no whole sentence."""
MAX_BYLINE_CHARS, MAX_LINK_CHARS, MAX_NOTICE_CHARS, MAX_CAPTION_CHARS = 150, 250, 600, 800
"""The largest numbers of characters of a byline or date, a link, a notice and a caption that are recognised by their
words."""
MIN_ONE_WORD_SENTENCE_BYTES = 20
"""The smallest number of UTF-8 bytes of a text without spaces that counts as a sentence. Bytes are counted because a
character of Chinese says more than a Latin letter, and also has more bytes."""
MIN_HEADLINE_OVERLAP = 0.85
"""The smallest share of distinct words that a paragraph and the headline must have in common to count as the same."""
MAX_COLON_SCRAP_CHARS = 40
"""The largest number of characters of a scrap that ends with a colon; a longer paragraph is running text."""
CREDIT_SEARCH_CHARS = 180
"""The number of characters at the end of a paragraph that are searched for the credit of a picture."""

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
_AGENCY = (
    r"(?:AP|AFP|A\.P\.|Reuters|REUTERS|Getty(?:\ Images)?|GETTY(?:\ IMAGES)?|EPA|EFE|dpa|DPA|ANSA|UPI|Bloomberg(?:\ News)?|Xinhua|Kyodo|"
    r"Shutterstock|iStock(?:photo)?|Alamy|Corbis|Flickr|Wikimedia(?:\ Commons)?|Rex|NurPhoto|Anadolu(?:\ Agency)?|Pool|Landov|Handout|"
    r"Associated\ Press|The\ Associated\ Press|Press\ Association|USA\ TODAY(?:\ NETWORK|\ Sports)?|Newscom|ZUMA(?:\ Press|\ Wire)?|Sipa(?:\ USA)?|ABACAPRESS|imago|picture[\ -]alliance)"
)
_PICTURE = r"(?i:(?:file\ )?(?:photos?|photographs?|images?|pictures?|foto|fotos|bild|video|illustration|graphic|photo\ illustration|credits?))"
_CAPTION_BEGINS = Pattern(
    rf"""\W{{0,2}}(?:
        {_PICTURE}\s*[:|] | (?i:(?:photo|video)\ (?:copyright|caption|credit|source))\b
      | (?i:image\ (?:copyright|caption|source)|media\ (?:caption|playback)|(?:enlarge|toggle|hide)\ (?:this\ image|caption)|bildquelle|crédits?\s*:)
      | FILE(?:\ PHOTO)?\s*[-–—:] | File\ (?:photo|picture|image)\b | CLOSE\b
      | (?:In\ this|This)\ [^.]{{0,60}}?\b(?i:file\ (?:photo|image|picture)|(?:photo|image|video)\ (?:provided|released|taken))
      )""",
    re.VERBOSE,
)
_CREDIT_AT_END = Pattern(
    rf"""(?:
        [(\[][^()\[\]]{{0,80}}(?:{_PICTURE}\s*(?:[:/]|(?i:by|courtesy|via)\b)|\b{_AGENCY}\s*/|[/,]\s*{_AGENCY}\b|via\ {_AGENCY}\b)[^()\[\]]{{0,80}}[)\]]
      | [(\[]\s*(?:{_AGENCY}\s+)?{_PICTURE}\s*[)\]]
      | \b{_AGENCY}\s?/\s?{_NAMED}(?:[\s/]+{_NAMED}){{0,4}}
      | {_NAMED}\s?/\s?(?:{_NAMED}\s?/\s?|via\ )?{_AGENCY}(?:\ via\ {_AGENCY})?
      | \|\s*(?:{_AGENCY}|{_PICTURE})[^|.]{{0,40}}
      | (?i:hide|toggle)\ caption
      | {_PICTURE}\s*(?::|(?i:by|courtesy\ of|via)\b)\s*{_NAMED}[^.()]{{0,60}}
      )\W*$""",
    re.VERBOSE,
)
_LINK = Pattern(
    r"""\W{0,3}(?:
        (?i:(?:read|see|watch|listen|hear)\s+(?:more|also|next|now|the\s+full)|related(?:\s+\w+)?|also\s+(?:read|see|on)|more(?:\s+(?:on|from|in|about)\b[^:.]{0,40})?|
          recommended|don['’]t\s+miss|in\s+case\s+you\s+missed\s+it|you\s+may\s+also\s+like|further\s+reading|live\s+updates|
          lesen\s+sie\s+(?:auch|mehr)|mehr\s+zum\s+thema|lire\s+aussi|à\s+lire(?:\s+aussi)?|voir\s+aussi|lea\s+(?:también|además)|le\s+puede\s+interesar|
          leia\s+(?:também|mais)|veja\s+também|leggi\s+anche|lees\s+ook|läs\s+också|les\s+også|читайте\s+также|смотрите\s+также|czytaj\s+także|اقرأ\s+أيضا)\s*[:|>»–—-]
      | READ\s+MORE\b | RELATED\b | SEE\s+ALSO\b | MORE\s+(?:FROM|ON)\b | (?i:click\s+here\s+(?:to|for)\b) | LISTEN\s+TO\s+ARTICLE
      | (?i:https?://|www\.)\S+\W*$ )""",
    re.VERBOSE,
)
_NOTICE = Pattern(
    r"""\W{0,3}(?:
        (?i:advertisements?|ad|anzeige|publicité|publicidad|publicidade|pubblicità|реклама|sponsored(?:\s+content)?|story\s+highlights\b.*|story\s+continue[sd]\s+below.{0,40}|
          article\s+continues\s+(?:below|after).{0,40}|continue\s+reading.{0,40}|loading\W*|share|tweet|print|e-?mail|comments?|analysis\s*/\s*opinion|opinion|analysis|commentary|editorial|exclusive|breaking(?:\s+news)?)\W*$
      | (?i:(?:[^.?!]{0,40}[?!]\s+)?(?:please\s+)?(?:sign\s+up|subscribe|register|log\s+in|sign\s+in)\s+(?:for|to|now|here|today|and|with)\b | (?:get|receive)\s+(?:the|our|all\s+the|breaking)\s+(?:latest|best|news|top|day|daily|free|newsletter)\b[^.]{0,80}(?:inbox|newsletter|e-?mail|app)\b |
          follow\s+(?:us|me|@?\w+(?:\s+\w+)?)\s+on\s+(?:twitter|facebook|instagram|x)\b | like\s+us\s+on\b | join\s+our\b | support\s+\w+\s+journalism | corrections?(?:\s+and\s+clarifications?)?\s*: | clarification\s*: | editor['’]s\s+note | this\s+(?:article|story|post)\s+(?:is\s+more\s+than|has\s+been\s+(?:updated|corrected)|was\s+(?:originally|first)\s+published|originally\s+appeared)\b | become\s+a\s+(?:member|subscriber)\b |
          enter\s+your\s+e-?mail | thank\s+you\s+for\s+(?:subscribing|signing|your\s+support) | download\s+(?:the|our)\s+(?:\w+\s+)?app\b |
          copyright\s+(?:©|\(c\)|\d{4}|by) | ©\s*\d{4} | \(c\)\s*\d{4} | all\s+rights\s+reserved | this\s+(?:material|article|story|content|copy)\s+(?:may\s+not\s+be|is\s+for\s+your\s+personal)
          | we\s+use\s+cookies | share\s+(?:this|all\s+sharing)\b | abonnieren\s+sie | melden\s+sie\s+sich | abonnez-vous | inscrivez-vous | suscr[ií]base | inscreva-se | assine\s+ | iscriviti | подписывайтесь)
      )""",
    re.VERBOSE,
)


def role_of(paragraph: Paragraph, article: Article) -> Role:
    """Return the role of a paragraph in its article, by the kind of the paragraph, its words and the article's fields.

    >>> article = Article.create(title="Rain in Spain", text=["Rain in Spain - BBC News", "By Ann Lee", "It rained."])
    >>> [role_of(paragraph, article) for paragraph in article.paragraphs]
    ['headline', 'byline', 'text']
    """
    text = paragraph.text
    if paragraph.kind in ("heading", "caption"):
        return paragraph.kind
    if _is_headline(text, article):
        return "headline"
    role = _by_its_words(text, article)
    if role == "text" and paragraph.kind != "text":
        return paragraph.kind
    return role


def is_running_text(paragraph: Paragraph, article: Article) -> bool:
    """Whether the role of a paragraph in its article is running text."""
    return role_of(paragraph, article) == "text"


def lead(article: Article) -> tuple[int, ...]:
    """Return the numbers of the paragraphs in an article's lead, ascending, at most :data:`LEAD`.

    The lead is the first paragraphs of running text. If there are too few, the first quotations, list items and scraps
    complete it. If there are none of these either, the lead is the first paragraphs of the article.
    """
    chosen: list[int] = []
    others: list[int] = []
    for paragraph in article.paragraphs:
        role = role_of(paragraph, article)
        if role == "text":
            chosen.append(paragraph.number)
            if len(chosen) == LEAD:
                return tuple(chosen)
        elif role in SECOND_BEST and len(others) < LEAD:
            others.append(paragraph.number)
    chosen += others[: LEAD - len(chosen)]
    return tuple(sorted(chosen)) or tuple(paragraph.number for paragraph in article.paragraphs[:LEAD])


def _by_its_words(text: str, article: Article) -> Role:
    if len(text) <= MAX_NOTICE_CHARS and _NOTICE.match(text) is not None:
        return "notice"
    if len(text) <= MAX_LINK_CHARS and _LINK.match(text) is not None:
        return "link"
    if len(text) <= MAX_BYLINE_CHARS:
        if _is_byline(text, article):
            return "byline"
        if _is_date(text):
            return "date"
    ended = _SENTENCE_END.search(text[-48:]) is not None
    if len(text) <= MAX_CAPTION_CHARS and (
        _CAPTION_BEGINS.match(text) is not None
        or (
            (not ended or text.rstrip(". ")[-1:] in (")", "]"))
            and _CREDIT_AT_END.search(text[-CREDIT_SEARCH_CHARS:]) is not None
        )
    ):
        return "caption"
    if text.endswith(":"):
        return "scrap" if len(text) <= MAX_COLON_SCRAP_CHARS else "text"
    is_sentence = (
        ended and not text.isupper() and (" " in text or len(text.encode()) >= MIN_ONE_WORD_SENTENCE_BYTES)
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
    title, words = _folded_words(article.title), _folded_words(text)
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
