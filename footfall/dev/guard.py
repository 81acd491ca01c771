import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from footfall.dev.guardian import kill_sessions

_HERE = Path(__file__).parent

# Isolated and without site-packages: these scripts start in some milliseconds.
_PYTHON = (sys.executable, "-I", "-S")


class Guard:
    """A guardian process, which kills the guarded sessions should this process die.

    That covers `kill -9` of the supervisor, and grandchildren: whatever stays in the session of
    a child.
    """

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [*_PYTHON, str(_HERE / "guardian.py")],
                stdin=reading,
                # A group of its own, so that what kills ours spares it.
                start_new_session=True,
            )
        finally:
            os.close(reading)

    @property
    def fd(self) -> int:
        """The file descriptor that a guarded command must inherit."""
        return self._writing

    def guarded(self, command: list[str]) -> list[str]:
        """Give the command that runs `command` under the guardian's care."""
        return [*_PYTHON, str(_HERE / "launch.py"), str(self._writing), *command]

    def kill(self, session: int) -> None:
        """Kill what is left of a session, and let the guardian forget it."""
        kill_sessions({session})
        with suppress(OSError):
            os.write(self._writing, b"-%d\n" % session)

    def close(self) -> None:
        """End the guardian, which kills every session that is left."""
        os.close(self._writing)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
