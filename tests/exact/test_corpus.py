from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from exact.comparison import compare, named
from exact.differences import refusal_of
from exact.entries import Entry, crontab_entries, fields_entries
from exact.size import SEED_VARIABLE, seed, size
from exact.tally import Tally

from footfall.errors import InvalidInputError
from footfall.triggers import compile_trigger, ensure_fires, parse

type Record = Callable[[str, object], None]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIZE = size()
ENTRIES = crontab_entries() + fields_entries()
REFUSED = [entry for entry in ENTRIES if entry.refused]


def refusal(config: dict[str, Any]) -> str | None:
    """Give the message with which a trigger is refused, as creating a schedule would."""
    try:
        trigger = parse({"trigger": "cron", **config})
        ensure_fires(trigger, compile_trigger(trigger, NOW), NOW)
    except InvalidInputError as error:
        return str(error)
    return None


def test_the_corpus_is_large_and_all_of_it_distinct() -> None:
    assert len(crontab_entries()) >= 500
    assert len(fields_entries()) >= 200
    assert len({named(entry.config) for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SIZE.shards))
def test_the_corpus_fires_when_the_oracles_say(shard: int, record_property: Record) -> None:
    tally = Tally()
    for entry in ENTRIES[shard :: SIZE.shards]:
        if entry.refused is None:
            assert refusal(entry.config) is None
        tally.add(compare(entry.config, SIZE, seed()))
    record_property("exact", tally.dumped())
    assert not tally.mismatches, f"{SEED_VARIABLE}={seed()}"


@pytest.mark.parametrize("entry", REFUSED, ids=[named(entry.config) for entry in REFUSED])
def test_what_the_corpus_says_is_refused_is_refused_for_that_reason(entry: Entry) -> None:
    message = refusal(entry.config)
    assert message is not None
    reason = refusal_of(message)
    assert reason is not None
    assert reason.name == entry.refused
