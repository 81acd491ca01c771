"""Walkers that tell all that they can find out about their process."""

import os
import sys
from pathlib import Path

from footfall import walker


@walker
def look() -> dict[str, object]:
    """Show the environment, as Python has it and as the process was started with."""
    print(dict(os.environ))
    return {
        "environ": dict(os.environ),
        "start": Path("/proc/self/environ").read_bytes().decode(errors="replace"),
        "arguments": sys.argv,
        "command": Path("/proc/self/cmdline").read_bytes().decode(errors="replace"),
    }


@walker
def fail() -> None:
    raise RuntimeError(dict(os.environ))
