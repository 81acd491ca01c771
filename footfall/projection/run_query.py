from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from footfall.projection.cursor import decode_cursor, encode_cursor, place
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
        cursor: what the page before this one gave, of a query that shows the same runs.
    """

    schedule_id: str | None = None
    owner: str | None = None
    statuses: frozenset[RunStatus] = frozenset(RunStatus)
    kinds: frozenset[RunKind] = frozenset(RunKind)
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    cursor: str | None = None

    @property
    def fingerprint(self) -> str:
        """A text that differs, in all likelihood, for queries that show other runs."""
        shown = (
            self.schedule_id,
            self.owner,
            sorted(self.statuses),
            sorted(self.kinds),
            *(place(at, "") if at else None for at in (self.since, self.until)),
        )
        return sha256(repr(shown).encode()).hexdigest()[:16]

    def cursor_after(self, last: str) -> str:
        """Give the cursor of the page that begins after the run at a place."""
        return encode_cursor("runs", last, of=self.fingerprint)

    def first_place(self) -> str:
        """Give the place (see `tally.run_place`) at which the list ends, itself included."""
        return place(self.since, "") if self.since else ""

    def end_place(self) -> str | None:
        """Give the place before which the list begins, if it does not begin with the newest.

        Raises:
            InvalidInputError: the cursor is none of a list of these runs.
        """
        ends: list[str] = []
        if self.cursor:
            ends.append(decode_cursor("runs", self.cursor, of=self.fingerprint))
        if self.until is not None:
            ends.append(place(self.until, ""))
        return min(ends, default=None)
