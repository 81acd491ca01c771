"""`make docs` builds the site without a warning, and the site asks nobody else for anything."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.docs import SCRIPT, problems, rewritten
from support.pages import ROOT

ASKED = re.compile(
    r"<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=\"?(https?://[^\" >]+)"
)
IN_STYLES = re.compile(r"(?:url\(|@import )[\"']?(https?://[^\"')]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, str(SCRIPT), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder / "site"


def test_every_page_is_built(site: Path) -> None:
    built = {path.stem for path in site.glob("*.html")}
    assert built >= {path.stem for path in (ROOT / "docs").glob("*.md")} | {"readme", "security"}


def test_nothing_comes_from_elsewhere(site: Path) -> None:
    looked = 0
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        looked += 1
        text = path.read_text()
        assert ASKED.findall(text) + IN_STYLES.findall(text) == [], path.name
    assert looked > 40


def test_a_warning_is_a_problem(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site.parent / "pages", tmp_path / "pages")
    page = tmp_path / "pages" / "index.md"
    page.write_text(page.read_text().replace("](deploy.md)", "](deploy.md#nothing)"))
    assert "does not contain an anchor '#nothing'" in problems(tmp_path)


def test_a_link_to_nothing_stops_the_build() -> None:
    page = ROOT / "docs" / "index.md"
    assert rewritten("[a](../SECURITY.md#report)", page) == ("[a](security.md#report)", {})
    text, files = rewritten("[a](../docker-compose.yml)\n```\n[b](nothing.md)\n```\n", page)
    assert text.startswith("[a](files/docker-compose.yml)")
    assert list(files) == ["files/docker-compose.yml"]
    with pytest.raises(FileNotFoundError, match=r"docs/index\.md links to nothing\.md"):
        rewritten("[b](nothing.md)", page)
