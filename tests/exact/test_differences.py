import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from exact.differences import DIFFERENCES, REFUSALS, Difference, differs
from exact.entries import crontab_entries, fields_entries
from exact.oracle import OracleRefusesError, oracles_of

from footfall.triggers import compile_config, next_times

DOCUMENT = Path(__file__).parents[2] / "docs" / "times.md"
START = datetime(2026, 11, 24, tzinfo=UTC)


def rows(table: str) -> list[str]:
    """Give the first cells of a table of the document, which follows a comment of that name."""
    text = DOCUMENT.read_text().split(f"<!-- table: {table} -->")[1]
    return re.findall(r"^\| \*\*(.+?)\*\* \|", text.strip().split("\n\n")[0], re.MULTILINE)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda one: one.name)
def test_a_known_difference_is_one(difference: Difference) -> None:
    config = {"trigger": "cron", "cron": difference.example}
    assert differs(difference.oracle, config) is difference
    naive = START.replace(tzinfo=None)
    ours = [at.replace(tzinfo=None) for at in next_times(compile_config(config, START), START, 8)]
    second = timedelta(seconds=1)
    said = {}
    for oracle in oracles_of(config):
        try:
            said[oracle.name] = oracle.first(8, naive + second, naive + timedelta(days=3650))
        except OracleRefusesError:
            said[oracle.name] = []
    assert said.pop(difference.oracle) != ours
    assert list(said.values()) == [ours]


def test_the_document_names_every_difference_and_no_other() -> None:
    assert rows("differences") == [one.name for one in DIFFERENCES]


def test_the_document_names_every_refusal_and_no_other() -> None:
    assert rows("refusals") == [one.name for one in REFUSALS]


def test_every_refusal_is_in_the_corpus() -> None:
    seen = {entry.refused for entry in crontab_entries() + fields_entries()}
    assert seen - {None} == {one.name for one in REFUSALS}
