"""What the README tells a newcomer to type is typed here."""

import json
import re
from pathlib import Path
from typing import Any

from support.ports import free_port
from support.processes import EXAMPLE_APP, FOOTFALL, footfall, ready
from support.shell import output_of
from support.waiting import until

from footfall.config import settings_table
from footfall.schedules.policy import Policies
from footfall.walkers.hosts import Hosts

README = (Path(__file__).parent.parent.parent / "README.md").read_text()


def blocks(name: str) -> list[str]:
    return re.findall(rf"<!-- test: {name} -->\n```\w+\n(.*?)```", README, re.DOTALL)


def test_the_settings_table_is_the_codes() -> None:
    begin, end = "<!-- settings table: begin -->\n", "<!-- settings table: end -->"
    page = (Path(__file__).parent.parent.parent / "docs" / "configuration.md").read_text()
    table = page.split(begin)[1].split(end)[0]
    assert table.strip() == settings_table().strip()


async def test_the_python_example_loads(tmp_path: Path) -> None:
    (example,) = blocks("python")
    app = tmp_path / "app.py"
    app.write_text(example)
    hosts = Hosts(app, name="readme", processes=1, state_dir=tmp_path / "state")
    try:
        catalogue = await hosts.start()
    finally:
        await hosts.close()
    assert {walker.name for walker in catalogue.walkers} == {"daily_report", "Invoice"}
    assert catalogue.problems == ()


async def test_the_quick_start_works_as_it_is_printed(tmp_path: Path) -> None:
    ports = {name: free_port() for name in ("api", "temporal", "ui")}
    data = tmp_path / ".footfall"
    options = [f"--{name}-port={port}" for name, port in ports.items()]
    async with footfall(
        "dev",
        f"--app={EXAMPLE_APP}",
        *options,
        tmp_path=tmp_path,
    ) as running:
        await ready(f"http://127.0.0.1:{ports['api']}", running=running)
        await running.shows("Footfall is ready")
        assert data.is_dir()
        token, create, listing, find, bulk, changes, pause = (
            block.replace("127.0.0.1:8000", f"127.0.0.1:{ports['api']}").replace(
                ".venv/bin/footfall",
                FOOTFALL,
            )
            for name in ("quickstart", "find", "bulk", "changes", "safe write")
            for block in blocks(name)
        )
        created = (await _shell(token + create, tmp_path))["data"]["schedule"]
        (printed,) = blocks("schedule")
        shown = json.loads(printed)
        assert created.keys() == shown.keys()
        policies = tuple(Policies.model_fields)
        for name in ("walker_name", "config", "args", "owner", "description", "timeout", *policies):
            assert created[name] == shown[name]
        found = (await _shell(token + find, tmp_path))["data"]
        assert [row["id"] for row in found["schedules"]] == [created["id"]]
        (answer,) = blocks("bulk answer")
        assert (await _shell(token + bulk, tmp_path))["data"] == json.loads(answer)

        ids = f"export ID={created['id']}\n"
        trigger, tail, failed, follow = (
            block.replace("127.0.0.1:8000", f"127.0.0.1:{ports['api']}")
            for name in ("trigger", "tail", "runs", "events")
            for block in blocks(name)
        )
        started = (await _shell(token + ids + trigger, tmp_path))["data"]["run"]
        shown = json.loads(blocks("trigger answer")[0])
        assert started.keys() == shown.keys()
        for name in ("walker_name", "kind", "by", "reason"):
            assert started[name] == shown[name]
        assert (await _shell(token + ids + trigger, tmp_path))["data"]["run"] == started
        ids += f"export RUN={started['id']}\n"

        async def heard() -> bool:
            # It listens for some seconds only.
            events = await output_of(token + follow, tmp_path)
            return bool(re.search(r"^id: .+\nevent: run_\w+\ndata: {", events, re.MULTILINE))

        await until(heard, what="an event of a run")
        events = await output_of(token + ids + tail, tmp_path)
        assert "Grace" in events
        assert events.splitlines()[-2] == "data: " + json.dumps(
            {"status": "succeeded", "stdout_truncated": False, "error": None},
            separators=(",", ":"),
        )
        assert (await _shell(token + failed, tmp_path))["data"]["runs"] == []

        async def ran() -> bool:
            rows = (await _shell(token + listing, tmp_path))["data"]["schedules"]
            assert any(row["is_static"] for row in rows)
            return any(row["id"] == created["id"] and row["run_count"] for row in rows)

        await until(ran, what="a run of the schedule", every=0.5)
        told = (await _shell(token + ids + changes, tmp_path))["data"]
        (answer,) = blocks("changes answer")
        wanted = json.loads(answer)
        for change in (*told["changes"], *wanted["changes"]):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", change.pop("at"))
        assert told == wanted
        another = (await _shell(token + create, tmp_path))["data"]["schedule"]
        ids = f"export ID={another['id']}\n"
        paused = (await _shell(token + ids + pause, tmp_path))["data"]["schedule"]
        assert paused["status"] == "paused"
        assert paused["pause_reason"] == "Paused by ada: the printer is broken"
        stale = await _shell(token + ids + pause, tmp_path)
        assert stale["data"]["code"] == "stale"


async def _shell(script: str, cwd: Path) -> Any:
    return json.loads(await output_of(script, cwd))
