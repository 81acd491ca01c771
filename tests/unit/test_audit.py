import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SPEC = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
assert SPEC is not None
assert SPEC.loader is not None
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

FINE = {"name": "httpx", "version": "0.28", "vulns": []}
SKIPPED = {"name": "motor", "skip_reason": "Dependency not found on PyPI"}
FLAWED = {
    "name": "jinja2",
    "version": "3.1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"], "aliases": [], "description": ""}],
}


@pytest.mark.parametrize(
    ("found", "code", "says"),
    [
        ([FINE], 0, "1 packages, none of which is known"),
        ([FINE, FLAWED], 1, "jinja2 3.1.0: PYSEC-1, mended in 3.1.6"),
        (
            [FLAWED, SKIPPED],
            1,
            "the database of vulnerabilities did not answer for 1 of 2",
        ),
        ([FINE, SKIPPED], 2, "NOT AUDITED"),
        ([], 2, "NOT AUDITED"),
    ],
)
def test_a_report_is_judged(found: list[Any], code: int, says: str) -> None:
    given, text = audit.verdict({"dependencies": found, "fixes": []})
    assert given == code
    assert says in text


def test_what_pip_audit_cannot_do_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text("#!/bin/sh\necho 'Traceback' >&2\necho 'no network' >&2\nexit 1\n")
    program.chmod(0o755)
    assert audit.main(str(program), "constraints.txt") == 2
    assert "NOT AUDITED" in capsys.readouterr().out
    report = json.dumps({"dependencies": [FINE], "fixes": []})
    program.write_text(f"#!/bin/sh\necho '{report}'\n")
    assert audit.main(str(program), "constraints.txt") == 0
