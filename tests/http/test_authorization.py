"""Who may do what: every route, by role and by whose schedule it is about."""

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from support.api import Api, Caller, api_settings, served_api
from support.ports import free_port
from support.schedules import create, ended, trigger
from support.tokens import claims, signed
from support.waiting import until

from api.app import build_app
from footfall.config import Settings
from footfall.schedules.schedule import utc_now
from worker.health import WorkerState

type Statuses = tuple[int, int, int]


@dataclass(frozen=True)
class Rule:
    """What a route answers to somebody with a token; without a good one it is 401.

    Attributes:
        own: to the owner of what it is about, another user, and an admin.
        static: the same where it is about what belongs to nobody: a schedule of the code.
        public: it needs no token.
        json: the body that is sent.
        query: the parameters that are sent.
    """

    own: Statuses = (200, 200, 200)
    static: Statuses | None = None
    public: bool = False
    json: Any = None
    query: str = ""


HOURLY: dict[str, Any] = {"walker_name": "greet", "trigger": "interval", "hours": 1}

PUBLIC = Rule(public=True)
ALL = Rule()
SEEN = Rule(own=(200, 404, 200), static=(200, 200, 200))
OPERATED = Rule(own=(200, 404, 200), static=(403, 403, 200))
# 409: they may, but what it is about has ended.
ENDED = Rule(own=(409, 404, 409), static=(403, 403, 409))
EACH_SECOND_AS_A_JOB = {"trigger": "interval", "interval": 1}
JOB = Rule(own=(200, 404, 200), static=(404, 404, 404))
THEIRS = Rule(own=(200, 403, 200), query="owner={owner}")


def changed(rule: Rule, **changes: Any) -> Rule:
    return Rule(**{**vars(rule), **changes})


RULES = {
    "GET /openapi.json": PUBLIC,
    # The board: a page that has nothing of anybody, and asks for it with a token.
    "GET /": PUBLIC,
    "GET /board/{release}/{asset}": PUBLIC,
    "GET /healthz/live": PUBLIC,
    "GET /healthz/ready": PUBLIC,
    "GET /metrics": Rule(own=(403, 403, 200)),
    "GET /schedule/walkers": ALL,
    "POST /schedule/create": Rule(json=HOURLY),
    "POST /schedule/preview": Rule(json=HOURLY),
    "GET /schedule/list": ALL,
    "GET /schedule/export": ALL,
    "POST /schedule/apply": Rule(json={"schedules": [{**HOURLY, "name": "applied"}]}),
    # Of each schedule its result tells; see below.
    "POST /schedule/bulk": Rule(json={"action": "pause", "ids": ["{schedule_id}"]}),
    "GET /schedule/{schedule_id}": SEEN,
    "PUT /schedule/{schedule_id}": Rule(
        own=(200, 404, 200), static=(403, 403, 403), json={"description": "changed"}
    ),
    "DELETE /schedule/{schedule_id}": Rule(own=(200, 404, 200), static=(403, 403, 403)),
    "POST /schedule/{schedule_id}/pause": OPERATED,
    "POST /schedule/{schedule_id}/resume": OPERATED,
    "POST /schedule/{schedule_id}/trigger": OPERATED,
    "GET /schedule/{schedule_id}/changes": SEEN,
    "GET /workers": Rule(own=(403, 403, 200)),
    "GET /runs": ALL,
    "GET /runs/counts": ALL,
    "GET /schedule/{schedule_id}/runs/counts": SEEN,
    "GET /schedule/{schedule_id}/runs": SEEN,
    "GET /schedule/{schedule_id}/runs/{run_id}": SEEN,
    "GET /schedule/{schedule_id}/runs/{run_id}/tail": SEEN,
    "POST /schedule/{schedule_id}/runs/{run_id}/cancel": ENDED,
    "POST /schedule/{schedule_id}/runs/{run_id}/terminate": ENDED,
    "POST /schedule/{schedule_id}/backfill": changed(OPERATED, json="{range}"),
    "GET /schedule/{schedule_id}/backfills": SEEN,
    "GET /schedule/{schedule_id}/backfills/{backfill_id}": SEEN,
    "POST /schedule/{schedule_id}/backfills/{backfill_id}/cancel": ENDED,
    "GET /notifications": THEIRS,
    "PUT /notifications": changed(THEIRS, json={"hooks": []}),
    "GET /notifications/deliveries": ALL,
    "GET /notifications/deliveries/{delivery_id}": Rule(own=(200, 404, 200)),
    "POST /notifications/deliveries/{delivery_id}/replay": Rule(
        own=(200, 404, 200), query="dry_run=true"
    ),
    # jac-scale's own API: what the code schedules is no job.
    "GET /jobs": ALL,
    "POST /jobs": Rule(
        own=(201, 201, 201), json={"walker_or_function": "greet", **EACH_SECOND_AS_A_JOB}
    ),
    "GET /jobs/{job_id}": JOB,
    "PUT /jobs/{job_id}": changed(JOB, json=EACH_SECOND_AS_A_JOB),
    "DELETE /jobs/{job_id}": JOB,
    "GET /events": ALL,
    # There are no keys here, which only an admin is told.
    "POST /codec/decode": Rule(own=(403, 403, 404), json={"payloads": []}),
    "POST /codec/encode": Rule(own=(403, 403, 404), json={"payloads": []}),
}


