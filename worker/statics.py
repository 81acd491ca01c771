from collections.abc import Iterable

import structlog

from footfall.errors import ConflictError, ScheduleNotFoundError, UnreadableError
from footfall.schedules.schedule import ChangeKind, ScheduledWalk, ScheduleSnapshot
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import ScheduleGateway
from worker.declared import DECLARED, static_id

_log = structlog.get_logger(__name__)


class StaticSchedules:
    """Makes Temporal hold exactly the schedules that the app's code declares.

    Any number of workers may do so at once: every step can be repeated.
    """

    def __init__(self, gateway: ScheduleGateway, *, app: str) -> None:
        self._gateway = gateway
        self._app = app

    async def sync(self, walks: Iterable[ScheduledWalk], *, keep: Iterable[str]) -> None:
        """Create, update and remove static schedules until they are as declared.

        Args:
            walks: what the code declares.
            keep: names of walkers whose declaration is broken at the moment; what was
                registered for them before stays as it was.

        Raises:
            TemporalUnavailableError: Temporal did not answer; call it again.
        """
        wanted = {walk.schedule_id for walk in walks}
        kept = {static_id(self._app, name) for name in keep}
        for walk in walks:
            await self._put(walk)
        async for entry in self._gateway.listed(only_static=True):
            if entry.id in wanted or entry.id in kept:
                continue
            try:
                await self._gateway.delete(
                    entry.id,
                    reason="it is no longer declared in the app's code",
                )
            except ScheduleNotFoundError:
                continue
            except UnreadableError as error:
                _leave(entry.id, error)
                continue
            _log.info("removed a static schedule that is no longer declared", schedule_id=entry.id)

    async def _put(self, walk: ScheduledWalk) -> None:
        def edit(before: ScheduleSnapshot) -> Draft | None:
            return _redeclared(before, walk)

        # A schedule can appear or go between two steps, by another worker's hand.
        for _ in range(5):
            try:
                before = await self._gateway.commit(walk.schedule_id, edit)
            except UnreadableError as error:
                # A newer release's, or one whose key this worker lacks: others see to it.
                _leave(walk.schedule_id, error)
                return
            except ScheduleNotFoundError:
                try:
                    await self._gateway.create(walk)
                except (ConflictError, ScheduleNotFoundError):
                    continue
                _log.info("registered a static schedule", schedule_id=walk.schedule_id)
                return
            # Perhaps its worker ended right after its creation.
            await self._gateway.begin(before)
            if before.walk.change.token == walk.change.token:
                _log.info("updated a static schedule", schedule_id=walk.schedule_id)
            return
        raise ConflictError(f"The static schedule {walk.schedule_id} kept changing.")


def _leave(schedule_id: str, error: UnreadableError) -> None:
    _log.error(
        "a static schedule cannot be read and is left as it is",
        schedule_id=schedule_id,
        reason=error.message,
    )


def _redeclared(before: ScheduleSnapshot, walk: ScheduledWalk) -> Draft | None:
    if before.walk.same_definition(walk):
        return None
    same_trigger = before.walk.config == walk.config
    return Draft(
        walk=before.walk.changed(
            walk.change.model_copy(update={"kind": ChangeKind.UPDATED}),
            **{name: getattr(walk, name) for name in DECLARED},
            anchor=before.walk.anchor if same_trigger else walk.anchor,
            horizon=before.walk.horizon if same_trigger else None,
        ),
        # A pause is the operator's decision and outlives a deployment.
        paused=before.paused,
        note=before.note,
    )
