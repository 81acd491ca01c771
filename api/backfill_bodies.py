from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from api.instants import Instant, PreciseInstant
from api.openapi import INSTANT
from api.run_bodies import REASON_LIMIT
from api.schedule_views import NextRun
from footfall.schedules.backfill import MOST_TIMES, BackfillOverlap
from footfall.temporal.backfills import BackfillState, BackfillStatus


class BackfillRequest(BaseModel):
    """What `POST /schedule/{id}/backfill` takes: a range of past time, both ends included."""

    model_config = ConfigDict(extra="forbid")

    start: StrictStr = Field(
        json_schema_extra=INSTANT, description="ISO 8601; without an offset, in the schedule's zone"
    )
    end: StrictStr = Field(json_schema_extra=INSTANT, description="ISO 8601; not later than now")
    overlap: BackfillOverlap = Field(
        BackfillOverlap.BUFFER_ALL,
        description="buffer_all: one run after another; allow_all: up to 20 at a time",
    )
    reason: StrictStr | None = Field(default=None, max_length=REASON_LIMIT)


class BackfillView(BaseModel):
    """A backfill and how far it is.

    ``total`` runs are to be made; ``started`` were, of which ``succeeded`` and ``failed`` have
    ended. A backfill whose runs failed is completed all the same.
    """

    id: str
    schedule_id: str
    status: BackfillStatus
    start: Instant
    end: Instant
    overlap: BackfillOverlap
    total: int = Field(le=MOST_TIMES)
    started: int
    succeeded: int
    failed: int
    by: str
    reason: str | None
    created_at: PreciseInstant
    closed_at: PreciseInstant | None

    @classmethod
    def of(cls, state: BackfillState) -> Self:
        """Show a backfill."""
        order = state.order
        return cls(
            id=order.id,
            schedule_id=order.schedule_id,
            status=state.status,
            start=order.start,
            end=order.end,
            overlap=order.overlap,
            total=order.total,
            **state.progress.model_dump(),
            by=order.by,
            reason=order.reason,
            created_at=order.at,
            closed_at=state.closed_at,
        )


class BackfillData(BaseModel):
    """One backfill."""

    backfill: BackfillView


class BackfillList(BaseModel):
    """A schedule's backfills, the newest first."""

    backfills: list[BackfillView]


class BackfillPreview(BaseModel):
    """The runs that a backfill would make; nothing is started."""

    dry_run: Literal[True] = True
    total: int
    runs: list[NextRun]

    @classmethod
    def of(cls, times: list[datetime], timezone: str) -> Self:
        """Show the times of a schedule whose time zone has this IANA name."""
        return cls(total=len(times), runs=[NextRun.of(at, timezone) for at in times])
