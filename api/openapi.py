from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

CURSOR: dict[str, Any] = {"pattern": "^[A-Za-z0-9_=-]*$"}
"""What a cursor is made of."""

INSTANT: dict[str, Any] = {"format": "date-time"}
"""An instant; without an offset it is taken, too, as the description says in what zone."""

_ONE = "$response.body#/data/schedule/id"
_ON_ONE: Mapping[str, str] = {
    "get": "get_schedule",
    "change": "update_schedule",
    "pause": "pause_schedule",
    "resume": "resume_schedule",
    "run": "trigger_schedule",
    "runs": "list_runs",
    "changes": "list_changes",
    "backfill": "start_backfill",
    "backfills": "list_backfills",
    "delete": "delete_schedule",
}
_ON_RUN: Mapping[str, str] = {
    "get": "get_run",
    "cancel": "cancel_run",
    "terminate": "terminate_run",
}
_ON_BACKFILL: Mapping[str, str] = {"get": "get_backfill", "cancel": "cancel_backfill"}
_METHODS = ("get", "put", "post", "delete")


def document(app: FastAPI) -> dict[str, Any]:
    """Give the OpenAPI document of an app: what FastAPI makes, and what it cannot know.

    The links say which operations take what an answer shows.
    """
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        routes=app.routes,
    )
    operations = {operation["operationId"]: operation for operation in _operations(found)}
    for operation in operations.values():
        # FastAPI describes a 422 that no route of ours ever answers.
        operation["responses"].pop("422", None)
        for parameter in operation.get("parameters", ()):
            _without_null(parameter["schema"])
    for name in ("HTTPValidationError", "ValidationError"):
        found["components"]["schemas"].pop(name, None)
    for name in ("create_schedule", "update_schedule", "pause_schedule", "resume_schedule"):
        _link(operations, name, _ON_ONE, schedule_id=_ONE)
    run = {
        "schedule_id": "$request.path.schedule_id",
        "run_id": "$response.body#/data/run/id",
    }
    _link(operations, "trigger_schedule", _ON_RUN, **run)
    backfill = {
        "schedule_id": "$request.path.schedule_id",
        "backfill_id": "$response.body#/data/backfill/id",
    }
    _link(operations, "start_backfill", _ON_BACKFILL, **backfill)
    return found


def _operations(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in found["paths"].values():
        yield from (path[method] for method in _METHODS if method in path)


def _link(
    operations: Mapping[str, dict[str, Any]],
    source: str,
    targets: Mapping[str, str],
    **parameters: str,
) -> None:
    links = operations[source]["responses"]["200"].setdefault("links", {})
    for name, target in targets.items():
        assert target in operations  # noqa: S101 - a link into nothing is a bug
        links[name] = {"operationId": target, "parameters": parameters}


def _without_null(schema: dict[str, Any]) -> None:
    """Take null away from what a parameter may be: a URL and a header have only text."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        for key, value in kinds[0].items():
            schema.setdefault(key, value)
