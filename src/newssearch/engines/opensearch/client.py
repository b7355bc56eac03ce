"""The OpenSearch API calls that the engine makes. A call returns a complete result or raises: it never returns
partial counts.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from newssearch.errors import IndexNotFoundError, IndexUnreachableError, IndexVersionError, NewssearchError
from newssearch.stopping import NEVER, StopCheck

from .address import ClusterAddress
from .bulk import Action, BulkOutcome, send_bulk
from .connection_settings import ConnectionSettings, connection_settings
from .failures import (
    ClusterPlace,
    ConflictError,
    PointInTimeLateError,
    PointInTimeLostError,
    Refusal,
    failure_of,
    not_opensearch,
)
from .transport import FIRST_PAUSE, READ_PATIENCE, WRITE_PATIENCE, Reply, Transport, json_of, long_work

OLDEST_VERSION = (2, 19)
"""The oldest series of OpenSearch that the engine works with."""
SMALL_TIMEOUTS = (3.0, 3.0, 6.0, 12.0)
"""Read timeouts in seconds, attempt by attempt, of calls that take milliseconds: to get a document or open a point in
time. Each attempt may go to another copy.
"""
POINT_TIMEOUTS = (3.0,)
"""The timeout in seconds of the check whether the nodes of a point in time still respond when a search of it is late."""
KEEP_ALIVE = 300
"""The time in seconds for which the cluster keeps a point in time after each search of it."""

_PRIMARY = "_primary"
"""The preference for primary shards, for searches that must not read a replica that lags behind."""
_COMPLETENESS_PARTS = "_shards,timed_out,terminated_early"
"""The parts of a search response that show whether it is complete."""

_DOCUMENT_PARTS = ("_id", "_version", "_seq_no", "_primary_term")
"""The parts of a response about one document."""

JsonAnswer = dict[str, Any]


class PointInTime(NamedTuple):
    """A point in time: the state of an index at one moment, which the cluster keeps while it is searched.

    ``shards`` is the number of shards of the index; a response is complete if all have answered.
    """

    id: str
    shards: int
    keep_alive: int = KEEP_ALIVE


class StoredDocument(NamedTuple):
    """A document of an index. ``seq_no`` and ``primary_term`` identify its version, for optimistic concurrency control."""

    id: str
    source: JsonAnswer
    version: int
    seq_no: int
    primary_term: int


class IndexStats(NamedTuple):
    """The number of documents of an index, nested ones included, and its size in bytes, both without replicas."""

    documents: int
    size: int


class Client:
    """The calls of one cluster. Threads may share a client, and it works after a fork.

    All methods raise :class:`~newssearch.IndexUnreachableError` if no node answers, the user lacks a permission, or a
    shard is lost. Methods that read also raise :class:`~newssearch.IndexNotFoundError`, methods that write
    :class:`~newssearch.IndexWriteError`. Before that, reads are retried for a few seconds and writes for up to a
    minute. A ``check`` with a time limit ends the attempts earlier, with :class:`~newssearch.SearchStoppedError`.
    """

    def __init__(self, address: ClusterAddress, settings: ConnectionSettings | None = None) -> None:
        """Make no request yet. ``settings`` replaces the settings of the environment. Invalid ones raise ConfigError."""
        settings = connection_settings(address) if settings is None else settings
        self.address = address
        self.place = Path(str(address))
        """The address of the index as a path, for errors."""
        self._place = ClusterPlace(self.place, address.name, settings.credentials_from)
        self._transport = Transport(address, settings, self._place)
        self._version: str | None = None

    def __repr__(self) -> str:
        return f"Client({str(self.address)!r})"

    def close(self) -> None:
        """Close all connections. A later request makes new ones."""
        self._transport.close()

    @property
    def version(self) -> str:
        """The version of the cluster.

        Raises :class:`~newssearch.IndexVersionError` if it is older than 2.19, or the server is not OpenSearch.
        """
        if self._version is None:
            self._version = self._checked_version(self.request("GET", "/"))
        return self._version

    def _checked_version(self, answer: object) -> str:
        stated = answer.get("version") if isinstance(answer, dict) else None
        number = str(stated.get("number", "")) if isinstance(stated, dict) else ""
        hosts = ",".join(map(str, self.address.hosts))
        if not number:
            raise IndexVersionError(f"{hosts} is no OpenSearch", self.place)
        assert isinstance(stated, dict)
        if stated.get("distribution") != "opensearch":
            raise IndexVersionError(
                f"{hosts} is Elasticsearch {number}; newssearch needs OpenSearch 2.19 or newer", self.place
            )
        if tuple(int(part) for part in re.findall(r"\d+", number)[:2]) < OLDEST_VERSION:
            raise IndexVersionError(
                f"{hosts} is OpenSearch {number}; newssearch needs 2.19 or newer", self.place
            )
        return number

    # ---- requests

    @staticmethod
    def long_work() -> AbstractContextManager[None]:
        """Let read requests in the block wait for minutes, unless something else limits their time."""
        return long_work()

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        parameters: Mapping[str, str] | None = None,
        writing: bool = False,
        check: StopCheck = NEVER,
    ) -> Any:
        """Send a request that has no method of its own, and return the response. A refusal raises its error."""
        reply = self._send(method, path, body, parameters, writing=writing, check=check)
        return self._answer(reply, writing=writing)

    def _send(
        self,
        method: str,
        path: str,
        body: object = None,
        parameters: Mapping[str, str] | None = None,
        *,
        writing: bool = False,
        check: StopCheck = NEVER,
        timeouts: Sequence[float] = (),
        when_late: Callable[[], object] | None = None,
    ) -> Reply:
        data = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return self._transport.send(
            method,
            path,
            data,
            parameters,
            writing=writing,
            check=check,
            timeouts=timeouts,
            when_late=when_late,
        )

    def _answer(self, reply: Reply, *parts: str, writing: bool = False) -> Any:
        """Return the JSON of a successful response, which must have the named parts. A refusal raises its error."""
        if reply.status >= 300:
            refusal = Refusal.of_body(reply.status, reply.body)
            raise failure_of(refusal, self._place, reply.host, writing=writing)
        answer = json_of(reply, self._place)
        for part in parts:
            if not isinstance(answer, dict) or part not in answer:
                raise not_opensearch(self._place, reply.host, f"its answer lacks {part}")
        return answer

    # ---- reading

    def search(
        self,
        body: Mapping[str, Any],
        *,
        index: str | None = None,
        pit: PointInTime | None = None,
        filter_path: str | None = None,
        as_written: bool = False,
        check: StopCheck = NEVER,
    ) -> JsonAnswer:
        """Return the response to a search of an index or, better, of a point in time, whose lifetime the search
        extends.

        ``as_written`` searches the primary shards, and waits for them as long as a write does.

        ``filter_path`` lists the wanted parts of the response. Raises :class:`PointInTimeLostError` if the point in
        time is gone, and :class:`~newssearch.IndexUnreachableError` if a shard does not answer.
        """
        if (index is None) == (pit is None):
            raise ValueError("a search is of an index, or of a point in time")
        parameters = {"allow_partial_search_results": "false"}
        if filter_path is not None:
            parameters["filter_path"] = f"{filter_path},{_COMPLETENESS_PARTS}"
        if check.remaining is not None:  # the cluster cancels a search that nobody waits for
            parameters["cancel_after_time_interval"] = f"{int(check.remaining * 1000) + 1000}ms"
        if as_written:
            parameters["preference"] = _PRIMARY
        path = "/_search" if index is None else f"{_index_path(index)}/_search"
        asked = dict(body)
        late = None if pit is None else partial(self._check_answers, pit, check)
        if pit is not None:
            asked["pit"] = {"id": pit.id, "keep_alive": f"{pit.keep_alive}s"}
        reply = self._send("POST", path, asked, parameters, writing=as_written, check=check, when_late=late)
        if reply.status >= 300:
            check()
            refusal = Refusal.of_body(reply.status, reply.body)
            if pit is not None and refusal.lost_point:
                raise PointInTimeLostError(
                    f"the cluster no longer has the snapshot of {self.address.name}", self.place
                )
        answer: JsonAnswer = self._answer(reply, "_shards")
        self._check_whole(answer, reply, None if pit is None else pit.shards)
        return answer

    def _check_answers(self, pit: PointInTime, check: StopCheck) -> None:
        """Raise :class:`PointInTimeLateError` if a node that holds a shard of a point in time does not respond:
        another copy may.
        """
        body = {
            "size": 0,
            "query": {"match_none": {}},
            "pit": {"id": pit.id, "keep_alive": f"{pit.keep_alive}s"},
        }
        parameters = {"allow_partial_search_results": "false"}
        try:
            reply = self._send("POST", "/_search", body, parameters, check=check, timeouts=POINT_TIMEOUTS)
        except IndexUnreachableError as error:
            raise PointInTimeLateError(
                f"a part of {self.address.name} does not answer: {error}", self.place
            ) from None
        if reply.status >= 300 and Refusal.of_body(reply.status, reply.body).lost_point:
            raise PointInTimeLostError(
                f"the cluster no longer has the snapshot of {self.address.name}", self.place
            )

    def _check_whole(self, answer: Mapping[str, Any], reply: Reply, shards: int | None) -> None:
        """Raise the error for a successful response that lacks results of some shards."""
        counted = answer["_shards"]
        total, successful = counted["total"], counted["successful"]
        wanted = total if shards is None else shards
        if (
            not total == successful == wanted
            or counted.get("failed")
            or answer.get("timed_out")
            or answer.get("terminated_early")
        ):
            raise self._place.unreachable(
                f"{reply.host} answered for {successful} of {max(total, wanted)} shards of {self.address.name}, or not to the end:"
                " a part of the index cannot be reached"
            )

    def open_pit(
        self,
        index: str,
        keep_alive: int = KEEP_ALIVE,
        *,
        as_written: bool = False,
        check: StopCheck = NEVER,
    ) -> PointInTime:
        """Open a point in time of an index, kept for ``keep_alive`` seconds after each search of it.

        ``as_written`` opens it on the primary shards.
        """
        parameters = {"keep_alive": f"{keep_alive}s", "allow_partial_pit_creation": "false"}
        if as_written:
            parameters["preference"] = _PRIMARY
        path = f"{_index_path(index)}/_search/point_in_time"
        reply = self._send("POST", path, None, parameters, check=check, timeouts=SMALL_TIMEOUTS)
        answer = self._answer(reply, "_shards", "pit_id")
        self._check_whole(answer, reply, None)
        return PointInTime(answer["pit_id"], answer["_shards"]["total"], keep_alive)

    def close_pit(self, pit: PointInTime) -> None:
        """Close a point in time. It is no error if the point in time or the cluster is gone."""
        with suppress(NewssearchError):
            self._send("DELETE", "/_search/point_in_time", {"pit_id": [pit.id]}, timeouts=SMALL_TIMEOUTS[:1])

    def get(
        self, index: str, document_id: str, *, writing: bool = False, check: StopCheck = NEVER
    ) -> StoredDocument | None:
        """Return the last written version of a small document, even before a refresh; None if it does not exist.

        ``writing`` is whether a write needs it: the request is then retried as long as a write.
        """
        path = f"{_index_path(index)}/_doc/{quote(document_id, safe='')}"
        reply = self._send(
            "GET", path, writing=writing, check=check, timeouts=() if writing else SMALL_TIMEOUTS
        )
        if reply.status == 404 and b'"found":false' in reply.body:
            return None
        return _document(self._answer(reply, *_DOCUMENT_PARTS))

    def get_many(
        self,
        index: str,
        ids: Iterable[str],
        source: bool | Sequence[str] = True,
        *,
        writing: bool = False,
        check: StopCheck = NEVER,
    ) -> dict[str, StoredDocument]:
        """Return the last written versions of the documents with the given ids, by id. Missing ones are left out.

        ``source`` lists the wanted fields; False returns none. ``writing`` is whether a write needs them: the request
        is then retried as long as a write.
        """
        wanted = list(ids)
        if not wanted:
            return {}
        parameters = {} if source is True else {"_source": "false" if source is False else ",".join(source)}
        path = f"{_index_path(index)}/_mget"
        give_up = time.monotonic() + (WRITE_PATIENCE if writing else READ_PATIENCE)
        documents = {}
        while wanted:
            reply = self._send("POST", path, {"ids": wanted}, parameters, writing=writing, check=check)
            answers = self._answer(reply, "docs")["docs"]
            documents.update({one["_id"]: _document(one) for one in answers if one.get("found")})
            failed = [
                one for one in answers if "error" in one
            ]  # their shard has no active copy, and may get one soon
            wanted = [one["_id"] for one in failed]
            if failed and time.monotonic() > give_up:
                raise failure_of(Refusal.of(503, failed[0]["error"]), self._place, reply.host, writing=False)
            if failed:
                time.sleep(FIRST_PAUSE)
        return documents

    # ---- writing

    def bulk(
        self,
        actions: Iterable[Action],
        index: str,
        *,
        require_alias: bool = False,
        refresh: bool = False,
        check: StopCheck = NEVER,
    ) -> BulkOutcome:
        """Write and delete any number of documents, in consecutive bulk requests of a few megabytes.

        Items refused for lack of capacity are sent again. Raises :class:`~newssearch.IndexWriteError` if the user may
        not write, or the index is read-only. With ``require_alias``, ``index`` must be an alias, so that a missing
        one does not create an index of that name. Searches find the documents after a refresh; ``refresh`` does it at
        once.
        """
        outcome = send_bulk(
            self._transport, self._place, actions, index, require_alias=require_alias, check=check
        )
        if refresh:
            self.refresh(index)
        return outcome

    def put(
        self,
        index: str,
        document_id: str,
        source: JsonAnswer,
        *,
        create: bool = False,
        over: StoredDocument | None = None,
    ) -> StoredDocument:
        """Write a small document, and return it.

        With ``create``, it must not exist; with ``over``, it must still be that version. Otherwise raises
        :class:`ConflictError`.
        """
        parameters = {"require_alias": "false", **_expected(over)}
        if create:
            parameters["op_type"] = "create"
        reply = self._send(
            "PUT",
            f"{_index_path(index)}/_doc/{quote(document_id, safe='')}",
            source,
            parameters,
            writing=True,
        )
        try:
            answer = self._answer(reply, *_DOCUMENT_PARTS, writing=True)
        except ConflictError:
            # the first attempt may have arrived, although its answer was lost
            written = self.get(index, document_id, writing=True) if reply.repeated else None
            if written is None or written.source != source:
                raise
            return written
        return StoredDocument(
            document_id, source, answer["_version"], answer["_seq_no"], answer["_primary_term"]
        )

    def delete(
        self,
        index: str,
        document_id: str,
        *,
        over: StoredDocument | None = None,
        check: StopCheck = NEVER,
    ) -> bool:
        """Delete a document, and return whether it existed. Raises :class:`ConflictError` if it is not the version
        ``over``.
        """
        path = f"{_index_path(index)}/_doc/{quote(document_id, safe='')}"
        reply = self._send("DELETE", path, None, _expected(over), writing=True, check=check)
        if reply.status == 404 and b'"result":"not_found"' in reply.body:
            return reply.repeated
        try:
            self._answer(reply, writing=True)
        except ConflictError:
            if not (reply.repeated and self.get(index, document_id, writing=True) is None):
                raise
        return True

    def refresh(self, index: str, *, check: StopCheck = NEVER) -> None:
        """Refresh an index: make all written documents visible to searches."""
        reply = self._send("POST", f"{_index_path(index)}/_refresh", writing=True, check=check)
        answer = self._answer(reply, "_shards", writing=True)
        if answer["_shards"].get("failed"):
            refusal = Refusal.of(503, {"failed_shards": answer["_shards"].get("failures", ())})
            raise failure_of(refusal, self._place, reply.host, writing=True)

    # ---- indices

    def create_index(self, index: str, body: Mapping[str, Any]) -> None:
        """Create an index with the given settings, mappings and aliases, and wait until its primary shards are
        active.

        Raises :class:`~newssearch.IndexExistsError` if it exists.
        """
        reply = self._send("PUT", _index_path(index), body, writing=True)
        if reply.repeated and reply.status == 400 and b"resource_already_exists_exception" in reply.body:
            return  # the first attempt created it, and its answer was lost
        answer = self._answer(reply, "acknowledged", "shards_acknowledged", writing=True)
        if not (answer["acknowledged"] and answer["shards_acknowledged"]):
            raise self._place.unreachable(
                f"{reply.host} made the index {index}, but its shards are not ready"
            )

    def delete_index(self, index: str) -> bool:
        """Delete an index with all its documents, and return whether it existed."""
        reply = self._send("DELETE", _index_path(index), writing=True)
        try:
            self._answer(reply, writing=True)
        except IndexNotFoundError:
            return reply.repeated
        return True

    def indices_of(self, alias: str) -> list[str]:
        """Return the names of the indices behind an alias, sorted; an empty list if the alias does not exist."""
        # ask for the indices behind the alias: a role for them allows this even if there are none
        reply = self._send("GET", f"{_index_path(alias)}/_alias")
        if reply.status == 404:
            return []
        answer = self._answer(reply)
        return sorted(index for index, found in answer.items() if alias in found["aliases"])

    def matching_indices(self, pattern: str) -> dict[str, list[str]]:
        """Return the names of all indices that match a pattern with ``*``, sorted, each with its aliases."""
        answer = self.request("GET", f"/{quote(pattern, safe='*,')}/_alias")
        return {index: sorted(answer[index]["aliases"]) for index in sorted(answer)}

    def update_aliases(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """Change aliases and remove indices atomically, as ``POST /_aliases`` does."""
        reply = self._send("POST", "/_aliases", {"actions": list(actions)}, writing=True)
        try:
            self._answer(reply, writing=True)
        except IndexNotFoundError:
            if not reply.repeated:  # else: the first attempt has removed the index
                raise

    def mapping(self, index: str) -> JsonAnswer:
        """Return the mapping of an index, given by its name or an alias."""
        return self._only_part(self._send("GET", f"{_index_path(index)}/_mapping"), "mappings")

    def put_mapping(self, index: str, body: Mapping[str, Any]) -> None:
        """Add fields to the mapping of an index, or replace its ``_meta``."""
        self.request("PUT", f"{_index_path(index)}/_mapping", body, writing=True)

    def settings(self, index: str) -> JsonAnswer:
        """Return the settings of an index that differ from the defaults, as ``{"index.number_of_shards": "3"}``.

        A commit needs them, so this is retried as long as a write.
        """
        reply = self._send(
            "GET", f"{_index_path(index)}/_settings", None, {"flat_settings": "true"}, writing=True
        )
        return self._only_part(reply, "settings")

    def _only_part(self, reply: Reply, part: str) -> JsonAnswer:
        """Return one part of a response about a single index."""
        answer = self._answer(reply)
        found = next(iter(answer.values()), None) if isinstance(answer, dict) else None
        if not isinstance(found, dict) or not isinstance(found.get(part), dict):
            raise not_opensearch(self._place, reply.host, f"its answer lacks {part}")
        wanted: JsonAnswer = found[part]
        return wanted

    def put_settings(self, index: str, settings: Mapping[str, Any]) -> None:
        """Change settings of an index. None resets one to its default."""
        self.request("PUT", f"{_index_path(index)}/_settings", dict(settings), writing=True)

    def stats(self, index: str) -> IndexStats:
        """Return the number of documents of an index and its size."""
        wanted = int(self.settings(index)["index.number_of_shards"])
        reply = self._send("GET", f"{_index_path(index)}/_stats/docs,store", None, {"level": "shards"})
        answer = self._answer(reply, "indices", "_shards", "_all")
        shards = next(iter(answer["indices"].values()))["shards"] if answer["indices"] else {}
        # the sums leave out shards without an active copy, and no other part of the response shows that
        if len(shards) < wanted or answer["_shards"].get("failed"):
            raise self._place.unreachable(
                f"{reply.host} counted {len(shards)} of {wanted} shards of {index}: a part of the index cannot be reached"
            )
        primaries = answer["_all"]["primaries"]
        return IndexStats(primaries["docs"]["count"], primaries["store"]["size_in_bytes"])

    def is_read(self, index: str) -> bool:
        """Whether a point in time of an index is open. True also if a shard does not report it."""
        try:
            answer = self._answer(self._send("GET", f"{_index_path(index)}/_stats/search"), "_all", "_shards")
        except IndexNotFoundError:
            return False
        points = answer["_all"]["total"].get("search", {}).get("point_in_time_current", 0)
        return bool(points or answer["_shards"].get("failed"))


def _index_path(index: str) -> str:
    return f"/{quote(index, safe='')}"


def _expected(over: StoredDocument | None) -> dict[str, str]:
    return {} if over is None else {"if_seq_no": str(over.seq_no), "if_primary_term": str(over.primary_term)}


def _document(answer: Mapping[str, Any]) -> StoredDocument:
    return StoredDocument(
        answer["_id"],
        answer.get("_source") or {},
        answer["_version"],
        answer["_seq_no"],
        answer["_primary_term"],
    )
