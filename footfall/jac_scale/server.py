from collections.abc import Iterator, Mapping
from typing import Any, Self

import httpx

from footfall.client.errors import ApiError, ForeignAnswerError, NoAnswerError
from footfall.client.token import checked_token

_PAGE = 500
_SECONDS = 30.0


class JacScaleServer:
    """A running jac-scale server, asked for its jobs.

    Args:
        url: where it is.
        token: of the user whose jobs are meant; an admin's sees everyone's.
        transport: how httpx gets there.

    Raises:
        TokenError: the token cannot be one.
    """

    def __init__(
        self, url: str, token: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._url = url.rstrip("/")
        bearer = checked_token(token, "The token for jac-scale")
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {bearer}"}, timeout=_SECONDS, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def jobs(self) -> Iterator[Mapping[str, Any]]:
        """Give its active jobs.

        Raises:
            ClientError: it does not answer, or refuses.
        """
        given = 0
        while True:
            match self._data("GET", f"/jobs?limit={_PAGE}&offset={given}"):
                case {"jobs": [*jobs], "total": int(total)} if all(
                    isinstance(job, Mapping) for job in jobs
                ):
                    yield from jobs
                    given += len(jobs)
                    if not jobs or given >= total:
                        return
                case _:
                    raise self._foreign("it tells of no jobs")

    def remove(self, job_id: str) -> bool:
        """Delete a job there; false if there is none any more.

        Raises:
            ClientError: it does not answer, or refuses.
        """
        try:
            self._data("DELETE", f"/jobs/{job_id}")
        except ApiError as error:
            if error.code == "NOT_FOUND":
                return False
            raise
        return True

    def _data(self, method: str, path: str) -> Any:
        try:
            answer = self._http.request(method, f"{self._url}{path}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"jac-scale at {self._url} does not answer ({type(error).__name__})."
            raise NoAnswerError(message) from error
        try:
            body = answer.json()
            if body["ok"]:
                return body["data"]
            code, text = body["error"]["code"], body["error"]["message"]
        except (ValueError, KeyError, TypeError):
            raise self._foreign(str(answer.status_code)) from None
        raise ApiError(answer.status_code, code, f"jac-scale at {self._url} refused: {text}.")

    def _foreign(self, why: str) -> ForeignAnswerError:
        return ForeignAnswerError(f"What answers at {self._url} is no jac-scale ({why}).")
