from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr

REASON_LIMIT = 500


class TriggerRequest(BaseModel):
    """What `POST /schedule/{id}/trigger` takes; an empty body will do."""

    model_config = ConfigDict(extra="forbid")

    args: dict[str, Any] | None = Field(
        default=None,
        description="the walker's fields, instead of all of the schedule's",
    )
    reason: StrictStr | None = Field(default=None, max_length=REASON_LIMIT)
    respect_overlap: StrictBool = Field(
        default=False,
        description="obey the schedule's overlap policy as to runs that are under way",
    )


class EndRequest(BaseModel):
    """What cancelling or terminating a run takes; an empty body will do."""

    model_config = ConfigDict(extra="forbid")

    reason: StrictStr | None = Field(default=None, max_length=REASON_LIMIT)
