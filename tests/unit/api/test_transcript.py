from hypothesis import given
from hypothesis import strategies as st

from api.transcript import Transcript

WHOLE = "".join(chr(ord("a") + n % 26) for n in range(60))


@given(ends=st.lists(st.integers(0, len(WHOLE))).map(sorted), width=st.integers(0, 20))
def test_whatever_pieces_are_seen_the_reader_has_all_of_it_once(
    ends: list[int],
    width: int,
) -> None:
    transcript, had = Transcript(), dict[int, str]()
    for end in ends:
        offset = max(end - width, 0)
        for at, text in transcript.heard(offset, WHOLE[offset:end]):
            had[at] = text
    for at, text in transcript.missing(WHOLE):
        assert at not in had
        had[at] = text
    assert "".join(text for _, text in sorted(had.items())) == WHOLE
