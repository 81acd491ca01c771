"""What the API takes and shows of webhooks, notices and deliveries."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.instants import Instant, PreciseInstant
from api.run_views import RunErrorView
from footfall.projection.feed import Known
from footfall.schedules.hook import Hook, Hooks, NoticeKind
from footfall.schedules.notice import Notice, ToldRun
from footfall.schedules.run import RunKind, RunStatus
from footfall.schedules.schedule import ChangeKind, ScheduleSnapshot, ScheduleStatus
from footfall.temporal.deliveries import DeliveryState, DeliveryStatus


class HooksRequest(BaseModel):
    """What `PUT /notifications` takes: the webhooks that you want to have, for all schedules."""

    model_config = ConfigDict(extra="forbid")

    hooks: Hooks


class NotificationsData(BaseModel):
    """An owner's webhooks; `signing_key` is null where the API sends none."""

    hooks: list[Hook]
    signing_key: str | None = Field(description="with it a receiver verifies who sent a notice")


class ToldRunView(BaseModel):
    """The run that a notice is about."""

    id: str
    kind: RunKind
    status: RunStatus
    scheduled_at: Instant | None
    started_at: PreciseInstant | None
    error: RunErrorView | None

    @classmethod
    def of(cls, run: ToldRun) -> Self:
        """Show a run."""
        return cls(**run.model_dump(exclude={"error"}), error=RunErrorView.of(run.error))


class NoticeView(BaseModel):
    """Something that happened to a schedule."""

    id: str
    kind: NoticeKind
    schedule_id: str
    name: str | None
    owner: str
    walker_name: str
    is_static: bool
    at: PreciseInstant
    run: ToldRunView | None
    message: str

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Show a notice."""
        run = ToldRunView.of(notice.run) if notice.run else None
        return cls(**notice.model_dump(exclude={"run"}), run=run)


class DeliveryView(BaseModel):
    """A notice and whether it reached a webhook; `error` says why its last attempt did not."""

    id: str
    status: DeliveryStatus
    url: str
    started_at: PreciseInstant
    closed_at: PreciseInstant | None
    error: RunErrorView | None
    notice: NoticeView

    @classmethod
    def of(cls, state: DeliveryState) -> Self:
        """Show a delivery."""
        return cls(
            id=state.delivery.id,
            status=state.status,
            url=state.delivery.url,
            started_at=state.started_at,
            closed_at=state.closed_at,
            error=RunErrorView.of(state.error),
            notice=NoticeView.of(state.delivery.notice),
        )


class DeliveryData(BaseModel):
    """One delivery."""

    delivery: DeliveryView


class DeliveryList(BaseModel):
    """Deliveries, the newest start first; `cursor` leads to the next page."""

    deliveries: list[DeliveryView]
    cursor: str | None = None


class DeletedScheduleView(BaseModel):
    """A schedule that is gone."""

    schedule_id: str
    name: str | None
    owner: str
    walker_name: str

    @classmethod
    def of(cls, known: Known) -> Self:
        """Show what is still known of a schedule."""
        return cls(
            schedule_id=known.schedule_id,
            name=known.name,
            owner=known.owner,
            walker_name=known.walker_name,
        )


class ScheduleChangeView(DeletedScheduleView):
    """A schedule as its last change left it; `kind`, `by` and `at` are that change's.

    A pause from Temporal's Web UI changes `is_paused` and nothing else.
    """

    revision: int
    kind: ChangeKind
    by: str
    at: PreciseInstant
    is_paused: bool
    status: ScheduleStatus

    @classmethod
    def of_change(cls, snapshot: ScheduleSnapshot) -> Self:
        """Show what a schedule is now."""
        walk = snapshot.walk
        return cls(
            schedule_id=walk.schedule_id,
            name=walk.name,
            owner=walk.owner,
            walker_name=walk.walker_name,
            revision=walk.revision,
            kind=walk.change.kind,
            by=walk.change.by,
            at=walk.change.at,
            is_paused=snapshot.paused,
            status=snapshot.status,
        )
