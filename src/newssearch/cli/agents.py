"""The command ``mcp``, which serves an archive to a language model."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import click

from newssearch.errors import NewssearchError
from newssearch.index import open_index

from .console import EXIT_INTERRUPTED
from .options import index_option


@click.command("mcp", short_help="Let a language model search the archive, over standard input and output.")
@index_option
@click.option(
    "--timeout", default=5.0, show_default=True, type=click.FloatRange(0, min_open=True), metavar="SECONDS",
    help="Longest search of one call.",
)  # fmt: skip
def mcp_command(folder: Path, timeout: float) -> None:
    """Serve the archive to a program that runs a language model, by the Model Context Protocol (MCP).

    The program starts this command and speaks with it over standard input and output. All tools only read: search, read and
    compare articles, count them, show words in context. Needs the extra newssearch[mcp]; docs/agents.md says how to set
    it up in common programs, and what to be careful about.
    """
    try:
        from newssearch.mcp import newest_of, server  # an extra, and slow to import
    except ImportError as error:
        raise NewssearchError(
            f"serving a language model needs the package mcp, version 2.3 or later: pip install 'newssearch[mcp]' ({error})"
        ) from None
    with open_index(folder) as index:
        made = server(newest_of(index), timeout=timeout)
        if sys.stdin.isatty():
            click.echo(
                "newssearch mcp is started by a program that runs a language model, and waits for its messages on standard"
                " input: see docs/agents.md. Ctrl-C ends it.",
                err=True,
            )
        # A thread that waits for standard input would delay an exit by exception. Nothing is left undone, because
        # tools only read.
        before = signal.signal(signal.SIGINT, lambda *_: os._exit(EXIT_INTERRUPTED))
        try:
            made.run("stdio")
        finally:
            signal.signal(signal.SIGINT, before)
