"""The configuration of an archive: which setting applies, its origin, and its effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newssearch
from newssearch import Config, ConfigError
from newssearch.config import load_config
from newssearch.readers import ReadOptions
from newssearch.text.language_tags import LANGUAGE_TAGS, checked_language
from newssearch.text.languages import SNOWBALL_STEMMERS
from support import Command, command

TEXT = "Rain\n\n7-5-2024\n\nThe river rose above its banks on Monday, and the council closed two bridges.\n"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two folders, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    for variable in ("NEWSSEARCH_LANG", "NEWSSEARCH_DAY_FIRST"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("wire/a.txt", "drafts/b.txt", "c.tmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT.replace("Rain", f"Rain in {name[0]}"), "utf-8")
    return tmp_path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return the command line without environment variables."""
    for name in ("NEWSSEARCH_INDEX", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return command(capsys, monkeypatch)


def write(archive: Path, *lines: str, name: str = "newssearch.toml") -> None:
    (archive / name).write_text("\n".join(lines), "utf-8")


def test_without_a_file_the_defaults_hold(archive: Path) -> None:
    assert load_config(archive) == Config()
    assert {setting["from"] for setting in load_config(archive).to_dict().values()} == {"default"}  # type: ignore[index]


def test_flags_go_before_the_environment_and_that_before_the_file(archive: Path) -> None:
    write(archive, 'lang = "fr"', "day-first = true", 'exclude = ["*.tmp"]')
    config = load_config(archive, {})
    assert (config.lang, config.day_first, config.origins["lang"]) == ("fr", True, "newssearch.toml")
    config = load_config(archive, {"NEWSSEARCH_LANG": "de", "NEWSSEARCH_DAY_FIRST": "no"})
    assert (config.lang, config.day_first, config.origins["lang"]) == ("de", False, "NEWSSEARCH_LANG")
    given = config.with_given(lang="pt-BR", exclude=("drafts",), columns=())
    assert (given.lang, given.origins["lang"]) == ("pt-BR", "command line")
    assert (given.exclude, given.origins["exclude"]) == (("drafts", "*.tmp"), "command line, newssearch.toml")


def test_a_project_may_hold_it_too(archive: Path) -> None:
    write(archive, "[tool.newssearch]", 'lang = "fr"', name="pyproject.toml")
    assert load_config(archive, {}).origins == {"lang": "pyproject.toml [tool.newssearch]"}
    write(archive, 'lang = "de"')
    assert load_config(archive, {}).lang == "de"


@pytest.mark.parametrize("content", ["[project]\nname = 'x'", "[tool]\nother = 1", "not toml ["])
def test_a_project_of_others_is_none_of_ours(archive: Path, content: str) -> None:
    write(archive, content, name="pyproject.toml")
    assert load_config(archive, {}) == Config()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("day-frist = true", "no such setting: day-frist: did you mean day-first?"),
        ("x = 1", "no such setting: x; the settings are: day-first, lang"),
        ('day-first = "yes"', "day-first: must be true or false"),
        ("lang = 1", "lang: must be a language"),
        (
            'lang = "english"',
            'lang: must be a language tag, such as "en" or "pt-BR", and not \'english\': did you mean "en"?',
        ),
        (
            'lang = "xx-nonsense"',
            'lang: must be a language tag, such as "en" or "pt-BR", and not \'xx-nonsense\'',
        ),
        ("exclude = 5", "exclude: must be a pattern or a list"),
        ('[columns]\ntilte = "x"', "columns: no such field: tilte; the fields are: id, title"),
        ('outlets = ["a"]', "outlets: must be a table of outlets"),
        ("[folders]\na = 1", "folders: must be a table of folders"),
        ("opensearch = 3", "opensearch: must be a table"),
        ("[opensearch]\nnodes = 3", "opensearch: no such setting: nodes; the settings are: shards, replicas"),
        ("[opensearch]\nshards = 0", "opensearch: shards: wanted a number from 1 to 1024; got 0"),
        ("[opensearch]\nreplicas = 33", "opensearch: replicas: wanted a number from 0 to 32; got 33"),
        ("[opensearch]\nshards = true", "opensearch: shards: wanted a whole number"),
        ('[opensearch]\ncompression = "none"', "opensearch: compression is 'best' or 'fast', not 'none'"),
        ("limits = 1", "limits: must be a table of bounds"),
        ("[limits]\nsize = 1", "limits: no such limit: size; the limits are: document"),
        ("[limits]\ndepth = 0", "limits: depth must be a number above 0"),
        ("[limits]\ndocument = true", "limits: document must be a number above 0"),
        ('[limits]\ndocument = "much"', "limits: document must be a number above 0 or a size"),
        ("lang = ", "is not TOML"),
    ],
)
def test_what_cannot_be_meant_is_an_error(archive: Path, cli: Command, line: str, message: str) -> None:
    write(archive, line)
    done = cli("index", ".")
    assert done.code == 2
    assert done.err.startswith("error: newssearch.toml")
    assert message in done.err
    with pytest.raises(ConfigError):
        load_config(archive)


