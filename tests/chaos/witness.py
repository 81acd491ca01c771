"""What Temporal itself says of a deployment's schedules and runs."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from chaos.verdict import Due, certain, lost, unfollowed
from support.rows import tally
from support.waiting import until
from temporalio.client import Client, ScheduleInfo

from api.schedule_views import ScheduleView
from api.temporal_ui import TemporalUi
from footfall.projection.row import ScheduleRow
from footfall.schedules.run import RunSummary
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot
from footfall.temporal.runs import RunGateway
from footfall.temporal.schedules import ScheduleGateway
from footfall.triggers import compile_config, next_times

MOST_TIMES = 5_000

_log = structlog.get_logger(__name__)


class Witness:
    """Asks Temporal, past every process of ours."""

    def __init__(self, client: Client, *, app: str, end: datetime) -> None:
        self._client = client
        self._gateway = ScheduleGateway(client, app=app)
        self._runs = RunGateway(client, app=app)
        self._end = end

    async def snapshots(self) -> dict[str, ScheduleSnapshot]:
        """Give every schedule, as Temporal describes it."""
        ids = [entry.id async for entry in self._gateway.listed()]
        found = await self._gateway.read_many(ids)
        return {snapshot.walk.schedule_id: snapshot for snapshot in found}

    async def runs(self) -> list[RunSummary]:
        """Give every run that Temporal holds."""
        return [run async for run in self._runs.listed()]

    async def due(self, acknowledged: Mapping[str, datetime]) -> dict[str, Due]:
        """Give when each schedule that has times of its own was due."""
        found: dict[str, Due] = {}
        for schedule_id, snapshot in (await self.snapshots()).items():
            walk = snapshot.walk
            info = await self._info(schedule_id)
            if walk.follows is None:
                found[schedule_id] = Due(
                    overlap=walk.policies.overlap,
                    times=self._times(walk),
                    end=self._end,
                    certain_from=certain(walk.created_at, acknowledged.get(schedule_id)),
                    started=info.num_actions,
                    skipped=info.num_actions_skipped_overlap,
                    missed=info.num_actions_missed_catchup_window,
                )
        return found

    async def stop_statics(self, *, seconds: float) -> None:
        """Pause static schedules, which have no end, once all their times until then are done."""
        snapshots = await self.snapshots()
        for schedule_id, snapshot in snapshots.items():
            if not snapshot.walk.is_static:
                continue

            async def beyond(schedule_id: str = schedule_id) -> bool:
                runs = [run async for run in self._runs.listed(schedule_id=schedule_id)]
                return any(run.scheduled_at and run.scheduled_at > self._end for run in runs)

            await until(beyond, seconds=seconds, every=1, what=f"runs of {schedule_id}")
            await self._client.get_schedule_handle(schedule_id).pause(note="the end")

    async def calm(
        self,
        acknowledged: Mapping[str, datetime],
        followers: Mapping[str, str],
        *,
        seconds: float,
    ) -> float:
        """Wait until nothing is left to do, and give how many seconds that took."""
        began = time.monotonic()
        left: list[str] = []

        async def settled() -> bool:
            open_runs = [run async for run in self._runs.listed(only_open=True)]
            left[:] = [f"{run.id} is under way" for run in open_runs]
            if not left:
                runs = await self.runs()
                left.extend(lost(await self.due(acknowledged), runs))
                left.extend(unfollowed(runs, followers, acknowledged))
            return not left

        try:
            await until(settled, seconds=seconds, every=2)
        except AssertionError:
            # What is missing is told by the verdict, with all that is known.
            _log.warning("not everything came to an end", left=left[:5])
        return time.monotonic() - began

    async def rows(self, ui: TemporalUi) -> dict[str, dict[str, object]]:
        """Give every schedule as the API should show it, without a projection between."""
        by_schedule: dict[str, list[RunSummary]] = {}
        for run in await self.runs():
            by_schedule.setdefault(run.schedule_id, []).append(run)
        now = datetime.now(UTC)
        return {
            schedule_id: ScheduleView.of(
                ScheduleRow(snapshot=snapshot, tally=tally(by_schedule.get(schedule_id, []))),
                ui,
                now=now,
            ).model_dump(mode="json")
            for schedule_id, snapshot in (await self.snapshots()).items()
        }

    async def _info(self, schedule_id: str) -> ScheduleInfo:
        return (await self._client.get_schedule_handle(schedule_id).describe()).info

    def _times(self, walk: ScheduledWalk) -> list[datetime]:
        compiled = compile_config(walk.config, walk.anchor)
        found = next_times(compiled, walk.created_at, MOST_TIMES)
        return [at for at in found if at <= self._end]
