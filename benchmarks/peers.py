"""What users would take instead, each in a virtual environment of its own."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / ".peers"


def install(peer: str, required: Sequence[str]) -> Path:
    """Make the environment of a peer unless it is there, and give its folder of commands."""
    folder = FOLDER / peer
    marker, wanted = folder / "installed.txt", "\n".join(required)
    commands = folder / "bin"
    if not marker.is_file() or marker.read_text() != wanted:
        print(f"# installing {required[0]} into {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = (commands / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q")
        subprocess.run([*pip, *required], check=True, stderr=subprocess.DEVNULL)
        marker.write_text(wanted)
    return commands
