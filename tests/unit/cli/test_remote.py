import socket
from collections.abc import Iterator

import pytest

from footfall.cli.remote import Remote, RemoteError


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes requests and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_an_api_that_is_slow_is_not_taken_for_none(silent: str) -> None:
    remote = Remote(silent, "token", answer_seconds=0.2)
    with pytest.raises(RemoteError) as refused:
        remote.call("POST", "/schedule/apply", body={})
    assert str(refused.value) == (
        f"The API at {silent} did not answer within 0.2 seconds and may still be at work; "
        "`footfall apply --dry-run` shows what is left to do."
    )


@pytest.mark.parametrize(
    ("token", "wrong"),
    [("", "is empty"), (" \n", "is empty"), ("se\ncret", "has char"), ("s\u00e9cret", "has char")],
)
def test_what_is_no_token_is_refused_and_not_shown(token: str, wrong: str) -> None:
    with pytest.raises(RemoteError, match=rf"^The token {wrong}.*`footfall token`") as refused:
        Remote("http://127.0.0.1:1", token)
    assert "cret" not in str(refused.value)


def test_white_space_around_a_token_does_not_count(silent: str) -> None:
    remote = Remote(silent, " secret\r\n", answer_seconds=0.2)
    with pytest.raises(RemoteError, match="did not answer") as refused:
        remote.call("GET", "/schedule/export")
    assert "secret" not in str(refused.value)
