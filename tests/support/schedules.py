"""Schedules and runs as the tests of the API need them."""

from pathlib import Path
from typing import Any

from support.api import Caller
from support.waiting import until

ENDED = {"succeeded", "failed", "timed_out", "cancelled", "terminated"}


async def create(who: Caller, walker_name: str = "greet", **fields: Any) -> dict[str, Any]:
    """Create a schedule that does not run by itself during a test."""
    body = {"walker_name": walker_name, "trigger": "interval", "hours": 5, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def trigger(who: Caller, schedule_id: str, **options: Any) -> dict[str, Any]:
    data = await who.data("POST", f"/schedule/{schedule_id}/trigger", **options)
    run: dict[str, Any] = data["run"]
    return run


async def run_of(who: Caller, run: dict[str, Any]) -> dict[str, Any]:
    data = await who.data("GET", f"/schedule/{run['schedule_id']}/runs/{run['id']}")
    found: dict[str, Any] = data["run"]
    return found


async def ended(who: Caller, run: dict[str, Any]) -> dict[str, Any]:
    async def probe() -> dict[str, Any] | None:
        found = await run_of(who, run)
        return found if found["status"] in ENDED else None

    return await until(probe, what="the run's end")


async def walking(who: Caller, run: dict[str, Any]) -> dict[str, Any]:
    """Wait until the walker itself is under way."""

    async def probe() -> dict[str, Any] | None:
        found = await run_of(who, run)
        return found if found["walker_started_at"] else None

    return await until(probe, what="the walker's start")


async def beating(folder: Path) -> None:
    """Wait until the walker `beat` has printed its line and given a sign of life."""
    sign = folder / "alive"
    sign.unlink(missing_ok=True)

    async def probe() -> bool:
        return sign.exists()

    await until(probe, what="a sign of life")
