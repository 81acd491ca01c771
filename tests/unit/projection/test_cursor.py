from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import InvalidInputError
from footfall.projection.cursor import (
    decode_cursor,
    encode_cursor,
    instant_of,
    micros,
    place,
    place_from,
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
instants = st.datetimes(timezones=st.just(UTC))


@given(instants, texts)
def test_a_cursor_leads_back_to_its_place(instant: datetime, row_id: str) -> None:
    where = place(instant, row_id)
    assert decode_cursor("runs", encode_cursor("runs", where)) == where
    assert place_from(where) == (instant, row_id)
    with pytest.raises(InvalidInputError):
        decode_cursor("schedules", encode_cursor("runs", where))
    bound = encode_cursor("runs", where, of="some")
    assert decode_cursor("runs", bound, of="some") == where
    for of in ("", "other"):
        with pytest.raises(InvalidInputError):
            decode_cursor("runs", bound, of=of)


@given(st.tuples(instants, texts), st.tuples(instants, texts))
def test_places_sort_as_instant_then_id(
    one: tuple[datetime, str],
    other: tuple[datetime, str],
) -> None:
    assert (place(*one) < place(*other)) == (one < other)
    # MongoDB compares the bytes of the text.
    assert (place(*one).encode() < place(*other).encode()) == (one < other)


@given(instants)
def test_micros_are_exact(instant: datetime) -> None:
    assert instant_of(micros(instant)) == instant
    elsewhere = instant.replace(tzinfo=timezone(timedelta(hours=5, minutes=30)))
    if elsewhere.year > 1:
        assert micros(elsewhere) == micros(elsewhere.astimezone(UTC))


@given(st.text(max_size=40))
def test_any_other_text_is_invalid_input(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        decode_cursor("schedules", text)
    assert caught.value.problems[0].field == "cursor"
