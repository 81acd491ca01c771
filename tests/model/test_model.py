"""Whatever is called in whatever order: what a schedule is equals what a model says it is."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
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
from model.agreement import SECONDS, Agreement
from model.draws import APIS, CHANGES, KEYS, RARELY, REQUESTS, TRIGGERS, USERS
from model.expected import DEFAULTS, Expected, Model, is_shown
from support.api import Caller
from support.mongod import Mongod
from support.world import World
from temporalio.testing import WorkflowEnvironment

EXAMPLES = int(os.environ.get("FOOTFALL_TEST_MODEL_EXAMPLES", "15"))


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
        holds=st.fixed_dictionaries({}, optional={"is_active": st.booleans()}),
        stale=RARELY,
    )
    def update(
        self,
        api: int,
        schedule_id: str,
        config: dict[str, Any] | None,
        fields: dict[str, Any],
        holds: dict[str, bool],
        *,
        stale: bool,
    ) -> None:
        expected = self.model.schedules.get(schedule_id)
        body = {**(config or {}), **fields, **holds}
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
        expected.change(config, {**fields, **holds})
        assert is_shown(expected, data["schedule"]), (expected.shown(), data["schedule"])

    @rule(api=APIS, schedule_id=ids, pause=st.booleans(), dry_run=RARELY)
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

    @rule(api=APIS, schedule_id=ids, key=KEYS, body=REQUESTS, dry_run=RARELY)
    def trigger(
        self,
        api: int,
        schedule_id: str,
        key: str | None,
        body: dict[str, Any],
        *,
        dry_run: bool,
    ) -> None:
        expected = self.model.schedules.get(schedule_id)
        path = f"/schedule/{schedule_id}/trigger"
        if expected is None:
            self._is_gone(schedule_id)
            return
        owner = expected.owner
        if dry_run:
            assert self._call(api, owner, "POST", f"{path}?dry_run=true", json=body) == {
                "run": None
            }
            return
        fired = self.model.runs(schedule_id)
        if key is None:
            run = self._call(api, owner, "POST", path, json=body)["run"]
            assert run["id"] not in fired.ids
        else:
            run = self._trigger_once(api, owner, schedule_id, key, body)
            if run is None:
                return
        assert (run["kind"], run["reason"]) == ("manual", body.get("reason"))
        fired.ids.add(run["id"])
        # Everyone knows it by its id at once, and who answered lists it at once.
        seen = self._call(1 - api, owner, "GET", f"/schedule/{schedule_id}/runs/{run['id']}")
        assert seen["run"].items() >= run.items()
        listed = self._call(api, owner, "GET", f"/schedule/{schedule_id}/runs")["runs"]
        assert fired.ids >= {one["id"] for one in listed} >= {run["id"]}

    def _trigger_once(
        self,
        api: int,
        owner: str,
        schedule_id: str,
        key: str,
        body: dict[str, Any],
    ) -> dict[str, Any] | None:
        """Ask both APIs at the same time, and give the one run; None where that is refused."""

        async def both() -> list[Any]:
            path, headers = f"/schedule/{schedule_id}/trigger", {"Idempotency-Key": key}
            callers = [self._caller(api, owner) for api in (0, 1)]
            asked = (caller("POST", path, json=body, headers=headers) for caller in callers)
            return [answer.json()["data"] for answer in await asyncio.gather(*asked)]

        data, other = self.world.do(both())
        assert data == other
        keyed = self.model.runs(schedule_id).keyed
        before, run = keyed.get(key, (body, data.get("run")))
        if before != body:
            assert data["code"] == "idempotency_key_reused"
            return None
        assert data["run"] == run, data
        keyed[key] = (body, run)
        options = {"json": {**body, "reason": "another"}, "headers": {"Idempotency-Key": key}}
        path = f"/schedule/{schedule_id}/trigger"
        assert self._status(api, owner, "POST", path, **options) == 409
        return run

    @rule(api=APIS, schedule_id=consumes(ids))
    def delete(self, api: int, schedule_id: str) -> None:
        expected = self.model.schedules.pop(schedule_id, None)
        if expected is None:
            assert self._status(api, "alice", "DELETE", f"/schedule/{schedule_id}") == 404
            return
        stranger = "bob" if expected.owner == "alice" else "alice"
        assert self._status(api, stranger, "DELETE", f"/schedule/{schedule_id}") == 404
        self._call(api, expected.owner, "DELETE", f"/schedule/{schedule_id}")
        self._is_gone(schedule_id)

    @rule(schedule_id=consumes(ids))
    def delete_outside(self, schedule_id: str) -> None:
        if self.model.schedules.pop(schedule_id, None) is not None:
            self.world.do(self.world.handle(schedule_id).delete())
            self._is_gone(schedule_id)

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
        if prune and not wanted:
            refusal = self._caller(api, owner).fields("POST", "/schedule/apply", json=body)
            assert self.world.do(refusal) == {"schedules"}
            return multiple()
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
        agreement = Agreement(self.world, self.model, self._caller)
        problem = self.world.do(agreement.problem(), seconds=SECONDS + 60)
        assert problem is None, problem

    def _is_gone(self, schedule_id: str) -> None:
        """Check that nobody can do anything more to a schedule."""
        for api in (0, 1):
            for owner in ("alice", "bob"):
                for what in ("trigger", "pause", "resume"):
                    assert (
                        self._status(api, owner, "POST", f"/schedule/{schedule_id}/{what}") == 404
                    )

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
            # To shrink would take an hour: each difference is waited for until its deadline.
            phases=[Phase.explicit, Phase.generate],
        ),
    )
