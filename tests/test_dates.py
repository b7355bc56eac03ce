"""Dates as articles write them, and periods as queries ask for them."""

from __future__ import annotations

import copy
import datetime as dt
import importlib.util
import itertools
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.text.date_labels import says_published, says_updated
from newssearch.text.date_search import find_dates
from newssearch.text.dates import MAX_DATE_CHARS, Published, parse_published
from newssearch.text.other_calendars import BUDDHIST_YEARS, HIJRI_YEARS
from newssearch.text.partial_dates import PartialDate, from_iso
from newssearch.text.periods import Period, parse_period

REPOSITORY = Path(__file__).resolve().parents[1]

DAY = dt.date(2024, 7, 25)
UTC = dt.timezone.utc


def is_gregorian(date: dt.date | PartialDate) -> bool:
    return date.year not in HIJRI_YEARS and date.year not in BUDDHIST_YEARS


DAYS = st.dates().filter(is_gregorian)


def zone(hours: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=hours))


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-25", "20240725", "2024/07/25", "2024/7/25", "2024.07.25", "7-25-2024", "07/25/2024", "25-7-2024",
        "25/07/2024", "25.7.2024", "7.25.2024", "July 25, 2024", "Jul. 25, 2024", "JULY 25 2024", "July 25th, 2024",
        "Thursday, July 25, 2024", "Thu Jul 25 2024", "25 July 2024", "25th July 2024", "25th of July, 2024",
        "Thu 25 Jul 2024", "Thursday 25 July, 2024", "25-Jul-2024", "  July\t25,\n2024 ", "July\xa025, 2024",
        "2024 July 25",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_has_one_reading(text: str) -> None:
    assert parse_published(text) == Published(DAY)
    assert parse_published(text, day_first=True) == Published(DAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-07-25T14:30", dt.datetime(2024, 7, 25, 14, 30)),
        ("2024-07-25 14:30:05", dt.datetime(2024, 7, 25, 14, 30, 5)),
        ("2024-07-25T14:30:05.123456789Z", dt.datetime(2024, 7, 25, 14, 30, 5, 123456, UTC)),
        ("2024-07-25T14:30:05,5+03:30", dt.datetime(2024, 7, 25, 14, 30, 5, 500000, zone(3.5))),
        ("2024-07-25T12:00:00+0300", dt.datetime(2024, 7, 25, 12, tzinfo=zone(3))),
        ("2024-07-25 12:00:00 -05:00", dt.datetime(2024, 7, 25, 12, tzinfo=zone(-5))),
        ("20240725T143005Z", dt.datetime(2024, 7, 25, 14, 30, 5, tzinfo=UTC)),
        ("2024-07-25T14", dt.datetime(2024, 7, 25, 14)),
        ("July 25, 2024 at 2:30 p.m.", dt.datetime(2024, 7, 25, 14, 30)),
        ("July 25, 2024, 12 AM", dt.datetime(2024, 7, 25, 0)),
        ("7/25/2024 2:30 PM EDT", dt.datetime(2024, 7, 25, 14, 30, tzinfo=zone(-4))),
        ("25 July 2024 - 14:30 GMT", dt.datetime(2024, 7, 25, 14, 30, tzinfo=UTC)),
        ("25 July 2024 14:30 UTC+3", dt.datetime(2024, 7, 25, 14, 30, tzinfo=zone(3))),
        ("Thu, 25 Jul 2024 14:30:00 +0300", dt.datetime(2024, 7, 25, 14, 30, tzinfo=zone(3))),
        ("Thu, 25 Jul 2024 14:30:00 -0700 (PDT)", dt.datetime(2024, 7, 25, 14, 30, tzinfo=zone(-7))),
        ("14:30 25 July 2024", dt.datetime(2024, 7, 25, 14, 30)),
    ],
)
def test_a_time_of_day_and_its_zone_are_kept(text: str, expected: dt.datetime) -> None:
    published = parse_published(text)
    assert published is not None
    assert isinstance(published.value, dt.datetime)
    assert published.value == expected
    assert published.value.utcoffset() == expected.utcoffset()


def test_a_zone_that_could_be_several_is_no_zone() -> None:
    assert parse_published("25 July 2024 14:30 IST") == Published(dt.datetime(2024, 7, 25, 14, 30))


