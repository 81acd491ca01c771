import pytest
from prometheus_client import generate_latest
from starlette.types import Message, Receive, Scope, Send
from support.scraped import Scraped

from api.measured import Measured
from footfall.metrics.registry import new_registry
from footfall.metrics.request_metrics import RequestMetrics

NAME = "footfall_http_requests_total"


async def asked(app: object, method: str = "GET") -> Scraped:
    registry = new_registry("api")
    measured = Measured(app, RequestMetrics(registry))  # type: ignore[arg-type]

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        assert message

    scope: Scope = {"type": "http", "method": method}
    try:
        await measured(scope, receive, send)
    except ValueError:
        assert scope
    return Scraped(generate_latest(registry).decode())


async def test_a_bug_is_counted_as_the_answer_that_is_made_of_it() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        raise ValueError("a bug")

    assert (await asked(app))(NAME, route="none", status="500") == 1


async def test_what_breaks_after_the_answer_began_is_counted_once() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("a bug")

    seen = await asked(app)
    assert seen(NAME) == seen(NAME, status="200") == 1


@pytest.mark.parametrize("method", ["PROPFIND", "x" * 1000])
async def test_methods_that_somebody_makes_up_share_a_label(method: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 405, "headers": []})

    assert (await asked(app, method))(NAME, method="other") == 1
