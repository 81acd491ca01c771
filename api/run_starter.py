import asyncio
from contextlib import suppress
from weakref import WeakValueDictionary

from api.checks import Checks
from api.idempotency import fingerprint, key_within, new_suffix
from api.permissions import check_operable
from api.run_bodies import TriggerRequest
from footfall.errors import (
    IdempotencyKeyError,
    ProjectionUnavailableError,
    RunNotFoundError,
)
from footfall.projection.projector import Projector
from footfall.projection.run_query import RunQuery
from footfall.projection.store import Rows
from footfall.schedules.occasion import Occasion, RunReference
from footfall.schedules.run import RunKind, RunStatus, RunSummary
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import action_id
from footfall.temporal.room import make_room
from footfall.temporal.run_control import RunControl, UnderWay
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import Principal


class RunStarter:
    """Runs a schedule's walker now, on behalf of someone."""

    def __init__(
        self,
        *,
        gateway: ScheduleGateway,
        runs: RunGateway,
        control: RunControl,
        checks: Checks,
        rows: Rows,
        projector: Projector,
    ) -> None:
        self._gateway = gateway
        self._runs = runs
        self._control = control
        self._checks = checks
        self._rows = rows
        self._projector = projector
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def trigger(
        self,
        who: Principal,
        schedule_id: str,
        body: TriggerRequest,
        key: str | None,
    ) -> RunSummary:
        """Start a run now, whether the schedule is active, paused or completed.

        With an idempotency key, the same request of the same user gives the same run, for as
        long as Temporal holds it.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            InvalidInputError: the arguments are invalid.
            OverlapError: the overlap policy, which is to be respected, allows no run now.
            IdempotencyKeyError: the key was used for another request.
        """
        walk = await self.checked(who, schedule_id, body)
        digest = None if key is None else fingerprint(body)
        run_id = f"{action_id(walk)}-manual-{new_suffix(who, key=key_within(walk, key))}"
        if digest is not None:
            run = await self._started_before(schedule_id, run_id, digest)
            if run is not None:
                return run
        if body.respect_overlap:
            async with self._locks.setdefault(schedule_id, asyncio.Lock()):
                waits_for = await self._make_room(who, walk, run_id)
                return await self._start(
                    who,
                    walk,
                    body,
                    run_id=run_id,
                    digest=digest,
                    waits_for=waits_for,
                )
        return await self._start(who, walk, body, run_id=run_id, digest=digest)

    async def checked(
        self,
        who: Principal,
        schedule_id: str,
        body: TriggerRequest,
    ) -> ScheduledWalk:
        """Check that `who` may start such a run, and give the schedule's definition.

        Whether the overlap policy allows a run is not asked, since that may change at once.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static, and `who` is no admin.
            InvalidInputError: the arguments are invalid.
        """
        walk = (await self._gateway.read(schedule_id)).walk
        check_operable(who, walk)
        if body.args is not None:
            await self._checks.args(walk.walker_name, body.args)
        return walk

    async def _start(
        self,
        who: Principal,
        walk: ScheduledWalk,
        body: TriggerRequest,
        *,
        run_id: str,
        digest: str | None,
        waits_for: tuple[RunReference, ...] = (),
    ) -> RunSummary:
        occasion = Occasion(
            kind=RunKind.MANUAL,
            by=who.user,
            reason=body.reason,
            waits_for=waits_for,
        )
        args = walk.args if body.args is None else body.args
        this = walk.model_copy(update={"args": args, "occasion": occasion})
        await self._control.start(this, run_id, fingerprint=digest)
        run = await self._started_before(walk.schedule_id, run_id, digest)
        if run is None:
            raise RunNotFoundError
        return run

    async def _started_before(
        self,
        schedule_id: str,
        run_id: str,
        digest: str | None,
    ) -> RunSummary | None:
        found = await self._runs.observe(schedule_id, run_id)
        if found is None:
            return None
        if found.fingerprint != digest:
            raise IdempotencyKeyError
        # Another API may have started it; who is answered with it finds it here at once.
        await self._projector.saw_runs([found.summary])
        return found.summary

    async def _make_room(
        self,
        who: Principal,
        walk: ScheduledWalk,
        run_id: str,
    ) -> tuple[RunReference, ...]:
        """Do with the runs under way what the overlap policy says; give those to wait for."""
        others = [one for one in await self._under_way(walk) if one.run.id != run_id]
        return await make_room(
            self._control,
            walk.policies.overlap,
            others,
            reason=f"A run that {who.user} started took its place.",
        )

    async def _under_way(self, walk: ScheduledWalk) -> list[UnderWay]:
        known: list[str] = []
        # What another API has just started shows there before Temporal lists it.
        with suppress(ProjectionUnavailableError):
            running = frozenset({RunStatus.RUNNING})
            query = RunQuery(schedule_id=walk.schedule_id, statuses=running)
            known = [run.id for run in (await self._rows.list_runs(query)).runs]
        return await self._control.under_way(walk.schedule_id, known)