def test_numbers_are_read_month_first_and_flagged_unless_told_otherwise() -> None:
    assert parse_published("7-5-2024") == Published(dt.date(2024, 7, 5), ambiguous=True)
    assert parse_published("7/5/2024", day_first=True) == Published(dt.date(2024, 5, 7))
    assert parse_published("7/5/2024 10:00") == Published(dt.datetime(2024, 7, 5, 10), ambiguous=True)


def test_dots_are_day_first_always() -> None:
    assert parse_published("5.7.2024") == Published(dt.date(2024, 7, 5))


def test_both_readings_alike_are_not_ambiguous() -> None:
    assert parse_published("7-7-2024") == Published(dt.date(2024, 7, 7))


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "July 25", "Thursday", "Thursday July 2024", "Thursday 2024", "Thursday, 2024", "14:30", "07-25-24",
        "Summer 2024", "July-August 2024", "Jul/Aug 2024", "Q3 2024", "2024-W30", "2024-13", "13/2024", "2024-00", "0/2024",
        "2024-13-00", "0000", "0000-07", "0000-00-00", "1234", "9999", "2024-07T00:00", "July 2024 10:00", "202407",
        "25 Jul 24", "2024-02-30", "February 30, 2024", "2024-13-01", "31/31/2024", "0000-01-01", "2024-07-25T25:00",
        "2024-07-25T14:61", "July 25, 2024 14", "2024-07-25T12:00+99:00", "2024-07-25T12:00+03:99",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00", "12345-01-01", "yesterday", "not a date in 2024",
        "2024-07-25 and more", "x" * MAX_DATE_CHARS + " 2024-07-25",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_and_nothing_is_filled_in(text: str) -> None:
    assert parse_published(text) is None
    assert parse_published(text, day_first=True) is None


@given(st.text() | st.text("0123456789-/.:, TZ+apmJulyth", max_size=40), st.booleans())
def test_no_string_raises_and_what_is_read_is_on_the_calendar(text: str, day_first: bool) -> None:
    published = parse_published(text, day_first=day_first)
    assert published is None or 1 <= published.value.year <= 9999


@given(DAYS)
def test_the_iso_form_of_every_day_reads_back(day: dt.date) -> None:
    assert parse_published(day.isoformat()) == Published(day)


@given(DAYS, st.sampled_from(["{0.month}/{0.day}/{1}", "{0.month}-{0.day}-{1}"]))
def test_month_first_numbers_read_back_flagged_where_the_day_could_be_a_month(
    day: dt.date, form: str
) -> None:
    published = parse_published(form.format(day, f"{day.year:04d}"))
    assert published == Published(day, ambiguous=day.day <= 12 and day.day != day.month)


