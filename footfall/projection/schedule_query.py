from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal, Self

from footfall.errors import FieldProblem, InvalidInputError
from footfall.projection.cursor import micros
from footfall.projection.row import RunTally
from footfall.projection.schedule_facts import ScheduleFacts
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduleStatus

type Key = str | int | None
"""What a list is sorted by; None where the schedule has nothing to show."""

NEVER_RAN: Literal["none"] = "none"
"""The `last_status` of a schedule that never ran."""

FACTS: dict[str, type[str | int | bool]] = {
    "id": str,
    "walker_name": str,
    "trigger": str,
    "status": str,
    "is_active": bool,
    "is_static": bool,
    "owner": str,
    "description": str,
    "trigger_description": str,
    "timezone": str,
    "timeout": int,
    "overlap": str,
    "priority": int,
    "after_completion": str,
    "execution": str,
    "revision": int,
    "created_at": int,
    "updated_at": int,
}
"""What every schedule has; a list may be sorted by each of them, and by what follows."""

OPTIONAL_FACTS: dict[str, type[str | int | bool]] = {
    "name": str,
    "catchup_window": int,
    "max_runs": int,
    "runs_left": int,
    "pause_on_failure": int,
    "late_after": int,
    "pause_reason": str,
}
"""What some schedules have."""

TALLIED: dict[str, type[str | int | bool]] = {
    "run_count": int,
    "failure_count": int,
    "last_run_at": int,
    "last_status": str,
}
"""What only the tally of a schedule's runs tells."""

SORTS: dict[str, type[str | int | bool]] = {
    **FACTS,
    **OPTIONAL_FACTS,
    **TALLIED,
    "next_run_at": int,
}
"""Everything that a list may be sorted by, and the type of its keys."""

NULLABLE = frozenset({*OPTIONAL_FACTS, "next_run_at", "last_run_at", "last_status"})
"""The sorts whose key may be None."""


@dataclass(frozen=True, slots=True)
class Range:
    """The instants from `start` on and before `end`, as `micros` counts; None leaves it open."""

    start: int | None = None
    end: int | None = None

    @classmethod
    def between(cls, start: datetime | None, end: datetime | None) -> Self:
        """Give the range from an instant on, and before another one."""
        return cls(*(None if at is None else micros(at) for at in (start, end)))

    def __bool__(self) -> bool:
        return self.start is not None or self.end is not None

    def holds(self, at: int | None) -> bool:
        """Say whether an instant is in the range; None is in none but the one without sides."""
        if at is None:
            return not self
        return (self.start is None or at >= self.start) and (self.end is None or at < self.end)


