"""The commands, grouped by purpose. Each is imported when it is first used."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, cast

import click


class CommandGroup(NamedTuple):
    """Commands that serve one purpose. ``commands`` maps the name of each to the module that defines it."""

    purpose: str
    commands: dict[str, str]


GROUPS: Sequence[CommandGroup] = (
    CommandGroup(
        "Find",
        {
            "query": "reading",
            "kwic": "context",
            "show": "reading",
            "related": "reading",
            "story": "reading",
            "stories": "stories",
            "coverage": "stories",
        },
    ),
    CommandGroup(
        "Count",
        {"count": "counting", "collocates": "words", "keywords": "words", "words": "words"},
    ),
    CommandGroup(
        "Carry",
        {
            "export": "exporting",
            "review": "reviewing",
            "cite": "exporting",
            "sample": "sampling",
            "receipt": "receipts",
        },
    ),
    CommandGroup(
        "Keep",
        {
            "index": "writing",
            "remove": "writing",
            "tag": "tagging",
            "copy": "copying",
            "info": "reading",
            "verify": "repairing",
            "salvage": "repairing",
        },
    ),
    CommandGroup("Watch", {"save": "saving", "saved": "saving", "alert": "alerts"}),
    CommandGroup("Serve", {"serve": "serving", "mcp": "agents"}),
)
"""All commands, in the order of ``newssearch --help``. Command ``x`` is the object ``x_command`` of its module."""

MODULES = {name: module for group in GROUPS for name, module in group.commands.items()}


class GroupedCommands(click.Group):
    """The program ``newssearch``: it imports only the command that is run, and lists all by purpose."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; None if there is no such command."""
        if cmd_name not in MODULES:
            return None
        module = import_module(f"{__package__}.{MODULES[cmd_name]}")
        return cast("click.Command", getattr(module, f"{cmd_name}_command"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of each group, each with its purpose in a line."""
        widest = max(map(len, MODULES))
        for group in GROUPS:
            rows = []
            for name in group.commands:
                command = self.get_command(ctx, name)
                assert command is not None, "a command of the table"
                rows.append((name.ljust(widest), command.get_short_help_str(formatter.width - widest - 6)))
            with formatter.section(group.purpose):
                formatter.write_dl(rows)