@given(st.datetimes(timezones=st.sampled_from([UTC, zone(3), zone(-5.5)]), min_value=dt.datetime(2, 1, 1)))
def test_the_iso_form_of_every_moment_reads_back(moment: dt.datetime) -> None:
    published = parse_published(moment.isoformat())
    if moment.year < 9999 and is_gregorian(moment):
        assert published == Published(moment)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", dt.datetime(2024, 1, 1), dt.datetime(2025, 1, 1)),
        ("2024-07", dt.datetime(2024, 7, 1), dt.datetime(2024, 8, 1)),
        ("2024-12", dt.datetime(2024, 12, 1), dt.datetime(2025, 1, 1)),
        ("2024-07-25", dt.datetime(2024, 7, 25), dt.datetime(2024, 7, 26)),
        ("2024-07-25T14", dt.datetime(2024, 7, 25, 14), dt.datetime(2024, 7, 25, 15)),
        ("2024-07-25T14:30", dt.datetime(2024, 7, 25, 14, 30), dt.datetime(2024, 7, 25, 14, 31)),
        (" 2024-07-25 14:30 ", dt.datetime(2024, 7, 25, 14, 30), dt.datetime(2024, 7, 25, 14, 31)),
        ("9999", dt.datetime(9999, 1, 1), dt.datetime.max),
        ("9999-12", dt.datetime(9999, 12, 1), dt.datetime.max),
        ("9999-12-31", dt.datetime(9999, 12, 31), dt.datetime.max),
        ("9999-12-31T23:59", dt.datetime(9999, 12, 31, 23, 59), dt.datetime.max),
    ],
)
def test_a_period_is_all_that_its_name_covers(text: str, start: dt.datetime, end: dt.datetime) -> None:
    assert parse_period(text) == Period(start, end, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "7/25/2024",
        "2024-7-25",
        "2024-13",
        "2024-02-30",
        "2024-07-25T24",
        "0000",
        "2024-",
        "٢٠٢٤",
        "July",
        "July 24",
        "Jully 2024",
        "0 July 2024",
        "32 July 2024",
        "30 February 2024",
        "February 30, 2024",
        "July 2024 2024",
        "2024-Q5",
        "Q0 2024",
        "Q1",
        "2024-q",
        "spring 2024",
        "monday",
        "last monday",
        "7 2024",
        "July 99999",
    ],
)
def test_what_names_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(st.text() | st.text("0123456789-T: ", max_size=20))
def test_no_string_asked_for_raises_and_a_period_is_never_empty(text: str) -> None:
    period = parse_period(text)
    assert period is None or period.start < period.end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("March 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("mar. 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("2016 March", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("Sept 2016", dt.datetime(2016, 9, 1), dt.datetime(2016, 10, 1)),
        ("december 9999", dt.datetime(9999, 12, 1), dt.datetime.max),
        ("März 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("mars 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("março de 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("марта 2016", dt.datetime(2016, 3, 1), dt.datetime(2016, 4, 1)),
        ("15 March 2016", dt.datetime(2016, 3, 15), dt.datetime(2016, 3, 16)),
        ("March 15, 2016", dt.datetime(2016, 3, 15), dt.datetime(2016, 3, 16)),
        ("Tuesday, 15th of March, 2016", dt.datetime(2016, 3, 15), dt.datetime(2016, 3, 16)),
        ("31 Dec 9999", dt.datetime(9999, 12, 31), dt.datetime.max),
        ("2016-Q1", dt.datetime(2016, 1, 1), dt.datetime(2016, 4, 1)),
        ("2016q4", dt.datetime(2016, 10, 1), dt.datetime(2017, 1, 1)),
        ("Q4 9999", dt.datetime(9999, 10, 1), dt.datetime.max),
    ],
)
def test_months_by_name_and_quarters_are_periods(text: str, start: dt.datetime, end: dt.datetime) -> None:
    assert parse_period(text) == Period(start, end, text)


@given(
    st.dates(dt.date(1000, 1, 1), dt.date(9999, 11, 30)),
    st.sampled_from(["{d.day} {name} {d.year}", "{name} {d.day}, {d.year}", "{name} {d.day} {d.year}", "{short} {d.day}, {d.year}", "{d.day} {short}. {d.year}"]),
)  # fmt: skip
def test_each_day_by_the_name_of_its_month_is_that_day(day: dt.date, form: str) -> None:
    names = "January February March April May June July August September October November December".split()
    name = names[day.month - 1]
    found, expected = (
        parse_period(form.format(d=day, name=name, short=name[:3])),
        parse_period(day.isoformat()),
    )
    assert found is not None
    assert expected is not None
    assert (found.start, found.end) == (expected.start, expected.end)
    month = parse_period(f"{name} {day.year}")
    assert month is not None
    assert month.start <= found.start < found.end <= month.end


@pytest.mark.parametrize(
    "text",
    [
        "24. September 2018", "Mo., 24.09.2018", "Montag, 24. September 2018", "24 septembre 2018", "lun. 24 sept. 2018",
        "24 de septiembre de 2018", "lunes, 24 de septiembre de 2018", "24 set 2018", "Seg, 24 Set 2018", "24 settembre 2018",
        "24 september 2018", "maandag 24 september 2018", "24 сентября 2018 г.", "24 вересня 2018", "24 września 2018", "24 Eylül 2018",
        "24 سبتمبر 2018", "الاثنين 24 سبتمبر 2018", "٢٤ أيلول ٢٠١٨", "2018年9月24日", "2018년 9월 24일", "24 syyskuuta 2018", "24 Σεπτεμβρίου 2018",
    ],
)  # fmt: skip
def test_months_are_known_in_other_languages(text: str) -> None:
    assert parse_published(text) == Published(dt.date(2018, 9, 24))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Seg, 24 Set 2018 10:30:00 -0300",
            dt.datetime(2018, 9, 24, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=-3))),
        ),
        ("24. März 2020 um 10:30 Uhr", dt.datetime(2020, 3, 24, 10, 30)),
        ("24 mars 2020 à 10:30", dt.datetime(2020, 3, 24, 10, 30)),
        ("mar. 24 mars 2020", dt.date(2020, 3, 24)),
        ("1er mai 2021", dt.date(2021, 5, 1)),
        ("1º de maio de 2021", dt.date(2021, 5, 1)),
        ("2018年9月24日 10时30分", dt.datetime(2018, 9, 24, 10, 30)),
    ],
)
def test_times_and_days_of_other_languages(text: str, expected: dt.date) -> None:
    assert parse_published(text) == Published(expected)