def test_a_variable_that_cannot_be_meant_is_an_error(archive: Path) -> None:
    with pytest.raises(ConfigError, match="NEWSSEARCH_DAY_FIRST: maybe is neither true nor false"):
        load_config(archive, {"NEWSSEARCH_DAY_FIRST": "maybe"})


def test_a_language_of_the_command_line_or_of_a_program_is_checked(archive: Path, cli: Command) -> None:
    done = cli("index", ".", "--lang", "German")
    assert (done.code, "--lang: must be a language tag" in done.err, 'did you mean "de"?' in done.err) == (
        2,
        True,
        True,
    )
    with pytest.raises(ConfigError, match="NEWSSEARCH_LANG: must be a language tag"):
        load_config(archive, {"NEWSSEARCH_LANG": "xx"})
    for made in (Config, ReadOptions):
        assert made(lang="pt-BR").lang == "pt-BR"
        with pytest.raises(ValueError, match=r"^lang must be a language tag"):
            made(lang="e")


def test_every_language_with_a_stemmer_or_a_name_has_a_valid_tag() -> None:
    for code in {*SNOWBALL_STEMMERS, *LANGUAGE_TAGS.values()}:
        assert checked_language(code) == code
    for name in LANGUAGE_TAGS:
        with pytest.raises(ValueError, match=f'did you mean "{LANGUAGE_TAGS[name]}"'):
            checked_language(name)


def test_it_changes_how_files_are_read(archive: Path, cli: Command) -> None:
    write(
        archive,
        "day-first = true", 'exclude = ["drafts", "*.tmp"]',
        "[folders]", 'wire = "almaalomah.me"',
        "[outlets]", 'Maalouma = ["almaalomah.me"]',
    )  # fmt: skip
    assert cli("index", ".").out.startswith("articles: 1 added")
    (hit,) = json.loads(cli("query", "bridges", "--json").out)["hits"]
    assert (hit["date"], hit["outlet"], hit["path"]) == ("2024-05-07", "Maalouma", "wire/a.txt")
    for name in ("Maalouma", "almaalomah.me", "WWW.almaalomah.me"):
        assert cli("query", "bridges", "--outlet", name, "--count").out == "1 article, 1 paragraph\n"
        assert cli("query", f'bridges outlet:"{name}"', "--count").out == "1 article, 1 paragraph\n"
        assert cli("query", "bridges", "--source", name, "--count").out == "1 article, 1 paragraph\n"
    assert cli("query", "bridges", "--outlet", "other.org", "--count").out == "0 articles, 0 paragraphs\n"


def test_a_change_of_it_reads_files_again(archive: Path, cli: Command) -> None:
    assert cli("index", ".").out.startswith("articles: 3 added")
    assert cli("index", ".").out.startswith("articles: 0 added, 0 updated, 3 unchanged")
    write(archive, "day-first = true")
    assert "0 unchanged" in cli("index", ".").out
    assert {hit.date.isoformat() for hit in newssearch.open("index").search("bridges") if hit.date} == {
        "2024-05-07"
    }


def test_excluded_files_are_pruned(archive: Path, cli: Command) -> None:
    cli("index", ".")
    write(archive, 'exclude = ["drafts/**"]')
    assert "1 removed" in cli("index", ".", "--prune").out
    assert cli("query", "bridges", "--count").out.startswith("2 articles")


def test_a_file_that_is_named_is_read_though_it_is_excluded(archive: Path, cli: Command) -> None:
    assert cli("index", "c.tmp", "--exclude", "*.tmp").out.startswith("articles: 1 added")
    assert cli("index", ".", "--exclude", "*.tmp").out.startswith("articles: 2 added")


def test_info_shows_what_holds_and_from_where(archive: Path, cli: Command) -> None:
    write(archive, 'lang = "fr"', "[outlets]", 'Maalouma = ["almaalomah.me", "Al\\u001bMaalomah"]')
    out = cli("info", "--config").out
    assert "lang  fr  [newssearch.toml]" in out
    assert "exclude  none  [default]" in out
    assert "Maalouma = almaalomah.me, Al�Maalomah" in out
    shown = json.loads(cli("info", "--config", "--json").out)
    assert shown["lang"] == {"value": "fr", "from": "newssearch.toml"}
    assert list(shown) == [
        "day-first",
        "lang",
        "ocr",
        "exclude",
        "columns",
        "outlets",
        "folders",
        "fields",
        "versions",
        "feeds",
        "strict",
        "synonyms",
        "limits",
        "opensearch",
    ]


@pytest.mark.parametrize(
    ("text", "message"), [("tile=x", "no such field: tile"), ("title", "is not FIELD=COLUMN")]
)
def test_a_map_that_cannot_be_meant_is_an_error(archive: Path, cli: Command, text: str, message: str) -> None:
    done = cli("index", ".", "--map", text)
    assert (done.code, message in done.err) == (2, True)


def test_what_belongs_to_a_saved_page_is_not_read(archive: Path, cli: Command) -> None:
    (archive / "page_files").mkdir()
    (archive / "page_files" / "ad.html").write_text(TEXT, "utf-8")
    (archive / "page.htm").write_text('x <iframe src="page_files/ad.html"></iframe>', "utf-8")
    cli("index", ".")
    assert cli("query", "bridges", "--count").out.startswith("3 articles")
