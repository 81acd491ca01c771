from prometheus_client import CollectorRegistry, Counter, Histogram

from footfall.metrics.registry import PREFIX

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_LONG = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class RequestMetrics:
    """Counts the requests of an API."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            f"{PREFIX}_http_requests",
            "Requests that were answered, by method, route and status.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            f"{PREFIX}_http_request_duration_seconds",
            "From a request to the beginning of its answer, by method and route.",
            ("method", "route"),
            buckets=_LONG,
            registry=registry,
        )

    def answered(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Take that a request was answered.

        Args:
            method: as it was sent; what is no method of HTTP is counted as ``other``.
            route: the template of the path; None where there is no such route.
            status: of the answer.
            seconds: how long it took until the answer began.
        """
        known = method if method in _METHODS else "other"
        where = route or "none"
        self._requests.labels(known, where, str(status)).inc()
        self._seconds.labels(known, where).observe(seconds)
