import inspect
from collections.abc import Callable
from typing import Any


def with_groups(
    command: Callable[..., None], groups: dict[str, Callable[..., Any]]
) -> Callable[..., None]:
    """Give a command in which parameters are made of several options each.

    Args:
        command: takes a parameter of each group's name.
        groups: by the parameter, what makes its value; its own parameters become the command's.
    """
    own = inspect.signature(command, eval_str=True).parameters
    parts = {
        name: inspect.signature(make, eval_str=True).parameters for name, make in groups.items()
    }

    def grouped(**given: Any) -> None:
        made = {
            name: make(**{part: given.pop(part) for part in parts[name]})
            for name, make in groups.items()
        }
        command(**made, **given)

    shown = [one for name, one in own.items() if name not in groups]
    shown += [one for name in groups for one in parts[name].values()]
    keyword_only = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in shown]
    grouped.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined]
    grouped.__annotations__ = {one.name: one.annotation for one in keyword_only}
    grouped.__name__ = command.__name__
    grouped.__doc__ = command.__doc__
    return grouped
