import math
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator

from footfall.config import LimitSettings
from footfall.errors import (
    ProjectionUnavailableError,
    TooManyCreationsError,
    TooManySchedulesError,
)
from footfall.projection.store import Rows

_MINUTE = 60.0

_UNSEEN_SECONDS = 600.0
"""How long what was created here counts beside the projection, which may show it late."""

_FORGET_AT = 1000
"""Owners whose pace is remembered before those at rest are forgotten."""


class Creations:
    """How many schedules owners may have, and create in a minute; admins are no exception.

    An owner's schedules are those of the projection and those that this process has created
    since, whether or not the projection shows them yet. So any number of requests at once
    through one process stay within the limit; through several, they may pass it by what these
    create within the moment (a second or so) in which the projection does not show it.

    The pace is this process's alone. It is even: of n in a minute, n may come at once, and each
    60/n seconds another. Several that are created as one (`apply`) are taken whole where one
    would be, and what they are too many is made up for before the next.

    Args:
        clock: gives seconds that only go forward.
    """

    def __init__(
        self,
        rows: Rows,
        limits: LimitSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows = rows
        self._limits = limits
        self._clock = clock
        self._recent: dict[str, set[str]] = {}
        self._in_order: deque[tuple[float, str, str]] = deque()
        # Until when what each owner has created takes at the even pace.
        self._until: dict[str, float] = {}
        self._forget_at = _FORGET_AT

    async def take(self, owner: str, ids: Collection[str]) -> None:
        """Count schedules that are about to be created; to be given back if they are not.

        Raises:
            TooManyCreationsError: the owner has created too many in the last minute.
            TooManySchedulesError: the owner would have too many. Neither counts anything.
        """
        if not ids:
            return
        self._pace(owner, len(ids))
        try:
            await self.check(owner, ids)
        except BaseException:
            self._slow_down(owner, -len(ids))
            raise
        at = self._clock()
        self._recent.setdefault(owner, set()).update(ids)
        self._in_order.extend((at, owner, one) for one in ids)

    async def check(self, owner: str, ids: Collection[str]) -> None:
        """Check that an owner may have further schedules; nothing is counted.

        Raises:
            TooManySchedulesError: the owner would have too many.
        """
        most = self._limits.schedules
        self._forget_old()
        # Which of the recent ones are among the others is known only by going through them.
        if await self._others(owner, ()) + len(self._recent.get(owner, ())) + len(ids) <= most:
            return
        while True:
            known = set(self._recent.get(owner, ()))
            others = await self._others(owner, known)
            # Nothing is awaited from here until the caller has counted them.
            meanwhile = self._recent.get(owner, set())
            if others + len(known | meanwhile | set(ids)) <= most:
                return
            # What came meanwhile may be among the others too: then it is reckoned again.
            if meanwhile <= known:
                raise TooManySchedulesError(
                    f"You may have {most} schedules, and would have more; delete some first. The "
                    "limit is the setting plugins.scale.scheduler.limits.schedules "
                    "(FOOTFALL_LIMITS_SCHEDULES).",
                    limit=most,
                )

    def give_back(self, owner: str, schedule_id: str) -> None:
        """Take back one that was counted, and was not created after all."""
        self._slow_down(owner, -1)
        self.gone(owner, schedule_id)

    def gone(self, owner: str, schedule_id: str) -> None:
        """Count a schedule no longer, since it was deleted."""
        recent = self._recent.get(owner)
        if recent is not None:
            recent.discard(schedule_id)
            if not recent:
                del self._recent[owner]

    async def _others(self, owner: str, known: Collection[str]) -> int:
        try:
            return await self._rows.count_owned(owner, without=known)
        except ProjectionUnavailableError:
            # Creating goes on while the database is away, as other writes do; what was created
            # here meanwhile is all that is known then.
            return 0

    def _pace(self, owner: str, count: int) -> None:
        step = _MINUTE / self._limits.creations
        waits = self._until.get(owner, 0.0) - self._clock() - (_MINUTE - step)
        # Less than a millisecond is the rounding of so many steps.
        if waits > 0.001:  # noqa: PLR2004
            raise TooManyCreationsError(
                f"You may create {self._limits.creations} schedules in a minute through one API "
                "process; try again later. The limit is the setting "
                "plugins.scale.scheduler.limits.creations (FOOTFALL_LIMITS_CREATIONS).",
                limit=self._limits.creations,
                retry_after=math.ceil(waits),
            )
        self._slow_down(owner, count)

    def _slow_down(self, owner: str, count: int) -> None:
        now = self._clock()
        step = _MINUTE / self._limits.creations
        self._until[owner] = max(self._until.get(owner, now), now) + count * step
        if len(self._until) > self._forget_at:
            self._until = {one: until for one, until in self._until.items() if until > now}
            self._forget_at = max(_FORGET_AT, 2 * len(self._until))

    def _forget_old(self) -> None:
        for owner, schedule_id in self._old():
            self.gone(owner, schedule_id)

    def _old(self) -> Iterator[tuple[str, str]]:
        last = self._clock() - _UNSEEN_SECONDS
        while self._in_order and self._in_order[0][0] < last:
            _, owner, schedule_id = self._in_order.popleft()
            yield owner, schedule_id
