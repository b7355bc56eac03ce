"""Recognise by its words that a paragraph is an aside: a link, a caption or a notice among the text of an article.

- A *link* points to something else: "Read more: …", "RELATED: …", "Lesen Sie auch …", "JUST WATCHED …".
- A *caption* describes a picture or credits it: "Photo: …", "Image copyright …", "… (Ann Lee/AFP)".
- A *notice* is the publisher's: an advertisement, a request to subscribe or to follow, copyright, a correction.

The words are phrases of 35 languages, compared without regard to case and accents, at the beginning of a short
paragraph; brackets, bullets and other marks may precede them. Such words also begin ordinary sentences ("More than 300
people …", "Read more books, says the minister."). So a phrase counts according to its table below: alone in its
paragraph, in front of a colon or another separator and a headline, or in front of anything. A headline is a text that
does not end like a sentence. Only the credits of captions are looked for at the end of a paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import Literal

from newssearch.system.kept import cached_property
from newssearch.system.lazy_regex import Pattern

Aside = Literal["link", "caption", "notice"]
"""What an aside is, see the description of this module."""

MAX_LINK_CHARS, MAX_NOTICE_CHARS, MAX_CAPTION_CHARS = 250, 600, 800
"""A link, a notice and a caption are at most this long, in characters."""
MAX_HEADLINE_CHARS = 150
"""A headline in a paragraph of its own, below the label of a link, is at most this long, in characters."""
MAX_LABEL_CHARS = 60
"""The label of a link, alone in its paragraph, is at most this long, in characters."""
MAX_SHORT_LINK_CHARS = 120
"""A link whose headline ends like a sentence is at most this long, in characters."""
MIN_CAPITALS_CHARS, MIN_CAPITALS_WORDS = 36, 5
"""A paragraph in capitals is a link only if it has this many characters and this many words; subheads are shorter."""
MIN_CHARS_PER_DIGIT = 10
"""A paragraph in capitals with more digits than one in ten characters is a table, and no link."""
MIN_BRACKETED_WORDS = 6
"""A paragraph in square brackets is a link only if it has this many words."""
MAX_CREDIT_CHARS, MAX_BRACKETED_CREDIT_CHARS = 100, 200
"""A picture credit at the end of a paragraph is at most this long, in characters; the second limit is for one in brackets."""

CALLS = """
    see also|also read|read also|read next|also see|also on politico|read or share this story|
    related coverage|related video|related videos|related stories|related articles|related links|related content|related posts|related news|related reading|related reads|you may also like|
    you might also like|you might be interested in|you may be interested in|
    lesen sie auch|lesen sie hier|lesen sie dazu|sehen sie auch|das konnte sie auch interessieren|das konnte sie interessieren|
    lire aussi|a lire aussi|a lire egalement|lire egalement|voir aussi|a voir aussi|sur le meme sujet|
    lea tambien|lea ademas|lee tambien|leer tambien|le puede interesar|te puede interesar|tambien te puede interesar|
    tambien le puede interesar|vea tambien|mira tambien|ver tambien|no te pierdas|
    leia tambem|leia ainda|veja tambem|assista tambem|confira tambem|ler tambem|
    leggi anche|leggi pure|guarda anche|vedi anche|ti potrebbe interessare|potrebbe interessarti|potrebbe interessarti anche|
    lees ook|lees verder|zie ook|bekijk ook|luister ook|las ocksa|las aven|se ocksa|les ogsa|se ogsa|
    laes ogsa|hor ogsa|lue myos|katso myos|
    czytaj takze|czytaj tez|czytaj rowniez|czytaj dalej|zobacz takze|zobacz tez|zobacz rowniez|przeczytaj takze|
    przeczytaj tez|przeczytaj rowniez|sprawdz takze|ctete take|ctete tez|prectete si take|citajte aj|precitajte si aj|precitajte si tiez|
    mohlo by vas zajimat|mohlo by vas zaujimat|citeste si|vezi si|ezt is olvassa el|olvassa el ezt is|
    procitajte i|pogledajte i|pogledajte jos|preberite tudi|
    читайте также|читаите также|смотрите также|читать далее|читайте тоже|материалы по теме|читайте також|дивіться також|
    вижте също|
    ayrica okuyun|bunu da okuyun|sunu da okuyun|bunlar da ilginizi cekebilir|ilginizi cekebilir|devamini oku|ilgili haber|ilgili haberler|
    διαβαστε επισης|διαβαστε ακομα|διαβαστε ακομη|δειτε επισης|δειτε ακομα|
    اقرأ ايضا|اقرا ايضا|اقرا المزيد|شاهد ايضا|مواضيع ذات صلة|اخبار ذات صلة|بيشتر بخوانيد|بیشتر بخوانید|همچنین بخوانید|קראו גם|קראו עוד|
    baca juga|simak juga|lihat juga|baca selengkapnya|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|আরও পড়ুন|
    延伸阅读|延伸閱讀|相关阅读|相關閱讀|相关新闻|相關新聞|推荐阅读|推薦閱讀|相关报道|相關報導|関連記事|関連ニュース|あわせて読みたい|관련기사|관련 기사
