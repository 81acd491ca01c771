# ruff: noqa: PLC0415 - shells ask while somebody types: only what they ask for is imported.
"""The names that a shell may complete, as the API has them now."""

import os
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from footfall.client.call import Call

_PATIENCE_SECONDS = 2.0
"""How long somebody who types is kept waiting."""

_MOST = 200


def schedule_names(context: typer.Context, incomplete: str) -> list[str]:
    """Give names of schedules that begin so, or ids of those without; none if no API tells."""
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
    return [row["name"] for row in rows if row["name"].startswith(incomplete)]


def _called(row: dict[str, Any]) -> str:
    # Not every shell completes a word with a space in it.
    name: str | None = row["name"]
    return row["id"] if name is None or any(map(str.isspace, name)) else name


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
