from collections.abc import AsyncIterator
from typing import Any

from api.bodies import NewSchedule, ScheduleChange
from api.edits import Author, etag
from api.job_bodies import JobTrigger, NewJob, WordedError
from api.job_views import job_view, refusal
from api.schedules import Schedules
from footfall.errors import (
    ConflictError,
    FieldProblem,
    ForbiddenError,
    NoWorkerError,
    ScheduleNotFoundError,
    StaleError,
)
from footfall.jac_scale.naming import is_job_id, name_of
from footfall.projection.row import ScheduleRow
from footfall.projection.schedule_query import ScheduleQuery
from footfall.schedules.schedule import TriggerKind
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.schedules import ATTEMPTS
from footfall.tokens import Principal
from footfall.triggers import carried_options
from footfall.triggers.problem import listed
from footfall.walkers.catalogue import Catalogue

TRIGGERS: tuple[TriggerKind, ...] = ("interval", "cron", "date")

_PAGE = 1000


class Jobs:
    """What jac-scale's API does with jobs, done with schedules: those that no code declares."""

    def __init__(self, schedules: Schedules, walkers: WalkerCatalogue) -> None:
        self._schedules = schedules
        self._walkers = walkers

    async def create(self, who: Principal, body: NewJob, *, key: str | None) -> dict[str, Any]:
        """Create a schedule of `who`, and show it as a job.

        Raises:
            InvalidInputError: the trigger is invalid, or the walker is not offered to be scheduled.
            WalkerNotFoundError, NoWorkerError, and whatever else creating a schedule raises.
        """
        config = body.config()
        walker = await self._walkers.find(body.walker_or_function)
        reason = refusal(walker)
        if reason is not None:
            raise WordedError(FieldProblem("walker_or_function", reason))
        new = NewSchedule(walker_name=walker.name, **config)
        return job_view(await self._schedules.create(who, new, key=key), walker)

    async def page(
        self, who: Principal, *, trigger: str | None, owner: str | None, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Give some jobs in the order of their creation, and how many there are.

        Args:
            who: sees their own, an admin all.
            trigger: only those of this kind.
            owner: only theirs, where an admin asks.
            limit: how many at most.
            offset: how many others come before them.
        """
        kind = next((one for one in TRIGGERS if one == trigger), None)
        if kind is None and trigger is not None:
            return [], 0
        query = ScheduleQuery(
            is_static=False,
            trigger=kind,
            owner=owner if who.is_admin else None,
        )
        rows: list[ScheduleRow] = []
        cursor: str | None = None
        while True:
            page = await self._schedules.list(
                who, query, limit=min(_PAGE, limit + offset - len(rows)), cursor=cursor
            )
            rows += page.rows
            cursor = page.cursor
            if cursor is None or len(rows) >= limit + offset or offset >= page.total:
                break
        known = await self._known()
        shown = rows[offset : offset + limit]
        jobs = [job_view(row, known.find(row.snapshot.walk.walker_name)) for row in shown]
        return jobs, page.total

    async def read(self, who: Principal, job_id: str) -> dict[str, Any]:
        """Show one job.

        Raises:
            ScheduleNotFoundError: `who` has none of this id.
            ConflictError: several have this id.
        """
        row = await self._schedules.read(who, await self._id_of(who, job_id))
        if row.snapshot.walk.is_static:
            raise ScheduleNotFoundError
        return await self._shown(row)

    async def update(self, who: Principal, job_id: str, body: JobTrigger) -> dict[str, Any]:
        """Give a job another trigger, and show it.

        What jac-scale has no words for, such as time zone, bounds and excluded days, stays as far
        as the new trigger has it too.

        Raises:
            InvalidInputError: the trigger is invalid.
            ScheduleNotFoundError: `who` has none of this id.
            ConflictError: others kept changing it at the same time, or several have this id.
        """
        config = body.config()
        schedule_id = await self._id_of(who, job_id)
        for _ in range(ATTEMPTS):
            before = await self._schedules.newest(who, schedule_id)
            carried = carried_options(before.walk.config, body.trigger)
            author = Author(who, etags=(etag(before),))
            try:
                change = ScheduleChange(**carried, **config)
                row = await self._schedules.update(author, schedule_id, change)
            except StaleError:
                continue
            except ForbiddenError as error:
                raise ScheduleNotFoundError from error
            return await self._shown(row)
        raise ConflictError

    async def delete(self, who: Principal, job_id: str) -> None:
        """Delete a job; a run that is under way is not stopped.

        Raises:
            ScheduleNotFoundError: `who` has none of this id.
            ConflictError: several have this id.
            FollowedError: schedules run after it.
        """
        try:
            await self._schedules.delete(Author(who), await self._id_of(who, job_id))
        except ForbiddenError as error:
            raise ScheduleNotFoundError from error

    async def _shown(self, row: ScheduleRow) -> dict[str, Any]:
        return job_view(row, (await self._known()).find(row.snapshot.walk.walker_name))

    async def _known(self) -> Catalogue:
        try:
            return await self._walkers.read()
        except NoWorkerError:
            return Catalogue(app="")

    async def _id_of(self, who: Principal, job_id: str) -> str:
        """Give the id of the schedule that is, or took over, a job.

        Anyone may name a schedule as if it had taken a job over, of whose owner it need not be.
        So one's own comes first, and an admin is never given one of several.
        """
        if not is_job_id(job_id):
            return job_id
        name = name_of(job_id)
        own = self._schedules.id_of(who, name)
        try:
            await self._schedules.read(who, own)
        except ScheduleNotFoundError:
            if not who.is_admin:
                raise
        else:
            return own
        found = [row.snapshot.walk async for row in self._named(who, name)]
        if not found:
            raise ScheduleNotFoundError
        if len(found) > 1:
            ids = listed(f"{walk.schedule_id} of {walk.owner}" for walk in found)
            message = f"Several owners have a schedule named {name!r}; take its own id: {ids}."
            raise ConflictError(message)
        return found[0].schedule_id

    async def _named(self, who: Principal, name: str) -> AsyncIterator[ScheduleRow]:
        query = ScheduleQuery(is_static=False, words=(name,))
        cursor: str | None = None
        while True:
            page = await self._schedules.list(who, query, limit=_PAGE, cursor=cursor)
            for row in page.rows:
                if row.snapshot.walk.name == name:
                    yield row
            cursor = page.cursor
            if cursor is None:
                return
