"""What runs inside a host process; see `Hosts` for the outside.

The host imports nothing of ours but ``footfall.walkers`` and what that needs, so that the app's
own modules may have any name.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from footfall.errors import AppError
from footfall.schedules.run import WALKER_NOT_FOUND, RunError, RunOutcome, RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.current import running
from footfall.walkers.deadline import LiveUntil, dying_at
from footfall.walkers.failure import cut, message_of, run_error
from footfall.walkers.fields import ArgumentError
from footfall.walkers.found import Found, Walk
from footfall.walkers.joined import joined
from footfall.walkers.limits import Limits, adopt_orphans, limit_memory
from footfall.walkers.loading import LoadedApp, load_app
from footfall.walkers.locks import try_locked
from footfall.walkers.output import StandardStreams, progress_file_of
from footfall.walkers.progress import telling
from footfall.walkers.reports import bounded
from footfall.walkers.source import Source

STARTED = "started"
"""The host tells its process id, once, before it does anything else."""

BEGAN = "began"
"""The host has the root's lock and starts the walker now."""

OUT_OF_MEMORY = "WalkerOutOfMemory"

_LEAKED_FILES = 100


@dataclass(frozen=True, slots=True)
class HostSettings:
    """What a host process is for, see `load_app`."""

    app: Path
    name: str
    state_dir: Path
    limits: Limits


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """Why the app cannot be loaded, as an `AppError` would say it."""

    message: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """How a walk ended, and whether it left something behind that makes the host unfit.

    Attributes:
        outcome: None if it did not begin, since a walker of another worker has the root.
    """

    outcome: RunOutcome | None
    unfit: bool


class Host:
    """A host process seen from inside: it runs one walker at a time."""

    def __init__(self, settings: HostSettings, owner: Connection, until: LiveUntil) -> None:
        self._settings = settings
        self._owner = owner
        self._until = until
        self._streams = StandardStreams()
        self._app: LoadedApp | None = None
        self._clean: _Clean | None = None

    def load(self) -> Catalogue | LoadFailure:
        """Load the app."""
        settings = self._settings
        try:
            self._app = load_app(settings.app, settings.name, settings.state_dir)
        except AppError as error:
            return LoadFailure(error.message, error.details)
        finally:
            self._streams.restore()
        gc.collect()
        gc.freeze()  # the app stays as long as the process: collecting need not look at it
        self._clean = _Clean.now()
        return self._app.catalogue

    def walk(self, call: WalkerCall, output: Path) -> Finished:
        """Run a walker if its root is free, its standard output going into `output`."""
        app, clean = self._app, self._clean
        if app is None or clean is None:
            raise RuntimeError("walk() before load()")
        lock = f"root {self._settings.name} {call.root}"
        with try_locked(self._settings.state_dir / "locks", lock) as is_free:
            if not is_free:
                return Finished(None, unfit=False)
            self._owner.send((BEGAN, output))
            with (
                dying_at(self._until, watched=call.context.fence is not None),
                self._streams.captured(output),
                running(call.context),
                joined(call.context.traceparent),
                telling(progress_file_of(output)),
            ):
                outcome = _walk(app, call)
        if outcome.error is not None and outcome.error.type == OUT_OF_MEMORY:
            # What else could not be had, in some library's depth, nobody knows.
            outcome = self._with_remedy(outcome, outcome.error)
            return Finished(outcome, unfit=True)
        try:
            unfit = not all((self._streams.restore(), clean.restore()))
        except (OSError, ValueError):
            unfit = True
        return Finished(outcome, unfit)

    def _with_remedy(self, outcome: RunOutcome, error: RunError) -> RunOutcome:
        most = self._settings.limits.memory
        if not most:
            return outcome
        message = (
            f"the walker ran out of memory: its process may have {most} MiB "
            "(plugins.scale.scheduler.worker.memory_limit)"
        )
        return outcome.model_copy(update={"error": error.model_copy(update={"message": message})})


