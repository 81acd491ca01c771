import asyncio
import contextlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from footfall.walkers.call import WalkerCall
from footfall.walkers.declaration import Declaration, declared
from footfall.walkers.found import Walk
from footfall.walkers.source import own_values


def python_walkers(module: ModuleType) -> Iterator[tuple[Any, Declaration]]:
    """Give the classes and functions that `module` itself defines and declares as walkers."""
    for target in own_values(module):
        said = declared(target)
        if said is not None:
            yield target, said


def run_python(target: Any, args: dict[str, Any], call: WalkerCall) -> Walk:
    """Run a Python walker, see `Runner`; the call's root serialises runs and is else unused."""
    del call
    walk = Walk()
    try:
        if isinstance(target, type):
            walker = target(**args)
            if not hasattr(walker, "reports"):
                with contextlib.suppress(AttributeError, TypeError):  # frozen, or with slots
                    walker.reports = walk.reports
            outcome = walker.run
        else:
            walker, outcome = None, target
        try:
            _collect(outcome() if walker is not None else outcome(**args), walk)
        finally:
            own = getattr(walker, "reports", None)
            if isinstance(own, list) and own is not walk.reports:
                walk.reports[:0] = own
    except BaseException as error:  # noqa: BLE001 - sys.exit included: it must not end the host
        walk.error = error
    return walk


def _collect(result: Any, walk: Walk) -> None:
    if inspect.isgenerator(result):
        result = _exhausted(result, walk)
    elif inspect.iscoroutine(result) or inspect.isasyncgen(result):
        result = asyncio.run(_awaited(result, walk))
    if result is not None:
        walk.reports.append(result)


def _exhausted(generator: Any, walk: Walk) -> Any:
    """Report what `generator` yields, and give what it returns."""
    while True:
        try:
            walk.reports.append(next(generator))
        except StopIteration as end:
            return end.value


async def _awaited(result: Any, walk: Walk) -> Any:
    if inspect.iscoroutine(result):
        return await result
    async for report in result:
        walk.reports.append(report)
    return None
