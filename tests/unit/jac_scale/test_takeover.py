"""What becomes of each job, by what the API answers to the plan."""

import json
from typing import Any

import httpx
import pytest

from footfall.client import Client
from footfall.client.errors import UnauthorizedError
from footfall.jac_scale.job import Job, UntakenError
from footfall.jac_scale.takeover import take_over


def job(number: int, owner: str = "ann", **fields: Any) -> Job:
    given = {"trigger": "interval", "value": 60.0, "walker": "water", "status": "active", **fields}
    return Job(job_id=f"{number:08}-0000-0000-0000-000000000000", owner=owner, **given)


class Api:
    """An API that knows schedules by their names, and refuses walkers that are called bad."""

    def __init__(self, **there: str) -> None:
        self.there = there
        self.applied: list[list[str]] = []
        self.refusal: httpx.Response | None = None

    def client_of(self, owner: str) -> Client:
        if owner == "stranger":
            raise UntakenError("nobody speaks for them")
        return Client("http://api", owner, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.refusal is not None:
            return self.refusal
        wanted = json.loads(request.content)["schedules"]
        problems = [
            {"field": f"schedules.{place}.{field}", "message": "is bad"}
            for place, one in enumerate(wanted)
            if one["walker_name"].startswith("bad")
            for field in ("walker_name", "args.x")
        ]
        if problems:
            data = {"code": "invalid_request", "message": "x", "details": {"fields": problems}}
            return httpx.Response(400, json={"status": "error", "data": data, "meta": {}})
        if request.url.params.get("dry_run") != "true":
            self.applied.append([one["name"] for one in wanted])
        plan = [
            {
                "name": one["name"],
                "id": f"id of {one['name']}",
                "action": self._action(one),
                "error": {"message": "too many"} if one["walker_name"] == "full" else None,
            }
            for one in wanted
        ]
        return httpx.Response(200, json={"status": "success", "data": {"plan": plan}, "meta": {}})

    def _action(self, wanted: dict[str, Any]) -> str:
        """Say what would be done: a walker is there with one way to read its weekdays."""
        there = self.there.get(wanted["walker_name"], "create")
        read = "as_written" if "cron" in wanted else "as_run"
        return {read: "unchanged"}.get(there, "change") if there.startswith("as_") else there


def taken(api: Api, *jobs: Job, dry_run: bool = False) -> list[tuple[str, str | None]]:
    found = take_over(jobs, api.client_of, weekdays=None, dry_run=dry_run)
    assert [one.job for one in found] == list(jobs)
    assert all((one.schedule_id is None) == (one.outcome == "cannot") for one in found)
    return [(one.outcome, one.why) for one in found]


def test_each_job_is_told_of_in_its_place() -> None:
    api = Api(same="unchanged", other="change")
    found = taken(
        api,
        job(1),
        job(2, walker="bad"),
        job(3, walker="same"),
        job(4, value=1.5),
        job(5, walker="other"),
        job(6, "stranger"),
        job(7, "bob"),
        job(8, walker="full"),
    )
    assert [outcome for outcome, _ in found] == [
        *("created", "cannot", "unchanged", "cannot", "kept", "cannot", "created", "cannot"),
    ]
    assert found[1][1] == "walker_name: is bad; args.x: is bad"
    assert "changed here since" in str(found[4][1])
    assert (found[5][1], found[7][1]) == ("nobody speaks for them", "too many")
    # Only what is new is applied, of each owner alone.
    names = [[int(name[10:18]) for name in one] for one in api.applied]
    assert names == [[1, 8], [7]]


def test_a_dry_run_applies_nothing() -> None:
    api = Api()
    assert taken(api, job(1), job(2), dry_run=True) == [("created", None)] * 2
    assert api.applied == []


def test_many_are_applied_some_at_a_time() -> None:
    api = Api()
    assert len(taken(api, *(job(number) for number in range(1100)))) == 1100
    assert [len(one) for one in api.applied] == [500, 500, 100]


def test_a_refusal_of_all_is_told_of_each() -> None:
    api = Api()
    data = {"code": "too_many_schedules", "message": "You may have 2.", "details": {}}
    api.refusal = httpx.Response(400, json={"status": "error", "data": data, "meta": {}})
    assert taken(api, job(1), job(2)) == [("cannot", "You may have 2.")] * 2


def test_what_concerns_all_ends_it() -> None:
    api = Api()
    data = {"code": "unauthorized", "message": "no", "details": {}}
    api.refusal = httpx.Response(401, json={"status": "error", "data": data, "meta": {}})
    with pytest.raises(UnauthorizedError):
        taken(api, job(1))


def test_an_id_that_comes_twice_is_taken_over_once() -> None:
    api = Api()
    found = [job(1), job(2), job(1, value=120.0)]
    done = take_over(found, api.client_of, weekdays=None, dry_run=False)
    assert [(one.job, one.outcome) for one in done] == [
        (found[0], "created"),
        (found[1], "created"),
    ]
    assert [len(some) for some in api.applied] == [2]


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_there_is_so_whatever_is_said_of_weekdays(dry_run: bool) -> None:  # noqa: FBT001
    api = Api(ran="as_run", wrote="as_written", other="change")
    crons = {"trigger": "cron", "value": "0 9 * * 0"}
    jobs = [job(number, walker=one, **crons) for number, one in enumerate(("ran", "wrote"))]
    more = [job(2, walker="other", **crons), job(3, **crons), job(4, walker="bad", **crons)]
    found = taken(api, *jobs, *more, job(5), dry_run=dry_run)
    assert [outcome for outcome, _ in found] == [
        *("unchanged", "unchanged", "kept", "cannot", "cannot", "created"),
    ]
    assert all("--weekdays" in str(why) for _, why in found[3:5])
    # Nothing of it is applied.
    assert [len(one) for one in api.applied] == ([] if dry_run else [1])
