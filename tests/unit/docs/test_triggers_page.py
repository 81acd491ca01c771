"""What docs/triggers.md says of its examples is what Footfall says."""

import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from support.pages import DOCS

from footfall.errors import InvalidTriggerError
from footfall.triggers import (
    Trigger,
    compile_trigger,
    describe,
    ensure_fires,
    next_times,
    normalised,
    parse,
)

MADE = datetime(2027, 1, 1, tzinfo=UTC)
ROW = re.compile(r"^\| `(interval|cron|date)` \| `(\".*?)` \| (.+?) \|(?: (.+) \|)?$", re.MULTILINE)
ROWS = ROW.findall((DOCS / "triggers.md").read_text())
GOOD = [row for row in ROWS if row[3]]
BAD = [row[:3] for row in ROWS if not row[3]]


def firing(kind: str, options: str) -> Trigger:
    trigger = parse({"trigger": kind, **json.loads(f"{{{options}}}")})
    ensure_fires(trigger, compile_trigger(trigger, MADE), MADE)
    return trigger


def test_the_tables_are_read() -> None:
    assert (len(GOOD), len(BAD)) == (19, 11)


@pytest.mark.parametrize(("kind", "options", "words", "times"), GOOD)
def test_an_example_means_what_it_says(kind: str, options: str, words: str, times: str) -> None:
    trigger = firing(kind, options)
    assert describe(trigger) == words
    zone = ZoneInfo(normalised(trigger).get("timezone", "UTC"))
    found = next_times(compile_trigger(trigger, MADE), MADE, 2)
    shown = (f"{time.astimezone(zone):%a %-d %b %H:%M:%S}".removesuffix(":00") for time in found)
    assert ", ".join(shown) == times


@pytest.mark.parametrize(("kind", "options", "refusal"), BAD)
def test_a_refusal_says_what_the_page_does(kind: str, options: str, refusal: str) -> None:
    with pytest.raises(InvalidTriggerError) as refused:
        firing(kind, options)
    assert str(refused.value.message) == refusal
