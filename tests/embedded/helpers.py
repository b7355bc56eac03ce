"""What these tests share: constants replaced by small ones, and containers that are being written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck

from newssearch.engines import sorted_sets
from newssearch.engines.embedded.indexing import inverter, lexicon, merge_source, merger
from newssearch.engines.embedded.segment import field as field_module
from newssearch.engines.embedded.segment import format as format_module
from newssearch.engines.embedded.segment import postings as term_module
from newssearch.engines.embedded.segment import term_union
from newssearch.engines.embedded.storage import block_store
from newssearch.engines.embedded.storage import patched_ints as small_module
from newssearch.engines.embedded.storage.container import (
    ContainerWriter,
)

NO_LIMITS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@contextmanager
def small(**sizes: int) -> Iterator[None]:
    """Replace constants of the engine's modules, so that few words use the code for many."""
    modules = (
        sorted_sets,
        inverter,
        lexicon,
        merge_source,
        merger,
        field_module,
        format_module,
        small_module,
        block_store,
        term_module,
        term_union,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            having = [module for module in modules if hasattr(module, name)]
            assert having, f"no module has {name}: was it renamed?"
            for module in having:
                patch.setattr(module, name, size)
        yield


@contextmanager
def writing(path: Path) -> Iterator[ContainerWriter]:
    """Return a writer of a new container, which replaces any earlier one."""
    path.unlink(missing_ok=True)
    file = ContainerWriter(path)
    try:
        yield file
        file.close()
    except BaseException:
        file.discard()
        raise


def starts_of(sizes: Sequence[int]) -> list[int]:
    return list(accumulate((size + 1 for size in sizes), initial=0))
