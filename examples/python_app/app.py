"""Walkers in plain Python. Run it with `footfall dev --app examples/python_app`."""

import asyncio
from collections.abc import AsyncIterator

from footfall import current_run, restspec, walker


@restspec(methods=["GET"], path="/tick", schedule={"trigger": "interval", "seconds": 10})
def tick(message: str = "tick") -> dict[str, str]:
    """Say when this run was meant to be, every ten seconds; what it returns is its report."""
    print(message)
    return {"scheduled_at": current_run().scheduled_at.isoformat()}


@walker
class Invoice:
    """A class has fields and a method `run`."""

    customer: str
    amounts: list[float]
    currency: str = "EUR"

    def run(self) -> dict[str, object]:
        """Add up what the customer owes."""
        total = sum(self.amounts)
        print(f"{self.customer} owes {total:.2f} {self.currency}")
        return {"customer": self.customer, "total": total}


@walker
async def countdown(start: int = 3) -> AsyncIterator[int]:
    """Report what it yields; it may be async."""
    for number in range(start, 0, -1):
        print(number)
        yield number
        await asyncio.sleep(0)
