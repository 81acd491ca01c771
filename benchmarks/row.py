import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

type Figures = Mapping[tuple[str, str], float]
"""What one measurement gave, by what was measured (it may be empty) and unit."""

type Pair = tuple[Figures, Figures]
"""One round: ours, and the reference's, which has no figures where there is no reference."""

HEADER = f"{'scenario':72} {'ours':>10} {'reference':>10} {'ratio':>8} {'min':>7} {'max':>7}  unit"


@dataclass(frozen=True)
class Row:
    """A scenario's medians over its rounds.

    Attributes:
        ratio: median of ours to the reference's, round by round; None without a reference, and
            where the reference's is 0.
        ratio_min, ratio_max: the smallest and the largest of them.
    """

    scenario: str
    ours: float
    reference: float | None
    ratio: float | None
    ratio_min: float | None
    ratio_max: float | None
    unit: str
    rounds: int

    def __str__(self) -> str:
        numbers = (self.ours, self.reference, self.ratio, self.ratio_min, self.ratio_max)
        ours, reference, *ratios = ("-" if one is None else f"{one:.2f}" for one in numbers)
        shown = " ".join(
            f"{ratio:>{width}}" for ratio, width in zip(ratios, (8, 7, 7), strict=True)
        )
        return f"{self.scenario:72} {ours:>10} {reference:>10} {shown}  {self.unit}"


def rows_of(scenario: str, rounds: Sequence[Pair]) -> list[Row]:
    """Give a row for each figure that ours has in every round, in the order of the first one."""
    keys = [key for key in rounds[0][0] if all(key in ours for ours, _ in rounds)]
    return [_row(scenario, key, rounds) for key in keys]


def _row(scenario: str, key: tuple[str, str], rounds: Sequence[Pair]) -> Row:
    what, unit = key
    pairs = [(ours[key], reference[key]) for ours, reference in rounds if key in reference]
    ratios = [ours / reference for ours, reference in pairs if reference]
    return Row(
        scenario=f"{scenario}: {what}" if what else scenario,
        ours=statistics.median(ours[key] for ours, _ in rounds),
        reference=statistics.median(reference for _, reference in pairs) if pairs else None,
        ratio=statistics.median(ratios) if ratios else None,
        ratio_min=min(ratios, default=None),
        ratio_max=max(ratios, default=None),
        unit=unit,
        rounds=len(rounds),
    )


def to_json(rows: Iterable[Row]) -> str:
    """Write rows as a JSON list of objects."""
    return json.dumps([asdict(row) for row in rows], indent=2) + "\n"
