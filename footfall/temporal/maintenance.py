from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ConflictError
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

RENEW_HORIZONS = "RenewHorizons"
"""Type of the workflow that is one maintenance."""

_EVERY = timedelta(days=1)
_SPREAD = timedelta(hours=1)
"""Up to how long after midnight (UTC) it fires, so that not all apps do so at once."""

_NOTE = "Footfall's own: keeps Temporal told of coming public holidays and clock changes."


class MaintenanceSchedule:
    """The schedule in Temporal that starts an app's maintenance once a day.

    It is no schedule of a user: it runs no walker and has none of Footfall's search attributes,
    so that neither it nor its runs are ever listed among theirs.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app

    @property
    def id(self) -> str:
        """Id of the schedule; no walker's name has a hyphen, so no static schedule has it."""
        return f"{self._app}.renew-horizons"

    async def ensure(self) -> None:
        """Make Temporal hold it as this release wants it; any number of workers may do so at once.

        The first maintenance starts at once, so that an app that stood still for long catches
        up. An operator's pause stays.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
            ConflictError: others kept creating and deleting it.
        """
        # It can appear or go between two steps, by another's hand.
        for _ in range(5):
            if await self._created() or await self._updated():
                return
        raise ConflictError(f"The schedule {self.id} kept changing.")

    async def _created(self) -> bool:
        try:
            with translated_errors():
                await self._client.create_schedule(
                    self.id,
                    self._wanted(),
                    trigger_immediately=True,
                    rpc_timeout=RPC_TIMEOUT,
                )
        except ScheduleAlreadyRunningError:
            return False
        return True

    async def _updated(self) -> bool:
        def update(given: ScheduleUpdateInput) -> ScheduleUpdate | None:
            before, wanted = given.description.schedule, self._wanted()
            if _essence(before) == _essence(wanted):
                return None
            wanted.state = before.state
            return ScheduleUpdate(wanted)

        try:
            with translated_errors():
                await self._client.get_schedule_handle(self.id).update(
                    update,
                    rpc_timeout=RPC_TIMEOUT,
                )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    def _wanted(self) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                RENEW_HORIZONS,
                id=self.id,
                task_queue=self._app,
                # One that is stuck must not hold up those that follow.
                execution_timeout=_EVERY,
            ),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=_EVERY)], jitter=_SPREAD),
            policy=SchedulePolicy(
                overlap=ScheduleOverlapPolicy.SKIP,
                catchup_window=_EVERY,
            ),
            state=ScheduleState(note=_NOTE),
        )


def _essence(schedule: Schedule) -> object:
    """Give all that this code decides; Temporal fills in more than that."""
    action = schedule.action
    if not isinstance(action, ScheduleActionStartWorkflow):
        return None
    return (
        (action.workflow, list(action.args), action.id, action.task_queue),
        action.execution_timeout,
        schedule.spec,
        schedule.policy,
    )