"""
"""Phrases that begin a link whatever follows them."""

LABELS = """
    read more|read this|read the full story|full story|full coverage|complete coverage|related|related story|related article|related topics|
    more|more on this|more on this story|more coverage|more stories|more news|further reading|recommended|recommended for you|
    don't miss|in case you missed it|icymi|just watched|must watch|go deeper|must read|must-read|must reads|most read|most popular|trending|trending now|what to read next|
    watch now|watch live|watch more|watch|video|videos|photos|photo gallery|gallery|slideshow|interactive|listen|listen now|live updates|
    live blog|live coverage|special coverage|check out|poll|special|urgent|latest|read|story|opinion|podcast|flashback|keep reading|continue reading|hear more|next|up next|
    mehr zum thema|mehr dazu|mehr zu|siehe auch|auch interessant|weiterlesen|lesetipp|zum thema|video zum thema|im video|fotostrecke|bilderstrecke|
    meistgelesen|a lire|a ecouter|a voir|a decouvrir|en savoir plus|pour aller plus loin|lire|relire|notre dossier|
    mas informacion|noticia relacionada|noticias relacionadas|te recomendamos|le recomendamos|seguir leyendo|sigue leyendo|en fotos|
    relacionadas|relacionado|em fotos|per approfondire|approfondisci|leggi|leggi tutto|articoli correlati|
    meer over|meer lezen|gerelateerd|lees|kijk|las vidare|lasa mer|relaterat|les videre|relatert|polecamy|zobacz|czytaj|
    подробнее|по теме|ранее по теме|читайте|докладніше|читати далі|σχετικα αρθρα|kapcsolodo cikk|kapcsolodo cikkek|ajanljuk|vezane vijesti|
    lees meer|leia mais|lea mas|lee mas|leer mas|ler mais|veja mais|leggi di piu|las mer|les mer|laes mere|lue lisaa|czytaj wiecej|zobacz wiecej|citeste mai mult|lesen sie mehr|
    saiba mais|xem them|doc them|διαβαστε περισσοτερα|прочетете още|procitajte jos|citajte jos|вижте още|читајте још|читайте еще|missa inte|lire la suite
"""
"""Phrases that are a link alone in their paragraph, or in front of a separator and a headline."""

PICTURES = """
    photo|photos|photograph|photographs|photographer|image|images|picture|pictures|file photo|file image|illustration|photo illustration|graphic|
    caption|credit|credits|photo credit|photo credits|image credit|image credits|image source|photo source|video credit|photo caption|
    image caption|image copyright|photo copyright|media caption|
    foto|fotos|bild|bilder|symbolbild|symbolfoto|archivbild|archivfoto|grafik|bildquelle|bildnachweis|bildunterschrift|fotocredit|
    photo d'illustration|credit photo|credits photo|credit image|legende|visuel|illustrations|
    fotografia|fotografias|imagen|imagenes|imagem|imagens|credito|creditos|credito de foto|pie de foto|fuente de la imagen|legenda|
    legenda da foto|foto de archivo|foto di archivio|immagine|immagini|didascalia|beeld|afbeelding|fotograaf|fotograf|billede|bilde|arkivfoto|
    illustrasjon|illustrationsfoto|kuva|kuvat|fot|zdjecie|zdjecia|fotografie|foto ilustracija|
    фото|фотография|фотографии|изображение|иллюстрация|снимка|автор фото|подпись к фото|fotograf alti yazisi|fotograflar|gorsel|
    φωτογραφια|φωτογραφιες|φωτο|εικονα|kep|sursa foto|foto arhiva|
    صورة|الصورة|مصدر الصورة|التعليق على الصورة|تصویر|عکس|צילום|图片来源|圖片來源|图源|图片|圖片|写真|画像|写真提供|사진|사진제공|anh|ảnh
"""
"""Words for a picture, its author or source, which begin a caption or credit in front of a separator."""

SOURCES = """
    source|sources|quelle|quellen|fuente|fuentes|fonte|fontes|bron|kilde|kilder|kalla|lahde|zrodlo|zdroj|izvor|источник|джерело|kaynak|πηγη|forras|sursa