@pytest.mark.parametrize(
    "text",
    [
        "2018年13月24日",
        "2018年13月",
        "Montag 2018",
        "24 mars mai 2018",
        "Am 24. wurde 2018 gefeiert",
        "März 24",
    ],
)
def test_what_is_no_date_in_another_language_is_none(text: str) -> None:
    assert parse_published(text) is None


# ---- dates that are only a month or a year


@pytest.mark.parametrize(
    "text",
    [
        "2024-08", "2024/08", "2024.08", "2024-8", "08/2024", "8/2024", "08-2024", "08.2024", "August 2024", "AUGUST 2024",
        "Aug 2024", "Aug. 2024", "August, 2024", "August of 2024", "Aug-2024", "2024 August", "2024-Aug", "2024-08-00",
        "20240800", "2024-08Z", "2024-08+02:00", " August\xa02024\n", "Août 2024", "août-2024", "agosto de 2024",
        "٠٨/٢٠٢٤", "август 2024", "август 2024 г.", "sierpień 2024", "sierpnia 2024", "elokuu 2024", "Αύγουστος 2024",
        "ağustos 2024", "srpen 2024", "серпень 2024", "أغسطس ٢٠٢٤", "2024年8月", "2024년 8월",
    ],
)  # fmt: skip
def test_a_month_is_kept_as_a_month(text: str) -> None:
    assert parse_published(text) == Published(PartialDate(2024, 8))
    assert parse_published(text, day_first=True) == Published(PartialDate(2024, 8))


@pytest.mark.parametrize(
    "text", ["2024", " 2024 ", "2024-00-00", "20240000", "2024Z", "2024年", "2024년", "٢٠٢٤"]
)
def test_a_year_is_kept_as_a_year(text: str) -> None:
    assert parse_published(text) == Published(PartialDate(2024))


@given(st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12)).filter(is_gregorian))
def test_the_iso_form_of_every_month_reads_back(month: PartialDate) -> None:
    assert parse_published(month.isoformat()) == Published(month)


PARTIAL = st.builds(PartialDate, st.integers(1, 9999), st.none() | st.integers(1, 12))


@given(PARTIAL)
def test_a_partial_date_is_a_value(date: PartialDate) -> None:
    assert PartialDate.fromisoformat(date.isoformat()) == date == from_iso(str(date))
    assert hash(copy.copy(date)) == hash(date)
    assert pickle.loads(pickle.dumps(date)) == date
    assert eval(repr(date)) == date
    period = parse_period(date.isoformat())
    assert period is not None
    assert period.start.date() == date.first_day
    assert (period.end - dt.timedelta(microseconds=1)).date() <= date.last_day <= period.end.date()


@given(st.lists(PARTIAL | st.dates() | st.just(PartialDate(2024)) | st.just(dt.date(2024, 1, 1))))
def test_partial_dates_and_days_sort_by_their_first_day_the_coarser_first(
    dates: list[dt.date | PartialDate],
) -> None:
    assert [str(date) for date in sorted(dates)] == sorted(map(str, dates))
    for one, other in itertools.product(dates, repeat=2):
        assert (one < other) + (one == other) + (one > other) == 1
        assert (one <= other) == (not one > other)
        assert (one >= other) == (not one < other)


@pytest.mark.parametrize("parts", [(0,), (10_000,), (2024, 0), (2024, 13)])
def test_no_partial_date_is_off_the_calendar(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"year|month"):
        PartialDate(*parts)


