import hashlib
import hmac
import re
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.api import Api, Caller, api_settings, running_api
from support.receiver import Receiver, running_receiver
from support.waiting import until
from temporalio.client import Client

from footfall.projection.cursor import encode_cursor
from worker.health import WorkerState

SECRET = "a secret for webhooks that is 32 bytes long"
BODY: dict[str, Any] = {"walker_name": "boom", "trigger": "interval", "hours": 1}
GOOD = "http://93.184.216.34/hook"


@pytest.fixture(scope="module")
async def api(address: str, app: str, worker: WorkerState) -> AsyncIterator[Api]:
    del worker
    settings = api_settings(
        address,
        app,
        FOOTFALL_WEBHOOKS_SECRET=SECRET,
        FOOTFALL_WEBHOOKS_ALLOW_PRIVATE="true",
        FOOTFALL_WEBHOOKS_ATTEMPTS="2",
    )
    async with running_api(settings) as running:
        yield running


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def path() -> str:
    return f"/{uuid.uuid4().hex[:8]}"


async def create(who: Caller, **fields: Any) -> dict[str, Any]:
    body = {**BODY, **fields}
    if "run_date" in body:
        del body["hours"]
    data = await who.data("POST", "/schedule/create", json=body)
    schedule: dict[str, Any] = data["schedule"]
    return schedule


async def run(who: Caller, schedule: dict[str, Any], **body: Any) -> str:
    """Run a schedule now, and wait for the end."""
    data = await who.data("POST", f"/schedule/{schedule['id']}/trigger", json=body)
    run_id: str = data["run"]["id"]

    async def ended() -> bool:
        found = await who.data("GET", f"/schedule/{schedule['id']}/runs/{run_id}")
        return found["run"]["status"] != "running"

    await until(ended, what="the run's end")
    return run_id


async def deliveries(who: Caller, query: str = "") -> list[dict[str, Any]]:
    data = await who.data("GET", f"/notifications/deliveries{query}")
    found: list[dict[str, Any]] = data["deliveries"]
    return found


async def delivery(who: Caller, status: str) -> dict[str, Any]:
    """Wait for a delivery that stands so."""

    async def found() -> dict[str, Any] | None:
        return next(iter(await deliveries(who, f"?status={status}")), None)

    return await until(found, what=f"a delivery that is {status}")


async def test_a_failure_is_told_and_signed_with_the_owners_key(
    alice: Caller, bob: Caller, receiver: Receiver, path: str
) -> None:
    schedule = await create(alice, notify=[{"url": receiver.url(path)}], name="told")
    run_id = await run(alice, schedule)
    got = await receiver.gets(path, "failed")
    notice = got.notice
    assert notice["id"] == got.headers["footfall-notice-id"] == f"failed.{schedule['id']}.{run_id}"
    assert (notice["schedule_id"], notice["name"]) == (schedule["id"], "told")
    assert (notice["owner"], notice["walker_name"]) == (schedule["owner"], "boom")
    assert (notice["run"]["id"], notice["run"]["status"]) == (run_id, "failed")
    assert notice["run"]["error"]["type"] == "ValueError"
    assert "no luck" in notice["message"]

    key = (await alice.data("GET", "/notifications"))["signing_key"]
    text = got.headers["footfall-timestamp"].encode() + b"." + got.body
    expected = "v1=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    assert got.headers["footfall-signature"] == expected
    assert (await bob.data("GET", "/notifications"))["signing_key"] != key

    done = await delivery(alice, "delivered")
    assert (done["url"], done["notice"]["id"]) == (receiver.url(path), notice["id"])
    assert await deliveries(bob) == []
    assert (await bob.error("GET", f"/notifications/deliveries/{done['id']}"))[0] == 404
    assert receiver.kinds(path) == {"failed": 1}


