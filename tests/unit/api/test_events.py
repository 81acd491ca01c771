from datetime import UTC, datetime

import pytest

from api.events import Events
from api.streams import Streams
from api.temporal_ui import TemporalUi
from footfall.projection.feed import Feed
from footfall.schedules.hook import NoticeKind
from footfall.schedules.notice import Notice
from footfall.tokens import Principal

KEPT = 10
ADA = Principal("ada")


def tell(feed: Feed, number: int, owner: str = "ada") -> None:
    feed.tell(
        Notice(
            id=str(number),
            kind=NoticeKind.FAILED,
            schedule_id="some",
            name=None,
            owner=owner,
            walker_name="boom",
            at=datetime.now(UTC),
            message="",
        )
    )


@pytest.fixture
def feed() -> Feed:
    return Feed(kept=KEPT)


@pytest.fixture
def events(feed: Feed) -> Events:
    return Events(
        feed,
        Streams(most=100, most_of_one=20),
        ui=TemporalUi(base="http://ui", namespace="default"),
    )


async def test_a_reader_who_is_too_slow_is_told_once_each_time(feed: Feed, events: Events) -> None:
    slow = events.follow(ADA, None)
    for _ in range(2):
        # More come than are kept, before it is asked for the next one.
        for number in range(KEPT + 2):
            tell(feed, number)
        heard = [await anext(slow) for _ in range(KEPT + 1)]
        assert [one.name for one in heard] == ["reset"] + ["notice"] * KEPT
        assert [one.data["id"] for one in heard[1:]] == [str(n) for n in range(2, KEPT + 2)]


async def test_what_is_dropped_while_the_reader_is_told_is_told_as_well(
    feed: Feed, events: Events
) -> None:
    slow = events.follow(ADA, "another-1")
    assert (await anext(slow)).name == "reset"
    for number in range(KEPT + 2):
        tell(feed, number)
    assert (await anext(slow)).name == "reset"
    assert (await anext(slow)).data["id"] == "2"


async def test_a_reader_who_comes_back_in_time_misses_nothing(feed: Feed, events: Events) -> None:
    last_id = feed.id_of(feed.number)
    for number in range(KEPT):
        tell(feed, number)
    assert (await anext(events.follow(ADA, last_id))).data["id"] == "0"
    tell(feed, KEPT)
    back = events.follow(ADA, last_id)
    reset = await anext(back)
    assert (reset.name, reset.id) == ("reset", feed.id_of(1))
    assert (await anext(back)).data["id"] == "1"


@pytest.mark.parametrize("digits", ["9" * 5000, "2", "", "-1", "1_0", "\u0661", " 1", "1\n"])
def test_what_is_no_number_of_an_event_is_unknown(feed: Feed, digits: str) -> None:
    tell(feed, 0)
    epoch = feed.id_of(1).partition("-")[0]
    assert feed.position(f"{epoch}-1") == 1
    assert feed.position(f"{epoch}-{digits}") is None
