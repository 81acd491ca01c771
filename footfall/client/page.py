from typing import Protocol


class Page(Protocol):
    """One page of a list."""

    @property
    def cursor(self) -> str | None:
        """What leads to the next page; None on the last one."""
