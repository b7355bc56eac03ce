"""The commands for an index that may be damaged: ``verify`` and ``salvage``."""

from __future__ import annotations

from pathlib import Path

import click

from newssearch.errors import IndexDamagedError

from .combinations import check_verify
from .console import EXIT_REJECTED, show_line, show_lines
from .options import FolderPath, index_option, json_option, wait_option
from .progress import printed_log
from .rendering.formats import json_text
from .rendering.summaries import text_salvage, text_verification


@click.command("verify", short_help="Check the whole index for damage.")
@index_option
@click.option(
    "--sample",
    default=100,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="Number of articles in each segment whose words are compared with their text.",
)
@click.option("--clean", "cleaned", is_flag=True, help="Remove files left over from interrupted runs.")
@wait_option
@json_option
@click.pass_context
def verify_command(
    context: click.Context, /, folder: Path, sample: int, cleaned: bool, wait: float, as_json: bool
) -> int:
    """Check the whole index for damage: checksums, stored texts, and internal consistency.

    Other programs can search and write in the meantime. Exits with 3 if the index is damaged, and with 1 if a file
    cannot be read.
    """
    check_verify(context)
    from newssearch.integrity import verify  # slow to import, and a search needs none of it

    with printed_log():
        found = verify(folder, sample=sample, clean=cleaned, wait=wait)
    if as_json:
        show_line(json_text(found.to_dict()))
    else:
        show_lines(text_verification(found, cleaned=cleaned))
    return IndexDamagedError.exit_code if found.damaged else int(not found.sound)


@click.command("salvage", short_help="Save the readable articles of a damaged index in a new one.")
@click.argument("into", metavar="NEW", type=FolderPath(path_type=Path))
@index_option
@json_option
def salvage_command(into: Path, folder: Path, as_json: bool) -> int:
    """Save the readable articles of a damaged index in the new index NEW.

    The damaged index is not changed. Only complete articles are saved, each as it was indexed; `newssearch index` then
    adds the others again, from their files. Exits with 4 if something was lost.
    """
    from newssearch.integrity import salvage  # slow to import, and a search needs none of it

    with printed_log():
        found = salvage(folder, into)
    if as_json:
        show_line(json_text(found.to_dict()))
    else:
        show_lines(text_salvage(found))
    return EXIT_REJECTED if found.lost or found.problems else 0
