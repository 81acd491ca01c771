"""One mutant against its tests, in a process of its own, in which nothing was imported yet."""

import importlib.abc
import importlib.util
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NamedTuple

from mutants import Mutant
from suite import Chosen, file_of, quiet, run_tests

_MEMORY = 3 << 30
_IMPORT_SECONDS = 30.0
_FILES = 2


class Verdict(NamedTuple):
    """What became of a mutant: "killed", "timeout" or "survived", and the test that saw it."""

    outcome: str
    test: str = ""


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module with its change."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self._name = name
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.tree, str(self._mutant.path), "exec"), module.__dict__)  # noqa: S102


def judge(package: str, mutant: Mutant, limits: dict[str, float]) -> Verdict:
    """Run tests, by their names, in order, until one fails, each for at most so many seconds."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        with quiet():
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            sys.meta_path.insert(0, _Changed(f"{package}.{mutant.path.stem}", mutant))
            code, failed = 0, None
            for stage in _stages(limits):
                chosen = Chosen(stage)
                signal.setitimer(signal.ITIMER_PROF, _IMPORT_SECONDS)
                code = code or run_tests(sorted({file_of(name) for name in stage}), chosen)
                failed = failed or chosen.failed
            os.write(write, json.dumps(failed or "").encode())
        os._exit(code)
    os.close(write)
    with os.fdopen(read) as told:
        failed = told.read()
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return Verdict("timeout" if os.WTERMSIG(status) == signal.SIGPROF else "killed")
    if os.WEXITSTATUS(status):
        return Verdict("killed", json.loads(failed) if failed else "")
    return Verdict("survived")


def _stages(limits: dict[str, float]) -> list[dict[str, float]]:
    """Cut tests in two where a third file is needed, since importing all of them takes long."""
    files: set[str] = set()
    first: dict[str, float] = {}
    for name, limit in limits.items():
        files.add(file_of(name))
        if len(files) > _FILES:
            break
        first[name] = limit
    rest = {name: limit for name, limit in limits.items() if name not in first}
    return [stage for stage in (first, rest) if stage]
