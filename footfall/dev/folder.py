import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footfall.errors import ConfigurationError

LOCK_FILE = "lock"


@contextmanager
def locked_folder(path: Path) -> Iterator[Path]:
    """Make the data folder if it is missing, and hold it for this process alone.

    The lock ends with the process, however that ends.

    Raises:
        ConfigurationError: another process holds it, or it cannot be written.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {path} cannot be written: {error.strerror} (--data-dir)",
        ) from error
    try:
        _lock(lock, path)
        yield path
    finally:
        os.close(lock)


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 20).decode("ascii", "replace").strip() or "unknown"
        raise ConfigurationError(
            f"The data folder {path} is in use by another `footfall dev` (process {holder}); "
            "stop that one, or choose another folder with --data-dir.",
        ) from error
    os.truncate(lock, 0)
    os.write(lock, b"%d\n" % os.getpid())
