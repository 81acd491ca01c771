from pydantic import AwareDatetime, BaseModel, ConfigDict

PIECE_BYTES = 8192
"""How much of a running walker's latest stdout is shown at once, at most."""

PROGRESS_MESSAGE_LIMIT = 500
"""Characters kept of a progress message."""


class Progress(BaseModel):
    """How far a walker says that it is: 0 is the beginning, 1 the end."""

    model_config = ConfigDict(frozen=True)

    fraction: float
    message: str = ""


class LiveRun(BaseModel):
    """What is seen of a walker while it runs; the details of its activity's heartbeats.

    Attributes:
        attempt: which start of the walker this is, over all retries.
        activity_attempt: the same within its activity, by which Temporal counts.
        walker_started_at: when the walker itself was started (UTC); None while it waits for its
            root or for a host process.
        offset: where `text` begins in the run's stdout, in characters.
        text: the latest piece of stdout, at most `PIECE_BYTES` as UTF-8.
    """

    model_config = ConfigDict(frozen=True)

    attempt: int = 1
    activity_attempt: int = 1
    walker_started_at: AwareDatetime | None = None
    offset: int = 0
    text: str = ""
    progress: Progress | None = None
