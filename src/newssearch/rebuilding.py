"""A new index made of the files that there are, in place of the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from . import arguments, files
from .config import Config
from .engines.embedded import EmbeddedStore
from .indexing import Indexer, IndexReport, Progress
from .manifest import FILE_NAME, Manifest
from .readers import ReadOptions, chosen_settings


def rebuild(
    folder: str | Path,
    paths: str | Path | Iterable[str | Path],
    *,
    options: ReadOptions | None = None,
    config: Config | None = None,
    stream: BinaryIO | None = None,
    wait: float = 10.0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> IndexReport:
    """Make the index in ``folder`` anew from files, and let it take the old one's place when it is whole.

    Until then the old one can be searched; where the run is stopped or fails, or finds no article, it stays as it was.
    Nothing of the old index is read, so that one of an older format, or a damaged one, can be made anew too.
    """
    store = EmbeddedStore(arguments.path("folder", folder))
    wanted = arguments.paths("paths", paths)
    archive = store.folder.absolute().parent
    chosen, options = chosen_settings(archive, config, options)
    arguments.function("stop", stop)
    arguments.function("progress", progress)
    arguments.stream("stream", stream)
    arguments.seconds("wait", wait)
    lock = store.lock_or_make(wait)
    try:
        new = store.begin_rebuild((FILE_NAME,))
        try:
            writer = new.writer(0.0)
            try:
                run = Indexer(
                    writer,
                    Manifest(),
                    lambda manifest: new.write_extra(FILE_NAME, manifest.dump()),
                    options,
                    stop=stop,
                    progress=progress,
                )
                run.read_files(files.find(wanted, archive, store.folder, chosen.exclude))
                if stream is not None:
                    run.read_stream(stream)
                report = run.finish()
            finally:
                writer.close()
            if report.added and not report.interrupted:
                lock.check()
                store.finish_rebuild(new, (FILE_NAME,))
            return report
        finally:
            store.discard_rebuild(new)
    finally:
        lock.release()
