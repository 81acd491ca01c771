# ruff: noqa: T201 - a script, which prints
"""Measures the mutation score of the compiler and the evaluator of triggers."""

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import suite
from mutants import Mutant, mutants_of
from results import Result, Results
from trial import Verdict, judge

ROOT = Path(__file__).parents[2]
PACKAGE = "footfall.triggers"
SOURCE = ROOT / "footfall" / "triggers"
TESTS = ROOT / "tests" / "unit" / "triggers"
RESULTS = ROOT / "build" / "mutants.json"
MEASURES = ROOT / "build" / "mutants-tests.json"

WORDS = {
    "__init__", "clock_warning", "day_words", "description", "problem", "time_words", "warning",
    "window_warning", "wording",
}  # fmt: skip
"""Modules left out: they decide what is said of a trigger, and not when it fires."""

_SHOWN = 100


def main() -> None:
    """Try mutants in a random order, so that those tried so far are a sample at any time."""
    asked = _arguments()
    mutants = {
        mutant.name: mutant
        for path in sorted(SOURCE.glob("*.py"))
        if path.stem not in WORDS
        for mutant in mutants_of(path)
    }
    results = Results(RESULTS, set(mutants))
    chosen = [one for name, one in mutants.items() if _is_chosen(name, results, asked)]
    if not (asked.again or asked.rest):
        results.forget(one.name for one in chosen)
    random.Random(asked.seed).shuffle(chosen)  # noqa: S311
    chosen = chosen[: asked.most]
    measures = _measures()
    suite.warm(_tests())
    try:
        _try_all(chosen, measures, results, asked.budget)
    except KeyboardInterrupt:
        print("stopped")
    finally:
        results.keep()
    print(results.report())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants ARGS=...", description=__doc__)
    parser.add_argument("modules", nargs="*", help="only these modules, such as `dates`")
    parser.add_argument("--most", type=int, help="so many mutants and no more")
    parser.add_argument("--seed", type=int, default=1, help="another one shuffles otherwise")
    parser.add_argument("--budget", type=float, default=12, help="seconds of tests for each")
    parser.add_argument("--again", action="store_true", help="those that survived before")
    parser.add_argument("--rest", action="store_true", help="those that were not tried before")
    return parser.parse_args()


def _is_chosen(name: str, results: Results, asked: argparse.Namespace) -> bool:
    if asked.modules and name.partition(".")[0] not in asked.modules:
        return False
    if asked.again or asked.rest:
        again = asked.again and results.survives(name)
        return again or (asked.rest and not results.has(name))
    return True


def _measures() -> suite.Measures:
    """Measure the tests, those only that are new where the code is the one of the last time."""
    code = [path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.py"))]
    known = suite.Measures({}, {})
    if MEASURES.exists():
        of, *kept = json.loads(MEASURES.read_text(encoding="utf-8"))
        known = suite.Measures(*kept) if of == code else known
    found = suite.measure(_tests(), SOURCE, known.seconds)
    found = known.joined(found) if known.seconds else found
    MEASURES.parent.mkdir(exist_ok=True)
    MEASURES.write_text(json.dumps([code, *found]), encoding="utf-8")
    print(f"{len(found.seconds)} tests, {sum(found.seconds.values()):.0f} seconds", flush=True)
    return found


def _tests() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in TESTS.glob("test_*.py"))


def _try_all(
    chosen: list[Mutant], measures: suite.Measures, results: Results, budget: float
) -> None:
    begun = time.monotonic()
    kills: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, mutant in enumerate(chosen, 1):
        known = kills[mutant.path.stem]
        names = measures.tests_of(str(mutant.path), mutant.lines)
        # What has killed others is likely to kill this one.
        names.sort(key=lambda name: (-known[name], measures.seconds[name]))
        limits = measures.limits(names, budget)
        verdict = judge(PACKAGE, mutant, limits) if limits else Verdict("survived")
        known[verdict.test] += 1
        results.add(mutant.name, Result(verdict.outcome, mutant.where, len(limits)))
        if verdict.outcome == "survived":
            print(f"{mutant.where}  {mutant.name}", flush=True)
        if number % _SHOWN == 0:
            print(f"-- {number} of {len(chosen)}, {time.monotonic() - begun:.0f} s", flush=True)
            results.keep()


if __name__ == "__main__":
    main()
