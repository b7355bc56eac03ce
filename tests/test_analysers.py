"""Analysers of other packages: what a user who installs one, updates it or removes it notices."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh.query import Term

import newssearch
import ranking_twin
import reference
import twin
from analysers import PAIRS_AND_CUTS, forget, installed, write_package
from drawn import ARTICLES, TREES
from newssearch import AnalyserError, Article, LanguageAnalysis, Query
from newssearch.engines import near_duplicates
from newssearch.engines.embedded import new_segments
from newssearch.engines.embedded.snapshot import EmbeddedSnapshot
from newssearch.identity import id_number
from newssearch.query import Node
from newssearch.text.added_analyser import AddedAnalyser, KeptResults
from newssearch.text.analysis import analyser, analyser_named
from support import THOROUGH, Outcome, article, command, found

run = pytest.fixture(command)

TOKYO = article("東京都知事", "大雨と洪水。東京都は12日、3.5億円を出した。", lang="ja", url="u1")
KYIV = article("Зима", "Президентові показали Київ. Of the rest.", lang="uk-UA", url="u2")
RAIN = article("Rain", "It rained in Tokyo.", lang="en", url="u3")
SUN = tuple(article("Sun", "Dry.", lang="en", url=f"sun{number}") for number in range(12))
"""So many that a segment with a few removed articles is not written again."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """Install two analysers: the Japanese one divides texts into pairs of letters, the Ukrainian one shortens words."""
    with installed(tmp_path / "site", ja="PAIRS", uk="CUT") as folder:
        yield folder


@pytest.fixture
def index(tmp_path: Path, site: Path) -> Iterator[newssearch.Index]:
    """Return an index with articles that the analysers have analysed."""
    with newssearch.create(tmp_path / "index") as made:
        made.add([TOKYO, KYIV, RAIN])
        yield made


def uninstall(site: Path) -> None:
    """Remove the package, as ``pip uninstall`` does, and start anew."""
    (site / "analysers_of_others-1.0.dist-info" / "entry_points.txt").unlink()
    forget()


# ---- searches


def test_a_text_is_divided_as_the_package_divides_it(index: newssearch.Index) -> None:
    assert found(index, "東京") == ["東京都知事"]
    assert (
        found(index, "京都") == []
    )  # with the built-in analyser, which finds any two characters, it is found
    assert found(index, "大雨と洪") == ["東京都知事"]
    (hit,) = index.search("大雨")
    assert hit.snippet.markdown() == "**大雨**と洪水。東京都は12日、3.5億円を出した。"


def test_numbers_are_words_with_every_analyser(index: newssearch.Index) -> None:
    assert found(index, "3.5") == found(index, "12日") == ["東京都知事"]


def test_words_with_the_same_term_find_each_other(index: newssearch.Index) -> None:
    (hit,) = index.search("президента київська")
    assert hit.snippet.markdown() == "**Президентові** показали **Київ**. Of the rest."


def test_function_words_of_the_package_are_not_highlighted(index: newssearch.Index) -> None:
    (hit,) = index.search("the rest", lang="uk")
    assert hit.snippet.markdown().endswith("Of the **rest**.")


@pytest.mark.parametrize(
    "query", ["caps(東京都は)", '"東京都は"~exact', "大雨 w/3 東京", "都* w/1 東京", "at*"]
)
def test_spellings_and_proximity_count_the_words_of_the_package(index: newssearch.Index, query: str) -> None:
    assert found(index, query) == ([] if query == "at*" else ["東京都知事"])


def test_other_languages_are_as_they_were(index: newssearch.Index) -> None:
    assert found(index, "rains") == ["Rain"]


def test_lines_and_highlights_of_an_article_agree_with_the_search(index: newssearch.Index) -> None:
    (line,) = index.kwic("東京", limit=5)
    assert (line.match, line.right[:2]) == ("東京", "都は")
    marked = index.highlights(TOKYO.id, "東京")
    assert (marked[0].markdown(), marked[1].markdown()[:7]) == ("**東京**都知事", "大雨と洪水。*")


@given(
    size=st.integers(3, 5),
    letters=st.integers(1, 4),
    languages=st.sampled_from([{"en": "DIVIDED"}, {"en": "CUT", "pt": "BOTH"}, {"en": "BOTH"}]),
    articles=st.lists(ARTICLES, min_size=1, max_size=6, unique_by=lambda one: id_number(one.id)),
    trees=st.lists(TREES, min_size=1, max_size=6),
)
@settings(max_examples=30 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_query_finds_what_a_plain_search_with_the_same_analysers_does(
    tmp_path_factory: pytest.TempPathFactory,
    size: int,
    letters: int,
    languages: dict[str, str],
    articles: list[Article],
    trees: list[Node],
) -> None:
    module = f"""
