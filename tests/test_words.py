"""The page on words is true, and in every script each indexed word is found and marked at its place."""

from __future__ import annotations

import json
import lzma
import random
import re
from pathlib import Path

import pytest

import newssearch
from newssearch import Article
from newssearch.text.analysis import analyser

PAGE = Path(__file__).parent.parent / "docs" / "words.md"
ROW = re.compile(r"^\| (\w\w) \| `(.+?)` \| `(.+?)` \| ?((?:`.+?` ?)*)\|$", re.MULTILINE)
ROWS = [
    (m[1], m[2], m[3], re.findall("`(.+?)`", m[4])) for m in ROW.finditer(PAGE.read_text(encoding="utf-8"))
]


def marked(folder: Path, lang: str, text: str, query: str) -> list[str]:
    """Return the words that a query marks in a text, which is the only one of an index."""
    with newssearch.create(folder) as index:
        index.add([Article.create(title="-", text=[text], lang=lang)])
        return [
            hit.snippet.text[start:end]
            for hit in index.search(query)
            for start, end in hit.snippet.highlights
        ]


def test_every_row_is_an_example() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if re.match(r"\| \w\w \|", line)]) == len(ROWS) > 40


@pytest.mark.parametrize(("lang", "text", "query", "expected"), ROWS)
def test_the_examples_are_true(tmp_path: Path, lang: str, text: str, query: str, expected: list[str]) -> None:
    assert marked(tmp_path / "i", lang, text, query) == expected


SENTENCES = [
    ("ar", "أعلنت الحكومةُ العراقيّة أنّ الـــقوات لن تنسحبَ"),
    ("fa", "دولت ایران می‌گوید که گفت‌وگوها ادامه دارد"),
    ("he", "ראש הממשלה אמר כי שָׁלוֹם יבוא"),
    ("zh", "国务院总理在北京会见了外国代表团"),
    ("ja", "東京で開かれた国際会議にﾊﾟﾘから参加した"),
    ("ko", "정부는 서울에서 새로운 정책을 발표했다"),
    ("th", "รัฐบาลประกาศนโยบายใหม่ที่กรุงเทพ"),
    ("my", "မြန်မာနိုင်ငံ သတင်း"),
    ("ru", "Президент России подписал новый закон о выборах"),
    ("uk", "Верховна Рада ухвалила закон про п’ятирічний план"),
    ("el", "Η κυβέρνηση ανακοίνωσε νέα μέτρα στην Αθήνα"),
    ("tr", "Türkiye'nin başkenti Ankara'da ışıklar söndü"),
    ("de", "Die Außenminister trafen sich über Ostern in Köln"),
    ("vi", "Thủ tướng Việt Nam thăm Đà Nẵng"),
    ("pl", "Łódź i Kraków czekają na śnieg"),
    ("hi", "प्रधानमंत्री ने नई दिल्ली में कहा"),
    ("ta", "தமிழ்நாடு முதல்வர் அறிவித்தார்"),
    ("hy", "Հայաստանի կառավարությունը որոշեց"),
    ("ka", "საქართველოს მთავრობამ განაცხადა"),
    ("am", "የኢትዮጵያ መንግሥት አስታወቀ"),
]
"""A sentence in each language and script."""


@pytest.mark.parametrize(("lang", "text"), SENTENCES)
@pytest.mark.parametrize("known", [True, False])
def test_every_word_finds_its_text_and_is_marked_there(
    tmp_path: Path, lang: str, text: str, known: bool
) -> None:
    with newssearch.create(tmp_path / "i") as index:
        index.add([Article.create(title="-", text=[text], lang=lang if known else None)])
        for token in analyser(lang if known else None).tokens(text):
            word = text[token.start : token.end]
            (hit,) = index.search(word)
            spans = hit.snippet.highlights
            assert any(start <= token.start and token.end <= end for start, end in spans), word
        for match in re.finditer(r"\S+", text):
            assert index.search(match[0]).total_articles == 1, match[0]


def test_an_index_of_many_languages_loses_nothing_whether_the_query_names_one_or_none(tmp_path: Path) -> None:
    articles = [Article.create(title=f"- {lang}", text=[text], lang=lang) for lang, text in SENTENCES]
    with newssearch.create(tmp_path / "i") as index:
        index.add(articles[::2])
        index.add(articles[1::2])
        for article in articles:
            for token in analyser(article.lang).tokens(article.paragraphs[0].text):
                word = article.paragraphs[0].text[token.start : token.end]
                assert article.id in index.find(word), word
                assert index.find(word, lang=article.lang) == [article.id], word


@pytest.mark.parametrize("name", ["saudinewsnet-ar", "cctv-zh", "fakebr-pt", "reuters21578-en"])
def test_words_of_real_news_find_their_article(tmp_path: Path, data_dir: Path, name: str) -> None:
    drawn = random.Random(6)
    with lzma.open(data_dir / "news" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for _, line in zip(range(150), lines, strict=False)]
    articles = [
        Article.create(title=a["title"], text=a["text"].split("\n\n"), lang=a["lang"], identity=str(a["id"]))
        for a in known
    ]
    with newssearch.create(tmp_path / "i") as index:
        index.add(articles)
        for article in drawn.sample([a for a in articles if a.paragraphs], 60):
            text = drawn.choice(article.paragraphs).text
            tokens = analyser(article.lang).tokens(text)
            if len(tokens) < 2:
                continue
            at = drawn.randrange(len(tokens) - 1)
            size = 2 if name.endswith("zh") else 1
            word = text[tokens[at].start : tokens[at + size - 1].end]
            if size == 2 and tokens[at].end != tokens[at + 1].start:
                continue
            query = f'"{word}" id:{article.id}'
            found = index.search(query, limit=None, group=False, all_paragraphs=True, snippet=0)
            hit = next((hit for hit in found if hit.text == text), None)
            assert hit is not None, word
            wanted = (tokens[at].start, tokens[at + size - 1].end)
            assert any(s <= wanted[0] and wanted[1] <= e for s, e in hit.snippet.highlights), word
