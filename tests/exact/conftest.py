import pytest
from exact.size import SEED_VARIABLE, seed
from exact.tally import Tally


def pytest_configure() -> None:
    seed()  # before there are other processes, so that all of them have the same one


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total = Tally()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, values in getattr(report, "user_properties", []):
                if name == "exact":
                    total.add(Tally.loaded(values))
    if not total.comparisons:
        return
    terminalreporter.section("times compared with cronsim, croniter and APScheduler")
    skipped = ", ".join(f"{name} {count:,}" for name, count in sorted(total.skipped.items()))
    terminalreporter.write_line(
        f"{len(total.expressions):,} expressions ({len(total.refused):,} more refused), "
        f"{total.comparisons:,} comparisons of {total.instants:,} times, "
        f"{len(total.mismatches)} mismatches"
    )
    terminalreporter.write_line(f"not compared, for a known difference: {skipped or 'none'}")
    terminalreporter.write_line(f"seed: {SEED_VARIABLE}={seed()}")
