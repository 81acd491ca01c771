"""A client of Footfall's API: `Client` waits for answers, `AsyncClient` is awaited.

Beside the two: `errors`, what they raise; `answers`, what they give; `bodies`, what they take.
"""

from footfall.client.blocking import Client
from footfall.client.errors import ApiError, ClientError
from footfall.client.sse import Event
from footfall.client.waiting import AsyncClient

__all__ = ["ApiError", "AsyncClient", "Client", "ClientError", "Event"]
