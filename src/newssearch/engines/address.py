"""The choice of an engine by the address of an index: the path of a folder, or ``scheme://…``.

To add an engine, write a class that is a :class:`~newssearch.engines.protocol.Store` and name it in :data:`ENGINES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from newssearch import arguments
from newssearch.display.index_address import INDEX_SCHEME, index_address
from newssearch.errors import ConfigError

from .protocol import Store


def _embedded(address: str) -> Store:
    from .embedded.store import EmbeddedStore  # an engine is imported only when one of its indexes is opened

    return EmbeddedStore(Path(address))


def _opensearch(address: str) -> Store:
    from .opensearch.store import OpenSearchStore  # as above

    return OpenSearchStore(address)


FOLDER = "folder"
"""The key in :data:`ENGINES` of the embedded engine, whose addresses are paths of folders without a scheme."""

ENGINES: Mapping[str, Callable[[str], Store]] = {
    FOLDER: _embedded, "opensearch": _opensearch, "opensearch+http": _opensearch
}  # fmt: skip
"""Maps each scheme to the function that returns the store at an address. The function opens no index."""


_CORRECT_SCHEMES = {
    "http": "opensearch+http",
    "https": "opensearch",
    "opensearch+https": "opensearch",
    "opensearchs": "opensearch",
}
"""Maps schemes that people type by mistake to those of newssearch."""


def store_at(name: str, address: str | Path) -> Store:
    """Return the store at an address, which need not hold an index yet.

    ``name`` is the name of the caller's argument, for messages. Raises TypeError if the address is neither a string
    nor a path, and :class:`~newssearch.ConfigError` if its scheme is unknown or lacks slashes, or the address is
    incomplete.
    """
    path = index_address(arguments.path(name, address))
    scheme = INDEX_SCHEME.match(path)
    if scheme is None:
        before, colon, _ = path.partition(":")
        if colon and before.lower() in ENGINES:
            raise ConfigError(
                f"an address on a cluster has two slashes: write it as {before.lower()}://HOST:PORT/NAME"
            )
        return ENGINES[FOLDER](path)
    known = scheme[1].lower()
    engine = ENGINES.get(known)
    if engine is None:
        if known in _CORRECT_SCHEMES:
            raise ConfigError(
                f"an index has no address with {known}://; write {_CORRECT_SCHEMES[known]}://HOST:PORT/NAME"
            )
        schemes = "".join(f", or begins with {one}://" for one in ENGINES if one != FOLDER)
        raise ConfigError(
            f"no engine knows {known}://; the address of an index is the path of a folder{schemes}"
        )
    return engine(path)
