from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

type State = Literal["ok", "warning", "broken", "skipped"]

TOLERATED = timedelta(seconds=1)
"""What clocks may differ by; networks of this world keep them closer."""

HARMFUL = timedelta(seconds=10)
"""From where on tokens are refused that are valid, and runs are told to be late that are not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one part of a deployment.

    Attributes:
        part: such as ``Temporal``.
        state: ``broken``: Footfall does not work so; ``warning``: it works, but not as it should;
            ``skipped``: it could not be looked at.
        message: what was found.
        remedy: how to mend it.
    """

    part: str
    state: State
    message: str
    remedy: str | None = None


def of_clock(whose: str, ahead: timedelta | None, *, tolerated: timedelta = TOLERATED) -> Finding:
    """Judge by how much a clock is ahead of this machine's.

    Args:
        whose: clock it is.
        ahead: the difference; None if nobody knows.
        tolerated: what it may be.
    """
    part = f"clock of {whose}"
    if ahead is None:
        return Finding(part, "skipped", "It could not be read.")
    if abs(ahead) <= tolerated:
        return Finding(part, "ok", "It goes like this machine's.")
    seconds = abs(ahead.total_seconds())
    where = "ahead of" if ahead > timedelta() else "behind"
    state: State = "broken" if abs(ahead) >= HARMFUL else "warning"
    return Finding(
        part,
        state,
        f"It is {seconds:.1f} seconds {where} this machine's.",
        "Have both machines keep time by NTP: `timedatectl` shows whether one does.",
    )
