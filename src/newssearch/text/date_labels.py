"""The words in front of dates that say whether an article was published or updated then.

Besides the whole words of :mod:`.publication_words`, these are stems of the verbs that news sites use, in lower case and
without accents; ``$`` ends a whole word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from .calendar_names import unaccented
from .publication_words import PUBLISHED_WORDS, UPDATED_WORDS

FIRST_UNSPACED = 0x0E00
"""The first code point of scripts that are written without spaces."""


def _whole_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return whole words as stems; in scripts without spaces, they count anywhere."""
    return tuple(f"{unaccented(word)}$" if ord(word[0]) < FIRST_UNSPACED else word for word in words)


_PUBLISHED = (
    "publica", "publie", "نشر", "publicer", "publicou", "publik", "publis", "released$", "online since", "erschienen", "einstell", "vom$",
    "paru", "mis en ligne", "divulgado", "pubblicat", "inserit", "inserim", "lagt ut", "offentliggjort", "birt$",
    "opublikowan", "dodan", "опубликован", "публикац", "размещ", "опублікован", "публікац", "zverejn", "vydan", "vlozen",
    "uverejnen", "yayin", "eklenme", "giris", "δημοσιευ", "انتشار", "منتشر", "פורסם", "प्रकाशित", "প্রকাশ", "เผยแพร่",
    "วันที่", "dang$", "da dang$", "ngay dang", "xuat ban", "dipublikasikan", "terbit", "tayang", "postat", "megjelen",
    "kozzetev", "paskelbta", "publicets", "avaldatud", "objavljen", "objavio", "објављен", "публикуван", "објавен", "botuar",
    "iliyochapishwa", "發布", "发表", "發表", "掲載", "配信", "投稿", "入力", "登録", "등록", "입력", "게시", "작성", "발행", "승인", "刊登", "时间", "時間",
    *_whole_words(PUBLISHED_WORDS),
)  # fmt: skip

_OF_ANYTHING = (
    "issued", "created$", "date$", "dated$", "written$", "filed$", "erstellt", "geschrieben", "datum$", "cree$", "ecrit", "creado",
    "fecha$", "data$", "criado", "creato", "scritto", "skapad", "opprettet", "oprettet", "luotu", "utworz", "дата$", "создан", "створен", "creation", "creacion", "creazion", "criacao", "erstellungs", "oppretting", "oprettelse", "vytvor", "wydani",
    "olusturulma", "tarih", "tarihi$", "تاريخ$", "تاریخ$", "תאריך$", "tanggal$", "letrehozva",
)  # fmt: skip
"""Words that something else may have, too: ``Date of birth``, ``Application filed``. They count only without such a word."""

_BESIDE = frozenset(
    "of the on at in by for to and am um vom von der des du de le la les del della dell di da do dos das den el al a as e y et och og und på d kl"
    " press release story article news post time hour uhrzeit zeit heure hora ora hour artikel articolo articulo nachricht beitrag".split()
)
"""The words in lower case, without accents, that may stand beside those."""

_UPDATED = (
    "updat", "last updat", "modif", "last modif", "edited", "revised$", "revisad", "corrected$", "corrige", "last review",
    "as of", "expir", "aktualis", "stand$", "letzte anderung", "zuletzt", "geandert", "uberarbeitet", "mis a jour",
    "mise a jour", "maj le", "maj:", "maj :", "maj du", "actualise", "derniere$", "actualiz", "ultima actualizacion",
    "editado", "atualizad", "ultima atualizac", "aggiorna", "ultimo agg", "ultima modifica", "laatst", "aangepast",
    "uppdater", "senast$", "andrad$", "oppdater", "sist$", "endret", "opdater", "sidst", "muokattu", "uppfært", "ændret",
    "aktualiz", "zaktualiz", "zmodyf", "ostatnia", "modyfikac", "обновл", "изменен", "последнее", "актуализ", "оновлен",
    "змінен", "редакт", "upraven", "posledni", "naposledy", "zmenen", "poslednej", "posledna", "gunc", "son gunc", "degistir",
    "ενημερ", "τελευταια", "τροποπ", "اخر تحديث", "حدث", "تعديل", "بروزرساني", "بروزرسانی", "به روز", "ويرايش", "ویرایش",
    "עודכן", "עדכון", "अपडेट", "अद्यतन", "হালনাগাদ", "আপডেট", "อัปเดต", "อัพเดท", "แก้ไข", "cap nhat", "sua lan cuoi",
    "diperbaharui", "dikemas kini", "pembaruan", "frissit", "modosit", "atnaujint", "atjaunin", "uuendatud", "azurira",
    "ажурира", "posodob", "perditesuar", "修改", "修正", "改訂", "最終", "最后", "最後", "수정", "업데이트", "갱신", "dateModified",
    "تحديث", *_whole_words(UPDATED_WORDS),
)  # fmt: skip


@cache
def _pattern(stems: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for the stems at the start of a word, or anywhere in scripts without spaces."""
    spaced = [stem for stem in stems if unaccented(stem) != stem or ord(stem[0]) < FIRST_UNSPACED]
    unspaced = [stem for stem in stems if stem not in spaced]
    whole = [re.escape(stem[:-1]) + r"(?![^\W_])" if stem[-1] == "$" else re.escape(stem) for stem in spaced]
    anywhere = [re.escape(stem) for stem in unspaced]
    return re.compile("|".join([rf"(?<![^\W_])(?:{'|'.join(whole)})", *anywhere]), re.IGNORECASE)


def says_updated(text: str) -> bool:
    """Whether a text has a word that says that an article was updated.

    >>> [says_updated(text) for text in ("Mis à jour le", "Обновлено:", "最終更新日", "Publié le", "5 maj 2024")]
    [True, True, True, False, False]
    """
    return _pattern(_UPDATED).search(unaccented(text.lower())) is not None


def says_published(text: str) -> bool:
    """Whether a text has a word that says that an article was published, or that a date follows.

    >>> [says_published(text) for text in ("Veröffentlicht am", "Дата публикации:", "公開日", "Date:", "Mis à jour le")]
    [True, True, True, True, False]
    >>> [says_published(text) for text in ("Date of birth:", "Save the date:", "Application filed:", "Дата рождения:")]
    [False, False, False, False]
    """
    plain = unaccented(text.lower())
    if _pattern(_PUBLISHED).search(plain) is not None:
        return True
    part = _LABEL_SEPARATOR.split(plain.rstrip(" :：|,;·•–—-"))[-1]
    weak = _pattern(_OF_ANYTHING)
    return weak.search(part) is not None and all(
        word in _BESIDE or weak.match(word) for word in _LABEL_WORD.findall(part)
    )


_LABEL_SEPARATOR = re.compile(r"[|·•–—,;:：()\[\]]")
_LABEL_WORD = re.compile(r"[^\W\d_]+")
