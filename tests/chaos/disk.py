import os
import subprocess
from contextlib import suppress
from pathlib import Path

SIZE = "2m"


class SmallDisk:
    """A folder with little room, which can be filled: a file system in memory.

    Only root may mount one; for others `usable` is false, and nothing is ever full.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._filler = folder / "filler"
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        self.usable = made.returncode == 0

    def fill(self) -> None:
        """Leave not one byte."""
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT)
        try:
            with suppress(OSError):
                while os.write(descriptor, bytes(4096)):
                    pass
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)

    def remove(self) -> None:
        if self.usable:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)
