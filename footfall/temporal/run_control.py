import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client, ScheduleActionExecutionStartWorkflow
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import RunEndedError
from footfall.schedules.attributes import MEMO_FINGERPRINT, MEMO_OCCASION, MEMO_WAITS
from footfall.schedules.occasion import RunReference
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduledWalk
from footfall.temporal.action import RUN_WALKER
from footfall.temporal.attributes import run_attributes
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors
from footfall.temporal.runs import RunGateway


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A run that has not ended, and whether it still waits for others before it begins."""

    run: RunSummary
    waits: bool

    @property
    def reference(self) -> RunReference:
        """Name this execution of the run."""
        return RunReference(id=self.run.id, temporal_run_id=self.run.temporal_run_id)


class RunControl:
    """Starts, cancels and terminates runs in Temporal, beside what schedules do themselves.

    Every method raises TemporalUnavailableError when Temporal does not answer.
    """

    def __init__(self, client: Client, runs: RunGateway) -> None:
        self._client = client
        self._runs = runs

    async def start(
        self,
        walk: ScheduledWalk,
        run_id: str,
        *,
        fingerprint: str | None = None,
    ) -> bool:
        """Start a run of a schedule, now and whatever the schedule is doing.

        Args:
            walk: the schedule's definition, with the run's own arguments and its occasion.
            run_id: id of the run. Temporal takes each only once while it holds the run.
            fingerprint: a digest of what was asked for, to be read by `fingerprint`.

        Returns:
            Whether it was started; if not, there is a run with this id.
        """
        occasion = walk.occasion
        if occasion is None:
            raise ValueError("a run that its schedule does not start needs an occasion")
        memo: dict[str, Any] = {MEMO_OCCASION: occasion.model_copy(update={"waits_for": ()})}
        if fingerprint is not None:
            memo[MEMO_FINGERPRINT] = fingerprint
        if occasion.waits_for:
            memo[MEMO_WAITS] = True
        try:
            with translated_errors():
                await self._client.start_workflow(
                    RUN_WALKER,
                    walk,
                    id=run_id,
                    task_queue=walk.app,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=run_attributes(walk),
                    memo=memo,
                    static_summary=walk.walker_name,
                    priority=Priority(priority_key=walk.policies.priority),
                    rpc_timeout=RPC_TIMEOUT,
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def fingerprint(self, schedule_id: str, run_id: str) -> str | None:
        """Give the fingerprint that a run was started with; None if there is no such run."""
        found = await self._runs.observe(schedule_id, run_id)
        return found.fingerprint if found else None

    async def under_way(self, schedule_id: str, known: Iterable[str] = ()) -> list[UnderWay]:
        """Give the runs of a schedule that have not ended.

        Temporal's list of runs lags some tens of milliseconds behind; runs that it does not
        show yet are found where the schedule started them itself, or where `known` names them.
        """
        ids = {*known, *await self._running_actions(schedule_id)}
        listed = self._runs.listed(schedule_id=schedule_id, only_open=True)
        ids |= {run.id async for run in listed}
        found = await asyncio.gather(*(self._runs.observe(schedule_id, one) for one in ids))
        return [
            UnderWay(run=one.summary, waits=one.waits)
            for one in found
            if one is not None and one.summary.closed_at is None
        ]

    async def cancel(self, run: RunSummary, *, reason: str) -> None:
        """Ask a run to end; its walker is killed, and what it printed is kept."""
        handle = self._client.get_workflow_handle(run.id, run_id=run.temporal_run_id)
        try:
            with translated_errors():
                await handle.cancel(reason=reason, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise RunEndedError from error
            raise

    async def terminate(self, run: RunSummary, *, reason: str) -> None:
        """End a run at once; its walker is killed as soon as its worker hears of it.

        Raises:
            RunEndedError: it has ended already.
        """
        handle = self._client.get_workflow_handle(run.id, run_id=run.temporal_run_id)
        try:
            with translated_errors():
                await handle.terminate(reason=reason, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise RunEndedError from error
            raise

    async def _running_actions(self, schedule_id: str) -> set[str]:
        try:
            with translated_errors():
                handle = self._client.get_schedule_handle(schedule_id)
                description = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return set()
            raise
        return {
            action.workflow_id
            for action in description.info.running_actions
            if isinstance(action, ScheduleActionExecutionStartWorkflow)
        }
