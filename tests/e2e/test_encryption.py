"""With encryption everything is as it is without, and Temporal stores nothing that can be read."""

import base64
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from support.api import Api, Caller, api_settings, running_api, served_api
from support.dev_server import temporal_binary
from support.receiver import running_receiver
from support.shell import output_of
from support.temporal_file import TemporalFile, temporal_file
from support.waiting import until
from support.worker import running_worker
from temporalio.api.workflowservice.v1 import DescribeScheduleRequest
from temporalio.client import Client

from footfall.config import Settings

APP = Path(__file__).parent.parent / "apps" / "python_runs"
WEBHOOKS = "a secret for webhooks that is 32 bytes long"
OLD, NEW = (f"{name}:{base64.b64encode(os.urandom(32)).decode()}" for name in ("old", "new"))
NAME = "sealed"


def a_mark(what: str) -> str:
    """Give a text that is nowhere else."""
    return f"{what}-{secrets.token_hex(6)}"


def settings_of(server: TemporalFile, keys: str | None, **environ: str) -> Settings:
    with_keys = {"FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": keys} if keys else {}
    return api_settings(
        server.address,
        NAME,
        FOOTFALL_WEBHOOKS_SECRET=WEBHOOKS,
        FOOTFALL_WEBHOOKS_ALLOW_PRIVATE="true",
        **with_keys,
        **environ,
    )


@asynccontextmanager
async def system(server: TemporalFile, folder: Path, keys: str | None) -> AsyncIterator[Api]:
    """Run an API and a worker that have these keys."""
    with_keys = {"FOOTFALL_TEMPORAL_ENCRYPTION_KEYS": keys} if keys else {}
    async with (
        running_worker(
            server.address, app_name=NAME, app=APP, data_dir=folder / "data", **with_keys
        ),
        running_api(settings_of(server, keys)) as api,
    ):
        yield api


async def create(who: Caller, walker: str, **fields: Any) -> str:
    body = {"walker_name": walker, "trigger": "interval", "hours": 1, **fields}
    data = await who.data("POST", "/schedule/create", json=body)
    return str(data["schedule"]["id"])


async def run(who: Caller, schedule: str, status: str, **body: Any) -> dict[str, Any]:
    data = await who.data("POST", f"/schedule/{schedule}/trigger", json=body)
    return await ended(who, schedule, data["run"]["id"], status)


async def ended(who: Caller, schedule: str, run_id: str, status: str) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        found = (await who.data("GET", f"/schedule/{schedule}/runs/{run_id}"))["run"]
        return None if found["status"] == "running" else found

    found = await until(over, what="the end of the run")
    assert found["status"] == status
    return found


