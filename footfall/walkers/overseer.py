import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from footfall.schedules.run import WALKER_TIMEOUT, RunError, RunOutcome, RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.limits import Limits
from footfall.walkers.output import Recording
from footfall.walkers.process import HostProcess

TOO_MANY_PROCESSES = "WalkerTooManyProcesses"

_LOOK_SECONDS = 0.05


def failed(kind: str, message: str, status: RunStatus = RunStatus.FAILED) -> RunOutcome:
    """Give the outcome of a run that ended so."""
    return RunOutcome(status=status, error=RunError(type=kind, message=message))


class Overseer:
    """Keeps one walker within its bounds: its time, its output on the disk, and its processes.

    Attributes:
        verdict: how the run ends whose walker was killed, since it exceeded one; None otherwise.
    """

    def __init__(
        self, host: HostProcess, call: WalkerCall, recording: Recording, limits: Limits
    ) -> None:
        self._host = host
        self._seconds = call.timeout
        self._recording = recording
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        self.verdict: RunOutcome | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the walker for the length of the block."""
        looking = asyncio.ensure_future(self._look())
        try:
            yield
        finally:
            looking.cancel()
            if self._timer is not None:
                self._timer.cancel()

    def begin(self) -> None:
        """Take note that the walker starts now: its time runs."""
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._time_is_up)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._recording.trim()
            if self._host.has_too_many():
                self._end(
                    TOO_MANY_PROCESSES,
                    f"the walker started more than {self._limits.processes} processes and was "
                    "killed with them (plugins.scale.scheduler.worker.process_limit)",
                )

    def _time_is_up(self) -> None:
        message = f"the walker took longer than {self._seconds:g} s and was killed"
        self._end(WALKER_TIMEOUT, message, RunStatus.TIMED_OUT)

    def _end(self, kind: str, message: str, status: RunStatus = RunStatus.FAILED) -> None:
        if self.verdict is None:
            self.verdict = failed(kind, message, status)
            self._host.kill()
