"""The errors that Footfall raises on purpose.

Each class carries a stable ``code`` that clients may branch on; the HTTP status that
belongs to it is the API's business. A class's docstring is its default message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of the input, and the remedy."""

    field: str
    message: str


class FootfallError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.details = details
        super().__init__(self.message)


class InvalidInputError(FootfallError):
    """The request is invalid."""

    code = "invalid_request"

    def __init__(self, problems: Sequence[FieldProblem] | FieldProblem) -> None:
        self.problems = (problems,) if isinstance(problems, FieldProblem) else tuple(problems)
        super().__init__(
            "; ".join(f"{problem.field}: {problem.message}" for problem in self.problems),
            fields=[
                {"field": problem.field, "message": problem.message} for problem in self.problems
            ],
        )


class InvalidTriggerError(InvalidInputError):
    """The trigger is invalid."""

    code = "invalid_trigger"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(FieldProblem(field, message))


class ConfigurationError(FootfallError):
    """The configuration is invalid; the process does not start."""

    code = "invalid_configuration"


class UnauthorizedError(FootfallError):
    """A valid bearer token is needed."""

    code = "unauthorized"


class ForbiddenError(FootfallError):
    """This is not allowed."""

    code = "forbidden"


class ScheduleNotFoundError(FootfallError):
    """There is no schedule with this id."""

    code = "schedule_not_found"


class UnreadableError(FootfallError):
    """What Temporal holds of this cannot be read by this process."""

    code = "unreadable"


class BrokenScheduleError(UnreadableError):
    """The schedule cannot be read, as Footfall did not write it so; it can be deleted."""

    code = "schedule_broken"


class RevisionNotFoundError(FootfallError):
    """What this schedule was at that revision is not recorded."""

    code = "revision_not_found"


class RunNotFoundError(FootfallError):
    """This schedule has no run with this id."""

    code = "run_not_found"


class RunEndedError(FootfallError):
    """The run has ended already."""

    code = "run_ended"


class OverlapError(FootfallError):
    """Another run of this schedule is under way, and its overlap policy allows no second one."""

    code = "overlap"


class TooManyStreamsError(FootfallError):
    """Too many streams are open in this process, of yours or of all; close one, or come later."""

    code = "too_many_streams"


class TooManySchedulesError(FootfallError):
    """You would have more schedules than one owner may have; delete some first."""

    code = "too_many_schedules"


class TooManyCreationsError(FootfallError):
    """You have created too many schedules in the last minute; try again later."""

    code = "too_many_creations"


class FollowedError(FootfallError):
    """Other schedules run after this one; delete or change them first."""

    code = "schedule_followed"


class WalkerNotFoundError(FootfallError):
    """No running worker knows this walker."""

    code = "walker_not_found"


class ConflictError(FootfallError):
    """The schedule was changed by someone else in the meantime; read it and try again."""

    code = "conflict"


class BackfillNotFoundError(FootfallError):
    """This schedule has no backfill with this id."""

    code = "backfill_not_found"


class BackfillEndedError(FootfallError):
    """The backfill has ended already."""

    code = "backfill_ended"


class DeliveryNotFoundError(FootfallError):
    """You have no delivery with this id."""

    code = "delivery_not_found"


class DeliveryPendingError(FootfallError):
    """The delivery is still under way."""

    code = "delivery_pending"


class StaleError(FootfallError):
    """The schedule was changed since you read it; read it again, and decide anew."""

    code = "stale"


class IdempotencyKeyError(FootfallError):
    """This Idempotency-Key was used for another request; take a new key for each request."""

    code = "idempotency_key_reused"


class SchedulerDisabledError(FootfallError):
    """The scheduler is disabled (plugins.scale.scheduler.enabled = false)."""

    code = "scheduler_disabled"


class NoWorkerError(FootfallError):
    """No worker is running for this app; start one with `footfall worker --app APP`."""

    code = "no_worker"


class TemporalUnavailableError(FootfallError):
    """Temporal cannot be reached."""

    code = "temporal_unavailable"


class ProjectionUnavailableError(FootfallError):
    """The lists cannot be read: their database does not answer, or Temporal was not read yet."""

    code = "projection_unavailable"


class EncryptionDisabledError(FootfallError):
    """Nothing is encrypted: no encryption keys are configured."""

    code = "encryption_disabled"


class AppError(FootfallError):
    """The app cannot be loaded."""

    code = "app_broken"


class NotReadyError(FootfallError):
    """The API is not ready yet."""

    code = "not_ready"
