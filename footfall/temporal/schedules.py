import asyncio
import secrets
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from temporalio.client import (
    Client,
    ScheduleAlreadyRunningError,
)
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import (
    BrokenScheduleError,
    ConflictError,
    ScheduleNotFoundError,
    TemporalUnavailableError,
)
from footfall.schedules.attributes import MEMO_DEFINITION, MEMO_PAUSE
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    Change,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal import attributes
from footfall.temporal.action import RUN_WALKER, planned, to_schedule
from footfall.temporal.changes import ChangeLog
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.described import Described
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.ending_backfills import EndingBackfills
from footfall.temporal.first_times import is_young, make_up_first_times
from footfall.temporal.schedule_reader import ScheduleReader
from footfall.temporal.update import update
from footfall.triggers import next_times

SHOWN_TIMES = 10
"""How many next times Temporal's describe shows."""

ATTEMPTS = 8
"""How often a write that lost against another is tried again on the newer revision."""

SOON = timedelta(minutes=1)
"""A schedule that is due so soon after its creation has its creator wait until Temporal has begun
with it."""

SETTLE_SECONDS = 3.0
"""How long a write waits to see its own revision, which Temporal may show a little later."""


_log = structlog.get_logger(__name__)


class ScheduleGateway(ScheduleReader):
    """The schedules of one app in Temporal, and the only code that writes them.

    Each change that is made, but not a creation, is noted in the log of changes; where that
    fails, the change stands nevertheless. A schedule whose definition this process cannot read
    is left alone.
    """

    def __init__(self, client: Client, *, app: str, changes: ChangeLog | None = None) -> None:
        super().__init__(client, app=app)
        self.changes = changes or ChangeLog(client, app=app)
        self._backfills = EndingBackfills(client, app=app)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def create(
        self,
        walk: ScheduledWalk,
        *,
        paused: bool = False,
        note: str = "",
    ) -> ScheduleSnapshot:
        """Create a schedule, and give it as it is then.

        When it returns, Temporal reckons the schedule's times if one of them is due soon, and none
        was left out.

        Raises:
            ConflictError: a schedule with this id exists.
            InvalidInputError: its trigger is invalid.
        """
        walk, compiled, plan = planned(walk)
        runs_left = walk.policies.max_runs
        schedule = to_schedule(walk, plan, paused=paused, note=note, runs_left=runs_left)
        memo: dict[str, Any] = {MEMO_DEFINITION: walk}
        if paused:
            memo[MEMO_PAUSE] = note
        try:
            with translated_errors():
                await self._client.create_schedule(
                    walk.schedule_id,
                    schedule,
                    memo=memo,
                    search_attributes=attributes.schedule_attributes(walk, horizon=plan.horizon),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except ScheduleAlreadyRunningError as error:
            # Perhaps by a request like this one, which ended before it had seen to that.
            await self._made_up(walk.schedule_id)
            raise ConflictError(f"The schedule {walk.schedule_id} exists already.") from error
        times = tuple(next_times(compiled, walk.created_at, SHOWN_TIMES))
        # Of what is due later a FirstWatch takes care: to ask costs more than to create.
        if not paused and times and times[0] - walk.created_at < SOON:
            await self._made_up(walk.schedule_id)
        return ScheduleSnapshot(
            walk=walk,
            paused=paused,
            note=note,
            next_times=times if runs_left is None else times[:runs_left],
            runs_left=runs_left,
        )

    async def begin(self, snapshot: ScheduleSnapshot) -> None:
        """See to it that none of a schedule's first times is left out, as `create` does.

        For who wanted to create what there is already: whoever did so may have ended before that.
        """
        if is_young(snapshot):
            await self._made_up(snapshot.walk.schedule_id)

    async def _made_up(self, schedule_id: str) -> None:
        for attempt in range(2 * ATTEMPTS):
            await asyncio.sleep(0.02 * attempt)
            found = await self.describe(schedule_id)
            if found is None or await make_up_first_times(self._client, found):
                return
        raise TemporalUnavailableError

    async def commit(self, schedule_id: str, edit: Edit) -> ScheduleSnapshot:
        """Change a schedule, and give it as it is afterwards.

        Temporal's own update silently lets the last writer win, and drops a write whose
        conflict token is stale without saying so. So each write carries the token, draws a
        change token of its own, and reads the schedule again until one or the other's
        revision shows; the loser's `edit` is applied to the winner's revision. A writer that
        can no longer tell whether it won or lost gives up: an edit is never applied twice.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
            ConflictError: others kept changing it; where they were very many, the change may
                have been made nevertheless.
            InvalidInputError: the new trigger is invalid.
        """
        lock = self._locks.setdefault(schedule_id, asyncio.Lock())
        async with lock:
            mine: dict[str, tuple[Draft, Described]] = {}
            base = 0
            for attempt in range(ATTEMPTS):
                # Two losers must not meet again at every try.
                await asyncio.sleep(0.02 * attempt)
                found = await self.described(schedule_id)
                before = found.snapshot
                if before.walk.was_changed_by(mine.keys()):
                    await self._note(mine, found)
                    return before
                if mine and not before.walk.remembers_since(base):
                    raise ConflictError
                base = before.walk.revision
                draft = edit(before)
                if draft is None:
                    return before
                draft = replace(draft, walk=before.counted(draft.walk))
                mine[draft.walk.change.token] = draft, found
                runs_left = before.runs_left_of(draft.walk)
                if not await update(self._client, draft, found.conflict_token, runs_left):
                    continue
                after = await self._settled(schedule_id, found.conflict_token, mine.keys())
                if after is not None:
                    await self._note(mine, after)
                    return await self._with_exact_limit(before, after)
        raise ConflictError

    async def spend_run(self, schedule_id: str, run_id: str) -> None:
        """Take one off the runs that a schedule has left; called again for the same run, no more.

        Temporal does so itself for the runs that it starts at a schedule's times. Only one run
        may be counted after the other.

        Raises:
            ConflictError: others kept changing it.
        """
        for attempt in range(ATTEMPTS):
            await asyncio.sleep(0.02 * attempt)
            found = await self.describe(schedule_id)
            if found is None:
                return
            snapshot = found.snapshot
            if snapshot.walk.quiet == run_id or snapshot.runs_left is None:
                return
            # The limit may have been made smaller since the run was started.
            left = snapshot.runs_left - snapshot.walk.overrun - 1
            counted = {"quiet": run_id, "overrun": max(0, -left)}
            walk = snapshot.walk.model_copy(update=counted)
            draft = Draft.held(snapshot, walk)
            with suppress(ScheduleNotFoundError):
                await update(self._client, draft, found.conflict_token, max(0, left))
        raise ConflictError

    async def delete(
        self,
        schedule_id: str,
        *,
        by: str = SYSTEM_OWNER,
        reason: str | None = None,
    ) -> None:
        """Delete a schedule; its runs in Temporal stay until their retention ends.

        Of one that cannot be read no changes are kept.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
        """
        try:
            found = await self.described(schedule_id)
        except BrokenScheduleError:
            await self._delete(schedule_id)
            self.broken.discard(schedule_id)
            _log.info("a schedule that cannot be read was deleted", schedule_id=schedule_id, by=by)
            return
        await self.delete_described(found, by=by, reason=reason)

    async def delete_described(
        self, found: Described, *, by: str = SYSTEM_OWNER, reason: str | None = None
    ) -> None:
        """Delete a schedule that was just read, as `delete` does.

        Raises:
            ScheduleNotFoundError: it is gone already.
        """
        schedule_id = found.snapshot.walk.schedule_id
        events = await found.readable_events()
        await self._delete(schedule_id)
        deletion = Change(
            kind=ChangeKind.DELETED,
            by=by,
            at=utc_now(),
            token=secrets.token_hex(8),
            reason=reason,
        )
        await self.changes.note([*events, events[-1].ended(deletion)])
        self._backfills.end(schedule_id)

    async def _delete(self, schedule_id: str) -> None:
        try:
            with translated_errors():
                await self._client.get_schedule_handle(schedule_id).delete(
                    rpc_timeout=RPC_TIMEOUT,
                )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise ScheduleNotFoundError from error
            raise

    async def delete_completed(self, schedule_id: str) -> bool:
        """Delete a schedule that is completed and wants to go then; say whether it is gone.

        It stays while a run of it is under way.
        """
        found = await self.describe(schedule_id)
        if found is None:
            return True
        snapshot = found.snapshot
        if not snapshot.is_to_go or snapshot.running or await self._has_runs_under_way(schedule_id):
            return False
        with suppress(ScheduleNotFoundError):
            await self.delete(schedule_id, reason="it is completed")
        return True

    async def _has_runs_under_way(self, schedule_id: str) -> bool:
        # Temporal's schedule itself does not follow runs that may overlap.
        query = (
            f"WorkflowType = '{RUN_WALKER}' AND {attributes.APP.name} = '{self._app}'"
            f" AND {attributes.SCHEDULE.name} = '{schedule_id}' AND ExecutionStatus = 'Running'"
        )
        with translated_errors():
            found = await self._client.count_workflows(query, rpc_timeout=RPC_TIMEOUT)
        return found.count > 0

    async def _with_exact_limit(
        self,
        before: ScheduleSnapshot,
        after: Described,
    ) -> ScheduleSnapshot:
        """Take off a new limit what ran between reading the schedule and writing the limit.

        Runs of a schedule without a limit change no conflict token, so that the write could
        not see them; those of a schedule with one do.
        """
        if before.runs_left is not None:
            return after.snapshot
        for _ in range(ATTEMPTS):
            found = after.snapshot
            most, left = found.walk.policies.max_runs, found.runs_left
            if most is None or left is None or found.runs_started + left <= most:
                break
            draft = Draft.held(found, found.walk)
            await update(
                self._client, draft, after.conflict_token, max(0, most - found.runs_started)
            )
            after = await self.described(found.walk.schedule_id)
        return after.snapshot

    async def _note(self, mine: Mapping[str, tuple[Draft, Described]], after: Described) -> None:
        """Note the change that won; `after` holds it, or one that overtook it."""
        for token, (draft, before) in mine.items():
            if after.snapshot.walk.was_changed_by({token}):
                own = after.written(draft.walk, paused=draft.paused, note=draft.note)
                await self.changes.note([*await before.readable_events(), own])
                return

    async def _settled(
        self,
        schedule_id: str,
        conflict_token: bytes,
        mine: AbstractSet[str],
    ) -> Described | None:
        """Give the schedule once a write of `mine` shows; None if something else came first."""
        deadline = time.monotonic() + SETTLE_SECONDS
        delay = 0.0
        while time.monotonic() < deadline:
            await asyncio.sleep(delay)
            delay = min(0.2, delay * 2 + 0.01)
            found = await self.described(schedule_id)
            if found.snapshot.walk.was_changed_by(mine):
                return found
            # Each write changes the token, from outside too, and so does each run of a limited
            # number, which the write would otherwise have counted once more.
            if found.conflict_token != conflict_token:
                return None
        return None
