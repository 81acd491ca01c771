import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.streams import Streams
from footfall.metrics.refreshed import Refreshed
from footfall.metrics.registry import PREFIX, new_registry
from footfall.metrics.request_metrics import RequestMetrics
from footfall.projection.projector import Projector
from footfall.projection.store import Rows
from footfall.schedules.schedule import utc_now
from footfall.temporal.pollers import is_alive
from footfall.temporal.pulse import Pulse


class ApiMetrics(Collector):
    """What an API tells with each scrape, whatever of Temporal and the database is there.

    Attributes:
        registry: all metrics of the process.
        requests: those that count requests.
    """

    def __init__(
        self,
        *,
        workers: Callable[[], Awaitable[dict[str, datetime]]],
        pulse: Pulse,
        projector: Projector,
        rows: Rows,
        streams: Streams,
    ) -> None:
        self.registry: CollectorRegistry = new_registry("api")
        self.requests = RequestMetrics(self.registry)
        self._pulse = pulse
        self._projector = projector
        self._streams = streams
        self._statuses = Refreshed(rows.count_statuses)
        self._workers = Refreshed(self._asking)
        self._pollers = workers
        self.registry.register(self)

    async def look(self) -> None:
        """Find out what has to be asked for elsewhere; it takes a second at most."""
        await asyncio.gather(self._statuses.look(), self._workers.look())

    def close(self) -> None:
        """Ask no more."""
        self._statuses.close()
        self._workers.close()

    def collect(self) -> Iterator[Metric]:
        """Give what is known now."""
        schedules = GaugeMetricFamily(
            f"{PREFIX}_schedules", "Schedules of the app by status.", labels=("status",)
        )
        for status, count in (self._statuses.value or {}).items():
            schedules.add_metric([status.value], count)
        yield schedules
        workers = GaugeMetricFamily(
            f"{PREFIX}_workers", "Workers that ask Temporal for runs of the app."
        )
        if self._workers.value is not None:
            workers.add_metric([], self._workers.value)
        yield workers
        yield GaugeMetricFamily(
            f"{PREFIX}_projection_lag_seconds",
            "For how long what happens in Temporal may not be in the lists of this API.",
            value=self._projector.lag,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_projection_up",
            "Whether the projection is built, and was folded on with the last poll.",
            value=self._projector.problem is None,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_temporal_up",
            "Whether Temporal answers this process.",
            value=not self._pulse.is_away,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_streams",
            "Streams that are open: tails of runs, and events.",
            value=self._streams.count,
        )

    async def _asking(self) -> int:
        found, now = await self._pollers(), utc_now()
        return sum(is_alive(at, now) for at in found.values())
