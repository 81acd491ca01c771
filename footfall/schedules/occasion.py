from pydantic import AwareDatetime, BaseModel, ConfigDict

from footfall.schedules.run import RunKind


class RunReference(BaseModel):
    """One execution of a run: its workflow id and Temporal's own id of the execution."""

    model_config = ConfigDict(frozen=True)

    id: str
    temporal_run_id: str


class Occasion(BaseModel):
    """Why there is a run that its schedule did not start itself.

    Attributes:
        by: the user who asked for it.
        scheduled_at: the time that the run stands for (UTC); None means its start.
        waits_for: runs that have to end before the walker is started.
    """

    model_config = ConfigDict(frozen=True)

    kind: RunKind
    by: str
    reason: str | None = None
    scheduled_at: AwareDatetime | None = None
    waits_for: tuple[RunReference, ...] = ()
