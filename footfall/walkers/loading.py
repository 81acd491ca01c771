import importlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from footfall.errors import AppError
from footfall.walkers.catalogue import AppProblem, Catalogue, WalkerInfo
from footfall.walkers.declaration import Declaration
from footfall.walkers.failure import load_error
from footfall.walkers.fields import fields_of
from footfall.walkers.found import Found, Runner
from footfall.walkers.python import python_walkers, run_python
from footfall.walkers.source import Source, find_line, locate

if TYPE_CHECKING:
    from footfall.walkers.jac import Jac


@dataclass(frozen=True, slots=True)
class LoadedApp:
    """An app in the memory of this process."""

    source: Source
    catalogue: Catalogue
    walkers: dict[str, Found]


def load_app(app: Path, name: str, state_dir: Path) -> LoadedApp:
    """Load `app` into this process and find its walkers.

    They are all Jac walkers of the app's own modules, and what a decorator declares there. The
    app's folder becomes the working directory and comes first on ``sys.path``.

    Args:
        app: a folder, a ``.jac`` or a ``.py`` file, see `locate`.
        name: what the app is called; apps that share `state_dir` need different ones.
        state_dir: where the graphs and the locks are.

    Raises:
        AppError: the app cannot be loaded; says file, line, walker where known, and why.
    """
    source = locate(app)
    _enter(source)
    try:
        jac = _jac(source, name, state_dir) if source.has_jac else None
        for entry in source.entries:
            _load(entry, source, jac)
        found = _by_name(_find(source, jac), source)
    except AppError:
        raise
    except BaseException as error:
        raise load_error(error, source) from error
    catalogue = Catalogue(
        app=name,
        walkers=tuple(walker.info for walker in found.values()),
        problems=tuple(problem for walker in found.values() for problem in walker.problems),
    )
    return LoadedApp(source, catalogue, found)


def _enter(source: Source) -> None:
    os.chdir(source.folder)
    sys.argv = [str(source.entries[0])]
    folders = [str(source.folder), *(str(entry.parent) for entry in source.entries)]
    sys.path[:] = list(dict.fromkeys([*folders, *sys.path]))


def _jac(source: Source, name: str, state_dir: Path) -> "Jac":
    from footfall.walkers.jac import Jac  # noqa: PLC0415 - Python apps need no jaclang

    jac = Jac(source, state_dir / "graphs" / _folder_name(name))
    jac.prepare(state_dir / "locks")
    return jac


def _folder_name(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E")


def _load(entry: Path, source: Source, jac: "Jac | None") -> None:
    taken = sys.modules.get(entry.stem)
    if taken is not None:
        if source.owns(getattr(taken, "__file__", None)):
            return  # another entry has imported it
        raise AppError(
            f"{entry}: a module called {entry.stem} exists already"
            f" ({getattr(taken, '__file__', None) or 'built in'}); rename this file"
        )
    if jac is not None and entry.suffix == ".jac":
        jac.load(entry)
    else:
        importlib.import_module(entry.stem)


def _find(source: Source, jac: "Jac | None") -> Iterator[Found]:
    for module in source.modules():
        file = str(module.__file__)
        if file.endswith(".jac"):
            for target, said, spec in jac.walkers(module) if jac else ():
                yield _found(target, said, file, source, language="jac", spec=spec, jac=jac)
        else:
            for target, said in python_walkers(module):
                yield _found(target, said, file, source, language="python")


def _found(
    target: Any,
    said: Declaration,
    file: str,
    source: Source,
    *,
    language: Any,
    spec: Any = None,
    jac: "Jac | None" = None,
) -> Found:
    name = target.__name__
    fields = fields_of(target)
    line = find_line(file, name)
    schedule, problems = None, []
    try:
        schedule = _schedule(said.schedule, spec)
    except ValueError as error:
        place = source.relative(file)
        problems = [AppProblem(walker=name, file=place, line=line, message=str(error))]
    info = WalkerInfo(
        name=name,
        kind="walker" if isinstance(target, type) else "function",
        language=language,
        doc=_doc(target),
        file=source.relative(file),
        line=line,
        fields=fields.infos,
        methods=said.methods,
        path=said.path if isinstance(said.path, str) else None,
        schedule=schedule,
        is_dynamic=spec is not None and _is_dynamic(spec),
    )
    run: Runner = run_python if jac is None else jac.run
    return Found(info, target, fields, run, tuple(problems))


def _is_dynamic(spec: Any) -> bool:
    from footfall.walkers.jac import is_static  # noqa: PLC0415 - only Jac has it

    return not is_static(spec)


def _schedule(declared: Any, spec: Any) -> dict[str, Any] | None:
    """Give the static schedule that a walker declares, None if it declares none.

    Raises:
        ValueError: it cannot be one. Whether its trigger makes sense is checked elsewhere.
    """
    if declared is not None and spec is not None:
        raise ValueError("the schedule is declared twice, by restspec and by @schedule")
    if spec is not None:
        from footfall.walkers.jac import jac_schedule  # noqa: PLC0415 - only Jac has it

        declared = jac_schedule(spec)
    if declared is None:
        return None
    if not isinstance(declared, dict):
        raise ValueError(f"schedule must be a dict, not {type(declared).__name__}")  # noqa: TRY004
    return {_key(key): _value(key, value) for key, value in declared.items()}


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError(f"schedule: the key {key!r} must be a string")  # noqa: TRY004
    return key


def _value(key: str, value: Any) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        kind = type(value).__name__
        raise ValueError(f"schedule: {key} must be a JSON value, not {kind}") from None


def _doc(target: Any) -> str:
    text = (target.__doc__ or "").strip()
    made_by_dataclass = isinstance(target, type) and text.startswith(f"{target.__name__}(")
    return "" if made_by_dataclass else text


def _by_name(walkers: Iterator[Found], source: Source) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for walker in walkers:
        info, other = walker.info, found.get(walker.info.name)
        if other is None:
            found[info.name] = walker
            continue
        raise AppError(
            f"{source.folder}: two walkers are called {info.name}:"
            f" {other.info.file}, line {other.info.line},"
            f" and {info.file}, line {info.line}; rename one"
        )
    return dict(sorted(found.items(), key=lambda item: (item[1].info.file, item[1].info.line)))