from newssearch import LanguageAnalysis

def divided(piece):
    return [(at, min(at + {size}, len(piece))) for at in range(0, len(piece), {size})]

def cut(word):
    return word[:{letters}]

DIVIDED = LanguageAnalysis("divided", "{size}", words=divided)
CUT = LanguageAnalysis("cut", "{letters}", term=cut, function_words={{"the", "rain"}})
BOTH = LanguageAnalysis("both", "{size}-{letters}", words=divided, term=cut)
"""
    folder = tmp_path_factory.mktemp("analysers")
    with (
        installed(folder / "site", module, **languages),
        newssearch.create(folder / "index") as index,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 1 << 30)
        index.add(articles)
        with index._reading() as snapshot:
            own = partial(analyser, added=snapshot.added_analyses)
            for module_ in (twin, ranking_twin):
                patch.setattr(module_, "analyser", own)
            held = [index.article(one.id) for one in articles]
            for tree in trees:
                expected = reference.search(held, tree, reference.Request(limit=None, all_paragraphs=True))
                results = index.search(tree, limit=None, all_paragraphs=True)
                assert {(h.id, h.paragraph) for h in results} == {(h.id, h.paragraph) for h in expected.hits}
                assert [h.score for h in results] == pytest.approx([h.score for h in expected.hits], abs=1e-9)
                assert index.find(Query("", tree)) == expected.ids
        assert newssearch.verify(folder / "index").problems == ()


def test_versions_of_a_story_are_compared_by_the_words_of_the_package(tmp_path: Path, site: Path) -> None:
    long = ["".join(map(chr, range(start, start + 40))) for start in range(0x4E00, 0x4E00 + 240, 40)]
    uk = [" ".join(chr(0x430 + (n * 7 + k) % 32) * 4 + chr(0x430 + k) for k in range(16)) for n in range(6)]
    stories = [
        [
            article("一", *long, "都知事が大雨を見た。", lang="ja", url="a1", outlet="a"),
            article("二", *long, "都知事が洪雨を見た。", lang="ja", url="a2", outlet="b"),
        ],
        [
            article("1", *uk, "Президент відвідав містечко", lang="uk", url="b1", outlet="a"),
            article("2", *uk, "Президенти відвідали містечка", lang="uk", url="b2", outlet="b"),
        ],
    ]
    with newssearch.create(tmp_path / "index") as index:
        index.add([version for story in stories for version in story])
        japanese, ukrainian = (index.story(story[0].id).versions[1].changes[6:] for story in stories)
        assert [edit.text for edit in japanese[0].edits] == ["都知事が", "大雨", "洪雨", "を見た。"]
        # Forms of the same words are similar, but not the same. Without the package, one paragraph is cut, one added.
        assert [change.kind for change in ukrainian] == ["changed"]
        uninstall(site)
        japanese, ukrainian = (index.story(story[0].id).versions[1].changes[6:] for story in stories)
        assert [edit.text for edit in japanese[0].edits] == ["都知事が", "大", "洪", "雨を見た。"]
        assert [change.kind for change in ukrainian] == ["cut", "added"]


# ---- an index and the packages that come and go


def test_a_language_keeps_the_analyser_that_an_index_has_begun_with(tmp_path: Path) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([TOKYO])
        with installed(tmp_path / "site", ja="PAIRS", uk="CUT"):
            index.add([article("大阪", "雨の京都。", lang="ja", url="u4"), KYIV])
            assert sorted(map(str, found(index, "京都"))) == ["大阪", "東京都知事"]
            assert found(index, "президент") == ["Зима"]
            assert dict(index.info().analysers) == {"uk": "cut 2.0-b"}


def test_a_rebuild_takes_the_analysers_that_are_installed_then(
    tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"title": "東京都知事", "text": "大雨。", "lang": "ja", "url": "https://e.org/1"}', "utf-8"
    )
    index, files = str(tmp_path / "index"), str(tmp_path / "a.jsonl")
    assert run("index", "--index", index, files).code == 0
    assert "1 article" in run("query", "--index", index, "京都").out
    with installed(tmp_path / "site", ja="PAIRS"):
        assert run("index", "--index", index, files).code == 0
        assert "1 article" in run("query", "--index", index, "京都").out
        assert run("index", "--index", index, "--rebuild", files).code == 0
        assert run("query", "--index", index, "--exit-code", "京都").code == 1
        assert "1 article" in run("query", "--index", index, "東京").out
        assert " analyser  ja: pairs 1\n" in run("info", "--index", index).out
    assert " analyser  ja: pairs 1 (not installed)\n" in run("info", "--index", index).out
    without = run("query", "--index", index, "東京")
    assert (without.code, without.out) == (3, "")
    assert "install pairs 1 again, or rebuild the index with `newssearch index --rebuild`" in without.err
    assert run("index", "--index", index, "--rebuild", files).code == 0
    assert "1 article" in run("query", "--index", index, "京都").out


def test_without_the_package_articles_are_read_but_not_searched(
    index: newssearch.Index, site: Path, tmp_path: Path
) -> None:
    uninstall(site)
    with newssearch.open(tmp_path / "index") as again:
        with pytest.raises(
            AnalyserError, match="in ja of this index were analysed by pairs 1, and no analyser"
        ):
            again.search("rain")
        with pytest.raises(AnalyserError):
            again.kwic("東京")
        assert again.article(TOKYO.id).paragraphs[0].text == TOKYO.paragraphs[0].text
        assert [hit.title for hit in again.search("*", sort="newest", lang="ja")] == ["東京都知事"]
        assert again.count("*") == 3
        assert again.export("*", tmp_path / "all.jsonl", text="full", marks="markdown").rows == 3
        assert again.info().missing_analysers == ("ja", "uk")


def test_without_the_package_a_check_says_what_it_could_not_compare(
    index: newssearch.Index, site: Path, tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    whole = newssearch.verify(tmp_path / "index")
    assert (whole.sound, whole.sampled, whole.unchecked) == (True, 3, ())
    uninstall(site)
    partly = newssearch.verify(tmp_path / "index")
    assert (partly.sound, partly.sampled, len(partly.unchecked)) == (True, 1, 2)
    assert "words not compared: the articles in ja " in run("verify", "--index", str(tmp_path / "index")).out


def test_without_the_package_no_article_of_its_language_is_added_and_others_are(
    index: newssearch.Index, site: Path, tmp_path: Path
) -> None:
    uninstall(site)
    with newssearch.open(tmp_path / "index") as again:
        with pytest.raises(AnalyserError, match="install pairs 1 again"):
            again.add([article("大阪", "雨。", lang="ja", url="u5")])
        assert again.add([article("Snow", "It snowed.", lang="en", url="u6")]).added == 1
        assert again.remove([TOKYO.id, KYIV.id]) == 2
        assert found(again, "snow") == ["Snow"]


def test_an_index_asks_for_no_package_of_a_language_whose_articles_were_all_removed(
    site: Path, tmp_path: Path
) -> None:
    with newssearch.create(tmp_path / "index") as again:
        again.add([TOKYO, KYIV, RAIN, *SUN])
        again.remove([KYIV.id])
        uninstall(site)
        with pytest.raises(AnalyserError, match="in ja of this index"):
            again.search("rain")
        again.remove([TOKYO.id])
        assert found(again, "rain") == ["Rain"]
        assert found(again, '"rained in"~exact w/3 tok*') == ["Rain"]
        assert again.kwic("rains").total_occurrences == 1
        assert "in 1 article against 12" in repr(again.keywords("rain"))
        assert "near 1 occurrence" in repr(again.collocates("rains"))
        assert [row.word for row in again.words("r")] == ["Rain", "rained"]
        assert (dict(again.info().analysers), again.info().missing_analysers) == ({}, ())
    checked = newssearch.verify(tmp_path / "index")
    assert (checked.sound, checked.sampled, checked.unchecked) == (True, 13, ())


def test_a_language_that_comes_back_gets_the_analyser_that_is_installed_then(
    site: Path, tmp_path: Path
) -> None:
    osaka = article("大阪", "雨の京都。", lang="ja", url="u4")
    with newssearch.create(tmp_path / "index") as again:
        again.add([TOKYO, KYIV, *SUN])
        uninstall(site)
        again.remove([TOKYO.id, KYIV.id])
        again.add([osaka])
        assert found(again, "京都") == ["大阪"]  # any two characters: the built-in analyser
        again.remove([osaka.id])
        pairs_of_3 = PAIRS_AND_CUTS.replace('"pairs", "1"', '"pairs", "3"').replace("2", "3")
        write_package(site, pairs_of_3, {"ja": "PAIRS"})
        forget()
        for number in range(12):  # enough for a merge with the segment of the removed articles
            again.add([article(f"大阪{number}", "雨の京都。", lang="ja", url=f"v{number}")])
        assert (again.count("雨の京"), again.count("雨の")) == (12, 0)
        assert dict(again.info().analysers) == {"ja": "pairs 3"}
    assert newssearch.verify(tmp_path / "index").problems == ()


def test_a_search_that_began_before_the_removal_finds_the_removed_article(
    index: newssearch.Index, tmp_path: Path
) -> None:
    index.add(SUN)
    with index._reading() as before:
        with newssearch.open(tmp_path / "index") as other:
            other.remove([TOKYO.id])
            assert dict(other.info().analysers) == {"uk": "cut 2.0-b"}
        assert dict(before.added_analyses) == {"ja": "plain+ja=pairs@1", "uk": "plain+uk=cut@2.0-b"}
        assert found(index, "東京") == ["東京都知事"]
    index.refresh()
    assert found(index, "東京") == []


VERSIONS = {"none": "", "pairs 1": "PAIRS", "two 1": "TWO"}
STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(["ja", "ja-JP", "en"]), st.integers(0, 3)),
    st.tuples(st.just("remove"), st.just(""), st.integers(0, 3)),
    st.tuples(st.just("install"), st.sampled_from(list(VERSIONS)), st.just(0)),
)


@given(steps=st.lists(STEPS, min_size=3, max_size=14))
@settings(max_examples=25 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_index_needs_the_analysers_of_its_live_articles_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    """A language has one analyser from its first article on, until its last one is removed."""
    folder = tmp_path_factory.mktemp("histories")
    two = PAIRS_AND_CUTS + "\nTWO = LanguageAnalysis('two', '1', words=lambda piece: [(0, len(piece))])\n"
    finds = {"none": ("雨の", "の京"), "pairs 1": ("雨の",), "two 1": ()}
    live: dict[int, str] = {}
    installed_now, kept = "none", ""
    with installed(folder / "site", two), newssearch.create(folder / "index") as index:
        for step, (what, value, number) in enumerate(steps):
            japanese = [one for one in live.values() if one != "en"]
            one = article(str(number), "雨の京都。", lang=value or "en", url=f"u{number}")
            if what == "install":
                installed_now = value
                write_package(
                    folder / "site", two, {"ja": VERSIONS[value]} if VERSIONS[value] else {"xx": "TWO"}
                )
                forget()
            elif what == "remove":
                index.remove([one.id])
                live.pop(number, None)
            elif number not in live:
                wanted = kept if japanese else installed_now
                if value != "en" and wanted not in ("none", installed_now):
                    with pytest.raises(AnalyserError, match=f"install {wanted} again"):
                        index.add([one])
                    continue
                beside = [article("Sun", "Dry.", lang="en", url=f"{step}-{sun}") for sun in range(6)]
                index.add([one, *beside])
                live[number] = value
                kept = wanted if value != "en" else kept
            japanese = [one for one in live.values() if one != "en"]
            needed = kept if japanese and kept != "none" else None
            missing = needed not in (None, installed_now)
            info = index.info()
            assert dict(info.analysers) == ({"ja": needed} if needed else {})
            assert info.missing_analysers == (("ja",) if missing else ())
            if missing:
                continue
            for word in ("雨の", "の京"):
                expected = len(live) - len(japanese) + len(japanese) * (word in finds[kept or "none"])
                assert index.count(word) == expected
    assert newssearch.verify(folder / "index").problems == ()


def test_another_version_of_the_package_is_not_used(
    index: newssearch.Index, site: Path, tmp_path: Path
) -> None:
    write_package(site, PAIRS_AND_CUTS.replace('"pairs", "1"', '"pairs", "2"'), {"ja": "PAIRS", "uk": "CUT"})
    forget()
    with newssearch.open(tmp_path / "index") as again, pytest.raises(AnalyserError) as caught:
        again.search("東京")
    assert (
        "analysed by pairs 1, and pairs 2 is installed (analysers_of_others:PAIRS, of analysers-of-others 1.0)"
        in str(caught.value)
    )


def test_segments_are_merged_with_their_analysers(
    index: newssearch.Index, site: Path, tmp_path: Path
) -> None:
    for number in range(12):
        index.add([article(f"大阪{number}", "雨の京都。", lang="ja", url=f"v{number}")])
    with index._reading() as snapshot:
        assert isinstance(snapshot, EmbeddedSnapshot)
        assert len(snapshot.segments) < 12
        assert snapshot.added_analyses == {"ja": "plain+ja=pairs@1", "uk": "plain+uk=cut@2.0-b"}
    assert len(index.search("雨の", limit=20)) == 12
    assert found(index, "の京") == []
    assert newssearch.verify(tmp_path / "index").problems == ()


def test_merged_segments_keep_their_analysers_if_python_leaves_out_assertions(
    tmp_path: Path, site: Path
) -> None:
    source = """
