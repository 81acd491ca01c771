import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from footfall.errors import AppError
from footfall.schedules.run import RunOutcome
from footfall.walkers.call import WalkerCall
from footfall.walkers.catalogue import Catalogue
from footfall.walkers.host import HostSettings
from footfall.walkers.lease import LeaseLostError, Leases
from footfall.walkers.limits import Limits
from footfall.walkers.output import Recording
from footfall.walkers.overseer import Overseer, failed
from footfall.walkers.process import HostDiedError, HostProcess
from footfall.walkers.roots import Roots
from footfall.walkers.turn import Turn
from footfall.walkers.watch import Watch


@dataclass(frozen=True, slots=True)
class Census:
    """How a worker's host processes stand, and the runs that it has taken.

    Attributes:
        idle, busy, starting: host processes that wait for a walker, run one, or load the app.
        replaced: how many have been started since in the place of one that ended.
        waiting: runs that wait for a host process, or for their root.
        problem: why no host process can be started; None if the last one was.
    """

    idle: int
    busy: int
    starting: int
    replaced: int
    waiting: int
    problem: str | None


class Hosts:
    """Warm host processes that load one app and run its walkers.

    Args:
        app: a folder, a ``.jac`` file or a ``.py`` file.
        name: what the app is called; apps that share a state folder need different names.
        processes: how many walkers can run at once.
        state_dir: where graphs, locks and the output of running walkers are kept; shared by all
            workers of this machine.
        output_limit: bytes kept at most of a run's stdout, and of its reports as JSON; a call
            can ask for less.
        limits: what each walker may use.
        leases: what locks roots among machines; None where all workers share `state_dir`.
    """

    def __init__(
        self,
        app: Path,
        *,
        name: str,
        processes: int,
        state_dir: Path,
        output_limit: int = 65536,
        limits: Limits | None = None,
        leases: Leases | None = None,
    ) -> None:
        state = state_dir.resolve()
        self._settings = HostSettings(app.resolve(), name, state, limits or Limits())
        self._count = processes
        self._output_limit = output_limit
        self._output_dir = state / "output"
        # A place for each host; an AppError in it says why there is none.
        self._free: asyncio.Queue[HostProcess | AppError] = asyncio.Queue()
        self._closed = False
        self._all: set[HostProcess] = set()
        self._loaded: set[HostProcess] = set()
        self._busy: set[HostProcess] = set()
        self._starting = self._replaced = self._calls = 0
        self._problem: str | None = None
        self._roots = Roots(leases)
        self._replacing: set[asyncio.Task[None]] = set()
        self._catalogue: Catalogue | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The app's walkers, as they were when `start` found them."""
        if self._catalogue is None:
            raise RuntimeError("the hosts have not been started")
        return self._catalogue

    async def start(self) -> Catalogue:
        """Start every host and load the app into it.

        Raises:
            AppError: the app cannot be loaded; the message holds file, line, walker where known,
                and the reason.
        """
        self._output_dir.mkdir(parents=True, exist_ok=True)
        try:
            # The first one alone: if the app has to be compiled, the others find that done.
            self._catalogue = await self._add()
            async with asyncio.TaskGroup() as group:
                for _ in range(self._count - 1):
                    group.create_task(self._add())
        except BaseExceptionGroup as errors:
            await self.close()
            raise errors.exceptions[0] from None
        except BaseException:
            await self.close()
            raise
        return self._catalogue

    async def run(self, call: WalkerCall, watch: Watch | None = None) -> RunOutcome:
        """Run a walker once its root and a host are free, and give how that ended.

        Raises nothing for what the walker does. If this coroutine is cancelled, the walker is
        killed. A walker that ends its process, or outlives its timeout, costs a host, which is
        replaced while the others go on. Through `watch` it can be looked at while it runs.

        Raises:
            RootBusyError: others had the root for long, and the call steps aside then.
            LeaseLostError: the root was lost while the walker ran, which was killed.
        """
        watch = watch or Watch()
        limit = min(call.output_limit, self._output_limit)
        call = call.model_copy(update={"output_limit": limit})
        self._calls += 1
        try:
            async with self._roots.turn(call.root, steps_aside=call.steps_aside) as turn:
                while True:
                    outcome = await self._try(call, watch, turn)
                    if outcome is not None:
                        return outcome
                    await turn.pause()
        except AppError as error:  # the app was changed after the start, and is broken now
            return failed("AppBroken", error.message)
        finally:
            self._calls -= 1

    def census(self) -> Census:
        """Say how the host processes stand at this moment; from any thread."""
        busy = self._busy.copy()
        return Census(
            idle=sum(host.alive for host in self._loaded - busy),
            busy=sum(host.alive for host in busy),
            starting=self._starting,
            replaced=self._replaced,
            waiting=max(0, self._calls - len(busy)),
            problem=self._problem,
        )

    async def close(self) -> None:
        """End every host, and what walkers run there. No process is left behind."""
        self._closed = True
        self._free.put_nowait(AppError("the hosts have been closed"))
        replacing = list(self._replacing)
        for task in replacing:
            task.cancel()
        await asyncio.gather(*replacing, return_exceptions=True)
        await asyncio.gather(*(self._remove(host) for host in list(self._all)))

    def has_line(self, root: str) -> bool:
        """Say whether runs wait here for a root."""
        return self._roots.has_line(root)

    async def _try(self, call: WalkerCall, watch: Watch, turn: Turn) -> RunOutcome | None:
        async with self._host() as host, self._roots.leased(call.root, turn) as is_mine:
            if not is_mine:
                return None
            recording = Recording(self._output_dir / _file_name(call), call.output_limit)
            try:
                with turn.used_by(host):
                    return await self._run(host, _fenced(call, turn), recording, watch, turn)
            except asyncio.CancelledError:
                watch.interrupted(recording)
                raise
            finally:
                recording.discard()
                if not host.alive:
                    # A process that was killed may write for a moment still.
                    await host.gone()

    async def _run(
        self,
        host: HostProcess,
        call: WalkerCall,
        recording: Recording,
        watch: Watch,
        turn: Turn,
    ) -> RunOutcome | None:
        """Run a walker in `host`; None if it did not begin.

        The host died before, or a walker of another worker has the root.
        """
        overseer = Overseer(host, call, recording, self._settings.limits)

        def began() -> None:
            turn.stop_waiting()
            overseer.begin()
            watch.begin(recording)

        try:
            with overseer.watching():
                finished = await host.walk(call, recording.file, began)
            if finished.unfit:
                host.kill()
            if finished.outcome is None:
                return None
            outcome = finished.outcome
        except HostDiedError as error:
            if turn.is_lost:
                raise LeaseLostError from error
            if overseer.verdict is not None:
                outcome = overseer.verdict
            elif not error.began:
                return None
            else:
                outcome = failed("WalkerCrashed", f"the walker's process {error}")
        except Exception as error:  # noqa: BLE001 - the machinery failed: a full disk, say
            host.kill()
            outcome = failed(type(error).__name__, f"the walker could not be run: {error}")
        except BaseException:
            host.kill()
            raise
        text = recording.read()
        return outcome.model_copy(update={"stdout": text, "stdout_truncated": recording.truncated})

    @contextlib.asynccontextmanager
    async def _host(self) -> AsyncIterator[HostProcess]:
        host = await self._next()
        while not host.alive:  # it died while it was idle
            self._replace(host)
            host = await self._next()
        self._busy.add(host)
        try:
            yield host
        finally:
            self._busy.discard(host)
            if host.alive:
                self._free.put_nowait(host)
            else:
                self._replace(host)

    async def _next(self) -> HostProcess:
        host = await self._free.get()
        if isinstance(host, HostProcess):
            return host
        if self._closed:
            self._free.put_nowait(host)  # for the others that wait
        else:
            self._replace(None)  # the next run finds out whether the app works again
        raise host

    async def _add(self) -> Catalogue:
        host = HostProcess(self._settings)
        self._all.add(host)
        self._starting += 1
        try:
            catalogue = await host.start()
        except BaseException:
            await asyncio.shield(self._remove(host))
            raise
        finally:
            self._starting -= 1
        self._loaded.add(host)
        self._problem = None
        self._free.put_nowait(host)
        return catalogue

    async def _remove(self, host: HostProcess) -> None:
        self._all.discard(host)
        self._loaded.discard(host)
        await host.close()

    def _replace(self, host: HostProcess | None) -> None:
        if self._closed:
            return
        task = asyncio.create_task(self._put_another(host))
        self._replacing.add(task)
        task.add_done_callback(self._replacing.discard)

    async def _put_another(self, host: HostProcess | None) -> None:
        if host is not None:
            await asyncio.shield(self._remove(host))
        try:
            await self._add()
            self._replaced += 1
        except AppError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - no process can be had: a full machine, say
            self._fail(AppError(f"no host process can be started: {error}"))

    def _fail(self, error: AppError) -> None:
        self._problem = error.message
        self._free.put_nowait(error)


def _fenced(call: WalkerCall, turn: Turn) -> WalkerCall:
    if turn.fence is None:
        return call
    context = call.context.model_copy(update={"fence": turn.fence})
    return call.model_copy(update={"context": context})


def _file_name(call: WalkerCall) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '_', call.context.run_id)[-120:]}.{secrets.token_hex(4)}"
