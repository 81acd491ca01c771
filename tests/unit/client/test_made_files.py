"""What is made of the API's description stands in the repository as it is made."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent


def made() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("openapi_script", ROOT / "scripts" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    found: dict[Path, str] = script.files()
    return found


MADE = made()


@pytest.mark.parametrize("path", MADE, ids=str)
def test_it_is_as_the_api_says(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == MADE[path], "run `make openapi`"
