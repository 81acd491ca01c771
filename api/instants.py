from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


INSTANT = WithJsonSchema({"type": "string", "format": "date-time"})
"""How OpenAPI tells of instants."""

Instant = Annotated[datetime, PlainSerializer(_seconds), INSTANT]
"""Shown in UTC with seconds."""

PreciseInstant = Annotated[datetime, PlainSerializer(_milliseconds), INSTANT]
"""Shown in UTC with milliseconds."""
