"""What a process tells a scraper."""

from collections.abc import Iterator, Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Scraped:
    """One scrape."""

    def __init__(self, text: str) -> None:
        self._families = {one.name: one for one in text_string_to_metric_families(text)}

    @property
    def names(self) -> set[str]:
        """Names of the series, as they stand in queries."""
        ending = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        return {
            f"{name}{end}"
            for name, one in self._families.items()
            for end in ending.get(one.type, [""])
        }

    def labels(self, name: str) -> set[str]:
        return {label for labels, _ in self.samples(name) for label in labels}

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
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        return Scraped(answer.text)
