import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from temporalio.api.schedule.v1 import ScheduleListEntry
from temporalio.api.workflowservice.v1 import (
    DescribeScheduleRequest,
    DescribeScheduleResponse,
)
from temporalio.client import (
    Client,
    ScheduleAlreadyRunningError,
)
from temporalio.common import TypedSearchAttributes
from temporalio.converter import decode_typed_search_attributes
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import (
    BrokenScheduleError,
    ConflictError,
    ScheduleNotFoundError,
    TemporalUnavailableError,
    UnreadableError,
)
from footfall.schedules.attributes import MEMO_DEFINITION, MEMO_PAUSE
from footfall.schedules.event import ScheduleEvent
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    Change,
    ChangeKind,
    ScheduledWalk,
    ScheduleSnapshot,
    utc_now,
)
from footfall.temporal import attributes
from footfall.temporal.action import RUN_WALKER, planned, to_schedule, to_snapshot
from footfall.temporal.broken import BrokenSchedule, BrokenSchedules, reason_of
from footfall.temporal.changes import ChangeLog
from footfall.temporal.connection import RPC_TIMEOUT, is_identifier, translated_errors
from footfall.temporal.described import Described
from footfall.temporal.draft import Draft, Edit
from footfall.temporal.ending_backfills import EndingBackfills
from footfall.temporal.first_times import is_young, make_up_first_times
from footfall.temporal.listed import ListedSchedule, entries, to_listed
from footfall.temporal.reading import Unread
from footfall.temporal.update import update
from footfall.together import together
from footfall.triggers import next_times, present_bases

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


