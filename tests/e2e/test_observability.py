"""An API and a worker, as an operator starts them, seen from outside while they run walkers."""

import json
import re
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from support.api import SECRET, Caller, api_settings, caller_of
from support.collector import Collector, Seen, running_collector
from support.pages import blocks
from support.ports import free_port
from support.processes import Running, footfall, ready
from support.schedules import create, ended, trigger, walking
from support.scraped import Scraped, scrape
from support.shell import output_of
from support.waiting import until
from temporalio.client import Client

APP = Path(__file__).parent.parent / "apps" / "observed"


@dataclass
class Deployment:
    """Where the parts are.

    Attributes:
        api, metrics, worker: URLs of the API, of its metrics, and of the worker's health.
    """

    api: str
    metrics: str
    worker: str
    api_process: Running
    worker_process: Running
    caller: Caller
    admin: Caller
    collector: Collector

    async def ran(self, walker: str, **fields: Any) -> dict[str, Any]:
        """Make a schedule, run it once, and give the run when it has ended."""
        schedule = await create(self.caller, walker, **fields)
        return await ended(self.caller, await trigger(self.caller, schedule["id"]))


@pytest.fixture(scope="module")
async def deployment(
    client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    folder = tmp_path_factory.mktemp("observed")
    app = f"observed-{uuid.uuid4().hex[:8]}"
    ports = [free_port() for _ in range(3)]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    address = client.service_client.config.target_host
    settings = api_settings(address, app)
    async with AsyncExitStack() as stack:
        collector = stack.enter_context(running_collector())
        environ = {
            "FOOTFALL_TEMPORAL_ADDRESS": address,
            "FOOTFALL_TEMPORAL_TASK_QUEUE": app,
            "FOOTFALL_DATA_DIR": str(folder / "data"),
            "FOOTFALL_LOG_FORMAT": "json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        working = footfall(
            "worker",
            f"--app={APP}",
            f"--health-port={ports[2]}",
            tmp_path=folder,
            FOOTFALL_PROCESSES="2",
            **environ,
        )
        serving = footfall(
            "api",
            f"--port={ports[0]}",
            tmp_path=folder,
            FOOTFALL_JWT_SECRET=SECRET,
            FOOTFALL_API_METRICS_PORT=str(ports[1]),
            **environ,
        )
        worker = await stack.enter_async_context(working)
        api = await stack.enter_async_context(serving)
        await ready(urls[0], running=api)
        await ready(urls[2], running=worker)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=urls[0], timeout=30))
        yield Deployment(
            *urls,
            api_process=api,
            worker_process=worker,
            caller=caller_of(http, settings, "ada"),
            admin=caller_of(http, settings, "root-admin", admin=True),
            collector=collector,
        )


async def settled(url: str, name: str, count: float, **labels: str) -> Scraped:
    """Scrape until a sum is as great as it has to become."""

    async def found() -> Scraped | None:
        seen = await scrape(url)
        return seen if seen(name, **labels) >= count else None

    return await until(found, what=f"{name}{labels} = {count}")


async def test_each_run_is_counted_once_by_walker_and_outcome(deployment: Deployment) -> None:
    greeting, failing = await create(deployment.caller), await create(deployment.caller, "boom")
    before = await scrape(deployment.worker)
    for _ in range(3):
        await ended(deployment.caller, await trigger(deployment.caller, greeting["id"]))
    await ended(deployment.caller, await trigger(deployment.caller, failing["id"]))
    retry = {"max_attempts": 3, "initial_interval": 1}
    assert (await deployment.ran("flaky", retry=retry))["status"] == "succeeded"
    seen = await settled(deployment.worker, "footfall_runs_total", 1, walker="flaky")

    def new(name: str, **labels: str) -> float:
        return seen(f"footfall_{name}", **labels) - before(f"footfall_{name}", **labels)

    assert new("runs_total", walker="greet", outcome="succeeded") == 3
    assert new("runs_total", walker="boom", outcome="failed") == 1
    assert new("runs_total", walker="flaky", outcome="succeeded") == 1
    assert new("runs_total") == new("run_duration_seconds_count") == 5
    assert new("attempts_total", walker="flaky", outcome="failed") == 1
    assert new("attempts_total") == new("walker_duration_seconds_count") == 6
    # It waited a second before it was tried again, which is none of the walker's.
    waited = new("run_duration_seconds_sum", walker="flaky")
    waited -= new("walker_duration_seconds_sum", walker="flaky")
    assert waited > 1
    # Nobody meant a time for these runs.
    assert new("run_lateness_seconds_count") == 0


