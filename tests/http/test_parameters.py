"""Query parameters: each route takes its own, once, and no others."""

from typing import Any

import pytest
from support.api import Api, Caller
from support.schedules import create

type Operation = tuple[str, str, dict[str, dict[str, Any]]]


@pytest.fixture
async def operations(api: Api) -> list[Operation]:
    """Method, path and query parameters of every route but those of health."""
    document = (await api.http.get("/openapi.json")).json()
    return [
        (
            method.upper(),
            path.format_map(_Any()),
            {
                one["name"]: one["schema"]
                for one in operation.get("parameters", [])
                if one["in"] == "query"
            },
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not path.startswith("/healthz")
    ]


class _Any(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return "some"


async def test_a_parameter_that_a_route_does_not_have_is_refused(
    api: Api, alice: Caller, operations: list[Operation]
) -> None:
    assert len(operations) > 25
    for method, path, _ in operations:
        asked = f"{path}?surprise=1&surprise=2"
        assert await alice.fields(method, asked) == {"surprise"}, (method, path)
        assert (await api.http.request(method, asked)).status_code == 401


async def test_a_parameter_given_twice_is_refused_unless_it_is_a_list(
    alice: Caller, operations: list[Operation]
) -> None:
    lists: set[str] = set()
    for method, path, parameters in operations:
        for name, schema in parameters.items():
            twice = [(name, "true"), (name, "true")]
            kinds = {one.get("type") for one in (schema, *schema.get("anyOf", []))}
            if "array" in kinds:
                lists.add(name)
                continue
            assert await alice.fields(method, path, params=twice) == {name}, (method, path)
    assert lists == {"status", "kind", "tag"}
    for asked in (
        "/runs?status=failed&status=timed_out&kind=manual&kind=backfill",
        "/schedule/list?tag=a&tag=b",
    ):
        await alice.data("GET", asked)


async def test_a_typo_of_dry_run_deletes_nothing(alice: Caller) -> None:
    path = f"/schedule/{(await create(alice))['id']}"
    status, error = await alice.error("DELETE", f"{path}?dryRun=true")
    assert status == 400
    (problem,) = error["details"]["fields"]
    assert problem == {
        "field": "dryRun",
        "message": "There is no such parameter (did you mean 'dry_run'?).",
    }
    await alice.data("GET", path)
    _, error = await alice.error("GET", "/runs?stauts=failed")
    assert "did you mean 'status'?" in error["message"]


async def test_health_and_the_description_take_any_parameter(api: Api) -> None:
    for path in ("/healthz/live", "/healthz/ready", "/openapi.json"):
        assert (await api.http.get(path, params={"probe": "1"})).status_code == 200
