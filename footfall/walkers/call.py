from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict


class RunContext(BaseModel):
    """What a walker can read of its own run, to make its effects idempotent.

    Attributes:
        scheduled_at: the time that the schedule meant (UTC); for a run that was started by
            hand, its start.
        attempt: 1 for the first start of the walker in this run.
        fence: grows with each time that someone is given the root, where the workers lock roots
            in MongoDB; a store that remembers the greatest one that it saw can refuse what a
            walker writes that lost its root and does not know it yet. None elsewhere.
        traceparent: the span of the walker, in the form of W3C's header, for spans of its own to
            join; None where runs are not traced.
    """

    model_config = ConfigDict(frozen=True)

    schedule_id: str
    run_id: str
    scheduled_at: AwareDatetime
    attempt: int = 1
    fence: int | None = None
    traceparent: str | None = None


class WalkerCall(BaseModel):
    """One start of one walker, as a host process takes it.

    Attributes:
        args: the walker's fields, as JSON values.
        root: the user whose graph root the walker runs on.
        timeout: seconds until it is killed.
        output_limit: bytes kept of its stdout, and of its reports as JSON.
        steps_aside: give up when others have the root for long, rather than wait.
    """

    model_config = ConfigDict(frozen=True)

    walker_name: str
    args: dict[str, Any]
    root: str
    context: RunContext
    timeout: float
    output_limit: int = 65536
    steps_aside: bool = False
