"""What a process tells a scraper."""

from collections.abc import Iterator, Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Scraped:
    """One scrape."""

    def __init__(self, text: str) -> None:
        self._families = {one.name: one for one in text_string_to_metric_families(text)}

    @property
    def kinds(self) -> dict[str, str]:
        """Names of the metrics as people have them, with their kinds."""
        return {
            f"{name}_total" if one.type == "counter" else name: one.type
            for name, one in self._families.items()
        }

    @property
    def series(self) -> set[str]:
        """Names of the series as queries have them."""
        histograms = [name for name, kind in self.kinds.items() if kind == "histogram"]
        parts = {f"{name}_{part}" for name in histograms for part in ("bucket", "sum", "count")}
        return self.kinds.keys() - histograms | parts

    def labels(self, name: str) -> set[str]:
        """Give the labels of a metric, as far as anything was told."""
        family = self._families[name.removesuffix("_total")]
        return {label for one in family.samples for label in one.labels} - {"le"}

    def samples(self, name: str) -> Iterator[tuple[Mapping[str, str], float]]:
        for family in self._families.values():
            for one in family.samples:
                if one.name == name:
                    yield one.labels, one.value

    def __call__(self, name: str, **labels: str) -> float:
        """Give the sum of the samples that have these labels."""
        return sum(
            value
            for found, value in self.samples(name)
            if all(found[label] == wanted for label, wanted in labels.items())
        )


async def scrape(url: str, **headers: str) -> Scraped:
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(f"{url}/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        return Scraped(answer.text)
