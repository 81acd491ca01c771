"""Next runs that are written without models are what the models say."""

from collections.abc import Iterator

import pytest

from api.envelope import Envelope, body_with
from api.next_runs import next_runs_json
from api.schedule_views import NextRun, PreviewData
from footfall.triggers.clock import BEGIN, END, clock_of, utc
from footfall.triggers.zone import _names

ODD = (1, 59, 60, 3599, 3600, 43_200, 86_399)


def instants(timezone: str) -> Iterator[int]:
    """Give some before, at and after changes of clocks, and at the ends of what can be used."""
    yield from (BEGIN, BEGIN + 86_400, END - 1)
    for at in clock_of(timezone).starts[1::20]:
        yield from (at - 1, at, *(at + seconds for seconds in ODD))


@pytest.mark.parametrize("letter", sorted({name[0] for name in _names()}))
def test_they_are_what_the_model_says_in_zones_of_each_letter(letter: str) -> None:
    zones = [name for key, name in _names().items() if key.startswith(letter)]
    assert zones
    # Every third, since each is like its neighbours.
    for zone in zones[::3]:
        times = list(instants(zone))
        wanted = [NextRun.of(utc(at), zone).model_dump_json().encode() for at in times]
        assert list(next_runs_json(times, zone)) == wanted


def test_a_preview_is_what_its_model_says() -> None:
    times = [BEGIN, END - 1]
    data = PreviewData(
        next_runs=[NextRun.of(utc(at), "Europe/Berlin") for at in times],
        description='of "next_runs":[]',
        config={"next_runs": []},
        warnings=[],
    )
    wanted = Envelope[PreviewData](data=data)
    empty = Envelope[PreviewData](data=data.model_copy(update={"next_runs": []}))
    body = body_with(empty, "next_runs", next_runs_json(times, "Europe/Berlin"))
    assert body == wanted.model_dump_json().encode()
    with pytest.raises(ValueError, match="no empty next_runs"):
        body_with(wanted, "next_runs", [])
