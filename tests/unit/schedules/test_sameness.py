from typing import Any

import pytest
from support.walks import a_change, a_walk

from footfall.schedules.sameness import same


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (1, True, False),
        (0, None, False),
        ({"a": 1, "b": [1, {"c": True}]}, {"b": [1, {"c": True}], "a": 1}, True),
        ({"a": [1]}, {"a": [True]}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ((1, {"a": ()}), [1, {"a": []}], True),
        ("1", 1, False),
    ],
)
def test_same(old: Any, new: Any, is_same: bool) -> None:  # noqa: FBT001
    assert same(old, new) is is_same
    assert same(new, old) is is_same


def test_a_definition_differs_where_an_argument_is_of_another_type() -> None:
    one = a_walk("app", args={"n": 1})
    assert one.same_definition(one.changed(a_change()))
    assert not one.same_definition(one.model_copy(update={"args": {"n": True}}))
