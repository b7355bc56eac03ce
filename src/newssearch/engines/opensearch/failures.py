"""Maps refusals of the server to the errors of newssearch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from newssearch.errors import (
    IndexExistsError,
    IndexNotFoundError,
    IndexUnreachableError,
    IndexVersionError,
    IndexWriteError,
    NewssearchError,
    QueryError,
)

from .connection_settings import CA_VARIABLE, PASSWORD_VARIABLE, USER_VARIABLE

_SHOWN_REASON = 300
"""The number of characters of the server's explanation in a message."""

_LOST_POINT_TYPES = {
    "search_context_missing_exception",
    "node_not_connected_exception",
    "node_disconnected_exception",
}
_LOST_POINT_REASONS = (
    "no node found for id",
    "No search context found",
    "unable to find node",
    "this Analyzer is closed",  # a shard has moved to another node and back
)
_BUSY_STATUS = frozenset({429, 502, 503, 504})
"""The status codes of responses after which the request is retried."""
_NODE_AWAY_TYPES = frozenset({
    "connect_transport_exception",
    "no_shard_available_action_exception",
    "node_closed_exception",
    "node_disconnected_exception",
    "node_not_connected_exception",
})  # fmt: skip
"""Error types of a cluster that has not yet noticed the loss of a node. Their status is 500."""
_NOT_FOUND_TYPES = frozenset(
    {"index_not_found_exception", "alias_not_found_exception", "aliases_not_found_exception"}
)
_NO_MANAGER_TYPES = frozenset({"cluster_manager_not_discovered_exception", "master_not_discovered_exception"})
"""Error types of a node that has lost its cluster."""
_MISSING_SHARDS = "due to missing shards"
_TOO_LARGE_QUERY = (
    "too_many_clauses",
    "too_many_nested_clauses",
    "too_complex_to_determinize_exception",
    "stack_overflow",
)


class PointInTimeLostError(IndexUnreachableError):
    """The cluster no longer has a point in time: it expired, its node died, or its index was removed.

    The caller opens another one, and starts reading from the beginning.
    """


class PointInTimeLateError(PointInTimeLostError):
    """A node that holds a shard of a point in time does not respond: it may hang, or only be busy."""


class ConflictError(NewssearchError):
    """A document exists already, or in another version than expected, because another process has written it."""


class RequestFailedError(RuntimeError):
    """The server refused a request in an unexpected way, which is a bug of newssearch.

    ``status`` is the HTTP status, ``kind`` the type of the error as the server names it.
    """

    def __init__(self, message: str, status: int, kind: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


class Refusal(NamedTuple):
    """A response other than success: its HTTP status, and the types and reasons of its errors, outermost first."""

    status: int
    kinds: tuple[str, ...]
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, status: int, error: object) -> Refusal:
        """Return the refusal in a parsed body, or in the result of a bulk item."""
        found = list(_causes(error))
        return cls(
            status, tuple(kind for kind, _ in found if kind), tuple(reason for _, reason in found if reason)
        )

    @classmethod
    def of_body(cls, status: int, body: bytes) -> Refusal:
        """Return the refusal in the body of a response, which may come from a proxy."""
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            return cls.of(status, None)
        shards = content.get("_shards")
        if isinstance(shards, dict) and shards.get(
            "failures"
        ):  # the worst status of all shards: these may soon be on another node
            found = cls.of(status, {"failed_shards": shards["failures"]})
            # a failing script fails on each copy
            return (
                found._replace(status=503)
                if status == 500 and "script_exception" not in found.kinds
                else found
            )
        # services that authenticate in front of a cluster use other keys
        return cls.of(status, next(filter(None, map(content.get, ("error", "message", "Message"))), None))

    @property
    def is_block(self) -> bool:
        """Whether the index or the cluster is blocked for this kind of request, which retrying does not change."""
        return "cluster_block_exception" in self.kinds

    @property
    def asks_for_patience(self) -> bool:
        """Whether the same request may succeed a little later."""
        away = self.status == 500 and not _NODE_AWAY_TYPES.isdisjoint(self.kinds)
        return (self.status in _BUSY_STATUS or away) and not self.is_block

    @property
    def lost_point(self) -> bool:
        """Whether the point in time of a search is gone."""
        return (
            not _LOST_POINT_TYPES.isdisjoint(self.kinds)
            or any(text in reason for text in _LOST_POINT_REASONS for reason in self.reasons)
            or self.status == 404
        )

    @property
    def has_reason(self) -> bool:
        """Whether the server gives a reason other than that all shards failed."""
        return any(not reason.startswith("all shards failed") for reason in self.reasons)

    @property
    def text(self) -> str:
        """The server's explanation, shortened for a message."""
        said = next((reason for reason in self.reasons if not reason.startswith("all shards failed")), "")
        said = " ".join(
            (said or f"status {self.status}{', ' if self.kinds else ''}{next(iter(self.kinds), '')}").split()
        )
        return said if len(said) <= _SHOWN_REASON else f"{said[:_SHOWN_REASON]}…"


def _causes(error: object) -> Iterator[tuple[str, str]]:
    if isinstance(error, str):
        yield "", error
    if not isinstance(error, dict):
        return
    yield str(error.get("type") or ""), str(error.get("reason") or "")
    inner: list[Any] = [*(error.get("root_cause") or ()), error.get("caused_by")]
    inner += [shard.get("reason") for shard in error.get("failed_shards") or ()]
    for one in inner:
        yield from _causes(one)


