"""The names of months and weekdays in languages other than English, as datelines and web pages write them."""

from __future__ import annotations

import re
from functools import cache

from newssearch.system.lazy_regex import Pattern

_LONG_MONTHS = """
jänner januar janvier enero janeiro gennaio januari tammikuuta stycznia января січня leden ledna ocak ιανουαρίου يناير جانفي كانون_الثاني styczeń январь січень tammikuu ιανουάριος
februar février febrero fevereiro febbraio februari helmikuuta lutego февраля лютого února şubat φεβρουαρίου فبراير فيفري شباط luty февраль лютий únor helmikuu φεβρουάριος
märz mars marzo março maart maaliskuuta marca марта березня března mart μαρτίου مارس آذار marzec март березень březen maaliskuu μάρτιος
april avril abril aprile huhtikuuta kwietnia апреля квітня dubna nisan απριλίου أبريل ابريل إبريل نيسان kwiecień апрель квітень duben huhtikuu απρίλιος
mai mayo maio maggio mei maj toukokuuta maja мая травня května mayıs μαΐου مايو ماي أيار май травень květen toukokuu μάιος
juni juin junio junho giugno kesäkuuta czerwca июня червня června haziran ιουνίου يونيو جوان حزيران czerwiec июнь червень červen kesäkuu ιούνιος
juli juillet julio julho luglio heinäkuuta lipca июля липня července temmuz ιουλίου يوليو جويلية تموز lipiec июль липень červenec heinäkuu ιούλιος
august août agosto augustus augusti elokuuta sierpnia августа серпня srpna ağustos αυγούστου أغسطس اغسطس أوت آب sierpień август серпень srpen elokuu αύγουστος
september septembre septiembre setembro settembre syyskuuta września сентября вересня září eylül σεπτεμβρίου سبتمبر أيلول wrzesień сентябрь вересень syyskuu σεπτέμβριος
oktober octobre octubre outubro ottobre lokakuuta października октября жовтня října ekim οκτωβρίου أكتوبر اكتوبر تشرين_الأول październik октябрь жовтень říjen lokakuu οκτώβριος
november novembre noviembre novembro marraskuuta listopada ноября листопада listopadu kasım νοεμβρίου نوفمبر تشرين_الثاني listopad ноябрь листопад marraskuu νοέμβριος
dezember décembre diciembre dezembro dicembre december joulukuuta grudnia декабря грудня prosince aralık δεκεμβρίου ديسمبر كانون_الأول grudzień декабрь грудень prosinec joulukuu δεκέμβριος
"""
_SHORT_MONTHS = """
jän janv ene gen янв sty
févr fév feb fev febr феб lut
mär mrz mar mars mrt мар
avr abr apr апр kwi
mai may mei maj
juin jun giu июн cze
juil jul lug июл lip
août aoû ago aug авг sie
sept set sep wrz сен
okt oct out ott окт paź
nov ноя lis
déc dez dic des dec дек gru
"""
_DAYS = """
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
segunda terça quarta quinta sexta segunda-feira terça-feira quarta-feira quinta-feira sexta-feira seg ter qua qui sex
lunedì martedì mercoledì giovedì venerdì sabato domenica gio
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
poniedziałek wtorek środa czwartek piątek sobota niedziela
понедельник вторник среда четверг пятница суббота воскресенье
pazartesi salı çarşamba perşembe cuma cumartesi pazar
الاثنين الإثنين الثلاثاء الأربعاء الاربعاء الخميس الجمعة السبت الأحد
"""
_FILLER_WORDS = frozenset(
    "de del do da den der le el il am à às a las um kl klo ore alle uhr h u r г года р року yıl vom dem publié publicado em en"
    " am ab στις".split()
)
"""Words in lower case that carry no information in a date, such as ``de`` and ``Uhr``."""

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = Pattern(r"[^\W\d_]+(?:[-_][^\W\d_]+)*")
_EASTERN_DATE = Pattern(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_EASTERN_MONTH = Pattern(r"(\d{4})\s?[年년](?:\s?(\d{1,2})\s?[月월])?")
_EASTERN_TIME = Pattern(r"(\d{1,2})\s?[時时시]\s?(\d{1,2})\s?[分분](?:\s?(\d{1,2})\s?[秒초])?")
_EASTERN_DIGITS = {
    ord(digit): str(number) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for number, digit in enumerate(row)
}  # fmt: skip


@cache
def _english_months() -> dict[str, str]:
    """Return the English abbreviation (``jan``) of each month, by its lower-case names in other languages."""
    names = {}
    for rows in (_SHORT_MONTHS, _LONG_MONTHS):
        for month, row in zip(_ENGLISH, rows.strip().split("\n"), strict=True):
            names.update(dict.fromkeys(row.split(), month))
    return names


@cache
def _days() -> frozenset[str]:
    return frozenset(_DAYS.split())


def in_english(text: str) -> str | None:
    """Return a date in another language as a date in English or in numbers, or None if no part of it is listed here.

    Other text is translated too; the result is then not a date either.

    >>> in_english("Seg, 24 Set 2018 10:00:00 -0300"), in_english("Mittwoch, 24. Oktober 2018, 10:00 Uhr")
    ('24 sep 2018 10:00:00 -0300', '24 oct 2018, 10:00')
    >>> in_english("24 de septiembre de 2018"), in_english("2018年9月24日 10:30"), in_english("٢٤ سبتمبر ٢٠١٨")
    ('24 sep 2018', '2018-9-24 10:30', '24 sep 2018')
    >>> in_english("24 Sep 2018") is None, in_english("Mo., 24.09.2018, 10:00 Uhr")
    (True, '24.09.2018, 10:00')
    """
    given = text
    text = text.translate(_EASTERN_DIGITS)
    east = _EASTERN_DATE.search(text)
    if east is not None:
        day = "-".join(east.groups())
        rest = _EASTERN_TIME.sub(
            lambda time: ":".join(part.zfill(2) for part in time.groups() if part), text[east.end() :]
        )
        return f"{day} {rest.strip()}".strip() if not text[: east.start()].strip() else None
    if (east := _EASTERN_MONTH.fullmatch(text.strip())) is not None:
        return "-".join(part.zfill(2) for part in east.groups() if part)
    months = 0

    def word(match: re.Match[str]) -> str:
        nonlocal months
        name = match[0].lower()
        if (month := _english_months().get(name)) is not None and not (months and name in _days()):
            months += 1
            return month
        return "" if name in _days() or name in _FILLER_WORDS else match[0]

    joined = text.replace("كانون ", "كانون_").replace("تشرين ", "تشرين_")
    before, _, after = joined.partition(" ")
    if before.rstrip(".,").lower() in _days():  # "mar." is a weekday at the beginning, and a month elsewhere
        joined = after
    translated = _NAME.sub(word, joined)
    if months > 1:
        return None
    translated = re.sub(r"(?<=\d)(?:er|ère|ª)\b", "", translated)
    translated = re.sub(r"(?<=\d)[.º°](?=\s)|(?<=[a-z])\.(?=\s|$)", "", translated)
    translated = re.sub(r"(?<=\s)[.,;]+|^[\s.,;]+", "", translated)
    translated = " ".join(translated.split()).strip(" ,.")
    return translated if translated.lower() != given.lower() else None