async def test_a_success_after_a_failure_is_a_recovery(
    alice: Caller, receiver: Receiver, path: str
) -> None:
    hooks = [{"url": receiver.url(path), "on": ["recovered", "failed"]}]
    schedule = await create(alice, walker_name="sleepy", notify=hooks)
    await run(alice, schedule, args={"seconds": 0})
    assert receiver.at(path) == []
    # Only what has to take too long has little time.
    await alice.data("PUT", f"/schedule/{schedule['id']}", json={"timeout": 1})
    await run(alice, schedule)
    failed = await receiver.gets(path, "failed")
    assert failed.notice["run"]["status"] == "timed_out"
    await alice.data("PUT", f"/schedule/{schedule['id']}", json={"timeout": None})
    run_id = await run(alice, schedule, args={"seconds": 0})
    assert (await receiver.gets(path, "recovered")).notice["run"]["id"] == run_id
    await run(alice, schedule, args={"seconds": 0})
    assert receiver.kinds(path) == {"failed": 1, "recovered": 1}


async def test_a_pause_by_failure_is_told(alice: Caller, receiver: Receiver, path: str) -> None:
    schedule = await create(alice, pause_on_failure=1, notify=[{"url": receiver.url(path)}])
    await run(alice, schedule)
    paused = (await receiver.gets(path, "paused")).notice
    assert paused["message"] == "The schedule of boom is paused after a failure."
    assert re.fullmatch(rf"paused\.{schedule['id']}\.\d{{13}}\.r2", paused["id"])
    await receiver.gets(path, "failed")


async def test_a_schedule_that_is_created_again_under_its_name_counts_and_tells_anew(
    alice: Caller, receiver: Receiver, path: str
) -> None:
    hooks = [{"url": receiver.url(path), "on": ["paused", "recovered"]}]
    # Nobody can sleep for so long, but any other time.
    fields = {"walker_name": "sleepy", "args": {"seconds": -1}, "pause_on_failure": 2}
    body = {"schedules": [{**BODY, **fields, "notify": hooks, "name": "again"}]}
    for lives in (1, 2, 3):
        (made,) = (await alice.data("POST", "/schedule/apply", json=body))["plan"]
        schedule = {"id": made["id"]}
        if lives == 3:
            # No recovery: what failed last was another one's.
            await run(alice, schedule, args={"seconds": 0})
        _, second = [await run(alice, schedule) for _ in range(2)]

        async def told(lives: int = lives) -> bool:
            return receiver.kinds(path) == {"paused": lives}

        await until(told, what="the notice of the pause")
        assert receiver.at(path)[-1].notice["run"]["id"] == second
        await alice.data("DELETE", f"/schedule/{schedule['id']}")
    found = [one.notice for one in receiver.at(path)]
    assert len({notice["schedule_id"] for notice in found}) == 1
    assert len({notice["id"] for notice in found}) == 3


@pytest.mark.parametrize("after", ["keep", "delete"])
async def test_a_completion_is_told_once(
    alice: Caller, receiver: Receiver, path: str, after: str
) -> None:
    hooks = [{"url": receiver.url(path), "on": ["completed"]}]
    at = datetime.now(UTC) + timedelta(seconds=5)
    schedule = await create(
        alice,
        walker_name="greet",
        trigger="date",
        run_date=at.isoformat(timespec="seconds"),
        after_completion=after,
        notify=hooks,
    )
    completed = (await receiver.gets(path, "completed")).notice
    assert re.fullmatch(rf"completed\.{schedule['id']}\.\d{{13}}\.r1", completed["id"])
    assert receiver.kinds(path) == {"completed": 1}


async def test_the_hooks_of_an_owner_hear_of_all_schedules(
    alice: Caller, bob: Caller, admin: Caller, receiver: Receiver, path: str
) -> None:
    assert (await alice.data("GET", "/notifications"))["hooks"] == []
    hooks = [{"url": receiver.url(path), "on": ["failed"]}]
    foreseen = await alice.data("PUT", "/notifications?dry_run=true", json={"hooks": hooks})
    assert (await alice.data("GET", "/notifications"))["hooks"] == []
    told = await alice.data("PUT", "/notifications", json={"hooks": hooks})
    assert foreseen == told
    assert told == await alice.data("GET", "/notifications")
    assert told["hooks"] == hooks
    assert (await bob.data("GET", "/notifications"))["hooks"] == []
    schedule = await create(alice)
    other = await create(bob)
    owner = schedule["owner"]
    seen = await admin.data("GET", f"/notifications?owner={owner}")
    assert seen["hooks"] == hooks
    assert (await bob.error("GET", f"/notifications?owner={owner}"))[0] == 403

    async def told_of() -> bool:
        await run(bob, other)
        await run(alice, schedule)
        return bool(receiver.at(path))

    await until(told_of, what="a notice of the owner's hook")
    assert {one.notice["owner"] for one in receiver.at(path)} == {owner}
    await alice.data("PUT", "/notifications", json={"hooks": []})
    assert (await alice.data("GET", "/notifications"))["hooks"] == []


