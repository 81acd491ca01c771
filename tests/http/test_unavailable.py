import time
from typing import Any

import pytest
from support.api import api_settings, running_api, started_api
from support.ports import free_port
from support.scraped import Scraped
from support.waiting import until
from temporalio.testing import WorkflowEnvironment

from api.process import wired_services
from footfall.errors import ConfigurationError, ProjectionUnavailableError

BODY = {"walker_name": "greet", "trigger": "interval", "minutes": 30}
ENDPOINTS: list[tuple[str, str, Any]] = [
    ("POST", "/schedule/create", BODY),
    ("GET", "/schedule/list", None),
    ("GET", "/schedule/walkers", None),
    ("GET", "/schedule/some", None),
    ("PUT", "/schedule/some", {"is_active": False}),
    ("DELETE", "/schedule/some", None),
    ("GET", "/schedule/some/runs", None),
    ("GET", "/schedule/some/runs/one", None),
    ("POST", "/schedule/bulk", {"action": "pause", "ids": ["some"]}),
    ("POST", "/schedule/preview", BODY),
]


def options(body: Any) -> dict[str, Any]:
    return {"json": body} if body is not None else {}


async def test_a_disabled_scheduler_answers_503(app_name: str) -> None:
    settings = api_settings("127.0.0.1:1", app_name, FOOTFALL_ENABLED="false")
    async with running_api(settings) as api:
        alice = api.caller("alice")
        for method, path, body in ENDPOINTS:
            status, data = await alice.error(method, path, **options(body))
            assert (status, data["code"]) == (503, "scheduler_disabled")
            bare = await api.http.request(method, path, **options(body))
            assert bare.status_code == 503
        ready = (await api.http.get("/healthz/ready")).json()["data"]
        assert ready == {"ready": True, "enabled": False}


async def test_without_temporal_requests_get_503_and_the_process_lives(
    app_name: str,
) -> None:
    settings = api_settings(f"127.0.0.1:{free_port()}", app_name)
    async with started_api(settings) as api:
        assert (await api.http.get("/healthz/live")).status_code == 200
        ready = await api.http.get("/healthz/ready")
        assert ready.status_code == 503
        body = ready.json()
        assert (body["status"], body["data"]["code"]) == ("error", "not_ready")
        assert body["meta"] == {"extra": {"http_status": 503}}
        assert {"temporal", "projection"} <= body["data"]["details"]["problems"].keys()
        alice = api.caller("alice")
        for method, path, body in ENDPOINTS:
            answer = await alice(method, path, **options(body))
            assert answer.status_code == 503, (method, path, answer.text)
            unread = path == "/schedule/list"
            code = "projection_unavailable" if unread else "temporal_unavailable"
            assert answer.json()["data"]["code"] == code
            assert answer.headers["Retry-After"]
        # Nobody is told that there is nothing before anyone has looked.
        for path in ("/runs", "/runs/counts", "/schedule/list?tag=a"):
            _, data = await alice.error("GET", path)
            assert data["code"] == "projection_unavailable"
        admin = api.caller("root-admin", admin=True)

        async def told() -> Scraped | None:
            began = time.monotonic()
            answer = await admin("GET", "/metrics")
            assert (answer.status_code, time.monotonic() - began < 8) == (200, True)
            found = Scraped(answer.text)
            return found if found("footfall_temporal_up") == 0 else None

        found = await until(told, what="a scrape that says that Temporal is away")
        assert found("footfall_projection_up") == 0
        assert found("footfall_projection_lag_seconds") > 0
        for unknown in ("footfall_workers", "footfall_schedules"):
            assert list(found.samples(unknown)) == []


async def test_without_a_worker_nothing_is_created(
    temporal_server: WorkflowEnvironment,
    app_name: str,
) -> None:
    address = temporal_server.client.service_client.config.target_host
    async with running_api(api_settings(address, app_name)) as api:
        alice = api.caller("alice")
        for method, path, body in ENDPOINTS[:1] + ENDPOINTS[2:3] + ENDPOINTS[-1:]:
            status, data = await alice.error(method, path, **options(body))
            assert (status, data["code"]) == (503, "no_worker")
            assert "footfall worker" in data["message"]
        assert (await alice.data("GET", "/schedule/list"))["schedules"] == []


async def test_a_missing_secret_stops_the_start(app_name: str) -> None:
    settings = api_settings("127.0.0.1:1", app_name, FOOTFALL_JWT_SECRET="")
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_SECRET"):
        async with wired_services(settings):
            pass


async def test_mongodb_that_is_away_stops_the_start(app_name: str) -> None:
    uri = f"mongodb://footfall:hidden-password@127.0.0.1:{free_port()}/?directConnection=true"
    settings = api_settings("127.0.0.1:1", app_name, FOOTFALL_MONGODB_URI=uri)
    with pytest.raises(ProjectionUnavailableError) as caught:
        async with wired_services(settings):
            pass
    assert "hidden-password" not in str(caught.value)


async def test_openapi_tells_the_truth_about_errors(
    app_name: str,
) -> None:
    settings = api_settings("127.0.0.1:1", app_name, FOOTFALL_ENABLED="false")
    async with running_api(settings) as api:
        document = (await api.http.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            assert "422" not in responses
            if not path.startswith(("/schedule", "/runs")):
                continue
            expected = {"200", "400", "401", "503"}
            if method in ("post", "put"):
                expected.add("413")
            if "{schedule_id}" in path:
                expected.add("404")
            assert expected <= responses.keys(), (method, path)
            for status, response in responses.items():
                if (path.endswith("/tail"), status) == (True, "200"):
                    assert response["content"].keys() == {"text/event-stream"}
                    continue
                schema = response["content"]["application/json"]["schema"]["$ref"]
                assert ("ErrorEnvelope" in schema) == (status != "200")
            assert operation["security"] == [{"HTTPBearer": []}]
    create = schemas["NewSchedule"]
    assert set(create["required"]) == {"walker_name", "trigger"}
    assert create["additionalProperties"] is False
    preview = schemas["PreviewRequest"]
    assert preview["required"] == ["trigger"]
    assert preview["properties"].keys() - create["properties"].keys() == {"count"}
    # An instant to start from, beside the trigger's option of that name.
    assert {"type": "string"} in preview["properties"]["after"]["anyOf"]
    count = preview["properties"]["count"]
    assert (count["minimum"], count["maximum"], count["default"]) == (1, 1000, 10)
    assert schemas["NextRun"]["properties"]["local"]["format"] == "date-time"
