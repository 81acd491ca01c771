import io
import logging
from collections.abc import Iterator

import pytest
from support.api import Api, Caller, api_settings, running_api
from support.tokens import BAD, GOOD, SECRET

from footfall.logs import configure_logs
from worker.health import WorkerState


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, at the least level there is."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs("api", form="json", level="debug", stream=stream)
    # The client's own log tells what it sends.
    quiet = [logging.getLogger(name) for name in ("httpx", "httpcore")]
    for one in quiet:
        one.setLevel(logging.CRITICAL)
    yield stream
    for one in quiet:
        one.setLevel(logging.NOTSET)
    root.handlers = handlers
    root.setLevel(level)


async def test_every_bad_token_is_401_and_nothing_of_it_is_told(
    address: str, app: str, worker: WorkerState, log: io.StringIO
) -> None:
    del worker
    settings = api_settings(address, app, FOOTFALL_JWT_SECRET=SECRET)
    async with running_api(settings) as api:
        assert (await Caller(api.http, GOOD)("GET", "/schedule/list")).status_code == 200
        for name, token in BAD.items():
            if token.strip() == GOOD:
                continue  # around a token, HTTP itself allows spaces (RFC 9110, section 11.4)
            # Bytes, since not every one of them is a header's text.
            sent = {"Authorization": b"Bearer " + token.encode("utf-8", "surrogatepass")}
            answer = await api.http.get("/schedule/list", headers=sent)
            assert answer.status_code == 401, name
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            body = answer.json()
            assert (body["status"], body["data"]["code"]) == ("error", "unauthorized"), name
            assert body["meta"] == {"extra": {"http_status": 401}}
            told = answer.text + str(answer.headers)
            assert not [part for part in pieces(token) if part in told], name
    lines = log.getvalue()
    assert "the projection is up to date" in lines
    for name, token in BAD.items():
        assert not [part for part in pieces(token) if part in lines], name
    assert "Traceback" not in lines


def pieces(token: str) -> list[str]:
    """Give parts of a token that would be known again."""
    return [part[at : at + 12] for part in token.split(".") for at in range(0, len(part) - 11, 6)]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "bearer", "Token {}", "{}", "Bearer {} {}"],
)
async def test_a_header_that_is_no_bearer_token_is_401(api: Api, header: str) -> None:
    good = api.caller("ada")._headers["Authorization"].removeprefix("Bearer ")
    sent = {"Authorization": header.format(good, good)}
    answer = await api.http.get("/schedule/list", headers=sent)
    assert answer.status_code == 401
    assert good[:20] not in answer.text


async def test_a_token_is_taken_from_the_header_alone(api: Api) -> None:
    good = api.caller("ada")._headers["Authorization"].removeprefix("Bearer ")
    answers = [
        await api.http.get(f"/schedule/list?access_token={good}"),
        await api.http.get("/schedule/list", headers={"Cookie": f"access_token={good}"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
