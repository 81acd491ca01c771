"""What users want of a deployment while havoc is wreaked on it."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from chaos.requests import Requests
from chaos.size import Size
from chaos.wanted import Wanted, burst, by_hand, chained, dates, timed

BURSTS = 2


class Load:
    """Creates schedules, and runs one of them by hand.

    Attributes:
        acknowledged: by schedule, when its creation was answered (UTC).
        by_hand: by schedule, the runs that someone was told of.
        followers: by schedule, the one that runs after it.
    """

    def __init__(self, requests: Requests, size: Size, *, end: datetime) -> None:
        self._requests = requests
        self._size = size
        self._end = end
        self.acknowledged: dict[str, datetime] = {}
        self.by_hand: dict[str, list[str]] = {}
        self.followers: dict[str, str] = {}

    async def begin(self, random: Random) -> None:
        """Create what is there from the beginning."""
        size = self._size
        wanted = [one for number in range(size.ticking) for one in timed(number, end=self._end)]
        times = dates(
            random, begin=self._end - timedelta(seconds=size.seconds), seconds=size.seconds
        )
        created = await asyncio.gather(
            *(self._create(one) for one in [*wanted, *times]),
        )
        for schedule_id, one in zip(created, wanted, strict=False):
            if schedule_id is not None and one.owner.startswith("followed"):
                follower = await self._create(chained(schedule_id, one.owner))
                if follower is not None:
                    self.followers[schedule_id] = follower

    async def shift(self) -> None:
        """Run one by hand again and again, and make the load larger for a while now and then."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._run_by_hand())
            for number in range(BURSTS):
                group.create_task(self._burst(number))

    async def _run_by_hand(self) -> None:
        schedule_id = await self._create(by_hand())
        if schedule_id is None:
            return
        runs = self.by_hand.setdefault(schedule_id, [])
        while datetime.now(UTC) < self._end:
            data = await self._requests.post(f"/schedule/{schedule_id}/trigger", {}, user="hand")
            if data is not None:
                runs.append(data["run"]["id"])
            await asyncio.sleep(2)

    async def _burst(self, number: int) -> None:
        part = self._size.seconds / (BURSTS + 1)
        begin = self._end - timedelta(seconds=part * (number + 1))
        await asyncio.sleep(max(0, (begin - datetime.now(UTC)).total_seconds()))
        wanted = burst(number, end=self._end)
        await asyncio.gather(*(self._create(wanted) for _ in range(2 * self._size.ticking)))

    async def _create(self, wanted: Wanted) -> str | None:
        data = await self._requests.post(
            "/schedule/create", wanted.body, user=wanted.owner, until=self._end
        )
        if data is None:
            return None
        schedule_id: str = data["schedule"]["id"]
        self.acknowledged[schedule_id] = datetime.now(UTC)
        return schedule_id
