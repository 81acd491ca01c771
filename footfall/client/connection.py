from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from footfall.client.call import Call
from footfall.client.errors import NoAnswerError, UnreachableError
from footfall.client.reply import STREAM
from footfall.client.token import Token, checked_token

CONNECT_SECONDS = 10.0

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
)


class Connection:
    """Where an API is and how it is asked; what the two clients have in common.

    Args:
        url: of the API.
        token: a bearer token; white space around it does not count. No message shows it.
        timeout: seconds that an answer may take.
        retry_seconds: seconds that the pauses of one call may last in all, while the API asks to be
            called later; 0 raises at once.

    Raises:
        TokenError: the token cannot be one.
    """

    def __init__(self, url: str, token: Token, *, timeout: float, retry_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._token = token if callable(token) else checked_token(token, "The token")
        self._timeout = timeout
        self.retry_seconds = retry_seconds

    def request(self, call: Call[object], *, is_stream: bool = False) -> httpx.Request:
        """Give the request of a call.

        Raises:
            TokenError: the token that was given for it cannot be one.
            UnreachableError: the URL cannot be one.
            UnsendableError: what was given cannot be sent.
        """
        token = self._token
        if callable(token):
            token = checked_token(token(), "What the function gives as a token")
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": STREAM if is_stream else "application/json",
            **call.headers,
        }
        content = call.content()
        if content is not None:
            headers["Content-Type"] = "application/json"
        seconds = max(self._timeout, call.seconds or 0.0)
        timeout = httpx.Timeout(
            seconds, connect=min(seconds, CONNECT_SECONDS), read=None if is_stream else seconds
        )
        with self.translated(call):
            return httpx.Request(
                call.method,
                f"{self.url}{call.path}",
                params=list(call.params),
                content=content,
                headers=headers,
                extensions={"timeout": timeout.as_dict()},
            )

    @contextmanager
    def translated(self, call: Call[object]) -> Iterator[None]:
        """Turn what the network does into errors of this package."""
        try:
            yield
        except _NOT_SENT as error:
            raise UnreachableError(f"No API answers at {self.url} ({error}).") from error
        except httpx.TimeoutException as error:
            seconds = max(self._timeout, call.seconds or 0.0)
            message = f"The API at {self.url} did not answer within {seconds:g} seconds"
            raise NoAnswerError(f"{message}{_maybe_done(call)}.") from error
        except httpx.RemoteProtocolError as error:
            raise NoAnswerError(
                f"The API at {self.url} broke off ({error}){_maybe_done(call)}."
            ) from error
        except httpx.HTTPError as error:
            raise NoAnswerError(
                f"The connection to the API at {self.url} was lost{_maybe_done(call)}."
            ) from error


def _maybe_done(call: Call[object]) -> str:
    return "" if call.method == "GET" else ", and may still be at work"