@pytest.mark.parametrize("text", ["", "24", "2024-8", "2024-08-05", "August 2024", "2024-13"])
def test_only_the_iso_form_is_a_partial_date_of_its_own(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate.fromisoformat(text)


def test_a_partial_date_is_made_of_whole_numbers_and_compares_with_dates_only() -> None:
    with pytest.raises(TypeError, match="month: wanted a whole number"):
        PartialDate(2024, "8")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        assert PartialDate(2024) < "2024"  # type: ignore[operator]
    assert PartialDate(2024) != dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-W30", dt.datetime(2024, 7, 22), dt.datetime(2024, 7, 29)),
        ("2024w01", dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 8)),
        ("2020-W53", dt.datetime(2020, 12, 28), dt.datetime(2021, 1, 4)),
        ("9999-W52", dt.datetime(9999, 12, 27), dt.datetime.max),
        ("2024-Q3", dt.datetime(2024, 7, 1), dt.datetime(2024, 10, 1)),
        ("2024年8月", dt.datetime(2024, 8, 1), dt.datetime(2024, 9, 1)),
    ],
)
def test_a_week_a_quarter_and_a_month_are_periods(text: str, start: dt.datetime, end: dt.datetime) -> None:
    assert parse_period(text) == Period(start, end, text)


@pytest.mark.parametrize("text", ["2024-W00", "2024-W53", "2024-W1", "W30", "2024-W301"])
def test_a_week_that_is_not_on_the_calendar_is_no_period(text: str) -> None:
    assert parse_period(text) is None


# ---- languages, and the order of day and month


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("01-11-2023 10:29", "de", dt.datetime(2023, 11, 1, 10, 29)),
        ("02/10/2020", "en-GB", dt.date(2020, 10, 2)),
        ("06/02/2024 às 16h22", "pt-BR", dt.datetime(2024, 2, 6, 16, 22)),
        ("3/11 2020", "sv", dt.date(2020, 11, 3)),
        ("03.11.20, 10:15 Uhr", "de-AT", dt.datetime(2020, 11, 3, 10, 15)),
    ],
)
def test_a_language_decides_which_of_day_and_month_comes_first(
    text: str, lang: str, expected: dt.date
) -> None:
    published = parse_published(text, lang=lang)
    assert published is not None
    assert (published.value, published.ambiguous) == (expected, False)
    assert published.basis  # so that the provenance says that it is inferred


@pytest.mark.parametrize("lang", ["en", "en-US", "zh", "fr-CA", "xx", "", None])
def test_a_language_with_the_month_first_or_both_orders_leaves_a_date_ambiguous(lang: str | None) -> None:
    assert parse_published("02/10/2020", lang=lang) == Published(dt.date(2020, 2, 10), ambiguous=True)


def test_a_weekday_decides_too() -> None:
    assert parse_published("Tue 3/11/2020") == Published(dt.date(2020, 11, 3), basis="the weekday beside it")
    assert parse_published("mercredi 3/11/2020") == Published(
        dt.date(2020, 3, 11), basis="the weekday beside it"
    )


