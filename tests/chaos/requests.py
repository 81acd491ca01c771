"""Requests that are sent until some API answers them."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from footfall.config import JwtSettings
from footfall.tokens import issue_token

PATIENCE = 300.0
AWAY = 503


class Requests:
    """Someone who sends requests to whichever API answers.

    Attributes:
        problems: answers that no fault excuses.
        answers: how many were a success.
        refused: how many were a 503 or did not come.
    """

    def __init__(self, urls: Sequence[str], jwt: JwtSettings) -> None:
        self._jwt = jwt
        self._urls = itertools.cycle(urls)
        self._http = httpx.AsyncClient(timeout=15)
        self.problems: list[str] = []
        self.answers = 0
        self.refused = 0

    async def close(self) -> None:
        await self._http.aclose()

    def headers(self, user: str, *, admin: bool = False) -> dict[str, str]:
        token = issue_token(
            self._jwt, user=user, admin=admin, lifetime=timedelta(hours=2), now=datetime.now(UTC)
        )
        return {"Authorization": f"Bearer {token}"}

    async def post(
        self, path: str, body: dict[str, Any], *, user: str, until: datetime | None = None
    ) -> Any:
        """Give the data of the answer; the same key goes with each try.

        After `until`, when the request means nothing any more, it may be refused.
        """
        headers = {**self.headers(user), "Idempotency-Key": secrets.token_hex(8)}
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = await self._http.post(
                    f"{next(self._urls)}{path}", json=body, headers=headers
                )
            except httpx.HTTPError as error:
                reason = repr(error)
            else:
                if answer.status_code == httpx.codes.OK:
                    self.answers += 1
                    return answer.json()["data"]
                reason = answer.text
                if until is not None and datetime.now(UTC) > until:
                    return None
                if answer.status_code != AWAY:
                    self.problems.append(f"POST {path}: {answer.status_code} {reason}")
                    return None
            self.refused += 1
            if until is not None and datetime.now(UTC) > until:
                return None
            if time.monotonic() > deadline:
                self.problems.append(f"POST {path}: no success in {PATIENCE} s, at last {reason}")
                return None
            await asyncio.sleep(0.3)

    async def pages(self, url: str, path: str, what: str, limit: int) -> list[dict[str, Any]]:
        """Give all rows of a list of one API."""
        rows: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await self._http.get(
                f"{url}{path}",
                params={"limit": limit, **cursor},
                headers=self.headers("ops", admin=True),
            )
            assert answer.status_code == httpx.codes.OK, answer.text
            data = answer.json()["data"]
            rows += data[what]
            if not data["cursor"]:
                return rows
            cursor = {"cursor": data["cursor"]}
