# ruff: noqa: PLC0415 - as in the commands, what is not needed is not imported.
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far something is; nowhere else, where it would stand in logs.

    Args:
        what: is being done.
        total: steps; None where nobody knows how far it is, but only that it goes on.

    Yields:
        what takes how many steps are done.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from footfall.cli.tables import console

    counted = () if total is None else (MofNCompleteColumn(),)
    columns = (TextColumn("{task.description}"), BarColumn(), *counted, TimeElapsedColumn())
    with Progress(*columns, console=console(to_stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done: shown.update(task, completed=done)
