from collections.abc import Callable
from typing import Any

import pytest
from exact.comparison import compare, named
from exact.grammar import CRONTABS, FIELDS
from exact.size import SEED_VARIABLE, seed, size
from exact.tally import Tally
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as seeded

type Record = Callable[[str, object], None]

SIZE = size()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SIZE.shards))
def test_what_is_drawn_fires_when_the_oracles_say(shard: int, record_property: Record) -> None:
    tally, mismatches = Tally(), Tally()

    @seeded(seed() + shard)
    @settings(
        max_examples=SIZE.generated // SIZE.shards,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(FIELDS if shard % 2 else CRONTABS)
    def each(config: dict[str, Any]) -> None:
        if named(config) in tally.expressions | tally.refused:
            return
        found = compare(config, SIZE, seed())
        if found.mismatches:
            mismatches.add(found)
        else:
            tally.add(found)
        assert not found.mismatches, f"{SEED_VARIABLE}={seed()}"

    try:
        each()
    finally:
        tally.add(mismatches)
        record_property("exact", tally.dumped())
    assert tally.comparisons
