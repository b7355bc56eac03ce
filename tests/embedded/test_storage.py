"""Sets as ascending arrays, small integers, strings in blocks, and the container of arrays."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch.engines import sorted_sets
from newssearch.engines.embedded.storage import block_store
from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
    ContainerError,
    StringTable,
    narrow,
    string_sections,
)
from newssearch.engines.embedded.storage.patched_ints import PatchedInts
from newssearch.engines.embedded.storage.patched_ints import patched_sections as small_sections
from newssearch.system import deflate
from support import RANDOMS, THOROUGH

from .helpers import NO_LIMITS, small, writing


def test_a_constant_that_no_module_has_is_not_replaced_in_silence() -> None:
    with pytest.raises(AssertionError, match="no module has STRIDES"), small(STRIDES=2):
        pass


# ---- sets as ascending arrays

SETS = st.lists(st.sets(st.integers(0, 40) | st.integers(0, 2_000), max_size=30), min_size=1, max_size=4)


@given(
    SETS, st.sampled_from([1, 2, 12]), st.sampled_from([0, 4, 10_000]), st.sampled_from([np.int64, np.uint32])
)
@settings(max_examples=120 * THOROUGH, deadline=None)
def test_ascending_arrays_are_sets(sets: list[set[int]], unequal: int, dense: int, dtype: Any) -> None:
    arrays = [np.array(sorted(one), dtype) for one in sets]
    with small(BINARY_SEARCH_RATIO=unequal, DENSE_UNIVERSE_RATIO=dense):
        both = sets[0] & sets[-1]
        one, other = sorted_sets.intersect_indices(arrays[0], arrays[-1])
        assert arrays[0][one].tolist() == arrays[-1][other].tolist() == sorted(both)
        assert sorted_sets.indices_in(arrays[0], arrays[-1]).tolist() == one.tolist()
        assert sorted_sets.intersect(arrays[0], arrays[-1]).tolist() == sorted(both)
        assert sorted_sets.intersect_all(arrays).tolist() == sorted(set.intersection(*sets))
        assert sorted_sets.union(arrays, 2_001).tolist() == sorted(set.union(*sets))
        assert sorted_sets.union_size(arrays, 2_001) == len(set.union(*sets))


@given(st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 9)), max_size=9))
def test_ranges_count_on_from_where_they_begin(asked: list[tuple[int, int]]) -> None:
    begins, sizes = (np.array(part, np.int64) for part in (zip(*asked, strict=True) if asked else ((), ())))
    assert sorted_sets.concat_ranges(begins, sizes).tolist() == [
        n for b, size in asked for n in range(b, b + size)
    ]


# ---- numbers that are small


@given(
    st.lists(
        st.sampled_from([0, 1, 2, 254, 255, 256, 300, 70_000]) | st.integers(0, 9), min_size=1, max_size=40
    ),
    st.sampled_from([0, 5]),
    st.integers(0, 600),
    RANDOMS,
)
@settings(max_examples=80 * THOROUGH, deadline=None)
def test_small_numbers_are_read_as_they_were_written(
    numbers: list[int], few: int, before: int, pick: random.Random
) -> None:
    numbers = [1] * before + numbers
    with small(MIN_INTS_PER_EXCEPTION=few):
        read = PatchedInts(Container(small_sections("n", np.array(numbers))), "n")
    places = sorted(pick.sample(range(len(numbers)), pick.randint(1, len(numbers))))
    low, high = places[0], places[-1]
    assert len(read) == len(numbers)
    assert read.between(low, high).tolist() == numbers[low:high]
    assert read.at(np.array(places)).tolist() == [numbers[place] for place in places]
    assert read.sums(low, np.array(places)).tolist() == [sum(numbers[low:place]) for place in places]


def test_small_numbers_add_up_behind_the_last_place_that_its_type_can_tell() -> None:
    numbers = [0] * 250 + [300] + [0] * 10
    read = PatchedInts(Container(small_sections("n", np.array(numbers))), "n")
    assert read.sums(0, np.array([255, 256, 260])).tolist() == [300, 300, 300]


# ---- storing: strings in compressed blocks

SOME_STRINGS = st.lists(st.text("ab é日\n", max_size=40), max_size=40)


def check_stored(stored: block_store.BlockStore, values: list[str], pick: random.Random) -> None:
    assert len(stored) == len(values)
    for number in pick.sample(range(len(values)), len(values)):
        assert stored[number] == values[number]
    whole = [value.decode() for block in range(len(stored.blocks)) for value in stored.values(block)]
    assert whole == values


@given(SOME_STRINGS, st.integers(1, 200), st.sampled_from([64, 128, 32_768]), RANDOMS)
@settings(max_examples=50 * THOROUGH, deadline=None)
def test_what_is_stored_is_read_as_it_was(
    values: list[str], block: int, sample: int, pick: random.Random
) -> None:
    with small(BLOCK_SIZE=block, DICTIONARY_SIZE=sample):
        sections = block_store.block_sections("s", [value.encode() for value in values])
        check_stored(block_store.BlockStore(Container(sections), "s"), values, pick)


@given(
    st.lists(st.lists(st.text("ab é日\n", max_size=40), max_size=25), min_size=1, max_size=4),
    st.integers(1, 200),
    st.sampled_from([0, 100, 1 << 20]),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    RANDOMS,
)
@settings(max_examples=50 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
def test_what_is_stored_is_merged_without_what_is_dropped(
    parts: list[list[str]], block: int, limit: int, dropped: float, pick: random.Random
) -> None:
    """It is merged twice, so that blocks and dictionaries of several segments are merged with those of another one."""

    def some(values: list[str]) -> list[int]:
        return [n for n in range(len(values)) if pick.random() >= dropped]

    with (
        small(BLOCK_SIZE=block, DICTIONARY_SIZE=64, REPACK_SIZE=limit),
        tempfile.TemporaryDirectory() as folder,
    ):
        stores = [
            (
                block_store.BlockStore(
                    Container(block_store.block_sections("s", [v.encode() for v in part])), "s"
                ),
                part,
            )
            for part in parts
        ]
        for number in range(2):
            kept = [some(values) for _, values in stores]
            chosen = [
                (stored, np.array(own, np.int64)) for (stored, _), own in zip(stores, kept, strict=True)
            ]
            with writing(Path(folder) / f"{number}") as file:
                block_store.merge_blocks("s", chosen, file)
            values = [of[n] for (_, of), own in zip(stores, kept, strict=True) for n in own]
            merged = block_store.BlockStore(Container(Path(folder) / f"{number}"), "s")
            check_stored(merged, values, pick)
            stores = [(merged, values), *stores[: pick.randint(0, 1)]]


@given(
    st.lists(st.binary(max_size=300) | st.text("ab é日\n", max_size=300).map(str.encode), max_size=5),
    st.text("ab é日\n", max_size=100).map(str.encode),
)
@settings(max_examples=25 * THOROUGH, deadline=None)
def test_zlib_and_isa_l_read_what_the_other_writes(blocks: list[bytes], dictionary: bytes) -> None:
    """Where ISA-L is not installed, it holds for zlib alone."""
    codecs = (deflate.ZLIB, deflate.fastest())
    for writer in codecs:
        compress = writer.compressor(dictionary)
        packed = [compress(block) for block in blocks]
        for reader in codecs:
            assert [reader.decompress(one, dictionary) for one in packed] == blocks


def test_isa_l_is_used_where_it_is_installed() -> None:
    pytest.importorskip("isal.isal_zlib")
    assert deflate.fastest() is not deflate.ZLIB


def test_a_block_that_is_not_deflate_is_refused() -> None:
    for codec in (deflate.ZLIB, deflate.fastest()):
        with pytest.raises(deflate.DeflateError, match="not DEFLATE"):
            codec.decompress(b"\xff\xff\xff", b"")


# ---- container: a file of arrays

DTYPES = [np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int64, np.float64, np.dtype(">u4")]
SECTIONS = st.lists(
    st.tuples(st.sampled_from(DTYPES), st.lists(st.integers(0, 127), max_size=40), st.booleans()), max_size=6
)


def write(path: Path, sections: Sequence[tuple[Any, list[int], bool]]) -> dict[str, Array]:
    """Write arrays to a container, whole or allocated first and filled later."""
    expected = {}
    later = []
    with writing(path) as file:
        for number, (dtype, values, whole) in enumerate(sections):
            name = f"section.{number}"
            expected[name] = np.array(values, dtype)
            if whole:
                file.add(name, expected[name])
            else:
                later.append((file.allocate(name, dtype, len(values)), expected[name]))
        for target, values_ in later:
            target.open()[:] = values_
    return expected


def test_a_section_that_is_filled_later_is_little_endian_too(tmp_path: Path) -> None:
    write(tmp_path / "c", [(np.dtype(">u4"), [1, 2], False)])
    assert Container(tmp_path / "c")["section.0"].tolist() == [1, 2]


@given(SECTIONS)
@settings(max_examples=30 * THOROUGH, deadline=None)
def test_a_container_has_the_arrays_that_were_written(sections: list[tuple[Any, list[int], bool]]) -> None:
    sections = [(dtype, values, whole or dtype == np.dtype(">u4")) for dtype, values, whole in sections]
    with tempfile.TemporaryDirectory() as folder:
        expected = write(Path(folder) / "c", sections)
        known = Container(Path(folder) / "c")
        found = dict(known.items())
        assert list(found) == list(expected)
        for name, values in expected.items():
            assert name in known
            assert found[name].dtype == values.dtype.newbyteorder("<")
            assert found[name].tolist() == values.tolist()
        known.check()
        assert "other" not in known


def test_damage_of_a_container_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "c"
    write(path, [(np.uint8, list(range(70)), True), (np.uint32, [1, 2, 3], False), (np.uint16, [], True)])
    whole = path.read_bytes()
    directory = 256
    assert whole[directory : directory + 1] == b"{"
    for at in range(len(whole)):
        for flipped in (0x01, 0x80, 0xFF):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ flipped]) + whole[at + 1 :])
            if at >= directory:
                with pytest.raises(ContainerError):
                    Container(path)
            else:
                with pytest.raises(ContainerError):
                    Container(path).check()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(ContainerError):
            Container(path)


@given(st.lists(st.binary(max_size=4), max_size=20), st.binary(max_size=3))
@settings(max_examples=50 * THOROUGH, deadline=None)
def test_sorted_strings_are_found_by_halving(values: list[bytes], wanted: bytes) -> None:
    values = sorted(set(values))
    known = StringTable(Container(string_sections("s", values)), "s")
    assert (len(known), known.all()) == (len(values), values)
    assert known.find(wanted) == (values.index(wanted) if wanted in values else -1)
    low, high = known.with_prefix(wanted)
    assert values[low:high] == [value for value in values if value.startswith(wanted)]
    assert known.slice(low, high) == values[low:high]


@given(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])))
@settings(max_examples=50 * THOROUGH, deadline=None)
def test_numbers_are_narrowed_to_the_smallest_type_that_holds_them(values: list[int]) -> None:
    found = narrow(np.array(values, np.uint64))
    assert found.tolist() == values
    assert found.dtype.itemsize == min(
        size for size in (1, 2, 4, 8) if max(values, default=0) < 1 << 8 * size
    )
