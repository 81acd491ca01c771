"""Taking jobs over: each becomes a schedule of its owner, once, however often it is tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, Literal

from footfall.client import schedule_calls
from footfall.client.blocking import Client
from footfall.client.errors import InvalidError
from footfall.errors import FieldProblem
from footfall.jac_scale.job import READINGS, Job, UnsaidWeekdaysError, UntakenError, Weekdays
from footfall.jac_scale.naming import name_of

type Outcome = Literal["created", "unchanged", "kept", "cannot"]

REASON = "taken over from jac-scale"
"""Stands in the changes of each schedule."""

_AT_ONCE = 500

_KEPT = "it was taken over before, with other weekdays or changed here since, and stays so"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a job.

    Attributes:
        outcome: `created`; `unchanged`, it is there already; `kept`, it is there and is another
            one, and stays so; `cannot`.
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
        weekdays: how crontabs are read that are read differently. What was taken over in one way
            or the other is there all the same.
        dry_run: only say what would be.

    Raises:
        ClientError: the API does not answer, or refuses more than single schedules.
    """
    found = list(jobs)
    taken: dict[str, Taken] = {}
    by_owner: dict[str, list[_Wanted]] = {}
    wanted_once: set[str] = set()
    for job in found:
        try:
            if job.job_id in wanted_once:
                continue
            wanted_once.add(job.job_id)
            by_owner.setdefault(job.owner, []).append(_wanted(job, weekdays))
        except UntakenError as error:
            taken[job.job_id] = Taken(job, "cannot", why=str(error))
    for owner, wanted in by_owner.items():
        for some in batched(wanted, _AT_ONCE):
            try:
                client = client_of(owner)
            except UntakenError as error:
                outcome = [Taken(one.job, "cannot", why=str(error)) for one in some]
            else:
                outcome = [
                    *_applied(client, [one for one in some if not one.unsaid], dry_run=dry_run),
                    *_there(client, [one for one in some if one.unsaid]),
                ]
            taken |= {one.job.job_id: one for one in outcome}
    return [taken[one] for one in dict.fromkeys(job.job_id for job in found)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A job, and the schedules of which one takes it over.

    Attributes:
        ways: one, or several of which nobody has said which is meant.
        unsaid: what has to be said; empty where there is one way.
    """

    job: Job
    ways: Sequence[dict[str, Any]]
    unsaid: str = ""


def _wanted(job: Job, weekdays: Weekdays | None) -> _Wanted:
    try:
        return _Wanted(job, [job.declared(weekdays)])
    except UnsaidWeekdaysError as error:
        return _Wanted(job, [job.declared(one) for one in READINGS], str(error))


def _applied(client: Client, wanted: Sequence[_Wanted], *, dry_run: bool) -> Iterator[Taken]:
    """Apply what is not there yet, as `footfall apply` would."""
    declared = {name_of(one.job.job_id): one.ways[0] for one in wanted}
    plan, wrong = _foreseen(client, declared)
    new = [declared[step["name"]] for step in plan if step["action"] == "create"]
    if new and not dry_run:
        done = {step["name"]: step for step in _plan(client, new, dry_run=False)}
        plan = [done.get(step["name"], step) for step in plan]
    jobs = {name_of(one.job.job_id): one.job for one in wanted}
    yield from (Taken(jobs[name], "cannot", why=why) for name, why in wrong.items())
    yield from (_told(jobs[step["name"]], step) for step in plan)


def _there(client: Client, wanted: Sequence[_Wanted]) -> Iterator[Taken]:
    """Find what was taken over before, in whatever way; what was not cannot be."""
    found: dict[str, Mapping[str, Any]] = {}
    for way in range(len(READINGS)) if wanted else ():
        plan, _ = _foreseen(client, {name_of(one.job.job_id): one.ways[way] for one in wanted})
        for step in plan:
            if step["action"] == "unchanged" or (
                step["action"] == "change" and step["name"] not in found
            ):
                found[step["name"]] = step
    for one in wanted:
        there = found.get(name_of(one.job.job_id))
        yield _told(one.job, there) if there else Taken(one.job, "cannot", why=one.unsaid)


def _foreseen(
    client: Client, declared: Mapping[str, dict[str, Any]]
) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Give what would become of schedules by name, and what is wrong with those that cannot be."""
    left, wrong = dict(declared), dict[str, str]()
    while left:
        try:
            return _plan(client, left.values(), dry_run=True), wrong
        except InvalidError as error:
            names = list(left)
            refused = _by_place(error.fields) or dict.fromkeys(range(len(names)), error.message)
            wrong |= {names[place]: why for place, why in refused.items()}
            left = {name: one for name, one in left.items() if name not in wrong}
    return [], wrong


def _plan(client: Client, declared: Iterable[Any], *, dry_run: bool) -> list[Mapping[str, Any]]:
    call = schedule_calls.apply_schedules(list(declared), reason=REASON, dry_run=dry_run)
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
