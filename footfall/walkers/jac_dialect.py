"""What the scheduler guide writes and jaclang 0.16 does not understand by itself.

The guide imports ``server`` and ``builtin``, which are no modules; gives ``restspec`` the
arguments ``methods`` and ``schedule``, which jaclang's own refuses; and writes the trigger
``root`` in backticks, which jaclang compiles to a reference to the function of that name
instead of the class ``Root``. Each is made good before the app is loaded, and nothing else of
jaclang changes.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder
from types import FunctionType, ModuleType
from typing import Any

from footfall.walkers.declaration import mark
from footfall.walkers.source import Source


def speak_the_guide(source: Source) -> None:
    """Make jaclang in this process understand the guide; call it once, before the app loads."""
    # Here, since only host processes of Jac apps have jaclang; and untyped, as jaclang is.
    jaclib: Any = import_module("jaclang.jac0core.jaclib")
    builtin: Any = import_module("jaclang.runtimelib.builtin")
    root: type = import_module("jaclang.jac0core.archetype").Root

    builtin.restspec = _restspec(builtin.restspec)
    jaclib.set_trigger = _set_trigger(jaclib.set_trigger, jaclib.root, root)
    server = ModuleType("server", "What the scheduler guide imports from here.")
    server.restspec = builtin.restspec  # type: ignore[attr-defined]
    for name, module in (("server", server), ("builtin", builtin)):
        if not _has_own(source, name):
            sys.modules[name] = module


def _has_own(source: Source, name: str) -> bool:
    folders = {source.folder, *(entry.parent for entry in source.entries)}
    return any(
        (folder / f"{name}.jac").is_file() or (folder / name).is_dir() for folder in folders
    ) or bool(PathFinder.find_spec(name, [str(folder) for folder in folders]))


def _restspec(native: Callable[..., Any]) -> Callable[..., Any]:
    def restspec(
        *, methods: Any = None, path: str | None = None, schedule: Any = None, **rest: Any
    ) -> Callable[[Any], Any]:
        if path is not None:
            rest["path"] = path
        decorate = native(**rest)
        names = methods if methods is not None else rest.get("method")

        def decorator(target: Any) -> Any:
            return mark(decorate(target), methods=_names(names), path=path, schedule=schedule)

        return decorator

    return restspec


def _names(methods: Any) -> tuple[str, ...] | None:
    if methods is None:
        return None
    several = methods if isinstance(methods, list | tuple | set) else [methods]
    return tuple(str(getattr(method, "value", method)) for method in several)


def _set_trigger(native: Callable[..., Any], function: Any, root: type) -> Callable[..., Any]:
    def set_trigger(thunk: Any) -> Any:
        named = isinstance(thunk, FunctionType) and "root" in thunk.__code__.co_names
        return native(_resolving(thunk) if named else thunk)

    def _resolving(thunk: FunctionType) -> Callable[[], Any]:
        def trigger() -> Any:
            names = thunk.__globals__
            if names.get("root", function) is function:
                names = {**names, "root": root}
            resolved = FunctionType(
                thunk.__code__, names, thunk.__name__, thunk.__defaults__, thunk.__closure__
            )
            return resolved()

        return trigger

    return set_trigger
