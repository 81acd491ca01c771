from dataclasses import dataclass
from datetime import datetime

from footfall.projection.cursor import decode_cursor, place
from footfall.schedules.run import RunKind, RunStatus


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs a list shows, the newest start first.

    Attributes:
        schedule_id: only runs of this schedule.
        owner: only runs of this user's schedules and of static ones; None means everyone's.
        statuses, kinds: only these.
        since: only runs that started at or after this instant.
        until: only runs that started before this instant.
        limit: how many at most.
        cursor: the page before this one.
    """

    schedule_id: str | None = None
    owner: str | None = None
    statuses: frozenset[RunStatus] = frozenset(RunStatus)
    kinds: frozenset[RunKind] = frozenset(RunKind)
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    cursor: str | None = None

    def first_place(self) -> str:
        """Give the place (see `tally.run_place`) at which the list ends, itself included."""
        return place(self.since, "") if self.since else ""

    def end_place(self) -> str | None:
        """Give the place before which the list begins, if it does not begin with the newest.

        Raises:
            InvalidInputError: the cursor is none of a list of runs.
        """
        ends = [decode_cursor("runs", self.cursor)] if self.cursor else []
        if self.until is not None:
            ends.append(place(self.until, ""))
        return min(ends, default=None)
