"""What the exit code of a command that asks an API says."""

from footfall.client.errors import (
    ApiError,
    ClientError,
    ForeignAnswerError,
    NoAnswerError,
    TokenError,
    UnreachableError,
    UnsendableError,
)

FAILED = 1
"""It was done, or tried, and did not succeed."""
USAGE = 2
"""What was asked for is no valid request."""
NOT_FOUND = 3
"""There is no such schedule, run or walker."""
NOT_ALLOWED = 4
"""The token is none, has expired, or does not allow it."""
UNAVAILABLE = 5
"""The API, Temporal, MongoDB or every worker is away; try again later."""

_BY_STATUS = {
    400: USAGE,
    401: NOT_ALLOWED,
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    413: USAGE,
    429: UNAVAILABLE,
    503: UNAVAILABLE,
}


def code_of(error: ClientError) -> int:
    """Give the exit code that tells of an error."""
    match error:
        case ApiError():
            return _BY_STATUS.get(error.status, FAILED)
        case UnsendableError():
            return USAGE
        case TokenError():
            return NOT_ALLOWED
        case UnreachableError() | NoAnswerError() | ForeignAnswerError():
            return UNAVAILABLE
        case _:
            return FAILED
