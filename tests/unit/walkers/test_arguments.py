from typing import Any

import pytest

from footfall.errors import InvalidInputError
from footfall.walkers.arguments import check_arguments
from footfall.walkers.catalogue import WalkerInfo
from footfall.walkers.fields import fields_of


def job(  # noqa: PLR0917 - one field of each kind
    many: int,
    names: list[str],
    at: "datetime.datetime",  # noqa: F821 - cannot be resolved: takes anything
    ratio: float = 1.5,
    note: str | None = None,
    free: Any = None,
) -> None: ...


def info(target: Any = job) -> WalkerInfo:
    return WalkerInfo(
        name="job",
        kind="function",
        language="python",
        file="app.py",
        line=1,
        fields=fields_of(target).infos,
    )


GOOD: dict[str, Any] = {"many": 1, "names": ["a"], "at": {"any": "thing"}}


@pytest.mark.parametrize(
    "more", [{}, {"ratio": 2}, {"note": None}, {"note": "x"}, {"free": [1, {}]}, {"many": 10**30}]
)
def test_good_arguments_pass(more: dict[str, Any]) -> None:
    check_arguments(info(), GOOD | more)


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"mani": 1}, "args.mani", "is not a field of job; its fields are many"),
        ({"rati": 1}, "args.rati", "did you mean ratio?"),
        ({"many": "1"}, "args.many", "must be of type int, not a string"),
        ({"many": True}, "args.many", "must be of type int, not a boolean"),
        ({"many": 1.5}, "args.many", "must be of type int, not a number"),
        ({"note": 3}, "args.note", "must be of type str | None, not an integer"),
        ({"names": "a"}, "args.names", "must be of type list[str], not a string"),
        ({"names": ["a", 2]}, "args.names", "names[1] is wrong"),
    ],
)
def test_wrong_argument_is_named_with_the_remedy(
    more: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_arguments(info(), GOOD | more)
    [problem] = caught.value.problems
    assert problem.field == field
    assert said in problem.message


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_arguments(info(), {"many": "x", "name": []})
    assert {problem.field: problem.message for problem in caught.value.problems} == {
        "args.name": "is not a field of job; did you mean names?",
        "args.many": "must be of type int, not a string",
        "args.names": "is required, of type list[str]",
        "args.at": "is required, of type datetime.datetime",
    }


def test_walker_without_fields() -> None:
    with pytest.raises(InvalidInputError, match="it has no fields"):
        check_arguments(info(lambda: None), {"x": 1})


@pytest.mark.parametrize(
    ("value", "good"),
    [("2026-01-02T03:04:05Z", True), ("2026-01-02", True), ("tomorrow", False), (5, False)],
)
def test_dates_are_checked(value: object, good: bool) -> None:  # noqa: FBT001 - a table
    import datetime as dt  # noqa: PLC0415 - so that `job` above cannot resolve it

    def dated(when: dt.datetime) -> None: ...

    if good:
        check_arguments(info(dated), {"when": value})
    else:
        with pytest.raises(InvalidInputError, match=r"args\.when"):
            check_arguments(info(dated), {"when": value})
