"""The lead of an article, and the paragraphs that are not running text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, asides
from newssearch.asides import ALONE, CALLS, LABELS, OPENINGS, PICTURES, SOURCES, aside_of
from newssearch.lead import ASIDES, is_running_text, lead, role_of, weightless_paragraphs
from newssearch.text.paragraphs import Block
from support import THOROUGH, work_of

FIRST = "The river rose above its banks on Monday, and the council closed two bridges."
SECOND = "Ships waited in the harbour until the water fell, the council said on Tuesday."
THIRD = "Nobody was hurt, said the police, who had warned of the flood on Sunday evening."


def roles(
    *texts: str | Block,
    title: str | None = "Flood closes two bridges in the harbour",
    outlet: str | None = None,
    byline: str | None = None,
) -> list[str]:
    article = Article.create(title=title, text=texts, outlet=outlet, byline=byline)
    return [role_of(paragraph, article) for paragraph in article.paragraphs]


@pytest.mark.parametrize(
    "text",
    [
        "Flood closes two bridges in the harbour",
        "FLOOD CLOSES TWO BRIDGES IN THE HARBOUR",
        "“Flood” closes two bridges in the harbour.",
        "Flood closes two bridges in the harbour - BBC News",
        "Flood closes two bridges in the harbour | The Echo",
        "Flood closes two bridges in the harbour The Echo",
        "Flood closes two bridges in…",
        "Flood closes two bridges ...",
        "Flood closes two bridges in a harbour",
    ],
)
def test_the_headline_repeated_is_no_running_text(text: str) -> None:
    assert roles(text, outlet="The Echo") == ["headline"]


@pytest.mark.parametrize(
    "text",
    [
        "Flood closes two bridges in the harbour, and the council has no money to repair them.",
        "Flood closes two bridges.",
        "A storm closes one road to the village.",
    ],
)
def test_a_sentence_that_begins_like_the_headline_is_running_text(text: str) -> None:
    assert roles(text) == ["text"]


def test_a_headline_of_an_article_may_have_the_outlet_behind_it() -> None:
    assert roles("Flood closes two bridges", title="Flood closes two bridges - The Echo") == ["headline"]
    assert roles("Flood closes two bridges", title="Flood closes two bridges and drowns a whole town") != [
        "headline"
    ]


@pytest.mark.parametrize(
    ("role", "texts"),
    [
        ("byline", ["By Ann Lee", "By Ann Lee and Bo Li, The Echo", "Von Anna Müller", "Par Jean-Luc Dupont", "by Ann Lee | 3 May 2024",
                    "By Ann Lee • March 25, 2016 05:37 PM", "The Echo", "Ann Lee"]),
        ("date", ["Updated 5:30 p.m.", "Updated at 8:15 p.m. ET", "Published 3 May 2024", "7 years ago", "Monday, May 3, 2024 10:00 GMT", "03/02/16 3:44am",
                  "Stand: 3. Mai 2024, 17:30 Uhr", "Publié le 3 mai 2024 à 17h30", "3 min read"]),
        ("caption", ["Photo: AFP/Getty", "(Jonathan Ernst/Reuters)", "(Reuters photo: Carlo Allegri)", "FILE PHOTO: A ship in the harbour",
                     "A ship in the harbour on Monday, May 3, 2024. (AP Photo/Ann Lee)", "A ship waits, May 3. REUTERS/Ann Lee",
                     "A ship waits in the harbour. (Photo: ANN LEE, EPA)", "Image copyright Getty Images Image caption A ship", "toggle caption Ann Lee/AP",
                     "Media caption A ship", "Enlarge this image", "CLOSE A ship waits. USA TODAY", "CLOSE A ship waits.", "CLOSE Ships wait in the harbour.", "CLOSE NATO ships wait. AP", "FILE - In this May 3, 2024, file photo, a ship waits."]),
        ("link", ["More: Storm nears", "More:Storm nears", "SEE ALSO: Storm nears the coast", "Read more: Storm nears", "RELATED: Storm nears",
                  "Lire aussi : La tempête", "Lea también: La tormenta", "Mehr zum Thema: Der Sturm", "https://example.org/storm",
                  "( PHOTOS: Ten storms)", "[ MORE: The storm nears. ]", "**WATCH: Storm nears**", "( Also on POLITICO: Storm nears)",
                  "JUST WATCHED Storm nears Replay More Videos ... MUST WATCH Storm nears 02:25", "RELATED Storm nears the coast", "Read More The Storm Nears",
                  "Related Coverage Storm nears the coast", "see also Storm nears It was the third storm... ", "More On This...", "( VIDEO and text: who saw the storm?)", "WATCH STORM NEARS THE COAST!", "JUST WATCHED iReporters in the storm Replay More Videos 06:18", "Listen to this", "Slideshow (12 Images)",
                  "Storm nears the coast Read more", "Storm nears the coast Listen · 2:09 2:09", "Click here to see the storm.", "Play Video 1:18 Storm nears – video", "[The storm nears the coast of two counties]",
                  "Interested in Storms? Add Storms as an interest to stay up to date on the latest news.", "Read or Share this story: http://example.org/s"]),
        ("link", ["Lesen Sie auch: Der Sturm", "LESEN SIE AUCH Der Sturm", "À lire aussi La tempête approche", "A LIRE AUSSI : La tempête", "Leia também: A tempestade",
                  "LEIA TAMBEM: A tempestade", "Leia mais: A tempestade", "Lees ook: De storm", "Läs mer: Stormen", "Les også: Stormen", "Læs også: Stormen",
                  "Leggi anche: La tempesta", "Le puede interesar: La tormenta", "Czytaj też: Burza", "Czytaj więcej: Burza", "Читайте также: Буря",
                  "Читати далі: Буря", "Ayrıca okuyun: Fırtına", "Διαβάστε επίσης: Η καταιγίδα", "Čtěte také: Bouře", "Lue myös: Myrsky", "Baca juga: Badai",
                  "اقرأ أيضا: العاصفة", "延伸阅读：风暴", "関連記事：嵐", "यह भी पढ़ें: तूफान", "Citește și: Furtuna"]),
        ("caption", ["Foto: Ann Lee/dpa", "Bild: Ann Lee", "Bildquelle: Echo", "Crédit photo : Ann Lee", "Fotó: Ann Lee", "Fot. Ann Lee / PAP", "Zdjęcie: Echo", "Фото: ТАСС",
                     "Fotoğraf: Echo", "Φωτογραφία: Echo", "Fuente de la imagen, Getty Images", "Photo illustration by Ann Lee", "(Ann Lee/Reuters)", "Getty Images",
                     "A ship © Ann Lee/Echo", "Image A ship waits. Credit... Ann Lee for The Echo", "Source: Harbour Office", "图片来源：回声", "صورة: رويترز",
                     "A ship waits. | Ann Lee/AP Photo Storm nears the coast", f"{FIRST} Hide Caption 2 of 9 {SECOND * 9} Hide Caption 3 of 9"]),
        ("notice", ["Sign up for our newsletter.", "[Sign up for our daily newsletter and join the conversation.]", "Advertisement", "ADVERTISEMENT:",
                    "Story continues below advertisement", "Subscribe to The Echo today.", "Follow us on Twitter", "© 2024 The Echo", "All rights reserved.",
                    "Copyright 2024 The Echo. All rights reserved.", "ANALYSIS/OPINION:", "Corrections and clarifications: An earlier version misstated a name.",
                    "This article is more than 2 years old", "Follow Ann Lee on Twitter @annlee", "Follow @annlee", "Get the Echo delivered to your inbox.",
                    "Advertisement Continue reading the main story", "Werbung", "Abonnez-vous à notre lettre", "Подпишитесь на нас", "Write to Ann Lee at ann.lee@example.org",
                    "Want more news? Sign up for our newsletter.", "Story highlights"]),
        ("scrap", ["The origins", "* * *", "WASHINGTON —", "Key developments:", "FLOOD WARNING!", "Dear readers,", "Rain."]),
    ],
)  # fmt: skip
def test_what_is_no_running_text(role: str, texts: list[str]) -> None:
    for text in texts:
        assert roles(text, outlet="The Echo", byline="Ann Lee") == [role], text


@pytest.mark.parametrize(
    "text",
    [
        FIRST,
        "It rained.",
        "By Monday the river had risen above its banks, and two bridges were closed.",
        "By John Street the river had risen.",
        "Photographs of the flood were shown in court on Monday.",
        "Sign language is taught in the school, where subscriptions to newspapers are free.",
        "More than 300 people left their homes on Monday: the water had come too close.",
        "Read the letter that the council sent to the government on Monday.",
        "Updated plans were shown on Monday.",
        "The council, he told Reuters, had no money left for bridges (it has two).",
        "Nobody was hurt. (Reuters)",
        "Advertisements on two bridges fell into the river.",
        "Images by satellite show the flood, the council said.",
        "洪水淹没了城市。",
        "Related deaths rose to 30, the council said.",
        "More: But the council said that it had no money for a third bridge, and none for the other two.",
        "More rain is on its way, said the council.",
        "More on that later, he said.",
        "Read more books, says the minister.",
        "Watch the skies, he said.",
        "Watch: that is what he said he would do when the flood came, and he did so for two long days and two long nights in March.",
        "See the letter that the council sent.",
        "Also on Monday, the council met: it had no money.",
        "Just watched the council on Monday, and nobody there had seen the flood.",
        "Photo albums floated in the river.",
        "Sources said that the council had no money.",
        "Follow the river to the harbour and you will see two bridges.",
        "Register to vote by Monday, the council said.",
        "Get the children out of the house, he said.",
        "Support for the council has fallen since Monday.",
        "Story by story, the house fell into the river.",
        "Leia o relatório, diz o ministro.",
        "Lesen Sie Bücher, sagt der Minister.",
        "Mehr zu tun, als zu reden, sei die Pflicht des Rates.",
        "Foto-Finish im Hafen, sagte der Rat.",
        "Lire est un plaisir, dit le ministre.",
        "Читайте книги, сказал министр.",
        "[The council has two bridges.]",
        "Close friends said that he would stay (he did).",
        "He works for the council/harbour office, and has done so for years.",
        "Story highlights The council closed both bridges. Three people are missing after the flood.",
        "CLOSE to 300 people died in the flood, officials said on Monday.",
        "CLOSE TO 300 PEOPLE died in the flood, officials said on Monday.",
        "CLOSE friends of the minister said that he would stay!",
        "In this town, a photo taken by a neighbour shows the river above its banks.",
        "In this photo taken on Monday, who can see the two bridges?",
        "This week a video released by the police showed the man in the harbour.",
        "This file photo of the man was shown in court on Monday.",
        "FILE sharing is a crime, the court said.",
        "FILE - sharing is a crime, the court said.",
        "Getty MUSEUM officials said on Monday that nothing was lost.",
        "AP Photo 51 was shown in the museum on Monday.",
        "WATCH out for floods on Monday, the council said!",
        "READ on to find out which bridges are closed!",
        "READ ON to find out: who closed the bridges?",
        "MORE than 300 people died in the flood!",
        "MORE THAN 300 PEOPLE died in the flood, did they not?",
        "RELATED costs rose to 3 million, said the council – “too much!”",
        "PHOTO FINISH in the harbour, as two ships arrived at once!",
        "PHOTOS of the flood were shown in court!",
        "VIDEO games are bad for children, are they not?",
        "Play video games with your children, the minister said.",
        "LATEST figures show that 300 people died, says the council!",
        "LISTEN to this: the council has no money.",
        "OPINION is divided on whether the two bridges should close!",
        "UP NEXT for the council is a vote on the bridges?",
        "CLOSE TO 300 PEOPLE died in the flood on Monday and two bridges were closed by the council, which has no money to repair them",
        f"{FIRST[:-1]} because the water had come too close, he told AFP/Reuters",
        f"{FIRST[:-1]} because the water had come too close, he said to the AP/Reuters",
        f"{FIRST[:-1]} because the water had come too close, he told Lee/AFP",
    ],
)
def test_what_is_running_text(text: str) -> None:
    assert roles(text) == ["text"]
    article = Article.create(title="A", text=[text])
    assert is_running_text(article.paragraphs[0], article)


def test_tables_have_each_phrase_once() -> None:
    for table in (CALLS, LABELS, PICTURES, SOURCES, ALONE):
        phrases = [phrase.strip() for phrase in table.split("|")]
        assert len(phrases) == len(set(phrases))


NATURAL = {
    "автор": "Автор фото, Анна", "подпись": "Подпись к фото, корабль", "مصدر": "مصدر الصورة، رويترز", "التعليق": "التعليق على الصورة، سفينة",
    "εγγραφειτε": "Εγγραφείτε στο newsletter", "ακολουθηστε": "Ακολουθήστε μας", "подписывайтесь": "Подписывайтесь на наш канал",
    "подпишитесь": "Подпишитесь на наш канал", "підписуйтесь": "Підписуйтесь на наш канал", "підпишіться": "Підпишіться на наш канал",
    "suscribete": "Suscríbete al boletín", "siguenos": "Síguenos en Twitter", "folj": "Följ oss på Twitter", "credito": "Crédito, Reuters",
    "zapisz": "Zapisz się", "artiklen": "Artiklen fortsætter efter annoncen", "el articulo": "El artículo continúa", "artikeln": "Artikeln fortsätter",
}  # fmt: skip
"""Texts, as they are written, that begin with the first words of OPENINGS whose letters have accents or are not Latin."""


def test_beginnings_are_found_whatever_their_letters() -> None:
    by_word = {word: aside for aside, words, _ in OPENINGS for word in words.split("|")}
    assert {word for word in by_word if not word.isascii()} <= set(NATURAL)
    for word, text in NATURAL.items():
        for written in (text, text.upper(), text.lower()):
            assert aside_of(written) == by_word[word], written


@pytest.mark.parametrize(
    "letters", ["ё", "й", "ї", "ç", "ø", "å", "ş", "ł", "đ", "ή", "ğ", "ñ", "æ", "ß", "أ"]
)
def test_phrases_of_tables_are_found_with_any_letter(letters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    word = f"x{letters}x"
    tables = asides._Tables()
    monkeypatch.setattr(asides, "OPENINGS", (("notice", word, r"\w+ now"),))
    monkeypatch.setattr(asides, "LABELS", f"{letters}y")
    monkeypatch.setattr(asides, "_RULES", tables)
    assert aside_of(f"{word} now") == aside_of(f"{word.upper()} now") == "notice"
    assert aside_of(f"{letters}y") == "link"


def test_a_headline_below_the_label_of_a_link_is_a_link() -> None:
    assert roles("RELATED", "Storm nears the coast", FIRST) == ["link", "link", "text"]
    assert roles("Lesen Sie auch:", FIRST) == ["link", "text"]
    assert roles(FIRST, "Storm nears the coast") == ["text", "scrap"]
    texts = ["Opinion", "Storm nears the coast", FIRST]
    assert roles(*texts) == ["notice", "link", "text"]
    assert weightless_paragraphs(Article.create(title="Flood", text=texts)) == ((1, 2), ())


def test_a_headline_in_capitals_is_a_link_unless_the_article_is_in_capitals() -> None:
    capitals = "STORM NEARS THE COAST AND CLOSES TWO HARBOURS"
    long = f"{FIRST} {SECOND}"
    assert roles(long, capitals) == ["text", "link"]
    assert roles(long, "THE COAST") == ["text", "scrap"]
    assert roles(long.upper(), capitals)[1] == "scrap"
    table = "WEEK AGO DEL GRADES 14478 15326 17456 NON-DEL GRADES/UNGRADED 3903 4291"
    assert roles(long, table) == ["text", "scrap"]


def test_the_asides_of_an_article_are_its_links_captions_notices_and_repeated_headlines() -> None:
    article = Article.create(
        title="Flood closes two bridges",
        text=[
            "Flood closes two bridges", FIRST, "Photo: Ann Lee", "Flood warnings", "RELATED", "Storm nears the coast", SECOND,
            Block("A ship.", "caption"), "Flood closes two bridges!", Block("Advertisement", "heading"), "Sign up for our newsletter.", "FLOODS",
        ],
    )  # fmt: skip
    assert weightless_paragraphs(article) == ((3, 5, 6, 8, 11), (1, 9))
    assert weightless_paragraphs(Article.create(title=None, text=[FIRST, "AD"])) == ((2,), ())


def test_a_headline_with_another_label_in_front_of_it_is_a_headline() -> None:
    texts: list[str | Block] = [
        "Read: flood closes two bridges in the harbour",
        FIRST,
        Block("Flood closes two bridges in the harbour", "caption"),
    ]
    article = Article.create(title="Watch: flood closes two bridges in the harbour", text=texts)
    assert role_of(article.paragraphs[0], article) == "headline"
    assert weightless_paragraphs(article) == ((3,), (1,))


def test_the_work_grows_with_the_number_of_paragraphs_in_capitals() -> None:
    def work(paragraphs: int) -> int:
        text = [f"STORM {number} NEARS THE COAST AND CLOSES TWO HARBOURS" for number in range(paragraphs)]
        article = Article.create(title="Flood", text=text)
        return work_of(lambda: (weightless_paragraphs(article), lead(article)))

    work(1)  # expressions are compiled
    assert work(200) < 5 * work(50)


def test_what_a_page_says_of_a_paragraph_holds() -> None:
    blocks = [Block(FIRST, "heading"), Block(FIRST, "caption"), Block(FIRST, "quote"), Block(FIRST, "list")]
    assert roles(*blocks) == ["heading", "caption", "quote", "list"]
    assert roles(Block("Advertisement", "list")) == ["notice"]


def lead_of(*texts: str | Block, title: str = "Flood closes two bridges") -> tuple[int, ...]:
    return lead(Article.create(title=title, text=texts))


def test_the_lead_is_the_first_two_paragraphs_of_running_text() -> None:
    assert lead_of(FIRST, SECOND, THIRD) == (1, 2)
    assert lead_of("Flood closes two bridges", "Photo: AFP/Getty", FIRST, SECOND) == (3, 4)
    assert lead_of("By Ann Lee", FIRST, "Advertisement", SECOND, THIRD) == (2, 4)
    assert lead_of(Block("Two bridges", "heading"), FIRST, Block(SECOND, "list"), THIRD) == (2, 4)


def test_an_article_with_too_little_running_text_has_a_lead_of_what_there_is() -> None:
    assert lead_of("a", "b", "c") == (1, 2)
    assert lead_of("Two bridges", "Flood closes two bridges", FIRST) == (1, 3)
    assert lead_of("Flood closes two bridges", "Advertisement") == (1, 2)
    assert lead_of("Advertisement", Block(FIRST, "quote")) == (2,)
    assert lead_of(FIRST) == (1,)
    assert lead_of() == ()


def test_a_search_finds_in_the_lead_and_marks_there(tmp_path: Path) -> None:
    texts = ["Flood closes two bridges", "Photo: AFP/Getty", FIRST, SECOND, THIRD]
    article = Article.create(title="Flood closes two bridges", text=texts, url="u")
    other = Article.create(title="Storm", text=[FIRST, "Advertisement", THIRD, SECOND], url="v")
    with newssearch.create(tmp_path / "index") as index:
        index.add([article])
        index.add([other])

        def found(query: str) -> list[tuple[str, int]]:
            return sorted((hit.id, hit.paragraph) for hit in index.search(query).hits)

        assert found("hlead(ships)") == [(article.id, 4)]
        assert found("hlead(police)") == [(other.id, 3)]
        assert found("hlead(advertisement)") == found("hlead(AFP)") == []
        (hit,) = index.search("hlead(ships)").hits
        assert [hit.snippet.text[start:end] for start, end in hit.snippet.highlights] == ["Ships"]
    assert not newssearch.verify(tmp_path / "index").problems


TEXTS = st.lists(
    st.sampled_from([FIRST, SECOND, "a", "Photo: AFP", "By Ann Lee", "Flood", "Advertisement", "RELATED", "More: a", "A B/AP", "Opinion", "Read: flood closes two bridges in the harbour", Block("Flood", "caption"), Block("AD", "heading"), Block("AD", "caption"), Block("x y", "list"), Block(THIRD, "quote")])
    | st.text(min_size=1, max_size=40),
    max_size=7,
)  # fmt: skip


@given(TEXTS, st.none() | st.sampled_from(["Flood", "a"]) | st.text(max_size=20))
@settings(max_examples=80 * THOROUGH, deadline=None)
def test_a_lead_has_the_first_of_the_running_text(texts: list[str | Block], title: str | None) -> None:
    article = Article.create(title=title, text=texts)
    found = lead(article)
    running = [p.number for p in article.paragraphs if is_running_text(p, article)]
    assert list(found) == sorted(set(found))
    assert bool(found) == bool(article.paragraphs)
    assert len(found) <= 2
    assert set(running[:2]) <= set(found)


@given(
    TEXTS,
    st.none()
    | st.sampled_from(["Flood", "a", "Watch: flood closes two bridges in the harbour"])
    | st.text(max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_asides_are_the_paragraphs_that_have_their_roles(texts: list[str | Block], title: str | None) -> None:
    article = Article.create(title=title, text=texts)
    found, headlines = weightless_paragraphs(article)
    by_role = {p.number: role_of(p, article) for p in article.paragraphs}
    assert {number for number, role in by_role.items() if role in ASIDES} == set(found)
    assert {by_role[number] for number in headlines} <= {"headline", "heading"}
    assert len({*found, *headlines}) == len(found) + len(headlines)


@pytest.mark.parametrize(
    "piece", ["A-", "By A ", "1 ", "(", "Photo", "/AP", "A/", "| ", "mon ", "read more ", ". ", "(A, AP", "©"]
)
@pytest.mark.parametrize("size", [140, 240, 590, 790])
def test_no_paragraph_takes_long(piece: str, size: int) -> None:
    begun = time.process_time()
    roles(("By " + piece * size)[:size], (piece * size)[:size], (piece * size)[:size] + "\0")
    assert time.process_time() - begun < 1
