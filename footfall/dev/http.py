import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

TIMEOUT = 5.0
"""Seconds that one request may take."""

# Our own processes are on this machine: a proxy from the environment has no part in it.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


async def wait_for_ok(url: str, *, every: float = 0.1) -> None:
    """Ask again and again until a URL answers 200."""
    while True:
        status, _ = await get_json(url)
        if status == 200:  # noqa: PLR2004
            return
        await asyncio.sleep(every)


async def get_json(url: str, *, token: str | None = None) -> tuple[int, Any]:
    """Give status and body of a GET; status 0 and None if nothing answers."""
    return await asyncio.to_thread(_get_json, url, token)


def _get_json(url: str, token: str | None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own http:// URL
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, None
    except (OSError, ValueError):
        return 0, None
