"""Triggers from everywhere in the grammar, for Hypothesis."""

from typing import Any

from hypothesis import strategies as st

ZONES = ("UTC", "Europe/Berlin", "america/new_york", "Australia/Lord_Howe", "EST", "Asia/Kolkata")


def _choice(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def _numeric(low: int, high: int) -> st.SearchStrategy[str]:
    value = st.integers(low, high)
    ends = st.tuples(value, value).map(sorted)
    step = st.integers(1, high - low)
    return st.one_of(
        value.map(str),
        step.map("*/{}".format),
        ends.map(lambda of: f"{of[0]}-{of[1]}"),
        st.tuples(ends, step).map(
            lambda of: (
                f"{of[0][0]}-{of[0][1]}/{min(of[1], max(of[0][1] - of[0][0], 1))}"
                if of[0][0] < of[0][1]
                else str(of[0][0])
            )
        ),
    )


def _listed(term: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return _choice("*") | st.lists(term, min_size=1, max_size=3).map(",".join)


MINUTES = _listed(_numeric(0, 59))
HOURS = _listed(_numeric(0, 23))
MONTHS = _listed(_numeric(1, 12) | _choice("jan", "mar-jul"))
DATES = _choice("2027-12-24", {"from": "2027-12-24", "to": "2028-01-01"}, ["2028-02-29"])
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "timezone": st.sampled_from(ZONES),
    "start_at": _choice("2026-12-01", "2027-06-05T10:00:00+02:00", "1999-01-01T00:00"),
    "end_at": _choice("2029-03-01", "2099-12-31T23:59:59Z"),
    "exclude": st.fixed_dictionaries(
        {"weekdays": _choice("sat", ["sun", "mon"])},
        optional={"dates": DATES, "holidays": _choice("de-be", ["LK", "US-CA"], "IN")},
    ),
    "jitter": st.integers(0, 86_400),
}
CLOCK_OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "dst_gap": _choice("run", "skip"),
    "dst_overlap": _choice("once", "twice"),
}

CRONTAB_STRINGS = st.tuples(
    MINUTES,
    HOURS,
    _listed(_numeric(1, 31) | _choice("L")),
    MONTHS,
    _listed(_numeric(0, 7) | _choice("fri", "5L", "5#2", "sun#5", "mon-fri")),
).map(" ".join) | _choice("@yearly", "@monthly", "@weekly", "@daily", "@hourly", "*/90 * * * *")
CRONTABS = st.fixed_dictionaries(
    {"trigger": st.just("cron"), "cron": CRONTAB_STRINGS}, optional=OPTIONS | CLOCK_OPTIONS
)
FIELD_VALUES = {
    "year": _listed(_numeric(2020, 2100)) | _choice("*/2", "*/7", 2027),
    "month": MONTHS,
    "day": _listed(_numeric(1, 31) | _choice("last", "2nd fri", "last sun", "5th mon")),
    "week": _listed(_numeric(1, 53)),
    "day_of_week": _listed(_numeric(0, 6) | _choice("fri", "mon-fri", "sat-sun")),
    "hour": HOURS,
    "minute": MINUTES,
    "second": MINUTES,
}
FIELDS = st.fixed_dictionaries(
    {"trigger": st.just("cron")},
    optional={**FIELD_VALUES, **OPTIONS, **CLOCK_OPTIONS},
).filter(lambda config: any(name in config for name in FIELD_VALUES))
INTERVALS = st.fixed_dictionaries(
    {"trigger": st.just("interval"), "minutes": st.integers(1, 10_000)},
    optional={
        **OPTIONS,
        **dict.fromkeys(("weeks", "days", "hours"), st.integers(0, 2)),
        "seconds": st.integers(0, 59),
    },
)
