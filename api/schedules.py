import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.bodies import NewSchedule, ScheduleChange
from api.checks import Checks
from footfall.errors import (
    FieldProblem,
    ForbiddenError,
    InvalidInputError,
    RunNotFoundError,
    ScheduleNotFoundError,
)
from footfall.projection.projector import Projector
from footfall.projection.row import RunPage, RunTally, SchedulePage, ScheduleRow
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.projection.store import Store
from footfall.schedules.run import RunOutcome, RunSummary
from footfall.schedules.schedule import (
    Change,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import Draft, ScheduleGateway
from footfall.tokens import Principal
from footfall.triggers import compile_trigger, ensure_fires, parse


class Schedules:
    """What the API does with schedules and runs, on behalf of someone."""

    def __init__(
        self,
        *,
        app: str,
        gateway: ScheduleGateway,
        runs: RunGateway,
        checks: Checks,
        store: Store,
        projector: Projector,
        default_timeout: int,
    ) -> None:
        self._app = app
        self._gateway = gateway
        self._runs = runs
        self._checks = checks
        self._store = store
        self._projector = projector
        self._default_timeout = default_timeout

    async def create(self, who: Principal, body: NewSchedule) -> ScheduleRow:
        """Create a schedule that belongs to `who` and runs on their root.

        Raises:
            InvalidInputError: the trigger or the arguments are invalid.
            WalkerNotFoundError: the workers do not know the walker.
            NoWorkerError: no worker runs.
        """
        now = utc_now()
        config = body.config()
        self._check_trigger(config, now)
        await self._checks.args(body.walker_name, body.given("args").get("args", {}))
        fields: dict[str, Any] = {
            "timeout": self._default_timeout,
            **body.given("args", "description", "tags", "timeout"),
        }
        walk = ScheduledWalk(
            schedule_id=secrets.token_hex(10),
            app=self._app,
            walker_name=body.walker_name,
            owner=who.user,
            root=who.user,
            config=config,
            anchor=now,
            created_at=now,
            change=_change(ChangeKind.CREATED, who, now),
            **fields,
        )
        snapshot = await self._gateway.create(walk)
        if body.given("is_active").get("is_active") is False:
            snapshot = await self._gateway.commit(
                walk.schedule_id,
                lambda before: _held(before, who, paused=True),
            )
        await self._projector.saw(snapshot)
        return ScheduleRow(snapshot=snapshot, tally=RunTally())

    async def list(
        self,
        who: Principal,
        query: ScheduleQuery = EVERYTHING,
        *,
        limit: int,
        cursor: str | None = None,
    ) -> SchedulePage:
        """List the schedules that `who` sees: their own and the static ones; admins all.

        Raises:
            ForbiddenError: the query names an owner, and `who` is no admin.
            InvalidInputError: the cursor was not given for this query.
        """
        if query.owner is not None and not who.is_admin:
            raise ForbiddenError("Only an admin may list the schedules of an owner.")
        owner = None if who.is_admin else who.user
        return await self._store.list_schedules(
            owner=owner,
            limit=limit,
            cursor=cursor,
            query=query,
        )

    async def read(self, who: Principal, schedule_id: str) -> ScheduleRow:
        """Give one schedule; one that the projection does not have yet is read from Temporal.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
        """
        row = await self._store.get_schedule(schedule_id)
        if row is None:
            snapshot = await self._gateway.read(schedule_id)
            await self._projector.saw(snapshot)
            row = await self._store.get_schedule(schedule_id) or ScheduleRow(snapshot=snapshot)
        _check_visible(who, row.snapshot.walk)
        return row

    async def update(self, who: Principal, schedule_id: str, body: ScheduleChange) -> ScheduleRow:
        """Change a schedule; a request that changes nothing makes no revision.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static.
            ConflictError: others kept changing it at the same time.
            InvalidInputError: the new trigger or arguments are invalid.
        """
        walk = (await self._own(who, schedule_id)).walk
        given = body.given("args", "description", "tags", "timeout")
        options = body.given_options()
        config: dict[str, Any] | None = None
        if body.given("trigger"):
            config = {"trigger": body.trigger, **options}
            self._check_trigger(config, utc_now())
        elif options:
            name = next(iter(options))
            raise InvalidInputError(
                FieldProblem(
                    name,
                    "A trigger's options are replaced together: give `trigger` with all of them.",
                ),
            )
        elif not body.model_fields_set:
            raise InvalidInputError(FieldProblem("body", "Name at least one field to change."))
        if "args" in given:
            await self._checks.args(walk.walker_name, given["args"])
        if "tags" in given:
            given["tags"] = tuple(given["tags"])
        is_active = body.given("is_active").get("is_active")

        def edit(before: ScheduleSnapshot) -> Draft | None:
            _check_own(who, before.walk)
            return _edited(before, who, fields=given, config=config, is_active=is_active)

        snapshot = await self._gateway.commit(schedule_id, edit)
        await self._projector.saw(snapshot)
        return await self.read(who, schedule_id)

    async def delete(self, who: Principal, schedule_id: str) -> None:
        """Delete a schedule.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            ForbiddenError: it is static.
        """
        await self._own(who, schedule_id)
        await self._gateway.delete(schedule_id)
        await self._projector.lost(schedule_id)

    async def runs(
        self,
        who: Principal,
        schedule_id: str,
        *,
        limit: int,
        cursor: str | None,
    ) -> RunPage:
        """List a schedule's runs, the newest start first.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
        """
        await self.read(who, schedule_id)
        return await self._store.list_runs(schedule_id, limit=limit, cursor=cursor)

    async def run(
        self,
        who: Principal,
        schedule_id: str,
        run_id: str,
    ) -> tuple[RunSummary, RunOutcome]:
        """Give one run and what it gave, as Temporal holds it now.

        Raises:
            ScheduleNotFoundError: there is no such schedule that `who` may see.
            RunNotFoundError: it has no such run, or Temporal no longer holds it.
        """
        await self.read(who, schedule_id)
        run = await self._runs.find(schedule_id, run_id)
        outcome = await self._runs.outcome(run) if run else None
        if run is None or outcome is None:
            raise RunNotFoundError
        return run, outcome

    async def _own(self, who: Principal, schedule_id: str) -> ScheduleSnapshot:
        snapshot = await self._gateway.read(schedule_id)
        _check_own(who, snapshot.walk)
        return snapshot

    def _check_trigger(self, config: Mapping[str, Any], now: datetime) -> None:
        self._checks.compiled(self._checks.trigger(config), now)


def _edited(
    before: ScheduleSnapshot,
    who: Principal,
    *,
    fields: Mapping[str, Any],
    config: dict[str, Any] | None,
    is_active: bool | None,
) -> Draft | None:
    walk, now = before.walk, utc_now()
    changed = {name: value for name, value in fields.items() if getattr(walk, name) != value}
    if config is not None and config != walk.config:
        changed |= {"config": config, "anchor": now, "horizon": None}
    paused = before.paused if is_active is None else not is_active
    if not changed:
        if paused == before.paused:
            return None
        if not paused:
            trigger = parse(walk.config)
            ensure_fires(trigger, compile_trigger(trigger, walk.anchor), now)
        return _held(before, who, paused=paused)
    return Draft(
        walk=walk.changed(_change(ChangeKind.UPDATED, who, now), **changed),
        paused=paused,
        note=_note(who, before, paused=paused),
    )


def _held(before: ScheduleSnapshot, who: Principal, *, paused: bool) -> Draft:
    kind = ChangeKind.PAUSED if paused else ChangeKind.RESUMED
    return Draft(
        walk=before.walk.changed(_change(kind, who, utc_now())),
        paused=paused,
        note=_note(who, before, paused=paused),
    )


def _note(who: Principal, before: ScheduleSnapshot, *, paused: bool) -> str:
    if paused == before.paused:
        return before.note
    return f"Paused by {who.user}" if paused else ""


def _change(kind: ChangeKind, who: Principal, at: datetime) -> Change:
    return Change(kind=kind, by=who.user, at=at, token=secrets.token_hex(8))


def _check_visible(who: Principal, walk: ScheduledWalk) -> None:
    if not (walk.is_static or who.is_admin or walk.owner == who.user):
        raise ScheduleNotFoundError


def _check_own(who: Principal, walk: ScheduledWalk) -> None:
    _check_visible(who, walk)
    if walk.is_static:
        raise ForbiddenError(
            "This schedule is static: it is declared in the app's code, and changed there.",
        )
