from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any

from api.idempotency import named_id
from api.permissions import may_see
from footfall.errors import (
    FieldProblem,
    FollowedError,
    InvalidInputError,
    ProjectionUnavailableError,
)
from footfall.projection.schedule_query import ScheduleQuery
from footfall.projection.store import Rows
from footfall.schedules.chain import LONGEST_CHAIN, MOST_FOLLOWERS
from footfall.temporal.schedules import ScheduleGateway
from footfall.tokens import Principal
from footfall.triggers import AfterTrigger, parse

type Planned = Mapping[str, str | None]
"""Schedules that are about to be written: by its id, what each will follow, if anything."""

_SHOWN = 20


class Chains:
    """Which schedules may follow which."""

    def __init__(self, gateway: ScheduleGateway, rows: Rows, *, app: str) -> None:
        self._gateway = gateway
        self._rows = rows
        self._app = app

    def named(self, who: Principal, config: Mapping[str, Any]) -> dict[str, Any]:
        """Give a trigger's configuration with the id of a schedule that is followed by its name."""
        after = config.get("after")
        if not isinstance(after, dict) or "schedule" in after or "name" not in after:
            return dict(config)
        name = after["name"]
        if not isinstance(name, str):
            problem = FieldProblem("after.name", "must be the name of one of your schedules")
            raise InvalidInputError(problem)
        others = {key: value for key, value in after.items() if key != "name"}
        schedule = named_id(self._app, who.user, name)
        return {**config, "after": {"schedule": schedule, **others}}

    async def check(
        self,
        who: Principal,
        config: Mapping[str, Any],
        *,
        schedule_id: str | None,
        planned: Planned | None = None,
    ) -> None:
        """Check that a schedule may follow the one that its configuration names, if it does.

        Args:
            who: who wants it.
            config: the trigger's configuration, with an id.
            schedule_id: the schedule that follows; None for one that nothing can follow yet.
            planned: what is written together with it.

        Raises:
            InvalidInputError: there is no such schedule that `who` may see, they would follow
                each other in a circle, or the chain would be too long.
        """
        if config.get("trigger") != "after":
            return
        trigger = parse(config)
        if not isinstance(trigger, AfterTrigger):
            raise TypeError(trigger)
        await self._check_followers(trigger.schedule, schedule_id)
        following, length = schedule_id, 1
        current: str | None = trigger.schedule
        while current is not None:
            if current == following:
                problem = "they would follow each other in a circle"
                if length == 1:
                    problem = "a schedule cannot follow itself"
                raise _invalid(f"{problem}; name another one")
            length += 1
            if length > LONGEST_CHAIN:
                raise _invalid(f"at most {LONGEST_CHAIN} schedules may follow each other")
            current = await self._followed_by(who, current, planned or {}, is_first=length == 2)  # noqa: PLR2004

    async def check_free(
        self, who: Principal, schedule_id: str, *, beside: AbstractSet[str] = frozenset()
    ) -> None:
        """Check that no schedule follows one, as far as `who` sees; but for those `beside` it.

        Raises:
            FollowedError: some do; names them.
        """
        owner = None if who.is_admin else who.user
        with suppress(ProjectionUnavailableError):
            page = await self._rows.list_schedules(
                owner=owner,
                limit=_SHOWN + len(beside),
                query=ScheduleQuery(follows=schedule_id),
            )
            followers = [row.id for row in page.rows if row.id not in beside][:_SHOWN]
            if followers:
                raise FollowedError(followers=followers)

    async def _check_followers(self, schedule_id: str, follower: str | None) -> None:
        query = ScheduleQuery(follows=schedule_id)
        with suppress(ProjectionUnavailableError):
            page = await self._rows.list_schedules(owner=None, limit=MOST_FOLLOWERS, query=query)
            if page.total >= MOST_FOLLOWERS and follower not in {row.id for row in page.rows}:
                raise _invalid(f"{MOST_FOLLOWERS} schedules run after it already, and more may not")

    async def _followed_by(
        self, who: Principal, schedule_id: str, planned: Planned, *, is_first: bool
    ) -> str | None:
        if schedule_id in planned:
            return planned[schedule_id]
        snapshot = await self._gateway.find(schedule_id)
        if is_first and (snapshot is None or not may_see(who, snapshot.walk)):
            raise _invalid("there is no such schedule; name one that there is")
        return snapshot.walk.follows if snapshot else None


def _invalid(message: str) -> InvalidInputError:
    return InvalidInputError(FieldProblem("after.schedule", message))
