"""The metadata of an archive: the names of its indices, and the document of its last commit.

An archive has three indices, whose names begin with one *base*: the articles (``news-1-20260131120000-0a1b2c``),
their words (``…-words``) and the state (``…-state``). The aliases ``news``, ``news-words`` and ``news-state`` stand
for them. The index ``news-lock`` stays through all rebuilds.

The document ``commit`` of the state index is overwritten by each commit, and by each writer when it begins and ends.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from newssearch._version import __version__
from newssearch.commit import DIGEST_BITS
from newssearch.display.index_address import index_address
from newssearch.errors import IndexDamagedError, IndexNotFoundError, IndexVersionError, IndexWriteError
from newssearch.fields import ArticleField, OwnKind, own_field, why_rebuild
from newssearch.sharding import DEFAULT_SHARDING, Sharding
from newssearch.stopping import NEVER, StopCheck
from newssearch.text.analysis import ANALYSIS_VERSION

from .client import Client, StoredDocument
from .failures import RequestFailedError
from .mapping import MAPPING_FORMAT, articles_index, state_index, words_index

COMMIT = "commit"
"""The id of the document of the last commit."""
OF_ONE_MOMENT = (
    "restore all its indices of one moment from a snapshot of the cluster, or let `newssearch verify --clean` accept the articles that are"
    " there; then `newssearch index --rebuild` brings them in line with their files"
)
"""The remedy if some indices of an archive, but not all, were restored from an earlier time."""
MAX_DEAD = 1_000
"""The number of killed writers that a state remembers. Requests of earlier ones have long arrived."""
MAX_ALLOCATIONS = 200
"""The number of times that the cluster tries to allocate a shard copy, for several seconds each.

