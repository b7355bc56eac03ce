"""Plain text to articles."""

from __future__ import annotations

import datetime as dt
import os
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import PartialDate, readers
from newssearch.article import STATED, Article, Date, Provenance, Rejected
from newssearch.readers import Origin, ReadOptions, Skipped
from newssearch.readers.article.dateline import find_dateline
from newssearch.readers.texts.plain_text import read_text
from newssearch.text.date_search import find_dates
from support import articles_in, read_bytes, read_file

DAY = dt.date(2024, 7, 25)
BODY = (
    "The minister stressed on Wednesday that the bridge would be open again before the winter.",
    "Engineers have looked at its pillars since Monday, and found less damage than was feared.",
)
FROM_DATELINE = Provenance("inferred", "dateline")


def read(text: str, **options: object) -> Article:
    article = read_text(text, Origin("a.txt", ReadOptions(**options)))  # type: ignore[arg-type]
    assert isinstance(article, Article)
    return article


def texts(article: Article) -> tuple[str, ...]:
    return tuple(paragraph.text for paragraph in article.paragraphs)


def one(file: Path) -> Article | Rejected:
    (item,) = read_file(file, "here")
    return item


def test_the_sample_article_is_read_as_its_layout_says(seed: Path) -> None:
    article = one(seed)
    assert isinstance(article, Article)
    assert (
        article.title == "Austin sends a veiled message to Baghdad that the US presence in Iraq will continue"
    )
    assert article.date == DAY
    assert article.dateline == "Information/Baghdad"
    assert article.source == "Information"
    assert article.located == "Baghdad"
    assert article.outlet == "almaalomah.me"
    assert article.provenance["title"] == article.provenance["date"] == article.provenance["outlet"] == STATED
    assert article.provenance["source"] == article.provenance["located"] == FROM_DATELINE
    assert article.byline is article.section is article.url is None
    assert (article.lang, str(article.provenance["lang"])) == ("en", "inferred from the text")
    assert (article.path, article.record) == ("here", 1)
    assert len(article.paragraphs) == 10
    assert article.paragraphs[0].text.startswith("US Secretary of Defense Lloyd Austin stressed to his Iraqi")
    assert article.paragraphs[9].text.endswith("countries of origin and support their reintegration.")
    for paragraph in texts(article):
        for other in (article.title, "Information/", "7-25-2024", "almaalomah.me"):
            assert other not in paragraph


SCRAPED = ("Bridge to open", "", "Bridge to open", "", "7-25-2024", "")
GLUED = "Bridge to openInformation/Baghdad…"


def scraped(
    *, header: tuple[str, ...] = SCRAPED, glued: str = GLUED, outlet: str = "news.example.org"
) -> str:
    return "\n".join([*header, *([glued] if glued else []), BODY[0], "", BODY[1], "", outlet])


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (scraped(), set()),
        (scraped(header=SCRAPED[2:]), set()),
        (scraped(header=SCRAPED[:4]), {"date"}),
        (scraped(glued=""), {"dateline", "located"}),
        (scraped(glued="Information/Baghdad..."), set()),
        (scraped(glued="Bridge to open Information / Baghdad".replace(" / ", "/")), set()),
        (scraped(outlet=""), {"outlet"}),
        (scraped(header=SCRAPED[:1] + SCRAPED[4:]), set()),
    ],
)
def test_any_part_of_that_layout_may_be_missing(text: str, missing: set[str]) -> None:
    article = read(text)
    assert texts(article) == BODY
    assert article.title == "Bridge to open"
    assert {
        name for name in ("date", "dateline", "located", "outlet") if getattr(article, name) is None
    } == missing


def test_a_text_that_only_begins_with_the_words_of_its_title_keeps_them() -> None:
    article = read("Bridge to open\n\nBridge to open or not, the minister is calm.\n\nHe said so.")
    assert texts(article) == ("Bridge to open or not, the minister is calm.", "He said so.")