"""
"""Words for a source, which begin a credit in front of a separator and a short name."""

READ_MORE = (
    " Read more", " READ MORE", " Read More", " Lire la suite", " Weiterlesen", " Leer más", " Leia mais", " Lees meer", " Läs mer", " Les mer",
)  # fmt: skip
"""The ends of links, as written."""

OPENINGS: tuple[tuple[Aside, str, str], ...] = (
    ("caption", "photos|hide", r".*hide caption\b"),
    ("caption", "image", r"image (?:copyright|caption|source)\b|image .{0,200}\bcredit(?:\.\.\. | [^.]{0,60}$)|image \d+ of \d+"),
    ("caption", "media", r"media caption\b|media playback is (?:not supported|unsupported)"),
    ("caption", "photo", r"photo (?:copyright|caption|credit|source|by|courtesy)\b|photo illustrations? by\b.{0,120}$|photo d'archives"),
    ("caption", "photos|photographs|photograph", r"(?:photos|photographs?) by\b[^.]{0,80}$"),
    ("caption", "video", r"video (?:copyright|caption|credit|source)\b"),
    ("caption", "enlarge|toggle|hide|illustration", r"enlarge (?:this )?image\b|(?:toggle|hide) caption\b|illustration by\b"),
    ("caption", "courtesy", r"courtesy (?:of|photo)\b[^.]{0,80}$"),
    ("caption", "file", r"file (?:photo|picture|image)\b"),
    ("caption", "fuente|pie|legenda|credito", r"fuente de la imagen|pie de foto|legenda da foto|credito, "),
    ("caption", "автор|подпись|مصدر|التعليق", r"автор фото|подпись к фото|مصدر الصورة|التعليق على الصورة"),
    ("caption", "getty|afp|reuters|ap|epa", r"getty(?: images)?\W*$|(?:afp|reuters|ap|epa)(?:[ /]+(?:afp|reuters|ap|photo|getty|images|file|pool|via))+\W*$"),
    ("link", "more", r"more (?:on|from|about|in|at)\b[^:.]{0,60}(?::(?!.*[^.]\.[\"')\]]*$)|\.\.\.)|more (?:on|from|about) [^:.]{1,50}$"),
    ("link", "also", r"also on (?:cnn|fox|huff|nbc|abc|cbs|msn|npr|the web|usa)[^:.]{0,30}:"),
    ("link", "play|embed|interested|slideshow", r"play video\b(?! games?\b)|embed\b.*copy this code|interested in .{1,60}\? add |slideshow \(\d+"),
    ("link", "click|tap", r"click (?:here|to|for|through)\b|tap here\b"),
    ("link", "see", r"see (?:all|full|more|the full|complete|politico's)\b[^.]{0,60}(?:coverage|results|story|gallery|list|here)\W*$"),
    ("link", "watch", r"watch (?:the |full |latest |live )*(?:video|interview|episode|clip)s?\b[^.]{0,60}$|watch live\b"),
    ("link", "listen|view", r"listen to (?:article|this\W*$|this (?:article|audio|episode|interview|podcast|report|story))\b|view (?:the )?(?:photo|gallery|full|complete|slideshow)\b"),
    ("link", "read", r"read (?:the )?(?:full|complete|whole|entire|original) (?:story|article|report|post|statement|interview|letter|text|transcript)\b[^.]{0,60}\W*$"),
    ("link", "read", r"read more (?:of|on|about|at|from|in|by|here)\b[^.]{0,100}\W*$"),
    ("link", "prev|next|previous", r"(?:prev|next|previous) image \d+"),
    ("link", "from", r"from (?:the )?politico\b[^:.]{0,30}:"),
    ("notice", "write|contact|email|e|send", r"(?:write to|contact|e-?mail|send)\b.{0,120}\S@\S+\W*$"),
    ("link", "for more|for full|for the|for continuing", r"for (?:more|full|the full|continuing)\b[^.]{0,80}\b(?:click|tap|visit|go to|see our|read our|sign up|follow us)\b"),
    ("link", "http|https|www", r"(?:https?://|www\.)\S+\W*$"),
    ("notice", "story|article|continue", r"story highlights\W*$|(?:story|article) continue[sd]?\b.{0,6}(?:below|after)|continue reading (?:the main story|below)"),
    ("notice", "please|sign|subscribe|log", r"(?:please )?(?:sign up|subscribe|log in|sign in)(?: (?:for|to|now|here|today|and|with|on)\b|,)"),
    ("notice", "please|register", r"(?:please )?register (?:for|now|here|today|with|to (?:read|continue|access|comment|get|receive))\b"),
    ("notice", "get|receive", r"(?:get|receive) (?:the|our|your|all the|breaking|daily|more|top|a)\b[^.?!]{0,100}\b(?:inbox|newsletters?|e-?mail(?:ed)?)\b|get .{1,40} (?:on the go|by clicking here)\b"),
    ("notice", "stay|want", r"stay up to date with the free\b|want (?:more|the best|to get|to receive)[^.?!]{0,100}(?:inbox|every day|newsletter)[^.?!]{0,30}\?"),
    ("notice", "follow", r"follow (?:us|me)\b[^.]{0,40}\b(?:on|at)\b|follow [^.]{1,90} on (?:twitter|facebook|instagram|linkedin|snapchat|tiktok|youtube|x)\b|follow .{1,60} on twitter\b|follow [^.]{1,80} at https?:|follow (?:him|her|them) on\b|follow @\w|follow \w+(?: \w+)? join us\b"),
    ("notice", "find|like|join", r"(?:find|like|join) us (?:on|at) ?(?:facebook|twitter|instagram)|like us on\b|join the (?:conversation|discussion)\W*$|join our\b"),
    ("notice", "support|become", r"support [^.]{1,40} journalism\b|become a (?:member|subscriber)\b"),
    ("notice", "correction|corrections|clarification|clarifications|editor|editors", r"(?:correction|clarification)s?(?: and clarifications?)? ?:|editor'?s?'? note\b"),
    ("notice", "this article|this story|this post|this material|this content|this copy", r"this (?:article|story|post) (?:is more than|has been (?:updated|corrected)|was (?:originally|first) published|originally appeared)\b|this (?:material|article|story|content|copy) (?:may not be|is for your personal)"),
    ("notice", "enter|thank|thanks", r"enter your e-?mail|(?:thank you|thanks) for (?:subscribing|signing|watching|your support)"),
    ("notice", "download", r"download (?:the|our) (?:\S+ ){0,5}app\b"),
    ("notice", "copyright|c|all rights", r"copyright (?:©|\(c\)|\d{4}|by)|c\) \d{4}|all rights reserved"),
    ("notice", "we use|share|originally", r"we use cookies|share this ?:|share (?:this (?:article|story|post|page|with)|all sharing|your thoughts)\b|originally published (?:on|by|in|at)\b[^.]{0,60}\.?$"),
    ("notice", "abonnieren|jetzt|newsletter|melden|folgen", r"abonnieren sie|jetzt abonnieren|newsletter abonnieren|melden sie sich (?:hier|jetzt|an|fur)\b|folgen sie uns"),
    ("notice", "abonnez|inscrivez|suivez|recevez", r"(?:abonnez|inscrivez)-vous|suivez-nous|recevez [^.]{0,80}newsletter"),
    ("notice", "suscribete|suscribase|siguenos|siganos|recibe|reciba", r"suscribete|suscribase|siguenos|siganos|recib[ae] [^.]{0,80}(?:newsletter|boletin|correo)"),
    ("notice", "inscreva|assine|siga|receba", r"inscreva-se|assine (?:o|a|ja|agora|nossa|nosso|aqui)\b|siga (?:o|a|os|as|nos|nosso)\b[^.]{0,60}(?:twitter|facebook|instagram|redes)|receba [^.]{0,80}(?:newsletter|e-?mail)"),
    ("notice", "iscriviti|abbonati|seguici|schrijf|abonneer|volg", r"iscriviti|abbonati|seguici|schrijf je in|abonneer|volg ons"),
    ("notice", "prenumerera|folj|tilmeld|abonner|meld|saken|artiklen|artikeln", r"prenumerera|folj oss|tilmeld dig|abonner pa|meld deg pa|saken fortsetter|artiklen fortsaetter|artikeln fortsatter"),
    ("notice", "zapisz|subskrybuj|obserwuj|abone|bizi|εγγραφειτε|ακολουθηστε", r"zapisz sie|subskrybuj|obserwuj nas|abone ol|bizi takip|εγγραφειτε|ακολουθηστε"),
    ("notice", "подписывайтесь|подпишитесь|підписуйтесь|підпишіться", r"\w+"),
    ("notice", "weiterlesen|artikel|el articulo|continua", r"weiterlesen nach|artikel wird unter|el articulo continua|continua depois da publicidade"),
)  # fmt: skip
"""The beginnings of asides: what they begin; their possible first words, some with the second word; and
a regular expression of the folded text from the first word on."""

ALONE = """
    advertisement|advertisements|ad|ads|anzeige|werbung|publicite|publicidad|publicidade|pubblicita|reklama|reklame|реклама|reklam|annonce|annons|
    advertentie|διαφημιση|hirdetes|mainos|oglas|iklan|إعلان|اعلان|広告|广告|廣告|광고|sponsored|sponsored content|loading|share|tweet|print|email|e-mail|
    comment|comments|analysis/opinion|analysis / opinion|opinion|analysis|commentary|editorial|exclusive|breaking|breaking news|opinion columnist|
    opinion contributor|opinion contributors|story continues|play|replay|next|previous|close|sign up|subscribe|share this|share this article|
    share this story|continue reading below|advertisement continue reading the main story|facebook twitter pinterest