class ClusterPlace(NamedTuple):
    """The index and the user of a request, for messages."""

    folder: Path
    name: str
    credentials_from: str = ""

    def unreachable(self, message: str) -> IndexUnreachableError:
        """Return the error for an index whose servers do not respond, or refuse this user."""
        return IndexUnreachableError(message, self.folder)


def failure_of(refusal: Refusal, place: ClusterPlace, host: object, *, writing: bool) -> Exception:
    """Return the error to raise for a refusal by ``host``. ``writing`` is whether the request was a write."""
    status, kinds = refusal.status, refusal.kinds
    if status == 401:
        return _not_known(place, host)
    if refusal.is_block:
        return _blocked(refusal, place, writing=writing)
    if status == 403 and (kinds or refusal.reasons):
        message = f"{_who(place)} may not {'write to' if writing else 'search'} {place.name} on {host}: {refusal.text}"
        return IndexWriteError(message, place.folder) if writing else place.unreachable(message)
    if not _NOT_FOUND_TYPES.isdisjoint(kinds):
        return IndexNotFoundError(f"there is no index {place.name} on {host}: {refusal.text}", place.folder)
    if "resource_already_exists_exception" in kinds:
        return IndexExistsError(
            f"there is an index {place.name} on {host} already: {refusal.text}", place.folder
        )
    if "version_conflict_engine_exception" in kinds:
        return ConflictError(f"somebody else wrote to {place.name}: {refusal.text}")
    if "strict_dynamic_mapping_exception" in kinds:
        return IndexVersionError(
            f"{place.name} is not an index of this version of newssearch: {refusal.text}", place.folder
        )
    if status == 400 and any(part in kind for part in _TOO_LARGE_QUERY for kind in kinds):
        return QueryError(
            f"the query is too large for the cluster: {refusal.text}",
            suggestion="write fewer or narrower patterns",
        )
    if "index_closed_exception" in kinds:
        return place.unreachable(f"{place.name} is closed on {host}: `POST /{place.name}/_open` opens it")
    if not _NO_MANAGER_TYPES.isdisjoint(kinds):
        return place.unreachable(
            f"{host} cannot answer for {place.name} now: it has lost its cluster, because the other nodes are away, or the"
            f" disk of a node is full ({refusal.text})"
        )
    if refusal.asks_for_patience and any(_MISSING_SHARDS in reason for reason in refusal.reasons):
        return place.unreachable(
            f"{host} cannot answer for all of {place.name}: no node has a part of it now (`GET /_cluster/allocation/explain` says why)"
        )
    if refusal.asks_for_patience:
        may_be = "" if refusal.has_reason else ": nodes may be away, or the disk of a node may be full"
        return place.unreachable(f"{host} cannot answer for all of {place.name} now: {refusal.text}{may_be}")
    if not (kinds or refusal.reasons):
        return not_opensearch(place, host, f"its answer has the status {status} and no reason")
    if status >= 500:  # the server reports an error of its own
        return place.unreachable(
            f"{host} fails to answer for {place.name}: {': '.join([*kinds[:1], refusal.text])}"
        )
    return RequestFailedError(
        f"{host} refused a request with status {status}: {refusal.text}", status, kinds[0] if kinds else ""
    )


def not_opensearch(place: ClusterPlace, host: object, why: str) -> IndexUnreachableError:
    """Return the error for a response that cannot come from OpenSearch, but from another server or a proxy."""
    return place.unreachable(
        f"{host} does not answer as OpenSearch does ({why}): check host and port, and any proxy in between"
    )


def _who(place: ClusterPlace) -> str:
    return f"the user of {place.credentials_from}" if place.credentials_from else "a user without a name"


def _not_known(place: ClusterPlace, host: object) -> IndexUnreachableError:
    if place.credentials_from:
        return place.unreachable(
            f"{host} does not accept the user and password, or the token, of {place.credentials_from}"
        )
    return place.unreachable(
        f"{host} requires a user and a password: set {USER_VARIABLE} and {PASSWORD_VARIABLE}, or write them to ~/.netrc"
    )


def _blocked(refusal: Refusal, place: ClusterPlace, *, writing: bool) -> Exception:
    said = refusal.text
    if not writing:
        return place.unreachable(f"{place.name} cannot be read now: {said}")
    if "disk" in said or "read-only / allow delete" in said:
        return IndexWriteError(
            f"the cluster has stopped writing to {place.name}, because the disk of a node is nearly full: {said}",
            place.folder,
        )
    return IndexWriteError(f"{place.name} does not take changes now: {said}", place.folder)


def certificate_failure(place: ClusterPlace, host: object, said: str) -> IndexUnreachableError:
    """Return the error for an untrusted certificate, or a port without TLS."""
    if "WRONG_VERSION_NUMBER" in said or "record layer failure" in said.lower() or "HTTP_REQUEST" in said:
        return place.unreachable(
            f"{host} does not speak TLS; an address without it begins with opensearch+http://"
        )
    return place.unreachable(
        f"the certificate of {host} is not trusted ({said}); set {CA_VARIABLE} to a file with the certificate of its issuer"
    )
