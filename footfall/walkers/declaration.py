import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

_MARK = "__footfall_declaration__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What decorators said about a walker; nothing of it is checked yet."""

    methods: tuple[str, ...] = ()
    path: str | None = None
    schedule: Any = None


def walker[T](target: T) -> T:
    """Declare a class or a function as a walker.

    A class has fields (annotated attributes, as in a dataclass, which it becomes unless it has
    an ``__init__``) and a method ``run(self)``; a function's parameters are its fields. Both may
    be async. It reports what it returns unless that is None; a generator reports what it yields;
    and whatever ``run`` appended to ``self.reports`` comes first.

    Raises:
        TypeError: `target` is neither a function nor a class with a method ``run``.
    """
    return mark(target)


def restspec[T](
    *,
    methods: Sequence[str] | None = None,
    path: str | None = None,
    schedule: dict[str, Any] | None = None,
) -> Callable[[T], T]:
    """Declare a class or a function as a walker, and its static schedule.

    Args:
        methods: HTTP methods; kept for the catalogue, nothing is served.
        path: HTTP path; the same.
        schedule: the trigger, flat: ``{"trigger": "interval", "minutes": 5}``.
    """
    names = None if methods is None else tuple(str(method) for method in methods)
    return lambda target: mark(target, methods=names, path=path, schedule=schedule)


def mark[T](target: T, **said: Any) -> T:
    """Note on `target` what a decorator said; later decorators add to earlier ones."""
    if isinstance(target, type):
        _complete(target)
    elif not callable(target):
        raise TypeError(f"a walker is a class or a function, not {target!r}")
    known = declared(target) or Declaration()
    given = {key: value for key, value in said.items() if value is not None}
    setattr(target, _MARK, replace(known, **given))
    return target


def declared(target: object) -> Declaration | None:
    """Give what decorators said about `target` itself (not about a base class), or None."""
    found = vars(target).get(_MARK) if hasattr(target, "__dict__") else None
    return found if isinstance(found, Declaration) else None


def _complete(target: type) -> None:
    if hasattr(target, "_jac_entry_funcs_"):
        return  # a Jac walker has abilities in place of run(), and Jac makes it a dataclass
    if not callable(getattr(target, "run", None)):
        raise TypeError(f"walker {target.__name__} needs a method run(self)")
    if "__init__" not in vars(target) and target.__init__ is object.__init__:  # type: ignore[misc]
        dataclasses.dataclass(target)
