"""Whether Temporal, both projections and both APIs have what the model has."""

import time
from collections.abc import Callable

from model.expected import Model, is_shown
from support.api import Caller
from support.world import World

SECONDS = 90
"""How long all of them may take until they agree."""


class Agreement:
    """Compares everything that can be seen with a model."""

    def __init__(self, world: World, model: Model, caller: Callable[[int, str], Caller]) -> None:
        self._world = world
        self._model = model
        self._caller = caller

    async def problem(self) -> str | None:
        """Give a difference that does not go away, or None."""
        deadline = time.monotonic() + SECONDS
        while True:
            await self._world.swept()
            problem = await self._difference()
            if problem is None or time.monotonic() > deadline:
                return problem

    async def _difference(self) -> str | None:
        for schedule_id in self._model.schedules:
            described = await self._world.described(schedule_id)
            for api in (0, 1):
                row = await self._world.projected(api, schedule_id)
                if row != described:
                    return f"{schedule_id} in projection {api}: {row} is not {described}"
            started = await self._world.started(schedule_id)
            if started != (wanted := self._model.runs(schedule_id).ids):
                return f"Temporal has of {schedule_id} the runs {started} and not {wanted}"
        for api in (0, 1):
            for owner in ("alice", "bob"):
                problem = await self._listed(api, owner) or await self._runs(api, owner)
                if problem:
                    return problem
        return None

    async def _listed(self, api: int, owner: str) -> str | None:
        data = await self._caller(api, owner).data("GET", "/schedule/list")
        rows = {row["id"]: row for row in data["schedules"] if not row["is_static"]}
        expected = self._model.of(owner)
        if rows.keys() != expected.keys():
            return f"API {api} shows {owner} {sorted(rows)} and not {sorted(expected)}"
        for schedule_id, one in expected.items():
            if not is_shown(one, rows[schedule_id]):
                return f"API {api} shows {rows[schedule_id]} and not {one.shown()}"
            count = len(self._model.runs(schedule_id).ids)
            if rows[schedule_id]["run_count"] != count:
                return f"API {api} counts other runs than {count}: {rows[schedule_id]}"
        return None

    async def _runs(self, api: int, owner: str) -> str | None:
        caller = self._caller(api, owner)
        runs = (await caller.data("GET", "/runs?kind=manual&limit=1000"))["runs"]
        wanted = {
            schedule_id: self._model.runs(schedule_id).ids for schedule_id in self._model.of(owner)
        }
        found = {run["id"] for run in runs}
        if found != set().union(*wanted.values()) or len(found) != len(runs):
            return f"API {api} shows {owner} the runs {found} and not {wanted}"
        for schedule_id, ids in wanted.items():
            data = await caller.data("GET", f"/schedule/{schedule_id}/runs")
            shown = [(run["id"], run["kind"], run["status"]) for run in data["runs"]]
            if sorted(shown) != sorted((one, "manual", "succeeded") for one in ids):
                return f"API {api} shows of {schedule_id} the runs {shown} and not {ids}"
            if {status: count for status, count in data["counts"].items() if count} != (
                {"succeeded": len(ids)} if ids else {}
            ):
                return f"API {api} counts {data['counts']} and not {len(ids)} of {schedule_id}"
        return None
