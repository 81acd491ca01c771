"""CONTRIBUTING.md names targets, tests and pages that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text()


def test_all_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", PAGE)) <= targets
    named = re.findall(r"(?:tests/[\w/.]+|docs/[\w.]+md|\.ci/run)", PAGE)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
