from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from footfall.errors import FieldProblem, InvalidInputError
from footfall.jac_scale.naming import in_whole_seconds

_REQUIRED = {
    "interval": "interval (seconds) required for trigger='interval'",
    "cron": "cron expression required for trigger='cron'",
    "date": "date (ISO datetime string) required for trigger='date'",
}


class WordedError(InvalidInputError):
    """A request that is invalid, told in jac-scale's words or in ones like them.

    They name the field themselves.
    """


class JobTrigger(BaseModel):
    """When a job of jac-scale's API runs; the value of the trigger that it names counts."""

    model_config = ConfigDict(extra="forbid")

    trigger: Literal["interval", "cron", "date"]
    interval: float | None = Field(None, gt=0)
    cron: str | None = None
    date: str | None = None

    def config(self) -> dict[str, Any]:
        """Give the trigger as our schedules have it.

        Raises:
            WordedError: the value is missing, or no whole number of seconds.
        """
        value = getattr(self, self.trigger)
        if value in (None, ""):
            raise WordedError(FieldProblem("trigger", _REQUIRED[self.trigger]))
        match self.trigger:
            case "interval":
                return {"trigger": "interval", "seconds": self._seconds(value)}
            case "cron":
                return {"trigger": "cron", "cron": value}
            case "date":
                return {"trigger": "date", "run_date": in_whole_seconds(value)}

    @staticmethod
    def _seconds(value: float) -> int:
        if not value.is_integer():
            message = "interval must be a whole number of seconds"
            raise WordedError(FieldProblem("interval", message))
        return int(value)


class _Named(BaseModel):
    walker_or_function: str = Field(min_length=1)


class NewJob(JobTrigger, _Named):
    """What `POST /jobs` takes."""
