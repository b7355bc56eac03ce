"""Records for a receipt: the searches of a command, the files that it reads, and a digest of its output."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from newssearch.errors import ReceiptError
from newssearch.fields import COLUMNS_OF_TAGS, TAG
from newssearch.system import atomic_files
from newssearch.system.frozen import FrozenDict
from newssearch.system.input_files import is_open_input, read_input_file
from newssearch.system.real_paths import is_same_file

from .console import OutputClosed, without_surrogates
from .options import OutputFile
from .rendering.formats import json_text
from .rendering.tables import ENDINGS

if TYPE_CHECKING:
    from newssearch.corpus.receipt import Receipt
    from newssearch.corpus.records import OutputRecord
    from newssearch.facets import FacetValues
    from newssearch.index import Index
    from newssearch.query import Node, Query
    from newssearch.request import Request
    from newssearch.results import Hit

UNRECORDED = frozenset({"folder", "receipt", "output", "exit_code", "timeout"})
"""The parameters of commands that a receipt leaves out, because they change neither the results nor their presentation."""

FORMAT_KEY = "newssearch.format"
"""The key of a context's ``meta`` for the format of the output, if the name of the file does not state it."""


class Recorder:
    """Collects the parts of a command's receipt. With ``before``, the command is run again to check that receipt."""

    def __init__(self, before: Receipt | None = None) -> None:
        self.before = before
        self.clock = before.clock if before is not None else dt.datetime.now()
        self._inputs: dict[str, str] = {}
        self._output: OutputRecord | None = None
        self.drawn = ""
        """A description of the random sample that is shown; "" if all results are."""
        self._receipt: Receipt | None = None

    def search(
        self,
        index: Index,
        query: str | Query | Node,
        request: Request,
        name: str = "",
        *,
        timeout: float | None = None,
    ) -> None:
        """Record a search of the command with its options.

        Its results are looked up again, for at most ``timeout`` seconds.
        """
        request = request.replace(now=self.clock)
        self._receipt = index.receipt(query, request, timeout=timeout, add_to=self._receipt, name=name)

    def read(self, option: str, file: Path) -> str:
        """Return the text of a file that an option names, ``-`` for standard input; in a check, the text in the receipt."""
        if self.before is not None:
            if option not in self.before.inputs:
                raise ReceiptError(f"the receipt has no content of {option}")
            return self.before.inputs[option]
        text = text_of(file)
        self._inputs[option] = text
        return text

    def output(self, lines: Iterable[str]) -> None:
        """Compute a digest of the output from lines of JSON, which must not contain anything that a rebuild of the
        index changes.
        """
        from newssearch.corpus.records import OutputRecord  # only receipts need it

        digest = _LinesDigest()
        for line in lines:
            digest.add(line)
        self._output = OutputRecord(digest.lines, digest.hexdigest())

    def hits(
        self,
        hits: Iterable[Hit],
        facets: Iterable[FacetValues] = (),
        *,
        said: Collection[str] = COLUMNS_OF_TAGS,
    ) -> None:
        """Compute two digests: of the hits and facets of the output, and of the tags that it shows.

        ``said`` names what the output shows of the tags of a hit and the notes on it.
        """
        from newssearch.corpus.records import OutputRecord  # only receipts need it

        output, tags = _LinesDigest(), _LinesDigest()
        for hit in hits:
            row = {"id": hit.id, "paragraph": hit.paragraph, "score": hit.score, "text": hit.text}
            output.add(json_text(row, indent=None))
            shown = {"tags": list(hit.tags), "notes": [note.to_dict() for note in hit.notes]}
            if any(shown[name] for name in said):
                tags.add(json_text({"id": hit.id, **{name: shown[name] for name in said}}, indent=None))
        for facet in facets:
            counts = {"facet": facet.name, **facet.to_dict(), "values": [one.to_dict() for one in facet]}
            (tags if facet.name == TAG else output).add(json_text(counts, indent=None))
        of_tags = tags.hexdigest() if tags.lines else ""
        self._output = OutputRecord(output.lines, output.hexdigest(), of_tags)

    def receipt(self, command: str, arguments: Sequence[str]) -> Receipt:
        """Return the receipt of the command, after it has ended."""
        if self._receipt is None:
            raise ReceiptError(f"`newssearch {command}` made no search")
        return replace(
            self._receipt,
            command=command,
            arguments=tuple(arguments),
            inputs=FrozenDict(self._inputs if self.before is None else self.before.inputs),
            output=self._output,
            drawn=self.drawn,
        )


class _LinesDigest:
    """The SHA-256 of lines, each followed by a newline, and their number."""

    def __init__(self) -> None:
        import hashlib  # slow to import, and only receipts need it

        self._digest = hashlib.sha256()
        self.lines = 0

    def add(self, line: str) -> None:
        """Add a line."""
        self._digest.update(f"{line}\n".encode("utf-8", "backslashreplace"))
        self.lines += 1

    def hexdigest(self) -> str:
        """Return the digest of the lines as hexadecimal digits."""
        return self._digest.hexdigest()


