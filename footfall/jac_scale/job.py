import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from footfall.jac_scale.naming import in_whole_seconds, is_job_id, name_of

type Weekdays = Literal["as-run", "as-written"]
"""What the numbers of weekdays mean: the days on which jac-scale ran (0 is Monday), or those of
crontab(5), which its documentation speaks of (0 is Sunday)."""

READINGS: tuple[Weekdays, ...] = get_args(Weekdays.__value__)
"""All that they may mean."""

TAG = "jac-scale"
"""Tag of what was taken over."""

_FIELDS = ("minute", "hour", "day", "month", "day_of_week")


class UntakenError(Exception):
    """A job that cannot become a schedule, and why."""


class UnsaidWeekdaysError(UntakenError):
    """A crontab that the two read differently, of which nobody has said how it is meant."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as jac-scale 0.2.31 stores and shows it.

    Attributes:
        walker: what it runs, a walker or a function.
        owner: id of the user who created it, on whose graph it runs.
        value: seconds between two runs, a crontab string, or a date and time in UTC.
    """

    job_id: str
    walker: str
    owner: str
    status: str
    trigger: str
    value: Any

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        """Read one."""
        trigger = str(found.get("trigger"))
        return cls(
            job_id=str(found.get("job_id")),
            walker=str(found.get("name")),
            owner=str(found.get("created_by")),
            status=str(found.get("status")),
            trigger=trigger,
            value=found.get(trigger),
        )

    def declared(self, weekdays: Weekdays | None) -> dict[str, Any]:
        """Give the schedule that takes the job over, as `POST /schedule/apply` takes it.

        Args:
            weekdays: how to read a crontab that the two read differently; None: not at all.

        Raises:
            UnsaidWeekdaysError: it hangs on `weekdays`, which is None.
            UntakenError: it cannot be one.
        """
        if not is_job_id(self.job_id):
            raise UntakenError("its id is none that jac-scale gives")
        if self.status != "active":
            raise UntakenError(f"it is {self.status} at jac-scale, and does not run there")
        return {
            "name": name_of(self.job_id),
            "walker_name": self.walker,
            "tags": [TAG],
            **self._config(weekdays),
        }

    def _config(self, weekdays: Weekdays | None) -> dict[str, Any]:
        match self.trigger:
            case "interval":
                return {"trigger": "interval", "seconds": _seconds(self.value)}
            case "date":
                return {"trigger": "date", "run_date": in_whole_seconds(str(self.value))}
            case "cron":
                return {"trigger": "cron", **_cron(str(self.value), weekdays)}
            case _:
                raise UntakenError(f"its trigger is {self.trigger}, which nothing here is like")


def _seconds(value: Any) -> int:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise UntakenError(f"its interval is no number, but {value!r:.50}") from None
    if not seconds.is_integer():
        raise UntakenError(f"it runs every {seconds:g} s: only whole seconds are an interval here")
    return int(seconds)


def _cron(text: str, weekdays: Weekdays | None) -> dict[str, Any]:
    """Give the options of a crontab that jac-scale's APScheduler ran, field by field."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise UntakenError(f"{text!r} is no crontab of five fields")
    _, _, day, _, day_of_week = fields
    is_numbered = re.search(r"\d", day_of_week) is not None
    # crontab(5) runs on either then, APScheduler where both fit. Neither has the other's words.
    is_both = day_of_week != "*" and day != "*"
    is_worded = re.search(r"[a-z]", day, re.IGNORECASE) is not None
    if is_worded or (weekdays == "as-run" and (is_numbered or is_both)):
        return dict(zip(_FIELDS, fields, strict=True))
    if weekdays is None and (is_numbered or is_both):
        raise UnsaidWeekdaysError(
            f"{text!r} means other days in crontab(5) than on which jac-scale ran it; say which "
            "are meant: --weekdays as-run or as-written"
        )
    return {"cron": " ".join(fields)}