@pytest.mark.parametrize(
    "line",
    [
        "July 25, 2024", "2024-07-25", "25 July 2024", "Published: July 25, 2024", "Published on 25/7/2024",
        "Date: Thursday, 25 July 2024", "posted 2024-07-25", "UPDATED: July 25, 2024", "Last updated July 25, 2024",
    ],
)  # fmt: skip
def test_a_line_that_is_a_date_is_the_date(line: str) -> None:
    for text in (
        f"Bridge to open\n\n{line}\n\n",
        f"Bridge to open\n{line}\n",
        f"{line}\n\nBridge to open\n\n",
    ):
        article = read(text + "\n\n".join(BODY))
        assert (article.title, article.date, texts(article)) == ("Bridge to open", DAY, BODY)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("July 2024", PartialDate(2024, 7)), ("2024-07", PartialDate(2024, 7)), ("Juli 2024", PartialDate(2024, 7)),
        ("Published: July 2024", PartialDate(2024, 7)), ("Published: 2024", PartialDate(2024)), ("Date: 07/2024", PartialDate(2024, 7)),
    ],
)  # fmt: skip
def test_a_line_that_is_a_month_or_a_labelled_year_is_the_date(line: str, date: PartialDate) -> None:
    for text in (
        f"Bridge to open\n\n{line}\n\n",
        f"Bridge to open\n{line}\n",
        f"{line}\n\nBridge to open\n\n",
    ):
        article = read(text + "\n\n".join(BODY))
        assert (article.title, article.date, texts(article)) == ("Bridge to open", date, BODY)


@pytest.mark.parametrize("line", ["1984", "July 1984"])
def test_a_headline_that_could_be_a_month_or_a_year_stays_a_headline(line: str) -> None:
    article = read("\n\n".join([line, *BODY]))
    assert (article.title, article.date, texts(article)) == (line, None, BODY)


def test_a_year_without_a_label_stays_in_the_text() -> None:
    article = read("\n\n".join(["Bridge to open", "1984", *BODY]))
    assert (article.title, article.date, texts(article)) == ("Bridge to open", None, ("1984", *BODY))


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["July 2024", "25 July 2024"], DAY),
        (["25 July 2024", "July 2024"], DAY),
        (["Published: July 2024", "Updated: 2024-08-02"], PartialDate(2024, 7)),
        (["Updated: 2024-08-02", "Published: July 2024"], PartialDate(2024, 7)),
    ],
)
def test_a_day_goes_before_a_month_and_a_publication_before_an_update(lines: list[str], date: Date) -> None:
    article = read("\n".join(["Bridge to open", *lines, "", *BODY]))
    assert (article.date, texts(article)) == (date, BODY)


@pytest.mark.parametrize(
    "lines", [("Published: 2024-07-25", "Updated: 2024-07-26"), ("Updated: 2024-07-26", "2024-07-25")]
)
def test_an_update_is_not_the_date_where_there_is_another(lines: tuple[str, str]) -> None:
    article = read("\n".join(["Bridge to open", *lines, "", *BODY]))
    assert (article.date, texts(article)) == (DAY, BODY)


def test_an_ambiguous_date_is_flagged_and_the_option_turns_it() -> None:
    text = "Bridge to open\n\n7-5-2024\n\n" + "\n\n".join(BODY)
    assert read(text).date == dt.date(2024, 7, 5)
    assert str(read(text).provenance["date"]) == "stated, ambiguous, read month first"
    assert read(text, day_first=True).date == dt.date(2024, 5, 7)
    assert read(text, day_first=True).provenance["date"] == STATED


