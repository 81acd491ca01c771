from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from temporalio.common import TypedSearchAttributes

from footfall.errors import BrokenScheduleError, FootfallError
from footfall.temporal import attributes
from footfall.temporal.reading import named

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class BrokenSchedule:
    """A schedule of the app's that cannot be read, and why.

    It was not written by Footfall, or this process has not the key, or is of an older release.
    What is known of it are its search attributes; each may be missing.
    """

    id: str
    owner: str | None
    walker_name: str | None
    reason: str

    @classmethod
    def of(cls, schedule_id: str, found: TypedSearchAttributes, reason: str) -> "BrokenSchedule":
        """Give what the search attributes tell of a schedule."""
        return cls(
            id=schedule_id,
            owner=found.get(attributes.OWNER),
            walker_name=found.get(attributes.WALKER),
            reason=reason[:_LONGEST_REASON],
        )

    def error(self) -> BrokenScheduleError:
        """Give the error that tells of it."""
        return BrokenScheduleError(
            f"{BrokenScheduleError.__doc__} {self.reason}",
            id=self.id,
            owner=self.owner,
            walker_name=self.walker_name,
        )


class BrokenSchedules:
    """The schedules of one app that were found broken; each until it is gone, or can be read."""

    def __init__(self) -> None:
        self._known: dict[str, BrokenSchedule] = {}

    def seen_by(self, owner: str | None) -> list[BrokenSchedule]:
        """Give those of an owner, or all for None, by id."""
        found: Mapping[str, BrokenSchedule] = self._known
        return [one for _, one in sorted(found.items()) if owner in (None, one.owner)]

    def add(self, broken: BrokenSchedule) -> bool:
        """Note one; say whether that is news."""
        is_news = self._known.get(broken.id) != broken
        self._known[broken.id] = broken
        return is_news

    def discard(self, schedule_id: str) -> None:
        """Note that one can be read, or is gone."""
        self._known.pop(schedule_id, None)

    def keep(self, listed: set[str]) -> None:
        """Forget those that Temporal lists no more."""
        for schedule_id in self._known.keys() - listed:
            del self._known[schedule_id]


def reason_of(error: Exception) -> str:
    """Say in one line why something cannot be decoded, without what it holds."""
    if isinstance(error, FootfallError):
        return error.message
    if isinstance(error, ValidationError):
        return f"This is not understood: {named(error)}."
    told: Any = error
    if error.__cause__ is not None and not str(error):
        told = error.__cause__
    return " ".join(f"{type(error).__name__}: {told}".split())
