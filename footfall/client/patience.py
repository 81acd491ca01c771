import time
from collections.abc import Callable

from footfall.client.call import Call
from footfall.client.errors import ApiError, TooManyError, UnavailableError

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


class Patience:
    """How long one call may be tried again, and when.

    Args:
        seconds: for which pauses may last, all of them together; 0 never tries again.
        clock: gives seconds.
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = clock() + seconds
        self._pause = _FIRST_PAUSE

    def pause(self, call: Call[object], error: ApiError) -> float:
        """Give the seconds after which to try a call again.

        Raises:
            ApiError: the same, since it would not help, might do something twice, or would take
                longer than there is patience for.
        """
        if not _may_pass(call, error):
            raise error
        pause = self._pause if error.retry_after is None else error.retry_after
        if self._clock() + pause > self._until:
            raise error
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return pause


def _may_pass(call: Call[object], error: ApiError) -> bool:
    if isinstance(error, TooManyError):
        return True
    is_away = isinstance(error, UnavailableError) and error.code != "scheduler_disabled"
    return is_away and call.is_repeatable
