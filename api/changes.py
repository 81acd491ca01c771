from dataclasses import dataclass

from api.permissions import check_visible
from footfall.errors import (
    FieldProblem,
    InvalidInputError,
    RevisionNotFoundError,
    ScheduleNotFoundError,
)
from footfall.schedules.audit import RecordedChange, changes
from footfall.temporal.changes import ChangeLog, History
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import Principal


@dataclass(frozen=True, slots=True)
class Audit:
    """The changes of a schedule, the oldest first; `truncated` says that some are gone."""

    changes: tuple[RecordedChange, ...]
    truncated: bool


class Changes:
    """What was done to schedules, read from Temporal, on behalf of someone."""

    def __init__(self, gateway: ScheduleGateway, log: ChangeLog) -> None:
        self._gateway = gateway
        self._log = log

    async def read(self, who: Principal, schedule_id: str) -> Audit:
        """Give the changes of a schedule, which may be deleted.

        Raises:
            ScheduleNotFoundError: there is none, and was none, that `who` may see.
        """
        # Recorded first: what is recorded in between is then in the schedule's own state.
        recorded = await self._log.read(schedule_id) or History()
        present = await self._gateway.events(schedule_id)
        found = changes([*recorded.events, *present])
        if not found:
            raise ScheduleNotFoundError
        check_visible(who, found[-1].event.walk)
        gaps = any(change.difference is None for change in found)
        return Audit(changes=tuple(found), truncated=recorded.truncated or gaps)

    async def revision(self, who: Principal, schedule_id: str, number: int) -> RecordedChange:
        """Give the change that made a revision, with the schedule as it was then.

        Raises:
            InvalidInputError: the schedule has not come to this revision yet.
            RevisionNotFoundError: that revision is not recorded, or no longer.
            ScheduleNotFoundError: there is none, and was none, that `who` may see.
        """
        audit = await self.read(who, schedule_id)
        last = audit.changes[-1]
        if number > last.revision:
            raise InvalidInputError(
                FieldProblem("at", f"The schedule's last revision is {last.revision}."),
            )
        # An id can have been another schedule's before, which was deleted.
        for change in reversed(audit.changes):
            if change.event.walk.created_at != last.event.walk.created_at:
                break
            if change.revision == number and not change.outside and change.event.deletion is None:
                return change
        raise RevisionNotFoundError(f"Revision {number} of this schedule is not recorded.")
