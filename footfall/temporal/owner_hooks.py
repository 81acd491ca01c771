import asyncio
import hashlib
import time
from datetime import timedelta

import structlog
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import TemporalUnavailableError, UnreadableError
from footfall.schedules.attributes import MEMO_HOOKS
from footfall.schedules.hook import Hook, OwnerHooks
from footfall.schedules.schedule import utc_now
from footfall.temporal import attributes
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.reading import Unread, decoded

HOLD_HOOKS = "HoldHooks"
"""Type of the workflow that holds an owner's webhooks."""

FRESH_SECONDS = 5.0
"""How long the webhooks of all owners are used before Temporal is asked again."""

REPLACING = timedelta(minutes=1)
"""How far back it is looked for hooks that were replaced."""

_log = structlog.get_logger(__name__)

type Known = dict[str, tuple[Hook, ...] | None]
"""Owners with webhooks; None where this process cannot read them."""


def notices_queue(app: str) -> str:
    """Give Temporal's task queue for what the APIs of an app do: deliver notices."""
    return f"{app}.notices"


class OwnerHookGateway:
    """The webhooks of owners, each owner's in the memo of a workflow that never ends by itself.

    Setting them starts the workflow anew in place of the one before, which Temporal does in one
    step; reading describes it. Neither needs a worker.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app
        self._unread = Unread()

    async def put(self, owner: str, hooks: tuple[Hook, ...]) -> None:
        """Replace the webhooks of an owner."""
        held = OwnerHooks(owner=owner, hooks=hooks)
        with translated_errors():
            await self._client.start_workflow(
                HOLD_HOOKS,
                held,
                id=self._id(owner),
                task_queue=notices_queue(self._app),
                id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(attributes.APP, self._app),
                        SearchAttributePair(attributes.OWNER, owner),
                    ],
                ),
                memo={MEMO_HOOKS: held},
                static_summary=f"Webhooks of {owner}",
                rpc_timeout=RPC_TIMEOUT,
            )

    async def read(self, owner: str) -> tuple[Hook, ...]:
        """Give the webhooks of an owner.

        Raises:
            UnreadableError: this process cannot read them.
        """
        try:
            with translated_errors():
                handle = self._client.get_workflow_handle(self._id(owner))
                found = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return ()
            raise
        held = await decoded(found.memo_value(MEMO_HOOKS, None, type_hint=OwnerHooks))
        is_held = found.status is WorkflowExecutionStatus.RUNNING
        return held.hooks if held and is_held else ()

    async def every(self) -> Known:
        """Give the webhooks of all owners that have any; it lags a little behind `put`."""
        lately = (utc_now() - REPLACING).isoformat()
        query = (
            f"WorkflowType = '{HOLD_HOOKS}' AND {attributes.APP.name} = '{self._app}'"
            f" AND (ExecutionStatus = 'Running' OR CloseTime > '{lately}')"
        )
        found: Known = {}
        replaced: set[str] = set()
        with translated_errors():
            async for execution in self._client.list_workflows(query, page_size=1000):
                owner = execution.typed_search_attributes.get(attributes.OWNER)
                if owner is None:
                    continue
                if execution.status is WorkflowExecutionStatus.RUNNING:
                    found[owner] = await self._hooks(execution)
                else:
                    replaced.add(owner)
        # The list knows that hooks were replaced before it knows those that took their place.
        for owner in replaced - found.keys():
            found[owner] = await self._unread.or_none(self.read(owner), f"webhooks of {owner}")
        return {owner: hooks for owner, hooks in found.items() if hooks != ()}

    async def _hooks(self, execution: WorkflowExecution) -> tuple[Hook, ...] | None:
        reading = execution.memo_value(MEMO_HOOKS, type_hint=OwnerHooks)
        held = await self._unread.or_none(reading, execution.id)
        return held.hooks if held else None

    def _id(self, owner: str) -> str:
        # An owner's name may be anything, and longer than an id may be.
        return f"{self._app}.hooks.{hashlib.sha256(owner.encode()).hexdigest()[:24]}"


class KnownHooks:
    """The webhooks of all owners as they were a few seconds ago: one list for all runs."""

    def __init__(self, gateway: OwnerHookGateway, *, fresh: float = FRESH_SECONDS) -> None:
        self._gateway = gateway
        self._fresh = fresh
        self._lock = asyncio.Lock()
        self._known: Known | None = None
        self._read_at = float("-inf")

    async def of(self, owner: str) -> tuple[Hook, ...]:
        """Give the webhooks of an owner; where lists are away, those known before.

        Raises:
            TemporalUnavailableError: none are known yet, and Temporal does not answer.
            UnreadableError: this process cannot read them.
        """
        known = await self._refreshed()
        hooks = None if known is None else known.get(owner, ())
        return await self._gateway.read(owner) if hooks is None else hooks

    async def listens(self, owner: str) -> bool:
        """Say whether an owner has webhooks, or perhaps has: they are not known, or unreadable."""
        known = await self._refreshed()
        return known is None or owner in known

    async def _refreshed(self) -> Known | None:
        async with self._lock:
            if time.monotonic() - self._read_at > self._fresh:
                try:
                    self._known = await self._read(self._known or {})
                except (TemporalUnavailableError, RPCError) as error:
                    # Whoever asks has just run a walker, and must not fail for this.
                    _log.warning("webhooks of owners are not up to date", reason=error.message)
                self._read_at = time.monotonic()
            return self._known

    async def _read(self, before: Known) -> Known:
        found = await self._gateway.every()
        for owner in before.keys() - found.keys():
            # A list that lags far behind lacks the new ones of an owner.
            try:
                hooks = await self._gateway.read(owner)
            except UnreadableError:
                found[owner] = None
            else:
                if hooks:
                    found[owner] = hooks
        return found
