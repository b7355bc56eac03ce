"""The command ``serve``, which opens the page, the API and the tools of an archive to browsers and programs."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from newssearch.display import escape
from newssearch.display.index_address import index_address
from newssearch.errors import IndexNotFoundError, NewssearchError
from newssearch.index import open_index
from newssearch.system.input_files import read_input_file

from .console import EXIT_REJECTED, show_line
from .options import index_option
from .writing import DEFAULT_PATHS, index_command

if TYPE_CHECKING:
    from newssearch.web.settings import ServerSettings

SECRET_NEEDED = (
    "opens the archive to other machines. Write a long random text into a file that only you can read, and add"
    " --token-file FILE (for programs and people) or --password-file FILE (for people). Without --host, only this machine"
    " reaches the server"
)
"""The remedy for an address that other machines reach, after the name of the option."""


class SecretFile(click.Path):
    """A file whose first line is a secret. The value of the option is the secret."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False, exists=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        file = cast("Path", super().convert(value, param, ctx))
        try:
            secret = read_input_file(file).decode().partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or error
            self.fail(f"{value} cannot be read: {reason}", param, ctx)
        if not secret:
            self.fail(f"the first line of {value} is empty", param, ctx)
        return secret


@click.command("serve", short_help="Serve a page and an HTTP API for the archive.")
@index_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="Address to listen on. Any but those of this machine needs a token or password.",
)  # fmt: skip
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), metavar="N", help="Port to listen on; 0 for a free one."
)  # fmt: skip
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--token-file", "token", type=SecretFile(), metavar="FILE", help="File with a token, which programs send with each request."
)  # fmt: skip
@click.option(
    "--password-file", "password", type=SecretFile(), metavar="FILE", help="File with a password, with which people log in."
)  # fmt: skip
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="Name under which the server is reached, such as news.example.org. Repeatable."
)  # fmt: skip
@click.option(
    "--allow-origin", "origins", multiple=True, metavar="ORIGIN",
    help="Origin, such as https://example.org, whose pages may use the API; * for all. Repeatable.",
)  # fmt: skip
@click.option(
    "--root-path", default="", metavar="PATH", help="Prefix under which a reverse proxy serves the page."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    metavar="N",
    help="Processes that serve.",
)
@click.option(
    "--time-limit", default=5.0, show_default=True, type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Longest search."
)  # fmt: skip
@click.option("--show-paths", is_flag=True, help="Show where articles were read from.")
@click.option(
    "--read-only", is_flag=True, help="Let nobody save searches, or change tags and notes, over HTTP."
)
@click.option("--log-queries", is_flag=True, help="Write to the log what people search for.")
@click.option("-q", "--quiet", is_flag=True, help="Log no requests.")
@click.option("--yes", is_flag=True, help="If there is no index, index the folder seeds/ without asking.")
@click.pass_context
def serve_command(
    context: click.Context,
    /,
    folder: Path,
    host: str,
    port: int,
    opens: bool,
    workers: int,
    quiet: bool,
    yes: bool,
    **given: Any,
) -> int:
    """Serve a page, an HTTP API and tools for language models, until the program is interrupted.

    Searches without outputs can be saved and removed over HTTP, and tags and notes changed: with the token or password, or
    if the server has neither, from this machine. Nothing else can be written. The address of the page is printed as soon as it can be opened, and requests are logged on standard error, without what
    was searched for. The newest commit of the index is shown, also of one that is being updated.
    """
    try:
        from newssearch.web.security.hosts import is_loopback  # an extra, which no other command needs
        from newssearch.web.server.serving import run_server  # the same
    except ModuleNotFoundError as error:
        raise NewssearchError(f"serve needs {error.name}: pip install 'newssearch[web]'") from None
    settings = _settings(folder, host, given)
    if not (is_loopback(host) or settings.token or settings.password):
        raise click.UsageError(f"--host {escape.terminal(host)} {SECRET_NEEDED}.")
    if code := _index_if_missing(context, folder, yes):
        return code

    def show(address: str) -> None:
        show_line(address)
        sys.stdout.flush()
        if sys.stderr.isatty():
            click.echo("Ctrl-C ends the server.", err=True)
        if opens:
            import webbrowser  # only this option needs it

            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    run_server(settings, host, port, workers=workers, quiet=quiet, ready=show)
    return 0


def _settings(folder: Path, host: str, given: dict[str, Any]) -> ServerSettings:
    """Return the settings that the options state. Raises UsageError."""
    from newssearch.web.security.hosts import stated_host  # an extra, which no other command needs
    from newssearch.web.settings import ServerSettings  # the same

    named = (host,) if stated_host(host) == host.lower() else ()
    given |= {name: given[name] or "" for name in ("token", "password")}
    given["hosts"] = (*given["hosts"], *named)
    try:
        return ServerSettings(index=folder, **given)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _index_if_missing(context: click.Context, folder: Path, yes: bool) -> int:
    """Index the sample if there is no index and the user agrees. Return the exit code if that failed, else 0."""
    try:
        open_index(folder).close()
        return 0
    except IndexNotFoundError:
        paths = [path for path in DEFAULT_PATHS if Path(path).is_dir()]
        if not paths:
            raise
    if not yes:
        if not sys.stdin.isatty():
            message = f"there is no index in {index_address(folder)} yet: `newssearch index` makes one of {paths[0]}/, and so does --yes"
            raise IndexNotFoundError(message, folder) from None
        if not click.confirm(
            f"There is no index in {escape.terminal(index_address(folder))} yet. Index {paths[0]}/ now?",
            err=True,
            default=True,
        ):
            raise click.exceptions.Exit(IndexNotFoundError.exit_code)
    code = context.invoke(index_command, folder=folder)
    return 0 if code == EXIT_REJECTED else int(code)
