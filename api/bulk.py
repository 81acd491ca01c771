from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

import structlog

from api.broken import told_error
from api.bulk_bodies import MOST_AT_ONCE, BulkRequest
from api.edits import Author
from api.permissions import may_change, may_operate
from api.run_bodies import TriggerRequest
from api.run_starter import RunStarter
from api.schedules import Schedules
from footfall.errors import FieldProblem, FootfallError, InvalidInputError, TemporalUnavailableError
from footfall.projection.row import ScheduleRow
from footfall.schedules.run import RunSummary
from footfall.together import together
from footfall.tokens import Principal

type Operation = Callable[[str], Awaitable["Outcome"]]
"""Does the action to the schedule with an id."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one schedule: `error` says why it could not be changed.

    Attributes:
        row: the schedule as it is then, where it was changed.
        run: the run that was started.
        error: None where the action was done; with neither row nor run, the schedule is gone or
            a dry run started nothing.
    """

    id: str
    row: ScheduleRow | None = None
    run: RunSummary | None = None
    error: FootfallError | None = None


class Bulk:
    """Does to many schedules what is done to one, each on its own."""

    def __init__(self, schedules: Schedules, starter: RunStarter) -> None:
        self._schedules = schedules
        self._starter = starter

    async def do(self, who: Principal, body: BulkRequest, *, dry_run: bool) -> list[Outcome]:
        """Do an action to each schedule that is meant, in the order of ids, or of the list.

        An id that is given twice is meant once. A schedule that cannot be changed does not stop
        the others; its error is what the same change of it alone would have raised.

        Raises:
            InvalidInputError: the request is invalid, or its filters let too many through.
            ForbiddenError: a filter names an owner, and `who` is no admin.
            ProjectionUnavailableError: the database does not answer, which filters need.
            TemporalUnavailableError: it answered for none of the schedules.
        """
        body.check()
        if "filter" in body.model_fields_set:
            ids = await self._found(who, body)
        else:
            ids = list(dict.fromkeys(body.ids))
        operation = self._operation(Author(who, reason=body.reason), body, ids, dry_run=dry_run)
        outcomes = [
            replace(one, error=told_error(who, one.error)) if one.error else one
            for one in await _each(ids, operation)
        ]
        if outcomes and all(map(_is_unavailable, outcomes)):
            raise TemporalUnavailableError
        return outcomes

    async def _found(self, who: Principal, body: BulkRequest) -> list[str]:
        may = may_change if body.action in {"delete", "tag"} else may_operate
        query = body.filter.query()
        if query.is_static is None and not (who.is_admin and may is may_operate):
            query = replace(query, is_static=False)
        page = await self._schedules.list(who, query, limit=MOST_AT_ONCE)
        if page.total > MOST_AT_ONCE:
            message = (
                f"It lets {page.total} schedules through; at most {MOST_AT_ONCE} are changed at "
                "once. Add filters."
            )
            raise InvalidInputError(FieldProblem("filter", message))
        # What is only seen, and not theirs to change, is not meant.
        return [row.id for row in page.rows if may(who, row.snapshot.walk)]

    def _operation(
        self, author: Author, body: BulkRequest, ids: Iterable[str], *, dry_run: bool
    ) -> Operation:
        schedules, starter, together = self._schedules, self._starter, frozenset(ids)

        async def hold(one: str) -> Outcome:
            paused = body.action == "pause"
            return Outcome(
                one, row=await schedules.hold(author, one, paused=paused, dry_run=dry_run)
            )

        async def tag(one: str) -> Outcome:
            add, remove = tuple(body.tags.add), tuple(body.tags.remove)
            row = await schedules.retag(author, one, add=add, remove=remove, dry_run=dry_run)
            return Outcome(one, row=row)

        async def delete(one: str) -> Outcome:
            await schedules.delete(author, one, dry_run=dry_run, beside=together)
            return Outcome(one)

        async def trigger(one: str) -> Outcome:
            request = TriggerRequest(reason=author.reason)
            if dry_run:
                await starter.checked(author.who, one, request)
                return Outcome(one)
            return Outcome(one, run=await starter.trigger(author.who, one, request, None))

        operations: dict[str, Operation] = {
            "pause": hold,
            "resume": hold,
            "tag": tag,
            "delete": delete,
            "trigger": trigger,
        }
        return operations[body.action]


def _is_unavailable(outcome: Outcome) -> bool:
    return isinstance(outcome.error, TemporalUnavailableError)


async def _each(ids: Iterable[str], operation: Operation) -> list[Outcome]:
    async def one(schedule_id: str) -> Outcome:
        try:
            return await operation(schedule_id)
        except FootfallError as error:
            return Outcome(schedule_id, error=error)
        except Exception as error:  # noqa: BLE001
            # The others are changed all the same, and their outcomes must be told.
            _log.exception("a schedule of many could not be changed", schedule_id=schedule_id)
            hidden = FootfallError(
                "Something went wrong on our side; the API's log has the details.",
            )
            hidden.__cause__ = error
            return Outcome(schedule_id, error=hidden)

    return await together(one, ids)