current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


def recorder() -> Recorder | None:
    """Return the recorder of the current command; None if it neither writes nor checks a receipt."""
    return current.get()


def clock() -> dt.datetime | None:
    """Return the time to which relative dates of the command refer; None for the present."""
    recording = recorder()
    return recording.clock if recording is not None else None


def read_input(option: str, file: Path) -> str:
    """Return the text of a file that an option of the command names; the file ``-`` is standard input."""
    recording = recorder()
    if recording is None or recording.before is None:
        _check_not_written(option, file)
    return recording.read(option, file) if recording is not None else text_of(file)


def _check_not_written(option: str, file: Path) -> None:
    """Raise UsageError for a file of input that the command would also write."""
    written = click.get_current_context().params
    for one in ("receipt", "output"):
        if (target := written.get(one)) is not None and is_same_file(target, file):
            named = option.partition(" ")[0].removesuffix("_file")
            raise _one_file(one, named, target)


def _one_file(one: str, other: str, file: Path) -> click.UsageError:
    return click.UsageError(f"--{one} and --{other} name one file, {file}: give each its own.")


def is_input(option: str, file: Path) -> bool:
    """Whether an option for names or files is given a file; in a check, whether it was when the receipt was made."""
    recording = recorder()
    if recording is not None and recording.before is not None:
        return option in recording.before.inputs
    return file.is_file() or file.is_fifo() or is_open_input(file)


def text_of(file: Path) -> str:
    """Return the text of a file; that of standard input for ``-``. Raises OSError."""
    content = sys.stdin.buffer.read() if str(file) == "-" else read_input_file(file)
    return content.decode("utf-8-sig", "replace")


def with_receipt(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--receipt FILE`` to a command. The decorator stands below all other options, directly above the function.

    The function passes its searches and its output to :func:`recorder`.
    """

    @click.option(
        "--receipt",
        type=OutputFile(),
        metavar="FILE",
        help="Write a receipt: what was asked, of which commit, and what was found. `newssearch receipt` checks it.",
    )
    @wraps(function)
    def recorded(*positional: Any, receipt: Path | None, **options: Any) -> Any:
        if receipt is None or recorder() is not None:
            return function(*positional, **options)
        context = click.get_current_context()
        output = options.get("output")
        if output is not None and is_same_file(receipt, output):
            raise _one_file("receipt", "output", receipt)
        recording = Recorder()
        token = current.set(recording)
        closed: OutputClosed | None = None
        result = None
        try:
            result = function(*positional, **options)
        except OutputClosed as error:  # the digest covers the whole output
            closed = error
        finally:
            current.reset(token)
        made = recording.receipt(str(context.info_name), arguments_of(context))
        content = made.to_json().encode("utf-8", "backslashreplace")
        atomic_files.replace(receipt.resolve(), content)  # a link stays, and leads to the receipt
        if closed is not None:
            raise closed
        return result

    return recorded


def arguments_of(context: click.Context) -> list[str]:
    """Return the arguments of a command that affect its result, in a form that can be typed again.

    A file is replaced by its format, on which the rows of a table depend; the rows of a spreadsheet are those of CSV.
    """
    file = context.params.get("output")
    said = context.meta.get(FORMAT_KEY)
    if said is None and file is not None:
        said = ENDINGS.get(file.suffix.lower(), "csv")
    found = [] if said is None else ["--format", said]
    last: list[str] = []
    for parameter in context.command.get_params(context):
        name = str(parameter.name)
        if (
            name in UNRECORDED
            or (name == "format_" and said is not None)
            or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE
        ):
            continue
        value = context.params[name]
        if isinstance(parameter, click.Argument):
            words = value if isinstance(value, tuple) else (value,)
            last += map(str, words)
        elif isinstance(parameter, click.Option):
            found += _typed(parameter, value)
    last = [without_surrogates(word) for word in last]
    return [*found, *(["--"] if any(word.startswith("-") for word in last) else []), *last]


def _typed(option: click.Option, value: Any) -> Iterator[str]:
    """Yield an option and its value as they can be typed."""
    name = max(option.opts, key=len)
    if option.is_flag:
        if isinstance(value, bool) and not option.secondary_opts and option.flag_value in (True, False):
            yield name  # the only way to give this value
        elif isinstance(value, bool) and option.secondary_opts:
            yield name if value else max(option.secondary_opts, key=len)
        else:
            yield name
    elif isinstance(value, dict):  # --where: the values of each field
        for field, values in value.items():
            for one in values:
                yield from (name, f"{field}={one}")
    else:
        for one in value if isinstance(value, tuple) else (value,):
            yield from (name, without_surrogates(str(one)))
