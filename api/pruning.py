from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from api.edits import Author
from api.schedules import Schedules
from api.steps import Step, Wanted
from footfall.errors import (
    FieldProblem,
    FootfallError,
    InvalidInputError,
    ScheduleNotFoundError,
)
from footfall.together import together


class Pruning:
    """Deletes the schedules of an owner that a file does not declare."""

    def __init__(self, schedules: Schedules) -> None:
        self._schedules = schedules

    async def check(self, author: Author, steps: Sequence[Step], wanted: Sequence[Wanted]) -> None:
        """Check which schedules can be deleted once the file's are as `wanted`.

        A step that cannot be done gets the error that tells why; nothing is deleted.

        Raises:
            InvalidInputError: one that the file declares would follow one that it leaves out.
        """
        _check_followed(steps, wanted)
        declared = {one.walk.schedule_id for one in wanted}
        able = list(steps)
        while True:
            # What stays may follow what would have been deleted beside it.
            beside = declared | {step.id for step in able}
            await together(partial(self._delete, author, beside, dry_run=True), able)
            left = [step for step in able if step.error is None]
            if len(left) == len(able):
                return
            able = left

    async def do(self, author: Author, steps: Sequence[Step]) -> None:
        """Delete the schedules of steps without an error; those that fail get one."""
        able = [step for step in steps if step.error is None]
        beside = frozenset(step.id for step in able)
        await together(partial(self._delete, author, beside), able)

    async def _delete(
        self, author: Author, beside: AbstractSet[str], step: Step, *, dry_run: bool = False
    ) -> None:
        try:
            await self._schedules.delete(author, step.id, dry_run=dry_run, beside=beside)
        except ScheduleNotFoundError:
            # Somebody else was first; it is gone, as it should be.
            return
        except FootfallError as error:
            step.error = error


def _check_followed(steps: Sequence[Step], wanted: Sequence[Wanted]) -> None:
    names = {step.id: step.name for step in steps}
    problems = [
        FieldProblem(
            f"schedules.{place}.after.{'schedule' if 'schedule' in one.body.after else 'name'}",
            f"{names[one.walk.follows]!r} would be pruned: declare it too, or follow another one",
        )
        for place, one in enumerate(wanted)
        if one.walk.follows in names
    ]
    if problems:
        raise InvalidInputError(problems)
