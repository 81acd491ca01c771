"""The client's methods, and the types of what they give, against the API with everything real."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from support.api import Api, api_settings
from support.waiting import until

from footfall.client import AsyncClient
from footfall.client.answers import BulkFailure, BulkSuccess, StartedRunData
from footfall.client.errors import ConflictError, NotFoundError, StaleError
from footfall.tokens import issue_token


@pytest.fixture
async def eve(api: Api, address: str, app: str) -> AsyncIterator[AsyncClient]:
    """The client of a user of her own."""
    settings = api_settings(address, app)
    token = issue_token(
        settings.jwt,
        user=f"eve-{uuid.uuid4().hex[:6]}",
        admin=False,
        lifetime=timedelta(hours=1),
        now=datetime.now(UTC),
    )
    assert isinstance(api.http._transport, httpx.ASGITransport)
    # The transport is the API itself, and stays open.
    transport = httpx.ASGITransport(api.http._transport.app, raise_app_exceptions=False)
    async with AsyncClient("http://api", token, transport=transport) as client:
        yield client


async def test_a_schedule_from_its_creation_to_its_end(eve: AsyncClient) -> None:
    assert (await eve.live()).alive
    assert (await eve.ready()).enabled
    assert "greet" in {one.name for one in (await eve.list_walkers()).walkers}
    preview = await eve.preview_schedule(trigger="interval", hours=6, count=2)
    assert len(preview.next_runs) == 2
    key = uuid.uuid4().hex
    made = await eve.create_schedule(
        walker_name="greet", trigger="interval", hours=5, name="one", idempotency_key=key
    )
    again = await eve.create_schedule(
        walker_name="greet", trigger="interval", hours=5, name="one", idempotency_key=key
    )
    assert again.id == made.id
    paused = await eve.pause_schedule(made.id, "for now", if_match=made)
    assert (paused.status, paused.revision) == ("paused", 2)
    with pytest.raises(StaleError):
        await eve.resume_schedule(made.id, if_match=made)
    assert (await eve.resume_schedule(made.id, if_match=paused)).status == "active"
    changed = await eve.update_schedule(made.id, max_runs=3, retry={"max_attempts": 2})
    assert (changed.retry.max_attempts, changed.runs_left) == (2, 3)
    assert (await eve.get_revision(made.id, 2)).is_paused
    changes = (await eve.list_changes(made.id)).changes
    assert [one.kind for one in changes] == ["updated", "resumed", "paused", "created"]
    second = await eve.create_schedule(
        walker_name="greet", after={"schedule": made.id}, trigger="after"
    )
    with pytest.raises(ConflictError) as refused:
        await eve.delete_schedule(made.id)
    assert refused.value.code == "schedule_followed"
    assert (await eve.delete_schedule(second.id)).deleted
    assert not (await eve.delete_schedule(made.id, dry_run=True)).deleted
    assert (await eve.delete_schedule(made.id, "done", if_match=changed)).deleted
    with pytest.raises(NotFoundError):
        await eve.pause_schedule(made.id)


async def test_many_schedules_and_all_pages_of_them(eve: AsyncClient) -> None:
    applied = await eve.apply_schedules(
        {"name": f"s{number}", "walker_name": "greet", "trigger": "interval", "hours": 5}
        for number in range(5)
    )
    assert (applied.counts["create"], applied.failed) == (5, 0)
    assert {one["name"] for one in await eve.export_schedules()} == {f"s{n}" for n in range(5)}

    async def there() -> bool:
        found = [
            one.name async for one in eve.every_schedule(is_static=False, limit=2, sort="name")
        ]
        return found == [f"s{number}" for number in range(5)]

    await until(there, what="five schedules on three pages")
    bulk = await eve.change_many(action="trigger", ids=[applied.plan[0].id, "none"])
    done, failed = bulk.results
    assert isinstance(done, BulkSuccess)
    assert isinstance(done.data, StartedRunData)
    assert isinstance(failed, BulkFailure)
    assert failed.error.code == "schedule_not_found"


async def test_runs_backfills_and_notifications(eve: AsyncClient) -> None:
    made = await eve.create_schedule(walker_name="greet", trigger="cron", cron="0 * * * *")
    run = await eve.trigger_schedule(made.id, args={"name": "Eve"})
    assert run is not None
    assert await eve.trigger_schedule(made.id, dry_run=True) is None
    events = [event async for event in eve.tail_run(made.id, run.id)]
    assert (events[-1].name, events[-1].data["status"]) == ("end", "succeeded")
    assert (await eve.get_run(made.id, run.id)).stdout == "hello Eve\n"
    with pytest.raises(ConflictError):
        await eve.terminate_run(made.id, run.id)

    async def listed() -> bool:
        everywhere = [one.id async for one in eve.every_run(kind=["manual"], limit=1)]
        its_own = [one.id async for one in eve.every_run_of(made.id, status=["succeeded"])]
        return everywhere == its_own == [run.id]

    await until(listed, what="the run in both lists")
    assert (await eve.list_runs(made.id)).counts["succeeded"] == 1

    start = datetime(2026, 1, 5, tzinfo=UTC)
    preview = await eve.preview_backfill(made.id, start, start + timedelta(hours=1))
    assert preview.total == 2
    filling = await eve.start_backfill(made.id, start, start, reason="missed")
    assert (filling.start, filling.total, filling.reason) == (start, 1, "missed")

    async def filled() -> bool:
        return (await eve.get_backfill(made.id, filling.id)).status == "completed"

    await until(filled, what="the backfill's end")
    assert [one.id for one in await eve.list_backfills(made.id)] == [filling.id]
    with pytest.raises(ConflictError):
        await eve.cancel_backfill(made.id, filling.id)
    assert (await eve.get_notifications()).hooks == []
    assert (await eve.put_notifications([])).hooks == []
    assert (await eve.list_deliveries(limit=1)).deliveries == []
    with pytest.raises(NotFoundError):
        await eve.get_delivery("none")
