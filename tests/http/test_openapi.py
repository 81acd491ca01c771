"""What the OpenAPI document says, held against what the API does, by schemathesis.

FOOTFALL_ROUGH=long tries more, for minutes, and draws anew, as FOOTFALL_EXPLORE=1 does;
FOOTFALL_SEED is the seed of a run that is looked into.
"""

import asyncio
import os
import re
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support.api import api_settings, served_api
from support.processes import clean_environ

from footfall.tokens import issue_token
from worker.health import WorkerState

IS_LONG = os.environ.get("FOOTFALL_ROUGH") == "long"
DRAWS = IS_LONG or bool(os.environ.get("FOOTFALL_EXPLORE"))
SEED = os.environ.get("FOOTFALL_SEED") or str(secrets.randbelow(2**31) if DRAWS else 1)
TESTS = Path(__file__).parent.parent
CONFIG = TESTS / "support" / "schemathesis.toml"
STREAMS = "/events$|/tail$"
# Their bodies have hundreds of parts; the short form draws from them only.
LARGE = "/schedule/(create|bulk|preview|apply|{schedule_id})$"

DRAWN = ["--phases", "examples,fuzzing,stateful"]
EACH_PART = ["--phases", "coverage"]
TRIED = (
    {"drawn": [*DRAWN, "--max-examples", "200"], "each part": EACH_PART}
    if IS_LONG
    else {
        "drawn": [*DRAWN, "--max-examples", "6"],
        "each part": [*EACH_PART, "--exclude-path-regex", f"{LARGE}|{STREAMS}"],
    }
)


async def schemathesis(url: str, token: str, *arguments: str, folder: Path) -> str:
    """Give what schemathesis says, which has to be that all is well."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "schemathesis",
        *("--config-file", CONFIG),
        *("run", f"{url}/openapi.json", "--header", f"Authorization: Bearer {token}"),
        *("--seed", SEED, "--workers", "2", "--no-color", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env=clean_environ(
            {"PYTHONPATH": str(TESTS), "SCHEMATHESIS_HOOKS": "support.schemathesis_hooks"}
        ),
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said = output.decode()
    assert process.returncode == 0, said
    return said


@pytest.mark.timeout(7200 if IS_LONG else 600)
@pytest.mark.parametrize("what", TRIED)
async def test_the_api_does_what_its_document_says(
    address: str, app: str, worker: WorkerState, tmp_path: Path, what: str
) -> None:
    del worker
    print(f"FOOTFALL_SEED={SEED}")
    settings = api_settings(address, app)
    token = issue_token(
        settings.jwt, user="tess", admin=False, lifetime=timedelta(hours=3), now=datetime.now(UTC)
    )
    arguments = TRIED[what]
    if "--exclude-path-regex" not in arguments:
        arguments = [*arguments, "--exclude-path-regex", STREAMS]
    async with served_api(settings) as url:
        said = await schemathesis(url, token, *arguments, folder=tmp_path)
        async with httpx.AsyncClient(base_url=url, timeout=60) as http:
            assert (await http.get("/healthz/ready")).status_code == 200
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    assert cases is not None, said
    assert int(cases[2]) == int(cases[1]) > (150 if what == "drawn" else 500)
    print(f"{what}: {cases[0]}")


async def test_405_names_every_method_of_the_path(
    address: str, app: str, worker: WorkerState
) -> None:
    del worker
    async with served_api(api_settings(address, app)) as url, httpx.AsyncClient(timeout=30) as http:
        answer = await http.patch(f"{url}/notifications")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT")
        one = await http.patch(f"{url}/schedule/some")
        assert (one.status_code, one.headers["Allow"]) == (405, "DELETE, GET, PUT")
