"""docs/reliability.md names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_test_that_is_named_is_there() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    file, missing, count = "", [], 0
    for named, test in re.findall(r"`(tests/[\w/]+\.py)?::(test_\w+)`", page):
        file = named or file
        count += 1
        path = ROOT / file
        text = path.read_text() if path.is_file() else ""
        if not re.search(rf"^(async )?def {test}\(", text, re.MULTILINE):
            missing.append(f"{file}::{test}")
    assert missing == []
    assert count > 40
