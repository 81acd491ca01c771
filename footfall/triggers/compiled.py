from dataclasses import dataclass
from datetime import datetime

from footfall.triggers.exclusion import NO_EXCLUSION, Exclusion
from footfall.triggers.moments import Moments
from footfall.triggers.options import DstGap, DstOverlap


@dataclass(frozen=True, slots=True)
class CompiledTrigger:
    """When a trigger fires, exactly: times of the wall clock, an interval, or one instant.

    Attributes:
        moments: what the clock of `timezone` shows when it fires; None without a clock.
        every: seconds between two runs of an interval.
        offset: seconds between the Unix epoch and a run, 0 <= offset < every, because
            Temporal aligns intervals to the epoch.
        instant: the only time (UTC) that a date fires.
        timezone: IANA name; `moments` and the excluded days are in it.
        dst_gap: what becomes of moments that the clock skips.
        dst_overlap: how often moments fire that the clock shows twice.
        start_at: nothing fires before this instant (UTC).
        end_at: nothing fires after this instant (UTC).
        exclude: the local days on which nothing fires.
        jitter: seconds by which a run may be late, at random.
    """

    moments: Moments | None = None
    every: int | None = None
    offset: int = 0
    instant: datetime | None = None
    timezone: str = "UTC"
    dst_gap: DstGap = DstGap.RUN
    dst_overlap: DstOverlap = DstOverlap.ONCE
    start_at: datetime | None = None
    end_at: datetime | None = None
    exclude: Exclusion = NO_EXCLUSION
    jitter: int = 0
