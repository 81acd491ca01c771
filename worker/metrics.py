from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from footfall.errors import FootfallError
from footfall.metrics.refreshed import Refreshed
from footfall.metrics.registry import PREFIX

if TYPE_CHECKING:
    from worker.health import WorkerState


class WorkerMetrics(Collector):
    """Tells with each scrape how a worker stands, beside what its runs came to."""

    def __init__(self, state: "WorkerState") -> None:
        self._state = state
        self._temporal = Refreshed(self._answers)
        state.registry.register(self)

    async def look(self) -> None:
        """Find out what has to be asked for elsewhere."""
        await self._temporal.look()

    def close(self) -> None:
        """Ask no more."""
        self._temporal.close()

    def collect(self) -> Iterator[Metric]:
        """Give what is known now."""
        state = self._state
        takes_runs = state.waiting_for is None and state.enabled
        yield GaugeMetricFamily(
            f"{PREFIX}_worker_takes_runs",
            "Whether the worker has started and asks Temporal for runs.",
            value=takes_runs,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_walkers", "Walkers that the app has.", value=state.walkers
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_app_problems",
            "Declarations of the app that are wrong and were passed over.",
            value=len(state.problems),
        )
        if state.enabled:
            yield GaugeMetricFamily(
                f"{PREFIX}_temporal_up",
                "Whether Temporal answers this process.",
                value=bool(self._temporal.value),
            )
            yield from self._of_hosts()

    def _of_hosts(self) -> Iterator[Metric]:
        census = self._state.hosts.census() if self._state.hosts else None
        hosts = GaugeMetricFamily(
            f"{PREFIX}_host_processes",
            "Host processes by state: idle, busy, or starting.",
            labels=("state",),
        )
        for state in ("idle", "busy", "starting"):
            hosts.add_metric([state], getattr(census, state, 0))
        yield hosts
        yield CounterMetricFamily(
            f"{PREFIX}_host_replacements",
            "Host processes that were started in the place of one that ended.",
            value=census.replaced if census else 0,
        )
        yield GaugeMetricFamily(
            f"{PREFIX}_runs_waiting",
            "Runs that the worker has taken and that wait for a host process or for their root.",
            value=census.waiting if census else 0,
        )

    async def _answers(self) -> bool:
        if self._state.temporal is None:
            return False
        try:
            await self._state.temporal.check()
        except FootfallError:
            return False
        return True