"""
"""Phrases that are a notice alone in their paragraph."""

_MAX_QUESTION_CHARS = 64
"""The question in front of an invitation ends among this many characters."""
_INVITATION = Pattern(
    r"[^.?!]{0,60}[?!] (?i:(?:please )?(?:sign up|subscribe|download|e-?mail)(?:\W*$| (?:for|to|now|here|today|and|with|the|our|us|\S+@)))"
)
"""Matches a request that follows a question: "Want more news? Sign up …"."""

_CAPITALISED = r"[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω][\w.'’-]*"
_AGENCY = (
    r"(?:AP|AFP|A\.P\.|Reuters|REUTERS|Getty(?:\ Images)?|GETTY(?:\ IMAGES)?|EPA|EFE|dpa|DPA|ANSA|UPI|Bloomberg(?:\ News)?|Xinhua|Kyodo|PAP|TASS|ТАСС|РИА|"
    r"NTB|TT|Ritzau|ANP|Belga|Lusa|Lehtikuva|Keystone|Shutterstock|iStock(?:photo)?|Alamy|Corbis|Flickr|Wikimedia(?:\ Commons)?|Rex|NurPhoto|"
    r"Anadolu(?:\ Agency)?|Pool|Landov|Handout|Associated\ Press|The\ Associated\ Press|Press\ Association|USA\ TODAY(?:\ NETWORK|\ Sports)?|Newscom|"
    r"ZUMA(?:\ Press|\ Wire)?|Sipa(?:\ USA)?|ABACAPRESS|imago(?:\ images)?|IMAGO|picture[\ -]alliance|Scanpix)"
)
_PICTURE = (
    r"(?i:(?:file\ )?(?:photos?|photographs?|images?|pictures?|fotos?|fot\.?|bild|video|illustration|graphic|photo\ illustration|credits?|imagen|imagem|"
    r"crédits?(?:\ photo)?|crédito|beeld|fotó|фото|kuva))"
)
_NO_INFORMANT = r"(?<!\btold\ )(?<!\bto\ )(?<!\bwith\ )(?<!\bthe\ )"
"""Matches where no words precede that make an agency part of a sentence: "he told AFP/Reuters"."""
_GALLERY = Pattern(r"\b[Hh]ide [Cc]aption \d+ of \d+")
"""Matches what stands between the captions of the pictures of a gallery, which may be one long paragraph."""
_GALLERY_SIGN = "aption "
_AUDIO = Pattern(r"\bListen\W+\d+:\d\d(?: \d+:\d\d)?$")
"""Matches the end of a link to a recording."""
_CREDIT_WORDS = re.compile(
    r"[/|©]|caption|photo|image|picture|fotos?\b|fot[.:ó]|bild|video|credit|illustration|graphic|imagem|cr[eé]dit|beeld|фото|kuva"
    r"|, ?(?:ap|afp|reuters|getty|epa|efe|dpa|ansa|upi)\b|via "
)
"""Matches what each credit has, in lower case: a quick test."""
_CREDIT_AT_END = Pattern(
    rf"""(?:
        [(\[][^()\[\]]{{0,80}}(?:{_PICTURE}\s*(?:[:/]|(?i:by|courtesy|via)\b)|\b{_AGENCY}\s*/|[/,]\s*{_AGENCY}\b|via\ {_AGENCY}\b)[^()\[\]]{{0,80}}[)\]]
      | [(\[]\s*(?:{_AGENCY}\s+)?{_PICTURE}\s*[)\]]
      | {_NO_INFORMANT}\b{_AGENCY}\s?/\s?{_CAPITALISED}(?:[\s/]+{_CAPITALISED}){{0,4}}
      | {_NO_INFORMANT}\b{_CAPITALISED}\s?/\s?(?:{_CAPITALISED}\s?/\s?|via\ )?{_AGENCY}(?:\ [Pp]hotos?|\ via\ {_AGENCY}|,\ (?i:file|pool))?
      | \|\s*(?:{_CAPITALISED}[^|/.]{{0,40}}/\s?)?(?:{_AGENCY}|POLITICO|{_PICTURE})\b[^|.]{{0,120}}
      | (?i:hide|toggle)\ caption
      | {_PICTURE}\s*(?::|(?i:by|courtesy\ of|via)\b)\s*{_CAPITALISED}[^.()]{{0,60}}
      | ©\s*{_CAPITALISED}[^.()]{{0,40}}
      )\W*$""",
    re.VERBOSE,
)
_IN_BRACKETS = Pattern(
    rf"[(\[]{_CAPITALISED}(?: {_CAPITALISED}){{0,3}} ?/ ?{_CAPITALISED}[^()\[\]]{{0,60}}[)\]]|\[\w[^\[\]]+[^.\]]\]"
)
"""Matches a paragraph that is the name of a photographer and of a medium, or a headline, in brackets."""
_CAPITAL_OPENING = Pattern(
    r"""FILE(?:\ PHOTO)?\s*[-–—:]+(?!\s*[a-z]) | In\ this\ (?:[A-Z0-9][\w.]*,?\ ){0,5}file\ (?:photo|image|picture)\b
      | CLOSE\ (?=A\ |[A-Z][a-z])""",
    re.VERBOSE,
)
"""Matches the beginnings of captions whose capitals count."""
_OPENING_OF_NO_SENTENCE = Pattern(
    r"""CLOSE\ (?!TO\b)(?=[A-Z]) | AP\ Photo\ (?=[A-Z0-9]) | Getty(?:\ Images)?\ (?=[A-Z]{3,}|\d{4})
      | (?:In\ this|This)\ [^.]{0,60}?\b(?i:file\ (?:photo|image|picture)|(?:photo|image|video)\ (?:provided|released|taken))""",
    re.VERBOSE,
)
"""Matches the beginnings of captions that also begin sentences; a caption ends with a credit, and not like a sentence."""

_LEADING_WORD = re.compile(r"[^\W_]+")
_FIRST_WORDS = re.compile(r"[\W_]{0,8}([^\W_]+)(?: ([^\W_]+))?")
_SEPARATOR = re.compile(r"\s?[:：|｜»>›→▶►\])】」]+\s*|\s[–—-]+\s|\s?(?:\.\.\.|…)\s*(?=$)")
_ALPHANUMERIC = re.compile(r"[^\W_]")
_LINE_END = " \"'”’»›)]}」』】*_"
_SENTENCE_ENDS = ".!?:\"”’' …"
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": "...", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ı": "i", "\xa0": " "}
)  # fmt: skip
"""Replaces typographic quotation marks and dashes with those of ASCII, and letters such as ø, which have no Unicode
decomposition, with their base letters."""
_DASHES = ("-", "--", "---")
_FIRST_UNSPACED = "\u2e80"
"""The first character of the scripts that have no spaces between words: Chinese and Japanese."""
_STOPS = (".", "。", "।", "۔", "።", "։")


def aside_of(text: str) -> Aside | None:
    """Return what a paragraph with the given text, on one line, is by its words, or None if it is no aside.

    >>> [aside_of(text) for text in ("Read more: Rain in Spain", "Read more books, he said.", "Photo: Ann Lee", "AD")]
    ['link', None, 'caption', 'notice']
    """
    size = len(text)
    if _GALLERY_SIGN in text and _GALLERY.search(text) is not None:
        return "caption"
    if size > MAX_CAPTION_CHARS:
        return None
    if _ends_sentence(text[-3:]) and _begins_no_aside(text):  # most paragraphs
        return None
    first = _FIRST_WORDS.match(text)
    if first is None:
        return "notice" if text.startswith("©") else None
    word, second = first.groups()
    rules = _rules_of(word)
    if rules is not None and (
        rules.seconds is None or (second is not None and _folded(second) in rules.seconds)
    ):
        found = rules.aside_of(text, first.start(1))
        if found is not None:
            return found
    if size <= MAX_NOTICE_CHARS:
        if text[0] == "©" and word[0].isdigit():
            return "notice"
        if (
            text.find("?", 0, _MAX_QUESTION_CHARS) > 0 or text.find("!", 0, _MAX_QUESTION_CHARS) > 0
        ) and _INVITATION.match(text) is not None:
            return "notice"
    if size <= MAX_LINK_CHARS and (
        text.endswith(READ_MORE)
        or (text[-1].isdigit() and _AUDIO.search(text, max(size - 24, 0)) is not None)
    ):
        return "link"
    if text[0] in "([" and size <= MAX_LINK_CHARS and (found := _in_brackets(text)) is not None:
        return found
    if _ends_sentence(text[-3:]):
        return None  # a credit is no sentence, but one in brackets may follow a sentence and have a full stop
    return "caption" if _has_credit(text) else None


def _begins_no_aside(text: str) -> bool:
    """Whether the beginning of a text shows that it is no aside if it ends like a sentence. A quick test: False is uncertain."""
    chunks = text.split(" ", 2)
    seconds = _second_words(chunks[0])
    if seconds is None or (seconds and len(chunks) > 1 and _first_word(chunks[1]) in seconds):
        return False
    head = text[:_MAX_QUESTION_CHARS]
    return "?" not in head and "!" not in head


@lru_cache(maxsize=16_384)
def _second_words(chunk: str) -> frozenset[str] | None:
    """Return the second words of asides that begin with a chunk, the text in front of the first space.

    There are none for most chunks. None stands for a chunk whose asides need no certain second word, or that decides nothing.
    """
    first = _FIRST_WORDS.match(chunk)
    if first is None or chunk[0] in "©([":
        return None
    rules = _rules_of(first[1])
    if rules is None:
        return frozenset()
    if rules.seconds is None:
        return None
    return frozenset(rules.seconds if first.end() == len(chunk) else ())


@lru_cache(maxsize=16_384)
def _first_word(chunk: str) -> str:
    """Return the word with which a chunk begins, folded; "" if it begins with none."""
    word = _LEADING_WORD.match(chunk)
    return "" if word is None else _folded(word[0])


@lru_cache(maxsize=16_384)
def _ends_sentence(end: str) -> bool:
    """Whether a text ends like a sentence, given its last three characters."""
    bare = end.rstrip(_SENTENCE_ENDS)
    return len(bare) < len(end) and bool(bare) and bare[-1] not in ")]"


def _in_brackets(text: str) -> Aside | None:
    """Return what a paragraph is that is wholly in brackets: a credit ("(Ann Lee/Echo)") or a link in square brackets."""
    if _IN_BRACKETS.fullmatch(text) is None:
        return None
    if text[0] == "(" or "/" in text:
        return "caption"
    long = text.count(" ") >= MIN_BRACKETED_WORDS - 1
    return "link" if long and len(text) <= MAX_SHORT_LINK_CHARS and not _ends_like_a_sentence(text) else None


def _has_credit(text: str) -> bool:
    """Whether a text ends with the credit of a picture."""
    size = len(text)
    bare = text.rstrip(_SENTENCE_ENDS)
    if bare.endswith((")", "]")):
        credit = text[max(bare.rfind("("), bare.rfind("["), size - MAX_BRACKETED_CREDIT_CHARS) :]
    else:
        bar = text.rfind("|", max(size - MAX_BRACKETED_CREDIT_CHARS, 0))
        credit = text[bar:] if bar > 0 else text[-MAX_CREDIT_CHARS:]
        if not _has_sign_of_credit(credit):
            return False
    return _CREDIT_WORDS.search(credit.lower()) is not None and _CREDIT_AT_END.search(credit) is not None


def _has_sign_of_credit(text: str) -> bool:
    """Whether a text has one of the signs that each credit without brackets has: a quick test."""
    return (
        "/" in text or "|" in text or "©" in text or ":" in text or "aption" in text or " by " in text
        or " via " in text or "ourtesy" in text
    )  # fmt: skip


def is_label(text: str) -> bool:
    """Whether a paragraph is nothing but the label of a link, whose headline may stand in the next paragraph."""
    if len(text) > MAX_LABEL_CHARS:
        return False
    folded = _folded(text).strip("".join((_LINE_END, ":.…|>»-–—([{#•▶►→")))
    return folded in _RULES.labels


def is_headline_like(text: str) -> bool:
    """Whether a paragraph below a label can be the headline of a link: short, of several words, and no sentence."""
    return len(text) <= MAX_HEADLINE_CHARS and " " in text and not _ends_like_a_sentence(text)


def is_in_capitals(text: str) -> bool:
    """Whether a paragraph of an article that is not in capitals looks like the headline of another one, in capitals."""
    return (
        MIN_CAPITALS_CHARS <= len(text) <= MAX_LINK_CHARS
        and text.isupper()
        and text.count(" ") >= MIN_CAPITALS_WORDS - 1
        and sum(map(str.isdigit, text)) * MIN_CHARS_PER_DIGIT <= len(text)
        and not _ends_like_a_sentence(text)
    )


def _ends_like_a_sentence(text: str) -> bool:
    bare = text.rstrip(_LINE_END)
    return bare.endswith(_STOPS) and not bare.endswith("..")


def _is_sentence(text: str) -> bool:
    """Whether a text ends like a sentence, also like a question, an exclamation or one that is not at its end."""
    return text.rstrip(_LINE_END).endswith((*_STOPS, *"!?:;,…-–—"))


def _folded(text: str) -> str:
    """Return a text without differences of case, accents, quotation marks and apostrophes."""
    if not text.isascii():
        text = text.translate(_PLAIN)
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return bare if bare.isascii() else "".join(char for char in bare if not unicodedata.combining(char))


_Sort = Literal["call", "label", "picture", "source", "alone"]


_MAX_CHARS: dict[Aside, int] = {
    "link": MAX_LINK_CHARS,
    "notice": MAX_NOTICE_CHARS,
    "caption": MAX_CAPTION_CHARS,
}


class _Rules:
    """The rules for paragraphs that begin with a given word, folded."""

    def __init__(self) -> None:
        self.phrases: list[tuple[str, _Sort]] = []
        self.openings: list[tuple[Aside, Pattern]] = []
        self.begin_captions = False
        """Whether captions begin with the word that are recognised by their capitals."""
        self.seconds: set[str] | None = set()
        """The second words of all these rules; None if one of them does not need a certain second word."""

    def aside_of(self, text: str, start: int) -> Aside | None:
        """Return what a text is whose first word, at ``start``, is the word of these rules; None if it is no aside."""
        if self.begin_captions:
            if _CAPITAL_OPENING.match(text, start) is not None:
                return "caption"
            if _OPENING_OF_NO_SENTENCE.match(text, start) is not None and not _is_sentence(text):
                return "caption"
        if len(text) > self.max_chars:
            return None
        folded = _folded(text[start:])
        if len(text) <= MAX_LINK_CHARS:
            for phrase, sort in self.phrases:
                if folded.startswith(phrase):
                    rest = folded[len(phrase) :]
                    if (found := _by_phrase(text, start, phrase, sort, rest)) is not None:
                        return found
        for aside, pattern in self.openings:
            if len(text) <= _MAX_CHARS[aside] and pattern.match(folded) is not None:
                return aside
        return None

    @cached_property
    def max_chars(self) -> int:
        """The largest number of characters of an aside that these rules recognise by folded words."""
        return max((_MAX_CHARS[aside] for aside, _ in self.openings), default=MAX_LINK_CHARS)


_ALONE: dict[_Sort, Aside] = {
    "call": "link",
    "label": "link",
    "picture": "caption",
    "source": "caption",
    "alone": "notice",
}
"""What a phrase of each table is alone in its paragraph."""


def _by_phrase(text: str, start: int, phrase: str, sort: _Sort, rest: str) -> Aside | None:
    """Return what a text is that begins with a phrase at ``start``; ``rest`` is the folded text behind the phrase."""
    if _ALPHANUMERIC.search(rest) is None:
        return _ALONE[sort]
    spaced = phrase[-1] < _FIRST_UNSPACED  # words of its script have spaces between them
    if sort == "alone" or (spaced and phrase[-1].isalnum() and rest[0].isalnum()):
        return None
    if sort == "call":
        return "link"
    in_brackets = text[:start].rstrip().endswith(("(", "[", "【"))
    separator = _SEPARATOR.match(rest)
    if separator is None:
        followed = sort == "label" and _precedes_headline(text[start:], phrase, in_brackets)
        return "link" if followed else None
    if " " not in phrase and separator[0].strip() in _DASHES:
        return None
    if sort == "picture":
        return "caption"
    short = len(text) <= MAX_SHORT_LINK_CHARS
    sentence = _ends_like_a_sentence(rest)
    if sort == "source":
        return "caption" if short and not sentence else None
    return None if sentence and not in_brackets and (phrase == "more" or not short) else "link"


def _precedes_headline(text: str, phrase: str, in_brackets: bool) -> bool:
    """Whether capitals show that a headline follows the label with which a text begins, without a separator.

    A label in capitals may also be how a sentence begins: "WATCH out for floods!", "MORE THAN 300 people died!".
    """
    count = phrase.count(" ") + 1
    words = text.split(" ", count + 1)
    if len(words) <= count or _ends_like_a_sentence(text):
        return False
    following = words[count]
    if " ".join(words[:count]).isupper():
        opening = following[:1].islower() or (len(following) > 1 and following.isupper())
        return in_brackets or text.isupper() or not (opening and _is_sentence(text))
    return following[:1].isupper() and (count > 1 or phrase == "related")


class _Tables:
    """The rules of all tables, made when they are first needed."""

    @cached_property
    def by_word(self) -> dict[str, _Rules]:
        """The rules for paragraphs by their folded first word."""
        found: dict[str, _Rules] = defaultdict(_Rules)

        def rules_of(beginning: str) -> _Rules:
            words = _FIRST_WORDS.match(beginning)
            assert words is not None, beginning
            rules = found[words[1]]
            if words[2] is None or beginning[words.end() : words.end() + 1] not in ("", " "):
                rules.seconds = None
            elif rules.seconds is not None:
                rules.seconds.add(words[2])
            return rules

        tables: tuple[tuple[str, _Sort], ...] = (
            (CALLS, "call"), (LABELS, "label"), (PICTURES, "picture"), (SOURCES, "source"), (ALONE, "alone")
        )  # fmt: skip
        for table, sort in tables:
            for phrase in phrases_of(table):
                rules_of(phrase).phrases.append((phrase, sort))
        for rules in found.values():
            rules.phrases.sort(key=lambda one: (-len(one[0]), one[1] != "alone"))
        for aside, beginnings, expression in OPENINGS:
            pattern = Pattern(expression)
            for beginning in beginnings.split("|"):
                rules_of(_folded(beginning)).openings.append((aside, pattern))
        for beginning in ("file", "close", "ap photo", "getty", "in this", "this"):
            rules_of(beginning).begin_captions = True
        return dict(found)

    @cached_property
    def labels(self) -> frozenset[str]:
        """The phrases of links, folded."""
        return frozenset([*phrases_of(CALLS), *phrases_of(LABELS)])


_RULES = _Tables()


def _rules_of(word: str) -> _Rules | None:
    """Return the rules for paragraphs whose first word is ``word``; None if there are none."""
    return _RULES.by_word.get(word.lower() if word.isascii() else _folded(word))


def phrases_of(table: str) -> list[str]:
    """Return the phrases of a table, folded."""
    return [_folded(phrase) for line in table.split("\n") for phrase in line.strip().split("|") if phrase]
