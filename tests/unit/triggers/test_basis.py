from datetime import UTC, datetime
from typing import Any

import pytest

from footfall.triggers import basis_of, compile_trigger, parse, present_bases
from footfall.triggers.zone import zone_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
UTC_CRON = {"trigger": "cron", "hour": 9}


def basis(**config: Any) -> int:
    return basis_of(compile_trigger(parse(config), NOW))


def test_what_hangs_on_neither_zones_nor_holidays_has_one_basis() -> None:
    plain = basis(**UTC_CRON)
    assert plain == basis(trigger="interval", hours=1, timezone="Europe/Berlin")
    assert plain == basis(trigger="date", run_date="2031-01-01")


@pytest.mark.parametrize(
    "config",
    [
        {"timezone": "Europe/Berlin"},
        {"exclude": {"holidays": "DE"}},
        {"timezone": "Asia/Tokyo", "exclude": {"holidays": "DE"}},
    ],
)
def test_zones_and_holidays_each_change_it(config: dict[str, Any]) -> None:
    found = basis(**UTC_CRON, **config)
    assert found != basis(**UTC_CRON)
    assert found in present_bases()
    assert len(present_bases()) == 4


def test_local_days_and_dates_hang_on_zones_too() -> None:
    zoned = basis(**UTC_CRON, timezone="Europe/Berlin")
    zone = {"timezone": "Asia/Tokyo"}
    assert basis(trigger="interval", hours=1, exclude={"weekdays": "sun"}, **zone) == zoned
    assert basis(trigger="date", run_date="2031-01-01", **zone) == zoned


@pytest.mark.parametrize("name", ["Nowhere/Land", "../zones", "europe/berlin", "Factory"])
def test_only_names_of_the_database_are_zones(name: str) -> None:
    with pytest.raises(KeyError):
        zone_of(name)


def test_a_zone_knows_its_name() -> None:
    assert zone_of("Europe/Berlin").key == str(zone_of("Europe/Berlin")) == "Europe/Berlin"
