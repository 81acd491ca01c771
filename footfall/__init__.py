"""Footfall: durable schedules for walkers, on Temporal.

What an app imports from here is loaded on first use, so that importing one part of Footfall
never loads another.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from footfall.walkers.current import current_run
    from footfall.walkers.declaration import restspec, walker
    from footfall.walkers.progress import progress

__all__ = ["current_run", "progress", "restspec", "walker"]

_HOMES = {
    "current_run": "footfall.walkers.current",
    "progress": "footfall.walkers.progress",
    "restspec": "footfall.walkers.declaration",
    "walker": "footfall.walkers.declaration",
}


def __getattr__(name: str) -> Any:
    """Give what an app imports from here."""
    if name not in _HOMES:
        raise AttributeError(f"module 'footfall' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
