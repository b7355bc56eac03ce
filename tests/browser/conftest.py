"""A small archive, the server of its page, and Chromium at two widths, in light and in dark, with a script and without.

The tests are skipped where playwright or Chromium is missing: ``pip install 'newssearch[browser]'``, and
``apt-get install chromium-headless-shell``; with ``NEWSSEARCH_BROWSER=1`` they fail there. A test fails if the browser has written anything to its console.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import pytest
import uvicorn

from newssearch import Article, Request, SavedSearch, save_search
from newssearch.web import create_app
from support import THOROUGH, article, index_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The names of browsers. The first has no window of its own, and is several times as fast."""
WIRE = (
    "The dam above the valley was closed on Monday after the heaviest rain in thirty years, the minister said.",
    "Engineers had found a crack in its eastern wall, and eleven villages were told to leave before the evening.",
    "Nobody was hurt, but the road to the capital stayed under water until Thursday, according to the police.",
)
HARBOUR = (
    "The harbour opened again on Friday after divers had lifted the wreck of a ferry from its channel, the port said.",
    "Forty ships had waited outside for nine days, and two of them had turned back with their cargo of oranges.",
    "The owner of the ferry has to pay for the work, which took three cranes and a hundred people, a court decided.",
)

SAVED = (
    SavedSearch(name="rain-of-the-post", query="rain OR flood*", label="Rain, <b>أمطار</b> & wind", request=Request(outlet=["The Post", "The Echo"], section_not="World", since="2023", novel=True)),
    SavedSearch(name="long", query=" OR ".join(f"rain{number}" for number in range(60)), label="w" * 180),
    SavedSearch(name="ferry", query='"ferry" w/20 channel', to=("mail:desk@example.org", "atom:ferry.xml")),
)  # fmt: skip


def _articles() -> list[Article]:
    """Return 30 articles about rain over two years, copies, versions, one in Arabic, one undated, one with markup."""
    outlets = ("The Echo", "The Post", "Farmer & Sons", "Valley Times", "Daily Weather")
    rain = [
        article(
            f"Rain, day {day}: the river rises",
            f"Rain fell on day {day}, and the river rose by {day} centimetres.",
            f"The mayor of town {day} said that the bridge would stay open.",
            date=f"{2023 + day // 15}-{day % 12 + 1:02d}-{day % 27 + 1:02d}",
            outlet=outlets[day % 5], section=("World", "Weather", None)[day % 3], byline="Jane Doe" if day % 2 else None,
        )
        for day in range(30)
    ]  # fmt: skip
    copies = [
        article("Dam closed after rain", *WIRE, date=f"2024-07-2{at}", outlet=outlet, source="Reuters")
        for at, outlet in enumerate(("Valley Times", "The Echo", "The Post"), 1)
    ]
    versions = [
        article("Harbour opens again", *text, date=f"2024-08-0{at}", outlet=outlet, url=f"https://{at}.example/harbour")
        for at, (outlet, text) in enumerate((("Valley Times", HARBOUR), ("The Echo", HARBOUR[:2]), ("The Post", (*HARBOUR, "Nobody else answered."))), 1)
    ]  # fmt: skip
    others = [
        article(f"Elections {number}", f"Voters of district {number} went to the polls.", date=f"2024-0{number}-10", outlet="The Post")
        for number in range(1, 9)
    ]  # fmt: skip
    return [
        *rain,
        *copies,
        *versions,
        *others,
        article("أمطار غزيرة في بغداد", "هطلت أمطار غزيرة على بغداد يوم الأحد، وأغلقت الطرق.", date="2024-03-03", outlet="المدى", lang="ar"),
        article("Interminable " + "o" * 3000, "Rain " + "z" * 3000 + ".", date="2024-05-06", outlet="N" * 300, source="S" * 300),
        article("An undated umbrella", "Rain or not, he carried one."),
        article("<b>Bold</b> & <script>alert(1)</script>", "Rain on <img src=x onerror=alert(2)> markup.", date="2024-05-05", outlet="The \"Q\" <i>Post</i>"),
    ]  # fmt: skip


class Look(NamedTuple):
    """How a page is looked at: the width of the window in pixels, and the colour scheme."""

    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


