"""A run may be broken off by anything at any moment: the last commit is there, whole, and the next run goes on."""

from __future__ import annotations

import sys

import pytest

import breaking
from breaking import HOWS, STORIES, World
from kills import Kills
from newssearch import IndexWriteError
from support import THOROUGH

posix = pytest.mark.skipif(sys.platform == "win32", reason="forks, and sends POSIX signals")


@pytest.fixture(scope="module", params=STORIES)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), STORIES[request.param])


def chosen(world: World) -> list[int]:
    """The moments to break off at: the first and the last of each name, or all of them in the long form."""
    moments = world.moments
    if THOROUGH > 1:
        return list(range(len(moments)))
    last = len(moments) - 1
    return sorted(
        {n for name in set(moments) for n in (moments.index(name), last - moments[::-1].index(name))}
    )


@pytest.mark.parametrize("how", HOWS)
def test_what_breaks_a_run_off_leaves_the_last_commit(world: World, how: str) -> None:
    for number in share(chosen(world), how):
        archive = world.copy()
        error = breaking.raise_at(world.story.operation, archive, number, how)
        moment = world.moments[number]
        if how in ("full disk", "no permission"):  # or what is only cleaned up failed
            assert error is None or isinstance(error, IndexWriteError), moment
        world.check(archive)


def share(numbers: list[int], how: str) -> list[int]:
    """Some of them: in the short form, each is broken off in one way."""
    return numbers if THOROUGH > 1 else numbers[list(HOWS).index(how) :: len(HOWS)]


@posix
def test_runs_that_are_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    runs = Kills(tmp_path, 7)
    for _ in range(6):
        runs.once()
    runs.end()
    assert runs.kills


@posix
def test_a_run_that_is_killed_leaves_the_last_commit(world: World) -> None:
    for number in share(chosen(world), "exception") if THOROUGH < 2 else chosen(world):
        archive = world.copy()
        breaking.kill_at(world.story.operation, archive, number)
        world.check(archive)
