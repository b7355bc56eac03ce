"""The command group ``newssearch``, and its process: standard streams, errors and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from newssearch._version import __version__
from newssearch.display import escape
from newssearch.errors import NewssearchError, QueryError

from . import garbage
from .console import EXIT_INTERRUPTED, OutputClosed, discard_output, is_closed, print_bug, print_caret
from .groups import GroupedCommands

_SHORT_COMMANDS = frozenset({"query", "show", "related", "story", "info"})
"""The commands that end before much garbage accumulates."""


@click.group(
    cls=GroupedCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="newssearch")
def cli() -> None:
    """Full-text search for news archives.

    `newssearch index` reads articles and splits them into paragraphs; `newssearch query` searches them.
    """
    if click.get_current_context().invoked_subcommand not in _SHORT_COMMANDS:
        garbage.collect_as_usual()


def _print_error(error: NewssearchError) -> int:
    """Print an error on standard error, and return its exit code."""
    click.echo(f"error: {escape.terminal(str(error))}", err=True)
    if isinstance(error, QueryError):
        print_caret(error.query, error.start, error.end)
    return error.exit_code


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of this process. Return its exit code: see :mod:`newssearch.errors`."""
    if sys.stdout is None:  # the process was started with standard output closed
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  (for as long as the process)
    for stream in (sys.stdout, sys.stderr):
        # Newlines are written as they are: CSV has its own, on Windows too.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    try:
        code = cli.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="newssearch",
            standalone_mode=False,
            windows_expand_args=False,  # `iraq*` is a query; `index` expands globs itself
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.NoSuchOption as error:
        error.show()
        if error.ctx is not None and error.ctx.command.name == "query":
            click.echo(
                'If the query starts with "-", put "--" before it: newssearch query -- -syria', err=True
            )
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as error:
        if isinstance(error.__cause__, EOFError):  # click takes any EOFError for the end of standard input
            print_bug(error.__cause__)
            return NewssearchError.exit_code
        click.echo("aborted", err=True)
        return EXIT_INTERRUPTED
    except NewssearchError as error:
        return _print_error(error)
    except OutputClosed:
        discard_output()
        return 0
    except MemoryError:
        click.echo("error: not enough memory", err=True)
        return NewssearchError.exit_code
    except OSError as error:  # for example: standard output goes to a full disk
        discard_output()
        if is_closed(error):
            return 0
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {escape.terminal(f'{where}{error.strerror or error}')}", err=True)
        return NewssearchError.exit_code
    except Exception as error:
        print_bug(error)
        return NewssearchError.exit_code
