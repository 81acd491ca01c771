from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from sortedcontainers import SortedList

from footfall.projection.position import Position
from footfall.projection.row import RunTally
from footfall.projection.schedule_facts import ScheduleFacts
from footfall.projection.schedule_query import Key, ScheduleQuery

type Place = tuple[Key, str]
type Judged = tuple[ScheduleFacts, RunTally]


class View:
    """What one query lets through, in its order, so that a page of it costs the same at any size.

    It hears which schedules have changed, and looks at those, and at those whose next run has
    come meanwhile, when it is asked next.

    Args:
        look: gives what a schedule is judged by at present, or None if it is not to be shown.
        now: the instant to begin with, as `micros` counts it.
    """

    def __init__(
        self, query: ScheduleQuery, look: Callable[[str], Judged | None], *, now: int
    ) -> None:
        self.now = now
        self._query = query
        self._look = look
        self._key_of = query.key_of()
        self._keys: dict[str, Key] = {}
        # None is no key to compare with; the ids of those that have none.
        self._present: SortedList[Place] = SortedList()
        self._absent: SortedList[str] = SortedList()
        self._changed: set[str] = set()
        # When the next run of each is due, if that says what is shown.
        self._due: dict[str, int] = {}
        self._by_due: SortedList[tuple[int, str]] = SortedList()

    def __len__(self) -> int:
        """Count what the query let through at `now`."""
        return len(self._keys)

    @property
    def unseen(self) -> int:
        """How many changes it has heard of and not looked at."""
        return len(self._changed)

    def changed(self, schedule_id: str) -> None:
        """Hear that a schedule is new, another than before, or gone, or that its runs are."""
        self._changed.add(schedule_id)

    def advance(self, now: int) -> None:
        """Become what the query says at an instant, which is not before the last one."""
        self.now = now
        self._changed.update(one for _, one in self._by_due.irange(maximum=(now + 1, "")))
        changed, self._changed = self._changed, set()
        for schedule_id in changed:
            self._leave_out(schedule_id)
        found = [judged for judged in map(self._look, changed) if judged is not None]
        if self._query.hangs_on_now:
            self._await_next_runs(facts for facts, _ in found)
        keys = {
            facts.id: self._key_of(facts, tally, now)
            for facts, tally in found
            if self._query.keeps(facts, tally, now)
        }
        self._keys.update(keys)
        # Many at once take less time than one after the other.
        self._present.update((key, one) for one, key in keys.items() if key is not None)
        self._absent.update(one for one, key in keys.items() if key is None)

    def after(self, last: Position | None, count: int) -> list[Place]:
        """Give keys and ids of at most `count` rows that come after the row `last`, in order."""
        present, absent = self._rows(self._present), self._rows(self._absent)
        if last is not None and last.key is None:
            present, absent = iter(()), self._rows(self._absent, last.id)
        elif last is not None:
            present = self._rows(self._present, last.place)
        return list(islice(chain(present, ((None, one) for one in absent)), count))

    def _rows[Row: (Place, str)](
        self, rows: "SortedList[Row]", beyond: Row | None = None
    ) -> Iterator[Row]:
        if self._query.is_descending:
            return rows.irange(maximum=beyond, inclusive=(True, False), reverse=True)
        return rows.irange(minimum=beyond, inclusive=(False, True))

    def _await_next_runs(self, found: Iterable[ScheduleFacts]) -> None:
        for facts in found:
            due = facts.next_run_at(self.now)
            if due is not None and due > self.now:
                self._due[facts.id] = due
                self._by_due.add((due, facts.id))

    def _leave_out(self, schedule_id: str) -> None:
        due = self._due.pop(schedule_id, None)
        if due is not None:
            self._by_due.remove((due, schedule_id))
        if schedule_id not in self._keys:
            return
        key = self._keys.pop(schedule_id)
        if key is None:
            self._absent.remove(schedule_id)
        else:
            self._present.remove((key, schedule_id))
