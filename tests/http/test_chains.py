"""Schedules that follow others, as users make them."""

import asyncio
from pathlib import Path
from typing import Any

from support.api import Caller
from support.schedules import beating, create, ended, trigger, walking
from support.waiting import until

from footfall.schedules.chain import LONGEST_CHAIN, MOST_FOLLOWERS


async def follow(who: Caller, schedule_id: str, **fields: Any) -> dict[str, Any]:
    body = {"walker_name": "greet", "after": {"schedule": schedule_id}, **fields}
    schedule: dict[str, Any] = (await who.data("POST", "/schedule/create", json=body))["schedule"]
    return schedule


async def runs_of(who: Caller, schedule: dict[str, Any]) -> list[dict[str, Any]]:
    data = await who.data("GET", f"/schedule/{schedule['id']}/runs")
    runs: list[dict[str, Any]] = data["runs"]
    return runs


async def test_it_runs_after_the_other(alice: Caller) -> None:
    first = await create(alice, args={"name": "Ada"})
    second = await follow(alice, first["id"], args={"name": "Bob"})
    assert second["config"] == {"trigger": "after", "after": {"schedule": first["id"]}}
    assert second["description"] == f"After each run of {first['id']} that succeeded"
    assert (second["status"], second["next_run_at"], second["next_runs"]) == ("active", None, [])
    listed = await alice.data("GET", f"/schedule/list?follows={first['id']}&trigger=after")
    assert [row["id"] for row in listed["schedules"]] == [second["id"]]
    assert listed["schedules"][0]["next_run_at"] is None

    told: set[str] = set()

    async def followed() -> dict[str, Any] | None:
        # The worker's list of what is followed may be a second old.
        told.add((await ended(alice, await trigger(alice, first["id"])))["id"])
        return next(iter(await runs_of(alice, second)), None)

    run = await ended(alice, await until(followed, what="a run that follows", every=0.5))
    assert run["after"]["run_id"] in told
    assert (run["kind"], run["status"], run["by"]) == ("chained", "succeeded", None)
    assert run["after"]["schedule_id"] == first["id"]
    chained = await alice.data("GET", f"/schedule/{second['id']}/runs?kind=chained")
    assert run["id"] in [one["id"] for one in chained["runs"]]
    others = await alice.data("GET", f"/schedule/{second['id']}/runs?kind=scheduled")
    assert others["runs"] == []


async def test_only_what_one_sees_can_be_followed(alice: Caller, bob: Caller) -> None:
    mine = await create(alice)
    for schedule_id in (mine["id"], "none"):
        body = {"walker_name": "greet", "after": {"schedule": schedule_id}}
        assert await bob.fields("POST", "/schedule/create", json=body) == {"after.schedule"}


async def test_circles_and_long_chains_are_refused(alice: Caller) -> None:
    chain = [await create(alice)]
    while len(chain) < LONGEST_CHAIN:
        chain.append(await follow(alice, chain[-1]["id"]))
    body = {"walker_name": "greet", "after": {"schedule": chain[-1]["id"]}}
    answer = await alice("POST", "/schedule/create", json=body)
    assert answer.status_code == 400
    assert f"at most {LONGEST_CHAIN} schedules" in answer.text
    for place, says in ((0, "cannot follow itself"), (1, "in a circle"), (5, "in a circle")):
        change = {"after": {"schedule": chain[place]["id"]}}
        answer = await alice("PUT", f"/schedule/{chain[0]['id']}", json=change)
        assert answer.status_code == 400
        assert says in answer.text


async def test_what_is_followed_is_not_deleted(alice: Caller, bob: Caller) -> None:
    first = await create(alice)
    second = await follow(alice, first["id"])
    for path in (f"/schedule/{first['id']}", f"/schedule/{first['id']}?dry_run=true"):
        answer = await alice("DELETE", path)
        assert answer.status_code == 409
        error = answer.json()["data"]
        assert (error["code"], error["details"]) == (
            "schedule_followed",
            {"followers": [second["id"]]},
        )
    other = await follow(alice, first["id"])
    bulk = {"action": "delete", "ids": [first["id"], second["id"]]}
    data = await alice.data("POST", "/schedule/bulk", json=bulk)
    assert [one["status"] for one in data["results"]] == ["error", "success"]
    bulk["ids"] = [first["id"], other["id"]]
    data = await alice.data("POST", "/schedule/bulk", json=bulk)
    assert data["failed"] == 0
    assert (await bob("DELETE", f"/schedule/{first['id']}")).status_code == 404


