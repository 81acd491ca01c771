from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from footfall.schedules.policy import (
    DEFAULT_CATCHUP,
    LONGEST_CATCHUP,
    OverlapPolicy,
    Policies,
    RetryPolicy,
)


def test_by_default_nothing_is_tried_again() -> None:
    assert Policies() == Policies(overlap=OverlapPolicy.SKIP, max_runs=None, priority=3)
    assert not RetryPolicy().tries_again(1, "ValueError")


def test_a_failure_is_tried_again_until_its_attempts_are_used_up() -> None:
    retry = RetryPolicy(max_attempts=3, non_retryable_errors=("KeyError",))
    assert [retry.tries_again(count, "ValueError") for count in (1, 2, 3, 4)] == [
        True,
        True,
        False,
        False,
    ]
    assert not retry.tries_again(1, "KeyError")


def test_pauses_grow_up_to_the_longest() -> None:
    retry = RetryPolicy(max_attempts=9, initial_interval=2, backoff=3, max_interval=50)
    assert [retry.pause(count).total_seconds() for count in (1, 2, 3, 4, 5)] == [2, 6, 18, 50, 50]
    assert RetryPolicy(backoff=1, initial_interval=7).pause(99) == timedelta(seconds=7)


@given(
    failures=st.integers(1, 10_000),
    initial=st.integers(1, 604_800),
    backoff=st.floats(1, 10),
    longest=st.integers(1, 604_800),
)
def test_a_pause_is_never_longer_than_the_longest_nor_shorter_than_the_one_before(
    failures: int, initial: int, backoff: float, longest: int
) -> None:
    retry = RetryPolicy(initial_interval=initial, backoff=backoff, max_interval=longest)
    before, after = retry.pause(failures), retry.pause(failures + 1)
    assert timedelta(0) < before <= after <= timedelta(seconds=longest)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"overlap": "sometimes"}, "overlap"),
        ({"catchup_window": 9}, "catchup_window"),
        ({"catchup_window": LONGEST_CATCHUP + 1}, "catchup_window"),
        ({"catchup_window": 10.5}, "catchup_window"),
        ({"max_runs": 0}, "max_runs"),
        ({"max_runs": True}, "max_runs"),
        ({"pause_on_failure": 0}, "pause_on_failure"),
        ({"pause_on_failure": 101}, "pause_on_failure"),
        ({"priority": 0}, "priority"),
        ({"priority": 6}, "priority"),
        ({"after_completion": "hide"}, "after_completion"),
        ({"retry": {"max_attempts": 0}}, "retry.max_attempts"),
        ({"retry": {"max_attempts": 101}}, "retry.max_attempts"),
        ({"retry": {"backoff": 0.5}}, "retry.backoff"),
        ({"retry": {"backoff": float("inf")}}, "retry.backoff"),
        ({"retry": {"initial_interval": 0}}, "retry.initial_interval"),
        ({"retry": {"max_interval": 604_801}}, "retry.max_interval"),
        ({"retry": {"non_retryable_errors": [""]}}, "retry.non_retryable_errors.0"),
        ({"retry": {"attempts": 2}}, "retry.attempts"),
    ],
)
def test_what_is_out_of_bounds_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Policies.model_validate(fields)
    (problem,) = [error for error in caught.value.errors() if error["type"] != "none_required"]
    assert ".".join(map(str, problem["loc"])) == field


def test_the_catchup_window_of_a_date_has_no_end() -> None:
    assert Policies().catchup_seconds("cron") == DEFAULT_CATCHUP
    assert Policies().catchup_seconds("date") == LONGEST_CATCHUP
    assert Policies(catchup_window=60).catchup_seconds("date") == 60
