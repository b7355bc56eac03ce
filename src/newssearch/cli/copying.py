"""The command ``copy``, which copies an index to another place."""

from __future__ import annotations

from pathlib import Path

import click

from .console import show_line, show_lines
from .options import FolderPath, json_option, wait_option
from .progress import printed_log, progress_bar, stoppable
from .rendering.formats import json_text
from .rendering.summaries import text_copy


@click.command("copy", short_help="Copy an index to another folder, or to a cluster and back.")
@click.argument("source", metavar="FROM", type=FolderPath(path_type=Path))
@click.argument("into", metavar="TO", type=FolderPath(path_type=Path))
@wait_option
@json_option
def copy_command(source: Path, into: Path, wait: float, as_json: bool) -> int:
    """Copy the index FROM to TO: folders, or addresses on a cluster. The files of the articles are not needed.

    Each article keeps its id, its versions and the time when it came into the index. At the end the numbers, the files and the
    digest of both are compared. Repeat the command to continue a copy that was interrupted, or to bring a copy up to date.
    """
    from newssearch.copying import copy  # slow to import, and a search needs none of it

    with stoppable() as stop, progress_bar("copying") as progress, printed_log():
        report = copy(source, into, wait=wait, stop=stop, progress=progress)
    if as_json:
        show_line(json_text(report.to_dict()))
    else:
        show_lines(text_copy(report))
    return stop.exit_code if report.interrupted else 0
