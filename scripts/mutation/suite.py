"""The tests: which there are, how long each takes, and by which lines each goes."""

import functools
import gc
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest
from hypothesis import Phase, settings

_EXAMPLES = 25
"""Of each Hypothesis test, always the same; what takes more luck to be noticed counts as missed."""

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
_TIMED = "take_little"
"""What is in the names of tests that measure time, which a busy machine would let fail."""

_PATIENCE, _LEAST = 10, 5
"""A test may take so many times its usual time, and so many seconds at least."""

_PLUGINS = ("_hypothesis_pytestplugin", "pytest_asyncio.plugin", "pytest_timeout")
_ARGS = ("-q", "-x", "--noconftest", *(arg for name in _PLUGINS for arg in ("-p", name)))


class Measures(NamedTuple):
    """What is known of tests by their names.

    Attributes:
        seconds: those of the processor that each takes, first ones first.
        lines: the tests that run a line of a file, by its number as text.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]

    def tests_of(self, path: str, lines: range) -> list[str]:
        """Give the tests that run lines of a file: all of them where importing runs those."""
        names = {name for line in lines for name in self.lines[path].get(str(line), ())}
        return list(self.seconds) if "" in names else [one for one in self.seconds if one in names]

    def limits(self, names: Sequence[str], budget: float) -> dict[str, float]:
        """Give the seconds that each test may take, of as many of the first as fit in a budget."""
        spent = accumulate(self.seconds[name] for name in names)
        return {
            name: max(_LEAST, _PATIENCE * self.seconds[name])
            for name, till in zip(names, spent, strict=True)
            if till <= budget
        }

    def joined(self, other: "Measures") -> "Measures":
        """Give both together."""
        lines = {
            name: {
                line: [*of.get(line, ()), *other.lines.get(name, {}).get(line, ())]
                for line in of.keys() | other.lines.get(name, {}).keys()
            }
            for name, of in self.lines.items()
        }
        return Measures(self.seconds | other.seconds, lines)


def run_tests(files: Sequence[str], plugin: "Chosen") -> int:
    """Run tests of some files in this process until one fails; give pytest's exit code."""
    return int(pytest.main([*_ARGS, *files], plugins=[plugin]))


def file_of(name: str) -> str:
    """Give the file of a test."""
    return name.partition("::")[0]


class Chosen:
    """Runs chosen tests in order, each within a time, with few examples that never change.

    Args:
        seconds: those of the processor that each may take, by its name, in the order in which
            they run. Whoever takes more is ended with its process.
    """

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        self.failed: str | None = None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        few(items)
        by_name = {item.nodeid: item for item in items}
        items[:] = [by_name[name] for name in self._seconds if name in by_name]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._seconds[nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid


class Measured:
    """Notes how long each test takes, and which lines run in it alone."""

    def __init__(self, measured: coverage.Coverage, known: Container[str]) -> None:
        self._coverage = measured
        self._known = known
        self._begun = 0.0
        self.seconds: dict[str, float] = {}
        self._caches: list[Any] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [
            item for item in items if item.nodeid not in self._known and _TIMED not in item.nodeid
        ]
        few(items)
        self._caches = [
            found
            for found in gc.get_objects()
            if isinstance(found, functools._lru_cache_wrapper)  # noqa: SLF001
        ]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        # What another test has left in a cache would look as if this one did not need it.
        for one in self._caches:
            one.cache_clear()
        self._coverage.switch_context(nodeid)
        self._begun = time.process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = time.process_time() - self._begun


def few(items: list[pytest.Item]) -> None:
    """Let Hypothesis try few examples, the same ones each time, and make none of them shorter."""
    for item in items:
        tested = getattr(item, "obj", None)
        given = getattr(tested, "_hypothesis_internal_use_settings", None)
        if getattr(tested, "is_hypothesis_test", False):
            tested._hypothesis_internal_use_settings = settings(  # noqa: SLF001
                given or settings(),
                max_examples=min(_EXAMPLES, (given or settings()).max_examples),
                derandomize=True,
                database=None,
                deadline=None,
                phases=(Phase.explicit, Phase.generate),
            )


def measure(files: Sequence[str], source: Path, known: Container[str] = ()) -> Measures:
    """Run all tests once that are not known; give the seconds of each, and their lines by files.

    What runs while modules are imported is noted for the test "".
    """
    with tempfile.NamedTemporaryFile("r", suffix=".json") as found:
        pid = os.fork()
        if not pid:
            with quiet():
                cover = coverage.Coverage(data_file=None, config_file=False, source=[str(source)])
                cover.start()
                plugin = Measured(cover, known)
                code = run_tests(files, plugin)
                cover.stop()
                data = cover.get_data()
                lines = {name: data.contexts_by_lineno(name) for name in data.measured_files()}
                Path(found.name).write_text(json.dumps([plugin.seconds, lines]), encoding="utf-8")
            os._exit(0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else code)
        if os.waitpid(pid, 0)[1]:
            sys.exit("the tests fail without any change; run them to see why")
        return Measures(*json.load(found))


def warm(files: Sequence[str]) -> None:
    """Import what tests need, and forget of it what a mutant may change."""
    before = set(sys.modules)
    with quiet():
        pytest.main([*_ARGS, "--collect-only", *files])
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"footfall", "support", "tests"}:
            del sys.modules[name]
    gc.collect()
    gc.freeze()


@contextmanager
def quiet() -> Iterator[None]:
    """Print nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = [os.dup(number) for number in (1, 2)]
    for number in (1, 2):
        os.dup2(nowhere, number)
    try:
        yield
    finally:
        for number, was in zip((1, 2), kept, strict=True):
            os.dup2(was, number)
            os.close(was)
        os.close(nowhere)
