"""What has to be done to schedules so that they become as a file declares them; pure."""

from dataclasses import dataclass, field
from typing import Literal

from api.bodies import AppliedSchedule
from api.edits import Author, Edits
from footfall.errors import FootfallError, InvalidInputError
from footfall.schedules.difference import Difference, definition_difference
from footfall.schedules.policy import Policies
from footfall.schedules.schedule import ScheduledWalk, ScheduleSnapshot

type Action = Literal["create", "change", "delete", "unchanged"]


@dataclass(slots=True)
class Step:
    """What has to be done to one schedule; `error` says why it cannot, or could not, be done.

    Attributes:
        difference: for each field that changes, its value before and after.
    """

    name: str
    id: str
    action: Action
    difference: Difference = field(default_factory=dict)
    error: FootfallError | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule as it is declared, by whom and why, beside what there is of it.

    Attributes:
        body: the declaration.
        walk: the definition that it gets when it is created.
        before: the schedule as it is; None if there is none yet.
    """

    author: Author
    body: AppliedSchedule
    walk: ScheduledWalk
    before: ScheduleSnapshot | None

    @property
    def is_active(self) -> bool | None:
        """Whether it is to be active; None leaves it as it is."""
        is_active: bool | None = self.body.given("is_active").get("is_active")
        return is_active

    def edits(self) -> Edits:
        """Give the edits after which the schedule is as wanted, whatever it was."""
        walk = self.walk
        names = ("walker_name", "args", "description", "tags", "timeout", "notify", "late_after")
        return Edits(
            fields={name: getattr(walk, name) for name in names},
            policies={name: getattr(walk.policies, name) for name in Policies.model_fields},
            config=walk.config,
            is_active=self.is_active,
        )

    def step(self) -> Step:
        """Give what has to be done; its error where that can be told from what there is."""
        walk, before = self.walk, self.before
        step = Step(name=walk.name or walk.schedule_id, id=walk.schedule_id, action="create")
        if before is None:
            return step
        try:
            draft = self.edits().draft(before, self.author)
        except InvalidInputError as error:
            step.action, step.error = "change", error
            return step
        step.action = "unchanged" if draft is None else "change"
        if draft is not None:
            step.difference = definition_difference(before.walk, draft.walk)
            if draft.paused != before.paused:
                shown = {"before": not before.paused, "after": not draft.paused}
                step.difference["is_active"] = shown
        return step
