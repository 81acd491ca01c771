class Backoff:
    """How long to wait before a process is started again.

    Args:
        first: seconds before the first restart; each further one doubles.
        most: seconds at most.
        healthy: seconds of good health after which the count starts over.
    """

    def __init__(self, first: float = 0.5, most: float = 30.0, healthy: float = 60.0) -> None:
        self._first = first
        self._most = most
        self._healthy = healthy
        self._next = first

    def after(self, health: float) -> float:
        """Give the seconds to wait after a process that was healthy for `health` seconds."""
        if health >= self._healthy:
            self._next = self._first
        delay = self._next
        self._next = min(delay * 2, self._most)
        return delay