def _walk(app: LoadedApp, call: WalkerCall) -> RunOutcome:
    found = app.walkers.get(call.walker_name)
    if found is None:
        message = f"the app {app.catalogue.app} has no walker {call.walker_name}"
        return _failed(RunError(type=WALKER_NOT_FOUND, message=message))
    try:
        args = found.fields.convert(call.args)
    except ArgumentError as error:
        return _failed(RunError(type="ArgumentError", message=cut(str(error), 4096)))
    walk = _run(found, args, call)
    reports, truncated = bounded(walk.reports, call.output_limit)
    return RunOutcome(
        status=RunStatus.SUCCEEDED if walk.error is None else RunStatus.FAILED,
        reports=reports,
        reports_truncated=truncated,
        error=None if walk.error is None else _told(walk.error, app.source),
    )


def _run(found: Found, args: dict[str, Any], call: WalkerCall) -> Walk:
    try:
        return found.run(found.target, args, call)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the run failed, not the host
        return Walk(error=error)


def _failed(error: RunError) -> RunOutcome:
    return RunOutcome(status=RunStatus.FAILED, error=error)


def _told(error: BaseException, source: Source) -> RunError:
    told = run_error(error, source)
    if isinstance(error, MemoryError):
        message = "the walker ran out of memory"
        return told.model_copy(update={"type": OUT_OF_MEMORY, "message": message})
    if isinstance(error, SystemExit):
        code = message_of(error) or "0"
        return told.model_copy(
            update={"type": "WalkerCrashed", "message": f"the walker called sys.exit({code})"}
        )
    return told


@dataclass(frozen=True, slots=True)
class _Clean:
    """What a run may change of the process and the next one finds as it was."""

    folder: str
    environment: dict[str, str]
    path: tuple[str, ...]
    umask: int
    signals: dict[int, Any]
    threads: frozenset[threading.Thread]
    files: int

    @classmethod
    def now(cls) -> "_Clean":
        return cls(
            folder=os.getcwd(),  # noqa: PTH109 - no Path where every run pays for it
            environment=dict(os.environ),
            path=tuple(sys.path),
            umask=_umask(),
            signals={number: signal.getsignal(number) for number in _SIGNALS},
            threads=frozenset(threading.enumerate()),
            files=_open_files(),
        )

    def restore(self) -> bool:
        """Put back what can be; tell whether that was all."""
        os.chdir(self.folder)
        if dict(os.environ) != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
        sys.path[:] = self.path
        os.umask(self.umask)
        for number, handler in self.signals.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        signal.setitimer(signal.ITIMER_REAL, 0)
        left = set(threading.enumerate()) - self.threads
        leaking = _open_files() - self.files > _LEAKED_FILES
        return not left and not leaking and not _has_children()


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGHUP)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _open_files() -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - hot, and strings suffice
    return 0  # no /proc: leaks go unseen


def _has_children() -> bool:
    """Tell whether the process has children, dead ones that nobody waited for included."""
    if not hasattr(os, "waitid"):
        return False  # macOS: they go unseen, until the host ends and they with it
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


_hosts: list[Host] = []  # pebble calls functions by name: this is where they find their host


def open_host(settings: HostSettings, owner: Connection, until: LiveUntil) -> None:
    """Make this process a host: pebble's initializer.

    It leads a process group of its own, so that it can be killed with all that its walkers
    started, and Ctrl-C at the terminal reaches only its owner. It dies with its owner.
    """
    os.setpgid(0, 0)
    adopt_orphans()
    limit_memory(settings.limits.memory)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    owner.send((STARTED, os.getpid()))
    threading.Thread(target=_die_with_owner, name="footfall-owner", daemon=True).start()
    _hosts[:] = [Host(settings, owner, until)]


def load() -> Catalogue | LoadFailure:
    """Load the app into this host."""
    return _host().load()


def walk(call: WalkerCall, output: Path) -> Finished:
    """Run a walker in this host."""
    return _host().walk(call, output)


def _host() -> Host:
    return _hosts[0]


def _die_with_owner() -> None:
    owner = multiprocessing.parent_process()
    if owner is not None:
        owner.join()
        os.killpg(os.getpid(), signal.SIGKILL)