import sys
import newssearch
with newssearch.create(sys.argv[1]) as index:
    for number in range(12):
        index.add([newssearch.Article.create(text=["雨の京都。"], lang="ja", url=f"v{number}")])
"""
    subprocess.run([sys.executable, "-O", "-c", source, str(tmp_path / "new")], check=True, timeout=120)
    with newssearch.open(tmp_path / "new") as index:
        assert (index.count("雨の"), index.count("の京")) == (12, 0)
    assert newssearch.verify(tmp_path / "new").problems == ()


COUNTING = """
import os
from newssearch import LanguageAnalysis

def note(text):
    with open(os.environ["ASKED"], "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()} {text}\\n")

def pairs(piece):
    note(piece)
    return [(at, min(at + 2, len(piece))) for at in range(0, len(piece), 2)]

def cut(word):
    note(word)
    return word[:3]

PAIRS = LanguageAnalysis("pairs", "1", words=pairs)
CUT = LanguageAnalysis("cut", "1", term=cut)
"""
"""Analysers that note what they are asked, and by which process."""


@pytest.mark.parametrize("processes", [False, True])
def test_a_package_is_asked_once_for_each_piece_and_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: bool
) -> None:
    if processes:
        monkeypatch.setattr(new_segments, "MIN_TEXT_FOR_PROCESSES", 1)
        monkeypatch.setattr(new_segments, "worker_count", lambda: 2)
    monkeypatch.setattr(new_segments, "BATCH_TEXT_BYTES", 2_000)
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    articles = [
        article(f"{chr(0x4E00 + n)}阪", f"{chr(0x5E00 + n)}の京都" * 40, lang="ja", url=f"j{n}")
        for n in range(20)
    ]
    articles += [article(f"Зима{n:o}", f"слово{n:o}", lang="uk", url=f"k{n}") for n in range(20)]
    with (
        installed(tmp_path / "site", COUNTING, ja="PAIRS", uk="CUT"),
        newssearch.create(tmp_path / "index") as index,
    ):
        index.add(articles)
        lines = (tmp_path / "asked").read_text("utf-8").splitlines()
        assert index.count("словом OR 京都") == 40
    asked = [line.partition(" ")[2] for line in lines]
    assert len(asked) == len(set(asked)) > 40


def test_worker_processes_have_the_analysers(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_segments, "MIN_TEXT_FOR_PROCESSES", 1)
    monkeypatch.setattr(new_segments, "BATCH_TEXT_BYTES", 2_000)
    monkeypatch.setattr(new_segments, "worker_count", lambda: 2)
    with newssearch.create(tmp_path / "index") as index:
        index.add(
            [article(f"大阪{number}", "雨の京都。" * 40, lang="ja", url=f"v{number}") for number in range(12)]
        )
        assert index.count("雨の") == 12
        assert index.count("の京") == 0
    assert newssearch.verify(tmp_path / "index").problems == ()


def test_an_index_without_such_articles_names_no_package(tmp_path: Path, site: Path) -> None:
    with newssearch.create(tmp_path / "index") as index:
        index.add([RAIN, article("Depois", "Choveu.", lang="pt", url="u7")])
        with index._reading() as snapshot:
            assert isinstance(snapshot, EmbeddedSnapshot)
            assert all("analysis.added" not in segment.container for segment in snapshot.segments)


def test_whoosh_reads_an_index_whose_words_a_package_found(index: newssearch.Index, tmp_path: Path) -> None:
    with whoosh_index.open_dir(str(tmp_path / "index")).searcher() as searcher:
        (hit,) = searcher.search(Term("text", "大雨"))
        assert hit["text"] == TOKYO.paragraphs[0].text


# ---- the documentation

PAGE = Path(__file__).parent.parent / "docs" / "words.md"
STEMMER, SEGMENTER = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_stemmer_of_the_documentation_finds_forms_of_a_word(tmp_path: Path) -> None:
    with (
        installed(tmp_path / "site", STEMMER, uk="UKRAINIAN"),
        newssearch.create(tmp_path / "index") as index,
    ):
        index.add([article("Зима", "У містах говорять про міста.", lang="uk", url="u1")])
        (hit,) = index.search("містом")
        assert hit.snippet.markdown() == "У **містах** говорять про **міста**."


def test_the_segmenter_of_the_documentation_finds_japanese_words(tmp_path: Path) -> None:
    pytest.importorskip("janome", reason="Janome is not installed")
    with (
        installed(tmp_path / "site", SEGMENTER, ja="JAPANESE"),
        newssearch.create(tmp_path / "index") as index,
    ):
        index.add([article("雨", "東京都は大雨でした。", lang="ja", url="u1")])
        (hit,) = index.search("東京")
        assert hit.snippet.markdown() == "**東京**都は大雨でした。"
        assert found(index, "京都") == []


# ---- packages that do not do what they should

ODD = """
from sys import exit

