"""docs/clocks.md names every place that reads the host's clock."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("footfall", "api", "activities", "worker", "workflows")
READS = {
    "utc_now",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}


def readers() -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READS
    }


def test_every_reader_of_the_clock_is_named() -> None:
    page = (ROOT / "docs" / "clocks.md").read_text()
    named = set(re.findall(r"`((?:footfall|api|activities|worker)/[\w/]+\.py)`", page))
    assert named == readers()


def test_no_workflow_reads_the_clock_of_its_host() -> None:
    assert not {path for path in readers() if path.startswith("workflows/")}
