import re
from collections.abc import Mapping
from typing import Any

import httpx

from footfall.errors import FootfallError

ANSWER_SECONDS = 600.0
"""How long an answer may take; a thousand schedules are applied at once."""

_CONNECT_SECONDS = 10.0


_REMEDY = "Make one with `footfall token`, and set FOOTFALL_TOKEN."


class RemoteError(FootfallError):
    """The API did not do what was asked."""

    code = "remote_error"


class Remote:
    """An API of Footfall's, somewhere else, called with a token.

    Args:
        url: where it is.
        token: a bearer token; white space around it does not count. No message shows it.
        answer_seconds: how long an answer may take.

    Raises:
        RemoteError: the token cannot be one.
    """

    def __init__(self, url: str, token: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._url = url.rstrip("/")
        self._token = token.strip()
        self._answer_seconds = answer_seconds
        if not re.fullmatch(r"[\x21-\x7e]+", self._token):
            wrong = "has characters that no token has" if self._token else "is empty"
            raise RemoteError(f"The token {wrong}. {_REMEDY}")

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """Give the data of an answer.

        Raises:
            RemoteError: the API cannot be reached, or answers with an error; a refusal names
                the fields, one in each line.
        """
        try:
            answer = httpx.request(
                method,
                f"{self._url}{path}",
                json=body,
                params=params,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=httpx.Timeout(self._answer_seconds, connect=_CONNECT_SECONDS),
            )
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            message = (
                f"The API at {self._url} did not answer within {self._answer_seconds:g} seconds "
                "and may still be at work; `footfall apply --dry-run` shows what is left to do."
            )
            raise RemoteError(message) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"No API answers at {self._url} ({error}); name another one with --url."
            raise RemoteError(message) from error
        try:
            envelope = answer.json()
            data = envelope["data"]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{self._url}{path} answers {answer.status_code} and is no API of Footfall's."
            raise RemoteError(message) from error
        if answer.is_success:
            return data
        raise RemoteError(_problem(answer.status_code, data))


def _problem(status: int, data: Mapping[str, Any]) -> str:
    fields = (data.get("details") or {}).get("fields")
    if fields:
        return "\n".join(f"{one['field']}: {one['message']}" for one in fields)
    if status == 401:  # noqa: PLR2004
        return f"{data.get('message')} {_REMEDY}"
    return str(data.get("message"))
