from collections.abc import Iterator
from contextlib import contextmanager

from footfall.walkers.call import RunContext

# A host process runs one walker at a time, and a walker may read its run from any thread that it
# starts; a context variable would not reach those.
_runs: list[RunContext] = []


def current_run() -> RunContext:
    """Give the run that the calling walker is in.

    Raises:
        RuntimeError: outside of a run.
    """
    if not _runs:
        raise RuntimeError("current_run() works only inside a walker that Footfall runs")
    return _runs[-1]


@contextmanager
def running(run: RunContext) -> Iterator[None]:
    """Make `run` the current one."""
    _runs.append(run)
    try:
        yield
    finally:
        _runs.remove(run)
