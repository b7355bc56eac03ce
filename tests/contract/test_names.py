"""Names in other spellings: which words are the same name, and what a search for a name finds, reports and ignores."""

from __future__ import annotations

import pytest

from support import article, found, index_of

NAMES = [
    "Al-Maalouma Almaalomah al-Ma'louma",
    "Qaddafi Gadhafi Kadhafi Gaddafi Qadhafi Khadafy",
    "Zelensky Zelenskyy Zelenskiy Selenskyj",
    "Muhammad Mohammed Mohamed Mohammad",
    "Hussein Husain Hossein Husayn",
    "Houthi Huthi",
    "Hezbollah Hizbullah Hizbollah",
    "Bashar Bachar",
    "Osama Usama",
    "Abdullah Abdallah",
    "Yanukovych Yanukovich",
    "Poutine Putin",
    "Khashoggi Kashoggi",
    "Koran Quran Qur’an",
]
OTHERS = [
    ("Clinton", "Clanton"), ("Obama", "Osama"), ("Merkel", "Merkley"), ("Kiev", "Chief"), ("Harris", "Hersh"),
    ("Pelosi", "Pilots"), ("Yemen", "Yemeni"), ("Baghdad", "Baghdadi"), ("Smith", "Summit"), ("Mohamed", "Mahmoud"),
    ("Houthi", "Hot"), ("McConnell", "McNeil"), ("Assad", "Azadi"), ("Warren", "Warn"), ("Hamas", "Hummus"),
]  # fmt: skip


@pytest.mark.parametrize("names", NAMES)
def test_each_spelling_finds_each_other(address: str, names: str) -> None:
    spellings = names.split()
    with index_of(address, *(article(name, f"Then {name} spoke.") for name in spellings)) as index:
        for name in spellings:
            assert sorted(map(str, found(index, name, names=True))) == sorted(spellings), name
            assert sorted(map(str, found(index, f"{name}~name"))) == sorted(spellings), name


@pytest.mark.parametrize(("name", "other"), OTHERS)
def test_another_name_is_not_found(address: str, name: str, other: str) -> None:
    with index_of(address, article(other, f"Then {other} spoke.")) as index:
        assert found(index, name, names=True) == []


def test_a_spelling_is_a_word_with_a_capital(address: str) -> None:
    articles = article("a", "Mr. Zelinsky."), article("b", "a zelinsky"), article("c", "ZELINSKY SPOKE")
    with index_of(address, *articles) as index:
        assert sorted(map(str, found(index, "zelensky", names=True))) == ["a", "c"]
        assert sorted(map(str, found(index, "zelinsky", names=True))) == ["a", "b", "c"]


def test_inflections_are_found_as_without(address: str) -> None:
    with index_of(address, article("x", "Two ministers met.")) as index:
        assert found(index, "minister met", names=True) == found(index, "ministers met") == ["x"]


def test_the_words_of_a_phrase_are_names_side_by_side(address: str) -> None:
    articles = [
        article("one", "Colonel Moammar Gadhafi said."), article("two", "Muammar al-Qaddafi said."),
        article("three", "Gadhafi, not Moammar."), article("four", "Muammar el Kadhafi said."),
    ]  # fmt: skip
    with index_of(address, *articles) as index:
        assert sorted(map(str, found(index, '"Muammar Qaddafi"~name'))) == ["four", "one", "two"]
        assert sorted(map(str, found(index, '"Muammar al-Gaddafi"', names=True))) == ["four", "one", "two"]
        assert found(index, 'atleast2("Muammar Qaddafi"~name)') == []
        assert found(index, "(moammar w/3 said)", names=True) == found(index, "(moammar~name w/3 said)")


def test_results_tell_how_the_index_spells_a_name_and_each_hit_which_it_has(address: str) -> None:
    articles = [
        article("Gadhafi", "Gadhafi and Gadhafi."), article("x", "Gadhafi and Khadafy."), article("y", "Qaddafi."),
        article("gone", "Kaddafi."),
    ]  # fmt: skip
    with index_of(address, *articles) as index:
        (gone,) = index.find("Kaddafi")
        index.remove([gone])
        results = index.search("qaddafi", names=True, sort="oldest")
        assert results.interpretation == '"qaddafi"~name'
        assert {name: [tuple(way) for way in ways] for name, ways in results.names.items()} == {
            "qaddafi": [("Gadhafi", 2), ("Khadafy", 1), ("Qaddafi", 1)]
        }
        assert {hit.title: hit.variants for hit in results} == {
            "Gadhafi": ("Gadhafi",), "x": ("Gadhafi", "Khadafy"), "y": (),
        }  # fmt: skip
        assert results.to_dict()["names"] == {
            "qaddafi": [
                {"text": "Gadhafi", "articles": 2},
                {"text": "Khadafy", "articles": 1},
                {"text": "Qaddafi", "articles": 1},
            ]
        }
        plain = index.search("qaddafi")
        assert (plain.names, [hit.variants for hit in plain]) == ({}, [()])


def test_what_is_no_latin_name_is_looked_for_as_it_stands_with_a_note(address: str) -> None:
    with index_of(address, article("x", "Зеленский и US.")) as index:
        results = index.search("Зеленский~name US~name")
        assert [hit.title for hit in results] == ["x"]
        assert [note.kind for note in results.diagnostics] == ["name", "name"]
        assert not index.search("Зеленский US", names=True).diagnostics
