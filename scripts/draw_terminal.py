"""Draw docs/terminal.svg, a picture of a terminal with the output of the README's first command.

    python scripts/draw_terminal.py

Runs the commands in an empty folder with the sample article. ``tests/test_readme.py`` fails if the picture differs from
the output of these commands in anything but times; then run this script again.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURE = REPOSITORY / "docs" / "terminal.svg"
COMMANDS = ("newssearch index", 'newssearch query "coalition ISIS"')
COLUMNS = 100
CELL_WIDTH, LINE_HEIGHT, MARGIN, TITLE_BAR = 8.4, 19, 16, 34
"""The sizes of the picture in pixels. In most monospaced fonts, a character of 14 pixels is 8.4 wide; ``textLength`` makes
it so in all fonts."""
BEGINS = {"1": "b", "2": "d", "34": "t"}
ENDS = {"0": {"b", "d", "t"}, "22": {"b", "d"}, "39": {"t"}}
"""The classes of the picture that each code of Select Graphic Rendition ends, for the codes that newssearch prints."""
_CODE = re.compile(r"\x1b\[([\d;]*)m")
_TIME = re.compile(r"\d+ ms|[\d.]+ s \([\d,]+ a second\)")


def printed(command: str, folder: Path, columns: int = COLUMNS, colours: bool = True) -> list[str]:
    """Run a command of newssearch on a pseudo-terminal, and return the lines of its standard output."""
    import pty  # not on Windows

    words = shlex.split(command)
    assert words[0] == "newssearch"
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"COLUMNS": str(columns), "LINES": "40", "TERM": "xterm"} | (
        {} if colours else {"NO_COLOR": "1"}
    )
    with subprocess.Popen(
        [sys.executable, "-m", "newssearch", *words[1:]],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
    ) as process:
        os.close(theirs)
        output = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:  # Linux says so at the end
                break
            if not block:
                break
            output += block
    os.close(ours)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return [line.rstrip() for line in output.decode().replace("\r\n", "\n").splitlines()]


def screen(commands: Iterable[str] = COMMANDS) -> list[str]:
    """Return the lines of a terminal after the commands, which run in a new folder with the sample article."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(REPOSITORY / "seeds", Path(folder) / "seeds")
        for command in commands:
            lines += ["", f"\x1b[2m$\x1b[22m \x1b[1m{command}\x1b[22m", *printed(command, Path(folder))]
    return lines[1:]


def without_times(text: str) -> str:
    """Return the text with a placeholder for each time that newssearch measured."""
    return _TIME.sub("TIME", text)


def runs(line: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a line, each with the classes for the codes that apply to it."""
    classes: set[str] = set()
    at = 0
    for code in _CODE.finditer(line):
        if line[at : code.start()]:
            yield line[at : code.start()], " ".join(sorted(classes))
        for number in code[1].split(";"):
            classes = classes - ENDS[number] if number in ENDS else classes | {BEGINS[number]}
        at = code.end()
    if line[at:]:
        yield line[at:], " ".join(sorted(classes))


def draw(lines: Sequence[str]) -> str:
    """Return the picture of a terminal with the given lines. It has a background, so that it is legible on any page."""
    width = round(COLUMNS * CELL_WIDTH + 2 * MARGIN)
    height = TITLE_BAR + len(lines) * LINE_HEIGHT + MARGIN
    dots = "".join(
        f'<circle cx="{20 + 20 * n}" cy="18" r="6" fill="{colour}"/>'
        for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    rows = []
    for row, line in enumerate(lines):
        column = 0
        for text, classes in runs(line):
            x, y = MARGIN + column * CELL_WIDTH, TITLE_BAR + (row + 0.75) * LINE_HEIGHT
            named = f' class="{classes}"' if classes else ""
            rows.append(
                f'<text x="{x:.1f}" y="{y:.1f}" textLength="{len(text) * CELL_WIDTH:.1f}"{named}>{escape(text)}</text>'
            )
            column += len(text)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
            "<title>newssearch on a terminal</title>",
            "<style>",
            "text { font: 14px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d4d4d4; white-space: pre }",
            ".b { font-weight: bold; fill: #fff } .d { fill: #9a9a9a } .t { fill: #6cb6ff }",
            "</style>",
            f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="#1e1e1e" stroke="#8884"/>',
            dots,
            *rows,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(screen()), "utf-8")
    print(PICTURE.relative_to(REPOSITORY))
