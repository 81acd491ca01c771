from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from api.openapi import CURSOR
from footfall.projection.position import LONGEST_CURSOR
from footfall.projection.schedule_query import NEVER_RAN, SORTS, Range, ScheduleQuery
from footfall.schedules.run import RunStatus
from footfall.schedules.schedule import ScheduleStatus, TriggerKind

LONGEST_PAGE = 1000
"""Rows of a page at most."""

_SORTED = sorted(SORTS)
_LAST_STATUSES = (*(status.value for status in RunStatus), NEVER_RAN)


def _absent() -> Any:
    """Default of a filter that was not given."""
    return None


def _flag(written: Any) -> bool:
    flags = {"true": True, "false": False}
    if isinstance(written, bool):
        return written
    if isinstance(written, str) and written in flags:
        return flags[written]
    raise PydanticCustomError("flag", "It must be true or false")


def _instant(written: Any) -> datetime:
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise PydanticCustomError(
            "instant",
            "It must be an instant in ISO 8601, such as 2027-12-31T23:59:59Z; in a URL, `+` is "
            "written %2B",
        ) from None


def _several(written: Any) -> Any:
    return [written] if isinstance(written, str) else written


def _last_status(written: Any) -> RunStatus | Literal["none"]:
    if written == NEVER_RAN:
        return NEVER_RAN
    if isinstance(written, str) and written in _LAST_STATUSES:
        return RunStatus(written)
    raise PydanticCustomError("last_status", f"It must be one of {', '.join(_LAST_STATUSES)}")


_Text = Annotated[str, StringConstraints(min_length=1)]
_Flag = Annotated[bool, BeforeValidator(_flag)]
_Instant = Annotated[datetime, BeforeValidator(_instant)]


class ScheduleFilters(BaseModel):
    """Which schedules are meant: those that all the filters let through."""

    model_config = ConfigDict(extra="forbid")

    walker_name: _Text = Field(default_factory=_absent)
    trigger: TriggerKind = Field(default_factory=_absent)
    follows: _Text = Field(
        default_factory=_absent,
        description="id of a schedule: those that run after it",
    )
    status: ScheduleStatus = Field(default_factory=_absent)
    is_static: _Flag = Field(default_factory=_absent)
    tag: Annotated[list[_Text], BeforeValidator(_several)] = Field(
        default_factory=list,
        max_length=20,
        description="may be repeated; all of them have to be there",
    )
    owner: _Text = Field(default_factory=_absent, description="for admins")
    q: Annotated[str, StringConstraints(pattern=r"\S", max_length=200)] = Field(
        default_factory=_absent,
        description="words, each of which the id, name, walker, description or tags contain",
    )
    last_status: Annotated[
        RunStatus | Literal["none"],
        BeforeValidator(_last_status),
        WithJsonSchema({"enum": list(_LAST_STATUSES)}),
    ] = Field(default_factory=_absent, description="of the last run; `none`: it never ran")
    next_run_after: _Instant = Field(default_factory=_absent, description="at it or later")
    next_run_before: _Instant = Field(default_factory=_absent, description="earlier than it")
    last_run_after: _Instant = Field(default_factory=_absent, description="started at it or later")
    last_run_before: _Instant = Field(default_factory=_absent, description="started before it")

    def query(self, sort: str = "created_at") -> ScheduleQuery:
        """Give the query that means these filters, sorted by a field; `-` before it: descending.

        Raises:
            InvalidInputError: field ``sort``; there is no such field.
        """
        return ScheduleQuery(
            walker_name=self.walker_name,
            trigger=self.trigger,
            follows=self.follows,
            status=self.status,
            is_static=self.is_static,
            tags=tuple(sorted(set(self.tag))),
            owner=self.owner,
            words=tuple((self.q or "").split()),
            last_status=self.last_status,
            next_run=Range.between(self.next_run_after, self.next_run_before),
            last_run=Range.between(self.last_run_after, self.last_run_before),
            sort=sort.removeprefix("-"),
            is_descending=sort.startswith("-"),
        )


class ListParameters(ScheduleFilters):
    """The query parameters of the list."""

    sort: str = Field(
        "created_at",
        max_length=100,
        json_schema_extra={"enum": [*_SORTED, *(f"-{name}" for name in _SORTED)]},
        description=f"`-` before it: descending. One of {', '.join(_SORTED)}",
    )
    limit: int = Field(LONGEST_PAGE, ge=1, le=LONGEST_PAGE, description="rows of a page")
    cursor: str = Field(
        default_factory=_absent,
        max_length=LONGEST_CURSOR,
        json_schema_extra=CURSOR,
        description="`cursor` of the page before, with the same filters and sort",
    )
