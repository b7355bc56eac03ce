"""The pages of a list, and the links to them."""

from __future__ import annotations

from typing import NamedTuple

from .links import Links

SHOWN_AROUND = 2
"""The number of pages on each side of the current one that are linked."""
MAX_PAGES = 10_000
"""The number of the last page that can be asked for: each hit before it has to be ranked."""


class Paging(NamedTuple):
    """The pages of a list. ``numbers`` are pairs of a page and its address, with 0 for pages that are left out between them."""

    page: int
    pages: int
    previous: str | None
    next: str | None
    numbers: tuple[tuple[int, str], ...]


def paging_of(total: int, page: int, size: int, links: Links) -> Paging:
    """Return the pages of a list of ``total`` items, of which page number ``page`` is shown; the first page is 1."""
    pages = min(-(-total // size), MAX_PAGES)

    def address(number: int) -> str:
        return links.here(page=number if number > 1 else None)

    wanted = sorted(
        {1, pages, *range(page - SHOWN_AROUND, page + SHOWN_AROUND + 1)} & set(range(1, pages + 1))
    )
    numbers: list[tuple[int, str]] = []
    for number in wanted:
        if numbers and number > numbers[-1][0] + 1:
            gap = number - numbers[-1][0] - 1
            numbers.append((number - 1, address(number - 1)) if gap == 1 else (0, ""))
        numbers.append((number, address(number)))
    return Paging(
        page,
        pages,
        address(page - 1) if 1 < page <= pages + 1 else None,
        address(page + 1) if page < pages else None,
        tuple(numbers),
    )
