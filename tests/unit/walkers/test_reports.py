import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from footfall.walkers.reports import bounded, jsonable

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=10,
)


class Model(BaseModel):
    x: int = 1


@pytest.mark.parametrize(
    ("value", "json_value"),
    [
        (None, None),
        (Model(), {"x": 1}),
        (float("nan"), "NaN"),
        ([float("-inf")], ["-Infinity"]),
        (frozenset({"a"}), ["a"]),
        ({"a": object}, {"a": "<class 'object'>"}),
        ({1: 2}, {"1": 2}),
    ],
)
def test_jsonable(value: object, json_value: object) -> None:
    assert jsonable(value) == json_value


@given(st.lists(ANYTHING), st.integers(2, 200))
def test_bounded_is_json_of_at_most_the_limit(reports: list[Any], limit: int) -> None:
    kept, truncated = bounded(reports, limit)
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    assert len(text.encode()) <= limit
    assert truncated == (len(kept) < len(reports))
    assert kept == [jsonable(report) for report in reports[: len(kept)]]
