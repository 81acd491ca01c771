from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.rows import at, snapshot

from footfall.schedules.difference import difference
from footfall.schedules.event import ScheduleEvent

VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(0, 2), st.sampled_from([0.0, 1.0]), st.text("é0")
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner),
    max_leaves=4,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "args": st.dictionaries(st.sampled_from("abc"), VALUES),
        "tags": st.lists(st.sampled_from("pq"), max_size=2).map(tuple),
        "description": st.sampled_from(["", "d"]),
        "timeout": st.integers(1, 3),
    },
)


def event(*, paused: bool = False, note: str = "", **fields: Any) -> ScheduleEvent:
    config = fields.pop("config", {"trigger": "interval", "minutes": 5})
    seen = snapshot(note=note, **fields)
    walk = seen.walk.model_copy(update={"config": config})
    return ScheduleEvent.seen(
        seen.model_copy(update={"walk": walk, "paused": paused}),
        at=at(0),
    )


def shown(one: ScheduleEvent) -> dict[str, str]:
    walk = one.walk
    fields = {
        "tags": list(walk.tags),
        "description": walk.description,
        "timeout": walk.timeout,
        "paused": one.paused,
        "note": one.note,
        **walk.config,
        **{f"args.{name}": value for name, value in walk.args.items()},
    }
    # Sorted pairs, since the order of a dictionary is no difference.
    return {name: text(value) for name, value in fields.items()}


def text(value: Any) -> str:
    if isinstance(value, dict):
        return str(sorted((name, text(inner)) for name, inner in value.items()))
    if isinstance(value, list):
        return str([text(inner) for inner in value])
    return f"{type(value).__name__} {value!r}"


@given(FIELDS, FIELDS, st.booleans(), st.booleans())
def test_applying_a_difference_to_what_was_gives_what_is(
    old: dict[str, Any],
    new: dict[str, Any],
    was: bool,  # noqa: FBT001
    now: bool,  # noqa: FBT001
) -> None:
    before, after = event(paused=was, **old), event(paused=now, **new)
    nothing = text(None)
    applied = shown(before)
    for name, sides in difference(before, after).items():
        assert applied.get(name, nothing) == text(sides["before"])
        assert sides["before"] is not sides["after"]
        applied[name] = text(sides["after"])
    wanted = shown(after)
    for name in applied.keys() | wanted.keys():
        assert applied.get(name, nothing) == wanted.get(name, nothing)


@given(FIELDS)
def test_nothing_differs_from_itself(fields: dict[str, Any]) -> None:
    assert difference(event(**fields), event(**fields)) == {}


def test_a_trigger_is_compared_option_by_option() -> None:
    before = event(config={"trigger": "interval", "minutes": 30, "timezone": "UTC"})
    after = event(config={"trigger": "cron", "cron": "0 9 * * *", "timezone": "UTC"})
    assert difference(before, after) == {
        "trigger": {"before": "interval", "after": "cron"},
        "minutes": {"before": 30, "after": None},
        "cron": {"before": None, "after": "0 9 * * *"},
    }


def test_bookkeeping_is_no_difference_but_a_horizon_that_is_moved_on_is() -> None:
    before, after = event(), event(revision=2, horizon=at(0), created=5)
    assert difference(before, after) == {
        "horizon": {"before": None, "after": at(0).isoformat()},
    }
    assert difference(after, before) == {}


def test_equal_to_python_is_not_equal_to_a_walker() -> None:
    found = difference(event(args={"n": 1, "d": [1]}), event(args={"n": True, "d": [1.0]}))
    assert found.keys() == {"args.n", "args.d"}