def routes_of(app: FastAPI) -> Iterator[str]:
    """Give method and path of every route, also of those that OpenAPI does not show."""
    waiting = list(app.routes)
    while waiting:
        route: Any = waiting.pop()
        included = getattr(route, "original_router", None)
        if included is not None:
            waiting += included.routes
            continue
        # What is neither has to have a rule as well, and there is none.
        methods = getattr(route, "methods", None) or {type(route).__name__}
        yield from (f"{method} {route.path}" for method in methods - {"HEAD"})


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    app = build_app(None)
    assert sorted(routes_of(app)) == sorted(RULES)
    app.add_api_route("/schedule/{schedule_id}/secrets", lambda: None, include_in_schema=False)
    assert set(routes_of(app)) - set(RULES) == {"GET /schedule/{schedule_id}/secrets"}


@dataclass(frozen=True)
class Target:
    """What a request may be about."""

    schedule_id: str
    run_id: str
    backfill_id: str
    delivery_id: str
    owner: str
    release: str = "any"
    asset: str = "main.js"


@dataclass(frozen=True)
class Scene:
    """A served API with someone's schedule, and one of the code."""

    url: str
    owner: Caller
    other: Caller
    admin: Caller
    own: Target
    static: Target

    async def status(self, who: Caller, route: str, rule: Rule, target: Target) -> int:
        return (await self.sent(who, route, rule, target)).status_code

    async def sent(self, who: Caller, route: str, rule: Rule, target: Target) -> httpx.Response:
        method, path = route.split()
        body = rule.json
        if body == "{range}":
            body = past()
        elif method == "POST" and "bulk" in path:
            body = {**body, "ids": [target.schedule_id]}
        named = {**vars(target), "job_id": target.schedule_id}
        url = f"{path.format(**named)}?{rule.query.format(**named)}".rstrip("?")
        request = who._client.build_request(method, url, json=body, headers=who._headers)
        answer = await who._client.send(request, stream=True)
        try:
            # A stream of events has no end.
            if not answer.headers["Content-Type"].startswith("text/event-stream"):
                await answer.aread()
        finally:
            await answer.aclose()
        return answer


def past() -> dict[str, str]:
    end = utc_now().replace(microsecond=0) - timedelta(seconds=1)
    return {"start": (end - timedelta(seconds=2)).isoformat(), "end": end.isoformat()}


async def target_of(who: Caller, schedule_id: str, owner: str, delivery_id: str = "x") -> Target:
    run = await ended(who, await trigger(who, schedule_id))
    path = f"/schedule/{schedule_id}/backfill"

    async def backfilled() -> str | None:
        answer = await who("POST", path, json=past())
        # An interval has no times before its creation.
        return str(answer.json()["data"]["backfill"]["id"]) if answer.status_code == 200 else None

    backfill_id = await until(backfilled, what="a time in the past")

    async def is_over() -> bool:
        found = (await who.data("GET", f"{path}s/{backfill_id}"))["backfill"]
        query = "kind=manual&kind=backfill&status=succeeded"
        shown = (await who.data("GET", f"/schedule/{schedule_id}/runs?{query}"))["runs"]
        return found["status"] == "completed" and len(shown) == 1 + found["total"]

    await until(is_over, what="the backfill's end")
    return Target(schedule_id, run["id"], backfill_id, delivery_id, owner)


@pytest.fixture(scope="module")
def settings(address: str, app: str) -> Settings:
    environ = {
        "FOOTFALL_WEBHOOKS_SECRET": "s" * 32,
        "FOOTFALL_WEBHOOKS_ALLOW_PRIVATE": "true",
        "FOOTFALL_WEBHOOKS_ATTEMPTS": "1",
    }
    return api_settings(address, app, **environ)


