from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from api.instants import Instant
from footfall.temporal.pollers import host_of, is_alive, process_of, version_of


class WorkerView(BaseModel):
    """A worker, as Temporal saw it last.

    One that is alive asks for work once a minute at least; Temporal shows it for five
    minutes after it ended.
    """

    identity: str = Field(description="what Temporal calls it, and runs name as their worker")
    host: str
    process: int | None = Field(description="its number on its host")
    version: str = Field(description="of the app's code")
    asked_at: Instant = Field(description="when it asked for work last")
    is_alive: bool = Field(description="whether that was within the last 75 seconds")

    @classmethod
    def of(cls, identity: str, asked_at: datetime, *, now: datetime) -> Self:
        """Show a worker as it stands at an instant."""
        return cls(
            identity=identity,
            host=host_of(identity),
            process=process_of(identity),
            version=version_of(identity),
            asked_at=asked_at,
            is_alive=is_alive(asked_at, now),
        )


class WorkersData(BaseModel):
    """The workers of the app, by identity."""

    workers: list[WorkerView]
