"""Whatever is called in whatever order: what a schedule is equals what a model says it is."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from support.api import Caller
from support.mongod import Mongod
from support.world import World
from temporalio.testing import WorkflowEnvironment

EXAMPLES = int(os.environ.get("FOOTFALL_TEST_MODEL_EXAMPLES", "6"))
POLICIES = {
    "overlap": st.sampled_from(["skip", "buffer_all", "allow_all"]),
    "catchup_window": st.sampled_from([60, 3600]),
    "max_runs": st.sampled_from([None, 5, 9]),
    "pause_on_failure": st.sampled_from([None, 2]),
    "priority": st.integers(1, 5),
}
BESIDE = {
    "args": st.sampled_from([{}, {"name": "Ada"}]),
    "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
    "description": st.sampled_from(["one", "two"]),
    "timeout": st.integers(1, 3),
}
# None of them fires while a test lasts.
TRIGGERS = st.sampled_from(
    [
        {"trigger": "interval", "weeks": 1},
        {"trigger": "interval", "days": 3, "hours": 1},
        {"trigger": "cron", "cron": "0 0 1 1 *", "timezone": "Europe/Berlin"},
        {"trigger": "cron", "month": 2, "day": "last"},
        {"trigger": "date", "run_date": "2099-12-31T00:00:00"},
    ],
)
CHANGES = st.fixed_dictionaries({}, optional={**BESIDE, **POLICIES})
DEFAULTS: dict[str, Any] = {
    "args": {},
    "tags": [],
    "description": "",
    "timeout": 300,
    "overlap": "skip",
    "catchup_window": None,
    "max_runs": None,
    "pause_on_failure": None,
    "priority": 3,
}
USERS = st.sampled_from(["alice", "bob"])
APIS = st.sampled_from([0, 1])


@dataclass
class Expected:
    """What a schedule must be."""

    owner: str
    config: dict[str, Any]
    fields: dict[str, Any]
    paused: bool = False
    revision: int = 1
    name: str | None = None

    def change(self, config: dict[str, Any] | None, fields: dict[str, Any]) -> None:
        before = (self.config, dict(self.fields), self.paused)
        self.config = config or self.config
        self.fields.update({name: fields[name] for name in DEFAULTS if name in fields})
        self.paused = not fields.get("is_active", not self.paused)
        self.revision += (self.config, self.fields, self.paused) != before

    def shown(self) -> dict[str, Any]:
        """Give what an API must show."""
        fields = dict(self.fields)
        if fields["catchup_window"] is None and self.config["trigger"] != "date":
            fields["catchup_window"] = 86400
        if not fields["description"]:
            del fields["description"]
        return {
            **fields,
            "config": self.config,
            "status": "paused" if self.paused else "active",
            "revision": self.revision,
            "name": self.name,
            "runs_left": self.fields["max_runs"],
        }


def is_shown(expected: Expected, row: dict[str, Any]) -> bool:
    return all(row[name] == value for name, value in expected.shown().items())


@dataclass
class Model:
    """Every schedule that must be there."""

    schedules: dict[str, Expected] = field(default_factory=dict)

    def of(self, owner: str) -> dict[str, Expected]:
        return {key: one for key, one in self.schedules.items() if one.owner == owner}


class Schedules(RuleBasedStateMachine):
    """Calls of either API, and of Temporal's own client in between."""

    world: ClassVar[World]
    ids = Bundle("ids")

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        # Users of its own for each example, so that one that failed leaves nothing to others.
        self.suffix = uuid.uuid4().hex[:8]

    @rule(
        target=ids,
        api=APIS,
        owner=USERS,
        config=TRIGGERS,
        fields=CHANGES,
        is_active=st.booleans(),
    )
    def create(
        self,
        api: int,
        owner: str,
        config: dict[str, Any],
        fields: dict[str, Any],
        *,
        is_active: bool,
    ) -> str:
        body = {"walker_name": "greet", **config, **fields, "is_active": is_active}
        data = self._call(api, owner, "POST", "/schedule/create", json=body)
        schedule_id: str = data["schedule"]["id"]
        expected = Expected(owner, config, {**DEFAULTS, **fields}, paused=not is_active)
        self.model.schedules[schedule_id] = expected
        assert is_shown(expected, data["schedule"])
        return schedule_id

    @rule(
        api=APIS,
        schedule_id=ids,
        config=st.none() | TRIGGERS,
        fields=CHANGES,
        stale=st.booleans(),
    )
    def update(
        self,
        api: int,
        schedule_id: str,
        config: dict[str, Any] | None,
        fields: dict[str, Any],
        *,
        stale: bool,
    ) -> None:
        expected = self.model.schedules.get(schedule_id)
        body = {**(config or {}), **fields}
        if not body:
            return
        if expected is None:
            assert self._status(api, "alice", "PUT", f"/schedule/{schedule_id}", json=body) == 404
            return
        revision = expected.revision - 1 if stale else expected.revision
        tag = f'"{revision}{"-paused" if expected.paused else ""}"'
        headers = {"If-Match": tag}
        path = f"/schedule/{schedule_id}"
        if stale:
            status = self._status(api, expected.owner, "PUT", path, json=body, headers=headers)
            assert status == 412
            return
        data = self._call(api, expected.owner, "PUT", path, json=body, headers=headers)
        expected.change(config, fields)
        assert is_shown(expected, data["schedule"]), (expected.shown(), data["schedule"])

    @rule(api=APIS, schedule_id=ids, pause=st.booleans(), dry_run=st.booleans())
    def hold(self, api: int, schedule_id: str, *, pause: bool, dry_run: bool) -> None:
        path = f"/schedule/{schedule_id}/{'pause' if pause else 'resume'}"
        expected = self.model.schedules.get(schedule_id)
        if expected is None:
            assert self._status(api, "alice", "POST", path) == 404
            return
        query = "?dry_run=true" if dry_run else ""
        data = self._call(api, expected.owner, "POST", f"{path}{query}")
        assert data["schedule"]["status"] == ("paused" if pause else "active")
        if not dry_run:
            expected.change(None, {"is_active": not pause})

    @rule(schedule_id=ids, pause=st.booleans())
    def hold_outside(self, schedule_id: str, *, pause: bool) -> None:
        expected = self.model.schedules.get(schedule_id)
        if expected is None:
            return
        handle = self.world.handle(schedule_id)
        self.world.do(handle.pause(note="outside") if pause else handle.unpause(note="outside"))
        expected.paused = pause

    @rule(api=APIS, schedule_id=consumes(ids))
    def delete(self, api: int, schedule_id: str) -> None:
        expected = self.model.schedules.pop(schedule_id, None)
        if expected is None:
            assert self._status(api, "alice", "DELETE", f"/schedule/{schedule_id}") == 404
            return
        stranger = "bob" if expected.owner == "alice" else "alice"
        assert self._status(api, stranger, "DELETE", f"/schedule/{schedule_id}") == 404
        self._call(api, expected.owner, "DELETE", f"/schedule/{schedule_id}")

    @rule(schedule_id=consumes(ids))
    def delete_outside(self, schedule_id: str) -> None:
        if self.model.schedules.pop(schedule_id, None) is not None:
            self.world.do(self.world.handle(schedule_id).delete())

    @rule(
        target=ids,
        api=APIS,
        owner=USERS,
        wanted=st.dictionaries(st.sampled_from("xyz"), st.tuples(TRIGGERS, CHANGES), max_size=3),
        prune=st.booleans(),
    )
    def apply(
        self,
        api: int,
        owner: str,
        wanted: dict[str, tuple[dict[str, Any], dict[str, Any]]],
        *,
        prune: bool,
    ) -> Any:
        if prune:
            # What is superfluous is seen in the projection, which may be a little behind.
            self._agree()
        body = {
            "schedules": [
                {"name": name, "walker_name": "greet", **config, **fields}
                for name, (config, fields) in wanted.items()
            ],
            "prune": prune,
        }
        data = self._call(api, owner, "POST", "/schedule/apply", json=body)
        assert data["failed"] == 0, data
        known = {one.name: one for one in self.model.of(owner).values() if one.name}
        created = []
        for step in data["plan"]:
            name = step["name"]
            if step["action"] == "delete":
                assert prune
                assert name not in wanted
                del self.model.schedules[step["id"]]
            elif name in known:
                config, fields = wanted[name]
                before = known[name].revision
                known[name].change(config, {**DEFAULTS, **fields})
                assert step["action"] == (
                    "change" if known[name].revision > before else "unchanged"
                )
            else:
                assert step["action"] == "create"
                config, fields = wanted[name]
                expected = Expected(owner, config, {**DEFAULTS, **fields}, name=name)
                self.model.schedules[step["id"]] = expected
                created.append(step["id"])
        if prune:
            assert set(known) - set(wanted) == {
                step["name"] for step in data["plan"] if step["action"] == "delete"
            }
        return multiple(*created)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self._agree()
            for schedule_id in self.model.schedules:
                self.world.do(self.world.handle(schedule_id).delete())

    def _agree(self) -> None:
        """Check that Temporal, both projections and both APIs have what the model has."""
        problem = self.world.do(self._differs())
        assert problem is None, problem

    async def _differs(self) -> str | None:
        problem: str | None = None
        for _ in range(40):
            await self.world.swept()
            problem = await self._problem()
            if problem is None:
                return None
            await asyncio.sleep(0.05)
        return problem

    async def _problem(self) -> str | None:
        for schedule_id in self.model.schedules:
            described = await self.world.described(schedule_id)
            for api in (0, 1):
                row = await self.world.projected(api, schedule_id)
                if row != described:
                    return f"{schedule_id} in projection {api}: {row} is not {described}"
        for api in (0, 1):
            for owner in ("alice", "bob"):
                problem = await self._listed(api, owner)
                if problem:
                    return problem
        return None

    async def _listed(self, api: int, owner: str) -> str | None:
        data = await self._caller(api, owner).data("GET", "/schedule/list")
        rows = {row["id"]: row for row in data["schedules"] if not row["is_static"]}
        expected = self.model.of(owner)
        if rows.keys() != expected.keys():
            return f"API {api} shows {owner} {sorted(rows)} and not {sorted(expected)}"
        for schedule_id, one in expected.items():
            if not is_shown(one, rows[schedule_id]):
                return f"API {api} shows {rows[schedule_id]} and not {one.shown()}"
        return None

    def _caller(self, api: int, user: str) -> Caller:
        return self.world.caller(api, f"{user}-{self.suffix}")

    def _call(self, api: int, user: str, method: str, path: str, **options: Any) -> Any:
        return self.world.do(self._caller(api, user).data(method, path, **options))

    def _status(self, api: int, user: str, method: str, path: str, **options: Any) -> int:
        answer = self.world.do(self._caller(api, user)(method, path, **options))
        return answer.status_code


@pytest.fixture(scope="module")
def world(
    temporal_server: WorkflowEnvironment,
    mongod: Mongod,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    address = temporal_server.client.service_client.config.target_host
    with World(address, mongod.uri, tmp_path_factory.mktemp("model")) as running:
        yield running


@pytest.mark.timeout(600)
def test_any_sequence_of_calls_leaves_what_a_model_says(world: World) -> None:
    machine = type("Machine", (Schedules,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=12,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
