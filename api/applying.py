from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.bodies import AppliedSchedule, ApplyRequest
from api.chains import Chains, Planned
from api.creations import Creations
from api.edits import Author
from api.idempotency import named_id
from api.permissions import check_own
from api.pruning import Pruning
from api.schedules import Schedules
from api.steps import Step, Wanted
from footfall.errors import (
    ConflictError,
    FieldProblem,
    FootfallError,
    InvalidInputError,
    WalkerNotFoundError,
)
from footfall.projection.projector import Projector
from footfall.projection.store import Rows
from footfall.schedules.flat import declaration
from footfall.schedules.schedule import ScheduleSnapshot, utc_now
from footfall.temporal.draft import Draft
from footfall.temporal.schedules import ScheduleGateway
from footfall.together import together
from footfall.tokens import Principal

_PAGE = 1000


class Applying:
    """Makes an owner's schedules be as a file declares them."""

    def __init__(
        self,
        *,
        app: str,
        schedules: Schedules,
        chains: Chains,
        gateway: ScheduleGateway,
        rows: Rows,
        projector: Projector,
        creations: Creations,
        default_timeout: int,
    ) -> None:
        self._app = app
        self._schedules = schedules
        self._pruning = Pruning(schedules)
        self._chains = chains
        self._gateway = gateway
        self._rows = rows
        self._projector = projector
        self._creations = creations
        self._default_timeout = default_timeout

    async def apply(self, who: Principal, body: ApplyRequest, *, dry_run: bool) -> list[Step]:
        """Create, change and delete the schedules of `who` until they are as declared.

        Everything is checked before anything is written. A step that fails does not stop the
        others; its error stands in the step.

        Raises:
            InvalidInputError: a declaration is invalid; names each field that is wrong.
            NoWorkerError: no worker runs.
            TooManySchedulesError: `who` would have too many before any are deleted.
            TooManyCreationsError: `who` has created too many in the last minute.
        """
        if body.prune and not body.schedules:
            message = (
                "With `prune` an empty list would delete all that have a name; declare one at "
                "least, or delete them with `POST /schedule/bulk`."
            )
            raise InvalidInputError(FieldProblem("schedules", message))
        author = Author(who, reason=body.reason)
        wanted = await self._wanted(author, body.schedules)
        steps = [one.step() for one in wanted]
        pruned: list[Step] = []
        if body.prune:
            names = {one.name for one in body.schedules}
            pruned = [step async for step in self._superfluous(who, names)]
            await self._pruning.check(author, pruned, wanted)
        new = [step.id for step in steps if step.action == "create"]
        if dry_run:
            await self._creations.check(who.user, new)
        else:
            await self._creations.take(who.user, new)
            await together(lambda both: self._do(*both), zip(steps, wanted, strict=True))
            await self._pruning.do(author, pruned)
        return steps + pruned

    async def export(self, who: Principal) -> list[dict[str, Any]]:
        """Give the schedules of `who` as `apply` takes them, in the order of their creation."""
        found = [snapshot async for snapshot in self._own(who)]
        names = {one.walk.schedule_id: one.walk.name for one in found}
        return [
            _by_name(
                declaration(one.walk, paused=one.paused, default_timeout=self._default_timeout),
                names,
            )
            for one in found
        ]

    async def _wanted(self, author: Author, bodies: Sequence[AppliedSchedule]) -> list[Wanted]:
        problems = _twice([body.name for body in bodies])
        wanted: dict[int, Wanted] = {}
        planned = self._planned(author.who, bodies)

        async def check(place: int, body: AppliedSchedule) -> None:
            try:
                wanted[place] = await self._check(author, body, planned)
            except InvalidInputError as error:
                problems.extend(
                    FieldProblem(f"schedules.{place}.{problem.field}", problem.message)
                    for problem in error.problems
                )
            except WalkerNotFoundError as error:
                problems.append(FieldProblem(f"schedules.{place}.walker_name", error.message))

        await together(lambda numbered: check(*numbered), enumerate(bodies))
        if problems:
            raise InvalidInputError(problems)
        return [wanted[place] for place in range(len(bodies))]

    def _planned(self, who: Principal, bodies: Sequence[AppliedSchedule]) -> Planned:
        found: dict[str, str | None] = {}
        for body in bodies:
            try:
                after = self._chains.named(who, body.config()).get("after")
            except InvalidInputError:
                # It is told when each is checked, with its place.
                continue
            followed = after.get("schedule") if isinstance(after, dict) else None
            # One that has no name is known by its id.
            for schedule_id in (named_id(self._app, who.user, body.name), body.name):
                found[schedule_id] = followed if isinstance(followed, str) else None
        return found

    async def _check(self, author: Author, body: AppliedSchedule, planned: Planned) -> Wanted:
        author = replace(author, **body.given("reason"))
        # Taken before anything is waited for: lists and exports keep the order of the file.
        now = utc_now()
        before = await self._present(author.who, body.name)
        present = before.walk if before else None
        walk = await self._schedules.define(author, body, planned=planned, present=present, at=now)
        return Wanted(author, body, walk, before)

    async def _present(self, who: Principal, name: str) -> ScheduleSnapshot | None:
        found = await self._gateway.find(named_id(self._app, who.user, name))
        if found is None:
            # One that has no name is known by its id.
            unnamed = await self._gateway.find(name)
            if unnamed and unnamed.walk.name is None and unnamed.walk.owner == who.user:
                return unnamed
        return found

    async def _superfluous(self, who: Principal, names: set[str]) -> AsyncIterator[Step]:
        async for snapshot in self._own(who):
            walk = snapshot.walk
            if walk.name is not None and walk.name not in names:
                yield Step(name=walk.name, id=walk.schedule_id, action="delete")

    async def _own(self, who: Principal) -> AsyncIterator[ScheduleSnapshot]:
        cursor: str | None = None
        while True:
            page = await self._rows.list_schedules(owner=who.user, limit=_PAGE, cursor=cursor)
            for row in page.rows:
                if not row.snapshot.walk.is_static:
                    yield row.snapshot
            cursor = page.cursor
            if cursor is None:
                return

    async def _do(self, step: Step, wanted: Wanted) -> None:
        try:
            if step.action == "create":
                wanted = await self._create(step, wanted)
            if step.action == "change" and step.error is None:
                await self._change(wanted)
            if step.action == "unchanged" and wanted.before is not None:
                # Perhaps who created it ended right after that.
                await self._gateway.begin(wanted.before)
        except FootfallError as error:
            step.error = error

    async def _create(self, step: Step, wanted: Wanted) -> Wanted:
        walk, author = wanted.walk, wanted.author
        paused = wanted.is_active is False
        note = author.pause_note() if paused else ""
        try:
            snapshot = await self._gateway.create(walk, paused=paused, note=note)
        except BaseException as error:
            self._creations.give_back(walk.owner, walk.schedule_id)
            if not isinstance(error, ConflictError):
                raise
            # Somebody else was first, perhaps with the same file.
            wanted = replace(wanted, before=await self._gateway.read(walk.schedule_id))
            again = wanted.step()
            step.action, step.difference, step.error = again.action, again.difference, again.error
        else:
            await self._projector.saw(snapshot)
        return wanted

    async def _change(self, wanted: Wanted) -> None:
        def edit(before: ScheduleSnapshot) -> Draft | None:
            check_own(wanted.author.who, before.walk)
            return wanted.edits().draft(before, wanted.author)

        snapshot = await self._gateway.commit(wanted.walk.schedule_id, edit)
        await self._projector.saw(snapshot)


def _by_name(declared: dict[str, Any], names: Mapping[str, str | None]) -> dict[str, Any]:
    """Name the schedule that one follows by its name, where it has one: ids differ elsewhere."""
    after = declared.get("after")
    name = names.get(after["schedule"]) if after else None
    if not after or name is None:
        return declared
    others = {key: value for key, value in after.items() if key != "schedule"}
    return {**declared, "after": {"name": name, **others}}


def _twice(names: Sequence[str]) -> list[FieldProblem]:
    return [
        FieldProblem(f"schedules.{place}.name", f"{name!r} is declared twice; take another name")
        for place, name in enumerate(names)
        if name in names[:place]
    ]
