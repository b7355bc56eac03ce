"""The extras of an archive: small files of other modules, such as the manifest, stored as documents in the state
index.

A long extra is split over several documents. The first one names the others and is written last: a reader sees the
old extra or the new one, even if the writer is killed.
"""

from __future__ import annotations

import secrets
from contextlib import suppress

from newssearch.display.index_address import index_address
from newssearch.errors import IndexNotFoundError, IndexUnreachableError

from .bulk import Action
from .client import Client, StoredDocument
from .sending import check_outcome

PART_CHARS = 1_000_000
"""The largest number of characters of an extra in one document."""
_EXTRA_ATTEMPTS = 5


def _id(name: str) -> str:
    return f"extra:{name}"


def read_extra(client: Client, index: str, name: str) -> str | None:
    """Return the content of an extra; None if the extra or the archive does not exist."""
    with suppress(IndexNotFoundError):
        for _ in range(_EXTRA_ATTEMPTS):
            head = client.get(index, _id(name))
            if head is None:
                return None
            if "content" in head.source:
                return str(head.source["content"])
            ids = _part_ids(name, head.source["writing"], head.source["parts"])
            found = client.get_many(index, ids)
            if len(found) == len(ids):  # else it was overwritten meanwhile
                return "".join(found[one].source["content"] for one in ids)
        raise IndexUnreachableError(
            f"{index_address(client.place)}: a part of {name} is missing, or was rewritten during each attempt to read it",
            client.place,
        )
    return None


def write_extra(client: Client, index: str, name: str, content: str) -> None:
    """Write an extra to the state index ``index``. Characters that UTF-8 cannot encode are replaced."""
    content = content.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    before = client.get(index, _id(name), writing=True)
    parts = [content[start : start + PART_CHARS] for start in range(0, len(content), PART_CHARS)]
    if len(parts) <= 1:
        client.put(index, _id(name), {"content": content})
    else:
        writing = secrets.token_hex(6)
        ids = _part_ids(name, writing, len(parts))
        actions = (Action("index", one, {"content": part}) for one, part in zip(ids, parts, strict=True))
        check_outcome(client.place, client.bulk(actions, index))
        client.put(index, _id(name), {"writing": writing, "parts": len(parts)})
    if before is not None and "writing" in before.source:
        _delete_parts(client, index, name, before)


def remove_extra(client: Client, index: str, name: str) -> None:
    """Remove an extra, if there is one."""
    before = client.get(index, _id(name), writing=True)
    if before is not None:
        client.delete(index, _id(name))
        if "writing" in before.source:
            _delete_parts(client, index, name, before)


def _delete_parts(client: Client, index: str, name: str, head: StoredDocument) -> None:
    old = _part_ids(name, head.source["writing"], head.source["parts"])
    check_outcome(client.place, client.bulk((Action("delete", one) for one in old), index))


def _part_ids(name: str, writing: str, parts: int) -> list[str]:
    return [f"{_id(name)}:{writing}:{number}" for number in range(parts)]
