from urllib.parse import quote, urlsplit

from pydantic import BaseModel

from footfall.schedules.run import RunSummary


class TemporalUi:
    """Makes links into Temporal's Web UI; `origin` is what a browser calls it."""

    def __init__(self, *, base: str, namespace: str) -> None:
        parts = urlsplit(base)
        self.origin = f"{parts.scheme}://{parts.netloc}".lower()
        self._base = f"{base.rstrip('/')}/namespaces/{quote(namespace, safe='')}"

    def schedule(self, schedule_id: str) -> str:
        """Give the page of a schedule."""
        return f"{self._base}/schedules/{quote(schedule_id, safe='')}"

    def run(self, run: RunSummary) -> str:
        """Give the page of a run."""
        return (
            f"{self._base}/workflows/{quote(run.id, safe='')}"
            f"/{quote(run.temporal_run_id, safe='')}/history"
        )


class Links(BaseModel):
    """Where else to look."""

    temporal_ui: str