def test_a_date_in_the_body_or_of_the_file_is_not_the_date_of_the_article(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"Bridge to open\n\n{BODY[0]}\n\nJuly 25, 2024\n\n{BODY[1]}\n", "utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    article = one(file)
    assert isinstance(article, Article)
    assert article.date is None
    assert texts(article) == (BODY[0], "July 25, 2024", BODY[1])


@pytest.mark.parametrize(
    ("dateline", "stated", "located", "source"),
    [
        ("BAGHDAD, July 25 (Reuters) - ", "BAGHDAD, July 25 (Reuters)", "Baghdad", "Reuters"),
        ("BAGHDAD (Reuters) - ", "BAGHDAD (Reuters)", "Baghdad", "Reuters"),
        ("WASHINGTON (AP) — ", "WASHINGTON (AP)", "Washington", "AP"),
        ("PARIS, March 3 - ", "PARIS, March 3", "Paris", None),
        ("LONDON — ", "LONDON", "London", None),
        (
            "NEW YORK/LONDON, 3 March (Reuters) – ",
            "NEW YORK/LONDON, 3 March (Reuters)",
            "New York/London",
            "Reuters",
        ),
        ("COLUMBUS, Ga., April 9 - ", "COLUMBUS, Ga., April 9", "Columbus, Ga.", None),
        ("KANSAS CITY, MO. (AP) -- ", "KANSAS CITY, MO. (AP)", "Kansas City, MO.", "AP"),
        ("SÃO PAULO (Reuters) - ", "SÃO PAULO (Reuters)", "São Paulo", "Reuters"),
        ("Des Moines, Iowa (CNN) ", "Des Moines, Iowa (CNN)", "Des Moines, Iowa", "CNN"),
        ("Chicago, April 13 - ", "Chicago, April 13", "Chicago", None),
        ("BASRA (Shafaq News): ", "BASRA (Shafaq News)", "Basra", "Shafaq News"),
        (
            "BOSTON, July 25, 2024 /PRNewswire/ -- ",
            "BOSTON, July 25, 2024 /PRNewswire/",
            "Boston",
            "PRNewswire",
        ),
        ("(Reuters) - ", "(Reuters)", None, "Reuters"),
        ("Madrid, 5 may (EFE).- ", "Madrid, 5 may (EFE)", "Madrid", "EFE"),
        ("MADRID, 5 (EUROPA PRESS) ", "MADRID, 5 (EUROPA PRESS)", "Madrid", "Europa Press"),
        ("Buenos Aires, 5 de mayo (Télam).- ", "Buenos Aires, 5 de mayo (Télam)", "Buenos Aires", "Télam"),
        ("København /ritzau/: ", "København /ritzau/", "København", "Ritzau"),
        ("SYDNEY, Nov 26 AAP - ", "SYDNEY, Nov 26 AAP", "Sydney", "AAP"),
        ("(ANSA) - ROMA, 1 LUG - ", "(ANSA) - ROMA, 1 LUG", "Roma", "ANSA"),
        ("Roma, 1 lug. (askanews) - ", "Roma, 1 lug. (askanews)", "Roma", "askanews"),
        ("MOSCOW, May 5. /TASS/. ", "MOSCOW, May 5. /TASS/", "Moscow", "TASS"),
        ("МОСКВА, 5 мая - РИА Новости. ", "МОСКВА, 5 мая - РИА Новости", "Москва", "RIA Novosti"),
        ("Москва. 5 мая. INTERFAX.RU - ", "Москва. 5 мая. INTERFAX.RU", "Москва", "Interfax"),
        ("القاهرة 5 مايو (رويترز) - ", "القاهرة 5 مايو (رويترز)", "القاهرة", "Reuters"),
        ("新华社北京5月5日电（记者王某）", "新华社北京5月5日电", "北京", "Xinhua"),
        ("【東京時事】", "【東京時事】", "東京", "Jiji"),
        ("(서울=연합뉴스) 김기자 기자 = ", "(서울=연합뉴스)", "서울", "Yonhap"),
        ("NEW YORK--(BUSINESS WIRE)--", "NEW YORK--(BUSINESS WIRE)", "New York", "Business Wire"),
        (
            "BOSTON, May 05, 2024 (GLOBE NEWSWIRE) -- ",
            "BOSTON, May 05, 2024 (GLOBE NEWSWIRE)",
            "Boston",
            "GlobeNewswire",
        ),
        ("Wien/Berlin (APA/dpa) - ", "Wien/Berlin (APA/dpa)", "Wien/Berlin", "dpa"),
        ("STOCKHOLM (TT) ", "STOCKHOLM (TT)", "Stockholm", "TT"),
        (
            "Budapest, 2024. május 5., vasárnap (MTI) - ",
            "Budapest, 2024. május 5., vasárnap (MTI)",
            "Budapest",
            "MTI",
        ),
        ("JAKARTA, KOMPAS.com - ", "JAKARTA, KOMPAS.com", "Jakarta", "KOMPAS.com"),
        ("PHILADELPHIA, PA – ", "PHILADELPHIA, PA", "Philadelphia, PA", None),
        ("NEW DELHI: ", "NEW DELHI", "New Delhi", None),
    ],
)
def test_a_dateline_is_taken_out_of_the_first_paragraph(
    dateline: str, stated: str, located: str | None, source: str | None
) -> None:
    article = read(f"Bridge to open\n\n{dateline}{BODY[0]}\n\n{BODY[1]}")
    assert (article.dateline, article.located, article.source) == (stated, located, source)
    assert article.provenance["dateline"] == STATED
    assert article.provenance["located" if located else "source"] == FROM_DATELINE
    assert texts(article) == BODY


def test_a_dateline_with_its_year_dates_an_article_that_has_no_other_date() -> None:
    article = read(f"Bridge to open\n\nPARIS, July 25, 2024 - {BODY[0]}")
    assert article.date == DAY
    assert article.provenance["date"] == FROM_DATELINE


@pytest.mark.parametrize(
    "text",
    [
        "NATO — the alliance — said", "FILE - In this Tuesday, July 25 photo", "BREAKING NEWS — The bridge is open",
        "IBM — The company said", "AMEX DELAY - HUDSON FOODS INC, INFO REQUESTED", "The bridge — long closed — opens",
        "Jane Doe (Labour) - The member said", "He and/or She…", "He said/She said… and so on", "Belém (PA) - O governo",
        "WATCH: The bridge", "On May 5 - The day came", "Meeting 5 June - The council met", "March 16 (UPI) -- The bridge", "PORTVILLE: The bridge is open.",
        "Rep. Jane Doe (John Roe/Reuters) The", "FACT CHECK: The bridge is open, said the council, and nobody was there to see it that day.",
        "A" * 70 + " (Reuters) - The", "LONDON — " + "theresa went", "", "-", "(", "Rain (again)",
    ],
)  # fmt: skip
def test_an_uncertain_dateline_is_not_taken(text: str) -> None:
    assert find_dateline(text) is None


def test_a_date_may_stand_in_place_of_a_dateline() -> None:
    article = read(f"Bridge to open\n\nJuly 25, 2024 -- {BODY[0]}\n\n{BODY[1]}")
    assert (article.date, article.dateline, texts(article)) == (DAY, None, BODY)


def test_a_release_has_its_date_behind_the_wire() -> None:
    article = read(f"Bridge to open\n\nPORTVILLE, Calif.--(BUSINESS WIRE)--July 25, 2024--{BODY[0]}")
    assert (article.located, article.date, texts(article)) == ("Portville, Calif.", DAY, (BODY[0],))


@given(st.text() | st.text("ABCab ,.()/-—…:12", max_size=200))
def test_a_dateline_lies_within_the_text(text: str) -> None:
    found = find_dateline(text)
    if found is not None:
        assert text.startswith(found.text)
        assert len(found.text) <= found.length <= len(text) + 1


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By Jane Doe and John van der Berg, Staff Writer", "Jane Doe and John van der Berg, Staff Writer"),
        ("BY JANE DOE", "JANE DOE"),
        ("Written by: Jane Doe", "Jane Doe"),
    ],
)
def test_a_byline_says_who_wrote_it(line: str, who: str) -> None:
    article = read(f"Bridge to open\n{line}\nJuly 25, 2024\n\n" + "\n\n".join(BODY))
    assert (article.byline, article.date, texts(article)) == (who, DAY, BODY)