@pytest.fixture(scope="module")
async def scene(settings: Settings, app: str, worker: WorkerState) -> AsyncIterator[Scene]:
    del worker
    async with served_api(settings) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        api = Api(client, settings)
        user = f"owner-{secrets.token_hex(3)}"
        owner, admin = api.caller(user), api.caller("root-admin", admin=True)
        hook = {"url": f"http://127.0.0.1:{free_port()}/", "on": ["failed"]}
        failing = await create(owner, "boom", notify=[hook])
        await ended(owner, await trigger(owner, failing["id"]))

        async def delivered() -> str | None:
            found = (await owner.data("GET", "/notifications/deliveries"))["deliveries"]
            return str(found[0]["id"]) if found and found[0]["status"] == "failed" else None

        delivery_id = await until(delivered, what="a delivery")
        own_fields = {"trigger": "interval", "seconds": 1, "is_active": False}
        made = await owner.data(
            "POST", "/schedule/create", json={"walker_name": "greet", **own_fields}
        )
        own = await target_of(owner, made["schedule"]["id"], user, delivery_id)
        static = await target_of(admin, f"{app}.tick", user, delivery_id)
        yield Scene(url, owner, api.caller("other"), admin, own, static)


def targets(scene: Scene) -> Iterator[tuple[str, Rule, Target, Statuses]]:
    for route, rule in RULES.items():
        yield route, rule, scene.own, rule.own
        if rule.static is not None:
            yield route, rule, scene.static, rule.static


async def state(scene: Scene) -> list[Any]:
    """Give what a refused request must not have changed."""
    found: list[Any] = []
    for target in (scene.own, scene.static):
        path = f"/schedule/{target.schedule_id}"
        shown = (await scene.admin.data("GET", path))["schedule"]
        found += [shown["revision"], shown["is_active"], shown["description"], shown["tags"]]
        found.append((await scene.admin.data("GET", f"{path}/backfills"))["backfills"])
        runs = (await scene.admin.data("GET", f"{path}/runs?kind=manual&kind=backfill"))["runs"]
        found.append({run["id"]: run["status"] for run in runs})
    found.append((await scene.owner.data("GET", "/notifications"))["hooks"])
    return found


async def test_nobody_gets_in_without_a_good_token(scene: Scene) -> None:
    before = await state(scene)
    client = scene.owner._client
    anonymous, forger = Caller(client, ""), Caller(client, signed(claims(role="admin")))
    anonymous._headers.clear()
    for nobody in (anonymous, forger):
        for route, rule, target, _ in targets(scene):
            answer = await scene.sent(nobody, route, rule, target)
            assert answer.status_code == (200 if rule.public else 401), route
    assert await state(scene) == before


async def test_each_route_answers_by_role_and_ownership(scene: Scene) -> None:
    before = await state(scene)
    for place, who in ((1, scene.other), (0, scene.owner), (2, scene.admin)):
        for route, rule, target, statuses in targets(scene):
            about = target
            if route.startswith("DELETE") and statuses[place] == 200:
                fresh = await create(scene.owner)
                about = Target(**{**vars(target), "schedule_id": fresh["id"]})
            found = await scene.status(who, route, rule, about)
            kind = "own" if target is scene.own else "static"
            assert found == statuses[place], (route, kind, ("owner", "other", "admin")[place])
        if who is scene.other:
            assert await state(scene) == before


async def test_what_is_anothers_is_not_told_from_what_is_not_there(scene: Scene) -> None:
    nothing = Target("nothing", "nothing", "nothing", "nothing", scene.own.owner)
    for route, rule in RULES.items():
        if rule.own[1] == 404:
            answers = [
                (await scene.sent(scene.other, route, rule, target)).json()
                for target in (scene.own, nothing)
            ]
            assert answers[0] == answers[1], route
            assert await scene.status(scene.admin, route, rule, nothing) == 404, route


@pytest.mark.parametrize(
    ("action", "static"),
    [
        ("pause", (403, 403, 200)),
        ("resume", (403, 403, 200)),
        ("trigger", (403, 403, 200)),
        ("tag", (403, 403, 403)),
        ("delete", (403, 403, 403)),
    ],
)
async def test_many_at_once_are_as_each_alone(scene: Scene, action: str, static: Statuses) -> None:
    codes = {"forbidden": 403, "schedule_not_found": 404}
    body: dict[str, Any] = {"action": action}
    if action == "tag":
        body["tags"] = {"add": ["x"]}
    for place, who in enumerate((scene.owner, scene.other, scene.admin)):
        for target, statuses in ((scene.own, (200, 404, 200)), (scene.static, static)):
            body["ids"] = [target.schedule_id]
            data = await who.data("POST", "/schedule/bulk?dry_run=true", json=body)
            (result,) = data["results"]
            found = codes[result["error"]["code"]] if result["status"] == "error" else 200
            assert found == statuses[place], (action, target, place)
