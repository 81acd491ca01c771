from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from footfall.errors import FieldProblem, InvalidInputError, InvalidTriggerError

_LONGEST = 60


def quote(value: Any) -> str:
    """Show `value` in a message: short, printable, and safe for any value whatever."""
    if isinstance(value, bool | float) or value is None:
        return repr(value)
    if isinstance(value, int):
        # Python refuses to print integers of more than 4,300 digits.
        return str(value) if abs(value) < 10**18 else "a number with more than 18 digits"
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST else repr(value[:_LONGEST]) + "..."
    return f"a value of type {type(value).__name__}"


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """Join `words` as in a sentence: "a, b and c"."""
    *head, last = words
    return f"{', '.join(head)} {conjunction} {last}" if head else last


def did_you_mean(name: Any, known: Iterable[str]) -> str:
    """Ask " (did you mean 'cron'?)" where one of the known names is close to this one."""
    short = isinstance(name, str) and len(name) <= _LONGEST
    near = get_close_matches(name.lower(), known, n=1) if short else []
    return f" (did you mean {near[0]!r}?)" if near else ""


def raise_problems(problems: list[FieldProblem]) -> None:
    """Raise what is wrong, if anything is.

    Raises:
        InvalidTriggerError: one field is wrong.
        InvalidInputError: several fields are.
    """
    if len(problems) == 1:
        raise InvalidTriggerError(problems[0].field, problems[0].message)
    if problems:
        raise InvalidInputError(problems)
