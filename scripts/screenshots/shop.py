"""A shop's walkers, as the pictures of the board show them."""

import time
from datetime import date

from footfall import current_run, progress, restspec, walker


@restspec(
    schedule={
        "trigger": "cron",
        "cron": "0 9 * * 1-5",
        "timezone": "Europe/Berlin",
        "tags": ["team"],
    }
)
def daily_report() -> dict[str, str]:
    """Tell the team how yesterday went."""
    print("Adding up yesterday's orders")
    return {"for": current_run().scheduled_at.isoformat()}


@restspec(schedule={"trigger": "interval", "seconds": 15, "description": "Every part is alive"})
def heartbeat() -> str:
    """Say that every part is alive."""
    print("alive")
    return "alive"


@walker
def sync_orders(source: str = "warehouse", batch_size: int = 100, *, full: bool = False) -> int:
    """Fetch new orders from a source."""
    kind = "all" if full else "new"
    for batch in range(1, 4):
        print(f"batch {batch}: {batch_size} {kind} orders from {source}")
        time.sleep(0.1 + 0.15 * (int(time.time() * 10) % 7))
    return 3 * batch_size


@walker
def check_stock(shelf: str = "A") -> dict[str, str]:
    """Find what runs out."""
    print(f"Looking at shelf {shelf}")
    if int(time.time()) % 5 == 0:
        raise LookupError(f"shelf {shelf} does not answer")
    return {"shelf": shelf, "state": "full"}


@walker
def rebuild_search(pages: int = 400, seconds: float = 0.1) -> int:
    """Index every page of the shop anew."""
    for page in range(1, pages + 1):
        print(f"indexed page {page} of {pages}", flush=True)
        progress(page / pages, f"page {page} of {pages}")
        time.sleep(seconds)
    return pages


@walker
def send_invoices(customers: list[str], due: date | None = None, *, test: bool = False) -> int:
    """Send what customers owe."""
    for customer in customers:
        print(f"{'would send' if test else 'sent'} an invoice to {customer}, due {due}")
    return len(customers)


@walker
def clean_up(days: int = 30) -> None:
    """Drop carts that nobody came back to."""
    print(f"dropped carts older than {days} days")
