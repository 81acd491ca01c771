import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from exact.oracle import expanded


@dataclass(frozen=True, slots=True)
class Difference:
    """An oracle means something else than we do, and why we do not follow it.

    docs/times.md has the same list, by `name`.

    Attributes:
        name: what docs/times.md calls it.
        oracle: the library that differs.
        what: what it does.
        why: why we do otherwise.
        example: a crontab string for which it does.
        applies: whether it differs for the five fields of a crontab string.
    """

    name: str
    oracle: str
    what: str
    why: str
    example: str
    applies: Callable[[list[str]], bool]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is seen in practice, that an oracle may take, and that we refuse.

    Attributes:
        name: what docs/times.md calls it.
        words: what our message for it says.
        why: why it is refused rather than guessed.
    """

    name: str
    words: str
    why: str


DAY, WEEKDAY = 2, 4


def _star_and_day(parts: list[str]) -> bool:
    both = (parts[DAY], parts[WEEKDAY])
    return "*" not in both and any(part.startswith("*") for part in both)


def _is_nth(term: str) -> bool:
    return "#" in term or term.upper().endswith("L")


def _nth_and_others(parts: list[str]) -> bool:
    terms = parts[WEEKDAY].split(",")
    nth = [term for term in terms if _is_nth(term)]
    return bool(nth) and (len(nth) < len(terms) or parts[DAY] != "*")


def _weekday_step_to_sunday(parts: list[str]) -> bool:
    return any(re.fullmatch(r"\w+/\d+", term) for term in parts[WEEKDAY].split(","))


def _one_value_range(parts: list[str]) -> bool:
    return any(
        len(ends := term.split("-")) == 2 and ends[0].lower() == ends[1].lower()
        for part in parts
        for term in part.split(",")
    )


_ALL_WEEKDAYS = {"0-6", "0-7", "1-7", "sun-sat", "mon-sun", "mon-7", "sun-6", "0-sat", "1-sun"}


def _star_in_a_list(parts: list[str]) -> bool:
    _, *later = parts[DAY].split(",")
    weekdays = set(parts[WEEKDAY].lower().split(","))
    return any(term.startswith("*") for term in later) and bool(weekdays & _ALL_WEEKDAYS)


DIFFERENCES = (
    Difference(
        "star-and-day",
        "croniter",
        "takes day of month or day of week also where one of them begins with '*', as in '*/2'",
        "Debian's cron, like Vixie's, requires both as soon as one begins with '*'",
        "0 0 */2 * 5",
        _star_and_day,
    ),
    Difference(
        "star-in-a-list-of-days",
        "croniter",
        "takes a list of days with a later '*/2' and all weekdays, 0-6, for its days alone",
        "only a '*' at the beginning counts in Debian's cron; cronsim does as we do",
        "0 0 1,*/2 * 0-6",
        _star_in_a_list,
    ),
    Difference(
        "nth-weekday-and-others",
        "croniter",
        "takes '5#2' and '5L' neither beside plain weekdays nor beside a day of month",
        "they are weekdays like others: one of a list, and 'or' with the day of month",
        "0 0 1 * 5#2",
        _nth_and_others,
    ),
    Difference(
        "weekday-step-to-sunday",
        "croniter",
        "lets 'a/n' as day of week end on Saturday",
        "the field goes up to 7 in crontab(5), and 7 is Sunday: '5/2' is Friday and Sunday",
        "0 0 * * 5/2",
        _weekday_step_to_sunday,
    ),
    Difference(
        "range-of-one-value",
        "croniter",
        "takes 'a-a' for every value, once around",
        "in crontab(5) a range from a to a is a",
        "5-5 * * * *",
        _one_value_range,
    ),
)
"""Everything in which an oracle may differ from us; anything else is a mismatch."""

REFUSALS = (
    Refusal("wraps around", "wraps around", "oracles disagree; the message writes it in two"),
    Refusal("question mark", "has a '?'", "Quartz's, not crontab(5)'s; '*' says the same"),
    Refusal("nearest weekday", "nearest weekday", "no calendar of Temporal can say it"),
    Refusal("reboot", "no boot", "it is no time"),
    Refusal("unknown macro", "is no macro", "crontab(5) has no such macro"),
    Refusal("every", "is an interval; use trigger", "an interval says it, from its own start"),
    Refusal("number of fields", "must have five fields", "where seconds go differs by library"),
    Refusal("step of one value", "range of one value with a step", "oracles disagree"),
    Refusal("step of 0", "step of 0", "it means nothing"),
    Refusal("out of bounds", "is out of bounds", "no clock shows it"),
    Refusal("not understood", "is not understood", "it is outside the grammar"),
    Refusal("not possible", "is not possible", "APScheduler refuses it too, with the same words"),
    Refusal("beyond 2100", "goes beyond 2100", "Temporal's calendars end with 2100"),
    Refusal("never fires", "never fires", "no date matches; a dead schedule helps nobody"),
)
"""Every reason for which an expression of the corpus, or one that is drawn, may be refused."""


def differs(oracle: str, config: Mapping[str, Any]) -> Difference | None:
    """Give the known difference for which `oracle` is not asked about a trigger."""
    if "cron" not in config:
        return None
    parts = expanded(config["cron"]).split()
    known = (one for one in DIFFERENCES if one.oracle == oracle and one.applies(parts))
    return next(known, None)


def refusal_of(message: str) -> Refusal | None:
    """Give the documented reason that a message of ours states."""
    return next((one for one in REFUSALS if one.words in message), None)
