import sys
import threading
from contextlib import suppress
from typing import TextIO


class Output:
    """Writes the lines of several processes to one stream, each with its process's name.

    Args:
        prefixed: False passes lines on as they are, for logs in JSON, which name the process.
    """

    def __init__(
        self,
        *,
        prefixed: bool = True,
        width: int = 8,
        stream: TextIO | None = None,
    ) -> None:
        self._prefixed = prefixed
        self._width = width
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """Write one line of a process."""
        self.write(f"{name:<{self._width}} | {text}" if self._prefixed else text)

    def write(self, text: str) -> None:
        """Write text as it is."""
        # A reader that went away, as with `| head`, is no reason to stop a schedule.
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(f"{text}\n")
            self._stream.flush()
