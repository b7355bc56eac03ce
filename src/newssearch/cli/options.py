"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from newssearch.fields import FILTERS


class FolderPath(click.Path):
    """The type of a folder's path as an option. It refuses ``""``, which pathlib would take for the working folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path of a folder cannot be empty", param, ctx)
        return super().convert(value, param, ctx)


index_option = click.option(
    "--index", "folder", envvar="NEWSSEARCH_INDEX", default="index", show_default=True, metavar="DIR",
    type=FolderPath(path_type=Path), help="Folder of the index; NEWSSEARCH_INDEX sets it too.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
wait_option = click.option(
    "--wait", default=10.0, show_default=True, type=click.FloatRange(0), metavar="SECONDS",
    help="Seconds to wait for another writer to finish.",
)  # fmt: skip


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that filter articles by their dates and fields."""
    for name, text in reversed(FILTERS.items()):
        command = click.option(
            f"--{name}", multiple=True, metavar="NAME", help=f"{text} Repeat to allow several."
        )(command)
    for name, text in (
        ("on", "Only articles of this date or period."),
        ("until", "Only articles up to the end of this date or period."),
        ("since", "Only articles from this date or period on."),
    ):
        command = click.option(f"--{name}", metavar="DATE", help=text)(command)
    return command
