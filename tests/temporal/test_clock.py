from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from footfall.temporal.clock import clock_difference


async def test_temporals_clock_is_read_without_work(client: Client) -> None:
    assert await clock_difference(client) == timedelta()

    def behind() -> datetime:
        return datetime.now(UTC) - timedelta(seconds=30)

    found = await clock_difference(client, now=behind)
    assert found is not None
    assert timedelta(seconds=25) < found <= timedelta(seconds=30)
