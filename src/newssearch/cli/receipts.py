"""The command ``receipt``: it checks the receipt of a command, or describes it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from newssearch.corpus.receipt import SHOWN_TAGS_DIGEST, TAGS_DIGEST, Difference, Receipt
from newssearch.display import escape
from newssearch.errors import ReceiptError

from .console import show_line
from .options import index_option, json_option, timeout_option
from .recording import UNRECORDED, Recorder, current, text_of
from .rendering.formats import json_text


@click.group("receipt", short_help="Check a receipt against the index, or describe it for a methods section.")
def receipt_command() -> None:
    """Check a receipt that `--receipt FILE` has written, or describe it."""


def _load(file: Path) -> Receipt:
    try:
        return Receipt.from_json(text_of(file))
    except ReceiptError as error:
        raise ReceiptError(f"{file}: {error}") from None


_file_argument = click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)


@receipt_command.command("check", short_help="Run the command of a receipt again, and say what differs.")
@_file_argument
@index_option
@timeout_option
@json_option
def check_command(file: Path, folder: Path, timeout: float | None, as_json: bool) -> int:
    """Run the command of the receipt FILE again on the index, at the same clock, and say what differs.

    Exit code 0 if the index has the same content and the searches find and show the same; 1 if anything differs.
    Versions of programs that differ are only said.
    """
    before = _load(file)
    after = rerun(before, folder, timeout)
    found = before.differences(after)
    of_versions = [one for one in found if one.what.startswith("version of ")]
    others = [one for one in found if one not in of_versions]
    if as_json:
        value = {
            "same": not others,
            "differences": [one._asdict() for one in found],
            "receipt": before.to_dict(),
            "now": after.to_dict(),
        }
        show_line(json_text(value))
        return 1 if others else 0
    for one in others:
        shown = "the tags or notes shown with the results" if one.what == SHOWN_TAGS_DIGEST else str(one)
        show_line(f"different: {escape.terminal(shown)}")
    if _is_of_tags(others):
        show_line("note: the tags or notes of articles have changed since then")
    for one in of_versions:
        show_line(f"note: {escape.terminal(str(one))}")
    if not others:
        show_line(f"the same: index content {after.commit.digest[:12]}…, articles found, counts and output")
    return 1 if others else 0


def _is_of_tags(differences: Sequence[Difference]) -> bool:
    """Whether differences show that the tags or notes of articles have changed.

    Other articles also show other tags: the digest of the tags in the output is a sign only if nothing else differs.
    """
    of_tags = [one.what for one in differences if one.what.startswith(TAGS_DIGEST)]
    return bool(of_tags) and (of_tags[0] != SHOWN_TAGS_DIGEST or len(differences) == 1)


@receipt_command.command("text", short_help="Write the paragraph for a methods section.")
@_file_argument
def text_command(file: Path) -> int:
    """Write a paragraph for the methods section of a paper, with what PRISMA-S asks of a search of a database."""
    show_line(escape.terminal(_load(file).text()))
    return 0


def rerun(before: Receipt, folder: Path, timeout: float | None = None) -> Receipt:
    """Run the command of a receipt again on the index in ``folder``, without output, and return its new receipt.

    Each of its searches is stopped after ``timeout`` seconds; None for no limit. Raises :class:`~newssearch.ReceiptError`
    for a receipt that names another command, or arguments that it does not take.
    """
    if not before.command:
        raise ReceiptError("the receipt was made by a program, and names no command to run again")
    recording = Recorder(before)
    token = current.set(recording)
    try:
        with contextlib.redirect_stdout(_Nowhere()), contextlib.redirect_stderr(_Nowhere()):
            context = _context(before)
            context.params |= {"folder": folder, "timeout": timeout}
            with context:
                context.command.invoke(context)
    finally:
        current.reset(token)
    return recording.receipt(before.command, before.arguments)


def _context(before: Receipt) -> click.Context:
    """Return the context of the command of a receipt, whose arguments are parsed again.

    A receipt may come from a stranger. Only commands with ``--receipt`` are run, none of which writes, and no
    argument that receipts leave out is accepted.
    """
    parent = click.get_current_context().find_root()
    group = parent.command
    command = group.get_command(parent, before.command) if isinstance(group, click.Group) else None
    if command is None or not any(parameter.name == "receipt" for parameter in command.params):
        raise ReceiptError(f"the receipt names {before.command!r}, which is no command that has receipts")
    try:
        context = command.make_context(before.command, list(before.arguments), parent=parent)
    except (click.ClickException, click.exceptions.Exit) as error:
        reason = error.format_message() if isinstance(error, click.ClickException) else "it asks for help"
        raise ReceiptError(f"the arguments of the receipt are not accepted: {reason}") from None
    for name in UNRECORDED & {*context.params}:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise ReceiptError(f"the receipt names the option {name}, which no receipt has")
    return context


class _Nowhere(io.StringIO):
    """A stream that discards what is written to it."""

    def write(self, text: str) -> int:
        """Return the number of characters, as if they were written."""
        return len(text)
