"""Verified tokens are accepted again as long as they would be verified, and no longer."""

import time
from typing import Any

import pytest
from pydantic import SecretStr
from support.tokens import GOOD, SECRET, claims, now, signed

from footfall import known_tokens
from footfall.config import JwtSettings
from footfall.errors import UnauthorizedError
from footfall.known_tokens import MOST_KNOWN, KnownTokens
from footfall.tokens import Principal, TokenVerifier

SETTINGS = JwtSettings(secret=SecretStr(SECRET))
ADA, BOB = Principal("ada"), Principal("bob")
KEYS, OTHERS = object(), object()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token whose signature is looked at from now on."""
    found: list[str] = []
    real = TokenVerifier._decode

    def decode(self: TokenVerifier, token: str, key: Any) -> dict[str, Any]:
        found.append(token)
        return real(self, token, key)

    monkeypatch.setattr(TokenVerifier, "_decode", decode)
    return found


def test_a_good_token_is_verified_once_and_a_bad_one_each_time(decoded: list[str]) -> None:
    verifier = TokenVerifier(SETTINGS)
    forged = signed(claims(), secret=b"a key of the sender's own, 32 bytes")
    for _ in range(3):
        assert verifier.verify(GOOD) == ADA
        with pytest.raises(UnauthorizedError):
            verifier.verify(forged)
    assert decoded == [GOOD, forged, forged, forged]


def test_a_known_token_ends_when_it_says(decoded: list[str]) -> None:
    verifier = TokenVerifier(SETTINGS)
    end = int(now().timestamp()) + 2
    token = signed(claims(exp=end))
    assert verifier.verify(token) == ADA
    while time.time() < end - 0.2:
        assert verifier.verify(token) == ADA
    assert decoded == [token]
    while time.time() < end:
        time.sleep(0.01)
    with pytest.raises(UnauthorizedError, match="expired"):
        verifier.verify(token)


def test_a_clock_that_goes_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    known = KnownTokens[Principal]()
    assert known.find(GOOD, KEYS) is None
    known.add(GOOD, KEYS, ADA, time.time())
    assert known.find(GOOD, KEYS) == ADA
    earlier = time.time() - 60
    monkeypatch.setattr(known_tokens.time, "time", lambda: earlier)
    assert known.find(GOOD, KEYS) is None


def test_what_other_keys_verified_is_not_known() -> None:
    known = KnownTokens[Principal]()
    assert known.find(GOOD, KEYS) is None
    known.add(GOOD, KEYS, ADA, time.time())
    assert known.find(GOOD, OTHERS) is None
    # The keys became others while it was verified.
    known.add(GOOD, KEYS, ADA, time.time())
    assert known.find(GOOD, OTHERS) is None
    known.add(GOOD, OTHERS, BOB, time.time())
    assert known.find(GOOD, OTHERS) == BOB
    assert known.find(GOOD, KEYS) is None


def test_no_more_are_kept_than_that() -> None:
    known = KnownTokens[Principal]()
    known.find("", KEYS)
    for number in range(MOST_KNOWN + 10):
        known.add(str(number), KEYS, ADA, time.time())
        assert known.find(str(number), KEYS) == ADA
        assert len(known._known) <= MOST_KNOWN
