# ruff: noqa: INP001, T201 - a script, which prints
"""Prints the versions, in this environment, of all that Footfall and its extras need."""

import sys
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Requirement("footfall[dev]")


def pinned(root: Requirement) -> dict[str, str]:
    """Give name and version of everything that `root` needs, itself left out."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [root]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed; run `make install` first")
        versions[name] = found.version
        for extra in ("", *wanted.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in found.requires or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    del versions[canonicalize_name(root.name)]
    return versions


if __name__ == "__main__":
    print("# What Footfall is built and tested with; `make constraints` writes this file.")
    for package, version in sorted(pinned(ROOT).items()):
        print(f"{package}=={version}")
