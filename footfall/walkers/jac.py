import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from footfall.errors import AppError
from footfall.extra import bringing
from footfall.walkers.call import WalkerCall
from footfall.walkers.declaration import Declaration, declared
from footfall.walkers.failure import app_error
from footfall.walkers.found import Walk
from footfall.walkers.jac_accounts import (
    JacAccounts,
    OwnAccounts,
    ScaleAccounts,
    has_jac_scale,
)
from footfall.walkers.jac_dialect import speak_the_guide
from footfall.walkers.locks import locked
from footfall.walkers.source import Source, own_values


class _WalkFailedError(Exception):
    """Tells Jac's execution manager to abandon what the walker did to the graph."""


class Jac:
    """jaclang in this process, ready to load one app and to run its walkers.

    The graphs of all users are in Jac's own SQLite database. It lies in `data`, so that the
    app's folder stays as it is, unless the environment variable ``JAC_DATA_PATH`` names another
    folder (to share the graphs with a Jac server). Where jac-scale is installed beside us, users
    and graphs are those that its server has, wherever jac.toml says. Jac keeps its compiled code
    in ``.jac/cache`` of the app's folder; where that cannot be written, it compiles at each start.
    """

    def __init__(self, source: Source, data: Path) -> None:
        """Import jaclang, which reads the working directory: that must be the app's folder."""
        try:
            import jaclang  # noqa: F401, PLC0415 - optional, and only for host processes
        except ImportError as error:
            raise AppError(
                f"{source.entries[0]}: Jac apps need jaclang ({bringing('jac')}): {error}"
            ) from error
        is_scale = has_jac_scale()
        if not is_scale:
            os.environ.setdefault("JAC_DATA_PATH", str(data))
        # The server module brings in Jac's serializer. It registers node classes only from its
        # import on; imported after the app, stored nodes are taken for unknown and put away.
        from jaclang.jac0core.runtime import JacRuntime  # noqa: PLC0415
        from jaclang.runtimelib.server import ExecutionManager  # noqa: PLC0415

        self._runtime = JacRuntime
        self._source = source
        JacRuntime.set_base_path(str(source.folder))
        JacRuntime.set_full_target_path(str(_named_after(source)))
        speak_the_guide(source)
        _silence_report_echo()
        users = JacRuntime.get_user_manager(base_path=str(source.folder))
        self._accounts: JacAccounts = ScaleAccounts(users) if is_scale else OwnAccounts(users)
        self._root_of = users.get_root_id
        self._manager = ExecutionManager(base_path=str(source.folder), user_manager=users)
        JacRuntime.set_shared_root_resolver(self._shared_root)

    def prepare(self, locks: Path) -> None:
        """Create the database and the user behind ``root.shared``, once among all processes."""
        with locked(locks, "jac database"):
            self._in_context(self._open_shared_root)

    def load(self, file: Path) -> None:
        """Load the Jac file `file`.

        Raises:
            AppError: it does not compile, with the compiler's reason and its place.
        """
        program = self._runtime.get_program()
        before = len(program.errors_had)
        try:
            self._runtime.jac_import(target=file.stem, base_path=str(file.parent), lng="jac")
        except ImportError as error:
            # Jac says only "No bytecode found"; why, the program's diagnostics know.
            alerts = program.errors_had[before:]
            if not alerts:
                raise
            place = alerts[0].loc
            reasons = "; ".join(
                f"{alert.msg} (line {alert.loc.first_line})" if number else str(alert.msg)
                for number, alert in enumerate(alerts[:5])
            )
            raise app_error(place.mod_path or file, place.first_line, reasons) from error

    def walkers(self, module: ModuleType) -> Iterator[tuple[Any, Declaration, Any]]:
        """Give the walkers of `module`, and its functions that a decorator makes walkers.

        Yields:
            The class or function, what ``restspec`` said, and jaclang's own ``schedule_spec``.
        """
        from jaclang.jac0core.archetype import WalkerArchetype  # noqa: PLC0415

        for target in own_values(module):
            said, spec = declared(target), _vars(target).get("schedule_spec")
            if isinstance(target, type):
                is_walker = issubclass(target, WalkerArchetype)
            else:
                is_walker = callable(target) and bool(said or spec)
            if is_walker:
                yield target, said or Declaration(), spec

    def run(self, target: Any, args: dict[str, Any], call: WalkerCall) -> Walk:
        """Run a Jac walker or function on the root of the user ``call.root``, see `Runner`.

        A new context each time: the nodes that an earlier one loaded may be older than what
        another process has stored since. What a failed walker did to the graph is abandoned.
        """
        walk = Walk()
        try:
            self._in_context(lambda: self._run(target, args, call.root, walk))
        except BaseException as error:  # noqa: BLE001 - it must not end the host
            walk.error = walk.error or error
        return walk

    def _run(self, target: Any, args: dict[str, Any], root: str, walk: Walk) -> None:
        user = self._accounts.account(root)
        entry = self._async_entry if _is_async(target) else self._entry
        answer = asyncio.run(self._manager.execute_function(entry(target, args, walk), {}, user))
        if walk.error is None and isinstance(answer, dict) and "error" in answer:
            walk.error = RuntimeError(str(answer["error"]))

    def _entry(self, target: Any, args: dict[str, Any], walk: Walk) -> Callable[[], None]:
        def run() -> None:
            with self._reporting(walk):
                result = self._started(target, args)
                self._returned(target, result, walk)

        return run

    def _async_entry(self, target: Any, args: dict[str, Any], walk: Walk) -> Callable[[], Any]:
        async def run() -> None:
            with self._reporting(walk):
                result = self._started(target, args)
                self._returned(target, await result, walk)

        return run

    def _started(self, target: Any, args: dict[str, Any]) -> Any:
        if isinstance(target, type):
            root = self._runtime.get_context().get_root()
            return self._runtime.spawn(target(**args), root)
        return target(**args)

    @staticmethod
    def _returned(target: Any, result: Any, walk: Walk) -> None:
        if not isinstance(target, type) and result is not None:
            walk.reports.append(result)

    def _reporting(self, walk: Walk) -> "_Reporting":
        return _Reporting(self._runtime, walk)

    def _in_context(self, do: Callable[[], Any]) -> None:
        context = self._runtime.create_j_context(None)
        token = self._runtime.push_request_context(context)
        try:
            do()
        except BaseException:
            context.mem.abort()
            raise
        finally:
            try:
                context.close()
            finally:
                self._runtime.reset_request_context(token)

    def _open_shared_root(self) -> None:
        # Jac opens the shared root to all users when it is looked up, but only its owner's
        # context can store that: without this, each run of another user would log a denial.
        self._runtime.get_context().set_user_root(self._shared_root())
        self._runtime.get_shared_root()

    def _shared_root(self) -> Any:
        from jaclang.jac0core.constant import Constants  # noqa: PLC0415

        return self._root_of(self._accounts.account(Constants.GUEST.value))


