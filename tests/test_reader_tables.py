"""Tables to articles: CSV and TSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import support
from newssearch.article import Article, Provenance, Rejected
from newssearch.readers import Input, Origin, ReadOptions, UnreadableError
from newssearch.readers.records.csv_rows import MAX_BAD_ROWS, ROW_LIMIT, TableForm, form_of, rows_of
from newssearch.readers.records.tables import is_table, read

TABLE = """\
Headline,Pub date,Publication,Author,Link,Body
Rain,2024-07-25,The Courier,Jane Doe,https://example.org/rain,"It rained, and ""poured"".

Then not."
Sun,2024-07-26,The Courier,,https://example.org/sun,It shone.
"""


def read_table(
    folder: Path, data: str | bytes, name: str = "a.csv", **options: object
) -> list[Article | Rejected]:
    return support.read_bytes(folder, name, data, **options)


def articles(folder: Path, data: str | bytes, name: str = "a.csv", **options: object) -> list[Article]:
    return support.articles_in(read_table(folder, data, name, **options))


def titles(items: list[Article | Rejected]) -> list[str | None]:
    return [item.title if isinstance(item, Article) else f"{item.record}: {item.reason}" for item in items]


def table(*rows: list[str], delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.CSV", "a.txt", "a"])
def test_a_row_becomes_an_article(tmp_path: Path, name: str) -> None:
    rain, sun = articles(tmp_path, TABLE, name)
    assert (rain.title, rain.outlet, rain.byline) == ("Rain", "The Courier", "Jane Doe")
    assert (rain.date, rain.url) == (dt.date(2024, 7, 25), "https://example.org/rain")
    assert [paragraph.text for paragraph in rain.paragraphs] == ['It rained, and "poured".', "Then not."]
    assert (sun.title, sun.byline, sun.record) == ("Sun", None, 2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_encoding_and_end_of_line(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    if end == "\r" and encoding.startswith("utf-16"):
        return
    rows = [
        ["title", "text", "date"],
        ["Café", "Déjà vu; a, b | c\td.", "2024-07-25"],
        ["Sun", "It shone.", "2024-07-26"],
    ]
    data = table(*rows, delimiter=delimiter).replace("\r\n", end).encode(encoding)
    cafe, sun = articles(tmp_path, data)
    assert (cafe.title, cafe.paragraphs[0].text) == ("Café", "Déjà vu; a, b | c d.")
    assert (sun.title, str(sun.date)) == ("Sun", "2024-07-26")


def test_the_line_that_excel_puts_in_front(tmp_path: Path) -> None:
    for mark in ("", "\ufeff"):
        (article,) = articles(tmp_path, f"{mark}sep=;\r\ntitle;text\r\nRain, more;It rained.\r\n")
        assert (article.title, article.paragraphs[0].text) == ("Rain, more", "It rained.")


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Titel;Datum;Volltext;Zeitung", "Rain"), ("Titre;Date de publication;Texte;Journal", "Rain"),
        ("Título;Fecha;Texto;Medio", "Rain"), ("Título;Data;Conteúdo;Veículo", "Rain"), ("HD;PD;TD;SN", "Rain"),
        ("TITLE;PUBLISHED DATE (GMT);content;media_name", "Rain"),
    ],
)  # fmt: skip
def test_columns_are_recognised_in_other_languages_and_of_databases(
    tmp_path: Path, heading: str, title: str
) -> None:
    (article,) = articles(tmp_path, f"{heading}\nRain;2024-07-25;It rained.;The Courier\n")
    assert (article.title, str(article.date), article.outlet) == (title, "2024-07-25", "The Courier")
    assert article.paragraphs[0].text == "It rained."


def test_a_column_of_times_in_utc_says_so(tmp_path: Path) -> None:
    (article,) = articles(tmp_path, "title,published_date_gmt\nRain,2024-07-25 10:00:00\n")
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=dt.timezone.utc)


def test_the_options_say_which_columns_are_which(tmp_path: Path) -> None:
    data = "kop,Stuk,title,nr\nRegen,Het regende.,x,7\n"
    for columns in (
        (("title", "KOP"), ("text", "stuk"), ("id", "nr")),
        (("title", "1"), ("text", "2"), ("id", "4")),
    ):
        (article,) = articles(tmp_path, data, columns=columns)
        assert (article.title, article.paragraphs[0].text) == ("Regen", "Het regende.")
    headless = "1,Regen,Het regende.,https://example.org/1\n2,Zon,De zon scheen.,https://example.org/2\n"
    found = articles(tmp_path, headless, columns=(("title", "2"), ("text", "3"), ("url", "4")))
    assert [article.title for article in found] == ["Regen", "Zon"]


def test_the_rejection_of_a_table_of_unknown_columns_lists_them(tmp_path: Path) -> None:
    for data, words in (
        ("een,stuk\nRegen,Het regende.\n", "its columns are 1 'een', 2 'stuk'"),
        ("1,Het regende.\n2,De zon scheen.\n", "have no names, and its first row is 1 '1', 2 'Het regende.'"),
        ("name,phone\nJane Doe,5551234\n", "its columns are 1 'name', 2 'phone'"),
    ):
        (item,) = read_table(tmp_path, data)
        assert isinstance(item, Rejected)
        assert words in item.reason
        assert "--map text=COLUMN" in item.reason


def test_a_table_without_texts_says_so(tmp_path: Path) -> None:
    (article,) = articles(
        tmp_path, "media_name,title,url,publish_date\nThe Courier,Rain,https://x.org/1,2024-07-25\n"
    )
    assert (article.title, article.outlet, article.paragraphs) == ("Rain", "The Courier", ())
    assert article.provenance["text"] == Provenance("missing", "the table has no column of texts")
    (summary,) = articles(tmp_path, "title,description\nRain,It rained.\n")
    assert summary.provenance["text"] == Provenance("stated", "only a summary")


def test_a_bad_row_is_rejected_with_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    data = "title,text\nOne,a\n\n,,\nTwo,b,c,d\nThree\n, \nFour,d,\n\0Five,e\n"
    assert titles(read_table(tmp_path, data)) == [
        "One",
        "3: 4 cells in a table of 2 columns",
        "Three",
        "Four",
        "Five",
    ]
    assert titles(read_table(tmp_path, "id,title,text\n1,,\n2,Two,b\n")) == [
        "1: neither title nor text",
        "Two",
    ]


def test_a_quote_that_is_never_closed_takes_only_its_row(tmp_path: Path) -> None:
    data = 'title,text\nOne,a\n"Two,b\n' + "Three,c\n" * 3
    assert titles(read_table(tmp_path, data)) == ["One", "2: a quote that is never closed", *["Three"] * 3]


def test_an_overlong_row_is_rejected_by_itself(tmp_path: Path) -> None:
    reason = f"2: a row longer than {ROW_LIMIT // 2**20} MiB"
    line = f"Two,{'x' * (5 * ROW_LIMIT)}\n"
    assert titles(read_table(tmp_path, f"title,text\nOne,a\n{line}Three,c\n")) == ["One", reason, "Three"]
    quoted = '"Two,' + ("word " * 20_000 + "\n") * (ROW_LIMIT // 100_000 + 2)
    items = read_table(tmp_path, f"title,text\nOne,a\n{quoted}Three,c\n")
    assert titles(items[:2]) == ["One", reason]
    assert titles(items[-1:]) == ["Three"]


def test_a_long_cell_is_read_and_the_limit_of_others_stays(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    (article,) = articles(tmp_path, f"title,text\nRain,{'word ' * 100_000}\n")
    assert len(article.paragraphs[0].text) == 499_999
    assert csv.field_size_limit() == before


def test_after_too_many_bad_rows_reading_stops() -> None:
    lines = (None for _ in range(MAX_BAD_ROWS * 10))
    with pytest.raises(UnreadableError, match="rows that cannot be read"):
        list(rows_of(lines, TableForm(",")))


def test_tables_put_together_have_their_headings_left_out(tmp_path: Path) -> None:
    assert titles(read_table(tmp_path, "title,text\nOne,a\ntitle,text\nTwo,b\n")) == ["One", "Two"]


def test_quotes_where_tabs_part_cells_may_be_mere_quotes(tmp_path: Path) -> None:
    plain = 'title\ttext\n"Rain" falls\tIt rained.\n"Sun\tIt shone.\n'
    assert titles(read_table(tmp_path, plain, "a.tsv")) == ['"Rain" falls', '"Sun']
    quoted = 'title\ttext\nRain\t"It rained.\n\nThen not."\n'
    (article,) = articles(tmp_path, quoted, "a.tsv")
    assert [paragraph.text for paragraph in article.paragraphs] == ["It rained.", "Then not."]


def test_quotes_around_every_title_are_removed(tmp_path: Path) -> None:
    rows = "".join(f'"""{name}""",x\n' for name in ("Rain", "Sun", "Snow"))
    assert titles(read_table(tmp_path, f"title,text\n{rows}")) == ["Rain", "Sun", "Snow"]
    assert titles(read_table(tmp_path, f'title,text\n"""No""",x\nSun,x\n{rows}'))[:2] == ['"No"', "Sun"]


def test_quotes_may_have_a_backslash_in_front(tmp_path: Path) -> None:
    (article,) = articles(tmp_path, 'title,text\n"The \\"rain\\", again",x\n')
    assert article.title == 'The "rain", again'


@pytest.mark.parametrize(
    "text",
    [
        "Title, text and date\n\nIt rained on the hills, and then it did not.\n",
        "Date, title, author\nIt rained.\n", "Rain, sun, snow\nIt rained, shone, snowed\n", "title\nRain\n",
    ],
)  # fmt: skip
def test_a_text_with_commas_is_no_table(tmp_path: Path, text: str) -> None:
    assert not is_table(Input.of(text.encode(), Origin("a.txt", ReadOptions())))


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    (item,) = read_table(tmp_path, "title,text\n")
    assert isinstance(item, Rejected)
    assert item.reason == "a table without rows"


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.tuples(CELLS.filter(str.strip), CELLS), min_size=1), st.sampled_from(",;\t|"))
def test_a_table_is_read_as_it_was_written(rows: list[tuple[str, str]], delimiter: str) -> None:
    data = table(["title", "text"], *map(list, rows), delimiter=delimiter)
    source = Input.of(data.encode(), Origin("a.csv", ReadOptions()))
    if rows[0] == ("title", "text") or '\\"' in data:
        return
    found = [item for item in read(source) if isinstance(item, Article)]
    assert len(found) == len([row for row in rows if row != ("title", "text")])


@given(st.binary() | st.text(alphabet='",;\t|\n\r\\ab').map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    for head in (b"title,text\n", b""):
        source = Input.of(head + data, Origin("a.csv", ReadOptions()))
        is_table(source)
        try:
            for item in read(source):
                assert isinstance(item, (Article, Rejected))
        except UnreadableError:
            pass


@given(st.text(alphabet='",;\t|\n\r\\ab'))
def test_any_form_reads_any_lines(text: str) -> None:
    form = form_of(text)
    for row in rows_of(text.splitlines(keepends=True), form):
        assert isinstance(row, (list, str))


def test_real_tables_are_read_or_ask_for_their_columns(data_dir: Path) -> None:
    folder = data_dir / "formats" / "csv"
    for file in sorted(folder.glob("Newsdata*.csv")):
        found = support.articles_in(support.read_file(file))
        assert len(found) == 10
        assert all(a.title and a.outlet and a.url and a.date and not a.title.startswith('"""') for a in found)
    assert len(support.articles_in(support.read_file(folder / "Dataset.csv"))) == 1389
    for name, columns, count in (
        ("test.csv", (("title", "2"), ("text", "3")), 7600),
        ("20191030_remaining_politifacts.csv", (("title", "7"), ("text", "8"), ("url", "4")), 350),
        ("corpus.csv", (("text", "prefix"),), 222),
    ):
        (item,) = support.read_file(folder / name)
        assert isinstance(item, Rejected)
        assert "--map" in item.reason
        assert len(support.articles_in(support.read_file(folder / name, columns=columns, lang="en"))) == count


