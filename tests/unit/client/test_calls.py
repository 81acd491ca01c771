"""What calls send is what the OpenAPI document describes."""

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from api.app import build_app
from footfall.client import AsyncClient, Client, notification_calls, run_calls, schedule_calls
from footfall.client.answers import ScheduleView
from footfall.client.call import Call
from footfall.client.errors import UnsendableError

DOCUMENT = build_app(None).openapi()
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
BEYOND = {"get_revision": "get_schedule", "preview_backfill": "start_backfill"}
"""Calls that are another form of an operation."""
PAGES = {"every_schedule", "every_run", "every_run_of", "every_delivery"}
NEEDED: dict[str, dict[str, Any]] = {
    "create_schedule": {"walker_name": "greet", "trigger": "interval", "hours": 1},
    "preview_schedule": {"trigger": "interval", "hours": 1},
    "change_many": {"action": "pause", "ids": ["x"]},
}
VALUES: dict[str, Any] = {"schedules": [], "hooks": [], "revision": 2}


def described(module: ModuleType) -> dict[str, Callable[..., Call[Any]]]:
    return {
        name: found
        for name, found in vars(module).items()
        if inspect.isfunction(found)
        and found.__module__ == module.__name__
        and not name.startswith("_")
        and name != "keyed"
    }


CALLS = {
    **described(schedule_calls),
    **described(run_calls),
    **described(notification_calls),
}


def called(name: str, **more: Any) -> Call[Any]:
    places = [
        one.name
        for one in inspect.signature(CALLS[name]).parameters.values()
        if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
    ]
    given = {place: VALUES.get(place, f"{place}/ü") for place in places}
    return CALLS[name](**given, **NEEDED.get(name, {}), **more)


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def test_every_operation_is_a_method_of_both_clients() -> None:
    assert CALLS.keys() == OPERATIONS.keys() | BEYOND.keys()
    own = {"send", "data", "follow", "close"}
    assert public(Client) == public(AsyncClient) == CALLS.keys() | PAGES | own


@pytest.mark.parametrize("name", CALLS)
def test_a_call_goes_where_its_operation_is(name: str) -> None:
    method, path, operation = OPERATIONS[BEYOND.get(name, name)]
    call = called(name)
    assert call.method == method
    assert re.fullmatch(re.sub(r"\{\w+\}", "[A-Za-z_0-9%]+", path), call.path)
    assert "ü" not in call.path
    known = {one["name"] for one in operation.get("parameters", ())}
    assert {one for one, _ in call.params} | set(call.headers) <= known
    takes_body = "requestBody" in operation
    assert (call.body is not None) == takes_body
    if takes_body:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
        body = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        assert set(call.body) <= set(body["properties"])
        assert set(body.get("required", ())) <= set(call.body)


DRY = [name for name in CALLS if "dry_run" in inspect.signature(CALLS[name]).parameters]


@pytest.mark.parametrize("name", DRY)
def test_a_dry_run_says_so(name: str) -> None:
    call = called(name, dry_run=True)
    assert ("dry_run", "true") in call.params
    assert "dry_run" not in dict(called(name).params)


def test_a_key_is_made_up_once_for_each_call() -> None:
    one, other = called("create_schedule"), called("create_schedule")
    assert len(one.headers["Idempotency-Key"]) == 32
    assert one.headers != other.headers
    mine = called("create_schedule", idempotency_key="mine")
    assert mine.headers == {"Idempotency-Key": "mine"}


def view(revision: int, status: str) -> ScheduleView:
    return ScheduleView.model_construct(revision=revision, status=status)


@pytest.mark.parametrize(
    ("seen", "tags"),
    [
        (view(3, "active"), '"3"'),
        (view(3, "paused"), '"3-paused"'),
        (view(3, "completed"), '"3", "3-paused"'),
        (3, '"3", "3-paused"'),
    ],
)
def test_what_was_seen_becomes_if_match(seen: Any, tags: str) -> None:
    call = called("pause_schedule", if_match=seen)
    assert call.headers == {"If-Match": tags}
    assert not call.is_repeatable


