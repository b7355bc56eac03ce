"""Standard output as an output: the run prints what is new itself, when all other outputs have it."""

from __future__ import annotations

from newssearch.alerts.batch import Batch

from .delivery import Environment


class StandardOutput:
    """Standard output. The function that shows the report of a run prints its entries."""

    shown = "stdout"

    def deliver(self, batch: Batch, environment: Environment) -> None:
        """Do nothing."""