HEADINGS_OF_TABLES = {
    "tr": "Başlık;Tarih;Metin;Gazete;Yazar",
    "ru": "Заголовок;Дата;Текст;Газета;Автор",
    "nl": "Kop;Datum;Tekst;Krant;Auteur",
    "pl": "Tytuł;Data;Treść;Gazeta;Autor",
    "ar": "العنوان;التاريخ;النص;الصحيفة;الكاتب",
    "zh": "标题;日期;正文;报纸;作者",
    "ja": "見出し;日付;本文;新聞;記者",
    "ko": "제목;날짜;본문;신문;기자",
    "el": "Τίτλος;Ημερομηνία;Κείμενο;Εφημερίδα;Συντάκτης",
    "hu": "Cím;Dátum;Szöveg;Újság;Szerző",
    "fi": "Otsikko;Päivämäärä;Teksti;Lehti;Kirjoittaja",
    "cs": "Titulek;Datum;Obsah;Noviny;Autor",
    "id": "Judul;Tanggal;Isi berita;Koran;Penulis",
    "vi": "Tiêu đề;Ngày;Nội dung;Báo;Tác giả",
    "he": "כותרת;תאריך;טקסט;עיתון;מחבר",
    "da": "Overskrift;Dato;Brødtekst;Avis;Forfatter",
}