ALWAYS = Range()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleQuery:
    """Which schedules a list shows, and in what order.

    What is None, empty or `ALWAYS` lets everything through. ``id`` breaks ties in the direction of
    the sort; schedules without a key come last in both directions.

    Attributes:
        tags: all of them have to be there.
        words: each has to be in the schedule's id, name, walker, description or tags, in
            whatever case.
        last_status: status of the run that started last; `NEVER_RAN` for none.
        next_run, last_run: ranges of the next run's time and of the last run's start.
        sort: a name of `SORTS`.

    Raises:
        InvalidInputError: field ``sort``; there is no such sort.
    """

    walker_name: str | None = None
    trigger: str | None = None
    follows: str | None = None
    status: ScheduleStatus | None = None
    is_static: bool | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    words: tuple[str, ...] = ()
    last_status: RunStatus | Literal["none"] | None = None
    next_run: Range = ALWAYS
    last_run: Range = ALWAYS
    sort: str = "created_at"
    is_descending: bool = False

    def __post_init__(self) -> None:
        if self.sort not in SORTS:
            message = f"There is no sort by {self.sort!r}; there are {', '.join(sorted(SORTS))}."
            raise InvalidInputError(FieldProblem("sort", message))
        object.__setattr__(self, "words", tuple(word.casefold() for word in self.words))

    @property
    def needs_runs(self) -> bool:
        """Whether it takes the tally to say what is let through, or in what order."""
        return self.last_status is not None or bool(self.last_run) or self.sort in TALLIED

    @property
    def hangs_on_now(self) -> bool:
        """Whether time alone changes what is let through, or in what order."""
        return bool(self.next_run) or self.sort == "next_run_at"

    @property
    def unsorted(self) -> Self:
        """The same without an order: it lets as much through."""
        return replace(self, sort="created_at", is_descending=False)

    @property
    def fingerprint(self) -> str:
        """A text that differs, in all likelihood, for queries that differ."""
        return sha256(repr(self).encode()).hexdigest()[:16]

    def keeps(self, facts: ScheduleFacts, tally: RunTally, now: int) -> bool:
        """Say whether a schedule is let through at an instant, as `micros` counts it."""
        return self.keeps_schedule(facts, now) and self.keeps_runs(tally)

    def keeps_schedule(self, facts: ScheduleFacts, now: int) -> bool:
        """Say it as far as the schedule itself tells."""
        return (
            (self.walker_name is None or facts.walker_name == self.walker_name)
            and (self.trigger is None or facts.trigger == self.trigger)
            and (self.follows is None or facts.follows == self.follows)
            and (self.status is None or facts.status == self.status)
            and (self.is_static is None or facts.is_static is self.is_static)
            and (self.owner is None or facts.owner == self.owner)
            and all(tag in facts.tags for tag in self.tags)
            and all(word in facts.text for word in self.words)
            and (not self.next_run or self.next_run.holds(facts.next_run_at(now)))
        )

    def keeps_runs(self, tally: RunTally) -> bool:
        """Say it as far as the schedule's runs tell."""
        if self.last_status is not None and self.last_status != last_status(tally, NEVER_RAN):
            return False
        return not self.last_run or self.last_run.holds(last_run_at(tally))

    def key_of(self) -> Callable[[ScheduleFacts, RunTally, int], Key]:
        """Give what says the key of a schedule with its tally at an instant."""
        name = self.sort
        if name == "next_run_at":
            return lambda facts, _, now: facts.next_run_at(now)
        if name == "last_run_at":
            return lambda _, tally, __: last_run_at(tally)
        if name == "last_status":
            return lambda _, tally, __: last_status(tally, None)
        if name in TALLIED:
            return lambda _, tally, __: getattr(tally, name)
        return lambda facts, _, __: getattr(facts, name)

    def is_beyond(self, place: tuple[Key, str], last: tuple[Key, str]) -> bool:
        """Say whether a key and id come after another key and id of this sort."""
        (key, row_id), (last_key, last_id) = place, last
        if key is None or last_key is None:
            if key is not last_key:
                return key is None
            return row_id < last_id if self.is_descending else row_id > last_id
        # One sort's keys are all of one type.
        return place < last if self.is_descending else place > last

    def ordered(self, places: Iterable[tuple[Key, str]]) -> list[tuple[Key, str]]:
        """Put keys and ids into the order of this sort."""
        present: list[tuple[Key, str]] = []
        absent: list[tuple[Key, str]] = []
        for place in places:
            (absent if place[0] is None else present).append(place)
        present.sort(reverse=self.is_descending)
        absent.sort(key=lambda place: place[1], reverse=self.is_descending)
        return present + absent


EVERYTHING = ScheduleQuery()
"""All schedules, in the order of their creation."""


def last_run_at(tally: RunTally) -> int | None:
    """Give the start of the last run as `micros` counts it; None if there is none."""
    return micros(tally.last_run.started_at) if tally.last_run else None


def last_status[Absent](tally: RunTally, absent: Absent) -> str | Absent:
    """Give the status of the last run, or `absent` if there is none."""
    return tally.last_run.status.value if tally.last_run else absent
