"""What the API takes and shows of webhooks, notices and deliveries."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.views import Instant, PreciseInstant, RunErrorView
from footfall.schedules.hook import Hook, Hooks, NoticeKind
from footfall.schedules.notice import Notice, ToldRun
from footfall.schedules.run import RunKind, RunStatus
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
    """Deliveries, the newest first."""

    deliveries: list[DeliveryView]
