"""The board as it is served: its files, their headers, and that it needs nothing from elsewhere."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.app import build_app
from api.board.assets import Assets

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "api" / "board" / "assets"
NAMES = sorted(each.name for each in FOLDER.iterdir())
SCRIPTS = [name for name in NAMES if name.endswith(".js")]

EXPORTED = r"(?m)^export (?:async )?(?:const|function\*?|class) (\w+)"

# Names of XML vocabularies, which nobody asks for anything.
VOCABULARIES = {"http://www.w3.org/2000/svg"}


@pytest.fixture
def http() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(build_app(None))
    return httpx.AsyncClient(transport=transport, base_url="http://board")


def text_of(name: str) -> str:
    return (FOLDER / name).read_text()


def policy(answer: httpx.Response) -> dict[str, str]:
    parts = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


async def test_the_page_allows_itself_and_nothing_else(http: httpx.AsyncClient) -> None:
    page = await http.get("/", params={"schedule": "any", "q": "<script>"})
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert policy(page) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-cache"
    assert "<script>" not in page.text


async def test_the_page_has_no_code_and_no_style_within(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(?:style|on\w+)=", page) == []


async def test_each_file_is_served_to_be_kept(http: httpx.AsyncClient) -> None:
    page = (await http.get("/")).text
    named = re.findall(r'(?:href|src)="(board/[^"]+)"', page)
    assert {address.rpartition("/")[2] for address in named} == {
        name for name in NAMES if name != "index.html"
    }
    for address in named:
        answer = await http.get(f"/{address}")
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.content == (FOLDER / address.rpartition("/")[2]).read_bytes()
        kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
        assert answer.headers["Content-Type"].startswith(kind[address.rpartition(".")[2]])


async def test_what_did_not_change_is_not_sent_again(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    again = await http.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == page.headers["ETag"]
    assert (await http.get("/", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_the_head_of_the_page_is_its_head(http: httpx.AsyncClient) -> None:
    page, head = await http.get("/"), await http.head("/")
    assert (head.status_code, head.headers) == (200, page.headers)
    refused = await http.post("/")
    assert (refused.status_code, refused.json()["status"]) == (405, "error")


async def test_no_page_has_scripts_of_other_hosts(http: httpx.AsyncClient) -> None:
    for path in ("/docs", "/redoc"):
        assert (await http.get(path)).status_code == 404
    assert (await http.get("/openapi.json")).json()["openapi"]


async def test_a_file_of_another_release_is_not_kept(http: httpx.AsyncClient) -> None:
    answer = await http.get("/board/another/main.js")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    for name in ("nothing.js", "index.html", "..%2Fassets.py", "%2e%2e"):
        missing = await http.get(f"/board/another/{name}")
        assert (missing.status_code, missing.json()["status"]) == (404, "error"), name


def test_a_release_is_told_from_another_by_its_files() -> None:
    assert Assets.read() == Assets.read()
    assert re.fullmatch(r"[0-9a-f]{16}", Assets.read().release)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_of_another_host(name: str) -> None:
    found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w[\w./-]*", without_comments(name)))
    assert found <= VOCABULARIES
    assert "@import" not in text_of(name)


def without_comments(name: str) -> str:
    text = text_of(name)
    return re.sub(r"(?m)^\s*// .*$", "", text) if name.endswith(".js") else text


@pytest.mark.parametrize("name", SCRIPTS)
def test_text_never_becomes_markup_or_code(name: str) -> None:
    script = without_comments(name)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser"):
        assert word not in script
    found = r"\beval\(|new Function|createContextualFragment|srcdoc|localStorage"
    assert re.findall(found, script) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_import_names_a_file_and_what_it_has(name: str) -> None:
    for names, source in imports(text_of(name)):
        assert source in SCRIPTS, f"{name} imports {source}"
        had = set(re.findall(EXPORTED, text_of(source)))
        assert names <= had, f"{name} imports {names - had} of {source}"
        for each in names:
            assert len(re.findall(rf"\b{each}\b", text_of(name))) > 1, f"{name}: {each} is not used"


def imports(script: str) -> Iterator[tuple[set[str], str]]:
    for names, source in re.findall(r'import (?:\{([^}]*)\}|\* as \w+) from "\./([^"]+)"', script):
        yield {each.strip() for each in names.split(",") if each.strip()}, source


def test_every_script_is_imported_by_another() -> None:
    imported = {source for name in SCRIPTS for _, source in imports(text_of(name))}
    assert imported | {"main.js"} == set(SCRIPTS)


def test_the_wheel_has_the_files(tmp_path: Path) -> None:
    source = tmp_path / "source"  # what an earlier build left here would be packed as well
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("footfall", "workflows", "activities", "api", "worker"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "."]
    subprocess.run([*command, "--wheel-dir", tmp_path], cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {f"api/board/assets/{name}" for name in NAMES} <= held
