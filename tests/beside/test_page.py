"""What docs/migrating.md tells a reader to type is typed, and its code is what runs here."""

import asyncio
import re
import sys
from itertools import pairwise
from pathlib import Path

from support.jac_scale import APP, Beside
from support.processes import clean_environ
from support.taking_over import put
from typer.testing import CliRunner

from footfall.cli.commands import cli

PAGE = Path(__file__).parent.parent.parent / "docs" / "migrating.md"
JOBS = {
    "hourly": {"trigger": "interval", "interval": 3600},
    "function": {"walker_or_function": "rinse", "trigger": "interval", "interval": 60},
    "monday": {"trigger": "cron", "cron": "0 9 * * 0"},
}
VARYING = (
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>"),
    (r"\b[0-9a-f]{20}\b", "<id>"),
    (r"\b20\d\d-\d\d-\d\dT[\d:.]+\+00:00", "<instant>"),
    (r" +", " "),
)


def blocks() -> list[tuple[str, str]]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return [(language, text) for language, text in found]


def blurred(text: str) -> list[str]:
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text)
    return [line.strip() for line in text.strip().splitlines()]


async def typed(script: str, beside: Beside) -> str:
    """Give what a script prints; a command may say that a job cannot be taken over."""
    text = script.replace("http://127.0.0.1:8000", beside.footfall)
    text = text.replace("http://127.0.0.1:8100", beside.jac_scale)
    commands = Path(sys.executable).parent
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"export PATH={commands}:$PATH FOOTFALL_PROFILES=none\n{text}"),
        env=clean_environ({}),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode in (0, 1)
    return output.decode()


async def test_what_is_typed_prints_what_stands_there(beside: Beside) -> None:
    async with beside.signed_in("ada") as ada:
        await put(ada, **JOBS)
        exported, tried = "", 0
        found = blocks()
        for (language, script), (following, printed) in pairwise(found):
            if language != "bash":
                continue
            if following != "":
                exported += script
                continue
            output = await typed(exported + script, beside)
            assert blurred(output) == blurred(printed)
            tried += 1
        assert tried == 3
        assert (await ada.jac_scale.get("/jobs")).json()["data"]["total"] == 0


def test_its_code_is_what_is_run_here() -> None:
    (code,) = (text for language, text in blocks() if language == "jac")
    app = (APP / "main.jac").read_text()
    assert all(part.strip() in app for part in code.split("\n\n"))


def test_its_commands_have_the_options_that_it_names() -> None:
    named = re.findall(r"footfall (worker|api|import jac-scale)\b([^\n`|]*)", PAGE.read_text())
    wanted: dict[str, set[str]] = {}
    for command, options in named:
        wanted.setdefault(command, set()).update(re.findall(r"--[a-z-]+", options))
    wanted["import jac-scale"] |= set(re.findall(r"`(--[a-z-]+)", PAGE.read_text()))
    assert set(wanted) == {"worker", "api", "import jac-scale"}
    for command, options in wanted.items():
        told = CliRunner().invoke(cli, [*command.split(), "--help"], env={"COLUMNS": "200"})
        assert options <= set(re.findall(r"--[a-z-]+", told.output)), command
