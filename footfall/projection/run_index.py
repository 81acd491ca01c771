from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice, pairwise

from sortedcontainers import SortedList

from footfall.projection.cursor import place
from footfall.projection.row import RunTally
from footfall.projection.run_query import RunQuery
from footfall.projection.tally import run_place, tally_of
from footfall.schedules.run import RunKind, RunStatus, RunSummary


class RunIndex:
    """Places of runs in sorted lists, one for each kind and status, so that filters are cheap."""

    def __init__(self) -> None:
        self._places: dict[tuple[RunKind, RunStatus], SortedList[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._places)

    def add(self, run: RunSummary) -> None:
        """Add a run that is not there."""
        self._places.setdefault((run.kind, run.status), SortedList()).add(run_place(run))

    def remove(self, run: RunSummary) -> None:
        """Remove a run that is there, as it was added."""
        places = self._places[run.kind, run.status]
        places.remove(run_place(run))
        if not places:
            del self._places[run.kind, run.status]

    def newest(self, query: RunQuery, count: int) -> list[str]:
        """Give the places of the newest runs of a query, at most `count`, the newest first."""
        first, end = query.first_place(), query.end_place()
        lists = [
            _between(places, first, end)
            for (kind, status), places in self._places.items()
            if kind in query.kinds and status in query.statuses
        ]
        return list(islice(merge(*lists, reverse=True), count))

    def counts(self, query: RunQuery, edges: Sequence[datetime]) -> list[Counter[RunStatus]]:
        """Count the runs of a query by status, between an edge and the next; see Store."""
        found: list[Counter[RunStatus]] = [Counter() for _ in edges[1:]]
        for (kind, status), places in self._places.items():
            if kind in query.kinds and status in query.statuses:
                before = [places.bisect_left(place(edge, "")) for edge in edges]
                for counts, (first, end) in zip(found, pairwise(before), strict=True):
                    counts[status] += end - first
        return found

    def tally(self, last: RunSummary | None) -> RunTally:
        """Give what the runs add up to; `last` is the newest of them."""
        counts: dict[RunStatus, int] = {}
        for (_, status), places in self._places.items():
            counts[status] = counts.get(status, 0) + len(places)
        return tally_of(counts, last)


def _between(places: "SortedList[str]", first: str, end: str | None) -> Iterator[str]:
    return places.irange(first, end, inclusive=(True, False), reverse=True)
