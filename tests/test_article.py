"""Articles: their fields, the provenance of these, and ids."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.article import MISSING, STATED, STREAM, Article, Paragraph, Provenance, Rejected, same_content
from newssearch.fields import FIELD_NAMES
from newssearch.identity import SLUG_LENGTH


def test_a_text_becomes_numbered_paragraphs() -> None:
    article = Article.create(text="It rained.\n\nThen it\nstopped.")
    assert article.paragraphs == (Paragraph(1, "It rained."), Paragraph(2, "Then it stopped."))


def test_a_list_of_paragraphs_is_taken_as_it_is_but_for_white_space_and_empty_ones() -> None:
    article = Article.create(text=["It  rained.\n\nHard.", " ", "It stopped."])
    assert [paragraph.text for paragraph in article.paragraphs] == ["It rained. Hard.", "It stopped."]


def test_every_field_says_how_it_is_known() -> None:
    article = Article.create(title="Rain", outlet="example.org", byline=" ")
    assert set(article.provenance) == set(FIELD_NAMES)
    assert article.provenance["title"] == STATED
    assert article.provenance["byline"] == article.provenance["date"] == MISSING
    assert article.byline is None


def test_the_outlet_stands_for_a_missing_source() -> None:
    article = Article.create(outlet="example.org")
    assert article.source == "example.org"
    assert str(article.provenance["source"]) == "inferred from outlet"
    assert Article.create(outlet="example.org", source="Reuters").provenance["source"] == STATED


def test_a_date_is_given_or_read_and_an_ambiguous_one_says_so() -> None:
    assert Article.create(date=dt.date(2024, 7, 25)).date == dt.date(2024, 7, 25)
    article = Article.create(date="7-5-2024")
    assert article.date == dt.date(2024, 7, 5)
    assert str(article.provenance["date"]) == "stated, ambiguous, read month first"
    with pytest.raises(ValueError, match="not a date: 'soon'"):
        Article.create(date="soon")


def test_the_id_is_a_slug_cut_at_a_word_and_a_digest() -> None:
    article = Article.create(
        title="Heavy rain over the northern hills and valleys", outlet="example.org", url="u"
    )
    assert re.fullmatch(r"example-org-heavy-rain-over-the-northern-hills-[a-z2-7]{12}", article.id)
    assert len(article.id) <= SLUG_LENGTH + 13


def test_a_title_without_latin_letters_gives_a_readable_id() -> None:
    assert Article.create(title="Дождь над городом", url="u").id.startswith("dozhd-nad-gorodom-")


def test_the_identity_is_the_url_then_the_given_one_then_the_key_then_the_place_then_the_content() -> None:
    def code(**fields: object) -> str:
        return Article.create(**{"title": "Rain", **fields}).id[-12:]  # type: ignore[arg-type]

    assert code(url="u", identity="1", path="a") == code(url="u", identity="2", path="b")
    assert code(identity="1", key="3", path="a") == code(identity="1", key="4", path="b")
    assert code(key="1", path="a", record=1) == code(key="1", path="a", record=2)
    assert code(key="1", path="a") != code(key="1", path="b")
    assert code(key="1", path="a", member="x") != code(key="1", path="a", member="y")
    assert code(path="a", record=1, text="x") == code(path="a", record=1, text="y")
    assert code(path="a", record=1) != code(path="a", record=2)
    assert code(path="a", record=2) != code(path="a", key="2")
    assert code(text="x") != code(text="y")
    assert code(title="Rain") != code(title="Snow")
    assert code(path=STREAM, record=1, text="x") == code(path=STREAM, record=2, text="x")


def test_the_digest_is_of_the_content_and_the_state_of_all_values_wherever_they_were_read() -> None:
    article = Article.create(title="Rain", text="It rained.", url="u", key="7", outlet="Echo")
    elsewhere = dataclasses.replace(article, id="other", path="a", member="b", record=2, version=3)
    assert elsewhere.digest == article.digest
    assert elsewhere.state == article.state
    for content in (
        dataclasses.replace(article, title="rain"),
        dataclasses.replace(article, outlet="Herald"),
        dataclasses.replace(article, paragraphs=()),
        dataclasses.replace(article, paragraphs=(Paragraph(1, "It rained.", "heading"),)),
    ):
        assert content.digest != article.digest
        assert not same_content(content.state, article.state)
    for other in (
        dataclasses.replace(article, url="U"),
        dataclasses.replace(article, key="8"),
        dataclasses.replace(article, source="Herald"),  # it is inferred
        dataclasses.replace(
            article, provenance={**article.provenance, "source": Provenance("inferred", "x")}
        ),
    ):
        assert other.digest == article.digest
        assert other.state != article.state
        assert same_content(other.state, article.state)


def test_a_separate_version_has_another_id_that_is_as_readable() -> None:
    article = Article.create(title="Rain", url="u", path="a", record=1)
    version = article.as_separate_version()
    assert version.id != article.id
    assert version.id[:-12] == article.id[:-12]
    assert dataclasses.replace(version, id=article.id) == article


def test_to_dict_holds_json_types_only() -> None:
    shown = Article.create(title="Rain", text="It rained.", date="2024-07-25T10:00Z", path="a.txt").to_dict()
    assert shown["date"] == "2024-07-25T10:00:00+00:00"
    assert shown["paragraphs"] == [{"number": 1, "kind": "text", "text": "It rained."}]
    assert shown["provenance"]["title"] == "stated"  # type: ignore[index]


def test_provenance_and_rejections_read_as_sentences() -> None:
    assert str(Provenance("missing", "'x' is not a date")) == "missing, 'x' is not a date"
    assert str(Rejected("a.txt", "empty file")) == "a.txt: empty file"
    assert str(Rejected("a.jsonl", "not JSON", 3)) == "a.jsonl:3: not JSON"


@given(title=st.text(), text=st.text(), outlet=st.text(), url=st.text(), path=st.none() | st.text())
def test_any_strings_make_an_article_whose_id_is_safe_anywhere(
    title: str, text: str, outlet: str, url: str, path: str | None
) -> None:
    article = Article.create(title=title, text=text, outlet=outlet, url=url, path=path)
    assert re.fullmatch(r"[a-z0-9-]{12,61}", article.id)
    assert len(article.digest) == 24


def test_an_article_goes_to_another_process_and_comes_back_the_same() -> None:
    sent = Article.create(
        title="Rain", text="It rained.", date="2024-07-25T10:00Z", outlet="Example", url="u"
    )
    came = pickle.loads(pickle.dumps(sent))
    assert came == sent
    assert came.digest == sent.digest
    with pytest.raises(TypeError):
        came.provenance["title"] = None
