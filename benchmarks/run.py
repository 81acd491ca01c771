"""Run every benchmark, ours and its reference alternately, and print a table of ratios.

    python benchmarks/run.py [--rounds 5] [--only NAME]

Writes the rows to benchmarks/out/latest.json too.
"""

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tests")]

from create import create_scenarios
from next_times import next_times_scenarios
from scenario import Scenario
from update import update_scenarios


@dataclass(frozen=True)
class Row:
    """A scenario's medians; the ratio is ours to the reference, pair by pair."""

    scenario: str
    ours: float
    reference: float
    ratio: float
    unit: str
    rounds: int


async def measure(scenario: Scenario, rounds: int) -> Row:
    """Run ours and the reference in turn, after one round that does not count."""
    pairs = [(await scenario.ours(), await scenario.reference()) for _ in range(rounds + 1)][1:]
    return Row(
        scenario=scenario.name,
        ours=statistics.median(ours for ours, _ in pairs),
        reference=statistics.median(reference for _, reference in pairs),
        ratio=statistics.median(ours / reference for ours, reference in pairs),
        unit=scenario.unit,
        rounds=rounds,
    )


async def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    rows: list[Row] = []
    print(f"{'scenario':48} {'ours':>10} {'reference':>10} {'ratio':>7}  unit")
    for make in (next_times_scenarios, create_scenarios, update_scenarios):
        async with make() as scenarios:
            for scenario in scenarios:
                if asked.only not in scenario.name:
                    continue
                row = await measure(scenario, asked.rounds)
                rows.append(row)
                print(
                    f"{row.scenario:48} {row.ours:10.2f} {row.reference:10.2f}"
                    f" {row.ratio:7.2f}  {row.unit}",
                    flush=True,
                )
    out = Path(__file__).parent / "out" / "latest.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps([asdict(row) for row in rows], indent=2))


if __name__ == "__main__":
    asyncio.run(main())
