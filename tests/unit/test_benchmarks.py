import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


class Modules(NamedTuple):
    row: ModuleType
    run: ModuleType
    scenario: ModuleType
    suites: ModuleType
    ticks: ModuleType


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
        import row  # noqa: PLC0415
        import run  # noqa: PLC0415
        import scenario  # noqa: PLC0415
        import suites  # noqa: PLC0415
        import ticks  # noqa: PLC0415

        yield Modules(row, run, scenario, suites, ticks)
    # Their names are common words: nobody else is to find these modules by them.
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_each_suite_can_be_named(modules: Modules) -> None:
    suites = modules.suites.SUITES
    assert len({suite.name for suite in suites}) == len(suites)
    quick = modules.scenario.Size(is_quick=True)
    for suite in suites:
        assert suite.about
        assert modules.run.chosen(quick, [suite.name]) == [suite]


def test_the_quick_benchmark_leaves_suites_out(modules: Modules) -> None:
    def names(*, is_quick: bool) -> set[str]:
        size = modules.scenario.Size(is_quick=is_quick)
        return {suite.name for suite in modules.run.chosen(size, [])}

    assert names(is_quick=True) < names(is_quick=False)


def test_a_row_has_medians_and_the_ratio_of_each_round(modules: Modules) -> None:
    key = ("create", "per second")
    rounds = [({key: ours}, {key: raw}) for ours, raw in ((10, 20), (30, 30), (20, 100))]
    (row,) = modules.row.rows_of("writes / raw", rounds)
    assert (row.scenario, row.unit, row.rounds) == ("writes / raw: create", "per second", 3)
    assert (row.ours, row.reference) == (20, 30)
    assert (row.ratio, row.ratio_min, row.ratio_max) == (0.5, 0.2, 1.0)
    assert str(row).split()[-7:] == ["20.00", "30.00", "0.50", "0.20", "1.00", "per", "second"]


def test_a_row_has_no_ratio_to_nothing(modules: Modules) -> None:
    lost, memory = ("", "% lost"), ("", "MiB")
    rounds = [({lost: 1.0, memory: 7.0}, {lost: 0.0})]
    first, second = modules.row.rows_of("ticks", rounds)
    assert (first.reference, first.ratio) == (0, None)
    assert (second.reference, second.ratio) == (None, None)
    assert str(second).split()[1:] == ["7.00", "-", "-", "-", "-", "MiB"]


def test_rows_are_written_as_json(modules: Modules) -> None:
    key = ("", "ms")
    rows = modules.row.rows_of("page / raw", [({key: 1.0}, {key: 2.0})])
    assert json.loads(modules.row.to_json(rows)) == [
        {
            "scenario": "page / raw",
            "ours": 1.0,
            "reference": 2.0,
            "ratio": 0.5,
            "ratio_min": 0.5,
            "ratio_max": 0.5,
            "unit": "ms",
            "rounds": 1,
        }
    ]


def test_ticks_that_did_not_run_and_those_that_ran_twice_are_counted(modules: Modules) -> None:
    tick = modules.ticks.Tick
    before, after = tick("a", 9.0, 9.1), tick("a", 14.0, 14.1)
    ran = [tick("a", 10.0 + number, 10.5 + number) for number in range(4)]
    found = modules.ticks.judged([before, *ran, ran[1], after], 2, 10.0, 4)
    assert found[("", "% lost")] == 50
    assert found[("", "twice")] == 1
    assert found[("", "ms late (p50)")] == 500


def test_a_line_that_is_just_being_written_is_no_tick(modules: Modules, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    assert modules.ticks.read_ticks(ledger) == []
    ledger.write_text("a 10.0 10.25 77\na 11.0 11.")
    assert modules.ticks.read_ticks(ledger) == [modules.ticks.Tick("a", 10.0, 10.25)]