async def test_one_that_follows_can_get_times_of_its_own_and_back(alice: Caller) -> None:
    first = await create(alice)
    second = await follow(alice, first["id"])
    path = f"/schedule/{second['id']}"
    timed = (await alice.data("PUT", path, json={"trigger": "interval", "hours": 2}))["schedule"]
    assert timed["next_run_at"] is not None
    await alice.data("DELETE", f"/schedule/{first['id']}?dry_run=true")
    back = {"after": {"schedule": first["id"], "on": ["failed"]}}
    changed = (await alice.data("PUT", path, json=back))["schedule"]
    assert (changed["next_run_at"], changed["status"]) == (None, "active")
    changes = (await alice.data("GET", f"{path}/changes"))["changes"]
    assert changes[0]["difference"]["after"]["after"] == back["after"]


async def test_options_that_would_do_nothing_are_refused(alice: Caller) -> None:
    first = await create(alice)
    for field, value in (("late_after", 60), ("jitter", 5), ("timezone", "UTC")):
        body = {"walker_name": "greet", "after": {"schedule": first["id"]}, field: value}
        assert await alice.fields("POST", "/schedule/create", json=body) == {field}
    timed = await create(alice, late_after=60)
    change = {"after": {"schedule": first["id"]}}
    assert await alice.fields("PUT", f"/schedule/{timed['id']}", json=change) == {"late_after"}


async def test_a_preview_shows_its_words_and_no_times(alice: Caller) -> None:
    body = {"trigger": "after", "after": {"schedule": "abc", "on": ["failed", "cancelled"]}}
    data = await alice.data("POST", "/schedule/preview", json=body)
    assert data["next_runs"] == []
    assert data["description"] == "After each run of abc that failed or was cancelled"
    instant = {"trigger": "interval", "hours": 1, "after": "2027-01-01T00:00:00Z", "count": 1}
    data = await alice.data("POST", "/schedule/preview", json=instant)
    assert [one["utc"] for one in data["next_runs"]] == ["2027-01-01T01:00:00Z"]


async def test_a_file_names_what_is_followed_by_its_name(alice: Caller) -> None:
    last: dict[str, Any] = {"name": "last", "walker_name": "greet", "after": {"name": "middle"}}
    middle: dict[str, Any] = {
        "name": "middle",
        "walker_name": "greet",
        "after": {"name": "first", "on": ["succeeded", "failed"]},
    }
    first = {"name": "first", "walker_name": "greet", "trigger": "interval", "hours": 1}
    # A file may tell them in any order.
    body: dict[str, Any] = {"schedules": [last, middle, first]}
    data = await alice.data("POST", "/schedule/apply", json=body)
    assert (data["failed"], data["counts"]["create"]) == (0, 3)
    ids = {step["name"]: step["id"] for step in data["plan"]}
    row = (await alice.data("GET", f"/schedule/{ids['last']}"))["schedule"]
    assert row["config"]["after"] == {"schedule": ids["middle"]}
    data = await alice.data("POST", "/schedule/apply", json=body)
    assert data["counts"]["unchanged"] == 3
    exported = (await alice.data("GET", "/schedule/export"))["schedules"]
    afters = {one["name"]: one.get("after") for one in exported}
    assert afters == {
        "first": None,
        "middle": {"name": "first", "on": ["succeeded", "failed"]},
        "last": {"name": "middle"},
    }
    data = await alice.data("POST", "/schedule/apply", json={"schedules": exported})
    assert data["counts"]["unchanged"] == 3
    circle = {**first, "trigger": "after", "after": {"name": "last"}}
    del circle["hours"]
    answer = await alice("POST", "/schedule/apply", json={"schedules": [last, middle, circle]})
    assert answer.status_code == 400
    assert "in a circle" in answer.text
    answer = await alice(
        "POST", "/schedule/create", json={"walker_name": "greet", "after": {"name": "nobody"}}
    )
    assert answer.status_code == 400
    body = {"schedules": [{**first, "after": {"name": 1}, "trigger": "after"}]}
    assert await alice.fields("POST", "/schedule/apply", json=body) >= {"schedules.0.after.name"}
    body = {"schedules": [{**first, "name": "other"}], "prune": True}
    pruned = await alice.data("POST", "/schedule/apply", json=body)
    assert (pruned["failed"], pruned["counts"]["delete"]) == (0, 3)


