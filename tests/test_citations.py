"""Citations: four libraries that are not ours read what is written, and names of authors are divided as catalogues do it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pybtex.database
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, NewssearchError
from newssearch.citations.authors import authors_of
from newssearch.citations.bibtex import biblatex_entries, bibtex_entries
from newssearch.citations.citation import Citation, cited
from newssearch.citations.csl import csl_item, csl_parts
from newssearch.citations.ris import ris_records
from newssearch.citations.styles import SHORT_NAMES, formatted

ADDED = dt.datetime(2026, 11, 30, 23, tzinfo=dt.timezone.utc)


def citing(**fields: object) -> Citation:
    """Return the citation of an article with the given fields, which came into the index on 30 November 2026."""
    article = Article.create(text="It rained.", **fields)  # type: ignore[arg-type]
    return cited(dataclasses.replace(article, added=ADDED))


FLOOD = citing(
    title="Flood & fire: 50% of {homes} lost", byline="By Jane Doe and Ursula von der Leyen", date="2024-05-06T10:30:00+02:00",
    outlet="The Guardian", section="World news", lang="en-GB", url="https://e.org/a_b%20c?x={1}", source="Reuters",
    extra={"page": "A12", "edition": "Late"},
)  # fmt: skip


# ---- authors


@pytest.mark.parametrize(
    ("byline", "lang", "names"),
    [
        ("Jane Doe", "en", "Doe, Jane"),
        ("By Jane Doe and John Roe", "en", "Doe, Jane | Roe, John"),
        ("Jane Doe, John Roe & Max Moe", "en", "Doe, Jane | Roe, John | Moe, Max"),
        ("Von Max Müller und Eva Klein, Berlin", "de", "Müller, Max | Klein, Eva"),
        ("Par Marie Curie et AFP", "fr", "Curie, Marie | AFP"),
        ("Ana Costa e Rui Silva", "pt", "Costa, Ana | Silva, Rui"),
        ("Ana Costa e Silva", "pt", "Costa e Silva, Ana"),
        ("José Luis Pérez Gómez", "es", "Pérez Gómez, José Luis"),
        ("Doe, Jane", "en", "Doe, Jane"),
        ("Doe, Jane; Roe, John", "en", "Doe, Jane | Roe, John"),
        ("King, Martin Luther, Jr.", "en", "King, Martin Luther, Jr."),
        ("Martin Luther King Jr.", "en", "King, Martin Luther, Jr."),
        ("Vincent van Gogh, Leonardo da Vinci", "en", "van Gogh, Vincent | da Vinci, Leonardo"),
        ("Mohammed bin Salman", "en", "bin Salman, Mohammed"),
        ("Jane and John Doe", "en", "Doe, Jane | Doe, John"),
        ("Nagy Péter", "hu", "Nagy, Péter"),
        ("Иван Петров и Анна Сидорова", "ru", "Петров, Иван | Сидорова, Анна"),
        ("王小明", "zh", "王小明"),
        ("Nguyễn Văn An", "vi", "Nguyễn Văn An"),
        ("Reuters", "en", "Reuters"),
        ("Reuters, AFP", "en", "Reuters | AFP"),
        ("Reuters Staff", "en", "Reuters Staff"),
        ("Jane Doe, BBC News", "en", "Doe, Jane | BBC News"),
        ("Jane Doe, Chief Political Correspondent", "en", "Doe, Jane"),
        ("Jane Doe, political editor", "en", "Doe, Jane"),
        ("Jane Doe in Paris", "en", "Doe, Jane"),
        ("Jane Doe for The Guardian", "en", "Doe, Jane"),
        ("Jane Doe (Reuters)", "en", "Doe, Jane | Reuters"),
        ("Jane Doe/Reuters", "en", "Doe, Jane | Reuters"),
        ("Jane Doe - Reuters", "en", "Doe, Jane | Reuters"),
        ("dpa/AFP", "de", "dpa | AFP"),
        ("Max Müller (München)", "de", "Müller, Max"),
        ("Jane Doe Staff Writer", "en", "Doe, Jane"),
        ("Chief Political Correspondent", "en", "Chief Political Correspondent"),
        ("jane doe, political editor", "en", "doe, jane"),
        ("Jane Doe @janedoe", "en", "Doe, Jane"),
        ("Jane Doe,jane@example.org", "en", "Doe, Jane"),
        ("Opinion by Jane Doe", "en", "Doe, Jane"),
        ("Dr. Jane Doe, Ph.D.", "en", "Doe, Jane"),
        ("Sen. Jane Doe (I-Vt.)", "en", "Doe, Jane"),
        ("Jane Doe, The Washington Post", "en", "Doe, Jane | The Washington Post"),
        ("New York Times", "en", "New York Times"),
        ("Jane Doe, 3 hours ago", "en", "Doe, Jane"),
        ("Robert De Niro, CHRIS VAN HOLLEN", "en", "De Niro, Robert | VAN HOLLEN, CHRIS"),
        ("Van Jones Smith", "en", "Smith, Van Jones"),
        ("jane.doe@example.org", "en", ""),
        ("Jane Doe, Jane Doe", "en", "Doe, Jane"),
        # words that introduce an author
        ("Ein Gastbeitrag von Ursula von der Leyen", "de", "von der Leyen, Ursula"),
        ("Kommentar von Max Müller und Eva Klein", "de", "Müller, Max | Klein, Eva"),
        ("Von unserem Korrespondenten Max Müller", "de", "Müller, Max"),
        ("Un artículo de Ana Pérez", "es", "Pérez, Ana"),
        ("Uma reportagem de Ana Costa", "pt", "Costa, Ana"),
        ("Propos recueillis par Marie Curie", "fr", "Curie, Marie"),
        ("De notre envoyé spécial, Jean Dupont", "fr", "Dupont, Jean"),
        ("L'analisi di Anna Rossi", "it", "Rossi, Anna"),
        ("A guest essay by Jane Doe", "en", "Doe, Jane"),
        ("Gastbeitrag von Max Müller", None, "Müller, Max"),
        ("La Tribune de Genève", "fr", "La Tribune de Genève"),
        # two family names, where that is sure
        ("Gabriel García Márquez", "es", "García Márquez, Gabriel"),
        ("GABRIEL GARCIA MARQUEZ", "es-CO", "GARCIA MARQUEZ, GABRIEL"),
        ("José Luis Pérez", "es", "Pérez, José Luis"),
        ("María del Carmen López", "es", "López, María del Carmen"),
        ("Pedro de la Vega Ruiz", "es", "de la Vega Ruiz, Pedro"),
        ("José Ortega y Gasset", "es", "Ortega y Gasset, José"),
        ("Santiago Ramón y Cajal", "es", "Ramón y Cajal, Santiago"),
        ("Miguel A. Herguedas", "es", "Herguedas, Miguel A."),
        ("Mary Ann Smith", "es", "Mary Ann Smith"),
        ("Xosé Manuel García Pérez", "gl", "García Pérez, Xosé Manuel"),
        ("Gabriel García Márquez", "en", "Márquez, Gabriel García"),
        # two family names in front
        ("Vargas Llosa, Mario", "en", "Vargas Llosa, Mario"),
        ("García Márquez, Gabriel", "es", "García Márquez, Gabriel"),
        ("GARCIA MARQUEZ, GABRIEL", None, "GARCIA MARQUEZ, GABRIEL"),
        (
            "Vargas Llosa, Mario and García Lorca, Federico",
            "en",
            "Vargas Llosa, Mario | García Lorca, Federico",
        ),
        ("de la Vega Ruiz, María del Carmen", "es", "de la Vega Ruiz, María del Carmen"),
        ("Llamazares Alonso, Julio", "es", "Llamazares Alonso, Julio"),
        ("Vázquez Montalbán, Rosario", "es", "Vázquez Montalbán, Rosario"),
        ("Leila Guerriero, Rosario", "es", "Guerriero, Leila | Rosario"),
        ("Smith Jones,Anna; Roe, John", "en", "Smith Jones, Anna | Roe, John"),
        ("Smith Jones, Anna; Roe, John; Reuters", "en", "Smith Jones, Anna | Roe, John | Reuters"),
        ("Smith Jones, Anna; Roe Miller, John", "en", "Jones, Smith | Anna | Miller, Roe | John"),
        ("Jane Doe, Reuters; Roe, John", "en", "Doe, Jane | Reuters | Roe, John"),
        ("Jane Doe, Berlin; Roe, John", "en", "Doe, Jane | Roe, John"),
        ("Jane Doe, editor; Roe, John", "en", "Doe, Jane | Roe, John"),
        ("Juan Pérez, Bogotá", "es", "Pérez, Juan"),
        ("Juan Pérez, Carmen", "es", "Pérez, Juan | Carmen"),
        ("Jane Doe, Reuters", "en", "Doe, Jane | Reuters"),
        ("Jane Doe, Cambridge", "en", "Doe, Jane | Cambridge"),
        ("Jane Doe, Victoria", "en", "Doe, Jane | Victoria"),
        # particles, suffixes, initials
        ("Ana Maria dos Santos", "pt", "dos Santos, Ana Maria"),
        ("Rui da Silva Neto", "pt", "da Silva Neto, Rui"),
        ("João Filho", "pt", "Filho, João"),
        ("Jan van der Berg en Gerard van 't Hoff", "nl", "van der Berg, Jan | van 't Hoff, Gerard"),
        ("Ewen MacAskill", "en", "MacAskill, Ewen"),
        ("EWEN MACASKILL", "en", "MACASKILL, EWEN"),
        ("Jean DUPONT", "fr", "DUPONT, Jean"),
        ("Theodore Roosevelt IV", "en", "Roosevelt, Theodore, IV"),
        ("Smith, H. J.", "en", "Smith, H. J."),
        ("J. K. Rowling.", "en", "Rowling, J. K."),
        ("LG Rodrigues", "pt", "Rodrigues, LG"),
        ("bell hooks", "en", "hooks, bell"),
        # agencies, outlets, bodies
        ("Jane Doe and agencies", "en", "Doe, Jane"),
        ("Ana Costa e agências", "pt", "Costa, Ana"),
        ("Agencies", "en", "Agencies"),
        ("Marie Curie avec AFP", "fr", "Curie, Marie | AFP"),
        ("Tom Davies Associated Press", "en", "Davies, Tom | Associated Press"),
        ("Jane Doe AFP", "en", "Doe, Jane | AFP"),
        ("Michael Bloomberg", "en", "Bloomberg, Michael"),
        ("The Globe and Mail", "en", "The Globe and Mail"),
        ("Voice of America", "en", "Voice of America"),
        (
            "International Institute for Strategic Studies",
            "en",
            "International Institute for Strategic Studies",
        ),
        ("Guardian sport", "en", "Guardian sport"),
        ("CNN Brasil", "pt", "CNN Brasil"),
        ("Camila Bomfim, TV Globo, Brasília", "pt", "Bomfim, Camila | TV Globo"),
        (
            "Constança Rezende e Roberta Jansen, O Estado de S.Paulo",
            "pt",
            "Rezende, Constança | Jansen, Roberta | O Estado de S.Paulo",
        ),
        # posts and places
        ("Patrick Wintour Diplomatic editor", "en", "Wintour, Patrick"),
        ("Jane Doe Quiz editor", "en", "Jane Doe Quiz editor"),
        ("Guardian staff reporter", "en", "Guardian staff reporter"),
        (
            "Luiz Vassallo, de São Paulo, e Beatriz Bulla, de Brasília",
            "pt",
            "Vassallo, Luiz | Bulla, Beatriz",
        ),
        ("Vitor Matos e Ana Costa, G1, Brasília e São Paulo", "pt", "Matos, Vitor | Costa, Ana"),
        ("Ricardo Brandt. Fausto Macedo", "pt", "Brandt, Ricardo | Macedo, Fausto"),
        ("Prof. Jane Doe", "en", "Doe, Jane"),
        ("الرياض: حسن الصفيان", "ar", "الصفيان, حسن"),
        ("\u200f\u202bمنير أبوبشيت من الدمام", "ar", "أبوبشيت, منير"),
        ("مريم الصغير (الرياض)، غازي المسعري", "ar", "الصغير, مريم | المسعري, غازي"),
        ("أبها، الرياض - يحيى الشبرقي، واس", "ar", "الشبرقي, يحيى | واس"),
        ("لندن: «الشرق الأوسط»", "ar", "الشرق الأوسط"),
        ("/u/rain_99", "en", "/u/rain_99"),
        ("Ana Costa*", "pt", "Costa, Ana"),
        (None, "en", ""),
    ],
)
def test_the_names_in_a_byline(byline: str | None, lang: str | None, names: str) -> None:
    assert " | ".join(author.inverted for author in authors_of(byline, lang)) == names


def test_a_particle_with_an_apostrophe_is_a_particle_of_csl() -> None:
    assert csl_item(citing(byline="Gerard van 't Hoff"))["author"] == [
        {"family": "Hoff", "given": "Gerard", "non-dropping-particle": "van 't"}
    ]


def test_a_byline_that_is_the_outlet_is_no_person() -> None:
    assert csl_item(citing(byline="Vanity Fair", outlet="Vanity Fair"))["author"] == [
        {"literal": "Vanity Fair"}
    ]
    assert csl_item(citing(byline="Jane Doe, Vanity Fair", outlet="Vanity Fair"))["author"] == [
        {"family": "Doe", "given": "Jane"},
        {"literal": "Vanity Fair"},
    ]


@given(
    st.one_of(st.text(), st.text("aB.:, -/*'yde")),
    st.sampled_from([None, "", "en", "es", "pt", "hu", "zh-Hant", "?"]),
)
def test_any_byline_gives_names_or_none(byline: str, lang: str | None) -> None:
    for author in authors_of(byline, lang):
        assert bool(author.literal) != bool(author.family)
        assert any(map(str.isalpha, author.name))


# ---- formats


def test_a_record_of_ris_as_zotero_reads_it() -> None:
    assert "".join(ris_records([FLOOD])).split("\r\n") == [
        "TY  - NEWS", "TI  - Flood & fire: 50% of {homes} lost", "AU  - Doe, Jane", "AU  - von der Leyen, Ursula", "T2  - The Guardian",
        "PY  - 2024", "DA  - 2024/05/06", "SE  - World news", "SP  - A12", "ET  - Late", "LA  - en-GB", "UR  - https://e.org/a_b%20c?x={1}",
        "Y2  - 2026/11/30", f"AN  - {FLOOD.id}", "DP  - newssearch", "N1  - Source: Reuters", "ER  - ", "", "",
    ]  # fmt: skip


def test_an_entry_of_bibtex() -> None:
    entry = pybtex.database.parse_string("".join(bibtex_entries([FLOOD])), "bibtex").entries[FLOOD.key]
    assert entry.type == "article"
    assert [str(person) for person in entry.persons["author"]] == ["Doe, Jane", "von der Leyen, Ursula"]
    assert dict(entry.fields) == {
        "title": r"{Flood \& fire: 50\% of {\textbraceleft}homes{\textbraceright} lost}", "journal": "The Guardian", "year": "2024",
        "month": "May", "day": "6", "pages": "A12", "edition": "Late", "language": "british", "url": "https://e.org/a_b%20c?x=%7B1%7D",
        "note": "Source: Reuters; Accessed 2026-11-30",
    }  # fmt: skip


def test_an_entry_of_biblatex_has_the_fields_of_a_newspaper() -> None:
    library = parse_string("".join(biblatex_entries([FLOOD])))
    assert not library.failed_blocks
    (entry,) = library.entries
    found = {field.key: field.value for field in entry.fields}
    assert found["entrysubtype"] == "newspaper"
    assert (found["journaltitle"], found["journalsubtitle"]) == ("The Guardian", "World news")
    assert (found["date"], found["urldate"]) == ("2024-05-06T10:30:00+02:00", "2026-11-30")
    assert (found["langid"], found["annotation"]) == ("british", FLOOD.id)


def test_an_item_of_csl_json() -> None:
    assert csl_item(FLOOD) == {
        "id": FLOOD.key, "type": "article-newspaper",
        "author": [{"family": "Doe", "given": "Jane"}, {"family": "Leyen", "given": "Ursula", "non-dropping-particle": "von der"}],
        "issued": {"date-parts": [[2024, 5, 6]]}, "accessed": {"date-parts": [[2026, 11, 30]]}, "title": "Flood & fire: 50% of {homes} lost",
        "container-title": "The Guardian", "section": "World news", "page": "A12", "edition": "Late", "language": "en-GB",
        "URL": "https://e.org/a_b%20c?x={1}", "note": "Source: Reuters", "archive_location": FLOOD.id, "source": "newssearch",
        "custom": {"newssearch": {"source": "Reuters", "byline": "By Jane Doe and Ursula von der Leyen"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("date", "ris", "biblatex", "parts"),
    [
        ("2024-05-06", "2024/05/06", "2024-05-06", [2024, 5, 6]),
        ("2024-05", "2024/05/", "2024-05", [2024, 5]),
        ("2024", "2024//", "2024", [2024]),
        ("2024-05-06T10:30", "2024/05/06", "2024-05-06", [2024, 5, 6]),
    ],
)
def test_a_date_is_as_fine_as_it_is_known(date: str, ris: str, biblatex: str, parts: list[int]) -> None:
    citation = citing(title="Rain", date=date)
    assert f"DA  - {ris}\r\n" in "".join(ris_records([citation]))
    assert f"date = {{{biblatex}}}" in "".join(biblatex_entries([citation]))
    assert csl_item(citation)["issued"] == {"date-parts": [parts]}


def test_what_is_not_known_is_not_made_up() -> None:
    bare = citing()
    assert "".join(ris_records([bare])).splitlines() == ["TY  - NEWS", f"AN  - {bare.id}", "DP  - newssearch", "ER  - ", ""]  # fmt: skip
    assert "".join(bibtex_entries([bare])) == f"@article{{{bare.key},\n}}\n"
    assert csl_item(bare).keys() == {"id", "type", "archive_location", "source"}


def test_a_value_is_no_macro_and_no_command_of_tex() -> None:
    citation = citing(
        title="macro:jan", outlet="macro:jan", section="macro:feb", source="macro:mar", date="2024-05"
    )
    for entries in (bibtex_entries, biblatex_entries):
        fields = pybtex.database.parse_string("".join(entries([citation])), "bibtex").entries[citation.key].fields  # fmt: skip
        assert {fields.get("journal"), fields.get("journaltitle")} == {"macro:jan", None}
        assert fields["title"] == "{macro:jan}"
    assert fields["journalsubtitle"] == "macro:feb"


def test_no_control_character_is_in_a_citation() -> None:
    article = Article.create(
        title="Rain", text="It rained.", byline="Jane\x1b[31m \x00Doe\x07, Ann \ud800Lee"
    )
    citation = cited(article, "It \x1b[2J\x00rained\u2028 and\n\nrained.")
    assert citation.abstract == "It [2J rained and rained."
    for writer in (ris_records, bibtex_entries, biblatex_entries, csl_parts):
        assert all(char.isprintable() or char in "\r\n" for char in "".join(writer([citation])))


def test_joiners_stay_in_words_and_emoji_and_marks_of_direction_go() -> None:
    title = "رئیس\u200cجمهور می\u200cخواهد क्\u200dष 👩\u200d👧 ha\u00adven \u200frain\u200e \U0001fae9"
    kept = title.translate(dict.fromkeys(map(ord, "\u00ad\u200f\u200e")))
    citation = citing(title=title)
    assert citation.title == kept
    assert rispy.loads("".join(ris_records([citation])))[0]["title"] == kept
    for entries in (bibtex_entries, biblatex_entries):
        assert kept in "".join(entries([citation]))
    assert json.loads("".join(csl_parts([citation])))[0]["title"] == kept


def test_no_day_of_access_without_an_address() -> None:
    assert "accessed" not in csl_item(citing(title="Rain"))
    assert "accessed" in csl_item(citing(title="Rain", url="https://e.org/1"))


def test_a_key_is_ascii_and_no_other_article_has_it() -> None:
    keys = [citing(title=title, outlet="Известия", date="2024", byline="Jürgen Groß", url=f"https://e.org/{n}").key for n, title in enumerate(["Мир", "Мир", "Мир и война"])]  # fmt: skip
    assert all(key.isascii() and key.startswith("gross2024") for key in keys)
    assert len({*keys}) == 3


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(st.builds(
    lambda title, byline, outlet, url, section, number: citing(title=title, byline=byline, outlet=outlet, url=f"{url}{number}", section=section),
    TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 9),
), max_size=4, unique_by=lambda citation: citation.id))  # fmt: skip
def test_whatever_a_text_holds_other_libraries_read_each_citation(citations: list[Citation]) -> None:
    records = rispy.loads("".join(ris_records(citations)))
    assert [record.get("title", "") for record in records] == [one.title.strip() for one in citations]
    assert [record.get("authors", []) for record in records] == [[author.inverted for author in one.authors] for one in citations]  # fmt: skip
    for entries in (bibtex_entries, biblatex_entries):
        text = "".join(entries(citations))
        library = parse_string(text)
        assert not library.failed_blocks
        assert [entry.key for entry in library.entries] == [one.key for one in citations]
        parsed = pybtex.database.parse_string(text, "bibtex").entries
        assert [len(entry.persons.get("author", ())) for entry in parsed.values()] == [len(one.authors) for one in citations]  # fmt: skip
    assert [item.get("title", "") for item in json.loads("".join(csl_parts(citations)))] == [one.title for one in citations]  # fmt: skip


# ---- styles


@pytest.mark.parametrize(
    ("style", "entry"),
    [
        ("apa", "Doe, J., & von der Leyen, U. (2024, May 6). Flood & fire: 50% of {homes} lost. The Guardian, A12. https://e.org/a_b%20c?x={1}"),
        ("chicago", "Doe, Jane, and Ursula von der Leyen. 2024. “Flood & Fire: 50% of {homes} Lost”."),
        ("harvard", "Doe, J. and von der Leyen, U. (2024) “Flood & fire: 50% of {homes} lost”, The Guardian"),
        ("vancouver", "Doe Jane, von der Leyen Ursula. Flood & fire"),
        ("ieee", "J. Doe and U. von der Leyen, “Flood & fire"),
    ],
)  # fmt: skip
def test_the_entry_of_a_style(style: str, entry: str) -> None:
    pytest.importorskip("citeproc")
    assert formatted([FLOOD], style)[0].startswith(entry)


def test_a_headline_in_place_of_authors_stands_once() -> None:
    pytest.importorskip("citeproc")
    assert formatted([citing(title="Rain", outlet="The Echo", date="2024-05-06")], "apa") == ["Rain. (2024, May 6). The Echo."]  # fmt: skip


def test_a_headline_whose_small_letters_are_longer_loses_nothing() -> None:
    pytest.importorskip("citeproc")
    assert formatted([citing(title="İİİİ", outlet="The Echo", date="2024-05-06")], "apa") == ["İİİİ. (2024, May 6). The Echo."]  # fmt: skip


def test_every_short_name_is_a_style() -> None:
    pytest.importorskip("citeproc")
    assert all("Flood" in formatted([FLOOD], style)[0] for style in SHORT_NAMES)


def test_an_unknown_style_says_what_there_is() -> None:
    pytest.importorskip("citeproc")
    with pytest.raises(NewssearchError, match="common ones are apa, chicago"):
        formatted([FLOOD], "aba")
    with pytest.raises(NewssearchError, match=r"no file missing\.csl"):
        formatted([FLOOD], "missing.csl")