class _Reporting:
    """Gathers what is reported in its block, and turns what ends it into an abort."""

    def __init__(self, runtime: Any, walk: Walk) -> None:
        self._runtime = runtime
        self._walk = walk

    def __enter__(self) -> None:
        self._walk.reports.clear()  # Jac runs a walker again that lost a race for the graph
        self._walk.error = None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        state = self._runtime.get_context().call_state.get(None)
        gathered = []
        while state is not None and not state.reports.empty():
            gathered.append(state.reports.get_nowait())
        self._walk.reports[:0] = gathered
        if error is not None and not _is_conflict(error):
            self._walk.error = error
            raise _WalkFailedError from error


def _named_after(source: Source) -> Path:
    """Give the file after which Jac names the database of the graphs.

    Of an app without an entry point that is the one that has a database, else the first: a file
    that comes before it by name must not lead to another database, an empty one.
    """
    from jaclang.runtimelib.utils import get_db_path  # noqa: PLC0415

    for entry in source.entries:
        database = get_db_path(str(source.folder), target_path=str(entry))
        if database and Path(database).exists():
            return entry
    return source.entries[0]


def _vars(target: object) -> dict[str, Any]:
    return dict(vars(target)) if hasattr(target, "__dict__") else {}


def is_static(spec: Any) -> bool:
    """Say whether jaclang's own ``@schedule`` declares a schedule, and not only allows some."""
    return str(getattr(spec.trigger, "value", spec.trigger)) == "static"


def jac_schedule(spec: Any) -> dict[str, Any] | None:
    """Give the static schedule that jaclang's own ``@schedule`` declares, in our flat form.

    None for ``ScheduleTrigger.DYNAMIC``, which only allows scheduling through the API.

    Raises:
        ValueError: not exactly one of interval, cron and date is given.
    """
    if not is_static(spec):
        return None
    given = {
        name: getattr(spec, name)
        for name in ("interval", "cron", "date")
        if getattr(spec, name) is not None
    }
    if len(given) != 1:
        raise ValueError("give exactly one of interval, cron and date")
    [(kind, value)] = given.items()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    key = {"interval": "seconds", "cron": "cron", "date": "run_date"}[kind]
    return {"trigger": kind, key: value}


def _is_async(target: Any) -> bool:
    if isinstance(target, type):
        return bool(getattr(target, "__jac_async__", False))
    return asyncio.iscoroutinefunction(target)


def _is_conflict(error: BaseException) -> bool:
    return type(error).__name__ == "WriteConflict"


def _silence_report_echo() -> None:
    """Keep ``report`` from also printing its value: a run has its reports beside its stdout."""
    from jaclang.cli.console import JacConsole  # noqa: PLC0415
    from jaclang.jac0core import runtime  # noqa: PLC0415

    class Console(JacConsole):  # type: ignore[misc]
        def print(self, *args: Any, **options: Any) -> None:
            if sys._getframe(1).f_code.co_name != "log_report":  # noqa: SLF001
                super().print(*args, **options)

    console = Console()
    runtime.JacConsole.get_console = staticmethod(lambda: console)
