"""What an API logs during a request names what the request is about."""

import asyncio
import io
import json
import logging
from typing import Any

import httpx
import pytest
from support.api import api_settings, caller_of
from support.ports import free_port

from api.app import build_app
from api.process import wired_services
from footfall.logs import configure_logs


async def test_a_line_of_a_request_has_the_ids_of_its_path(
    app_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, stream = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    settings = api_settings(f"127.0.0.1:{free_port()}", app_name)
    async with wired_services(settings) as services:
        assert services is not None

        async def fail(*_: Any) -> None:
            raise ValueError("a bug")

        monkeypatch.setattr(type(services.runs), "read", fail)
        transport = httpx.ASGITransport(build_app(services), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
            caller = caller_of(http, settings, "ada")
            configure_logs("api", form="json", stream=stream)
            # As the server has it, each request is a task of its own.
            answer = await asyncio.create_task(caller("GET", "/schedule/s1/runs/r1"))
    assert answer.status_code == 500
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (line,) = (one for one in lines if one["event"] == "a request failed")
    assert (line["schedule_id"], line["run_id"]) == ("s1", "r1")
    assert "ValueError" in line["exception"]
