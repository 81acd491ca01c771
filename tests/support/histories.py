"""Histories of workflows as they are kept for replays: without what only this machine knows."""

import base64
import json
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client

TESTS = Path(__file__).parent.parent
HISTORIES = TESTS / "replay" / "histories"


def stand_ins(folder: str) -> dict[str, str]:
    """Give the patterns of what only this machine knows, and what takes their place."""
    return {
        re.escape(socket.gethostname()) + "(#[0-9a-f]{8})?": "host",
        rf"footfall-worker-{os.getpid()}@": "footfall-worker-1@",
        rf"{os.getpid()}@host": "1@host",
        re.escape(folder): "/data",
        re.escape(sys.prefix) + r"[^\"\\ ]*/": "/python/",
        re.escape(sys.base_prefix) + r"[^\"\\ ]*/": "/python/",
        re.escape(str(TESTS.parent)): "/footfall",
    }


async def keep(
    client: Client, workflow_id: str, name: str, secrets: dict[str, str], run_id: str | None = None
) -> None:
    """Write a history, unless there is one of that name: it is an older release's."""
    path = HISTORIES / f"{name}.json"
    if path.exists():
        return
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    cleaned = _cleaned(json.loads(history.to_json()), secrets)
    path.write_text(json.dumps(cleaned, indent=1) + "\n")


def _cleaned(value: Any, secrets: dict[str, str]) -> Any:
    """Replace what only this machine knows, inside of payloads too."""
    if isinstance(value, dict):
        return {
            key: _payload(one, secrets) if key == "data" else _cleaned(one, secrets)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(one, secrets) for one in value]
    if isinstance(value, str):
        for secret, stand_in in secrets.items():
            value = re.sub(secret, stand_in, value)
    return value


def _payload(data: Any, secrets: dict[str, str]) -> Any:
    if not isinstance(data, str):
        return _cleaned(data, secrets)
    text = base64.b64decode(data).decode()
    return base64.b64encode(_cleaned(text, secrets).encode()).decode()


def assert_holds(read: Any, given: Any, place: str = "") -> None:
    """Assert that all that was given was read, whatever was added to it."""
    if isinstance(given, dict):
        for name, part in given.items():
            assert name in read, f"{place}.{name}"
            assert_holds(read[name], part, f"{place}.{name}")
    elif isinstance(given, list):
        assert len(read) == len(given), place
        for number, (part_read, part) in enumerate(zip(read, given, strict=True)):
            assert_holds(part_read, part, f"{place}.{number}")
    else:
        assert read == given, place