class Unshowable:
    def __repr__(self):
        raise ValueError("not to be shown")

class Broken(Exception):
    __str__ = Unshowable.__repr__

def broken():
    raise Broken
"""
"""Things that a program rarely meets."""


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("[(0, 9999)]", "returns a word at 0:9999 in '大雨と洪水', after one that ends at 0 of 5"),
        ("[(0, 2), (1, 3)]", "returns a word at 1:3"),
        ("[(1, 1)]", "returns a word at 1:1"),
        ("[(-1, 1)]", "returns a word at -1:1"),
        ("['大雨']", "returns '大雨' for a word in '大雨と洪水', and not two offsets"),
        ("[(0, True)]", "returns (0, True) for a word"),
        ("None", "fails at '大雨と洪水': TypeError"),
        ("iter(lambda: (0, 1), None)", "returns a word at 0:1"),
        ("[[(0, 1)] * 100_000]", "returns [(0, 1), (0, 1), "),
        ("[Unshowable()]", "returns <Unshowable instance at "),
        ("broken()", "fails at '大雨と洪水': Broken ("),
        ("exit()", "fails at '大雨と洪水': SystemExit ("),
        ("exit(3)", "fails at '大雨と洪水': SystemExit: 3 ("),
        ("1 / 0", "fails at '大雨と洪水': ZeroDivisionError: division by zero"),
    ],
)
def test_an_article_is_rejected_if_its_words_are_impossible(tmp_path: Path, returned: str, said: str) -> None:
    broken = ODD + PAIRS_AND_CUTS.replace(
        "    return [(at, min", f"    if '大雨' in piece:\n        return {returned}\n    return [(at, min"
    )
    (tmp_path / "a.jsonl").write_text(
        '{"title": "東京", "text": "大雨と洪水。", "lang": "ja", "url": "https://e.org/1"}\n'
        '{"title": "京都", "text": "快晴。", "lang": "ja", "url": "https://e.org/2"}\n',
        "utf-8",
    )
    with installed(tmp_path / "site", broken, ja="PAIRS"), newssearch.create(tmp_path / "index") as index:
        report = index.update([tmp_path / "a.jsonl"])
        (rejected,) = report.rejected
        assert (
            "the analyser pairs 1 for ja (analysers_of_others:PAIRS, of analysers-of-others 1.0) "
            in rejected.reason
        )
        assert said in rejected.reason
        assert found(index, "快晴") == ["京都"]
        with pytest.raises(AnalyserError, match="the analyser pairs 1"):
            index.search("大雨と洪水")
    assert newssearch.verify(tmp_path / "index").damaged is False


@pytest.mark.parametrize(
    "returned",
    ["None", "7", "''", "'\\ud800'", "word[:3] + '\\udfff'", "'two words'", "'a|b'", "'\\0'", "'\u0301'"],
)
def test_an_article_is_rejected_if_a_term_is_none(tmp_path: Path, returned: str) -> None:
    broken = PAIRS_AND_CUTS.replace("return word[:3]", f"return {returned}")
    with installed(tmp_path / "site", broken, uk="CUT"), newssearch.create(tmp_path / "index") as index:
        report = index.add([KYIV, RAIN])
        (rejected,) = report.rejected
        assert "the analyser cut 2.0-b for uk" in rejected.reason
        assert "returns " in rejected.reason
        assert "and not a term of one word" in rejected.reason
        assert found(index, "rain") == ["Rain"]


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            "import nothing_of_that_name",
            "cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_that_name'",
        ),
        ("import sys\nsys.exit()", "cannot be loaded: SystemExit ("),
        ("raise SystemExit('no licence')", "cannot be loaded: SystemExit: no licence ("),
        ("import asyncio\nraise asyncio.CancelledError", "cannot be loaded: CancelledError ("),
        ("PAIRS = 7", "is not a newssearch.LanguageAnalysis but int"),
        (
            "from newssearch import LanguageAnalysis\nPAIRS = LanguageAnalysis('pairs', 'version one', term=str)",
            "cannot be loaded: ValueError: version must have",
        ),
    ],
)
def test_an_analyser_that_cannot_be_loaded_says_which_and_why(tmp_path: Path, module: str, said: str) -> None:
    with installed(tmp_path / "site", module, ja="PAIRS"), newssearch.create(tmp_path / "index") as index:
        with pytest.raises(AnalyserError) as caught:
            index.add([TOKYO])
        assert str(caught.value).startswith(
            "the analyser for ja (analysers_of_others:PAIRS, of analysers-of-others 1.0) "
        )
        assert said in str(caught.value)
        assert index.add([RAIN]).added == 1


def test_a_term_may_be_of_a_subclass_of_str(tmp_path: Path) -> None:
    subclass = """
