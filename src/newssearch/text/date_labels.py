"""The words in front of dates that say whether an article was published or updated then.

CLDR has no such words. The stems are those of the verbs that news sites use, in lower case and without accents; ``$`` ends a whole word.
"""

from __future__ import annotations

import re
from functools import cache

from .calendar_names import unaccented

_PUBLISHED = (
    "publish", "publie", "publica", "publicer", "publicad", "publicou", "publik", "publis", "posted", "issued", "released$", "created$", "date$", "dated$", "written$", "filed$", "online since",
    "veroffentlicht", "erschienen", "erstellt", "eingestellt", "geschrieben", "datum$", "vom$", "publie", "paru", "mis en ligne",
    "cree le", "ecrit", "publicado", "publicada", "creado", "fecha$", "data$", "postado", "divulgado", "criado", "pubblicat", "creato",
    "inserito", "scritto", "gepubliceerd", "geplaatst", "gepost", "publicerad", "publicerat", "skapad", "publisert", "lagt ut",
    "opprettet", "publiceret", "udgivet", "offentliggjort", "oprettet", "julkaistu", "luotu", "birt$", "opublikowan", "dodano",
    "dodan", "utworzon", "publikacj", "опубликован", "дата", "создан", "размещен", "опублікован", "створен", "publikovan", "zverejn",
    "vydan", "vlozen", "publikovane", "uverejnen", "yayin", "eklenme", "giris", "olusturulma", "tarih", "δημοσιευ", "αναρτηθηκε",
    "نشر", "تاريخ", "انتشار", "منتشر", "تاریخ", "פורסם", "תאריך", "प्रकाशित", "প্রকাশ", "เผยแพร่", "วันที่", "dang$", "da dang$", "ngay dang",
    "xuat ban", "diterbitkan", "dipublikasikan", "terbit", "tayang", "tanggal", "publicat", "postat", "megjelen", "kozzetev",
    "letrehozva", "publikuota", "paskelbta", "publicets", "avaldatud", "objavljen", "objavio", "објављен", "публикуван", "објавен",
    "botuar", "iliyochapishwa", "发布", "發布", "发表", "發表", "公開", "掲載", "配信", "投稿", "発行", "入力", "登録", "등록", "입력",
    "게시", "작성", "발행", "승인", "刊登", "时间", "時間",
)  # fmt: skip

_UPDATED = (
    "updat", "last updat", "modif", "last modif", "edited", "revised$", "revisad", "corrected$", "corrige", "last review", "as of", "expir", "aktualis",
    "stand$", "letzte anderung", "zuletzt", "geandert", "uberarbeitet", "mis a jour", "mise a jour", "maj le", "maj:", "maj :", "maj du", "actualise",
    "derniere$", "actualiz", "ultima actualizacion", "modificad", "editado", "atualizad", "ultima atualizac", "aggiorna", "ultimo agg",
    "ultima modifica", "modificat", "bijgewerkt", "laatst", "gewijzigd", "aangepast", "uppdater", "senast$", "andrad$", "oppdater",
    "sist$", "endret", "opdater", "sidst", "paivitetty", "muokattu", "uppfært", "ændret", "aktualiz", "zaktualiz", "zmodyf", "ostatnia",
    "modyfikac", "обновл", "изменен", "последнее", "актуализ", "оновлен", "змінен", "редакт", "upraven", "posledni",
    "naposledy", "zmenen", "poslednej", "posledna", "gunc", "son gunc", "degistir", "ενημερ", "τελευταια", "τροποπ", "تحديث",
    "اخر تحديث", "حدث", "تعديل", "بروزرساني", "بروزرسانی", "به روز", "ويرايش", "ویرایش", "עודכן", "עדכון", "अपडेट", "अद्यतन",
    "হালনাগাদ", "আপডেট", "อัปเดต", "อัพเดท", "แก้ไข", "cap nhat", "sua lan cuoi", "diperbarui", "diperbaharui", "dikemas kini",
    "pembaruan", "actualitzat", "frissit", "modosit", "atnaujint", "atjaunin", "uuendatud", "azurira", "ажурира", "posodob",
    "perditesuar", "更新", "修改", "修正", "改訂", "最終", "最后", "最後", "수정", "업데이트", "갱신", "dateModified",
)  # fmt: skip


@cache
def _pattern(stems: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for the stems at the start of a word, or anywhere in scripts without spaces."""
    spaced = [stem for stem in stems if unaccented(stem) != stem or ord(stem[0]) < 0x0E00]
    unspaced = [stem for stem in stems if stem not in spaced]
    whole = [re.escape(stem[:-1]) + r"(?![^\W_])" if stem[-1] == "$" else re.escape(stem) for stem in spaced]
    return re.compile(
        rf"(?<![^\W_])(?:{'|'.join(whole)})|{'|'.join(map(re.escape, unspaced))}",
        re.IGNORECASE,
    )


def says_updated(text: str) -> bool:
    """Whether a text has a word that says that an article was updated.

    >>> [says_updated(text) for text in ("Mis à jour le", "Обновлено:", "最終更新日", "Publié le", "5 maj 2024")]
    [True, True, True, False, False]
    """
    return _pattern(_UPDATED).search(unaccented(text.lower())) is not None


def says_published(text: str) -> bool:
    """Whether a text has a word that says that an article was published, or that a date follows.

    >>> [says_published(text) for text in ("Veröffentlicht am", "Дата публикации:", "公開日", "Mis à jour le")]
    [True, True, True, False]
    """
    return _pattern(_PUBLISHED).search(unaccented(text.lower())) is not None
