"""docs/scale.md shows what its script reckons, and the script reckons right."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "scripts" / "scale.py"


def reckoned(*arguments: str) -> str:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_page_has_the_tables_of_the_script() -> None:
    page = (ROOT / "docs" / "scale.md").read_text()
    tables = reckoned().strip().split("\n\n")
    assert len(tables) == 2
    for table in tables:
        assert table in page


@pytest.mark.parametrize(("light", "writes"), [((), "900"), (("--light",), "600")])
def test_another_load_can_be_asked_for(light: tuple[str, ...], writes: str) -> None:
    table = reckoned("--schedules=5000", "--runs=100", *light)
    assert "| schedules | 5,000 |" in table
    assert f"| writes to Temporal's database per second | {writes} |" in table


def test_a_queue_is_as_late_as_arithmetic_says() -> None:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from scale import crowded, on_the_hour  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    late = crowded([100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], 10)
    assert late.most == pytest.approx(10)
    assert late.p50 == pytest.approx(4.6)
    assert sum(on_the_hour(7200, share=0.25)) == 7200
    assert on_the_hour(7200, share=0.25)[0] == 1800 + 1
