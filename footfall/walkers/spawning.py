import sys
import threading
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

_main = threading.Lock()


class _Process(SpawnProcess):
    """A spawned process that does not import its parent's ``__main__``.

    multiprocessing has every spawned process import it again, for functions that are defined
    there. Ours is the command line, which would bring the whole of Footfall into the host, and
    with it modules called ``api`` and ``worker``. What we start is importable by its own name.
    """

    @staticmethod
    def _Popen(process: Any) -> Any:  # noqa: N802 - multiprocessing's name
        with _main:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process)  # noqa: SLF001
            finally:
                sys.modules["__main__"] = main


class HostContext(SpawnContext):
    """multiprocessing's spawn context for host processes."""

    Process = _Process
