from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.walks import a_walk

from footfall.schedules.difference import definition_difference
from footfall.schedules.flat import flat
from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ScheduledWalk

CRON = {"trigger": "cron", "cron": "0 9 * * *", "timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"revision": 9}, {}),
        ({"timeout": 9}, {"timeout": {"before": 300, "after": 9}}),
        ({"args": {"a": 1}}, {"args.a": {"before": None, "after": 1}}),
        ({"policies": Policies(max_runs=2)}, {"max_runs": {"before": None, "after": 2}}),
        (
            {"config": {"trigger": "interval", "hours": 1}},
            {
                "minutes": {"before": 30, "after": None},
                "hours": {"before": None, "after": 1},
            },
        ),
    ],
)
def test_a_difference_names_what_changed(change: dict[str, Any], expected: dict[str, Any]) -> None:
    walk = a_walk("app")
    assert definition_difference(walk, walk.model_copy(update=change)) == expected


walks = st.builds(
    lambda config, timeout, tags, policies: a_walk(
        "app", config=config, timeout=timeout, tags=tuple(tags), policies=policies
    ),
    st.sampled_from(
        [CRON, {"trigger": "interval", "minutes": 30}, {"trigger": "interval", "hours": 1}]
    ),
    st.integers(1, 3),
    st.lists(st.sampled_from("ab"), max_size=2),
    st.builds(Policies, priority=st.integers(1, 5)),
)


@given(before=walks, after=walks)
def test_the_later_definition_is_the_earlier_one_and_the_difference(
    before: ScheduledWalk, after: ScheduledWalk
) -> None:
    found = definition_difference(before, after)
    old, new = flat(before), flat(after)
    assert {name: values["after"] for name, values in found.items()} == {
        name: new.get(name) for name in found
    }
    rebuilt = {**old, **{name: values["after"] for name, values in found.items()}}
    assert {name: value for name, value in rebuilt.items() if name in new} == new
