from api.permissions import check_operable
from api.run_counts import CountFilters, RunCounts, spans_of
from api.run_filters import RunFilters
from api.schedules import Schedules
from footfall.errors import RunEndedError, RunNotFoundError, ScheduleNotFoundError
from footfall.projection.projector import Projector
from footfall.projection.row import RunPage, RunTally
from footfall.projection.store import Rows
from footfall.schedules.live import Progress
from footfall.schedules.run import RunOutcome, RunSummary
from footfall.schedules.schedule import utc_now
from footfall.temporal.observation import Observation
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import Principal


class Runs:
    """What the API shows of runs and does with those under way, on behalf of someone."""

    def __init__(
        self,
        *,
        schedules: Schedules,
        gateway: ScheduleGateway,
        runs: RunGateway,
        control: RunControl,
        rows: Rows,
        projector: Projector,
        page: int,
    ) -> None:
        self._schedules = schedules
        self._gateway = gateway
        self._runs = runs
        self._control = control
        self._rows = rows
        self._projector = projector
        self._page = page

    async def of_schedule(
        self,
        who: Principal,
        schedule_id: str,
        filters: RunFilters,
    ) -> tuple[RunPage, RunTally]:
        """List a schedule's runs, the newest start first, with what all of them add up to.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            InvalidInputError: a filter is invalid.
        """
        query = filters.query(schedule_id=schedule_id, most=self._page)
        row = await self._schedules.read(who, schedule_id)
        return await self._rows.list_runs(query), row.tally

    async def everywhere(self, who: Principal, filters: RunFilters) -> RunPage:
        """List the runs of all schedules that `who` sees, the newest start first.

        Raises:
            InvalidInputError: a filter is invalid.
        """
        owner = None if who.is_admin else who.user
        return await self._rows.list_runs(filters.query(owner=owner, most=self._page))

    async def counts_of_schedule(
        self, who: Principal, schedule_id: str, filters: CountFilters
    ) -> RunCounts:
        """Count a schedule's runs by day or hour.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            InvalidInputError: a filter is invalid.
        """
        edges = filters.edges(utc_now())
        await self._schedules.read(who, schedule_id)
        query = filters.query(schedule_id=schedule_id)
        return spans_of(edges, await self._rows.count_runs(query, edges))

    async def counts_everywhere(self, who: Principal, filters: CountFilters) -> RunCounts:
        """Count the runs of all schedules that `who` sees by day or hour.

        Raises:
            InvalidInputError: a filter is invalid.
        """
        edges = filters.edges(utc_now())
        query = filters.query(owner=None if who.is_admin else who.user)
        return spans_of(edges, await self._rows.count_runs(query, edges))

    async def read(
        self,
        who: Principal,
        schedule_id: str,
        run_id: str,
    ) -> tuple[RunSummary, RunOutcome, Progress | None]:
        """Give one run, what it gave, and while it runs its progress, as Temporal has it now.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            RunNotFoundError: it has no such run, or Temporal no longer holds it.
        """
        found = await self.observe(who, schedule_id, run_id)
        if found.summary.closed_at is None:
            return found.summary, found.outcome(), found.live.progress
        outcome = await self._runs.outcome(found.summary)
        if outcome is None:
            raise RunNotFoundError
        return found.summary, outcome, None

    async def observe(self, who: Principal, schedule_id: str, run_id: str) -> Observation:
        """Give one run with what is seen of its walker now.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            RunNotFoundError: it has no such run, or Temporal no longer holds it.
        """
        await self._schedules.read(who, schedule_id)
        found = await self._runs.observe(schedule_id, run_id)
        if found is None:
            raise RunNotFoundError
        return found

    async def cancel(
        self,
        who: Principal,
        schedule_id: str,
        run_id: str,
        reason: str | None,
        *,
        dry_run: bool = False,
    ) -> RunSummary:
        """Ask a run to end, and give it as it is then: running still, as a rule.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            RunNotFoundError: it has no such run.
            RunEndedError: the run has ended already.
        """
        run = await self._running(who, schedule_id, run_id)
        if dry_run:
            return run
        await self._control.cancel(run, reason=_said("Cancelled", who, reason))
        return await self._seen(run)

    async def terminate(
        self,
        who: Principal,
        schedule_id: str,
        run_id: str,
        reason: str | None,
        *,
        dry_run: bool = False,
    ) -> RunSummary:
        """End a run at once, and give it as it is then.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            RunNotFoundError: it has no such run.
            RunEndedError: the run has ended already.
        """
        run = await self._running(who, schedule_id, run_id)
        if dry_run:
            return run
        await self._control.terminate(run, reason=_said("Terminated", who, reason))
        return await self._seen(run)

    async def _running(self, who: Principal, schedule_id: str, run_id: str) -> RunSummary:
        run = await self._runs.find(schedule_id, run_id)
        snapshot = await self._gateway.find(schedule_id)
        if snapshot is not None:
            check_operable(who, snapshot.walk)
        elif run is None or not (who.is_admin or (run.owner == who.user and not run.is_static)):
            raise ScheduleNotFoundError
        if run is None:
            raise RunNotFoundError
        if run.closed_at is not None:
            raise RunEndedError(status=run.status)
        return run

    async def _seen(self, run: RunSummary) -> RunSummary:
        now = await self._runs.find(run.schedule_id, run.id) or run
        await self._projector.saw_runs([now])
        return now


def _said(what: str, who: Principal, reason: str | None) -> str:
    return f"{what} by {who.user}: {reason}" if reason else f"{what} by {who.user}."
