from datetime import timedelta

from temporalio.client import Client

from footfall.errors import TemporalUnavailableError
from footfall.temporal.connection import translated_errors

HEALTH_TIMEOUT = timedelta(seconds=2)


class TemporalHealth:
    """Asks Temporal whether it serves."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def check(self) -> None:
        """Return if Temporal serves.

        Raises:
            TemporalUnavailableError: it does not, or does not answer within two seconds.
        """
        with translated_errors():
            serves = await self._client.service_client.check_health(timeout=HEALTH_TIMEOUT)
        if not serves:
            raise TemporalUnavailableError
