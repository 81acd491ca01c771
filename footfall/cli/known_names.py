# ruff: noqa: PLC0415 - shells ask while somebody types: only what they ask for is imported.
"""The names that a shell may complete, as the API has them now."""

import os
import re
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from footfall.client.call import Call

_PATIENCE_SECONDS = 2.0
"""How long somebody who types is kept waiting."""

_MOST = 200

_HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+/-]*")
"""What no shell takes for anything but a word, nor a command for an option. Others name their
schedules, and shells evaluate what they are offered: `$(...)` in a name would be run."""


def schedule_names(context: typer.Context, incomplete: str) -> list[str]:
    """Give harmless names of schedules that begin so, else their ids; none if no API tells."""
    from footfall.client import schedule_calls

    filters: Any = {"q": incomplete} if incomplete.strip() else {}
    data = _data(context, schedule_calls.list_schedules(limit=_MOST, **filters))
    rows = data["schedules"] if data else []
    return [name for row in rows if (name := _called(row)).startswith(incomplete)]


def walker_names(context: typer.Context, incomplete: str) -> list[str]:
    """Give names of walkers that begin so; none if no API tells."""
    from footfall.client import schedule_calls

    data = _data(context, schedule_calls.list_walkers())
    rows = data["walkers"] if data else []
    names = [row["name"] for row in rows if _HARMLESS.fullmatch(row["name"])]
    return [name for name in names if name.startswith(incomplete)]


def _called(row: dict[str, Any]) -> str:
    name: str | None = row["name"]
    return name if name is not None and _HARMLESS.fullmatch(name) else row["id"]


def _data(context: typer.Context, call: "Call[Any]") -> Any:
    from footfall.cli.profile import choose
    from footfall.client import Client
    from footfall.client.errors import ClientError
    from footfall.errors import FootfallError

    given = {name: context.params.get(name) for name in ("url", "token", "profile")}
    try:
        target = choose(**given, environ=os.environ)
        if target.token is None:
            return None
        with Client(target.url, target.token, timeout=_PATIENCE_SECONDS, retry_seconds=0) as client:
            return client.data(call)
    except (ClientError, FootfallError):
        return None
