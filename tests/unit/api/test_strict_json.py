import json
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.errors import install_error_handlers
from api.strict_json import StrictJsonRoute

MANY = "[" + ",".join(['{"b": 1, "b": 2}'] * 50) + "]"


def the_app() -> FastAPI:
    app, router = FastAPI(), APIRouter(route_class=StrictJsonRoute)
    app.state.max_body = 1024 * 1024
    install_error_handlers(app)

    @router.post("/")
    async def echo(body: dict[str, Any] | list[Any]) -> Any:
        return body

    app.include_router(router)
    return app


async def sent(body: str) -> httpx.Response:
    transport = httpx.ASGITransport(the_app())
    headers = {"Content-Type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.post("/", content=body.encode(), headers=headers)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ('{"hours": 1, "hours": 2}', ["hours"]),
        ('{"hours": 1, "hours": 1, "hours": 1}', ["hours"]),
        ('{"hours": 1, "\\u0068ours": 2}', ["hours"]),
        ('{"a": {"n": 1, "n": 2}, "b": 1, "b": 2}', ["b", "a.n"]),
        ('[{}, {"a": [{"b": null, "b": null}]}]', ["1.a.0.b"]),
        # The one that would have counted has none, and the others are gone.
        (f'{{"a": {MANY}, "a": {{}}}}', ["a"]),
        (MANY, [f"{n}.b" for n in range(20)]),
    ],
)
async def test_a_key_that_is_there_twice_is_named(body: str, places: list[str]) -> None:
    answer = await sent(body)
    assert answer.status_code == 400, answer.text
    data = answer.json()["data"]
    assert data["code"] == "invalid_request"
    assert [one["field"] for one in data["details"]["fields"]] == places


@pytest.mark.parametrize(
    "value",
    [
        {"a": {"a": [{"a": 1}, {"a": 1.5e3}]}, "A": None, "": "é🚶"},
        {"long": 10**4000},
        [],
        {},
    ],
)
async def test_what_is_given_once_arrives_as_it_was_sent(value: Any) -> None:
    answer = await sent(json.dumps(value))
    assert (answer.status_code, answer.json()) == (200, value)


@pytest.mark.parametrize("body", ["{", "[" * 100_000, '{"a": NaN}', '{"a": "\\ud800"}'])
async def test_what_is_no_json_is_a_bad_body(body: str) -> None:
    answer = await sent(body)
    assert answer.status_code == 400
    assert answer.json()["data"]["details"]["fields"][0]["field"] == "body"