async def test_what_is_followed_afterwards_is_not_pruned(alice: Caller) -> None:
    hourly: dict[str, Any] = {"walker_name": "greet", "trigger": "interval", "hours": 1}
    declared: list[dict[str, Any]] = [
        {**hourly, "name": "other"},
        {**hourly, "name": "first"},
        {"name": "middle", "walker_name": "greet", "after": {"name": "first"}},
        {"name": "last", "walker_name": "greet", "after": {"name": "middle"}},
    ]

    async def prune(*schedules: dict[str, Any], dry_run: bool) -> dict[str, Any]:
        url = f"/schedule/apply?dry_run={str(dry_run).lower()}"
        body = {"schedules": schedules, "prune": True}
        data: dict[str, Any] = await alice.data("POST", url, json=body)
        return data

    data = await prune(*declared, dry_run=False)
    ids = {step["name"]: step["id"] for step in data["plan"]}
    # Nothing is written, what does not depend on it neither.
    for last in (declared[3], {**declared[3], "after": {"schedule": ids["middle"]}}):
        body = {"schedules": [{**declared[0], "hours": 2}, last], "prune": True}
        for query in ("", "?dry_run=true"):
            fields = await alice.fields("POST", f"/schedule/apply{query}", json=body)
            assert fields == {f"schedules.1.after.{next(iter(last['after']))}"}
    row = (await alice.data("GET", f"/schedule/{ids['other']}"))["schedule"]
    assert row["revision"] == 1

    # One that no file can leave out follows the last of them, so that all have to stay.
    follower = {"walker_name": "greet", "after": {"schedule": ids["last"]}}
    unnamed = (await alice.data("POST", "/schedule/create", json=follower))["schedule"]
    for dry_run in (True, False):
        data = await prune(declared[0], dry_run=dry_run)
        errors = {step["name"]: step["error"] for step in data["plan"] if step["error"]}
        assert (data["failed"], set(errors)) == (3, {"first", "middle", "last"})
        assert {error["code"] for error in errors.values()} == {"schedule_followed"}
        assert errors["last"]["details"] == {"followers": [unnamed["id"]]}
    rows = (await alice.data("GET", "/schedule/list", params={"is_static": "false"}))["schedules"]
    assert {row["id"] for row in rows} == {*ids.values(), unnamed["id"]}

    # One that the file takes off the chain is no obstacle.
    free = {**hourly, "name": "middle"}
    await alice.data("DELETE", f"/schedule/{unnamed['id']}")
    for dry_run in (True, False):
        data = await prune(free, dry_run=dry_run)
        assert (data["failed"], data["counts"]) == (
            0,
            {"create": 0, "change": 1, "delete": 3, "unchanged": 0},
        )


async def test_two_that_follow_each_other_at_once_do_not_run_for_ever(alice: Caller) -> None:
    one, two = await create(alice), await create(alice)
    bodies = [{"after": {"schedule": two["id"]}}, {"after": {"schedule": one["id"]}}]
    answers = await asyncio.gather(
        *(
            alice("PUT", f"/schedule/{row['id']}", json=body)
            for row, body in zip((one, two), bodies, strict=True)
        ),
    )
    assert {answer.status_code for answer in answers} <= {200, 400}


async def test_a_cancelled_run_shows_what_it_printed_whoever_follows_it(
    alice: Caller, tmp_path: Path
) -> None:
    first = await create(alice, "beat", args={"folder": str(tmp_path)})
    second = await follow(alice, first["id"], after={"schedule": first["id"], "on": ["cancelled"]})

    async def followed() -> dict[str, Any] | None:
        run = await trigger(alice, first["id"])
        await walking(alice, run)
        await beating(tmp_path)
        await alice.data("POST", f"/schedule/{first['id']}/runs/{run['id']}/cancel")
        found = await ended(alice, run)
        assert (found["status"], found["stdout"]) == ("cancelled", "beating\n")
        return next(iter(await runs_of(alice, second)), None)

    await until(followed, what="a run that follows")
    # One that is cancelled before its walker began has printed nothing.
    one = await trigger(alice, first["id"])
    await walking(alice, one)
    await alice.data("PUT", f"/schedule/{first['id']}", json={"overlap": "buffer_all"})
    waits = await trigger(alice, first["id"], json={"respect_overlap": True})
    await alice.data("POST", f"/schedule/{first['id']}/runs/{waits['id']}/cancel")
    found = await ended(alice, waits)
    assert (found["status"], found["stdout"], found["attempts"]) == ("cancelled", "", 0)
    await alice.data("POST", f"/schedule/{first['id']}/runs/{one['id']}/terminate")


async def test_only_so_many_follow_one(alice: Caller) -> None:
    first = await create(alice)
    bodies = [
        {"name": f"f{number}", "walker_name": "greet", "after": {"schedule": first["id"]}}
        for number in range(MOST_FOLLOWERS)
    ]
    data = await alice.data("POST", "/schedule/apply", json={"schedules": bodies})
    assert data["failed"] == 0
    body = {"walker_name": "greet", "after": {"schedule": first["id"]}}
    assert await alice.fields("POST", "/schedule/create", json=body) == {"after.schedule"}
    change = {"after": {"schedule": first["id"], "on": ["failed"]}}
    await alice.data("PUT", f"/schedule/{data['plan'][0]['id']}", json=change)
    await alice.data("POST", "/schedule/apply", json={"schedules": bodies[:1], "prune": True})
