"""The shape of the source: imports point one way, only some packages import Whoosh, and the documents are true."""

from __future__ import annotations

import ast
import gc
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
import pytest

from newssearch.readers.registry import FORMAT_MODULES
from support import every_command

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "newssearch"

LAYERS: tuple[str | tuple[str, ...], ...] = (
    "_version", "errors", "system", "arguments", "display", "text", "limits", "sharding", "fields", "tracking_parameters", "addresses", "identity", "extra", "article", "commit", "outlets", "thesaurus", "query", "press", "asides", "lead", "snippet", "notes", "facets", "asked_facet", "frames", "hit_columns", "results", "tabular",
    "stopping", "highlight", "filters", "request", "config", "archive", "story", "corpus", "reports", "engines",
    "engines.embedded.storage", "engines.embedded.segment", ("engines.embedded.indexing", "engines.embedded.search"),
    "engines.embedded.corpus", ("engines.embedded.whoosh_compat", "engines.embedded.integrity"), "engines.embedded", "engines.opensearch", "engines.address",
    "tags",
    "whoosh_codec", "citations", ("readers.decoding", "readers.html_fragment"), "readers.api", "readers.article",
("readers.records", "readers.xml"), "readers.styled_text", "readers.databases", ("readers.pages", "readers.exports"), "readers.texts", "readers.documents", "readers.pdf", "readers.containers", "readers",
    "export", "review", "updating", "info", "index", ("integrity", "copying"), "alerts.batch", "alerts.outputs", "alerts", "mcp", "web", "cli", "__init__", "__main__",
)  # fmt: skip
"""The layers of the source, lowest first. A module imports from lower layers, or from its own; layers in parentheses do not
import each other."""

WHOOSH = "engines.embedded"
"""The package whose modules may import Whoosh."""

RANKS = {
    layer: rank
    for rank, peers in enumerate(LAYERS)
    for layer in (peers if isinstance(peers, tuple) else (peers,))
}
"""The height of each layer, from 0 for the lowest."""

MODULES = sorted(SOURCE.rglob("*.py"))
"""The modules of the source. A test goes through all of them and names those at fault: as a test for each module, the laws
below would be a third of all tests."""


def module_of(file: Path) -> str:
    """Return the name of a module below the package, such as ``query.parser``."""
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def layer_of(module: str) -> str:
    """Return the layer of a module: the longest name of a layer with which the module's name begins."""
    named = [layer for layer in RANKS if module == layer or module.startswith(f"{layer}.")]
    assert named, f"{module} has no layer: put it into LAYERS"
    return max(named, key=len)


@pytest.fixture(scope="module", autouse=True)
def without_garbage_collection() -> Iterator[None]:
    """Keep the trees of all modules out of garbage collection, which would go through their nodes again and again."""
    gc.disable()
    yield
    gc.enable()


@cache
def source_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(source_of(file))


@cache
def nodes(file: Path) -> list[ast.AST]:
    """Return the nodes of the tree of a module."""
    return list(ast.walk(parsed(file)))


@cache
def imports(file: Path) -> list[tuple[ast.stmt, str]]:
    """Return each import statement of a module, with the module that it imports, such as ``newssearch.query.tree``."""
    return list(_imports(file))


def _imports(file: Path) -> Iterator[tuple[ast.stmt, str]]:
    package = ["newssearch", *file.relative_to(SOURCE).parts[:-1]]
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                submodule = SOURCE.parent / Path(*start.split("."), alias.name)
                exists = submodule.is_dir() or submodule.with_suffix(".py").exists()
                yield node, f"{start}.{alias.name}" if exists else start


def names(file: Path) -> list[str]:
    return [name for _, name in imports(file)]


def importers(package: str) -> set[str]:
    """Return the names of the modules that import a package or a module of it."""
    return {
        module_of(file)
        for file in MODULES
        if any(f"{name}.".startswith(f"{package}.") for name in names(file))
    }


def test_imports_point_downward() -> None:
    faults = []
    for file in MODULES:
        here = layer_of(module_of(file))
        for name in names(file):
            if name.split(".")[0] != "newssearch":
                continue
            below = layer_of(name.partition(".")[2] or "__init__")
            if below != here and RANKS[below] >= RANKS[here]:
                faults.append(f"{module_of(file)} imports {name}")
    assert faults == []


def test_the_layers_are_those_that_there_are() -> None:
    assert {layer_of(module_of(file)) for file in MODULES} == set(RANKS)


