"""`footfall apply` and `footfall export`, as an operator types them."""

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from support.api import api_settings, served_api
from support.ports import free_port

from footfall.tokens import issue_token
from worker.health import WorkerState

DECLARED = """
schedules:
  - name: hourly
    walker_name: greet
    trigger: interval
    hours: 1
  - name: party
    walker_name: greet
    trigger: date
    run_date: 2099-12-31T23:59:59
    timezone: Europe/Berlin
    args: {name: Ada}
"""

Footfall = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def footfall(
    address: str, app: str, worker: WorkerState, tmp_path: Path
) -> AsyncIterator[Footfall]:
    """The command line, with a token, beside an API that it can reach."""
    del worker
    settings = api_settings(address, app)
    now = datetime.now(UTC)
    token = issue_token(
        settings.jwt,
        user=f"carol-{uuid.uuid4().hex[:6]}",
        admin=False,
        lifetime=timedelta(hours=1),
        now=now,
    )
    async with served_api(settings) as url:

        async def run(*arguments: str, text: str = "", **environ: str) -> tuple[int, str, str]:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "footfall", *arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=tmp_path,
                env={**os.environ, "FOOTFALL_URL": url, "FOOTFALL_TOKEN": token, **environ},
            )
            out, err = await process.communicate(text.encode())
            assert process.returncode is not None
            return process.returncode, out.decode(), err.decode()

        yield run


async def test_what_is_declared_is_applied_and_exported(footfall: Footfall, tmp_path: Path) -> None:
    file = tmp_path / "schedules.yaml"
    file.write_text(DECLARED)
    code, out, _ = await footfall("apply", "-f", "schedules.yaml", "--dry-run")
    assert code == 0
    assert out.splitlines() == [
        "+ create hourly",
        "+ create party",
        "2 to create, 0 to change, 0 to delete, 0 unchanged; nothing was changed.",
    ]
    assert (await footfall("apply", "-f", "schedules.yaml"))[0] == 0
    code, out, _ = await footfall("export")
    assert code == 0
    exported = yaml.safe_load(out)["schedules"]
    assert [one["name"] for one in exported] == ["hourly", "party"]
    assert exported[1]["run_date"] == "2099-12-31T23:59:59"
    assert (await footfall("export", "-o", "again.yaml"))[0] == 0
    code, out, _ = await footfall("apply", "-f", "again.yaml", "--prune")
    assert out.splitlines()[-1].startswith("0 to create, 0 to change, 0 to delete, 2 unchanged")

    changed = DECLARED.split("  - name: party", maxsplit=1)[0].replace("hours: 1", "hours: 2")
    code, out, _ = await footfall("apply", "-f", "-", "--prune", text=changed)
    assert code == 0
    assert out.splitlines() == [
        "~ change hourly",
        "    hours: 1 -> 2",
        "- delete party",
        "0 to create, 1 to change, 1 to delete, 0 unchanged; 0 failed.",
    ]


CHAINED = """
schedules:
  - &hourly
    name: hourly
    walker_name: greet
    trigger: interval
    hours: 1
    tags: [1e1]
  - walker_name: greet
    name: after it
    trigger: after
    after: {name: hourly, on: [failed]}
    args: {name: "10:30"}
"""


async def test_keys_are_texts_and_what_looks_like_a_number_is_quoted_when_exported(
    footfall: Footfall,
) -> None:
    code, _, err = await footfall("apply", "-f", "-", text=CHAINED)
    assert (code, err.split(":")[1].strip()) == (2, "schedules.0.tags.0")
    quoted = CHAINED.replace("[1e1]", "['1e1', \"on\"]")
    code, out, err = await footfall("apply", "-f", "-", text=quoted)
    assert (code, err, out.splitlines()[:2]) == (0, "", ["+ create hourly", "+ create after it"])
    _, exported, _ = await footfall("export")
    code, out, _ = await footfall("apply", "-f", "-", "--prune", text=exported)
    assert out.splitlines()[-1].startswith("0 to create, 0 to change, 0 to delete, 2 unchanged")
    code, out, _ = await footfall("apply", "-f", "-", text=json.dumps(yaml.safe_load(exported)))
    assert out.splitlines()[-1].startswith("0 to create, 0 to change, 0 to delete, 2 unchanged")


async def test_what_is_wrong_is_said_in_lines(footfall: Footfall) -> None:
    bad = DECLARED.replace("hours: 1", "hours: -1")
    code, _, err = await footfall("apply", "-f", "-", text=bad)
    assert code == 2
    assert err.startswith("footfall: schedules.0.hours: ")
    for text, message in [
        ("schedules: [", "- cannot be understood: line 1, column 13: "),
        ("schedules:\n- {on: 1, on: 2}", "line 2, column 11: the key 'on' is given twice"),
        ("- 1", "the one key `schedules`"),
        ("schedules:", "the one key `schedules`, with a list"),
    ]:
        code, _, err = await footfall("apply", "-f", "-", text=text)
        assert code == 2
        assert message in err
        assert len(err.splitlines()) == 1
    code, _, err = await footfall("apply", "-f", "-", "--prune", text="schedules: []")
    assert (code, err.split(": ")[:2]) == (2, ["footfall", "schedules"])
    code, _, err = await footfall("apply", "-f", "missing.yaml")
    assert (code, "cannot be read" in err) == (2, True)
    code, _, err = await footfall("export", FOOTFALL_TOKEN="nonsense")
    assert (code, "footfall token" in err) == (4, True)
    code, _, err = await footfall("export", "-o", "missing/schedules.yaml")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "missing/schedules.yaml cannot be written" in err
    url = f"http://127.0.0.1:{free_port()}"
    code, _, err = await footfall("export", "--url", url)
    assert (code, f"No API answers at {url}" in err) == (5, True)
