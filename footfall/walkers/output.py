import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from footfall.schedules.live import PIECE_BYTES


class StandardStreams:
    """The standard streams of a host process, and where its standard output goes.

    Outside of a run it goes where standard error goes. In a run it goes into a file, at the level
    of file descriptors: what subprocesses and C code print is caught too, and nothing is lost if
    the process is killed, since nothing is held back in a buffer.
    """

    def __init__(self) -> None:
        self._stdin = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        self._stderr = os.dup(2)
        os.set_inheritable(self._stderr, False)  # noqa: FBT003 - the standard library's signature
        self._writers = {"stdout": _writer(1), "stderr": _writer(2)}
        self.restore()

    def restore(self) -> bool:
        """Put all three streams back, and tell whether that is all there is to mend.

        If not, a walker has closed a stream that loggers and others may still hold.

        Raises:
            OSError: it even closed what they are restored from.
        """
        os.dup2(self._stdin, 0)
        os.dup2(self._stderr, 1)
        os.dup2(self._stderr, 2)
        intact = True
        for number, name in enumerate(self._writers, start=1):
            if _is_closed(self._writers[name]):
                self._writers[name] = _writer(number)
                intact = False
            setattr(sys, name, self._writers[name])
            setattr(sys, f"__{name}__", self._writers[name])  # the old one has a buffer
        return intact

    @contextlib.contextmanager
    def captured(self, file: Path) -> Iterator[None]:
        """Send standard output into `file`, until `restore`.

        Appending: the reader may shorten the file at any time, see `Recording`.
        """
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.dup2(descriptor, 1)
        os.close(descriptor)
        try:
            yield
        finally:
            with contextlib.suppress(AttributeError, OSError, ValueError):
                sys.stdout.flush()  # a walker may have put a stream of its own there


def _writer(descriptor: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.FileIO(descriptor, "wb", closefd=False),
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )


def _is_closed(writer: io.TextIOWrapper) -> bool:
    try:
        return writer.closed
    except ValueError:  # detached
        return True


def progress_file_of(output: Path) -> Path:
    """Give the file beside a run's output that holds what it last told of its progress."""
    return output.with_name(f"{output.name}.progress")


class Recording:
    """What a walker has printed: a file that the host process appends to and its owner bounds.

    Attributes:
        file: may be read while the walker runs; its first `limit` bytes do not change.
        progress_file: what the walker last told of its progress, if it did.
        cut: how many bytes were cut off because they exceeded the limit.
        last_cut: the last of those bytes, at most `PIECE_BYTES`.
    """

    def __init__(self, file: Path, limit: int) -> None:
        self.file = file
        self.progress_file = progress_file_of(file)
        self.limit = limit
        self.truncated = False
        self.cut = 0
        self.last_cut = b""

    def trim(self) -> None:
        """Cut off what exceeds the limit, so that an endless printer does not fill the disk."""
        with contextlib.suppress(FileNotFoundError):
            size = self.file.stat().st_size
            if size > self.limit:
                self.truncated = True
                begin = max(self.limit, size - PIECE_BYTES)
                data = self._read(begin, size - begin)
                self.last_cut = (self.last_cut + data)[-PIECE_BYTES:]
                self.cut += size - self.limit
                os.truncate(self.file, self.limit)

    def read(self) -> str:
        """Give the text: valid UTF-8, at most `limit` bytes."""
        self.trim()
        try:
            data = self.file.read_bytes()[: self.limit]
        except FileNotFoundError:
            return ""
        if self.truncated:  # the cut may have split a character
            data = data.decode("utf-8", "ignore").encode() if _split(data) else data
        text = data.decode("utf-8", "backslashreplace")
        encoded = text.encode()
        if len(encoded) > self.limit:  # escapes are longer than the bytes that they show
            self.truncated = True
            return encoded[: self.limit].decode("utf-8", "ignore")
        return text

    def read_from(self, position: int) -> bytes:
        """Give those of the first `limit` bytes that come after the first `position`, so far."""
        with contextlib.suppress(FileNotFoundError):
            return self._read(position, max(self.limit - position, 0))
        return b""

    def discard(self) -> None:
        """Remove the files."""
        self.file.unlink(missing_ok=True)
        self.progress_file.unlink(missing_ok=True)

    def _read(self, position: int, size: int) -> bytes:
        with self.file.open("rb") as file:
            file.seek(position)
            return file.read(size)


def _split(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.reason == "unexpected end of data"
    return False
