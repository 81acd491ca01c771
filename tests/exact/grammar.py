from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
POSITIONS = ("1st", "2nd", "3rd", "4th", "5th", "last")

type Text = SearchStrategy[str]


def _pair(low: int, high: int) -> SearchStrategy[tuple[int, int]]:
    value = st.integers(low, high)
    return st.tuples(value, value).map(lambda ends: (min(ends), max(ends)))


def _named_pair(names: tuple[str, ...]) -> Text:
    return _pair(0, len(names) - 1).map(lambda ends: f"{names[ends[0]]}-{names[ends[1]]}")


def _wide(low: int, high: int) -> SearchStrategy[tuple[int, int]]:
    return _pair(low, high).map(lambda of: of if of[0] < of[1] else (low, high))


def _terms(low: int, high: int) -> Text:
    # A step may not be longer than its range: APScheduler takes no such one.
    part = st.integers(1, 1000)
    return st.one_of(
        st.integers(low, high).map(str),
        st.integers(low, high).map(str),
        _pair(low, high).map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.integers(2, min(15, high - low)).map("*/{}".format),
        st.integers(1, high - low).map("*/{}".format),
        st.tuples(st.integers(low, high - 1), part).map(
            lambda of: f"{of[0]}/{1 + of[1] % (high - of[0])}"
        ),
        st.tuples(_wide(low, high), part).map(
            lambda of: "{}-{}/{}".format(*of[0], 1 + of[1] % (of[0][1] - of[0][0]))
        ),
    )


def _listed(term: Text, *, star: int) -> Text:
    """Give a star, in `star` of five, one term, or a few of them."""
    few = st.lists(term, min_size=2, max_size=4).map(",".join)
    return st.one_of(*[st.just("*")] * star, *[term] * (4 - star), few)


# Clocks are set at night, so most of what is drawn runs then.
_NIGHT = st.one_of(st.integers(0, 3).map(str), st.sampled_from(["23", "22", "0-5", "1,2", "2-3"]))
_CRONTAB_WEEKDAYS = st.one_of(
    _terms(0, 7),
    st.sampled_from(WEEKDAYS),
    st.sampled_from(["1-5", "mon-fri", "0", "7", "6,0", "MON-SAT", "tue-thu"]),
    st.sampled_from(["Sun-Tue", "SUN-FRI"]),
    st.integers(0, 7).map("{}L".format),
    st.tuples(st.integers(0, 7).map(str) | st.sampled_from(WEEKDAYS), st.integers(1, 5)).map(
        lambda of: f"{of[0]}#{of[1]}"
    ),
)
_UNUSUAL = st.sampled_from(
    ["? {} * * *", "0 22-{} * * *", "{} 0 15W * *", "{} 0 * * FRI-MON", "0 {} * NOV-FEB *"]
)

_USUAL = st.tuples(
    _listed(_terms(0, 59), star=1),
    _listed(_NIGHT, star=0) | _listed(_terms(0, 23), star=2),
    _listed(_terms(1, 31) | st.just("L"), star=3),
    _listed(_terms(1, 12) | st.sampled_from(MONTHS) | _named_pair(MONTHS), star=3),
    _listed(_CRONTAB_WEEKDAYS, star=2),
).map(" ".join)


@st.composite
def _crontabs(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 49)) == 31:
        return {"cron": draw(_UNUSUAL).format(draw(st.integers(0, 20)))}
    return {"cron": draw(_USUAL)}


CRONTABS = _crontabs()
"""Crontab strings: what crontab(5) knows, L, 5L and 5#2, and a few that have to be refused."""


def _values(term: Text, low: int, high: int, *, star: int) -> SearchStrategy[Any]:
    return st.one_of(_listed(term, star=star), st.integers(low, high))


def _fine(low: int, high: int) -> SearchStrategy[Any]:
    return _values(_terms(low, high), low, high, star=1)


_DAYS = st.one_of(
    _terms(1, 31),
    st.just("last"),
    st.tuples(st.sampled_from(POSITIONS), st.sampled_from(WEEKDAYS)).map(" ".join),
)
_FIELDS: dict[str, SearchStrategy[Any]] = {
    "year": st.sampled_from(["*", "*/2", "2004-2040", "2020-2035/3"]) | st.integers(2010, 2036),
    "month": _values(
        st.one_of(_terms(1, 12), st.sampled_from(MONTHS), _named_pair(MONTHS)), 1, 12, star=2
    ),
    "week": _values(_terms(1, 53), 1, 53, star=1),
    "day": _values(_DAYS, 1, 31, star=1),
    "day_of_week": _values(
        st.one_of(_terms(0, 6), st.sampled_from(WEEKDAYS), _named_pair(WEEKDAYS)), 0, 6, star=1
    ),
    "hour": st.one_of(_listed(_NIGHT, star=0), st.integers(0, 3), _fine(0, 23)),
    "minute": _fine(0, 59),
    "second": st.integers(0, 59) | st.integers(0, 59).map(str) | st.just("0,30"),
}
_SHAPES = """
hour; minute; hour minute; hour minute; hour minute second; minute second; hour second;
day; day hour; day hour minute; day minute; day hour minute second;
month; month day; month hour; month minute; month hour minute; month day hour;
month day hour minute; month day hour minute second; month day day_of_week;
month day day_of_week hour; month day_of_week; month day_of_week hour;
month day_of_week hour minute; day_of_week; day_of_week hour; day_of_week minute;
day_of_week hour minute; day_of_week hour minute second; day day_of_week;
day day_of_week hour; day day_of_week minute; day day_of_week hour minute;
week; week day_of_week; week day_of_week hour; week hour minute; week day hour; week month;
year; year month day; year month day hour minute; year day_of_week hour;
year week day_of_week hour; year hour minute; year day hour; year month hour minute
"""
_NAMES = [tuple(shape.split()) for shape in _SHAPES.split(";")]
_OFTEN = st.sampled_from(["*/5", "*/7", "*/10", "*/15", "*/30"])


@st.composite
def _configs(draw: st.DrawFn) -> dict[str, Any]:
    config = {name: draw(_FIELDS[name]) for name in draw(st.sampled_from(_NAMES))}
    if draw(st.integers(0, 149)) == 77:
        config["second"] = draw(_OFTEN)
    return config


FIELDS = _configs()
"""Named fields with APScheduler's grammar, in shapes that configurations have."""
