"""What the clients make of answers, in both forms, without a network."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from footfall.client import ApiError, AsyncClient, Client, Event
from footfall.client.errors import (
    ClientError,
    ForeignAnswerError,
    InvalidError,
    NoAnswerError,
    NotFoundError,
    StaleError,
    TokenError,
    UnavailableError,
    UnreachableError,
    UnsendableError,
)
from footfall.client.sse import EventReader

type Answering = Callable[[httpx.Request], httpx.Response]

RUN = {
    "id": "greet-1-manual-2",
    "schedule_id": "1",
    "walker_name": "greet",
    "kind": "manual",
    "started_at": "2026-11-24T10:33:07.123Z",
    "by": "ada",
    "reason": None,
    "links": {"temporal_ui": "http://ui"},
    "of a newer API": 1,
}


def success(data: Any) -> httpx.Response:
    return httpx.Response(200, json={"status": "success", "data": data, "meta": {}})


def error(status: int, code: str, *, wait: str | None = None, **details: Any) -> httpx.Response:
    data = {"code": code, "message": "It is so.", "details": details}
    headers = {} if wait is None else {"Retry-After": wait}
    return httpx.Response(status, json={"status": "error", "data": data}, headers=headers)


class Both:
    """Calls a method of each client, which must do the same."""

    def __init__(self, answer: Answering, **options: Any) -> None:
        self.requests: list[httpx.Request] = []
        self._answer, self._options = answer, options

    def _noted(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        transport = httpx.MockTransport(self._noted)
        with Client("http://api/", " token\n", transport=transport, **self._options) as client:
            found = _outcome(lambda: _listed(getattr(client, name)(*args, **kwargs)))
        waited = _outcome(lambda: asyncio.run(self._awaited(name, *args, **kwargs)))
        assert repr(found) == repr(waited)
        if isinstance(found, Exception):
            raise found
        return found

    async def _awaited(self, name: str, *args: Any, **kwargs: Any) -> Any:
        transport = httpx.MockTransport(self._noted)
        async with AsyncClient("http://api", "token", transport=transport, **self._options) as one:
            result = getattr(one, name)(*args, **kwargs)
            if hasattr(result, "__aiter__"):
                return [item async for item in result]
            return await result


def _listed(result: Any) -> Any:
    return list(result) if isinstance(result, Iterator) else result


def _outcome(doing: Callable[[], Any]) -> Any:
    try:
        return doing()
    except (ClientError, ValueError) as raised:
        return raised


def test_an_answer_is_typed_and_what_is_new_in_it_is_left_out() -> None:
    both = Both(lambda _: success({"run": RUN}))
    run = both("trigger_schedule", "1", args={"name": "Ada"})
    assert (run.id, run.kind) == ("greet-1-manual-2", "manual")
    assert run.started_at == datetime(2026, 11, 24, 10, 33, 7, 123000, tzinfo=UTC)
    assert not hasattr(run, "of a newer API")
    (request, other) = both.requests
    assert request.headers["Authorization"] == "Bearer token"
    assert json.loads(request.content)["args"] == {"name": "Ada"}
    assert request.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]


def test_an_error_carries_code_field_and_remedy() -> None:
    fields = [{"field": "hours", "message": "must be whole"}]
    both = Both(lambda _: error(400, "invalid_trigger", fields=fields))
    with pytest.raises(InvalidError) as refused:
        both("preview_schedule", trigger="interval")
    found = refused.value
    assert (found.status, found.code, found.field) == (400, "invalid_trigger", "hours")
    assert (found.fields[0].message, found.remedy) == ("must be whole", None)
    with pytest.raises(NotFoundError, match=r"^It is so\. .*footfall schedules list") as missing:
        Both(lambda _: error(404, "schedule_not_found"))("get_schedule", "x")
    assert missing.value.remedy
    with pytest.raises(StaleError):
        Both(lambda _: error(412, "stale"))("pause_schedule", "x", if_match=1)
    with pytest.raises(ApiError) as bug:
        Both(lambda _: error(500, "internal_error"))("get_schedule", "x")
    assert type(bug.value) is ApiError


@pytest.mark.parametrize("data", [{}, {"schedule": None}, {"schedule": {"id": 1}}, []])
def test_an_answer_to_something_else_is_said_to_be_one(data: Any) -> None:
    with pytest.raises(ForeignAnswerError, match=r"^/schedule/x answers what this client cannot"):
        Both(lambda _: success(data))("get_schedule", "x")


def test_what_cannot_be_sent_is_not() -> None:
    both = Both(lambda _: success({}))
    with pytest.raises(UnsendableError, match=r"^args\.x: nan"):
        both("trigger_schedule", "1", args={"x": float("nan")})
    with pytest.raises(UnsendableError, match=r"^schedule_id: .*'list'"):
        both("get_schedule", "list")
    assert both.requests == []


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, "<html>"),
        (200, "[]"),
        (200, '{"status": "error", "data": {}}'),
        (502, '{"status": "error", "data": "no"}'),
        (404, '{"detail": "Not Found"}'),
    ],
)
def test_what_is_no_api_of_ours_is_said_to_be_none(status: int, text: str) -> None:
    with pytest.raises(ForeignAnswerError, match="is no API of Footfall's"):
        Both(lambda _: httpx.Response(status, text=text))("get_schedule", "x")


class Away:
    """Answers 503 so many times to each client, and then well."""

    def __init__(self, times: int, wait: str = "0", code: str = "temporal_unavailable") -> None:
        self._times, self._wait, self._code = times, wait, code
        self._seen: dict[str, int] = {}
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key", "")
        self.keys.append(key)
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] <= self._times:
            return error(503, self._code, wait=self._wait)
        return success({"run": RUN})


def test_503_is_tried_again_with_the_same_key() -> None:
    away = Away(2)
    assert Both(away)("trigger_schedule", "1").by == "ada"
    assert [len(set(away.keys[:3])), len(set(away.keys[3:])), len(away.keys)] == [1, 1, 6]


@pytest.mark.parametrize(
    ("away", "options", "call"),
    [
        (Away(1, wait="5"), {"retry_seconds": 2}, ("trigger_schedule", "1")),
        (Away(1), {"retry_seconds": -1}, ("trigger_schedule", "1")),
        (Away(1, code="scheduler_disabled"), {}, ("trigger_schedule", "1")),
        (Away(1), {}, ("cancel_run", "1", "2")),
        (Away(1), {}, ("delete_schedule", "1")),
    ],
)
def test_what_may_not_be_sent_again_or_takes_too_long_is_not(
    away: Away, options: dict[str, Any], call: tuple[str, ...]
) -> None:
    transport = httpx.MockTransport(away)
    with (
        Client("http://api", "token", transport=transport, **options) as client,
        pytest.raises(UnavailableError) as refused,
    ):
        getattr(client, call[0])(*call[1:])
    assert refused.value.retry_after is not None
    assert len(away.keys) == 1


def test_all_pages_are_gone_through_with_the_same_filters() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("cursor")
        assert request.url.params.get_list("status") == ["failed", "timed_out"]
        following = {None: "two", "two": "three", "three": None}[cursor]
        run = {**RUN, "id": cursor or "one", "status": "failed"}
        run |= dict.fromkeys(("scheduled_at", "closed_at", "duration_ms", "error", "after"))
        return success({"runs": [run], "cursor": following})

    both = Both(answer)
    found = both("every_run", status=["failed", "timed_out"])
    assert [run.id for run in found] == ["one", "two", "three"]


def test_a_stream_gives_its_events_as_they_come() -> None:
    text = (
        ': a comment\n\nid: a-1\nevent: run_ended\ndata: {"id":\ndata: "x"}\n\n'
        'event: end\ndata: {"status":"succeeded"}\n\n'
    )
    kind = {"Content-Type": "text/event-stream; charset=utf-8"}
    both = Both(lambda _: httpx.Response(200, text=text, headers=kind))
    events = both("follow_events", "a-0")
    assert [(one.name, one.data, one.id) for one in events] == [
        ("run_ended", {"id": "x"}, "a-1"),
        ("end", {"status": "succeeded"}, None),
    ]
    assert both.requests[0].headers["Last-Event-ID"] == "a-0"
    with pytest.raises(NotFoundError):
        Both(lambda _: error(404, "run_not_found"))("tail_run", "1", "2")
    with pytest.raises(ForeignAnswerError):
        Both(lambda _: success({}))("tail_run", "1", "2")


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_a_stream_may_be_cut_anywhere(size: int) -> None:
    text = "one\u2028two\x85three 🚶"
    written = f"event: stdout\r\ndata: {json.dumps(text, ensure_ascii=False)}\n\n".encode()
    reader = EventReader()
    pieces = [written[start : start + size] for start in range(0, len(written), size)]
    events = [event for piece in pieces for event in reader.read(piece)]
    assert events == [Event("stdout", text)]


@pytest.mark.parametrize("written", [b"data: {\n\n", b"data: \xff\n\n"])
def test_a_stream_of_something_else_is_said_to_be_one(written: bytes) -> None:
    kind = {"Content-Type": "text/event-stream"}
    with pytest.raises(ForeignAnswerError, match="no event"):
        Both(lambda _: httpx.Response(200, content=written, headers=kind))("follow_events")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes requests and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_an_api_that_is_slow_is_not_taken_for_none(silent: str) -> None:
    with (
        Client(silent, "secret", timeout=0.2) as client,
        pytest.raises(NoAnswerError, match=r"within 0\.2 seconds, and may still be at") as refused,
    ):
        client.pause_schedule("x")
    assert "secret" not in str(refused.value)
    with Client(silent, "t", timeout=0.2) as client, pytest.raises(NoAnswerError) as read:
        client.get_schedule("x")
    assert str(read.value) == f"The API at {silent} did not answer within 0.2 seconds."


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nowhere", "http://[", "ftp://a", ""])
def test_where_no_api_answers_is_said(url: str) -> None:
    with Client(url, "token") as client, pytest.raises(UnreachableError, match="No API answers"):
        client.get_schedule("x")


@pytest.mark.parametrize(
    ("token", "wrong"),
    [("", "is empty"), (" \n", "is empty"), ("se\ncret", "has char"), ("s\u00e9cret", "has char")],
)
def test_what_is_no_token_is_refused_and_not_shown(token: str, wrong: str) -> None:
    with pytest.raises(TokenError, match=rf"^The token {wrong}.*`footfall token`") as refused:
        Client("http://127.0.0.1:1", token)
    assert "cret" not in str(refused.value)


def test_a_token_may_be_a_new_one_for_each_request() -> None:
    tokens = iter(["one", "two"])
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return success({"alive": True})

    with Client("http://a", lambda: next(tokens), transport=httpx.MockTransport(answer)) as client:
        client.live()
        client.live()
    assert seen == ["Bearer one", "Bearer two"]


async def awaited_token() -> str:
    return "secret"


@pytest.mark.parametrize(
    ("give", "kind"),
    [
        (lambda: None, "None"),
        (awaited_token, "of type coroutine"),
        (lambda: b"secret", "of type bytes"),
    ],
)
def test_a_function_that_gives_no_token_is_told_of(give: Any, kind: str) -> None:
    with (
        Client("http://127.0.0.1:1", give) as client,
        pytest.raises(TokenError, match=f"^What the function gives .* a text, and is {kind}") as no,
    ):
        client.live()
    assert "secret" not in str(no.value)
    with pytest.raises(TokenError, match=r"^The token must be a text, and is None"):
        Client("http://127.0.0.1:1", None)  # type: ignore[arg-type]
