import re
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query

from api.openapi import CURSOR, INSTANT
from footfall.errors import InvalidInputError, InvalidTriggerError
from footfall.projection.position import LONGEST_CURSOR
from footfall.projection.run_query import RunQuery
from footfall.schedules.run import RunKind, RunStatus
from footfall.triggers.instant import parse_instant

_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d{1,9})(?!\d)", re.ASCII)


Statuses = Annotated[list[RunStatus] | None, Query(description="only these; repeat it")]
Kinds = Annotated[list[RunKind] | None, Query(description="only these; repeat it")]
Since = Annotated[
    str | None,
    Query(
        json_schema_extra=INSTANT,
        description="ISO 8601, in UTC unless it has an offset: only runs that started "
        "then or later",
    ),
]
Until = Annotated[
    str | None,
    Query(
        json_schema_extra=INSTANT,
        description="ISO 8601, in UTC unless it has an offset: only runs that started before",
    ),
]


class RunFilters:
    """The parameters of lists of runs, as FastAPI reads them from a request."""

    def __init__(
        self,
        *,
        status: Statuses = None,
        kind: Kinds = None,
        since: Since = None,
        until: Until = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="rows of a page")] = 100,
        cursor: Annotated[
            str | None,
            Query(
                max_length=LONGEST_CURSOR,
                json_schema_extra=CURSOR,
                description="`cursor` of the page before, with the same filters",
            ),
        ] = None,
    ) -> None:
        self._statuses = frozenset(status or RunStatus)
        self._kinds = frozenset(kind or RunKind)
        self._since, self._until = since, until
        self._limit, self._cursor = limit, cursor

    def query(
        self, *, most: int, schedule_id: str | None = None, owner: str | None = None
    ) -> RunQuery:
        """Give the query for runs of a schedule, or of what `owner` sees; `most` in a page.

        Raises:
            InvalidInputError: `since` or `until` is no instant.
        """
        return RunQuery(
            schedule_id=schedule_id,
            owner=owner,
            statuses=self._statuses,
            kinds=self._kinds,
            since=read_instant("since", self._since),
            until=read_instant("until", self._until),
            limit=min(self._limit, most),
            cursor=self._cursor,
        )


def read_instant(field: str, text: str | None) -> datetime | None:
    """Read an instant (UTC) as it was asked for, down to microseconds; None stays None.

    Raises:
        InvalidInputError: the text is no instant.
    """
    if text is None:
        return None
    # Answers show milliseconds, which a trigger's options refuse.
    fraction = _FRACTION.search(text)
    try:
        instant = parse_instant(field, _FRACTION.sub("", text, count=1), "UTC")
    except InvalidTriggerError as error:
        raise InvalidInputError(error.problems) from None
    return instant + timedelta(
        microseconds=int((fraction[1] if fraction else "")[:6].ljust(6, "0"))
    )
