"""The methods of an index that prove what was found: receipts of searches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from newssearch.query import Node, Query
from newssearch.request import Request, SearchOptions, request_of, takes_options
from newssearch.stopping import StopCheck

from .opened import OpenIndex

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from newssearch.corpus.receipt import Receipt


class ProvingMethods(OpenIndex):
    """The methods that prove what was found."""

    @takes_options(SearchOptions)
    def receipt(
        self,
        query: str | Query | Node = "",
        request: Request | None = None,
        *,
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[SearchOptions],
    ) -> Receipt:
        """Search, and return the receipt of the search: what was asked, of which commit, and what was found.

        Its :meth:`~Receipt.to_json` is a file to keep; :meth:`Receipt.differences` compares it with a later one. Without
        ``now``, relative dates count from the present moment, which the receipt keeps as its ``clock``. The options:
        """
        from .receipts import made_receipt, record  # seldom needed: a search needs none of it

        given = request_of("receipt", SearchOptions, request, changes)
        clock = given.now or dt.datetime.now()
        given = given.replace(now=clock)
        with self._asking(query, given, StopCheck(timeout, stop)) as asked:
            search = record(asked, given)
            return made_receipt(asked.snapshot, self._store.format, clock, (search,), self.config.outlets)
