"""The rules for outlet, source, language and kinds of paragraphs, which are the same for all formats."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, ReadOptions, Rejected
from newssearch.outlets import Outlets
from newssearch.readers import Origin
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.paragraphing import (
    LONGEST_PARAGRAPH,
    SHORTEST_REMAINDER,
    SPLIT_LENGTH,
    arrange_paragraphs,
)
from newssearch.text.analysis import key
from newssearch.text.paragraphs import Block, NormalizedBlocks, ParagraphKind
from newssearch.text.sentences import sentence_starts

ENGLISH = "The river rose above its banks on Monday, and the council closed two bridges to traffic until the water falls."
GERMAN = "Der Fluss trat am Montag über die Ufer, und der Stadtrat sperrte zwei Brücken für den Verkehr, bis das Wasser fällt."
ARABIC = (
    "ارتفع منسوب النهر يوم الاثنين وأغلق المجلس جسرين أمام حركة المرور حتى ينخفض منسوب المياه في المدينة."
)
CHINESE = "周一河水漫过堤岸，市议会关闭了两座桥梁，禁止车辆通行，直到水位下降为止，居民已经撤离。"


def finished(*text: str, path: str = "a.txt", url: str | None = None, **claims: object) -> Article:
    """Return an article with the given blocks and claims; a keyword with an underscore at its end is an option instead."""
    options = {name[:-1]: claims.pop(name) for name in list(claims) if name.endswith("_")}
    draft = Draft(Origin(path, ReadOptions(**options), url=url))  # type: ignore[arg-type]
    draft.text = [Block(block) for block in text]
    for name, value in claims.items():
        draft.claim(name, value)
    article = draft.build()
    assert isinstance(article, Article)
    return article


def known(article: Article, field: str) -> tuple[str | None, str]:
    return getattr(article, field), str(article.provenance[field])


# ---- outlet


@pytest.mark.parametrize(
    "written", ["www.guardian.co.uk", "theguardian.com", "The Guardian", "the guardian", "Guardian"]
)
def test_an_outlet_has_one_name(written: str) -> None:
    article = finished("It rained.", outlet=written)
    assert article.outlet == "The Guardian"
    same = written == "The Guardian"
    assert str(article.provenance["outlet"]) == ("stated" if same else f"stated, written '{written}'")


def test_the_outlet_is_inferred_from_the_address_then_from_the_folder() -> None:
    assert known(finished("Rain.", url="https://www.bbc.co.uk/news/1"), "outlet") == (
        "BBC News",
        "inferred from url",
    )
    folders = (("wire", "A Wire"), ("wire/local", "The Echo"))
    here = finished("Rain.", path="wire/local/1.txt", folders_=folders)
    assert known(here, "outlet") == ("The Echo", "inferred from its folder")
    assert finished("Rain.", path="wired/1.txt", folders_=folders).outlet is None
    assert finished("Rain.", path="wire/1.txt", folders_=folders, outlet="x.org").outlet == "x.org"


def test_an_archive_has_names_of_its_own() -> None:
    own = (("Maalouma", ("almaalomah.me", "Al-Maalomah")), ("Guardian UK", ("theguardian.com",)))
    assert finished("Rain.", outlet="www.almaalomah.me", outlets_=own).outlet == "Maalouma"
    assert finished("Rain.", outlet="theguardian.com", outlets_=own).outlet == "Guardian UK"


def test_the_names_of_an_outlet_are_one_group() -> None:
    names = Outlets()
    groups = {
        names.group(key(name)) for name in ("www.guardian.co.uk", "The  Guardian", "https://theguardian.com/")
    }
    assert len(groups) == 1
    assert names.group("nobody.example") == "nobody.example"
    assert names.group("nobody.example") not in groups


def test_an_archive_that_names_an_outlet_of_the_table_names_all_that_it_is_called() -> None:
    names = Outlets((("Auntie", ("BBC News",)),))
    assert {names.name(name) for name in ("bbc.co.uk", "BBC News", "www.bbc.com", "auntie")} == {"Auntie"}


# ---- source


@pytest.mark.parametrize(
    ("text", "claims", "source", "how"),
    [
        (["BAGHDAD (Reuters) - It rained."], {}, "Reuters", "inferred from dateline"),
        (["It rained."], {"byline": "By Jane Doe, Associated Press"}, "AP", "inferred from byline"),
        (["It rained."], {"byline": "Agence France-Presse"}, "AFP", "inferred from byline"),
        (["It rained.", "— AP"], {}, "AP", "inferred from credit line"),
        (["It rained. (AFP)"], {}, "AFP", "inferred from credit line"),
        (["It rained.", "© 2024 Agence France-Presse"], {}, "AFP", "inferred from copyright line"),
        (["It rained.", "Copyright 2013 The Associated Press. All rights reserved."], {}, "AP", "inferred from copyright line"),
        (["It rained.", "(Reporting by J. Doe; Editing by R. Roe)"], {}, "Reuters", "inferred from the sign-off of its desk"),
        (["It rained."], {"source": "The Associated Press"}, "AP", "stated, written 'The Associated Press'"),
        (["It rained."], {"source": "City desk", "byline": "AFP"}, "City desk", "stated"),
        (["It rained."], {"byline": "Ap Dijksterhuis"}, "e.org", "inferred from outlet"),
        (["Shares of Reuters (TRI) rose.", "Then they fell."], {}, "e.org", "inferred from outlet"),
    ],
)  # fmt: skip
def test_the_source_is_the_agency_that_is_named(
    text: list[str], claims: dict[str, str], source: str, how: str
) -> None:
    assert known(finished(*text, outlet="e.org", **claims), "source") == (source, how)


# ---- language


@pytest.mark.parametrize(
    ("text", "lang"),
    [(ENGLISH, "en"), (GERMAN, "de"), (ARABIC, "ar"), (CHINESE, "zh"), ("It rained.", None), ("", None)],
)
def test_a_language_that_nobody_states_is_detected_where_there_is_enough_text(
    text: str, lang: str | None
) -> None:
    article = finished(text, title="Rain")
    assert known(article, "lang") == (lang, "inferred from the text" if lang else "missing")


@pytest.mark.parametrize(
    ("stated", "lang"),
    [("utf-8", "de"), ("UTF_8", "de"), ("utf", "de"), ("iso-8859-1", "de"), ("us-ascii", "de"), ("EUC-JP", "de"),
     ("en_US.UTF-8", "en-US"), ("ca_ES@valencia", "ca-ES"), ("pt_BR.ISO8859-1@euro", "pt-BR"), ("hz", "hz")],
)  # fmt: skip
def test_the_encoding_of_a_locale_is_not_a_language(stated: str, lang: str) -> None:
    assert finished(GERMAN, lang=stated).lang == lang


def test_a_stated_language_is_written_as_a_tag() -> None:
    assert finished(ENGLISH, lang="de_at").lang == "de-AT"
    assert finished(ENGLISH, lang="German").lang == "de"
    assert known(finished("Rain.", lang="?!"), "lang") == (None, "missing, '?!' is not a language")
    assert known(finished("Rain.", lang="UTF-8"), "lang") == (None, "missing, 'UTF-8' is not a language")
    assert known(finished(GERMAN, lang_="fr"), "lang") == ("fr", "inferred from the default language given")


# ---- paragraphs


def test_a_long_paragraph_is_split_where_sentences_begin() -> None:
    sentence = "Mr. Smith of the U.S. said that it rained for two days. "
    article = finished(sentence * 100)
    assert len(article.paragraphs) == 6
    assert all(p.text.startswith("Mr. Smith") and p.text.endswith("days.") for p in article.paragraphs)


def test_short_blocks_stay_with_what_they_belong_to() -> None:
    blocks = ["Q:", "Will it rain?", "A:", "It will.", "T", "he river rose.", "* * *", "It fell.", "***"]
    assert [p.text for p in finished(*blocks).paragraphs] == [
        "Q: Will it rain?", "A: It will.", "The river rose.", "* * * It fell. ***",
    ]  # fmt: skip


def test_short_items_of_a_list_are_one_paragraph_and_long_ones_are_their_own() -> None:
    items = [Block(name, "list") for name in ("North", "South;", "x" * 61, "East", "West")]
    assert arrange_paragraphs(NormalizedBlocks([Block("Closed."), *items, Block("Open.")])) == [
        Block("Closed."), Block("North; South;", "list"), Block("x" * 61, "list"), Block("East; West", "list"), Block("Open."),
    ]  # fmt: skip


def test_paragraphs_that_are_stated_stay_as_they_are() -> None:
    draft = Draft(Origin("a.txt", ReadOptions()))
    draft.text = ["Q:", "word. Word " * 400]
    article = draft.build()
    assert not isinstance(article, Rejected)
    assert len(article.paragraphs) == 2


KINDS: st.SearchStrategy[ParagraphKind] = st.sampled_from(["text", "heading", "quote", "list", "caption"])
WORDS = (
    st.text(st.sampled_from("aB. 。:;*1\u0627—"), min_size=1, max_size=80)
    .map(str.split)
    .map(" ".join)
    .filter(bool)
)


@given(st.lists(st.builds(Block, WORDS | WORDS.map(lambda text: f"{text} " * 60).map(str.strip), KINDS)))
def test_no_word_is_lost_or_moved(blocks: list[Block]) -> None:
    def letters(some: list[Block]) -> str:
        return re.sub(r"[\s;]", "", "".join(block.text for block in some))

    arranged = arrange_paragraphs(NormalizedBlocks(blocks))
    assert letters(arranged) == letters(blocks)
    assert all(block.text for block in arranged)


@given(st.lists(st.sampled_from(["ab", "b.", "A", "Mr.", "B!", "ba"]), min_size=1, max_size=40))
def test_pieces_are_no_longer_than_they_must_be(words: list[str]) -> None:
    text = " ".join(words * (LONGEST_PARAGRAPH // len(words)))
    for piece in arrange_paragraphs(NormalizedBlocks([Block(text)])):
        size = len(piece.text)
        assert size <= LONGEST_PARAGRAPH or not [
            at for at in sentence_starts(piece.text) if SPLIT_LENGTH <= at <= size - SHORTEST_REMAINDER
        ]