@pytest.mark.parametrize("wrong", ["", ".", "..", None, 3, "\ud800"])
def test_an_id_that_would_change_the_path_is_refused(wrong: Any) -> None:
    with pytest.raises(UnsendableError, match=r"^schedule_id: it must be an id"):
        schedule_calls.get_schedule(wrong)


def test_no_id_leads_to_another_operation() -> None:
    others = list(DOCUMENT["paths"])
    found = 0
    for name, (_, path, _) in OPERATIONS.items():
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/{}]+)", path)
        for place, taken in (
            place
            for other in others
            if other != path and (match := re.fullmatch(pattern, other))
            for place in match.groupdict().items()
        ):
            with pytest.raises(UnsendableError, match=f"^{place}: .*'{taken}'"):
                CALLS[name](**{**dict.fromkeys(re.findall(r"\{(\w+)\}", path), "x"), place: taken})
            found += 1
    assert found > 20


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("create_schedule", {"idempotency_key": "schlüssel"}, "idempotency_key"),
        ("trigger_schedule", {"idempotency_key": "two\nlines"}, "idempotency_key"),
        ("create_schedule", {"idempotency_key": " k"}, "idempotency_key"),
        ("start_backfill", {"idempotency_key": 7}, "idempotency_key"),
        ("follow_events", {"last_event_id": "é"}, "last_event_id"),
        ("pause_schedule", {"if_match": "3"}, "if_match"),
        ("update_schedule", {"if_match": True}, "if_match"),
        ("delete_schedule", {"if_match": 0}, "if_match"),
        ("resume_schedule", {"if_match": {"revision": 3}}, "if_match"),
        ("list_schedules", {"q": "\udcff"}, "q"),
    ],
)
def test_what_cannot_be_sent_is_told_by_its_name(
    name: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnsendableError) as refused:
        called(name, **given)
    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: it must ") or field == "q"


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("args", "field", "problem"),
    [
        ({"rate": float("nan")}, "args.rate", "nan is no number that JSON can say"),
        ({"rates": [1, {"x": float("-inf")}]}, "args.rates.1.x", "-inf is no number"),
        ({"names": {"a"}}, "args.names", "set cannot be sent as JSON"),
        ({"names": {("a", 1): 1}}, "args.names", "its names must be texts"),
        ({"name": ["\ud800"]}, "args.name.0", "half of a surrogate pair"),
        ({"count": 10**5000}, "args.count", "too many digits"),
        ({"loop": LOOP}, "args", "nested too deeply, or holds itself"),
    ],
)
def test_what_json_cannot_say_is_told_by_its_place(
    args: dict[str, Any], field: str, problem: str
) -> None:
    call = called("trigger_schedule", args=args)
    with pytest.raises(UnsendableError, match=problem) as refused:
        call.content()
    assert refused.value.field == field


def test_values_are_written_as_the_api_reads_them() -> None:
    at = datetime(2027, 1, 1, 12, tzinfo=UTC)
    call = schedule_calls.list_schedules(
        tag=["a b", "ü"], is_static=False, next_run_after=at, limit=2
    )
    assert call.params == (
        ("tag", "a b"),
        ("tag", "ü"),
        ("is_static", "false"),
        ("next_run_after", "2027-01-01T12:00:00+00:00"),
        ("limit", "2"),
    )
    assert call.after("c").after("d").params[-2:] == (("limit", "2"), ("cursor", "d"))
    filling = run_calls.start_backfill("id", datetime(2026, 1, 1), at)  # noqa: DTZ001
    assert filling.content() == (
        b'{"start": "2026-01-01T00:00:00", "end": "2027-01-01T12:00:00+00:00", '
        b'"overlap": "buffer_all", "reason": null}'
    )