async def test_a_run_that_is_cancelled_is_counted_so_and_one_that_waits_is_seen(
    deployment: Deployment,
) -> None:
    # They are on one root, where one waits for the other.
    first, second = [await create(deployment.caller, "sleepy") for _ in range(2)]
    run = await walking(deployment.caller, await trigger(deployment.caller, first["id"]))
    other = await trigger(deployment.caller, second["id"])
    seen = await settled(deployment.worker, "footfall_runs_waiting", 1)
    assert seen("footfall_runs_waiting") == 1
    assert seen("footfall_host_processes", state="busy") == 1
    for one in (run, other):
        path = f"/schedule/{one['schedule_id']}/runs/{one['id']}/cancel"
        await deployment.caller.data("POST", path)
    seen = await settled(deployment.worker, "footfall_runs_total", 2, walker="sleepy")
    assert seen("footfall_runs_total", walker="sleepy", outcome="cancelled") == 2
    assert seen("footfall_runs_total", walker="sleepy") == 2
    # The other one never began.
    assert seen("footfall_walker_duration_seconds_count", walker="sleepy") == 1
    assert (await settled(deployment.worker, "footfall_host_processes", 2, state="idle"))(
        "footfall_runs_waiting"
    ) == 0


@pytest.mark.parametrize("execution", ["durable", "light"])
async def test_runs_of_a_schedule_tell_how_late_they_began(
    deployment: Deployment, execution: str
) -> None:
    before = await scrape(deployment.worker)
    fields = {"hours": 0, "seconds": 1, "max_runs": 2, "execution": execution, "timeout": 5}
    await create(deployment.caller, "greet", **fields)
    ran = before("footfall_runs_total", walker="greet") + 2
    seen = await settled(deployment.worker, "footfall_runs_total", ran, walker="greet")
    name = "footfall_run_lateness_seconds"
    assert seen(f"{name}_count", walker="greet") - before(f"{name}_count", walker="greet") == 2
    late = seen(f"{name}_sum", walker="greet") - before(f"{name}_sum", walker="greet")
    assert 0 < late < 60


async def test_host_processes_are_told_and_one_that_ended_is_replaced(
    deployment: Deployment,
) -> None:
    before = await scrape(deployment.worker)
    assert before("footfall_host_processes") == 2
    await deployment.ran("leave")
    count = before("footfall_host_replacements_total") + 1
    await settled(deployment.worker, "footfall_host_replacements_total", count)
    seen = await settled(deployment.worker, "footfall_host_processes", 2, state="idle")
    assert seen("footfall_host_processes") == 2


async def test_the_api_tells_of_schedules_workers_and_requests(deployment: Deployment) -> None:
    before = await scrape(deployment.metrics)
    schedule = await create(deployment.caller)
    assert (await deployment.caller("GET", "/schedule/nothing-of-ours")).status_code == 404
    assert (await deployment.caller("GET", "/no/such/route")).status_code == 404
    for _ in range(2):
        await deployment.caller.data("GET", f"/schedule/{schedule['id']}")
    seen = await scrape(deployment.metrics)
    name, route = "footfall_http_requests_total", "/schedule/{schedule_id}"

    def new(**labels: str) -> float:
        return seen(name, **labels) - before(name, **labels)

    assert new(route=route, status="200") == 2
    assert new(route=route, status="404") == 1
    assert new(route="none", status="404") == 1
    assert new(route="/schedule/create", method="POST", status="200") == 1
    routes = {labels["route"] for labels, _ in seen.samples(name)}
    assert not [one for one in routes if schedule["id"] in one or "such" in one]

    async def well() -> bool:
        # An answer that takes longer than a second counts as none.
        told = await scrape(deployment.metrics)
        parts = ("footfall_temporal_up", "footfall_projection_up", "footfall_workers")
        return {told(part) for part in parts} == {1} and (
            told("footfall_projection_lag_seconds") < 30
        )

    await until(well, what="that all is told to be well")
    await deployment.caller.data("POST", f"/schedule/{schedule['id']}/pause")
    # Of this status there are none that others end meanwhile.
    count = before("footfall_schedules", status="paused") + 1
    await settled(deployment.metrics, "footfall_schedules", count, status="paused")