A node that was cut off keeps the files of its old copy as long as a point in time of it is open: five minutes. By
default the cluster gives up after five attempts, until an administrator makes it retry.
"""
WORDS, STATE, LOCK = "-words", "-state", "-lock"
"""The suffixes of the names of the indices of words, of the state and of the lock."""
GUARD = "-replacing"
"""The suffix of the guard alias, by which a rebuild detects that another writer has changed the archive."""


class State(NamedTuple):
    """The last commit of an archive, as stored."""

    base: str
    """The name of the index of articles, and the prefix of the names of the other two."""
    number: int
    """The number of the commit: see :class:`newssearch.Commit`."""
    commit: int
    """The highest value of the field ``commit`` in committed articles."""
    claimed: int
    """The highest number that a writer has claimed for its new articles."""
    writing: int | None
    """The number of the writer at work; None if the last one has ended properly."""
    changing: bool
    """Whether a commit is replacing and removing articles. If its writer was killed, ``hash_sum`` does not match the
    articles.
    """
    dead: tuple[int, ...]
    """The numbers of the last :data:`MAX_DEAD` writers that left uncommitted articles. Searches never see these, even
    if they arrive late.
    """
    time: dt.datetime
    hash_sum: int
    stamp: str
    """A value that is unique to this commit."""
    own: dict[str, OwnKind]
    """The own fields with their kinds."""
    boilerplate: str = ""
    """The name of the extra with the hashes of boilerplate; empty if there are none."""
    unfinished: str = ""
    """The name of the extra that records what the last commit replaced and removed; empty if it did neither."""
    articles: int = 0
    """The number of committed articles, before the effects of a commit that is ``changing`` them."""
    removing: int = 0
    """The number of committed articles that the current commit removes; 0 unless it is ``changing`` them."""
    placed: bool = True
    """Whether the aliases have been directed to these indices. False for those that a rebuild is writing."""
    checkpoint: int = 0
    """The least number of the checkpoint in each shard: see :mod:`.checkpoints`. 0 if there are no checkpoints yet."""

    @classmethod
    def empty(cls, base: str, time: dt.datetime, *, placed: bool = True) -> State:
        """Return the state of an archive without articles."""
        return cls(base, 0, 0, 0, None, False, (), time, 0, new_stamp(), {}, placed=placed)

    @property
    def least_articles(self) -> int:
        """The least number of articles that a search must see: those that no commit is removing."""
        return self.articles - self.removing

    @property
    def words_index(self) -> str:
        """The name of the index of words."""
        return self.base + WORDS

    @property
    def state_index(self) -> str:
        """The name of the index of the state."""
        return self.base + STATE

    @property
    def rows(self) -> tuple[ArticleField, ...]:
        """The own fields in alphabetical order."""
        return tuple(own_field(name, kind) for name, kind in sorted(self.own.items()))

    @property
    def visible(self) -> dict[str, Any]:
        """The query for committed articles, which is a filter of each search."""
        committed = {"range": {"commit": {"lte": self.commit}}}
        if not self.dead:
            return committed
        return {"bool": {"filter": [committed], "must_not": [{"terms": {"commit": list(self.dead)}}]}}

    def has_committed(self, commit: int) -> bool:
        """Whether articles with this number in the field ``commit`` are committed."""
        return commit <= self.commit and commit not in self.dead

    def without(self, writer: int) -> State:
        """Return the state in which the articles of a killed writer stay invisible."""
        return self._replace(dead=(*self.dead, writer)[-MAX_DEAD:])

    def to_json(self) -> dict[str, Any]:
        """Return the document to store."""
        return {
            **self._asdict(),
            "dead": list(self.dead),
            "time": self.time.isoformat(),
            "hash_sum": f"{self.hash_sum:0{DIGEST_BITS // 4}x}",
            "format": MAPPING_FORMAT,
            "analysis": ANALYSIS_VERSION,
            "made_by": __version__,
        }

    @classmethod
    def from_json(cls, source: dict[str, Any], place: Path) -> State:
        """Parse the document of a state.

        Raises :class:`~newssearch.IndexVersionError` and :class:`~newssearch.IndexDamagedError`.
        """
        check_versions(source, place)
        try:
            return cls(
                base=str(source["base"]),
                number=int(source["number"]),
                commit=int(source["commit"]),
                claimed=int(source["claimed"]),
                writing=None if source["writing"] is None else int(source["writing"]),
                changing=bool(source["changing"]),
                dead=tuple(map(int, source["dead"])),
                time=dt.datetime.fromisoformat(source["time"]),
                hash_sum=int(source["hash_sum"], 16),
                stamp=str(source["stamp"]),
                own=dict(source["own"]),
                boilerplate=str(source["boilerplate"]),
                unfinished=str(source.get("unfinished", "")),
                articles=int(source["articles"]),
                removing=int(source["removing"]),
                placed=bool(source["placed"]),
                checkpoint=int(source["checkpoint"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise IndexDamagedError(
                f"{index_address(place)}: its last commit cannot be read: {error}", place
            ) from error


def check_versions(source: dict[str, Any], place: Path) -> None:
    """Raise :class:`~newssearch.IndexVersionError` if another version of the format wrote the state."""
    try:
        found, analysis, made_by = int(source["format"]), int(source["analysis"]), str(source["made_by"])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamagedError(f"{index_address(place)}: its last commit names no version", place) from error
    if found > MAPPING_FORMAT or analysis > ANALYSIS_VERSION:
        message = (
            f"{index_address(place)} was made by a newer version of newssearch ({made_by}): update newssearch"
        )
        raise IndexVersionError(message, place, found)
    if found < MAPPING_FORMAT or analysis < ANALYSIS_VERSION:
        message = f"{index_address(place)} was made by an older version of newssearch ({made_by}): rebuild it with `newssearch index --rebuild`"
        raise IndexVersionError(message, place, found)
    if reason := why_rebuild(source.get("own") or ()):
        raise IndexVersionError(f"{index_address(place)}: {reason}", place, found)


class FoundState(NamedTuple):
    """A state with the document that it was read from."""

    state: State
    document: StoredDocument


def read_state(client: Client, index: str | None = None, *, check: StopCheck = NEVER) -> FoundState:
    """Return the last commit of an archive, in one request.

    ``index`` is the state index; None stands for the one behind the alias. Raises
    :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` and
    :class:`~newssearch.IndexDamagedError`.
    """
    place, name = client.place, client.address.name
    try:
        document = client.get(index or name + STATE, COMMIT, check=check)
    except IndexNotFoundError:
        raise _no_archive(client) from None
    except RequestFailedError:
        check_alias(client, name + STATE)  # a get fails if the alias stands for several indices
        raise
    if document is None:
        raise IndexDamagedError(
            f"{index_address(place)}: the index is damaged (its last commit is missing); `newssearch verify` checks the whole index",
            place,
        )
    return FoundState(State.from_json(document.source, place), document)


def _no_archive(client: Client) -> Exception:
    place, name = client.place, client.address.name
    behind = client.indices_of(name) or list(client.matching_indices(f"{name}*").keys() & {name})
    if any(is_archive_index(name, index) for index in behind):
        return IndexDamagedError(
            f"{index_address(place)}: the index is damaged (there is no {name}{STATE})", place
        )
    if behind:
        return IndexVersionError(f"{index_address(place)} is an index that newssearch did not make", place)
    for lost in lost_archives(client):
        return without_aliases(client, lost)
    return IndexNotFoundError(
        f"{index_address(place)} does not exist: make an index with `newssearch index --index {index_address(place)} FILES…`",
        place,
    )


def write_state(client: Client, state: State, over: StoredDocument | None) -> FoundState:
    """Write the state of an archive. ``over`` is the document that was read, or None for the first commit.

    Raises :class:`.failures.ConflictError` if another writer has written it meanwhile.
    """
    document = client.put(state.state_index, COMMIT, state.to_json(), create=over is None, over=over)
    return FoundState(state, document)


# ---- names


def new_stamp() -> str:
    """Return a stamp that is unique to a commit."""
    return secrets.token_hex(12)


def new_base(name: str) -> str:
    """Return a base for the names of new indices."""
    now = dt.datetime.now(dt.timezone.utc)
    return f"{name}-{MAPPING_FORMAT}-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"


def is_archive_index(name: str, index: str) -> bool:
    """Whether an index name has the form that newssearch gives to the indices of the archive ``name``, in any format."""
    return (
        re.fullmatch(rf"{re.escape(name)}-[0-9]+-[0-9]{{14}}-[0-9a-f]{{6}}({WORDS}|{STATE})?", index)
        is not None
    )


def archive_indices(client: Client) -> dict[str, list[str]]:
    """Return the indices whose names have that form, each with its aliases."""
    name = client.address.name
    return {
        index: aliases
        for index, aliases in client.matching_indices(f"{name}-*").items()
        if is_archive_index(name, index)
    }


def indices_of_base(base: str) -> tuple[str, str, str]:
    """Return the names of the three indices with this base."""
    return base, base + WORDS, base + STATE


def check_alias(client: Client, alias: str, wanted: str | None = None) -> None:
    """Check that an alias of the archive stands for exactly one index that newssearch made, and for ``wanted`` if it
    is given.

    Raises :class:`~newssearch.IndexVersionError` for a foreign index, otherwise
    :class:`~newssearch.IndexDamagedError`.
    """
    place, name = client.place, client.address.name
    behind = client.indices_of(alias)
    foreign = [index for index in behind if not is_archive_index(name, index)]
    if foreign:
        raise IndexVersionError(
            f"{index_address(place)}: {foreign[0]} is not an index of newssearch: take it out of the alias {alias}, or choose another name for the index",
            place,
        )
    if len(behind) > 1 or (wanted is not None and behind != [wanted]):
        stands = " and ".join(behind) or "nothing"
        raise IndexDamagedError(
            f"{index_address(place)}: the index is damaged (the alias {alias} stands for {stands}, instead of {wanted or 'one index'})",
            place,
        )


class LostArchive(NamedTuple):
    """The indices of an archive that has lost its aliases, and the number of its articles."""

    base: str
    articles: int


def lost_archives(client: Client) -> list[LostArchive]:
    """Return the archives with articles and without aliases, the newest first.

    Those that a rebuild was writing are left out: see :attr:`State.placed`.
    """
    found = []
    unused = unused_indices(client)
    for index in sorted((one for one in unused if one.endswith(STATE)), reverse=True):
        document = client.get(index, COMMIT)
        source = {} if document is None else document.source
        articles = source.get("articles") or 0
        if articles and source.get("placed", True):
            found.append(LostArchive(index.removesuffix(STATE), articles))
    return found


def without_aliases(client: Client, lost: LostArchive) -> IndexDamagedError:
    """Return the error for an archive that has lost its aliases."""
    name = client.address.name
    return IndexDamagedError(
        f"{index_address(client.place)}: the index is damaged: no alias stands for {lost.base}, which has {lost.articles:,} articles:"
        f" give it, and the two indices that belong to it, the aliases {name}, {name}{WORDS} and {name}{STATE}, or make a new index with"
        " `newssearch index --rebuild`",
        client.place,
    )


def unused_indices(client: Client) -> list[str]:
    """Return the archive's indices without aliases: those of interrupted rebuilds, or just replaced ones."""
    found = archive_indices(client)
    used = {_archive_of(index) for index, aliases in found.items() if aliases}
    return [index for index in found if _archive_of(index) not in used]


def _archive_of(index: str) -> str:
    return index.removesuffix(WORDS).removesuffix(STATE)


# ---- making indices


def make_indices(client: Client, base: str, sharding: Sharding) -> None:
    """Create the three indices of an archive in parallel, empty and without aliases."""
    from concurrent.futures import ThreadPoolExecutor  # a search needs none of it

    bodies = {
        base: articles_index(sharding.shards),
        base + WORDS: words_index(),
        base + STATE: state_index(),
    }
    with ThreadPoolExecutor(len(bodies)) as pool:
        making = [
            pool.submit(client.create_index, index, _with_settings(body, sharding))
            for index, body in bodies.items()
        ]
    for one in making:
        one.result()


def make_lock_index(client: Client, index: str) -> None:
    """Create the index of the lock. Raises :class:`~newssearch.IndexExistsError` if it exists."""
    client.create_index(index, _with_settings(state_index(), DEFAULT_SHARDING))


def _with_settings(body: dict[str, Any], sharding: Sharding) -> dict[str, Any]:
    """Complete the settings of an index: refreshed by commits alone, with a replica if there are several nodes and
    ``sharding`` names no number.

    Document replication is set explicitly, whatever the defaults and templates of the cluster, because a refresh must
    make documents visible in all copies: see :data:`.mapping.REPLICATION`.
    """
    copies: dict[str, Any] = {"number_of_replicas": sharding.replicas}
    if sharding.replicas is None:
        copies = {"auto_expand_replicas": "0-1"}
    codec = "best_compression" if sharding.compression == "best" else "default"
    settings = {
        "replication.type": "DOCUMENT", **body["settings"]["index"], "refresh_interval": "-1", "codec": codec, **copies
    }  # fmt: skip
    settings["allocation.max_retries"] = MAX_ALLOCATIONS
    return {**body, "settings": {"index": settings}}


def guard(client: Client) -> str | None:
    """Give the archive to be replaced a guard alias, which the next other writer removes. Return the guarded index."""
    name = client.address.name
    for index in client.indices_of(name + STATE):
        client.update_aliases([{"add": {"index": index, "alias": name + GUARD}}])
        return index
    return None


def withdraw_guard(client: Client) -> None:
    """Remove the guard alias, so that a suspended rebuild cannot replace the archive any more. It may have done so
    just before.
    """
    alias = client.address.name + GUARD
    for index in client.indices_of(alias):
        with suppress(IndexNotFoundError):  # the rebuild has just ended
            client.update_aliases([{"remove": {"index": index, "alias": alias, "must_exist": False}}])


def put_in_place(client: Client, base: str, guarded: str | None = None) -> None:
    """Direct the aliases of the archive to the indices of ``base``, atomically.

    If the index ``guarded`` has lost its guard alias (:func:`guard`) to another writer, nothing changes, and
    :class:`~newssearch.IndexWriteError` is raised.
    """
    name = client.address.name
    actions: list[dict[str, Any]] = []
    if guarded is not None:
        actions.append({"remove": {"index": guarded, "alias": name + GUARD, "must_exist": True}})
    for end in ("", WORDS, STATE):
        actions += [
            {"remove": {"index": old, "alias": name + end, "must_exist": False}}
            for old in client.indices_of(name + end)
        ]
        actions.append({"add": {"index": base + end, "alias": name + end}})
    with suppress(IndexNotFoundError):
        client.update_aliases(actions)
    if client.indices_of(name) != [base]:
        raise taken_over(client.place)


def taken_over(place: Path) -> IndexWriteError:
    """Return the error of a run whose lock was taken over by another run."""
    return IndexWriteError(
        f"{index_address(place)}: another run has taken over from this one, and writes to the index: uncommitted changes of this run"
        " are discarded; run it again",
        place,
    )