@pytest.mark.parametrize("line", ["By the river nothing moves", "By Monday it was over.", "By noon"])
def test_a_sentence_that_begins_with_by_is_no_byline(line: str) -> None:
    article = read(f"Bridge to open\n\n{line}\n\n{BODY[0]}")
    assert (article.byline, texts(article)) == (None, (line, BODY[0]))


def test_the_last_line_may_be_the_outlet_or_the_address() -> None:
    text = "Bridge to open\n\n" + "\n\n".join(BODY)
    assert read(f"{text}\n\nexample.org\n").outlet == "example.org"
    article = read(f"{text}\nhttps://www.example.org/bridge?a=1")
    assert (article.url, article.outlet) == ("https://www.example.org/bridge?a=1", "example.org")
    assert article.provenance["outlet"] == Provenance("inferred", "url")
    assert texts(article) == BODY
    for last in ("The end.", "He said no", "1.25", "U.S.", "e.g."):
        assert texts(read(f"{text}\n\n{last}"))[-1] == last


def test_a_headline_is_short_and_stands_off_from_the_text() -> None:
    assert read(f"Bridge to open\n\n{BODY[0]}").title == "Bridge to open"
    assert read(f"Bridge to open\n{BODY[0]}\n{BODY[1]}").title == "Bridge to open"
    assert read(f"Will the bridge open?\n\n{BODY[0]}").title == "Will the bridge open?"
    assert (
        read(f"BRIDGE TO OPEN, MINISTER SAYS\n  {BODY[0]}\n   {BODY[1]}").title
        == "BRIDGE TO OPEN, MINISTER SAYS"
    )


