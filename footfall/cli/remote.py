from collections.abc import Mapping
from typing import Any

import httpx

from footfall.errors import FootfallError

_TIMEOUT_SECONDS = 60.0


class RemoteError(FootfallError):
    """The API did not do what was asked."""

    code = "remote_error"


class Remote:
    """An API of Footfall's, somewhere else, called with a token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token

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
                timeout=_TIMEOUT_SECONDS,
            )
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
        return f"{data.get('message')} Make one with `footfall token`, and set FOOTFALL_TOKEN."
    return str(data.get("message"))
