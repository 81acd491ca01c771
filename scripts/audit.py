# ruff: noqa: INP001, T201 - a script, which prints
"""Looks the pinned packages up among known vulnerabilities, by pip-audit.

    python scripts/audit.py PIP_AUDIT CONSTRAINTS

Exits with 0 where all were looked up and none is known to be vulnerable, with 1 where one is, and
with 2 where the database did not answer for all: pip-audit itself takes that for a success.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2


def verdict(report: Mapping[str, Any]) -> tuple[int, str]:
    """Give the exit code and what to say of pip-audit's report."""
    found = report["dependencies"]
    skipped = [one["name"] for one in found if "skip_reason" in one]
    bad = [one for one in found if one.get("vulns")]
    lines = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in "
        f"{', '.join(flaw['fix_versions']) or 'no release yet'}"
        for one in bad
        for flaw in one["vulns"]
    ]
    if skipped or not found:
        lines.append(
            f"NOT AUDITED: the database of vulnerabilities did not answer for {len(skipped)} of "
            f"{len(found)} packages. Run it where https://pypi.org can be reached.",
        )
    if bad:
        return VULNERABLE, "\n".join(lines)
    if lines:
        return UNKNOWN, "\n".join(lines)
    return CLEAN, f"{len(found)} packages, none of which is known to be vulnerable"


def main(pip_audit: str, constraints: str) -> int:
    """Run pip-audit, print what it found, and give the exit code."""
    command = [pip_audit, "--disable-pip", "--no-deps", "--progress-spinner", "off"]
    done = subprocess.run(  # noqa: S603 - what the Makefile gives
        [*command, "--format", "json", "--requirement", str(Path(constraints))],
        check=False,
        capture_output=True,
        text=True,
    )
    try:
        code, text = verdict(json.loads(done.stdout))
    except (ValueError, KeyError):
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        code = UNKNOWN
        text = f"NOT AUDITED: pip-audit failed, perhaps because it has no network: {last[0]}"
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