@pytest.mark.parametrize("lang", HEADINGS_OF_TABLES)
def test_columns_are_named_in_the_languages_of_their_users(tmp_path: Path, lang: str) -> None:
    (article,) = articles(
        tmp_path, f"{HEADINGS_OF_TABLES[lang]}\nRain;2020-11-03;It rained.;The Courier;Jane Doe\n"
    )
    assert (article.title, article.date, article.outlet, article.byline) == (
        "Rain",
        dt.date(2020, 11, 3),
        "The Courier",
        "Jane Doe",
    )
    assert [paragraph.text for paragraph in article.paragraphs] == ["It rained."]


def test_headings_decide_between_day_and_month_if_nothing_else_does(tmp_path: Path) -> None:
    (article,) = articles(tmp_path, "Titel;Datum;Tekst;Bron\nRegen;03-11-2020;Regen.;De Krant\n")
    assert (article.date, str(article.provenance["date"])) == (
        dt.date(2020, 11, 3),
        "inferred from day first, as in the language of the headings",
    )
    (article,) = articles(tmp_path, "Title;Date;Text\nRain;03-11-2020;Rain.\n")
    assert article.date == dt.date(2020, 3, 11)


def test_cells_may_be_in_single_quotes(tmp_path: Path) -> None:
    data = "title;text\n'Rain; and sun';'It rained; it ''poured''.'\n'Sun';'It shone; then not.'\n"
    first, second = articles(tmp_path, data)
    assert (first.title, first.paragraphs[0].text) == ("Rain; and sun", "It rained; it 'poured'.")
    assert (second.title, second.paragraphs[0].text) == ("Sun", "It shone; then not.")
    (apostrophes,) = articles(tmp_path, "title,text\n'Tis rain,It's raining.\n")
    assert apostrophes.title == "'Tis rain"


def test_a_table_without_names_of_columns_loses_no_row(tmp_path: Path) -> None:
    rows = "Web;It rained on Monday\nSport;The team has won\nWeb;Nothing has happened\n"
    columns = (("section", "1"), ("text", "2"))
    assert [one.section for one in articles(tmp_path, rows, columns=columns)] == ["Web", "Sport", "Web"]
    named = f"Desk;Words\n{rows}"
    assert [one.section for one in articles(tmp_path, named, columns=columns)] == ["Web", "Sport", "Web"]


def test_a_column_rubrik_has_headlines_in_swedish_and_sections_in_german(tmp_path: Path) -> None:
    (swedish,) = articles(tmp_path, "Rubrik;Datum;Brödtext;Källa\nBron stängs;2020-11-03;Rådet möttes.;TT\n")
    (german,) = articles(
        tmp_path, "Rubrik;Datum;Überschrift;Text\nPolitik;2020-11-03;Brücke zu;Der Rat tagte.\n"
    )
    assert (swedish.title, swedish.section) == ("Bron stängs", None)
    assert (german.title, german.section) == ("Brücke zu", "Politik")
