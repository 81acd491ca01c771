import pytest

from footfall.cli.declarations import plan_lines, summary_line

FOLLOWED = {"code": "schedule_followed", "message": "Others run after it.", "details": {}}


def test_a_plan_is_told_in_lines() -> None:
    plan = [
        {
            "name": "one",
            "action": "change",
            "difference": {"tags": {"before": None, "after": ["ö"]}},
            "error": None,
        },
        {"name": "two", "action": "delete", "difference": {}, "error": FOLLOWED},
    ]
    assert list(plan_lines(plan)) == [
        "~ change one",
        '    tags: nothing -> ["ö"]',
        "- delete two",
        "    failed: Others run after it.",
    ]


@pytest.mark.parametrize(
    ("failed", "dry_run", "outcome"),
    [
        (0, False, "0 failed"),
        (2, False, "2 failed"),
        (0, True, "nothing was changed"),
        (2, True, "2 would fail, nothing was changed"),
    ],
)
def test_a_summary_says_what_failed_or_would_fail(
    failed: int, *, dry_run: bool, outcome: str
) -> None:
    counts = {"create": 1, "change": 2, "delete": 3, "unchanged": 4}
    line = summary_line({"counts": counts, "failed": failed}, dry_run=dry_run)
    assert line == f"1 to create, 2 to change, 3 to delete, 4 unchanged; {outcome}."