async def test_whoever_is_no_admin_is_not_told_the_metrics_by_the_api_itself(
    deployment: Deployment,
) -> None:
    assert (await deployment.caller("GET", "/metrics")).status_code == 403
    answer = await deployment.admin("GET", "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "footfall_schedules" in answer.text


async def traced(deployment: Deployment, run_id: str, *names: str) -> dict[str, Seen]:
    async def are_there() -> bool:
        return {*names} <= deployment.collector.of_run(run_id).keys()

    try:
        await until(are_there, what=f"spans {names}")
    except AssertionError:
        # What is missing is told.
        assert sorted(deployment.collector.of_run(run_id)) == sorted(names)
    return deployment.collector.of_run(run_id)


async def test_one_trace_leads_from_a_request_to_the_walker(deployment: Deployment) -> None:
    schedule = await create(deployment.caller, "spans")
    trace_id, mine = secrets.token_hex(16), secrets.token_hex(8)
    headers = {"traceparent": f"00-{trace_id}-{mine}-01"}
    started = await trigger(deployment.caller, schedule["id"], headers=headers)
    run = await ended(deployment.caller, started)
    request, call = "POST /schedule/{schedule_id}/trigger", "temporal StartWorkflowExecution"
    names = ("run spans", "start spans", "walker spans")
    seen = await traced(deployment, run["id"], request, call, *names)
    whole, start, walker = (seen[name] for name in names)
    assert {one.trace_id for one in seen.values()} == {trace_id}
    assert seen[request].parent_id == mine
    assert seen[call].parent_id == whole.parent_id == seen[request].span_id
    assert start.parent_id == whole.span_id
    assert walker.parent_id == start.span_id
    assert seen[request].attributes["footfall.schedule_id"] == schedule["id"]
    assert seen[request].attributes["footfall.user"] == "ada"
    assert {one.service for one in (seen[request], whole)} == {"footfall-api", "footfall-worker"}
    assert start.start <= walker.start <= walker.end <= start.end
    assert whole.attributes["footfall.kind"] == "manual"
    assert whole.attributes["footfall.outcome"] == "succeeded"
    assert walker.attributes == {
        "footfall.schedule_id": schedule["id"],
        "footfall.run_id": run["id"],
        "footfall.walker": "spans",
        "footfall.attempt": 1,
        "footfall.outcome": "succeeded",
    }
    # What the walker itself traces joins, by OpenTelemetry's context or by what it is told.
    (joined,) = run["reports"]
    assert (joined["trace_id"], joined["span_id"]) == (trace_id, walker.span_id)
    assert joined["traceparent"] == f"00-{trace_id}-{walker.span_id}-01"


async def request_span(deployment: Deployment, method: str, path: str, **options: Any) -> Seen:
    """Send a request, and give its span; whatever was asked for together with it is there then."""
    trace_id = secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
    await deployment.caller.data(method, path, headers=headers, **options)

    async def found() -> Seen | None:
        of = (one for one in deployment.collector.spans if one.trace_id == trace_id)
        return next((one for one in of if one.name.startswith(f"{method} /")), None)

    return await until(found, what=f"the span of {method} {path}")


async def test_spans_of_requests_say_what_about_and_not_what_was_looked_for(
    deployment: Deployment,
) -> None:
    body = {"walker_name": "greet", "trigger": "interval", "hours": 5}
    made = await request_span(deployment, "POST", "/schedule/create", json=body)
    assert made.attributes["footfall.walker"] == "greet"
    assert made.attributes["footfall.user"] == "ada"
    schedule_id = made.attributes["footfall.schedule_id"]
    assert (await deployment.caller("GET", f"/schedule/{schedule_id}")).status_code == 200
    looked = await request_span(deployment, "GET", "/schedule/list?q=private-matters")
    assert looked.attributes["url.path"] == "/schedule/list"
    assert "private-matters" not in str(looked.attributes)


async def test_runs_that_follow_others_and_those_of_backfills_link_to_what_caused_them(
    deployment: Deployment,
) -> None:
    async def made(**trigger: Any) -> dict[str, Any]:
        body = {"walker_name": "greet", **trigger}
        data = await deployment.caller.data("POST", "/schedule/create", json=body)
        schedule: dict[str, Any] = data["schedule"]
        return schedule

    first = await made(trigger="cron", cron="0 0 1 1 *")
    second = await made(after={"schedule": first["id"]})
    years = {"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"}
    path = f"/schedule/{first['id']}/backfill"
    asked = await request_span(deployment, "POST", path, json=years)

    def spans(schedule: dict[str, Any], kind: str) -> list[Seen]:
        wanted = {"footfall.schedule_id": schedule["id"], "footfall.kind": kind}
        return [
            one for one in deployment.collector.spans if wanted.items() <= one.attributes.items()
        ]

    async def are_there() -> bool:
        # The worker's list of what is followed may be a second old.
        await ended(deployment.caller, await trigger(deployment.caller, first["id"]))
        return bool(spans(second, "chained") and len(spans(first, "backfill")) > 1)

    await until(are_there, what="spans of runs that follow, and of a backfill's", every=0.5)
    (cause,) = spans(second, "chained")[0].links

    async def is_told() -> bool:
        # What came before may be a run of the backfill, too.
        causes = [*spans(first, "manual"), *spans(first, "backfill")]
        return cause in [one.span_id for one in causes if one.name == "run greet"]

    await until(is_told, what="the span of the run that was followed")
    for one in spans(first, "backfill"):
        assert one.links == [asked.span_id]
        assert one.trace_id != asked.trace_id


@pytest.mark.parametrize("execution", ["durable", "light"])
async def test_a_run_that_nobody_asked_for_is_a_trace_with_all_its_starts(
    deployment: Deployment, execution: str
) -> None:
    fields = {"hours": 0, "seconds": 1, "max_runs": 1, "execution": execution}
    # Not before it is active does it run.
    fields |= {"is_active": False, "retry": {"max_attempts": 2}}
    schedule = await create(deployment.caller, "boom", **fields)
    request, trace_id = f"/schedule/{schedule['id']}", secrets.token_hex(16)
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
    await deployment.caller.data("PUT", request, json={"is_active": True}, headers=headers)

    async def is_over() -> str | None:
        path = f"/schedule/{schedule['id']}/runs"
        runs = (await deployment.caller.data("GET", path))["runs"]
        return runs[0]["id"] if runs and runs[0]["status"] == "failed" else None

    run_id = await until(is_over, what="the run's end")
    seen = await traced(deployment, run_id, "run boom")
    assert seen["run boom"].parent_id == ""

    async def asked() -> list[Seen]:
        name = (trace_id, "PUT /schedule/{schedule_id}")
        return [one for one in deployment.collector.spans if (one.trace_id, one.name) == name]

    # What made the schedule run is named, and is in a trace of its own.
    (made,) = await until(asked, what="the span of the change")
    assert seen["run boom"].links == [made.span_id]
    of = [one for one in deployment.collector.spans if one.trace_id == seen["run boom"].trace_id]
    starts = [one for one in of if one.name == "start boom"]
    assert [one.attributes["footfall.attempt"] for one in starts] == [1, 2]
    assert {one.parent_id for one in starts} == {seen["run boom"].span_id}
    assert sorted(one.name for one in of) == sorted(
        ["run boom", *2 * ["start boom"], *2 * ["walker boom"]]
    )
    assert all(one.is_error for one in of)


async def test_lines_about_a_run_name_it_and_its_trace(deployment: Deployment) -> None:
    run = await deployment.ran("boom")
    seen = await traced(deployment, run["id"], "start boom")

    def lines() -> list[dict[str, Any]]:
        found = map(json.loads, deployment.worker_process.lines)
        return [one for one in found if one.get("run_id") == run["id"]]

    (line,) = lines()
    assert line["event"] == "a walker ended"
    assert line["level"] == "warning"
    assert line["schedule_id"] == run["schedule_id"]
    assert (line["walker"], line["outcome"], line["error"]) == ("boom", "failed", "ValueError")
    assert line["attempt"] == 1
    assert line["trace_id"] == seen["start boom"].trace_id
    assert line["span_id"] == seen["start boom"].span_id
    assert "only the owner" not in deployment.worker_process.output


async def test_a_run_that_is_terminated_is_told_in_one_line_and_ends_its_trace(
    deployment: Deployment,
) -> None:
    schedule = await create(deployment.caller, "sleepy")
    run = await walking(deployment.caller, await trigger(deployment.caller, schedule["id"]))
    before = len(deployment.worker_process.lines)
    path = f"/schedule/{run['schedule_id']}/runs/{run['id']}/terminate"
    await deployment.caller.data("POST", path)
    # What comes after its end shows that nothing more is said of it, such as by the SDK.
    names = ("run sleepy", "start sleepy", "walker sleepy")
    seen = await traced(deployment, run["id"], *names)
    await deployment.ran("greet")
    lines = [json.loads(line) for line in deployment.worker_process.lines[before:]]
    (line,) = [one for one in lines if one.get("run_id") == run["id"]]
    assert (line["event"], line["level"]) == ("a walker was killed", "info")
    assert "terminated" in line["reason"]
    assert not [one for one in lines if one["logger"].startswith("temporalio.core")]
    whole, start, walker = (seen[name] for name in names)
    assert whole.attributes["footfall.outcome"] == "terminated"
    assert (start.parent_id, walker.parent_id) == (whole.span_id, start.span_id)
    request = seen["POST /schedule/{schedule_id}/trigger"]
    assert (whole.trace_id, whole.parent_id) == (request.trace_id, request.span_id)
    assert whole.start <= start.start <= walker.end <= whole.end


ROOT = Path(__file__).parent.parent.parent
NAME = re.compile(r"\b(?:footfall|process)_[a-z_]+\b")


def asked_for() -> set[str]:
    """Give the names of the series that dashboard and alerts ask for."""
    rules = yaml.safe_load((ROOT / "observability" / "alerts.yaml").read_text())["groups"]
    asked = [rule["expr"] for group in rules for rule in group["rules"]]
    board = json.loads((ROOT / "observability" / "dashboard.json").read_text())
    asked += [one["expr"] for panel in board["panels"] for one in panel.get("targets", ())]
    asked += [one["query"]["query"] for one in board["templating"]["list"][1:]]
    return {name for text in asked for name in NAME.findall(text)}


async def test_dashboard_alerts_and_page_name_what_is_really_told(deployment: Deployment) -> None:
    told = [await scrape(deployment.worker), await scrape(deployment.metrics)]
    assert asked_for() <= told[0].series | told[1].series
    page = (ROOT / "docs" / "observability.md").read_text()
    rows = re.findall(r"^\| `(\w+)(?:\{([\w,]+)\})?` \| (\w+) \| ([\w ]+) \|", page, re.MULTILINE)
    documented = {"worker": {}, "API": {}}
    for name, labels, kind, by in rows:
        for process in ("worker", "API") if by == "both" else (by,):
            documented[process][name] = (kind, {*filter(None, labels.split(","))})
    for process, seen in zip(("worker", "API"), told, strict=True):
        assert documented[process].keys() == seen.kinds.keys()
        for name, (kind, labels) in documented[process].items():
            assert seen.kinds[name] == kind
            assert seen.labels(name) in (labels, set()), name


async def test_what_the_page_asks_is_answered(deployment: Deployment, tmp_path: Path) -> None:
    (block,) = (one for one in blocks("docs/observability.md") if one.test == "scrape")
    script = block.text.replace("http://127.0.0.1:9464", deployment.metrics)
    script = script.replace("http://127.0.0.1:8081", deployment.worker)
    assert script.count(str(deployment.metrics)) == script.count(deployment.worker) == 1
    printed = await output_of(script, tmp_path)
    for process in ("api", "worker"):
        assert f'footfall_build_info{{process="{process}"' in printed
