import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNCUT = 10_000
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_TWO = 2
_WHOLE = {"SCHEDULE", "STATUS", "STARTED", "TOOK", "RUNS", "KIND"}
"""Columns that are short, or that people copy from."""
_STYLES = {
    "active": "green",
    "succeeded": "green",
    "completed": "dim",
    "paused": "yellow",
    "running": "cyan",
    "cancelled": "yellow",
    "failed": "red",
    "timed_out": "red",
    "terminated": "red",
}


def console(*, to_stderr: bool = False) -> Console:
    """Give where to print for people; what goes into a pipe is neither coloured nor cut."""
    stream = sys.stderr if to_stderr else sys.stdout
    width = None if stream.isatty() else _UNCUT
    return Console(
        stderr=to_stderr,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
    )


def printable(text: str) -> str:
    """Give text without what would steer the terminal; others' text is shown, too."""
    return "".join(one if one.isprintable() or one in "\n\t" else "�" for one in text)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Give a table; None shows as a dash, and a status in its colour."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    for row in rows:
        made.add_row(*(_cell(one) for one in row))
    return made


def facts(values: Mapping[str, Any]) -> Table:
    """Give names with their values, one below the other; what is None is left out."""
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in values.items():
        if value is not None:
            made.add_row(name, _cell(value))
    return made


def _cell(value: Any) -> Text:
    text = "-" if value is None else printable(str(value))
    return Text(text, style=_STYLES.get(text.split(" ", maxsplit=1)[0], ""))


def beginning(text: str, most: int = 60) -> str:
    """Give the first line of a text, and no more of it than so many characters."""
    line = text.partition("\n")[0]
    return line if len(line) <= most else f"{line[: most - 1]}…"


def ago(instant: str | None, now: datetime, units: int = _TWO) -> str | None:
    """Give how far an instant is from now, in so many units: `3 min ago`, `in 2 h 5 min`."""
    if instant is None:
        return None
    seconds = round((datetime.fromisoformat(instant).astimezone(UTC) - now).total_seconds())
    if seconds == 0:
        return "now"
    told = duration(abs(seconds), units)
    return f"in {told}" if seconds > 0 else f"{told} ago"


def duration(seconds: int, units: int = _TWO) -> str:
    """Give seconds in their largest units, and no more than so many of them."""
    parts: list[tuple[int, str]] = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append((count, unit))
    shown = [f"{count} {unit}" for count, unit in parts[:units] if count]
    return " ".join(shown) or "0 s"


def took(milliseconds: int | None) -> str | None:
    """Give how long a run took."""
    if milliseconds is None:
        return None
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < _UNITS[2][0] else duration(round(seconds))
