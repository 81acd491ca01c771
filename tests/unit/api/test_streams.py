import pytest

from api.streams import Streams
from footfall.config import LimitSettings
from footfall.errors import TooManyStreamsError

MOST_STREAMS, MOST_OF_ONE = LimitSettings().streams, LimitSettings().user_streams


def test_one_user_leaves_places_for_others() -> None:
    streams = Streams(most=MOST_STREAMS, most_of_one=MOST_OF_ONE)
    for _ in range(MOST_OF_ONE):
        streams.enter("ada")
    with pytest.raises(TooManyStreamsError, match=f"You have {MOST_OF_ONE} streams open"):
        streams.enter("ada")
    streams.enter("bob")
    streams.leave("ada")
    streams.enter("ada")
    with pytest.raises(TooManyStreamsError):
        streams.enter("ada")


def test_a_process_has_so_many_streams_and_no_more() -> None:
    streams = Streams(most=MOST_STREAMS, most_of_one=MOST_OF_ONE)
    for number in range(MOST_STREAMS):
        streams.enter(f"user-{number}")
    with pytest.raises(TooManyStreamsError, match=f"{MOST_STREAMS} streams are open"):
        streams.enter("ada")
    streams.leave("user-7")
    streams.enter("ada")
    assert MOST_OF_ONE < MOST_STREAMS
