"""Taking jobs over: each becomes a schedule of its owner, once, however often it is tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, Literal

from footfall.client import schedule_calls
from footfall.client.blocking import Client
from footfall.client.errors import InvalidError
from footfall.errors import FieldProblem
from footfall.jac_scale.job import Job, UntakenError, Weekdays
from footfall.jac_scale.naming import name_of

type Outcome = Literal["created", "unchanged", "kept", "cannot"]

REASON = "taken over from jac-scale"
"""Stands in the changes of each schedule."""

_AT_ONCE = 500

_KEPT = "it was taken over before, and has been changed here since"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a job.

    Attributes:
        outcome: `created`; `unchanged`, it is there already; `kept`, it is there and was changed
            here since, and stays so; `cannot`.
        schedule_id: of its schedule; None where there is none.
        why: it could not, or was kept.
        removed: whether it was deleted at jac-scale; None where that failed, as `why` says.
    """

    job: Job
    outcome: Outcome
    schedule_id: str | None = None
    why: str | None = None
    removed: bool | None = False


def take_over(
    jobs: Iterable[Job],
    client_of: Callable[[str], Client],
    *,
    weekdays: Weekdays | None,
    dry_run: bool,
) -> list[Taken]:
    """Take jobs over, and say of each id what became of it.

    Args:
        jobs: of any owners.
        client_of: gives what calls the API for an owner, or raises UntakenError.
        weekdays: how crontabs are read that are read differently.
        dry_run: only say what would be.

    Raises:
        ClientError: the API does not answer, or refuses more than single schedules.
    """
    found = list(jobs)
    taken: dict[str, Taken] = {}
    by_owner: dict[str, list[tuple[Job, dict[str, Any]]]] = {}
    wanted_once: set[str] = set()
    for job in found:
        try:
            if job.job_id in wanted_once:
                continue
            wanted_once.add(job.job_id)
            by_owner.setdefault(job.owner, []).append((job, job.declared(weekdays)))
        except UntakenError as error:
            taken[job.job_id] = Taken(job, "cannot", why=str(error))
    for owner, wanted in by_owner.items():
        for some in batched(wanted, _AT_ONCE):
            try:
                client = client_of(owner)
            except UntakenError as error:
                outcome = [Taken(job, "cannot", why=str(error)) for job, _ in some]
            else:
                outcome = list(_applied(client, some, dry_run=dry_run))
            taken |= {one.job.job_id: one for one in outcome}
    return [taken[one] for one in dict.fromkeys(job.job_id for job in found)]


def _applied(
    client: Client, wanted: Sequence[tuple[Job, dict[str, Any]]], *, dry_run: bool
) -> Iterator[Taken]:
    """Apply what is not there yet, as `footfall apply` would."""
    left, plan = list(wanted), []
    while left:
        try:
            plan = _plan(client, left, dry_run=True)
            break
        except InvalidError as error:
            wrong = _by_place(error.fields) or dict.fromkeys(range(len(left)), error.message)
            for place, why in wrong.items():
                yield Taken(left[place][0], "cannot", why=why)
            left = [one for place, one in enumerate(left) if place not in wrong]
    jobs = {name_of(job.job_id): (job, declared) for job, declared in left}
    new = [jobs[step["name"]] for step in plan if step["action"] == "create"]
    if new and not dry_run:
        done = {step["name"]: step for step in _plan(client, new, dry_run=False)}
        plan = [done.get(step["name"], step) for step in plan]
    yield from (_told(jobs[step["name"]][0], step) for step in plan)


def _plan(
    client: Client, wanted: Iterable[tuple[Job, Any]], *, dry_run: bool
) -> list[Mapping[str, Any]]:
    call = schedule_calls.apply_schedules(
        [declared for _, declared in wanted], reason=REASON, dry_run=dry_run
    )
    plan: list[Mapping[str, Any]] = client.data(call)["plan"]
    return plan


def _told(job: Job, step: Mapping[str, Any]) -> Taken:
    if step["error"]:
        return Taken(job, "cannot", why=step["error"]["message"])
    found = Taken(job, "unchanged", schedule_id=step["id"])
    match step["action"]:
        case "create":
            return replace(found, outcome="created")
        case "change":
            return replace(found, outcome="kept", why=_KEPT)
        case _:
            return found


def _by_place(problems: Iterable[FieldProblem]) -> dict[int, str]:
    """Give what is wrong with which of the schedules that were declared."""
    found: dict[int, str] = {}
    for problem in problems:
        _, place, field = (*problem.field.split(".", 2), "", "")[:3]
        if place.isdecimal():
            text = f"{field}: {problem.message}"
            found[int(place)] = f"{found[int(place)]}; {text}" if int(place) in found else text
    return found
