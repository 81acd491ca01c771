"""What the API shows of a schedule's changes and of what it was before."""

from typing import Any, Self

from pydantic import BaseModel, Field

from api.changes import Audit
from api.instants import Instant, PreciseInstant
from footfall.schedules.audit import RecordedChange
from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ChangeKind
from footfall.triggers import describe, parse, parse_zone


class FieldDifference(BaseModel):
    """A field's value before and after a change; null where there was none."""

    before: Any
    after: Any


class ChangeView(BaseModel):
    """A change of a schedule.

    One made outside Footfall, in Temporal's Web UI or CLI, makes no revision. ``at`` of an outside
    pause, resumption or deletion is when it was noticed: Temporal does not tell.
    """

    revision: int
    kind: ChangeKind
    by: str | None = Field(description="null where it was made outside Footfall")
    at: PreciseInstant
    reason: str | None
    outside: bool = Field(description="made outside Footfall")
    difference: dict[str, FieldDifference] | None = Field(
        description="by field, named as in a request; empty for a creation and a deletion, null "
        "where the revision before is no longer recorded",
    )

    @classmethod
    def of(cls, change: RecordedChange) -> Self:
        """Show a change."""
        return cls(
            revision=change.revision,
            kind=change.kind,
            by=change.by,
            at=change.at,
            reason=change.reason,
            outside=change.outside,
            difference=None
            if change.difference is None
            else {name: FieldDifference(**values) for name, values in change.difference.items()},
        )


class ChangeList(BaseModel):
    """A schedule's changes, the newest first; `truncated` says that old ones are dropped."""

    changes: list[ChangeView]
    truncated: bool

    @classmethod
    def of(cls, audit: Audit) -> Self:
        """Show the changes of a schedule."""
        return cls(
            changes=[ChangeView.of(change) for change in reversed(audit.changes)],
            truncated=audit.truncated,
        )


class RevisionView(BaseModel):
    """A schedule as one of its revisions had it, with the change that made the revision."""

    id: str
    walker_name: str
    config: dict[str, Any]
    is_paused: bool
    is_static: bool
    created_at: Instant
    args: dict[str, Any]
    owner: str
    description: str = Field(description="the owner's, or the trigger in words")
    trigger_description: str = Field(description="the trigger in words")
    tags: list[str]
    timezone: str
    timeout: int = Field(description="seconds")
    policies: Policies
    name: str | None
    revision: int
    updated_at: Instant
    change: ChangeView

    @classmethod
    def of(cls, change: RecordedChange) -> Self:
        """Show what a schedule was after a change."""
        walk = change.event.walk
        words = describe(parse(walk.config))
        return cls(
            id=walk.schedule_id,
            walker_name=walk.walker_name,
            config=walk.config,
            is_paused=change.event.paused,
            is_static=walk.is_static,
            created_at=walk.created_at,
            args=walk.args,
            owner=walk.owner,
            description=walk.description or words,
            trigger_description=words,
            tags=list(walk.tags),
            timezone=parse_zone(walk.timezone),
            timeout=walk.timeout,
            policies=walk.policies,
            name=walk.name,
            revision=walk.revision,
            updated_at=walk.change.at,
            change=ChangeView.of(change),
        )


class RevisionData(BaseModel):
    """What a schedule was."""

    schedule: RevisionView
