from pathlib import Path

import pytest

from footfall.walkers.output import Recording


@pytest.mark.parametrize(
    ("data", "limit", "text", "truncated"),
    [
        (b"", 10, "", False),
        (b"hello", 10, "hello", False),
        (b"hello", 5, "hello", False),
        (b"hello!", 5, "hello", True),
        ("aé".encode(), 2, "a", True),
        ("ééé".encode(), 4, "éé", True),
        (b"a\xffb", 10, "a\\xffb", False),
        (b"\xff" * 4, 8, "\\xff\\xff", True),
        (b"\xff" * 4, 4, "\\xff", True),
        (b"a\xff\xc3", 3, "a\\x", True),
    ],
)
def test_text_is_bounded_and_valid(
    tmp_path: Path,
    data: bytes,
    limit: int,
    text: str,
    truncated: bool,  # noqa: FBT001 - a table
) -> None:
    file = tmp_path / "output"
    file.write_bytes(data)
    recording = Recording(file, limit)
    assert recording.read() == text
    assert recording.truncated is truncated
    assert len(text.encode()) <= limit


def test_trimmed_while_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "output"
    recording = Recording(file, 10)
    with file.open("ab", buffering=0) as writer:
        for number in range(100):
            writer.write(b"%04d " % number)
            recording.trim()
            assert file.stat().st_size <= 10
    assert recording.read() == "0000 0001 "
    assert recording.truncated
    recording.discard()
    assert not file.exists()


def test_file_that_was_never_made(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "nothing", 10)
    recording.trim()
    assert recording.read() == ""
    recording.discard()
