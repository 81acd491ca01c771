import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from api.bodies import NewSchedule, ScheduleChange
from api.broken import told_error
from api.chains import Chains, Planned
from api.checks import Checks, is_soon_checked
from api.creations import Creations
from api.edits import Author, Edits
from api.idempotency import named_id, new_id, same_key, stamp
from api.permissions import check_changeable, check_own, check_visible
from footfall.errors import (
    BrokenScheduleError,
    ConflictError,
    FieldProblem,
    ForbiddenError,
    IdempotencyKeyError,
    InvalidInputError,
    TooManyCreationsError,
    TooManySchedulesError,
)
from footfall.projection.projector import Projector
from footfall.projection.row import RunTally, SchedulePage, ScheduleRow
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.projection.store import Rows
from footfall.schedules.chain import check_lateness
from footfall.schedules.light import check_light, timeout_of
from footfall.schedules.policy import Policies
from footfall.schedules.sameness import same
from footfall.schedules.schedule import (
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal.broken import BrokenSchedule
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import SHOWN_TIMES, ScheduleGateway
from footfall.tokens import Principal
from footfall.tracing.request_span import mark_request
from footfall.triggers import compile_config, next_times

NO_ID = "dry-run"
"""Id of a schedule that is only shown, not created."""


class Schedules:
    """What the API does with schedules, on behalf of someone."""

    def __init__(
        self,
        *,
        app: str,
        gateway: ScheduleGateway,
        checks: Checks,
        chains: Chains,
        rows: Rows,
        projector: Projector,
        creations: Creations,
        default_timeout: int,
    ) -> None:
        self._app = app
        self._gateway = gateway
        self._checks = checks
        self._chains = chains
        self._rows = rows
        self._projector = projector
        self._creations = creations
        self._default_timeout = default_timeout

    async def create(
        self,
        who: Principal,
        body: NewSchedule,
        *,
        key: str | None = None,
        dry_run: bool = False,
    ) -> ScheduleRow:
        """Create a schedule that belongs to `who` and runs on their root.

        Args:
            who: the owner.
            body: what is wanted.
            key: of several requests of one owner with the same key, one creates a schedule, and
                all are answered with it, for as long as it exists. Requests with the same key
                and different names are not known for the same: each creates one.
            dry_run: check everything, create nothing, and give what would be; without an id.

        Raises:
            InvalidInputError: the trigger or the arguments are invalid.
            WalkerNotFoundError: the workers do not know the walker.
            NoWorkerError: no worker runs.
            IdempotencyKeyError: the key was used for another request.
            ConflictError: the owner has a schedule of this name.
            TooManySchedulesError: the owner would have too many.
            TooManyCreationsError: the owner has created too many in the last minute.
        """
        author = Author(who, reason=body.given("reason").get("reason"))
        walk = await self.define(author, body, key=key)
        mark_request(walker=walk.walker_name)
        paused = body.given("is_active").get("is_active") is False
        note = author.pause_note() if paused else ""
        if dry_run:
            await self._creations.check(walk.owner, [walk.schedule_id])
            walk = walk.model_copy(update={"schedule_id": NO_ID})
            snapshot = ScheduleSnapshot(walk=walk, paused=paused, note=note)
            return ScheduleRow(snapshot=foreseen(snapshot, None))
        may_be_there = key is not None or walk.name is not None
        try:
            snapshot = await self._create(walk, paused=paused, note=note, may_be_there=may_be_there)
        except ConflictError:
            snapshot = await self._gateway.read(walk.schedule_id)
            kept = snapshot.walk.request
            if walk.request is None or not same_key(walk.request, kept):
                message = f"You have a schedule named {walk.name!r}: {walk.schedule_id}."
                raise ConflictError(message, id=walk.schedule_id) from None
            if kept != walk.request:
                raise IdempotencyKeyError from None
        mark_request(schedule_id=snapshot.walk.schedule_id)
        await self._projector.saw(snapshot)
        return ScheduleRow(snapshot=snapshot, tally=RunTally())

    async def define(
        self,
        author: Author,
        body: NewSchedule,
        *,
        key: str | None = None,
        planned: Planned | None = None,
        present: ScheduledWalk | None = None,
        at: datetime | None = None,
    ) -> ScheduledWalk:
        """Give the definition of a new schedule, and check all of it; nothing is created.

        Args:
            author: the owner.
            body: what is wanted.
            key: as in `create`.
            planned: schedules that are created or changed together with it.
            present: the schedule that it is to become, if there is one already. What that one
                has is not checked again: a date may have passed since, a walker may be gone.
            at: when it is created (UTC); now if it is None.

        Raises:
            InvalidInputError: the trigger or the arguments are invalid.
            WalkerNotFoundError: the workers do not know the walker.
            NoWorkerError: no worker runs.
        """
        now, who = at or utc_now(), author.who
        config = self._chains.named(who, body.config())
        is_set_anew = present is None or not same(present.config, config)
        if is_set_anew:
            await self._check_trigger(config, now)
        hooks = body.given("notify").get("notify", ())
        if present is None or present.notify != hooks:
            self._checks.hooks("notify", hooks)
        args = body.given("args").get("args", {})
        if present is None or not same(
            (present.walker_name, present.args), (body.walker_name, args)
        ):
            await self._checks.args(body.walker_name, args)
        fields = self._fields(body, "name")
        policies = Policies(**body.given_policies())
        fields.setdefault("timeout", timeout_of(policies, self._default_timeout))
        schedule_id = new_id(self._app, who, key=key, name=fields.get("name"))
        if present is not None:
            schedule_id, fields["name"] = present.schedule_id, present.name
        if is_set_anew:
            await self._chains.check(who, config, schedule_id=schedule_id, planned=planned)
        walk = ScheduledWalk(
            schedule_id=schedule_id,
            app=self._app,
            walker_name=body.walker_name,
            owner=who.user,
            root=who.user,
            config=config,
            policies=policies,
            anchor=now,
            created_at=now,
            request=stamp(who, key, body) if key else None,
            change=author.change(ChangeKind.CREATED, now),
            **fields,
        )
        check_lateness(walk)
        check_light(walk)
        return walk

    def id_of(self, who: Principal, name: str) -> str:
        """Give the id that a schedule has which `who` calls so, whether there is one or not."""
        return named_id(self._app, who.user, name)

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
        return await self._rows.list_schedules(
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
        row = await self._rows.get_schedule(schedule_id)
        if row is None:
            snapshot = await self._gateway.read(schedule_id)
            await self._projector.saw(snapshot)
            row = await self._rows.get_schedule(schedule_id) or ScheduleRow(snapshot=snapshot)
        check_visible(who, row.snapshot.walk)
        return row

    async def newest(self, who: Principal, schedule_id: str) -> ScheduleSnapshot:
        """Give one schedule as Temporal has it now.

        Raises:
            ScheduleNotFoundError: there is none that `who` may see.
            BrokenScheduleError: it cannot be read.
        """
        snapshot = await self._gateway.read(schedule_id)
        check_visible(who, snapshot.walk)
        return snapshot

    async def update(
        self,
        author: Author,
        schedule_id: str,
        body: ScheduleChange,
        *,
        dry_run: bool = False,
    ) -> ScheduleRow:
        """Change a schedule; a request that changes nothing makes no revision.

        Raises:
            ScheduleNotFoundError: there is none that `author` may see.
            ForbiddenError: it is static, and more is wanted than that an admin pauses it.
            StaleError: it is not in the state that the author has seen.
            ConflictError: others kept changing it at the same time.
            InvalidInputError: the new trigger or arguments are invalid.
        """
        edits = await self._edits(author.who, schedule_id, body)
        if "args" in edits.fields:
            snapshot = await self._gateway.read(schedule_id)
            check_changeable(author.who, snapshot.walk, edits)
            await self._checks.args(snapshot.walk.walker_name, edits.fields["args"])
        return await self._commit(author, schedule_id, edits, dry_run=dry_run)

    async def hold(
        self,
        author: Author,
        schedule_id: str,
        *,
        paused: bool,
        dry_run: bool = False,
    ) -> ScheduleRow:
        """Pause a schedule, or resume it; one that is so already stays as it is.

        Raises:
            ScheduleNotFoundError: there is none that `author` may see.
            ForbiddenError: it is static, and the author no admin.
            StaleError: it is not in the state that the author has seen.
            ConflictError: others kept changing it at the same time.
            InvalidInputError: it is resumed and would never run again.
        """
        return await self._commit(author, schedule_id, Edits(is_active=not paused), dry_run=dry_run)

    async def retag(
        self,
        author: Author,
        schedule_id: str,
        *,
        add: tuple[str, ...],
        remove: tuple[str, ...],
        dry_run: bool = False,
    ) -> ScheduleRow:
        """Add tags to those that a schedule has, and take some away.

        Raises:
            ScheduleNotFoundError: there is none that `author` may see.
            ForbiddenError: it is static.
            ConflictError: others kept changing it at the same time.
            InvalidInputError: it would have too many.
        """
        edits = Edits(add_tags=add, remove_tags=remove)
        return await self._commit(author, schedule_id, edits, dry_run=dry_run)

    async def delete(
        self,
        author: Author,
        schedule_id: str,
        *,
        dry_run: bool = False,
        beside: AbstractSet[str] = frozenset(),
    ) -> None:
        """Delete a schedule that no others follow, but for those that are deleted `beside` it.

        Temporal has no deletion on condition. So all is checked first and it is deleted then: a
        change, or a new follower, in between is not noticed, and the change is lost.

        Raises:
            FollowedError: others follow it.
            ScheduleNotFoundError: there is none that `author` may see.
            ForbiddenError: it is static.
            StaleError: it is not in the state that the author has seen.
        """
        try:
            found = await self._gateway.described(schedule_id)
        except BrokenScheduleError as broken:
            if isinstance(told_error(author.who, broken), BrokenScheduleError) and not author.etags:
                await self._delete_broken(author, schedule_id, dry_run=dry_run)
                return
            raise
        check_own(author.who, found.snapshot.walk)
        author.check_seen(found.snapshot)
        await self._chains.check_free(author.who, schedule_id, beside=beside)
        if dry_run:
            return
        await self._gateway.delete_described(found, by=author.who.user, reason=author.reason)
        self._creations.gone(found.snapshot.walk.owner, schedule_id)
        await self._projector.lost(schedule_id)

    async def _create(
        self, walk: ScheduledWalk, *, paused: bool, note: str, may_be_there: bool
    ) -> ScheduleSnapshot:
        owner, schedule_id = walk.owner, walk.schedule_id
        try:
            await self._creations.take(owner, [schedule_id])
        except (TooManySchedulesError, TooManyCreationsError):
            # What is asked for again is answered with what there is: it creates nothing.
            found = await self._gateway.find(schedule_id) if may_be_there else None
            if found is None:
                raise
            await self._gateway.begin(found)
            raise ConflictError from None
        try:
            return await self._gateway.create(walk, paused=paused, note=note)
        except BaseException:
            self._creations.give_back(owner, schedule_id)
            raise

    async def _delete_broken(self, author: Author, schedule_id: str, *, dry_run: bool) -> None:
        if not dry_run:
            await self._gateway.delete(schedule_id, by=author.who.user, reason=author.reason)
            await self._projector.lost(schedule_id)

    def broken(self, who: Principal) -> Sequence[BrokenSchedule]:
        """List the schedules that cannot be read: those that name `who` as owner; admins all."""
        return self._gateway.broken.seen_by(None if who.is_admin else who.user)

    async def _commit(
        self,
        author: Author,
        schedule_id: str,
        edits: Edits,
        *,
        dry_run: bool,
    ) -> ScheduleRow:
        def edit(before: ScheduleSnapshot) -> Draft | None:
            check_changeable(author.who, before.walk, edits)
            return edits.draft(before, author)

        if dry_run:
            before = await self._gateway.read(schedule_id)
            draft = edit(before)
            row = await self.read(author.who, schedule_id)
            return row.model_copy(update={"snapshot": foreseen(before, draft)})
        snapshot = await self._gateway.commit(schedule_id, edit)
        await self._projector.saw(snapshot)
        return await self.read(author.who, schedule_id)

    async def _edits(self, who: Principal, schedule_id: str, body: ScheduleChange) -> Edits:
        fields = self._fields(body)
        self._checks.hooks("notify", fields.get("notify", ()))
        if "tags" in fields:
            fields["tags"] = tuple(fields["tags"])
        options = body.given_options()
        config: dict[str, Any] | None = None
        if body.given("trigger"):
            config = self._chains.named(who, {"trigger": body.trigger, **options})
            await self._check_trigger(config, utc_now())
            await self._chains.check(who, config, schedule_id=schedule_id)
        elif options:
            message = "A trigger's options are replaced together: give `trigger` with all of them."
            raise InvalidInputError(FieldProblem(next(iter(options)), message))
        elif not body.model_fields_set - {"reason"}:
            raise InvalidInputError(FieldProblem("body", "Name at least one field to change."))
        return Edits(
            fields=fields,
            policies=body.given_policies(),
            config=config,
            is_active=body.given("is_active").get("is_active"),
        )

    def _fields(self, body: ScheduleChange, *others: str) -> dict[str, Any]:
        names = ("args", "description", "tags", "timeout", "notify", "late_after", *others)
        fields = body.given(*names)
        if "timeout" in fields and fields["timeout"] is None:
            policies = Policies(**body.given_policies())
            fields["timeout"] = timeout_of(policies, self._default_timeout)
        return fields

    async def _check_trigger(self, config: Mapping[str, Any], now: datetime) -> None:
        def check() -> None:
            self._checks.compiled(self._checks.trigger(config), now)

        if is_soon_checked(config):
            check()
        else:
            # It may take seconds, in which other requests are answered.
            await asyncio.to_thread(check)


def foreseen(before: ScheduleSnapshot, draft: Draft | None) -> ScheduleSnapshot:
    """Give what a schedule would be after a change, which is not made; None changes nothing."""
    walk = draft.walk if draft else before.walk
    left = before.runs_left_of(walk)
    shown = SHOWN_TIMES if left is None else min(left, SHOWN_TIMES)
    times = next_times(compile_config(walk.config, walk.anchor), utc_now(), shown)
    return before.model_copy(
        update={
            "walk": walk,
            "paused": draft.paused if draft else before.paused,
            "note": draft.note if draft else before.note,
            "next_times": tuple(times),
            "runs_left": left,
        },
    )
