import json
import shlex
import time
from asyncio import sleep
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from footfall.dev.http import get_json

CATALOGUE_SECONDS = 30.0
"""How long the API is asked for the walkers before the banner goes without an example."""

EXAMPLE_SECONDS = 10
"""The interval of the example, so that its first run is soon seen."""


@dataclass(frozen=True, slots=True)
class Banner:
    """What `footfall dev` says once everything runs.

    Attributes:
        token: a token that works; None where tokens are issued elsewhere.
        token_command: how to make another one.
        min_interval: seconds that two runs must be apart at least.
        enabled: whether there is a scheduler to show.
        metrics: where which part tells its metrics.
    """

    api: str
    temporal: str
    ui: str
    token: str | None
    token_command: str
    min_interval: int
    enabled: bool = True
    metrics: Mapping[str, str] = field(default_factory=dict)

    async def text(self) -> str:
        """Give the banner, with an example for a walker that the app has."""
        lines = [
            "",
            "Footfall is ready.",
            "",
            f"  Board            {self.api}/",
            f"  API              {self.api}",
            f"  API document     {self.api}/openapi.json",
            f"  Temporal Web UI  {self.ui}",
            f"  Temporal         {self.temporal}",
            *(f"  {f'{part} metrics':<15}  {url}" for part, url in self.metrics.items()),
            "",
        ]
        if self.token is None:
            lines.append("  Tokens are issued elsewhere (plugins.scale.jwt.algorithm).")
        else:
            lines += [
                "  A token of the user `dev`, for 24 hours:",
                "",
                self.token,
                "",
                "  The board, signed in with it:",
                "",
                # A fragment is sent to nobody; the board takes it out of the address at once.
                f"{self.api}/#token={self.token}",
                "",
                f"  Another one:     {self.token_command}",
                "",
                *await self._example(self.token),
            ]
        return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])

    async def _example(self, token: str) -> list[str]:
        if not self.enabled:
            return ["  The scheduler is disabled (plugins.scale.scheduler.enabled = false)."]
        walkers = await self._walkers(token)
        if walkers is None:
            return ["  The worker is too busy to say which walkers there are: see docs/api.md."]
        walker = pick_walker(walkers)
        if walker is None:
            return ["  No walker of the app can be scheduled without arguments: see docs/api.md."]
        body = {
            "walker_name": walker,
            "trigger": "interval",
            "seconds": max(EXAMPLE_SECONDS, self.min_interval),
        }
        curl = [
            *("curl", "-sS", "-X", "POST", f"{self.api}/schedule/create"),
            *("-H", f"Authorization: Bearer {token}"),
            *("-H", "Content-Type: application/json"),
            *("-d", json.dumps(body)),
        ]
        return [
            f"  Create a schedule that runs `{walker}` every {body['seconds']} seconds:",
            "",
            shlex.join(curl),
        ]

    async def _walkers(self, token: str) -> list[dict[str, Any]] | None:
        until = time.monotonic() + CATALOGUE_SECONDS
        while time.monotonic() < until:
            status, answer = await get_json(f"{self.api}/schedule/walkers", token=token)
            if status == 200:  # noqa: PLR2004
                walkers: list[dict[str, Any]] = answer["data"]["walkers"]
                return walkers
            await sleep(0.2)
        return None


def pick_walker(walkers: list[dict[str, Any]]) -> str | None:
    """Give a walker that runs without arguments, rather one without a schedule of its own."""
    easy = [
        walker
        for walker in walkers
        if not any(field["required"] for field in walker.get("fields", ()))
    ]
    easy.sort(key=lambda walker: walker.get("schedule") is not None)
    return str(easy[0]["name"]) if easy else None