@pytest.mark.parametrize(
    "text",
    ["2020-12-05T23:15:0Z", "2020-12-5 23:15 UTC", "20201205231500Z", "Sat 2020-12-05 23:15 GMT", "2020. 12. 05. 23:15 Z"],
)  # fmt: skip
@pytest.mark.parametrize("day_first", [False, True])
def test_the_month_follows_a_year_at_the_start(text: str, day_first: bool) -> None:
    assert parse_published(text, day_first=day_first) == Published(
        dt.datetime(2020, 12, 5, 23, 15, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "text",
    [
        "3. 11. 2020", "3.11. 2020", "út 3. 11. 2020", "3 noiembrie 2020", "3 tháng 11, 2020", "Ngày 3 tháng 11 năm 2020",
        "3 พฤศจิกายน 2020", "3 בנובמבר 2020", "3 d'novembre de 2020", "2020. november 3., kedd", "2020 m. lapkričio 3 d.",
        "2020. gada 3. novembris", "3 ноември 2020", "3 нояб. 2020 г.", "३ नवंबर २०२०", "3 নভেম্বর ২০২০", "3 Kasım 2020 Salı",
        "3 نوفمبر/تشرين الثاني 2020", "3 نوفمبر، 2020", "２０２０年１１月３日", "Updated: Nov 3, 2020", "公開日:2020/11/3",
        "Veröffentlicht am 3. November 2020", "3 Novembre 2020", "mar. 3 nov. 2020",
    ],
)  # fmt: skip
def test_days_are_read_in_all_languages(text: str) -> None:
    assert parse_published(text) == Published(dt.date(2020, 11, 3))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.30am, 3 November 2020", dt.datetime(2020, 11, 3, 10, 30)),
        ("3 November 2020 10.30", dt.datetime(2020, 11, 3, 10, 30)),
        ("Tue 3 Nov 2020 10.30 GMT", dt.datetime(2020, 11, 3, 10, 30, tzinfo=UTC)),
        ("3 novembre 2020 à 10h30", dt.datetime(2020, 11, 3, 10, 30)),
        ("3. marraskuuta 2020 klo 10.30", dt.datetime(2020, 11, 3, 10, 30)),
        ("2020/11/03(火) 10:30", dt.datetime(2020, 11, 3, 10, 30)),
        ("2020.11.03. 오후 8:06", dt.datetime(2020, 11, 3, 20, 6)),
        ("2020年11月3日 下午3時20分", dt.datetime(2020, 11, 3, 15, 20)),
        ("Sunday,August 6,2017 13:14 pm", dt.datetime(2017, 8, 6, 13, 14)),
        ("3.11.2020 10:30 MEZ", dt.datetime(2020, 11, 3, 10, 30, tzinfo=zone(1))),
        ("2020-11-03T10:30:00+01:00[Europe/Paris]", dt.datetime(2020, 11, 3, 10, 30, tzinfo=zone(1))),
        ("01 Aug 17 13:26 UTC", dt.datetime(2017, 8, 1, 13, 26, tzinfo=UTC)),
        ("Fri, 22 Sep 17 00:30:00 +0300", dt.datetime(2017, 9, 22, 0, 30, tzinfo=zone(3))),
        (
            "2017-08-01 13:55:44.364419679 +0200 CEST",
            dt.datetime(2017, 8, 1, 13, 55, 44, 364419, tzinfo=zone(2)),
        ),
    ],
)
def test_times_are_read_whole_with_their_zone(text: str, expected: dt.datetime) -> None:
    published = parse_published(text)
    assert published is not None
    assert isinstance(published.value, dt.datetime)
    assert (published.value, published.value.utcoffset()) == (expected, expected.utcoffset())


def test_a_month_that_two_languages_have_is_that_of_the_given_one() -> None:
    assert parse_published("24 listopada 2018", lang="hr") == Published(dt.date(2018, 10, 24))
    assert parse_published("24 listopada 2018", lang="pl") == Published(dt.date(2018, 11, 24))


@pytest.mark.parametrize("text", ["3 พฤศจิกายน 2563", "03/11/2563", "13 آبان 1399", "۱۳ آبان ۱۳۹۹"])
def test_days_of_other_calendars_become_gregorian_and_say_so(text: str) -> None:
    published = parse_published(text)
    assert published is not None
    assert published.value == dt.date(2020, 11, 3)
    assert "calendar" in published.basis


@pytest.mark.parametrize(
    "text", ["1399/08/13", "1442/03/17", "13-08-1399", "08/1399", "1399", "13 رمضان 1441 هـ"]
)
def test_years_that_may_be_of_either_hijri_calendar_are_no_dates(text: str) -> None:
    assert parse_published(text) is None


