"""A small index of numbers, for tests of the client."""

from __future__ import annotations

from typing import Any

from newssearch.engines.opensearch.bulk import Action
from newssearch.engines.opensearch.client import Client, PointInTime

BODY: dict[str, Any] = {
    "settings": {"number_of_shards": 3, "number_of_replicas": 1},
    "mappings": {"dynamic": "strict", "properties": {"number": {"type": "integer"}}},
}
COUNT = {"size": 0, "track_total_hits": True}


def numbers(last: int, first: int = 0, version: int | None = None) -> list[Action]:
    """Return the actions that write a document for each number before ``last``."""
    return [Action("index", str(number), {"number": number}, version) for number in range(first, last)]


def total(client: Client, place: str | PointInTime) -> int:
    """Return the number of documents that a search of an index, or of a point in time, finds."""
    if isinstance(place, PointInTime):
        answer = client.search(COUNT, pit=place)
    else:
        answer = client.search(COUNT, index=place)
    found: int = answer["hits"]["total"]["value"]
    return found