class Stem(str):
    def casefold(self, *arguments):
        return 7
    lower = translate = isascii = __getitem__ = casefold
"""
    module = PAIRS_AND_CUTS.replace("return word[:3]", "return Stem(word[:3])") + subclass
    with installed(tmp_path / "site", module, uk="CUT"), newssearch.create(tmp_path / "index") as index:
        assert index.add([KYIV]).added == 1
        assert found(index, "президента") == ["Зима"]


def test_an_article_is_rejected_if_a_term_only_claims_to_be_a_string(tmp_path: Path) -> None:
    module = PAIRS_AND_CUTS.replace("return word[:3]", "return Stem()")
    module += "\nclass Stem:\n    __class__ = str\n"
    with installed(tmp_path / "site", module, uk="CUT"), newssearch.create(tmp_path / "index") as index:
        (rejected,) = index.add([KYIV, RAIN]).rejected
        assert "the analyser cut 2.0-b for uk" in rejected.reason
        assert found(index, "rain") == ["Rain"]


@pytest.mark.parametrize("sort", ["newest", "left", "right"])
@pytest.mark.parametrize("words", [0, 1, 2])
def test_a_concordance_is_an_error_if_a_package_now_finds_fewer_words(
    tmp_path: Path, words: int, sort: str
) -> None:
    text = "東京大阪京都"
    module = PAIRS_AND_CUTS.replace("len(piece), 2)]", "len(piece), 2)][:WORDS.get(piece)]\n\nWORDS = {}")
    fewer = module.replace("WORDS = {}", f"WORDS = {{{text!r}: {words}}}")
    with installed(tmp_path / "site", module, ja="PAIRS"), newssearch.create(tmp_path / "index") as index:
        index.add([article("雨", text, lang="ja", url="u1"), RAIN])
        (line,) = index.kwic("京都", sort=sort)
        assert (line.left, line.match) == ("東京大阪", "京都")
    with installed(tmp_path / "site", fewer, ja="PAIRS"), newssearch.open(tmp_path / "index") as index:
        with pytest.raises(AnalyserError) as caught:
            index.kwic("京都", sort=sort)
        assert str(caught.value) == (
            "the analyser pairs 1 for ja (analysers_of_others:PAIRS, of analysers-of-others 1.0) divides a text into fewer"
            " words than when it was indexed: rebuild the index with `newssearch index --rebuild`"
        )
        assert len(index.kwic("rained", sort=sort)) == 1


@pytest.mark.parametrize("where", ["", "words=stopped", "term=stopped"])
def test_ctrl_c_while_a_package_works_ends_the_run(tmp_path: Path, where: str) -> None:
    module = "raise KeyboardInterrupt"
    if where:
        module = f"""
