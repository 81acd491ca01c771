import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from footfall.schedules.live import PROGRESS_MESSAGE_LIMIT, Progress

# As in `current`: a walker may tell its progress from any thread that it starts.
_files: list[Path] = []
_lock = threading.Lock()


def progress(fraction: float, message: str = "") -> None:
    """Tell how far the calling walker is; whoever looks at its run sees what was told last.

    Where no run is under way, as in a test of the walker, nobody listens and nothing happens.

    Args:
        fraction: 0 at the beginning, 1 at the end.
        message: what is being done; of a long one the beginning is kept.

    Raises:
        ValueError: the fraction is not between 0 and 1.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"progress() takes a fraction from 0 to 1, not {fraction!r}")
    # A lone surrogate has no place in JSON.
    text = str(message).encode("utf-8", "backslashreplace").decode()
    told = Progress(fraction=float(fraction), message=text[:PROGRESS_MESSAGE_LIMIT])
    with _lock:
        if not _files:
            return
        file = _files[-1]
        new = file.with_name(f"{file.name}.new")
        # A full disk must not fail a walker that could do without.
        with contextlib.suppress(OSError):
            new.write_text(told.model_dump_json(), encoding="utf-8")
            os.replace(new, file)  # noqa: PTH105 - said once a loop, perhaps


@contextlib.contextmanager
def telling(file: Path) -> Iterator[None]:
    """Make `progress` write into a file; it is replaced as a whole, and may be read at any time."""
    _files.append(file)
    try:
        yield
    finally:
        with _lock:
            _files.remove(file)


def read_progress(file: Path) -> Progress | None:
    """Give what was told last; None if nothing was."""
    try:
        return Progress.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