async def test_what_nobody_takes_is_a_dead_letter_and_can_be_replayed(
    alice: Caller, bob: Caller, receiver: Receiver, path: str
) -> None:
    receiver.answers[path] = [503, 500, 200]
    # It is pending as long as it is not answered.
    held = receiver.held[path] = threading.Event()
    schedule = await create(alice, notify=[{"url": receiver.url(path), "on": ["failed"]}])
    await run(alice, schedule)
    waiting = await delivery(alice, "pending")
    replay = f"/notifications/deliveries/{waiting['id']}/replay"
    assert (await alice.error("POST", replay))[1]["code"] == "delivery_pending"
    held.set()

    dead = await delivery(alice, "failed")
    assert dead["id"] == waiting["id"]
    assert dead["error"]["type"] == "BadAnswer"
    assert dead["error"]["message"] == "Attempt 2: the receiver answered 500"
    assert len(receiver.at(path)) == 2
    assert (await bob.error("POST", replay))[0] == 404

    assert (await alice.data("POST", f"{replay}?dry_run=true"))["delivery"] == dead
    assert (await alice.data("POST", replay))["delivery"]["id"] == dead["id"]
    again = await delivery(alice, "delivered")
    assert (again["id"], again["notice"]) == (dead["id"], dead["notice"])
    assert len(await deliveries(alice, f"?schedule_id={schedule['id']}")) == 1
    assert await deliveries(alice, "?status=failed") == []
    assert len({one.headers["footfall-notice-id"] for one in receiver.at(path)}) == 1
    assert len(receiver.at(path)) == 3


async def test_older_deliveries_are_on_the_next_page(
    alice: Caller, receiver: Receiver, path: str
) -> None:
    schedule = await create(alice, notify=[{"url": receiver.url(path), "on": ["failed"]}])
    sent = [await run(alice, schedule) for _ in range(3)]

    async def all_three() -> bool:
        return len(await deliveries(alice, "?status=delivered")) == 3

    await until(all_three, what="three deliveries")
    listing = "/notifications/deliveries?status=delivered&limit=2"
    first = await alice.data("GET", listing)
    rest = await alice.data("GET", f"{listing}&cursor={first['cursor']}")
    shown = [one["notice"]["run"]["id"] for one in (*first["deliveries"], *rest["deliveries"])]
    assert shown == list(reversed(sent))
    assert rest["cursor"] is None
    largest = encode_cursor("deliveries", "9" * 18 + "some")
    for wrong in ("nothing", encode_cursor("runs", "0" * 18 + "some"), largest):
        assert await alice.fields("GET", f"{listing}&cursor={wrong}") == {"cursor"}


@pytest.mark.parametrize(("status", "kind"), [(410, "Gone"), (302, "BadAnswer")])
async def test_gone_is_final_and_redirects_are_not_followed(
    alice: Caller, receiver: Receiver, path: str, status: int, kind: str
) -> None:
    receiver.answers[path] = [status]
    schedule = await create(alice, notify=[{"url": receiver.url(path), "on": ["failed"]}])
    await run(alice, schedule)
    dead = await delivery(alice, "failed")
    assert dead["error"]["type"] == kind
    assert len(receiver.at(path)) == (1 if status == 410 else 2)
    assert receiver.at("/redirected") == []


async def test_a_run_without_hooks_pays_nothing(
    alice: Caller, receiver: Receiver, path: str, client: Client
) -> None:
    async def activities(schedule: dict[str, Any]) -> list[str]:
        run_id = await run(alice, schedule)
        history = await client.get_workflow_handle(run_id).fetch_history()
        scheduled = [
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in history.events
        ]
        return [name for name in scheduled if name]

    for walker in ("greet", "boom"):
        plain = await create(alice, walker_name=walker)
        assert await activities(plain) == ["run_walker"]
        told = await create(alice, walker_name=walker, notify=[{"url": receiver.url(path)}])
        assert await activities(told) == ["run_walker", "tell_of_run"]