def test_a_year_of_the_persian_calendar_is_known_by_the_language() -> None:
    published = parse_published("۱۳۹۹/۰۸/۱۳", lang="fa")
    assert published is not None
    assert published.value == dt.date(2020, 11, 3)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和6年5月6日", dt.date(2024, 5, 6)), ("令和元年5月6日", dt.date(2019, 5, 6)), ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("昭和64年1月7日（土）", dt.date(1989, 1, 7)), ("民國113年5月6日", dt.date(2024, 5, 6)), ("中華民國113年5月6日", dt.date(2024, 5, 6)),
        ("2024年（令和6年）5月6日", dt.date(2024, 5, 6)), ("令和6年（2024年）5月6日", dt.date(2024, 5, 6)), ("令和6（2024）年5月6日", dt.date(2024, 5, 6)),
        ("令和６年５月６日 10時30分", dt.datetime(2024, 5, 6, 10, 30)), ("㋿6年5月6日", dt.date(2024, 5, 6)),
    ],
)  # fmt: skip
def test_years_of_eras_are_those_of_the_common_era(text: str, day: dt.date) -> None:
    published = parse_published(text)
    assert published is not None
    assert published.value == day


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("7-May-24", None, dt.date(2024, 5, 7)), ("07-MAY-24", None, dt.date(2024, 5, 7)), ("7-Mai-24", "de", dt.date(2024, 5, 7)),
        ("5.5.2024 12 Uhr 30", "de", dt.datetime(2024, 5, 5, 12, 30)), ("6. Mai 2024, 9 Uhr 05", "de", dt.datetime(2024, 5, 6, 9, 5)),
        ("6 mai 2024 à 10 heures 30", "fr", dt.datetime(2024, 5, 6, 10, 30)), ("6 de mayo de 2024, 10 horas 30 minutos", "es", dt.datetime(2024, 5, 6, 10, 30)),
        ("24/05/06", "ja", dt.date(2024, 5, 6)), ("24.05.06", "ko", dt.date(2024, 5, 6)), ("2024-W19-1", None, dt.date(2024, 5, 6)),
        ("2024W191", None, dt.date(2024, 5, 6)), ("06/05/2024", "en-ZA", dt.date(2024, 5, 6)), ("ส. 5 พฤษภาคม พ.ศ. 2567", "th", dt.date(2024, 5, 5)),
        ("5 Here 2024", "br", dt.date(2024, 10, 5)), ("Wed., 8 May 2024", None, dt.date(2024, 5, 8)), ("Thurs, 9 May 2024", None, dt.date(2024, 5, 9)),
    ],
)  # fmt: skip
def test_rare_forms_of_dates(text: str, lang: str | None, expected: dt.date) -> None:
    published = parse_published(text, lang=lang)
    assert published is not None
    assert published.value == expected


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Le Monde, 6 May 2024", None), ("Monde, 6 May 2024", None), ("Sunrise 6 May 2024", None), ("Friends, 3 May 2024", None),
        ("Satire 4 May 2024", None), ("12 here 2024", "en"), ("12 here 2024", None), ("12 du 2024", None), ("24/05/06", None),
        ("2024-W54-1", None), ("7-Maybe-24", None), ("5.5.2024 25 Uhr 30", "de"), ("令和6年13月6日", None), ("24/05/06", "en"),
    ],
)  # fmt: skip
def test_what_only_resembles_a_rare_form_is_no_date(text: str, lang: str | None) -> None:
    assert parse_published(text, lang=lang) is None


# ---- dates in lines


@pytest.mark.parametrize(
    ("line", "lang", "dates"),
    [
        ("Von Seb Dumitru, Lille 05.08.2024, 20:59 Uhr", "de", [dt.datetime(2024, 8, 5, 20, 59)]),
        ("October 15, 2018/0 Comments/in News", None, [dt.date(2018, 10, 15)]),
        (
            "3 nov. 2020 à 10h15 - Mis à jour le 4 nov. 2020",
            "fr",
            [dt.datetime(2020, 11, 3, 10, 15), dt.date(2020, 11, 4)],
        ),
        ("公開日：2020年11月3日 更新日：2020年12月1日", "ja", [dt.date(2020, 11, 3), dt.date(2020, 12, 1)]),
        ("掲載日：令和6年5月6日 更新日：令和7年1月10日", "ja", [dt.date(2024, 5, 6), dt.date(2025, 1, 10)]),
        ("發布日期 民國113年5月6日，共3頁", "zh", [dt.date(2024, 5, 6)]),
        ("Budget 2019 and 2020, 12 pages", None, []),
        ("Mar 3, 2020 5 min read", "en", [dt.date(2020, 3, 3)]),
    ],
)
def test_the_dates_in_a_line_are_found_with_their_times(
    line: str, lang: str | None, dates: list[dt.date]
) -> None:
    assert [found.published.value for found in find_dates(line, lang)] == dates


def test_the_place_of_a_date_of_an_era_is_that_in_the_line() -> None:
    line = "掲載日：令和6年5月6日、更新日：2024年（令和6年）6月7日 以上"
    found = list(find_dates(line, "ja"))
    assert [one.text for one in found] == ["令和6年5月6", "2024年（令和6年）6月7"]
    assert [line[one.start : one.end] for one in found] == [one.text for one in found]


