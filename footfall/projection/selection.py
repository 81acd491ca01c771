from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from footfall.projection.position import Position, begin_at, encode_position
from footfall.projection.row import RunTally
from footfall.projection.schedule_facts import ScheduleFacts
from footfall.projection.schedule_query import ScheduleQuery


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of one page of a list, the cursor of the next page, and how many rows all have."""

    ids: list[str]
    cursor: str | None
    total: int


def select(
    query: ScheduleQuery,
    rows: Iterable[tuple[ScheduleFacts, RunTally]],
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> Selection:
    """Filter and sort schedules, and give a page of them.

    Raises:
        InvalidInputError: the cursor was not given for this query.
    """
    start, last = begin_at(query, now, cursor)
    key_of = query.key_of()
    places = [
        (key_of(facts, tally, start), facts.id)
        for facts, tally in rows
        if query.keeps(facts, tally, start)
    ]
    total = len(places)
    if last is not None:
        places = [place for place in places if query.is_beyond(place, last.place)]
    shown = query.ordered(places)
    following = None
    if len(shown) > limit:
        key, row_id = shown[limit - 1]
        following = encode_position(query, Position(start, key, row_id))
    return Selection([row_id for _, row_id in shown[:limit]], following, total)
