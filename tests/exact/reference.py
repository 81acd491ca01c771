from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from exact.zones import changes, zone_info


def instants_of(walls: Iterable[datetime], zone: str, *, gap: str, overlap: str) -> list[datetime]:
    """Give the instants (UTC) at which something fires that is meant at these wall times.

    This is the policy that README and docs/decisions.md state, said once more and by other
    means than the code under test. Of a wall time, PEP 495 gives two readings: they are the
    same for an ordinary one; for one in a gap the second comes before the first; for one that
    is shown twice they are its two showings.
    """
    found = set()
    info = zone_info(zone)
    for wall in walls:
        first, second = (
            wall - (info.utcoffset(wall.replace(tzinfo=info, fold=fold)) or timedelta())
            for fold in (0, 1)
        )
        if second < first:
            if gap == "run":
                found.add(_end_of_gap(zone, second, first))
            continue
        found.add(first)
        if overlap == "twice":
            found.add(second)
    return sorted(at.replace(tzinfo=UTC) for at in found)


def _end_of_gap(zone: str, early: datetime, late: datetime) -> datetime:
    """Give the first instant after the gap between two readings of a wall time in it."""
    (end,) = (
        at for change in changes(zone) if early < (at := change.at.replace(tzinfo=None)) <= late
    )
    return end


def policy_of(config: dict[str, object], *, is_hourly: bool, is_repeated: bool) -> dict[str, str]:
    """Give the policy that holds for a trigger: its own options, else the stated defaults."""
    return {
        "gap": str(config.get("dst_gap", "skip" if is_hourly else "run")),
        "overlap": str(config.get("dst_overlap", "twice" if is_hourly or is_repeated else "once")),
    }
