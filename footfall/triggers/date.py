from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footfall.errors import InvalidTriggerError
from footfall.triggers.instant import parse_instant


@dataclass(frozen=True, slots=True)
class DateTrigger:
    """Fires once.

    Attributes:
        written: the configuration as the user wrote it.
        instant: when it fires (UTC, whole seconds).
        timezone: IANA name; the zone that a `run_date` without an offset is in.
    """

    written: tuple[tuple[str, Any], ...]
    instant: datetime
    timezone: str

    @property
    def config(self) -> dict[str, Any]:
        """Configuration as the user wrote it, flat."""
        return dict(self.written)


def parse_date(config: Mapping[str, Any], timezone: str) -> DateTrigger:
    """Read a `run_date`, as `parse_instant` does; it may have passed.

    Raises:
        InvalidTriggerError: it is missing, not ISO 8601, in fractions of a second, or after
            2100.
    """
    if "run_date" not in config:
        message = "a date trigger needs run_date, such as '2027-12-31T23:59:59'"
        raise InvalidTriggerError("run_date", message)
    instant = parse_instant("run_date", config["run_date"], timezone)
    return DateTrigger(tuple(config.items()), instant, timezone)