from newssearch import LanguageAnalysis

def stopped(text):
    raise KeyboardInterrupt

PAIRS = LanguageAnalysis("stopped", "1", {where})
"""
    with installed(tmp_path / "site", module, ja="PAIRS"), newssearch.create(tmp_path / "index") as index:
        with pytest.raises(KeyboardInterrupt):
            index.add([TOKYO])
        assert index.add([RAIN]).added == 1


def test_a_package_that_ends_the_program_is_an_error_of_the_command(
    tmp_path: Path, run: Callable[..., Outcome]
) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "東京", "text": "大雨。", "lang": "ja"}', "utf-8")
    index, files = str(tmp_path / "index"), str(tmp_path / "a.jsonl")
    with installed(tmp_path / "site", "import sys\nsys.exit(0)", ja="PAIRS"):
        ended = run("index", "--index", index, files)
    assert (ended.code, ended.err.count("cannot be loaded: SystemExit: 0 (")) == (3, 1)


def test_two_analysers_for_one_language_are_an_error_that_names_both(tmp_path: Path) -> None:
    said = r"several packages add an analyser for ja: analysers_of_others:CUT.* and analysers_of_others:PAIRS"
    with (
        installed(tmp_path / "site", ja="PAIRS", JA="CUT"),
        newssearch.create(tmp_path / "index") as index,
        pytest.raises(AnalyserError, match=said),
    ):
        index.add([TOKYO])


def test_the_name_of_an_entry_point_is_a_language_alone(tmp_path: Path) -> None:
    said = r"the analyser 'ja-JP' .* must have the name of a language, such as ja"
    with (
        installed(tmp_path / "site", **{"ja-JP": "PAIRS"}),
        newssearch.create(tmp_path / "index") as index,
        pytest.raises(AnalyserError, match=said),
    ):
        index.add([TOKYO])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": "two words"}, ValueError),
        ({"version": ""}, ValueError),
        ({"version": 1}, TypeError),
        ({"words": "text"}, TypeError),
        ({"term": 7}, TypeError),
        ({"term": None}, ValueError),
        ({"function_words": 7}, TypeError),
    ],
)
def test_an_analysis_refuses_wrong_values(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        LanguageAnalysis(**{"name": "cut", "version": "1", "term": str, **changes})  # type: ignore[arg-type]


def test_a_long_text_without_punctuation_is_divided_in_parts(tmp_path: Path) -> None:
    noting = PAIRS_AND_CUTS.replace(
        "    return [(at, min", "    if len(piece) > 1_000:\n        raise ValueError\n    return [(at, min"
    )
    with installed(tmp_path / "site", noting, ja="PAIRS"), newssearch.create(tmp_path / "index") as index:
        assert index.add([article("長", "雨" * 10_001, lang="ja", url="u8")]).added == 1
        assert index.kwic("雨雨").total_occurrences == 5_000


def test_the_memory_of_an_analyser_is_bounded(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = analyser_named("plain+ja=pairs@1")
    assert isinstance(own, AddedAnalyser)
    monkeypatch.setattr(KeptResults, "MAX_SIZE", 200)
    for number in range(0x4E00, 0x4E00 + 40):
        own.tokens(chr(number) * 4)
        own.term(f"{number}x")
    assert 10 <= len(own._pieces) <= 20
    for letter in "雨水大東京":
        own.tokens(letter * 900)
    assert len(own._pieces) <= 2


@pytest.mark.parametrize("lang", ["-", "_x", "\u0301", "-en"])
def test_a_language_without_a_first_part_is_not_taken_for_no_language(tmp_path: Path, lang: str) -> None:
    """English is the language of articles that state none; others have no stemmer. Segments of both are merged."""
    with newssearch.create(tmp_path / "index") as made:
        for number in range(20):
            made.add([article("A", "raining", lang=(lang, None)[number % 2], url=f"u{number}")])
        assert (made.count("rain"), made.count("raining")) == (10, 20)
    assert not newssearch.verify(tmp_path / "index").problems
