"""The methods of an index that prove what was found: receipts of searches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from newssearch import arguments
from newssearch.errors import ReceiptError
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
        add_to: Receipt | None = None,
        name: str = "",
        timeout: float | None = None,
        stop: Callable[[], bool] | None = None,
        **changes: Unpack[SearchOptions],
    ) -> Receipt:
        """Search, and return the receipt of the search: what was asked, of which commit, and what was found.

        Its :meth:`~Receipt.to_json` is a file to keep; :meth:`Receipt.differences` compares it with a later one. Without
        ``now``, relative dates count from the present moment, which the receipt keeps as its ``clock``.

        With ``add_to``, a receipt of the same commit, the search is added to its searches, by the ``name`` given, and its
        clock counts. Raises :class:`ReceiptError` if the index has another commit by now. The options:
        """
        from newssearch.corpus.receipt import Receipt  # a search needs none of it

        from .receipts import made_receipt, record  # the same

        given = request_of("receipt", SearchOptions, request, changes)
        arguments.instance("add_to", add_to, (Receipt, type(None)), "a Receipt, or None")
        arguments.text("name", name)
        clock = given.now or dt.datetime.now() if add_to is None else add_to.clock
        given = given.replace(now=clock)
        with self._asking(query, given, StopCheck(timeout, stop)) as asked:
            if add_to is not None and add_to.commit != asked.snapshot.commit:
                raise ReceiptError("the index has another commit than the receipt")
            search = record(asked, given, name)
            if add_to is not None:
                return replace(add_to, searches=(*add_to.searches, search))
            return made_receipt(asked.snapshot, self._store.format, clock, (search,), self.config.outlets)
