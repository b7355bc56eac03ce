"""Pictures of every page, to look at: ``cd tests && python -m browser.screens FOLDER [ADDRESS]``.

They show the archive of the tests, or that of a server which runs at the address. Nothing compares them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .conftest import Look, serving, started_chromium
from .test_search_in_browser import PAGES

SCREENS = [Look(width, scheme) for width in (390, 1280, 1920) for scheme in ("light", "dark")]


def take_pictures(folder: Path, address: str) -> None:
    """Write a picture of each page in each look into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with started_chromium() as browser:
        for look in SCREENS:
            context = browser.new_context(
                viewport={"width": look.width, "height": 900},
                color_scheme="dark" if look.scheme == "dark" else "light",
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(address + path)
                page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
            context.close()


def main() -> None:
    """Take the pictures."""
    folder = Path(sys.argv[1])
    if len(sys.argv) > 2:
        take_pictures(folder, sys.argv[2])
        return
    with tempfile.TemporaryDirectory() as made, serving(Path(made) / "index") as address:
        take_pictures(folder, address)


if __name__ == "__main__":
    main()