async def test_an_owner_with_quotes_in_the_name_sees_only_their_own(
    api: Api, alice: Caller, receiver: Receiver, path: str
) -> None:
    name = f"o'brien \\ or '1'='1' -- {uuid.uuid4().hex[:6]}"
    strange = api.caller(name)
    schedule = await create(alice, notify=[{"url": receiver.url(path), "on": ["failed"]}])
    await run(alice, schedule)
    await delivery(alice, "delivered")
    assert await deliveries(strange) == []
    his = await create(strange, notify=[{"url": receiver.url(path), "on": ["failed"]}])
    await run(strange, his)
    assert (await delivery(strange, "delivered"))["notice"]["owner"] == name
    assert len(await deliveries(strange)) == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"notify": [{"url": "ftp://example.com/"}]}, "notify.0.url"),
        ({"notify": [{"url": "https://user:pw@example.com/"}]}, "notify.0.url"),
        ({"notify": [{"url": GOOD, "on": []}]}, "notify.0.on"),
        ({"notify": [{"url": GOOD, "on": ["never"]}]}, "notify.0.on.0"),
        ({"notify": [{"url": GOOD, "secret": "x"}]}, "notify.0.secret"),
        ({"notify": [{"url": GOOD}] * 6}, "notify"),
        ({"late_after": 9}, "late_after"),
        ({"late_after": 86401}, "late_after"),
    ],
)
async def test_what_is_no_hook_is_refused(
    alice: Caller, fields: dict[str, Any], wrong: str
) -> None:
    assert wrong in await alice.fields("POST", "/schedule/create", json={**BODY, **fields})
    if "notify" in fields:
        hooks = {"hooks": fields["notify"]}
        names = await alice.fields("PUT", "/notifications", json=hooks)
        assert wrong.replace("notify", "hooks") in names


async def test_hooks_are_part_of_a_schedule(alice: Caller) -> None:
    hooks = [{"url": GOOD, "on": ["failed", "late"]}]
    schedule = await create(alice, notify=hooks, late_after=60, name="part")
    assert (schedule["notify"], schedule["late_after"]) == (hooks, 60)
    path = f"/schedule/{schedule['id']}"
    changed = await alice.data("PUT", path, json={"notify": [], "late_after": None})
    assert (changed["schedule"]["notify"], changed["schedule"]["late_after"]) == ([], None)
    (last, _) = (await alice.data("GET", f"{path}/changes"))["changes"]
    assert last["difference"] == {
        "notify": {"before": hooks, "after": []},
        "late_after": {"before": 60, "after": None},
    }
    declared = {**BODY, "name": "part", "notify": hooks, "late_after": 30}
    body = {"schedules": [declared]}
    plan = (await alice.data("POST", "/schedule/apply", json=body))["plan"]
    assert plan[0]["difference"].keys() == {"notify", "late_after"}
    exported = await alice.data("GET", "/schedule/export")
    assert exported == {"schedules": [declared]}


async def test_without_a_secret_hooks_are_refused_and_without_leave_private_ones(
    address: str, app: str, worker: WorkerState
) -> None:
    del worker
    async with running_api(api_settings(address, app)) as api:
        carol = api.caller("carol")
        hooks = [{"url": GOOD}]
        status, data = await carol.error("POST", "/schedule/create", json={**BODY, "notify": hooks})
        assert (status, data["details"]["fields"][0]["field"]) == (400, "notify")
        assert "FOOTFALL_WEBHOOKS_SECRET" in data["message"]
        assert await carol.fields("PUT", "/notifications", json={"hooks": hooks}) == {"hooks"}
        assert await carol.data("GET", "/notifications") == {"hooks": [], "signing_key": None}
    settings = api_settings(address, app, FOOTFALL_WEBHOOKS_SECRET=SECRET)
    async with running_api(settings) as api:
        carol = api.caller("carol")
        for url in ("http://127.0.0.1/", "http://[::1]:8000/", "http://localhost/", "http://10.1/"):
            hooks = [{"url": GOOD}, {"url": url}]
            fields = await carol.fields("PUT", "/notifications", json={"hooks": hooks})
            assert fields == {"hooks.1.url"}
            fields = await carol.fields("POST", "/schedule/create", json={**BODY, "notify": hooks})
            assert fields == {"notify.1.url"}
