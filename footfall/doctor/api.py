from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from footfall.client import Client, schedule_calls
from footfall.client.errors import ApiError, ClientError, UnauthorizedError
from footfall.counted import counted
from footfall.doctor.finding import Finding, State, of_clock

_DATE = timedelta(seconds=2)
"""HTTP tells the time in whole seconds, and the API's server notes it once a second."""

_TIMEOUT = 5.0
_MOST_TOLD = 5


def api_findings(url: str, token: str | None, lacks: str | None = None) -> Iterator[Finding]:
    """Ask an API whether it is ready, whether the token is one, and what it had to skip.

    Args:
        url: where it is.
        token: None leaves out what needs one.
        lacks: why there is no token, where that is known.
    """
    try:
        before = datetime.now(UTC)
        answer = httpx.get(f"{url.rstrip('/')}/healthz/ready", timeout=_TIMEOUT)
        after = datetime.now(UTC)
        yield _readiness(url, answer.json())
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError):
        yield Finding(
            "API",
            "broken",
            f"None answers at {url}.",
            "Start one with `footfall api`, or say where it is with --url or --profile.",
        )
        return
    yield of_clock("the API", _ahead(answer.headers.get("date"), before, after), tolerated=_DATE)
    if token is None:
        message = f"There is none to try{f': {lacks}' if lacks else ''}."
        make = "`footfall token` makes one; give it with --token or FOOTFALL_TOKEN."
        yield Finding("token", "skipped", message, make)
        return
    try:
        with Client(url, token, timeout=_TIMEOUT, retry_seconds=0) as client:
            yield from _with_token(client)
    except ClientError as error:
        remedy = error.remedy if isinstance(error, ApiError) else None
        state: State = "broken" if isinstance(error, UnauthorizedError) else "warning"
        yield Finding("token", state, error.message, remedy)


def _readiness(url: str, body: Mapping[str, Any]) -> Finding:
    data = body["data"]
    if body["status"] == "success":
        if data["enabled"]:
            return Finding("API", "ok", f"It is ready at {url}.")
        message = "It is switched off (plugins.scale.scheduler.enabled = false)."
        return Finding("API", "broken", message, "Set FOOTFALL_ENABLED=true, and start it again.")
    problems = data.get("details", {}).get("problems", {})
    told = "; ".join(f"{part}: {message}" for part, message in problems.items())
    return Finding(
        "API",
        "broken",
        f"It is not ready: {told or data['message']}",
        "Mend what is in the way; it becomes ready by itself.",
    )


def _ahead(date: str | None, before: datetime, after: datetime) -> timedelta | None:
    try:
        at = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return at - min(max(at, before), after)


def _with_token(client: Client) -> Iterator[Finding]:
    listed = client.data(schedule_calls.list_schedules(limit=1))
    seen = counted(listed["total"], "schedule")
    yield Finding("token", "ok", f"It is accepted; it sees {seen}.")
    broken = listed.get("broken", ())
    if broken:
        told = "; ".join(f"{one['id']}: {one['reason']}" for one in broken[:_MOST_TOLD])
        yield Finding(
            "schedules",
            "warning",
            f"{len(broken)} cannot be read: {told}",
            "`footfall schedules delete ID` removes one that is no schedule of Footfall's.",
        )
    catalogue = client.data(schedule_calls.list_walkers())
    problems = catalogue["problems"]
    if problems:
        places = [f"{one['file']}:{one['line']}: {one['message']}" for one in problems]
        yield Finding(
            "walkers",
            "warning",
            f"Skipped: {counted(len(problems), 'declaration')}: {'; '.join(places[:_MOST_TOLD])}",
            "Correct them, and start the workers again.",
        )
    else:
        yield Finding("walkers", "ok", f"{len(catalogue['walkers'])} can be scheduled.")
