import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

MOST_KNOWN = 4096
"""How many are kept; with one more they begin anew."""


class Lasting(Protocol):
    """What a token stands for."""

    def seconds_left(self) -> float | None:
        """Give for how many seconds the token is still accepted; None without end."""


@dataclass(frozen=True, slots=True)
class _Known[Who: Lasting]:
    who: Who
    since: float


class KnownTokens[Who: Lasting]:
    """Whom the tokens speak for that were verified with the present keys, by their digests.

    One is known until it ends or any key changes. While the clock shows a time before that at which
    it was verified it is not: it may not be valid yet then.
    """

    def __init__(self) -> None:
        self._keys: object = None
        self._known: dict[bytes, _Known[Who]] = {}

    def find(self, token: str, keys: object) -> Who | None:
        """Give whom a token speaks for by these keys, or None if that has to be verified."""
        if keys is not self._keys:
            self._keys, self._known = keys, {}
            return None
        found = self._known.get(_digest(token))
        if found is None or found.since > time.time():
            return None
        left = found.who.seconds_left()
        return found.who if left is None or left > 0 else None

    def add(self, token: str, keys: object, who: Who, since: float) -> None:
        """Keep what was verified with these keys at a time (seconds since 1970)."""
        if keys is not self._keys:
            return
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[_digest(token)] = _Known(who, since)


def _digest(token: str) -> bytes:
    # The tokens themselves are secrets, and stay in no memory for longer than a request.
    return sha256(token.encode()).digest()
