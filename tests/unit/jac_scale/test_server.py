"""A jac-scale server that is asked for its jobs, and what answers in its place."""

from collections.abc import Callable

import httpx
import pytest

from footfall.client.errors import ApiError, ForeignAnswerError, NoAnswerError, TokenError
from footfall.jac_scale.server import JacScaleServer


def server(answer: Callable[[httpx.Request], httpx.Response]) -> JacScaleServer:
    return JacScaleServer("http://jac/", "token", transport=httpx.MockTransport(answer))


def test_what_cannot_be_a_token_is_not_sent() -> None:
    with pytest.raises(TokenError, match=r"^The token for jac-scale has characters"):
        JacScaleServer("http://jac/", "schlüssel")


def refusal(status: int, code: str) -> httpx.Response:
    body = {"ok": False, "data": None, "error": {"code": code, "message": "why"}}
    return httpx.Response(status, json=body)


def test_jobs_are_read_page_by_page() -> None:
    stored = [{"job_id": str(number)} for number in range(1200)]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer token"
        limit, offset = (int(request.url.params[name]) for name in ("limit", "offset"))
        page = {"jobs": stored[offset : offset + min(limit, 500)], "total": len(stored)}
        return httpx.Response(200, json={"ok": True, "data": page})

    assert list(server(answer).jobs()) == stored


def test_what_is_gone_while_it_is_read_ends_it() -> None:
    empty = httpx.Response(200, json={"ok": True, "data": {"jobs": [], "total": 3}})
    assert list(server(lambda _: empty).jobs()) == []


def test_one_that_is_gone_need_not_be_removed() -> None:
    assert not server(lambda _: refusal(404, "NOT_FOUND")).remove("x")
    gone = httpx.Response(200, json={"ok": True, "data": {"deleted": True}})
    assert server(lambda _: gone).remove("x")
    with pytest.raises(ApiError, match=r"http://jac refused: why\."):
        server(lambda _: refusal(500, "SCHEDULER_ERROR")).remove("x")


def test_a_refusal_is_told_with_its_status() -> None:
    with pytest.raises(ApiError) as refused:
        list(server(lambda _: refusal(401, "UNAUTHORIZED")).jobs())
    assert (refused.value.status, refused.value.code) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("text", ["", "Not found", "[]", '{"status": "error"}', '{"ok": false}'])
def test_what_is_no_jac_scale_is_told_as_such(text: str) -> None:
    with pytest.raises(ForeignAnswerError, match=r"is no jac-scale \(404\)"):
        list(server(lambda _: httpx.Response(404, text=text)).jobs())


def test_one_that_is_away_is_told_as_such() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NoAnswerError, match=r"at http://jac does not answer \(ConnectError\)"):
        list(server(away).jobs())


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"jobs": None, "total": 1},
        {"jobs": "x", "total": 1},
        {"jobs": [1], "total": 1},
        {"jobs": []},
        {"jobs": [], "total": "many"},
    ],
)
def test_what_tells_of_no_jobs_is_no_jac_scale(data: object) -> None:
    told = httpx.Response(200, json={"ok": True, "data": data})
    with pytest.raises(ForeignAnswerError, match="is no jac-scale"):
        list(server(lambda _: told).jobs())
