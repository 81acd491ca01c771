from collections.abc import Awaitable

import structlog
from pydantic import ValidationError
from temporalio.common import TypedSearchAttributes

from footfall.errors import UnreadableError
from footfall.temporal import attributes

_UNDECODABLE = (ValueError, KeyError, TypeError, RuntimeError)
"""What decoding raises: models, the SDK's converters and the codec."""

_MOST_NAMED = 5

_log = structlog.get_logger(__name__)


async def owned[Value](decoding: Awaitable[Value], marks: TypedSearchAttributes) -> Value:
    """Give what is decoded of something that has an owner, by its search attributes.

    Raises:
        UnreadableError: as `decoded` does; `owner` in its details says whom it may be told.
    """
    try:
        return await decoded(decoding)
    except UnreadableError as error:
        details = {**error.details, "owner": marks.get(attributes.OWNER)}
        raise UnreadableError(error.message, **details) from error


async def decoded[Value](decoding: Awaitable[Value]) -> Value:
    """Give what is decoded.

    Raises:
        UnreadableError: it cannot be: its key is missing, a newer release made it, or it is
            damaged.
    """
    try:
        return await decoding
    except UnreadableError:
        raise
    except ValidationError as error:
        raise UnreadableError(f"This is not understood: {named(error)}.") from error
    except _UNDECODABLE as error:
        raise UnreadableError(f"This is not understood: {error}") from error


def named(error: ValidationError) -> str:
    """Say what is wrong with something, without its values."""
    # Without the values, which may be anybody's.
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or error.title}: {one['msg']}"
        for one in found[:_MOST_NAMED]
    )


class Unread:
    """What was passed over because it cannot be read; each is logged once, with the reason."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    async def or_none[Value](self, decoding: Awaitable[Value], what: str) -> Value | None:
        """Give what is decoded, or None where it cannot be read; `what` names it in the log."""
        try:
            found = await decoded(decoding)
        except UnreadableError as error:
            self._log(what, error.message)
            return None
        self._reasons.pop(what, None)
        return found

    def _log(self, what: str, reason: str) -> None:
        if self._reasons.get(what) != reason:
            self._reasons[what] = reason
            _log.warning("something cannot be read and is left alone", what=what, reason=reason)
