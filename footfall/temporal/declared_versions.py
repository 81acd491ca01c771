import uuid
from datetime import timedelta

from temporalio.api.workflowservice.v1 import UpdateScheduleRequest
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ConflictError
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

ATTEMPTS = 20
"""How often a write that lost against another is tried again."""

KEPT = 50
"""How many versions are remembered, the latest ones."""

_NOTE = "Footfall's own: which versions of the app's declared schedules there were. Never runs."


class DeclaredVersions:
    """The versions of what an app declares, in the order in which workers first came with them.

    They stand in the argument of a paused schedule that has no times: it outlives every worker,
    and Temporal lets only one of several writers win. It is no schedule of a user, and has none
    of Footfall's search attributes.

    Every method raises TemporalUnavailableError when Temporal does not answer, and ConflictError
    when others kept writing.
    """

    def __init__(self, client: Client, *, app: str) -> None:
        self._client = client
        self._app = app

    @property
    def id(self) -> str:
        """Id of the schedule; no walker's name has a hyphen, so no static schedule has it."""
        return f"{self._app}.declared-versions"

    async def enter(self, version: str) -> tuple[str, ...]:
        """Note a version that nobody came with before; give those that are newer than it."""
        return await self._write(version, renewed=False)

    async def renew(self, version: str) -> None:
        """Make a version the newest one, though it was there before."""
        await self._write(version, renewed=True)

    async def _write(self, version: str, *, renewed: bool) -> tuple[str, ...]:
        for _ in range(ATTEMPTS):
            found = await self._describe()
            if found is None:
                await self._create(version)
                continue
            known = await self._known(found)
            if known[-1:] == (version,) or (version in known and not renewed):
                return known[known.index(version) + 1 :]
            others = tuple(one for one in known if one != version)
            await self._update((*others, version)[-KEPT:], found)
        raise ConflictError(f"The schedule {self.id} kept changing.")

    async def _describe(self) -> ScheduleDescription | None:
        try:
            with translated_errors():
                return await self._client.get_schedule_handle(self.id).describe(
                    rpc_timeout=RPC_TIMEOUT
                )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _known(self, found: ScheduleDescription) -> tuple[str, ...]:
        action = found.schedule.action
        if not isinstance(action, ScheduleActionStartWorkflow):
            return ()
        decoded = await self._client.data_converter.decode(list(action.args), [tuple[str, ...]])
        known: tuple[str, ...] = decoded[0]
        return known

    async def _create(self, version: str) -> None:
        try:
            with translated_errors():
                await self._client.create_schedule(
                    self.id, self._schedule((version,)), rpc_timeout=RPC_TIMEOUT
                )
        except ScheduleAlreadyRunningError:
            return

    async def _update(self, versions: tuple[str, ...], found: ScheduleDescription) -> None:
        """Write, unless somebody else did meanwhile; only reading again tells."""
        schedule = self._schedule(versions)
        request = UpdateScheduleRequest(
            namespace=self._client.namespace,
            schedule_id=self.id,
            # The SDK has no public way to send a conflict token, nor to make this message.
            schedule=await schedule._to_proto(self._client),  # noqa: SLF001
            conflict_token=found.raw_description.conflict_token,
            identity=self._client.identity,
            request_id=str(uuid.uuid4()),
        )
        try:
            with translated_errors():
                await self._client.workflow_service.update_schedule(
                    request, retry=True, timeout=RPC_TIMEOUT
                )
        except RPCError as error:
            if error.status not in (RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.NOT_FOUND):
                raise

    def _schedule(self, versions: tuple[str, ...]) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                "DeclaredVersions",
                versions,
                id=self.id,
                task_queue=self._app,
                # Should somebody trigger it by hand, nothing takes it.
                execution_timeout=timedelta(seconds=1),
            ),
            spec=ScheduleSpec(),
            # Temporal forgets a schedule without times unless it is paused.
            state=ScheduleState(paused=True, note=_NOTE),
        )
