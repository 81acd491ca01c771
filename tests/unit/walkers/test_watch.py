from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall import progress
from footfall.schedules.live import PIECE_BYTES, Progress
from footfall.walkers.output import Recording
from footfall.walkers.progress import telling
from footfall.walkers.watch import Watch


def watched(tmp_path: Path, limit: int = 65536) -> tuple[Watch, Recording]:
    recording = Recording(tmp_path / "output", limit)
    watch = Watch(attempt=2)
    watch.begin(recording)
    return watch, recording


def append(recording: Recording, data: bytes) -> None:
    with recording.file.open("ab") as file:
        file.write(data)


def test_nothing_is_seen_before_the_walker_begins() -> None:
    seen = Watch().look()
    assert (seen.walker_started_at, seen.text, seen.progress) == (None, "", None)


@given(pieces=st.lists(st.binary(max_size=12) | st.text("aé🚶\n", max_size=6).map(str.encode)))
def test_offsets_count_characters_of_the_text_that_is_kept(
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[bytes],
) -> None:
    watch, recording = watched(tmp_path_factory.mktemp("w"))
    seen = []
    for piece in pieces:
        append(recording, piece)
        seen.append(watch.look())
    whole = recording.read()
    for one in seen:
        assert whole[one.offset :].startswith(one.text)
    if seen:
        # At most an unfinished character is held back.
        assert len(whole) - len(seen[-1].text) - seen[-1].offset <= 3 * len("\\xff")


def test_the_latest_piece_is_bounded_and_begins_with_a_whole_character(tmp_path: Path) -> None:
    watch, recording = watched(tmp_path)
    append(recording, "é".encode() * 6000 + b"x")
    seen = watch.look()
    assert len(seen.text.encode()) <= PIECE_BYTES
    assert seen.text == "é" * (6001 - seen.offset - 1) + "x"


def test_what_exceeds_the_limit_is_seen_though_it_is_not_kept(tmp_path: Path) -> None:
    watch, recording = watched(tmp_path, limit=10)
    append(recording, b"0123456789abc")
    recording.trim()
    seen = watch.look()
    assert (seen.offset, seen.text) == (0, "0123456789abc")
    append(recording, b"def")
    recording.trim()
    seen = watch.look()
    assert (seen.offset, seen.text) == (0, "0123456789abcdef")
    append(recording, b"x" * 2 * PIECE_BYTES + b"end")
    recording.trim()
    seen = watch.look()
    assert (seen.offset, seen.text[-4:]) == (16 + PIECE_BYTES + 3, "xend")
    assert len(seen.text) == PIECE_BYTES
    assert recording.read() == "0123456789"


def test_progress_is_what_was_told_last(tmp_path: Path) -> None:
    watch, recording = watched(tmp_path)
    progress(0.1, "nobody listens")
    with telling(recording.progress_file):
        progress(0, "begun")
        assert watch.look().progress == Progress(fraction=0, message="begun")
        progress(1, "m" * 600 + "\ud800")
        told = watch.look().progress
        assert told is not None
        assert (told.fraction, told.message) == (1, "m" * 500)
        progress(0.5, "half \ud800")
        assert watch.look().progress is not None
    progress(0.9)
    found = watch.look().progress
    assert found is not None
    assert found.fraction == 0.5
    recording.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fraction", [-0.1, 1.01, float("nan"), float("inf")])
def test_progress_is_a_fraction(fraction: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        progress(fraction)


def test_a_full_disk_fails_no_walker(tmp_path: Path) -> None:
    with telling(tmp_path / "missing" / "progress"):
        progress(0.5)