ALL_LOOKS = [Look(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
LOOKS = ALL_LOOKS if THOROUGH > 1 else [Look(1280, "light"), Look(390, "dark")]
"""Each width and each scheme once; with ``NEWSSEARCH_THOROUGH=2`` or more, each width in each scheme."""
ONE_LOOK = ALL_LOOKS if THOROUGH > 1 else LOOKS[:1]
"""The looks for tests of behaviour that depends on neither width nor scheme."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that ``-m browser`` chooses them."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Start a browser. Skips the test, or fails it, if there is none."""
    missing: Callable[[str], NoReturn] = pytest.fail if os.environ.get("NEWSSEARCH_BROWSER") else pytest.skip
    try:
        from playwright import sync_api  # an extra of its own, which few machines have
    except ModuleNotFoundError:
        missing("playwright is not here: pip install 'newssearch[browser]'")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("Chromium is not here: apt-get install chromium-headless-shell")
    with sync_api.sync_playwright() as playwright:
        # as root, Chromium has no sandbox; /dev/shm may be small
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Index the articles in a folder, serve them on a free port of this machine, and yield the address."""
    index_of(folder, *_articles()).close()
    for search in SAVED:
        save_search(search, folder)
    (folder.parent / "searches" / "broken.toml").write_text('query = "colour:red"\n')
    with socket.create_server(("127.0.0.1", 0)) as listening:  # connections wait until the server takes them
        server = uvicorn.Server(uvicorn.Config(create_app(folder), log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield a browser, one for all tests of a process."""
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a server of the archive."""
    with serving(tmp_path_factory.mktemp("archive") / "index") as address:
        yield address


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Return one look after the other."""
    found: Look = request.param
    return found


def _window(chromium: Browser, served: str, look: Look, script: bool) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=served,
        viewport={"width": look.width, "height": 900},
        color_scheme="dark" if look.scheme == "dark" else "light",
        java_script_enabled=script,
        permissions=["clipboard-read", "clipboard-write"],
    )
    said: list[str] = []
    page = context.new_page()
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    page.set_default_timeout(30_000)
    yield page
    context.close()
    # The browser logs each answer that is an error; the pages that show errors are such answers.
    assert [line for line in said if "the server responded with a status of 4" not in line] == []


@pytest.fixture
def page(chromium: Browser, served: str, look: Look) -> Iterator[Page]:
    """Yield a window in each look, with a script."""
    yield from _window(chromium, served, look, True)


@pytest.fixture(params=ONE_LOOK, ids=str)
def window(chromium: Browser, served: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Yield a window in one look, with a script."""
    yield from _window(chromium, served, request.param, True)


@pytest.fixture
def still(chromium: Browser, served: str, look: Look) -> Iterator[Page]:
    """Yield a window in each look, in which no script runs."""
    yield from _window(chromium, served, look, False)


RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
"""The rules of axe-core that every page is held to."""


RULES_OF_LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules that an element may break in one look and keep in another. A narrow window shows all that a wide one does, and
more: there, a page is held to all rules."""


def accessibility_faults(page: Page) -> list[str]:
    """Return what axe-core finds on a page: the rule, and the elements that break it."""
    from axe_playwright_python.sync_playwright import Axe  # missing where the tests are skipped

    size = page.viewport_size
    narrow = size is None or size["width"] < 640
    options = {
        "runOnly": RULES if narrow or THOROUGH > 1 else {"type": "rule", "values": RULES_OF_LOOKS},
        "resultTypes": ["violations"],
    }  # to describe what passes takes longer than the tests
    answer: dict[str, Any] = Axe().run(page, options=options).response
    return [f"{one['id']}: {node['html'][:120]}" for one in answer["violations"] for node in one["nodes"]]


@contextmanager
def opening(page: Page) -> Iterator[None]:
    """Wait, at the end of the block, until the page to which it leads is complete.

    A click, and a wait for an address, end when the answer begins: what is counted or read then may not be there yet.
    """
    with page.expect_navigation(wait_until="load"):
        yield


def overflow(page: Page) -> int:
    """Return the number of pixels by which a page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found
