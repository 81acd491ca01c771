import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.api import Api, api_settings, running_api
from support.receiver import Receiver, running_receiver
from support.waiting import until
from support.worker import running_worker

APP = Path(__file__).parent.parent / "apps" / "python_runs"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def late_app() -> str:
    return f"late-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def apis(address: str, late_app: str) -> AsyncIterator[list[Api]]:
    """Two API processes' worth of services."""
    settings = api_settings(
        address,
        late_app,
        FOOTFALL_WEBHOOKS_SECRET="a secret for webhooks that is 32 bytes long",
        FOOTFALL_WEBHOOKS_ALLOW_PRIVATE="true",
    )
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running_api(settings)) for _ in range(2)]


def seen(api: Api, schedule_id: str) -> list[Any]:
    """Give the overdue runs of a schedule that this API has noticed itself."""
    transport: Any = api.http._transport
    events = transport.app.state.services.events._feed.after(0)
    notices = [event.subject for event in events if event.name == "notice"]
    return [
        one for one in notices if one.schedule_id == schedule_id and one.kind in ("late", "missed")
    ]


async def test_a_run_without_a_worker_is_late_and_told_once_by_two_apis(
    address: str, late_app: str, apis: list[Api], receiver: Receiver, tmp_path: Path
) -> None:
    alice = apis[0].caller("alice")
    async with running_worker(address, app_name=late_app, app=APP, data_dir=tmp_path):
        body = {
            "walker_name": "greet",
            "trigger": "date",
            "run_date": "2099-01-01T00:00:00Z",
            "late_after": 10,
            "notify": [{"url": receiver.url("/late")}],
        }
        schedule = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
    # However long the worker took to end, it is due when there is none.
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    path = f"/schedule/{schedule['id']}"
    await alice.data("PUT", path, json={"trigger": "date", "run_date": at.isoformat()})
    # The other API learns of it by its projector.
    bob_sees = apis[1].caller("alice")
    await bob_sees.data("GET", path)
    # Nobody works any more: the notice is delivered all the same.
    got = await receiver.gets("/late", "late")
    due = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    assert got.notice["id"] == f"late.{schedule['id']}.{due}"
    assert got.notice["message"] == (
        f"The run of greet that was due at {due} is late: no worker has taken it; is one running?"
    )
    assert (got.notice["run"]["status"], got.notice["run"]["scheduled_at"]) == ("running", due)

    async def both() -> bool:
        return all(seen(api, schedule["id"]) for api in apis)

    await until(both, what="that both have noticed it")
    assert [[one.id for one in seen(api, schedule["id"])] for api in apis] == [
        [got.notice["id"]],
        [got.notice["id"]],
    ]

    async def delivered() -> list[dict[str, Any]]:
        data = await alice.data("GET", "/notifications/deliveries")
        return list(data["deliveries"])

    listed = await until(delivered, what="the delivery in the list")
    assert [one["notice"]["kind"] for one in listed] == ["late"]
    assert receiver.kinds("/late") == {"late": 1}


async def test_what_is_not_started_is_missed_and_what_waits_is_late(
    address: str, late_app: str, apis: list[Api], receiver: Receiver, tmp_path: Path
) -> None:
    # Runs of one owner would wait for each other's graph root.
    owners = {path: apis[0].caller(path) for path in ("/skip", "/wait", "/punctual")}
    async with running_worker(
        address, app_name=late_app, app=APP, data_dir=tmp_path, FOOTFALL_PROCESSES="3"
    ):

        async def create(path: str, **fields: Any) -> dict[str, Any]:
            body = {
                "trigger": "interval",
                "seconds": 4,
                "late_after": 10,
                "notify": [{"url": receiver.url(path), "on": ["late", "missed"]}],
                **fields,
            }
            data = await owners[path].data("POST", "/schedule/create", json=body)
            schedule: dict[str, Any] = data["schedule"]
            return schedule

        await create("/skip", walker_name="sleepy")
        await create("/wait", walker_name="sleepy", overlap="buffer_one")
        punctual = await create("/punctual", walker_name="greet")
        missed, late = await asyncio.gather(
            receiver.gets("/skip", "missed"), receiver.gets("/wait", "late")
        )
        assert missed.notice["message"].endswith("was missed: another run was under way.")
        assert missed.notice["run"] is None
        assert late.notice["message"].endswith("is late: it waits for the run before it to end.")
        query = f"/schedule/{punctual['id']}/runs?status=succeeded"

        async def has_run() -> bool:
            return len((await owners["/punctual"].data("GET", query))["runs"]) >= 2

        await until(has_run, what="two punctual runs")
        assert seen(apis[0], punctual["id"]) == []
    assert receiver.at("/punctual") == []
    assert (receiver.kinds("/skip"), receiver.kinds("/wait")) == ({"missed": 1}, {"late": 1})