@pytest.mark.parametrize(
    "text",
    [
        BODY[0], f"{BODY[0]}\n\n{BODY[1]}", f"{BODY[0]}\n{BODY[1]}", "One line only", "One line,\n\n" + BODY[0],
        textwrap.fill(" ".join(BODY), 60), "x" * 251 + "\n\n" + BODY[0], "LONDON (AP) — Rain fell\n\n" + BODY[0],
    ],
)  # fmt: skip
def test_prose_without_a_headline_has_no_title_and_says_so(text: str) -> None:
    article = read(text)
    assert article.title is None
    assert article.provenance["title"].known == "missing"
    assert len(article.paragraphs) >= 1


def test_a_wrapped_text_under_a_headline_is_joined() -> None:
    article = read("Bridge to open\n\n" + "\n".join(textwrap.wrap(" ".join(BODY), 60)))
    assert texts(article) == (" ".join(BODY),)


def test_the_default_language_is_marked_as_such() -> None:
    article = read(BODY[0], lang="en")
    assert article.lang == "en"
    assert article.provenance["lang"].known == "inferred"


LINES = st.sampled_from(
    [
        "", " ", "Bridge to open", "Bridge to openInformation/Baghdad…", "Information/Baghdad", "Rain", *BODY,
        "LONDON (AP) — Rain fell", "LONDON —", "By Jane Doe", "By noon", "https://example.org/a", "example.org",
        "“Quoted”", "  indented words", "- item", "(Reuters)", "BASRA (INA):",
    ]
)  # fmt: skip


@given(st.lists(LINES | st.text("abc. ,/-—…()\n", max_size=80), max_size=12).map("\n".join) | st.text())
def test_no_word_of_a_text_is_lost(text: str) -> None:
    article = read_text(text, Origin("a.txt", ReadOptions()))
    if isinstance(article, Rejected):
        return
    kept = " ".join(
        [
            *texts(article),
            *(str(getattr(article, name) or "") for name in ("title", "dateline", "byline", "url", "outlet")),
        ]
    )
    lost = set(re.findall(r"\w+", text)) - set(re.findall(r"\w+", kept))
    if article.date is None:
        assert lost <= {"By", "by", "Written"}


def test_real_texts_have_a_title_and_paragraphs(data_dir: Path) -> None:
    for file in sorted((data_dir / "formats" / "txt-bbc").glob("*.txt")):
        article = one(file)
        assert isinstance(article, Article)
        assert article.title == file.read_text("utf-8").split("\n", 1)[0].strip()
        assert len(article.paragraphs) >= 2
    releases = [one(file) for file in sorted((data_dir / "formats" / "txt-press-release").glob("*.txt"))]
    articles = [article for article in releases if isinstance(article, Article) and article.title]
    assert len(articles) >= 11  # the others are pages flattened to a single line
    assert all(
        len(article.paragraphs) >= 2 and article.title and article.title.isupper() for article in articles
    )


NO_PROSE = {
    "a.srt": "1\n00:00:01,000 --> 00:00:02,000\nHello.\n",
    "b.txt": "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello.\n",
    "desktop.ini": "[.ShellClassInfo]\nIconResource=x.dll,3\n",
    "c.txt": "[InternetShortcut]\nURL=https://example.org/\n",
    "d.css": "a { color: red }\n",
    "e.py": "print(1)\n",
}