@given(st.text() | st.text("0123456789-/.:, aprilmai月年日令和民國元(（)）", max_size=60))
def test_no_line_raises(line: str) -> None:
    for found in find_dates(line):
        assert line[found.start : found.end].startswith(found.text)


# ---- the names of months, and labels


def test_the_names_are_those_of_cldr() -> None:
    pytest.importorskip("babel", reason="babel, which the extra html brings, is not installed")
    drawn = json.loads((REPOSITORY / "src/newssearch/text/calendar_names.json").read_text("utf-8"))
    spec = importlib.util.spec_from_file_location("draw", REPOSITORY / "scripts" / "draw_calendar_names.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    now = script.drawn()
    assert drawn["languages"].keys() == now["languages"].keys()
    for lang in ("de", "ar", "pl", "ru", "th", "vi"):  # CLDR changes a little with each version
        assert drawn["languages"][lang]["months"] == now["languages"][lang]["months"]


@pytest.mark.parametrize(
    "label",
    [
        "Mis à jour le", "Article mis à jour le", "Aggiornato il", "Bijgewerkt op", "Обновлено", "Stand:", "Zuletzt aktualisiert",
        "Actualizado a las", "Atualizado em", "Oppdatert", "Uppdaterad", "Opdateret", "Päivitetty", "Zaktualizowano", "Aktualizováno",
        "Güncelleme", "تحديث", "עודכן", "更新日", "수정", "Cập nhật", "Diperbarui", "Frissítve", "Оновлено", "Ενημερώθηκε", "Last modified",
    ],
)  # fmt: skip
def test_words_for_updates_are_known(label: str) -> None:
    assert says_updated(label)
    assert not says_published(label) or label in ("更新日",)


@pytest.mark.parametrize(
    "label",
    [
        "Publié le", "Veröffentlicht am", "Pubblicato il", "Gepubliceerd op", "Опубликовано", "Publicado em", "Publisert", "Publicerad",
        "Julkaistu", "Opublikowano", "Publikováno", "Yayınlanma", "نشر", "פורסם", "公開日", "입력", "Đăng", "Опубліковано", "Posted on",
    ],
)  # fmt: skip
def test_words_for_publications_are_known(label: str) -> None:
    assert says_published(label)
    assert not says_updated(label)


@pytest.mark.parametrize(
    "label",
    [
        "Date of birth:",
        "Save the date:",
        "Application filed:",
        "Дата рождения:",
        "Fecha de nacimiento",
        "Written warning:",
    ],
)
def test_words_that_other_things_have_too_say_nothing_beside_a_word_for_another_thing(label: str) -> None:
    assert not says_published(label)


@pytest.mark.parametrize(
    ("stated", "lang", "expected"),
    [
        ("07.05.2024.", "hr", "2024-05-07"), ("07.05.2024. u 10:30", "hr", "2024-05-07T10:30:00"), ("7. 5. 2024. 10:30", "sr", "2024-05-07T10:30:00"),
        ("2024-05-07T24:00:00Z", None, "2024-05-08T00:00:00+00:00"), ("31. Dezember 2024, 24:00 Uhr", "de", "2025-01-01T00:00:00"),
        ("2016-12-31T23:59:60Z", None, "2016-12-31T23:59:59+00:00"),
    ],
)  # fmt: skip
def test_a_point_behind_the_year_the_end_of_the_day_and_a_leap_second_are_read(
    stated: str, lang: str | None, expected: str
) -> None:
    read = parse_published(stated, lang=lang)
    assert read is not None
    assert read.value.isoformat() == expected


def test_a_string_of_words_for_dates_is_read_at_once() -> None:
    began = []

    def counted(text: str, *options: object) -> None:
        began.append(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newssearch.text.dates._without_label", counted)
        assert parse_published("date " * 19 + "12x") is None
    assert len(began) <= 7


@pytest.mark.parametrize(
    "words", ["5 maj 2024", "Maja Nowak", "Der Standard", "Mário de Andrade", "Revista Semana"]
)
def test_what_begins_like_a_word_for_updates_is_none(words: str) -> None:
    assert not says_updated(words)
