"""Saved searches, and alerts about the articles that they newly find.

A :class:`~newssearch.alerts.saved.SavedSearch` is a query with its options, under a name, in a file of the archive
(:mod:`.collection`). An alert run (:mod:`.running`) finds out which articles a search has never reported
(:mod:`.finding`), keeps them in a batch, and delivers the batch to each output of the search (:mod:`.outputs`).
:mod:`.state` has what a run remembers of the runs before.
"""
