"""What the pages of the command line and of the client print is typed and compared."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.ports import free_port
from support.processes import EXAMPLE_APP, footfall, ready
from support.shell import output_of
from support.waiting import until

DOCS = Path(__file__).parent.parent.parent / "docs"
BIN = Path(sys.executable).parent
MORE = "…"
VARYING = (
    (re.compile(r"\b[0-9a-f]{20}\b"), "<id>"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "<instant>"),
    (re.compile(r"\b(in )?\d+ (d|h|min|s)( \d+ (h|min|s))?( ago)?\b|\bnow\b"), "<when>"),
    (re.compile(r"\b\d+(\.\d)? s\b"), "<time>"),
    (re.compile(r"\b\d+ (schedules are seen|can be scheduled)"), r"<count> \1"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<address>"),
    (re.compile(r"[-.\w]*/?\.footfall\b"), "<data>"),
    (re.compile(r" +"), " "),
)


def blocks(page: str) -> list[tuple[str, str]]:
    """Give the blocks of a page, with their languages."""
    text = (DOCS / page).read_text()
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def blurred(text: str) -> list[str]:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return [line.strip() for line in text.strip().splitlines()]


def assert_shown(printed: str, output: str) -> None:
    """Assert that the lines that a page prints come one after the other, but for `MORE`."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == MORE else re.escape(line) + r"\n" for line in blurred(printed)
    )
    actual = "".join(f"{line}\n" for line in blurred(output))
    assert re.fullmatch(pattern, actual), f"{printed}\nis not\n{output}"


class Deployment:
    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder, self.ports = folder, ports

    def here(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.ports['api']}")

    async def typed(self, script: str) -> str:
        before = (
            f"export PATH={BIN}:$PATH FOOTFALL_PROFILES=none.toml\n"
            f"export FOOTFALL_TEMPORAL_ADDRESS=127.0.0.1:{self.ports['temporal']}\n"
        )
        return await output_of(self.here(before + script), self.folder)


@pytest.fixture(scope="module")
async def deployment(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Deployment]:
    folder = tmp_path_factory.mktemp("pages")
    ports = {name: free_port() for name in ("api", "temporal", "ui")}
    options = [f"--{name}-port={port}" for name, port in ports.items()]
    async with footfall("dev", f"--app={EXAMPLE_APP}", *options, tmp_path=folder) as running:
        await ready(f"http://127.0.0.1:{ports['api']}", running=running)
        await running.shows("Footfall is ready")
        yield Deployment(folder, ports)


async def test_every_command_of_the_page_prints_what_stands_there(deployment: Deployment) -> None:
    exported = ""
    tried = 0
    found = blocks("cli.md")
    for (language, script), (following, printed) in zip(
        found, [*found[1:], ("end", "")], strict=True
    ):
        if language != "bash":
            continue
        if following:
            # What it exports counts for all that follows.
            told = await deployment.typed(f"{exported}{script}\nenv")
            lines = re.findall(r"^FOOTFALL_(?:URL|TOKEN)=.+$", told, re.MULTILINE)
            exported = "".join(f"export {line}\n" for line in lines)
            continue

        async def shown(script: str = exported + script, printed: str = printed) -> None:
            assert_shown(printed, await deployment.typed(script))

        # What is read follows what was done, sooner or later.
        await _in_the_end(shown, reads=bool(re.search(r" (list|changes|show) ", script)))
        tried += 1
    assert tried == 16


async def _in_the_end(shown: object, *, reads: bool) -> None:
    assert callable(shown)
    if not reads:
        await shown()
        return
    problem = AssertionError()

    async def holds() -> bool:
        nonlocal problem
        try:
            await shown()
        except AssertionError as error:
            problem = error
            return False
        return True

    try:
        await until(holds, seconds=20, every=0.2)
    except AssertionError:
        raise problem from None


async def test_every_program_of_the_page_prints_what_stands_there(deployment: Deployment) -> None:
    token = (await deployment.typed("footfall token --user ada")).strip()
    programs, printed = [""], [""]
    for language, text in blocks("client.md"):
        if language == "python":
            # The second program stands for itself.
            if text.startswith("import asyncio"):
                programs.append("")
                printed.append("")
            programs[-1] += text
        else:
            printed[-1] += text
    assert len(programs) == 2
    for number, (program, told) in enumerate(zip(programs, printed, strict=True)):
        file = deployment.folder / f"program{number}.py"
        file.write_text(deployment.here(program))
        output = await deployment.typed(f"FOOTFALL_TOKEN={token} {sys.executable} {file}")
        assert_shown(told, output)
