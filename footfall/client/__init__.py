"""A client of Footfall's API: `Client` waits for answers, `AsyncClient` is awaited.

Beside the two: `errors`, what they raise; `answers`, what they give; `bodies`, what they take.
Each is loaded on first use, so that the errors can be named without what it takes to call.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footfall.client.blocking import Client
    from footfall.client.errors import ApiError, ClientError
    from footfall.client.sse import Event
    from footfall.client.waiting import AsyncClient

__all__ = ["ApiError", "AsyncClient", "Client", "ClientError", "Event"]

_HOMES = {
    "ApiError": "footfall.client.errors",
    "AsyncClient": "footfall.client.waiting",
    "Client": "footfall.client.blocking",
    "ClientError": "footfall.client.errors",
    "Event": "footfall.client.sse",
}


def __getattr__(name: str) -> Any:
    """Give what is imported from here."""
    if name not in _HOMES:
        raise AttributeError(f"module 'footfall.client' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
