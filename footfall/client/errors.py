from collections.abc import Mapping
from typing import Any, ClassVar

from footfall.errors import FieldProblem

MAKE_TOKEN = "Make one with `footfall token`, and set FOOTFALL_TOKEN."  # noqa: S105

REMEDIES: Mapping[str, str] = {
    "unauthorized": MAKE_TOKEN,
    "schedule_not_found": "`footfall schedules list` shows those that you see.",
    "run_not_found": "`footfall runs list` shows those that you see.",
    "walker_not_found": "`footfall walkers` shows those that the running workers know.",
    "stale": "Read the schedule again, and send the revision that it has now.",
    "schedule_followed": "`footfall schedules list --follows ID` shows which.",
    "no_worker": "Start one with `footfall worker --app APP`.",
    "not_ready": "`footfall doctor` says what is in the way.",
    "temporal_unavailable": "`footfall doctor` says what is in the way.",
    "projection_unavailable": "`footfall doctor` says what is in the way.",
}
"""What to do about an error, by its code, where its message alone does not say it."""


class ClientError(Exception):
    """The API did not do what was asked; the message is for people."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class TokenError(ClientError):
    """What was given cannot be a token."""


class UnsendableError(ClientError, ValueError):
    """What was given cannot be sent; nothing was done.

    Attributes:
        field: the argument that is at fault, or the field of the body, such as ``args.rate``.
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        super().__init__(f"{field}: {problem}.")


class UnreachableError(ClientError):
    """No API answers there; nothing was done."""


class NoAnswerError(ClientError):
    """The API did not answer in time, or broke off; what was asked for may have been done."""


class ForeignAnswerError(ClientError):
    """Something answers there, but it is no API of Footfall's."""


class ApiError(ClientError):
    """The API refused.

    Attributes:
        status: HTTP's.
        code: stable, for programs, such as ``schedule_not_found``.
        message: what is wrong, for people.
        details: more of it, by code.
        fields: what is wrong with which field of the request.
        remedy: what to do about it, where the message does not say it.
        retry_after: seconds after which to try again, where the API says so.
    """

    of_status: ClassVar[dict[int, type["ApiError"]]] = {}

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        retry_after: float | None = None,
    ) -> None:
        self.status, self.code = status, code
        self.details = dict(details or {})
        self.fields = tuple(
            FieldProblem(one["field"], one["message"]) for one in self.details.get("fields", ())
        )
        self.remedy = REMEDIES.get(code)
        self.retry_after = retry_after
        super().__init__(message)

    def __init_subclass__(cls, *, status: int) -> None:
        ApiError.of_status[status] = cls

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message

    @property
    def field(self) -> str | None:
        """The first field of the request that is wrong, if one is."""
        return self.fields[0].field if self.fields else None


class InvalidError(ApiError, status=400):
    """The request is invalid; `fields` says where."""


class UnauthorizedError(ApiError, status=401):
    """The token is missing, expired, or not one of this API's."""


class ForbiddenError(ApiError, status=403):
    """This is not allowed."""


class NotFoundError(ApiError, status=404):
    """There is no such schedule, run, walker, ..., or it is another owner's."""


class ConflictError(ApiError, status=409):
    """What is there does not allow it."""


class StaleError(ApiError, status=412):
    """The schedule is no longer at the revision that was given."""


class TooLargeError(ApiError, status=413):
    """The request's body is too large."""


class TooManyError(ApiError, status=429):
    """Too many requests or streams."""


class UnavailableError(ApiError, status=503):
    """Temporal, MongoDB or every worker is away, or the scheduler is disabled."""
