import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.api import Caller
from support.waiting import until

LIST = "/schedule/list"


async def create(who: Caller, **fields: Any) -> str:
    trigger = {} if "trigger" in fields or "seconds" in fields else {"hours": 1}
    body = {"walker_name": "greet", "trigger": "interval", **trigger, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    schedule_id: str = data["schedule"]["id"]
    return schedule_id


async def found(who: Caller, *params: tuple[str, Any]) -> list[str]:
    data = await who.data("GET", LIST, params=[*params, ("is_static", "false")])
    assert data["total"] == len(data["schedules"])
    return [row["id"] for row in data["schedules"]]


async def test_each_filter_lets_through_what_it_says(alice: Caller) -> None:
    first = await create(alice, tags=["red", "blue"], description="Nightly CLEANUP of carts")
    # Whichever Monday is next, the other one is due earlier.
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    second = await create(alice, trigger="cron", cron="0 9 * * 1", start_at=later, tags=["red"])
    third = await create(
        alice,
        trigger="date",
        run_date="2030-05-06T07:08:09Z",
        is_active=False,
    )
    for params, expected in [
        ([("trigger", "cron")], [second]),
        ([("walker_name", "greet")], [first, second, third]),
        ([("walker_name", "gree")], []),
        ([("tag", "red")], [first, second]),
        ([("tag", "red"), ("tag", "blue")], [first]),
        ([("status", "paused")], [third]),
        ([("status", "completed")], []),
        ([("q", "cleanup")], [first]),
        ([("q", "  CARTS   nightly ")], [first]),
        ([("q", "monday")], [second]),
        ([("q", third[:12].upper())], [third]),
        ([("last_status", "none")], [first, second, third]),
        ([("last_status", "failed")], []),
        ([("next_run_before", "2100-01-01T00:00:00+00:00")], [first, second]),
        ([("next_run_after", "2029-01-01")], []),
        ([("last_run_after", "2020-01-01T00:00:00Z")], []),
        ([("sort", "-trigger")], [first, third, second]),
        ([("sort", "next_run_at"), ("status", "active")], [first, second]),
        ([("sort", "-created_at"), ("q", "greet"), ("tag", "red")], [second, first]),
    ]:
        assert await found(alice, *params) == expected, params


async def test_what_ran_is_found_by_its_last_run(alice: Caller) -> None:
    quiet = await create(alice)
    # Once only: while another one is under way, the last run is none that failed.
    failing = await create(alice, walker_name="boom", seconds=1, max_runs=1)

    async def failed() -> bool:
        return await found(alice, ("last_status", "failed")) == [failing]

    await until(failed, what="a failed run")
    data = await alice.data("GET", LIST, params={"last_status": "failed"})
    started = data["schedules"][0]["last_run"]["started_at"]
    # What is shown may be given back.
    assert await found(alice, ("last_run_after", started)) == [failing]
    assert await found(alice, ("last_run_before", started)) == []
    for sort in ("last_run_at", "-last_run_at"):
        assert await found(alice, ("sort", sort)) == [failing, quiet]
    assert await found(alice, ("sort", "-run_count")) == [failing, quiet]


async def test_pages_of_a_sorted_list(alice: Caller) -> None:
    texts = ["c", "a", "e", "b", "d"]
    await asyncio.gather(*(create(alice, description=text) for text in texts))
    params: dict[str, Any] = {"sort": "-description", "limit": 2, "is_static": "false"}
    shown: list[str] = []
    while True:
        page = await alice.data("GET", LIST, params=params)
        assert page["total"] == 5
        shown += [row["description"] for row in page["schedules"]]
        if page["cursor"] is None:
            break
        params["cursor"] = page["cursor"]
    assert shown == sorted(texts, reverse=True)
    for change in ({"sort": "description"}, {"q": "a"}, {"is_static": "true"}):
        assert await alice.fields("GET", LIST, params={**params, **change}) == {"cursor"}


async def test_only_an_admin_lists_an_owner(alice: Caller, bob: Caller, admin: Caller) -> None:
    mine = await create(alice)
    his = await create(bob)
    owner = (await alice.data("GET", f"/schedule/{mine}"))["schedule"]["owner"]
    status, data = await bob.error("GET", LIST, params={"owner": owner})
    assert (status, data["code"]) == (403, "forbidden")
    assert await found(admin, ("owner", owner)) == [mine]
    assert his in await found(admin)
    assert await found(bob) == [his]


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ([("walker", "greet"), ("limits", "5")], {"walker", "limits"}),
        ([("trigger", "sometimes")], {"trigger"}),
        ([("status", "failed")], {"status"}),
        ([("is_static", "1")], {"is_static"}),
        ([("tag", "")], {"tag"}),
        ([("q", "  ")], {"q"}),
        ([("q", "x" * 201)], {"q"}),
        ([("last_status", "never")], {"last_status"}),
        ([("next_run_after", "soon")], {"next_run_after"}),
        ([("next_run_before", "0001-01-01T00:00:00+14:00")], {"next_run_before"}),
        ([("last_run_after", "1700000000")], {"last_run_after"}),
        ([("last_run_before", "2027-01-01T00:00:00 01:00")], {"last_run_before"}),
        ([("sort", "args")], {"sort"}),
        ([("sort", "--id")], {"sort"}),
        ([("sort", "")], {"sort"}),
        ([("limit", "1001")], {"limit"}),
        ([("status", "active"), ("status", "paused")], {"status"}),
        ([("cursor", "x" * 20_000)], {"cursor"}),
    ],
)
async def test_a_bad_parameter_is_named(
    alice: Caller,
    params: list[tuple[str, str]],
    fields: set[str],
) -> None:
    assert await alice.fields("GET", LIST, params=params) == fields