def stored(folder: Path) -> bytes:
    """Give all that the server wrote to its disk, with what is not yet in the file itself."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("temporal.db*")))


async def raw(client: Client, schedule: str, runs: list[str]) -> bytes:
    """Give what Temporal tells of a schedule, its record and some runs, as it stands there."""
    request = DescribeScheduleRequest(namespace="default", schedule_id=schedule)
    described = await client.workflow_service.describe_schedule(request)
    found = [described.SerializeToString()]
    for workflow in (f"{NAME}.changes.{schedule}", *runs):
        handle = client.get_workflow_handle(workflow)
        found.append((await handle.describe()).raw_description.SerializeToString())
        found += [event.SerializeToString() async for event in handle.fetch_history_events()]
    return b"".join(found)


async def _greets(ada: Caller, argument: str, later: str) -> tuple[str, list[str]]:
    """Create, run and change a schedule; give its id and those of its runs."""
    schedule = await create(ada, "greet", args={"name": argument}, tags=[argument])
    listed = await ada.data("GET", f"/schedule/list?tag={argument}")
    assert [one["args"] for one in listed["schedules"]] == [{"name": argument}]
    first = await run(ada, schedule, "succeeded")
    assert first["stdout"] == f"hello {argument}\n"
    assert first["reports"][0]["name"] == argument
    second = await run(ada, schedule, "succeeded", args={"name": later}, reason=later)
    assert (second["stdout"], second["reason"]) == (f"hello {later}\n", later)
    changed = {"args": {"name": later}, "description": later, "reason": later}
    await ada.data("PUT", f"/schedule/{schedule}", json=changed)
    changes = (await ada.data("GET", f"/schedule/{schedule}/changes"))["changes"]
    assert changes[0]["reason"] == later
    assert changes[0]["difference"]["args.name"] == {"before": argument, "after": later}
    old = await ada.data("GET", f"/schedule/{schedule}?at=1")
    assert old["schedule"]["args"] == {"name": argument}
    return schedule, [first["id"], second["id"]]


async def _fails(ada: Caller, error: str, url: str) -> str:
    """Let a run fail of which a webhook is told, and give its id."""
    schedule = await create(ada, "boom", args={"text": error}, notify=[{"url": url}])
    failed = await run(ada, schedule, "failed")
    assert (failed["error"]["type"], failed["stdout"]) == ("ValueError", "before\n")
    assert error in failed["error"]["message"]
    assert error in failed["error"]["traceback"]

    async def is_listed() -> bool:
        runs = (await ada.data("GET", f"/schedule/{schedule}/runs"))["runs"]
        return [error in (one["error"] or {}).get("message", "") for one in runs] == [True]

    await until(is_listed, what="the error in the list")
    return str(failed["id"])


async def _steps(ada: Caller, going: Path, folder: Path) -> str:
    """Let a run tell of its progress, and give its id."""
    going.mkdir()
    schedule = await create(ada, "stepwise", args={"folder": str(going), "steps": 2})
    run_id = (await ada.data("POST", f"/schedule/{schedule}/trigger"))["run"]["id"]

    async def is_seen() -> bool:
        shown = await ada.data("GET", f"/schedule/{schedule}/runs/{run_id}")
        return (shown["run"]["progress"] or {}).get("message") == "step 1"

    await until(is_seen, what="the walker's progress, by its heartbeat")
    assert b"step 1" not in stored(folder)
    for step in (1, 2):
        (going / str(step)).touch()
    assert (await ended(ada, schedule, run_id, "succeeded"))["reports"] == [2]
    return str(run_id)


async def test_all_works_as_without_encryption_and_temporal_stores_nothing_readable(
    tmp_path: Path,
) -> None:
    plain, argument, later, error, hook, owner_hook, going = map(
        a_mark, ("plain", "argument", "later", "error", "hook", "hook", "going")
    )
    async with temporal_file(tmp_path) as server:
        async with system(server, tmp_path, None) as api:
            before = await create(api.caller("ada"), "greet", args={"name": plain})
        # So it is found where it is not encrypted.
        assert plain.encode() in stored(tmp_path)

        async with system(server, tmp_path, OLD) as api:
            ada = api.caller("ada")
            with running_receiver() as receiver:
                hooks = {"hooks": [{"url": receiver.url(f"/{owner_hook}"), "on": ["failed"]}]}
                await ada.data("PUT", "/notifications", json=hooks)
                assert (await ada.data("GET", "/notifications"))["hooks"] == hooks["hooks"]
                assert (await run(ada, before, "succeeded"))["stdout"] == f"hello {plain}\n"
                schedule, runs = await _greets(ada, argument, later)
                runs.append(await _fails(ada, error, receiver.url(f"/{hook}")))
                runs.append(await _steps(ada, tmp_path / going, tmp_path))
                told = await receiver.gets(f"/{hook}", "failed")
                assert error in told.notice["run"]["error"]["message"]
            told_by_temporal = await raw(await Client.connect(server.address), schedule, runs)
        kept = stored(tmp_path)
    assert schedule.encode() in told_by_temporal
    assert schedule.encode() in kept
    for text in (argument, later, error, hook, owner_hook, going, "step 1"):
        assert text.encode() not in told_by_temporal, text
        assert text.encode() not in kept, text


async def test_keys_are_rotated_and_a_missing_one_is_named(tmp_path: Path) -> None:
    async with temporal_file(tmp_path) as server:
        async with system(server, tmp_path, OLD) as api:
            first = await create(api.caller("ada"), "greet", args={"name": "first"})
        async with system(server, tmp_path, f"{NEW},{OLD}") as api:
            ada = api.caller("ada")
            assert (await run(ada, first, "succeeded"))["stdout"] == "hello first\n"
            second = await create(ada, "greet", args={"name": "second"})
        async with running_api(settings_of(server, NEW)) as api:
            ada = api.caller("ada")
            shown = await ada.data("GET", f"/schedule/{second}")
            assert shown["schedule"]["args"] == {"name": "second"}
            status, told = await ada.error("GET", f"/schedule/{first}")
            assert (status, told["code"], told["details"]) == (
                503,
                "unreadable",
                {"key": "old", "owner": "ada"},
            )
            assert "FOOTFALL_TEMPORAL_ENCRYPTION_KEYS" in told["message"]
        async with system(server, tmp_path, OLD) as api:
            # Nothing was lost of what could not be read.
            ada = api.caller("ada")
            assert (await run(ada, first, "succeeded"))["stdout"] == "hello first\n"


async def test_the_web_ui_and_the_cli_decrypt_through_the_api(tmp_path: Path) -> None:
    mark, ui = a_mark("argument"), "https://temporal.example.com"
    async with temporal_file(tmp_path) as server:
        settings = settings_of(server, OLD, FOOTFALL_TEMPORAL_UI_URL=f"{ui}/ui")
        async with running_api(settings) as api, served_api(settings) as url:
            admin, ada = api.caller("root", admin=True), api.caller("ada")
            client = await Client.connect(server.address)
            sealed = await admin("POST", "/codec/encode", json=as_payloads(mark))
            payloads = sealed.json()
            assert mark not in base64.b64decode(payloads["payloads"][0]["data"]).decode("latin1")
            opened = await admin(
                "POST", "/codec/decode", json=payloads, headers={"Origin": ui, "X-Namespace": "x"}
            )
            assert opened.json() == as_payloads(mark)
            assert opened.headers["Access-Control-Allow-Origin"] == ui
            assert "Access-Control-Allow-Credentials" not in opened.headers

            asked = {"Access-Control-Request-Method": "POST"}
            asked |= {"Access-Control-Request-Headers": "authorization,content-type,x-namespace"}
            may = await api.http.options("/codec/decode", headers={"Origin": ui, **asked})
            assert (may.status_code, may.headers["Access-Control-Allow-Origin"]) == (200, ui)
            evil = {"Origin": "https://evil.example.com", **asked}
            may_not = await api.http.options("/codec/decode", headers=evil)
            assert "Access-Control-Allow-Origin" not in may_not.headers
            elsewhere = await admin("GET", "/schedule/list", headers={"Origin": ui})
            assert "Access-Control-Allow-Origin" not in elsewhere.headers

            assert (await ada.error("POST", "/codec/decode", json=payloads))[0] == 403
            assert (await api.http.post("/codec/decode", json=payloads)).status_code == 401
            for wrong in ("[]", "{", '{"payloads": 1}', '{"payloads": [{"data": 1}]}', "null"):
                status, told = await admin.error("POST", "/codec/decode", content=wrong)
                assert (status, told["code"]) == (400, "invalid_request"), wrong
            other = {"metadata": {"encoding": "YmluYXJ5L2VuY3J5cHRlZA=="}, "data": "eA=="}
            told = (await admin.error("POST", "/codec/decode", json={"payloads": [other]}))[1]
            assert told["code"] == "unreadable"
            huge = b" " * (16 * 1024 * 1024 + 1)
            assert (await admin.error("POST", "/codec/decode", content=huge))[0] == 413

            await client.start_workflow("Nobody", id="nobody", task_queue="nobody", memo={"a": 1})
            async with system(server, tmp_path, OLD):
                schedule = await create(ada, "greet", args={"name": mark})
                done = await run(ada, schedule, "succeeded")
            command = (
                f"{temporal_binary()} workflow show --address {server.address} -w {done['id']}"
                " --output json"
            )
            assert mark not in decoded(await output_of(command, tmp_path))
            token = admin._headers["Authorization"]
            command += f" --codec-endpoint {url}/codec --codec-auth '{token}'"
            assert mark in decoded(await output_of(command, tmp_path))

        async with running_api(settings_of(server, None)) as api:
            admin = api.caller("root", admin=True)
            status, told = await admin.error("POST", "/codec/decode", json=payloads)
            assert (status, told["code"]) == (404, "encryption_disabled")


def as_payloads(text: str) -> dict[str, Any]:
    plain = base64.b64encode(b"json/plain").decode()
    data = base64.b64encode(json.dumps(text).encode()).decode()
    return {"payloads": [{"metadata": {"encoding": plain}, "data": data}]}


def decoded(output: str) -> str:
    """Give a printed history with its payloads as text."""
    texts: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("data"), str):
                texts.append(base64.b64decode(value["data"]).decode("latin1"))
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(json.loads(output))
    return output + "".join(texts)
