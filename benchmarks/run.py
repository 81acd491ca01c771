"""Measure ours and its reference alternately, and print a table of medians and ratios.

    python benchmarks/run.py [--quick] [--rounds 5] [--only SUITE ...] [--match TEXT] [--list]

Writes the rows to benchmarks/out/latest.json too. The ratio is ours to the reference's, round by
round; whether more is better, the unit says.
"""

import argparse
import asyncio
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import uvloop

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "tests")]

from row import HEADER, Row, rows_of, to_json
from scenario import Scenario, Size, Suite
from suites import SUITES

OUT = Path(__file__).parent / "out" / "latest.json"


async def measure(scenario: Scenario, size: Size, rounds: int) -> list[Row]:
    """Run ours and the reference in turn, after one round that does not count."""
    if scenario.warms_up and not size.is_quick:
        await scenario.ours()
        await scenario.reference()
    count = min(rounds, scenario.rounds or rounds)
    pairs = [(await scenario.ours(), await scenario.reference()) for _ in range(count)]
    return rows_of(scenario.title, pairs)


async def run_suite(suite: Suite, size: Size, rounds: int, match: str) -> list[Row]:
    """Measure those scenarios of a suite whose titles have a text in them."""
    rows: list[Row] = []
    async with suite.make(size) as scenarios:
        for scenario in scenarios:
            if match not in scenario.title:
                continue
            for row in await measure(scenario, size, rounds):
                print(row, flush=True)
                rows.append(row)
    return rows


def chosen(size: Size, only: Sequence[str]) -> list[Suite]:
    """Give the suites that are to run: those that are named, or all of that size."""
    if only:
        return [suite for suite in SUITES if suite.name in only]
    return [suite for suite in SUITES if suite.is_quick or not size.is_quick]


async def main(asked: argparse.Namespace) -> int:
    """Measure what was asked for; one suite that fails does not keep the others from it."""
    size = Size(is_quick=asked.quick)
    rounds = asked.rounds or (1 if asked.quick else 5)
    rows: list[Row] = []
    failed: list[str] = []
    print(HEADER)
    _stop_on_sigterm()
    for suite in chosen(size, asked.only):
        started = time.monotonic()
        try:
            rows += await run_suite(suite, size, rounds, asked.match)
        except Exception:  # noqa: BLE001 - whatever it is, the others are measured
            traceback.print_exc()
            failed.append(suite.name)
        print(f"# {suite.name}: {time.monotonic() - started:.0f} s", flush=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(to_json(rows))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _stop_on_sigterm() -> None:
    """Stop what was started; a shell that runs this in the background keeps SIGINT from it."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--rounds", type=int, help="at most; 5, and 1 of the quick one")
    names = [suite.name for suite in SUITES]
    parser.add_argument(
        "--only", nargs="+", default=[], choices=names, metavar="SUITE", help="see --list"
    )
    parser.add_argument("--match", default="", metavar="TEXT", help="part of a scenario's title")
    parser.add_argument("--list", action="store_true", help="list the suites")
    return parser.parse_args()


if __name__ == "__main__":
    arguments = parsed()
    if arguments.list:
        for one in SUITES:
            print(f"{one.name:16} {one.about}{'' if one.is_quick else ' (not in --quick)'}")
        sys.exit(0)
    sys.exit(uvloop.run(main(arguments)))
