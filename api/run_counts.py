from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel

from api.instants import Instant
from api.run_filters import Kinds, Since, Statuses, Until, read_instant
from footfall.errors import FieldProblem, InvalidInputError, InvalidTriggerError
from footfall.projection.run_query import RunQuery
from footfall.schedules.run import RunKind, RunStatus
from footfall.triggers.zone import parse_zone, zone_of

MOST_SPANS = 1000
_USUAL_SPANS = 30
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class SpanLength(StrEnum):
    """What runs are counted by."""

    DAY = "day"
    HOUR = "hour"


_LENGTHS = {SpanLength.DAY: _DAY, SpanLength.HOUR: _HOUR}


class RunCount(BaseModel):
    """How many runs started in a span of time, its first instant included and its last not."""

    since: Instant
    until: Instant
    total: int
    counts: dict[RunStatus, int]

    @classmethod
    def of(cls, since: datetime, until: datetime, counts: dict[RunStatus, int]) -> Self:
        """Show what was counted between two instants."""
        return cls(since=since, until=until, total=sum(counts.values()), counts=counts)


class RunCounts(BaseModel):
    """Runs by day or hour, the oldest first; those without a run are there as well."""

    spans: list[RunCount]


class CountFilters:
    """The parameters by which runs are counted, as FastAPI reads them from a request."""

    def __init__(
        self,
        *,
        by: Annotated[SpanLength, Query(description="what is counted together")] = SpanLength.DAY,
        timezone: Annotated[
            str, Query(description="IANA name: whose days and hours they are", max_length=64)
        ] = "UTC",
        status: Statuses = None,
        kind: Kinds = None,
        since: Since = None,
        until: Until = None,
    ) -> None:
        self._by, self._timezone = by, timezone
        self._statuses = frozenset(status or RunStatus)
        self._kinds = frozenset(kind or RunKind)
        self._since, self._until = since, until

    def query(self, *, schedule_id: str | None = None, owner: str | None = None) -> RunQuery:
        """Give the query for runs of a schedule, or of what `owner` sees."""
        return RunQuery(
            schedule_id=schedule_id, owner=owner, statuses=self._statuses, kinds=self._kinds
        )

    def edges(self, now: datetime) -> list[datetime]:
        """Give the instants (UTC) between which runs are counted, ascending, at least two.

        The first day or hour is the one with `since`, the last one that with the instant before
        `until`, by default with `now`; both are whole. By default there are thirty.

        Raises:
            InvalidInputError: an instant or the time zone is none, the last comes before the
                first, or there are more than 1,000 spans.
        """
        since, until = read_instant("since", self._since), read_instant("until", self._until)
        if since is not None and (since > now if until is None else since >= until):
            end = "`until`" if until else "now"
            raise InvalidInputError(FieldProblem("since", f"It must come before {end}."))
        try:
            zone = zone_of(parse_zone(self._timezone))
            last = now if until is None else until - timedelta(microseconds=1)
            # By clocks, where it is days: some have 23 hours or 25.
            present = last.astimezone(zone if self._by is SpanLength.DAY else UTC)
            first = since or present - (_USUAL_SPANS - 1) * _LENGTHS[self._by]
            return _edges(first, last, self._by, zone)
        except InvalidTriggerError as error:
            raise InvalidInputError(error.problems) from None
        except OverflowError:
            # Without `since`, it is reckoned from `until`.
            field = "until" if since is None else "since"
            message = "It is too near to an end of the calendar."
            raise InvalidInputError(FieldProblem(field, message)) from None


def spans_of(edges: list[datetime], counts: list[dict[RunStatus, int]]) -> RunCounts:
    """Show what was counted between each two edges."""
    counted = zip(pairwise(edges), counts, strict=True)
    return RunCounts(spans=[RunCount.of(first, end, found) for (first, end), found in counted])


def _edges(since: datetime, last: datetime, by: SpanLength, zone: ZoneInfo) -> list[datetime]:
    if (last - since) // _LENGTHS[by] >= MOST_SPANS:
        message = f"At most {MOST_SPANS:,} {by}s are counted at once; begin later."
        raise InvalidInputError(FieldProblem("since", message))
    first = since.astimezone(zone)
    if by is SpanLength.HOUR:
        begun = first.replace(minute=0, second=0, microsecond=0) - first
        hours = (last - since - begun) // _HOUR + 2
        return [since + begun + n * _HOUR for n in range(hours)]
    days = (last.astimezone(zone).date() - first.date()).days + 2
    starts = (datetime.combine(first.date() + n * _DAY, time(), zone) for n in range(days))
    # A zone may leave a day out.
    return sorted({start.astimezone(UTC) for start in starts})
