"""What the pages say is done: files are written, commands typed, and what they print compared."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.pages import FOLLOWED, assert_shown, blocks
from support.processes import EXAMPLE_APP, footfall, ready
from support.reader import Reader


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    one = Reader(tmp_path)
    try:
        yield one
    finally:
        await one.close()


@pytest.fixture(scope="module")
async def beside_dev(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reader]:
    """A reader beside `make dev`."""
    one = Reader(tmp_path_factory.mktemp("pages"))
    options = [f"--{name}-port={one.ports[name]}" for name in ("api", "temporal", "ui")]
    async with footfall("dev", f"--app={EXAMPLE_APP}", *options, tmp_path=one.folder) as running:
        await ready(f"http://127.0.0.1:{one.ports['api']}", running=running)
        await running.shows("Footfall is ready")
        yield one


@pytest.mark.timeout(900)
async def test_the_tutorial_and_the_pages_that_go_on_from_it_are_true(reader: Reader) -> None:
    # One start reads the code of all; that schedules are found again, test_dev.py asks.
    for page in ("tutorial", "jac-walkers", "python-walkers", "exactly-once"):
        await reader.prepare(f"docs/{page}.md")
    for page in FOLLOWED[:-1]:
        await reader.follow(page)
    assert reader.did == 64


async def test_every_command_of_the_page_prints_what_stands_there(beside_dev: Reader) -> None:
    await beside_dev.follow(FOLLOWED[-1])
    assert beside_dev.did == 20


async def test_every_program_of_the_page_prints_what_stands_there(beside_dev: Reader) -> None:
    token = (await beside_dev.typed("footfall token --user ada")).strip()
    programs, printed = [""], [""]
    for block in blocks("docs/client.md"):
        if block.language == "python":
            # The second program stands for itself.
            if block.text.startswith("import asyncio"):
                programs.append("")
                printed.append("")
            programs[-1] += block.text
        else:
            printed[-1] += block.text
    assert len(programs) == 2
    for number, (program, told) in enumerate(zip(programs, printed, strict=True)):
        file = beside_dev.folder / f"program{number}.py"
        file.write_text(beside_dev.here(program))
        output = await beside_dev.typed(f"FOOTFALL_TOKEN={token} {sys.executable} {file}")
        assert_shown(told, output)
