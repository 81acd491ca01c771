"""What people call schedules and runs by, and what the API calls them."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from footfall.cli.server import Server
from footfall.client import run_calls, schedule_calls
from footfall.client.errors import NotFoundError

_ID = re.compile(r"[0-9a-f]{20}")
_RUN = re.compile(
    r"(?:[^-]+-(?P<id>[0-9a-f]{20})|(?P<static>.+\.[^.-]+))-"
    r"(?:manual-[0-9a-f]{20}|after-[0-9a-f-]{36}|(?:backfill-[^-]+-)?"
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)",
)
_MOST_SUGGESTED = 3
_LONGEST_WORDS = 200


def schedule_id(server: Server, reference: str) -> str:
    """Give the id of the schedule that has it, or this name.

    Raises:
        NotFoundError: there is none; the message says what it may have been.
    """
    if _ID.fullmatch(reference):
        return reference
    named = _having(server, reference)
    if len(named) == 1:
        return str(named[0]["id"])
    if named:
        told = ", ".join(f"{row['id']} of {row['owner']}" for row in named)
        raise _not_found(f"Several schedules have the name {reference!r}: {told}; give the id.")
    known = server.data(schedule_calls.list_schedules())["schedules"]
    names = [row[key] for row in known for key in ("name", "id") if row[key]]
    raise _not_found(f"There is no schedule {reference!r}{maybe(reference, names)}")


def _having(server: Server, reference: str) -> list[dict[str, Any]]:
    """Give the schedule with this id, else those with this name, of the first page that has any."""
    words = reference.strip()[:_LONGEST_WORDS]
    # A name is among what the list searches, each of its words.
    call = schedule_calls.list_schedules(q=words) if words else None
    while call is not None:
        page = server.data(call)
        for key in ("id", "name"):
            found = [row for row in page["schedules"] if row[key] == reference]
            if found:
                return found
        call = call.after(page["cursor"]) if page["cursor"] is not None else None
    return []


def run_place(server: Server, reference: str) -> tuple[str, str]:
    """Give the schedule's id and the run's, of a run's id or of what has a newest run.

    Raises:
        NotFoundError: there is no such schedule, or it has not run.
    """
    run = _RUN.fullmatch(reference)
    if run is not None:
        return run["id"] or run["static"], reference
    schedule = schedule_id(server, reference)
    runs = server.data(run_calls.list_runs(schedule, limit=1))["runs"]
    if not runs:
        raise NotFoundError(404, "run_not_found", f"{reference} has not run.")
    return schedule, runs[0]["id"]


def known_walker(name: str, walkers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Give one of the walkers by its name.

    Raises:
        NotFoundError: there is none; the message says what it may have been.
    """
    by_name = {one["name"]: one for one in walkers}
    if name not in by_name:
        message = f"There is no walker {name!r}{maybe(name, by_name)}"
        raise NotFoundError(404, "walker_not_found", message)
    return by_name[name]


def maybe(name: str, known: Iterable[str]) -> str:
    """End a sentence with what a name may have been."""
    # What is known is compared in any case, and given as it is written.
    written = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), written, n=_MOST_SUGGESTED, cutoff=0.6)
    if not near:
        return "."
    return f"; did you mean {' or '.join(written[one] for one in near)}?"


def _not_found(message: str) -> NotFoundError:
    return NotFoundError(404, "schedule_not_found", message)
