"""Bulk requests: writes many documents in requests of a few megabytes, and checks the result of each item."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from newssearch.stopping import NEVER, StopCheck

from .failures import ClusterPlace, Refusal, RequestFailedError, failure_of, not_opensearch
from .transport import FIRST_PAUSE, LONGEST_PAUSE, WRITE_PATIENCE, Reply, Transport, json_of

MAX_BULK_BODY = 4_000_000
"""The largest size in bytes of a bulk request with more than one document. Nodes with little memory refuse larger ones."""
MAX_ITEMS = 2_000
SHARD_TIMEOUT = "5s"
"""The time for which a node waits for an unassigned shard. The default of a minute is longer than the client's own
timeout.
"""


class Action(NamedTuple):
    """One document to write or delete.

    ``create`` writes only if the document does not exist. ``source`` is the document, or its JSON; None for a
    deletion. An action with a ``version`` has no effect on a document of a higher version, so that it can be
    repeated. ``routing`` selects the shard; with None, the id does.
    """

    kind: Literal["index", "create", "delete"]
    id: str
    source: dict[str, Any] | bytes | None = None
    version: int | None = None
    routing: str | None = None


@dataclass
class BulkOutcome:
    """The results of a bulk request's items.

    ``written`` is the number of successful actions. ``conflicts`` has the ids of documents that exist already, or in
    a newer version. ``missing`` has the ids of documents to delete that do not exist. ``rejected`` maps the ids of
    refused documents to the reasons.
    """

    written: int = 0
    conflicts: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)


class _Item(NamedTuple):
    action: Action
    lines: bytes


def _item(action: Action) -> _Item:
    head: dict[str, Any] = {"_id": action.id}
    if action.version is not None:
        head.update(version=action.version, version_type="external_gte")
    if action.routing is not None:
        head["routing"] = action.routing
    lines = json.dumps({action.kind: head}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if action.kind != "delete":
        source = action.source
        if not isinstance(source, bytes):
            source = json.dumps(source, ensure_ascii=False, separators=(",", ":")).encode()
        lines += source + b"\n"
    return _Item(action, lines)


def _batches(actions: Iterable[Action]) -> Iterator[list[_Item]]:
    """Divide actions into requests within the size limits. At most one request is in memory."""
    batch: list[_Item] = []
    size = 0
    for action in actions:
        item = _item(action)
        if batch and (size + len(item.lines) > MAX_BULK_BODY or len(batch) == MAX_ITEMS):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.lines)
    if batch:
        yield batch


def send_bulk(
    transport: Transport,
    place: ClusterPlace,
    actions: Iterable[Action],
    index: str,
    *,
    require_alias: bool = False,
    check: StopCheck = NEVER,
) -> BulkOutcome:
    """Carry out the actions: see :meth:`~newssearch.engines.opensearch.client.Client.bulk`."""
    path = f"/{quote(index, safe='')}/_bulk"
    parameters = {"timeout": SHARD_TIMEOUT, "require_alias": str(require_alias).lower()}
    outcome = BulkOutcome()
    for batch in _batches(actions):
        _BulkRequest(transport, place, path, parameters, outcome, check).carry_out(batch)
    return outcome


class _BulkRequest:
    """One bulk request. Items refused for lack of capacity are sent again until the patience of a writing request ends."""

    def __init__(
        self, transport: Transport, place: ClusterPlace, path: str, parameters: dict[str, str], outcome: BulkOutcome, check: StopCheck
    ) -> None:  # fmt: skip
        self._transport = transport
        self._place = place
        self._target = (path, parameters)
        self._outcome = outcome
        self._check = check

    def carry_out(self, items: Sequence[_Item]) -> None:
        """Send items until each has a final result."""
        give_up = time.monotonic() + WRITE_PATIENCE
        repeated: set[str] = set()
        """The ids of items that an earlier attempt may have written."""
        for attempt in itertools.count():
            items, refusal = self._attempt(items, repeated)
            if not items:
                return
            pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE) * random.uniform(0.75, 1.25)
            if time.monotonic() + pause > give_up:
                raise failure_of(
                    refusal, self._place, ",".join(map(str, self._transport.hosts)), writing=True
                )
            time.sleep(pause)
            self._check()

    def _attempt(self, items: Sequence[_Item], repeated: set[str]) -> tuple[list[_Item], Refusal]:
        """Send items once. Return those to send again, and the refusal."""
        path, parameters = self._target
        reply = self._transport.send(
            "POST", path, b"".join(item.lines for item in items), parameters, writing=True, check=self._check
        )
        if reply.repeated:
            repeated.update(item.action.id for item in items)
        if reply.status == 413 and len(items) > 1:
            half = len(items) // 2
            self.carry_out(items[:half])
            self.carry_out(items[half:])
            return [], Refusal(200, (), ())
        if reply.status == 413:
            self._outcome.rejected[items[0].action.id] = (
                f"it has {len(items[0].lines):,} bytes, more than the cluster, or a proxy in front of it, accepts in a request: raise the limit to 32 MB"
                " (http.max_content_length)"
            )
            return [], Refusal(200, (), ())
        if reply.status >= 300:
            raise failure_of(Refusal.of_body(reply.status, reply.body), self._place, reply.host, writing=True)
        answers = self._answers(reply, len(items))
        again: list[_Item] = []
        why = Refusal(200, (), ())
        for item, answer in zip(items, answers, strict=True):
            result = answer[item.action.kind]
            refusal = Refusal.of(result["status"], result.get("error"))
            if self._is_settled(item.action, refusal, repeated, reply.host):
                continue
            again.append(item)
            why = refusal
            if refusal.status != 429:
                repeated.add(item.action.id)
        return again, why

    def _answers(self, reply: Reply, wanted: int) -> list[dict[str, Any]]:
        answer = json_of(reply, self._place)
        found = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(found, list) or len(found) != wanted:
            raise not_opensearch(self._place, reply.host, f"its response does not cover {wanted} documents")
        return found

    def _is_settled(self, action: Action, refusal: Refusal, repeated: set[str], host: object) -> bool:
        """Record the result of an action and return True, or return False if it must be sent again."""
        status = refusal.status
        if status < 300 or (status == 404 and action.kind == "delete" and not refusal.kinds):
            if status < 300 or action.id in repeated:
                self._outcome.written += 1
            else:
                self._outcome.missing.append(action.id)
            return True
        if status == 409:
            if action.kind == "create" and action.id in repeated:
                self._outcome.written += 1
            else:
                self._outcome.conflicts.append(action.id)
            return True
        if refusal.asks_for_patience:
            return False
        failure = failure_of(refusal, self._place, host, writing=True)
        if isinstance(failure, RequestFailedError) and 400 <= status < 500:
            self._outcome.rejected[action.id] = refusal.text
            return True
        raise failure