@pytest.mark.parametrize("module", FORMAT_MODULES, ids=lambda module: module.__name__)
def test_a_format_imports_no_other_format(module: ModuleType) -> None:
    others = {other.__name__ for other in FORMAT_MODULES} - {module.__name__}
    assert module.__file__ is not None
    assert others.isdisjoint(names(Path(module.__file__)))


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {
        module_of(file): {name.partition(".")[2] for name in names(file) if name.startswith("newssearch.")}
        for file in MODULES
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"a circle: {' → '.join((*path, module))}"
        if module not in done:
            for below in graph.get(module, ()):
                visit(below, (*path, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_only_the_engine_knows_whoosh() -> None:
    assert {name for name in importers("whoosh") if not layer_of(name).startswith(WHOOSH)} == set()


def test_only_the_address_of_an_index_chooses_an_engine() -> None:
    """Modules above the engines use only the protocol, except for the import path that Whoosh reads on disk."""
    above = {
        name for name in importers("newssearch.engines.embedded") if not name.startswith("engines.embedded")
    }
    assert above <= {"engines.address", "whoosh_codec"}


def test_only_the_command_line_knows_click() -> None:
    assert {name for name in importers("click") if layer_of(name) != "cli"} == set()


def test_an_import_inside_a_function_says_why() -> None:
    faults = []
    for file in MODULES:
        lines = source_of(file).splitlines()
        functions = [node for node in nodes(file) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in (node for function in functions for node in ast.walk(function)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                statement = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                if not re.search(r"# *\w", statement):
                    faults.append(f"{module_of(file)}, line {node.lineno}: {lines[node.lineno - 1].strip()}")
    assert faults == []


def test_every_module_says_what_it_is_for() -> None:
    assert [module_of(file) for file in MODULES if not ast.get_docstring(parsed(file))] == []


def test_no_module_is_too_long_to_read() -> None:
    assert [module_of(file) for file in MODULES if len(source_of(file).splitlines()) > 600] == []


# ---- names

SHARED_NAMES = {"FORMATS", "parse", "read", "ROUTES", "_log"}
"""The names that several modules define: those of formats and of pages, which tables look up, and the log of a module."""


def top_level_names(tree: ast.Module) -> Iterator[str]:
    """Return the names of the functions, classes and constants that a module defines, private ones included."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_no_top_level_name_is_defined_in_two_modules() -> None:
    """A reader who searches for a name finds only one definition."""
    where: dict[str, list[str]] = {}
    for file in MODULES:
        for name in set(top_level_names(parsed(file))):
            where.setdefault(name, []).append(module_of(file))
    twice = {name: modules for name, modules in where.items() if len(modules) > 1}
    assert {
        name: modules for name, modules in twice.items() if not name.startswith("__")
    }.keys() <= SHARED_NAMES


NOT_THERE = object()


@cache
def is_there(name: str) -> bool:
    """Whether a dotted name is that of a module, or of an object in a module."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:size]))
        except ImportError:
            continue
        return all((found := attribute(found, part)) is not NOT_THERE for part in parts[size:])
    return False


def attribute(owner: object, name: str) -> object:
    """Return an attribute by its name; for classes of newssearch, also one that only instances have."""
    found = getattr(owner, name, NOT_THERE)
    if found is NOT_THERE and isinstance(owner, type) and owner.__module__.startswith("newssearch"):
        of_instances = rf"\b(?:self\.)?{name}\b[^=\n]*[:=]"
        return owner if re.search(of_instances, inspect.getsource(owner)) else NOT_THERE
    return found


def test_references_in_docstrings_lead_somewhere() -> None:
    """Each :class:`…`, :func:`…` and so on names an object of the module, of a package around it, or by its full name."""
    assert {module_of(file): lost for file in MODULES if (lost := lost_references(file))} == {}


def lost_references(file: Path) -> list[str]:
    """Return the names in the docstrings of a module that are those of no object."""
    module = "newssearch" if file == SOURCE / "__init__.py" else f"newssearch.{module_of(file)}"
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    around = [".".join(package.split(".")[:size]) for size in range(1, package.count(".") + 2)]
    classes = [node.name for node in nodes(file) if isinstance(node, ast.ClassDef)]
    scopes = [module, *around, *(f"{module}.{name}" for name in classes), "builtins"]
    found = re.findall(r":(?:mod|class|func|meth|attr|data|exc):`~?([\w.]+)`", source_of(file))
    return [
        name
        for name in found
        if not any(map(is_there, [package + name] if name.startswith(".") else [name, *(f"{scope}.{name}" for scope in scopes)]))
    ]  # fmt: skip


# ---- documents


def documents() -> list[Path]:
    return sorted(
        [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), REPOSITORY / "benchmarks" / "README.md"]
    )


def anchors(file: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), f"{document.name}: {target}"
        assert not anchor or anchor in anchors(file), f"{document.name}: {target}"


@pytest.mark.parametrize("document", documents(), ids=lambda file: file.name)
def test_files_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:src|tests|docs|benchmarks|seeds|scripts)/[\w./-]+)`", text):
        assert (REPOSITORY / name).exists(), f"{document.name}: {name}"


def test_the_readme_tells_every_command_and_option() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for verb, command in every_command().items():
        assert f"newssearch {verb}" in text, verb
        for option in command.params:
            if isinstance(option, click.Option):
                assert any(re.search(rf"(?<![\w-]){re.escape(o)}(?![\w-])", text) for o in option.opts), (
                    f"{verb} {option.opts}"
                )


def test_no_cached_property_holds_a_lock() -> None:
    """That of Python 3.10 and 3.11 has one for all objects, so that threads that search would wait for each other."""
    named = {
        module_of(file)
        for file in MODULES
        for node in nodes(file)
        if isinstance(node, ast.ImportFrom) and node.module == "functools"
        if "cached_property" in {alias.name for alias in node.names}
    }
    assert named == {"system.kept"}
