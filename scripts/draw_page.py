"""Draws docs/page.png, the picture of the page in README: ``python scripts/draw_page.py``.

The archive in the picture is invented. It needs the extras ``web`` and ``browser``, and Chromium.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright import sync_api

import newssearch
from newssearch import Article
from newssearch.web import create_app

PICTURE = Path(__file__).parent.parent / "docs" / "page.png"
PROGRAMS = ("chromium-headless-shell", "chromium", "google-chrome")
SIZE = {"width": 1280, "height": 780}
QUERY = "/?q=flood+w%2F10+%28dam+OR+river%29"
FIRST_DAY, DAYS = dt.date(2021, 3, 1), 1_300
OUTLETS = {
    "Valley Courier": "Lowmarsh",
    "The Harbour Post": "Port Ansel",
    "Evening Mercury": "Carrow",
    "Northern Echo Weekly": "Brae",
}
BYLINES = ("Ada Winslow", "Tomas Reed", "Imogen Hale", "Josef Lindqvist")
SECTIONS = ("Local", "Weather", "Politics", "Business")
STORIES = (
    ("Engineers open the upper dam as the river passes its flood mark", (
        "Engineers opened two gates of the upper dam before dawn on Tuesday, after the river had passed its flood mark for the second time this month.",
        "The water board said that the lake behind the dam held more than at any time since it was filled, and that the gates would stay open until the weekend.",
        "Three villages below the dam were told to move cattle to higher ground. Nobody was hurt.")),
    ("Council votes for a second flood gate on the river Carrow", (
        "The council voted by a narrow margin for a second flood gate on the river, which is to be built within four years.",
        "Its opponents had asked for meadows that may flood instead, as the university had proposed in its report.",
        "The gate will cost more than the three bridges that the last flood carried away, the treasurer said.")),
    ("Who pays for the bridge? A flood leaves two towns in dispute", (
        "Since the flood carried the old bridge away, the two towns on either bank of the river have argued about who is to build the next one.",
        "A court heard both sides on Thursday and asked for the accounts of the toll house, which go back to 1871.")),
    ("Insurers stop covering houses between the dam and the sea", (
        "Two insurers will no longer cover houses on the plain between the dam and the sea, where a flood is to be expected every nine years.",
        "Owners have until the end of the year to find another insurer, or to raise their ground floors.")),
    ("School reopens after flood: lessons in the boat house", (
        "The school beside the river opened again on Monday, six weeks after the flood, with two classes in the boat house.",
        "Parents had cleared the gymnasium of mud by hand.")),
    ("Salmon return to the river below the new fish ladder", (
        "Salmon have come back to the river below the dam, a year after the fish ladder was opened.",
        "Biologists counted four hundred in one week.")),
    ("Ferry timetable changes with the tide tables", (
        "The ferry will run by the tide from April on, the port announced.", "Commuters asked for an earlier boat.")),
    ("Library lends seeds and tools for spring gardens", (
        "The library lends spades, seeds and a wheelbarrow from this week on.", "The idea came from a reader.")),
)  # fmt: skip
TIMES = ("", "Update: ", "Analysis: ", "A year on: ", "Letters: ", "In brief: ")


def invented_articles() -> Iterator[Article]:
    """Yield some two hundred articles of four outlets over three and a half years: more in two wet seasons."""
    chance = random.Random(7)
    for number in range(240):
        title, text = STORIES[chance.randrange(len(STORIES))]
        outlet = chance.choice([*OUTLETS])
        day = chance.randrange(DAYS)
        if number % 3:
            day = int(chance.gauss(chance.choice((330, 1_020)), 60)) % DAYS
        yield Article.create(
            title=f"{TIMES[number % len(TIMES)] if number >= len(STORIES) else ''}{title}",
            text=[*text, f"The {outlet} wrote about this in its issue {number + 1:,}."],
            date=(FIRST_DAY + dt.timedelta(day)).isoformat(),
            outlet=outlet, located=OUTLETS[outlet], byline=chance.choice(BYLINES), section=chance.choice(SECTIONS),
            lang="en", url=f"https://{outlet.lower().replace(' ', '-')}.example/{number}",
        )  # fmt: skip


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Yield the address of a server of the archive in a folder."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(folder), log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def main() -> None:
    """Draw the picture."""
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "index"
        with newssearch.create(folder) as index:
            index.add(invented_articles())
        with serving(folder) as address, sync_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            for _ in range(3):  # the first time, all is read from the disk
                page.goto(address + QUERY)
            page.screenshot(path=PICTURE)
            browser.close()


if __name__ == "__main__":
    main()