@pytest.mark.parametrize("name", NO_PROSE)
def test_what_nobody_takes_for_an_article_is_skipped(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(NO_PROSE[name])
    (item,) = readers.read_file(tmp_path / name, name, ReadOptions())
    assert isinstance(item, Skipped)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b".a { color: red; }\n.b {\n  margin: 0;\n  padding: 0;\n}\n" * 4,
            "looks like a style sheet or a program",
        ),
        (b"import os\n\ndef f(x):\n    return g(x)\n" * 6, "looks like a style sheet or a program"),
        (bytes(range(1, 256)) * 8, "looks like a binary file"),
    ],
)
def test_programs_and_random_bytes_are_rejected_under_any_name(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    item = one(tmp_path / "a.txt")
    assert isinstance(item, Rejected)
    assert item.reason == reason


def test_a_poem_and_a_list_of_names_are_prose(tmp_path: Path) -> None:
    for text in (
        "The river;\nthe bridge;\nthe rain;\n" * 5,
        "Doe, Jane (Labour)\nRoe, John (Green)\n" * 6,
        "He said {so}.\n" * 10,
    ):
        (tmp_path / "a.txt").write_text(text)
        assert isinstance(one(tmp_path / "a.txt"), Article)


MESSAGE = "\x01AFP0123 4 POL 0123 /AFP-AB12\r\n\x02Bridge to open\r\n\r\nPARIS, July 25 (AFP) - {}\r\n\x03\r\n251015 GMT JUL 24\x04"


def test_messages_of_agencies_lose_their_header_and_control_characters(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes((MESSAGE.format(BODY[0]) + MESSAGE.format(BODY[1])).encode())
    first, second = read_file(tmp_path / "a.txt")
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.source, first.section, texts(first)) == (
        "Bridge to open",
        "AFP",
        "POL",
        (BODY[0],),
    )
    assert first.date == dt.datetime(2024, 7, 25, 10, 15, tzinfo=dt.timezone.utc)
    assert (second.record, texts(second)) == (2, (BODY[1],))


@pytest.mark.parametrize("name", ["wyborcza.pl", "b92.rs", "notes.conf", "bridge.m"])
def test_a_story_is_read_under_a_name_that_ends_like_that_of_a_program(tmp_path: Path, name: str) -> None:
    text = "Bridge closed\n\nThe council met for three hours on Tuesday and closed the bridge until autumn.\n\nThe mayor agreed.\n"
    (tmp_path / name).write_text(text)
    article = one(tmp_path / name)
    assert isinstance(article, Article)
    assert article.title == "Bridge closed"


def test_a_short_style_sheet_is_no_prose(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("body { color: red; }\n.a { margin: 0 }\n")
    item = one(tmp_path / "a.txt")
    assert isinstance(item, Rejected)
    assert "style sheet" in item.reason


PROSE = (
    "The council met for three hours on Tuesday evening and heard from residents of the old harbour.\n\n"
    "Engineers said that the steel of the old bridge had been weakened by salt water.\n"
)


@pytest.mark.parametrize(
    ("head", "title", "byline", "date"),
    [
        ("Brücke gesperrt\nVon Ines Varga\n6. Mai 2024, 10:12 Uhr\n\n", "Brücke gesperrt", "Ines Varga", "2024-05-06 10:12:00"),
        ("Le pont est fermé\n\nPar Inès Varga\n\n6 mai 2024\n\n", "Le pont est fermé", "Inès Varga", "2024-05-06"),
        ("El puente\n\nPor Inés Varga\n\n6 de mayo de 2024\n\n", "El puente", "Inés Varga", "2024-05-06"),
        ("Stockholm, den 6 maj 2024\n\nBron stängd\n\n", "Bron stängd", None, "2024-05-06"),
        ("Streit um die Brücke\n\nDüren, 6. Mai 2024\n\n", "Streit um die Brücke", None, "2024-05-06"),
        ("Le pont est fermé\n\nMARSEILLE (France), 6 mai 2024 (AFP) - ", "Le pont est fermé", None, "2024-05-06"),
    ],
)  # fmt: skip
def test_headers_of_plain_texts_in_many_languages(
    tmp_path: Path, head: str, title: str, byline: str | None, date: str
) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", head + PROSE))
    assert (article.title, article.byline, str(article.date)) == (title, byline, date)
    assert [one.text for one in article.paragraphs] == PROSE.strip().split("\n\n")


def test_a_place_or_an_outlet_stands_in_front_of_a_date(tmp_path: Path) -> None:
    (town,) = articles_in(
        read_bytes(tmp_path, "a.txt", f"Streit um die Brücke\n\nDüren, 6. Mai 2024\n\n{PROSE}")
    )
    (paper,) = articles_in(
        read_bytes(tmp_path, "b.txt", f"Streit um die Brücke\n\nRheinische Zeitung, 6. Mai 2024\n\n{PROSE}")
    )
    assert (town.located, town.outlet, paper.located, paper.outlet) == (
        "Düren",
        None,
        None,
        "Rheinische Zeitung",
    )
    assert paper.provenance["outlet"].known == "inferred"


def test_a_given_name_that_is_a_word_for_by_elsewhere_stays(tmp_path: Path) -> None:
    (article,) = articles_in(read_bytes(tmp_path, "a.txt", f"Bridge closed\n\nOleh Zinchenko\n\n{PROSE}"))
    assert article.byline is None
    assert article.paragraphs[0].text == "Oleh Zinchenko"


def test_years_of_eras_inside_one_another_are_read_without_recursion() -> None:
    assert list(find_dates("令和2(" * 2_000 + "令和6年")) == []
