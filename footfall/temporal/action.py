from datetime import UTC, datetime, timedelta

from temporalio.api.workflowservice.v1 import DescribeScheduleResponse
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleState,
)
from temporalio.common import Priority
from temporalio.converter import DataConverter

from footfall.schedules.policy import OverlapPolicy
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.attributes import run_attributes
from footfall.temporal.spec import to_schedule_spec
from footfall.triggers import CompiledTrigger, Plan, basis_of, compile_config, horizon_of
from footfall.triggers import plan as plan_of

RUN_WALKER = "RunWalker"
"""Type of the workflow that is a run."""

RUN_ACTIVITY = "run_walker"
"""Type of the activity of a run that runs its walker; its result is what the walker gave."""

_OVERLAPS = {
    OverlapPolicy.SKIP: ScheduleOverlapPolicy.SKIP,
    OverlapPolicy.BUFFER_ONE: ScheduleOverlapPolicy.BUFFER_ONE,
    OverlapPolicy.BUFFER_ALL: ScheduleOverlapPolicy.BUFFER_ALL,
    OverlapPolicy.ALLOW_ALL: ScheduleOverlapPolicy.ALLOW_ALL,
    OverlapPolicy.CANCEL_OTHER: ScheduleOverlapPolicy.CANCEL_OTHER,
    OverlapPolicy.TERMINATE_OTHER: ScheduleOverlapPolicy.TERMINATE_OTHER,
}


def to_schedule(
    walk: ScheduledWalk,
    plan: Plan,
    *,
    paused: bool,
    note: str,
    runs_left: int | None,
) -> Schedule:
    """Give the Temporal Schedule that a definition means; `plan` is its trigger.

    `runs_left` is how often it may still run, None without a limit.
    """
    policies = walk.policies
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RUN_WALKER,
            walk,
            id=action_id(walk),
            task_queue=walk.app,
            typed_search_attributes=run_attributes(walk),
            static_summary=walk.walker_name,
            priority=Priority(priority_key=policies.priority),
        ),
        spec=to_schedule_spec(plan),
        policy=SchedulePolicy(
            overlap=_OVERLAPS[policies.overlap],
            catchup_window=timedelta(seconds=policies.catchup_seconds(walk.trigger)),
        ),
        state=ScheduleState(
            paused=paused,
            note=note,
            limited_actions=runs_left is not None,
            remaining_actions=runs_left or 0,
        ),
    )


def scheduled_run_id(walk: ScheduledWalk, at: datetime) -> str:
    """Give the id that Temporal gives the run of a schedule for one of its times (UTC)."""
    return f"{action_id(walk)}-{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def planned(walk: ScheduledWalk) -> tuple[ScheduledWalk, CompiledTrigger, Plan]:
    """Compile and plan the trigger of a definition, and note in it by what releases.

    Raises:
        InvalidInputError: it is invalid, or more than Temporal can hold.
    """
    compiled = compile_config(walk.config, walk.anchor)
    noted = walk.model_copy(update={"basis": basis_of(compiled)})
    return noted, compiled, plan_of(compiled, exact_until(walk))


def exact_until(walk: ScheduledWalk) -> datetime:
    """Give the instant (UTC) up to which the plan of a definition is exact, if it has an end."""
    return walk.horizon or horizon_of(walk.anchor)


def action_id(walk: ScheduledWalk) -> str:
    """Give the start of the workflow ids of a schedule's runs; Temporal appends the time.

    The schedule's id is in it, since two schedules with one action id lose each other's runs.
    """
    if walk.is_static:
        return walk.schedule_id
    return f"{walk.walker_name}-{walk.schedule_id}"


async def to_snapshot(
    answer: DescribeScheduleResponse,
    converter: DataConverter,
) -> ScheduleSnapshot | None:
    """Give what Temporal describes, or None if it is no schedule of Footfall's."""
    started = answer.schedule.action.start_workflow
    if started.workflow_type.name != RUN_WALKER or len(started.input.payloads) != 1:
        return None
    (walk,) = await converter.decode(started.input.payloads, [ScheduledWalk])
    state, info = answer.schedule.state, answer.info
    return ScheduleSnapshot(
        walk=walk,
        paused=state.paused,
        note=state.notes,
        next_times=tuple(time.ToDatetime(UTC) for time in info.future_action_times),
        runs_left=state.remaining_actions if state.limited_actions else None,
        runs_started=info.action_count,
        running=bool(info.running_workflows),
    )