class ScheduleGateway:
    """The schedules of one app in Temporal, and the only code that writes them.

    Each change that is made, but not a creation, is noted in the log of changes; where that
    fails, the change stands nevertheless.

    Every method raises TemporalUnavailableError when Temporal does not answer. Those that are
    for one schedule raise UnreadableError where this process cannot read its definition, and
    leave it alone; those for many pass it over and log it.
    """

    def __init__(self, client: Client, *, app: str, changes: ChangeLog | None = None) -> None:
        self._client = client
        self._app = app
        self.changes = changes or ChangeLog(client, app=app)
        self.broken = BrokenSchedules()
        self._backfills = EndingBackfills(client, app=app)
        self._unread = Unread()
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

    async def find(self, schedule_id: str) -> ScheduleSnapshot | None:
        """Give a schedule as it is now, or None if this app has none with this id that is whole."""
        try:
            found = await self.describe(schedule_id)
        except BrokenScheduleError:
            return None
        return found.snapshot if found else None

    async def events(self, schedule_id: str) -> list[ScheduleEvent]:
        """Give what Temporal itself knows of a schedule's changes: its creation and its state.

        Empty if this app has none with this id.
        """
        found = await self.describe(schedule_id)
        return await found.events() if found else []

    async def read(self, schedule_id: str) -> ScheduleSnapshot:
        """Give a schedule as it is now.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
            BrokenScheduleError: it cannot be read.
        """
        return (await self.described(schedule_id)).snapshot

    async def described(self, schedule_id: str) -> Described:
        """Give a schedule with all that Temporal tells of it.

        Raises:
            ScheduleNotFoundError: this app has none with this id.
            BrokenScheduleError: it cannot be read.
        """
        found = await self.describe(schedule_id)
        if found is None:
            raise ScheduleNotFoundError
        return found

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

    async def listed(
        self,
        *,
        changed_since: datetime | None = None,
        only_static: bool = False,
    ) -> AsyncIterator[ListedSchedule]:
        """List the app's schedules, or those changed through Footfall since an instant (UTC).

        Temporal's list lags behind writes by some tens of milliseconds.
        """
        query = f"{attributes.APP.name} = '{self._app}'"
        if changed_since is not None:
            query += f" AND {attributes.CHANGED_AT.name} >= '{changed_since.isoformat()}'"
        if only_static:
            query += f" AND {attributes.STATIC.name} = true"
        listed: set[str] = set()
        async for entry in entries(self._client, query):
            listed.add(entry.schedule_id)
            found = await self._sound(entry)
            if found is not None:
                yield found
        if changed_since is None and not only_static:
            self.broken.keep(listed)

    async def _sound(self, entry: ScheduleListEntry) -> ListedSchedule | None:
        """Give an entry of the list, or None if it cannot be read: it must not hide the others."""
        reason = "It holds no definition of Footfall's."
        try:
            found = await to_listed(entry, self._client.data_converter)
        except Exception as error:  # noqa: BLE001 - whatever somebody put there
            found, reason = None, reason_of(error)
        if found is None:
            marks = decode_typed_search_attributes(entry.search_attributes)
            self._is_broken(entry.schedule_id, marks, reason)
        return found

    def _is_broken(
        self, schedule_id: str, found: TypedSearchAttributes, reason: str
    ) -> BrokenSchedule:
        broken = BrokenSchedule.of(schedule_id, found, reason)
        if self.broken.add(broken):
            _log.warning("a schedule cannot be read", schedule_id=schedule_id, reason=reason)
        return broken

    async def outdated(self, before: datetime) -> list[str]:
        """Give the ids of those schedules that may have to be planned anew.

        Their plans are exact only until before an instant (UTC), or were made by other releases
        of the time zones, the holidays or Footfall than this process has.

        Definitions are not decoded, so that none can hide the others. Temporal's list lags
        behind writes: a schedule in it may have been renewed, or be gone.
        """
        basis = attributes.BASIS.name
        present = ", ".join(map(str, sorted(present_bases())))
        query = (
            f"{attributes.APP.name} = '{self._app}'"
            f" AND ({attributes.HORIZON.name} < '{before.isoformat()}'"
            f" OR {basis} IS NULL OR {basis} NOT IN ({present}))"
        )
        return [entry.schedule_id async for entry in entries(self._client, query)]

    async def read_many(self, schedule_ids: Iterable[str]) -> list[ScheduleSnapshot]:
        """Give those of the schedules that exist and can be read."""
        found = await together(self._find_readable, schedule_ids)
        return [snapshot for snapshot in found if snapshot is not None]

    async def gone(self, schedule_ids: Iterable[str]) -> list[str]:
        """Give those of the ids that are no schedules any more; one that is unreadable still is."""
        ids = list(schedule_ids)
        gone = await together(self._is_gone, ids)
        return [schedule_id for schedule_id, is_gone in zip(ids, gone, strict=True) if is_gone]

    async def _find_readable(self, schedule_id: str) -> ScheduleSnapshot | None:
        return await self._unread.or_none(self.find(schedule_id), f"schedule {schedule_id}")

    async def _is_gone(self, schedule_id: str) -> bool:
        try:
            return await self.describe(schedule_id) is None
        except UnreadableError:
            return False

    async def describe(self, schedule_id: str) -> Described | None:
        """Give a schedule with all that Temporal tells of it, or None if the app has none so.

        Raises:
            BrokenScheduleError: it is the app's, and nobody can read it.
            UnreadableError: it is the app's, and this process cannot read it.
        """
        if not is_identifier(schedule_id):
            return None
        try:
            with translated_errors():
                answer = await self._client.workflow_service.describe_schedule(
                    DescribeScheduleRequest(
                        namespace=self._client.namespace, schedule_id=schedule_id
                    ),
                    retry=True,
                    timeout=RPC_TIMEOUT,
                )
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                return None
            raise
        if _app_of(answer) not in (None, self._app):
            # Another app's may be encrypted with keys of its own.
            return None
        snapshot = await self._snapshot(schedule_id, answer)
        if snapshot is None or snapshot.walk.app != self._app:
            return None
        self.broken.discard(schedule_id)
        return Described(snapshot, answer, self._client.data_converter)

    async def _snapshot(
        self, schedule_id: str, answer: DescribeScheduleResponse
    ) -> ScheduleSnapshot | None:
        reason = f"It starts no workflow {RUN_WALKER} with one argument."
        try:
            snapshot = await to_snapshot(answer, self._client.data_converter)
        except UnreadableError as error:
            # Another process may be able to: it has the key, or is of a newer release.
            marks = decode_typed_search_attributes(answer.search_attributes)
            broken = self._is_broken(schedule_id, marks, error.message)
            raise UnreadableError(error.message, **error.details, owner=broken.owner) from error
        except Exception as error:  # noqa: BLE001 - whatever somebody put there
            snapshot, reason = None, reason_of(error)
        if snapshot is None and _app_of(answer) is not None:
            marks = decode_typed_search_attributes(answer.search_attributes)
            raise self._is_broken(schedule_id, marks, reason).error()
        return snapshot

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


def _app_of(answer: DescribeScheduleResponse) -> str | None:
    found: str | None = attributes.value_of(answer.search_attributes, attributes.APP)
    return found
