import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from structlog.testing import capture_logs
from support.tokens import BAD, EC_KEY, RSA_KEY, claims, encoded, now, pem, signed

from footfall.config import JwtSettings
from footfall.errors import ConfigurationError, UnauthorizedError
from footfall.tokens import Principal, TokenVerifier, issue_token

ADA = Principal("ada")
OLD, NEW = b"the key of last year, 32 bytes..", b"the key of this year, 32 bytes.."


def oct_key(secret: bytes, **members: Any) -> dict[str, Any]:
    return {"kty": "oct", "k": encoded(secret), **members}


def rsa_key(key: Any = RSA_KEY, **members: Any) -> dict[str, Any]:
    return {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), **members}


def ec_key(key: Any = EC_KEY, **members: Any) -> dict[str, Any]:
    return {**json.loads(ECAlgorithm.to_jwk(key.public_key())), **members}


def token(secret: bytes, kid: Any = ...) -> str:
    header = {"alg": "HS256"} if kid is ... else {"alg": "HS256", "kid": kid}
    return signed(claims(), header=header, secret=secret)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def write(file: Path) -> Callable[..., None]:
    """Put keys into the file, as one step, as who rotates keys should."""

    def put(*keys: Any, text: str | None = None) -> None:
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps({"keys": keys}) if text is None else text)
        draft.rename(file)

    return put


def settings_of(file: Path, algorithm: Any = "HS256") -> JwtSettings:
    return JwtSettings(jwks_file=file, algorithm=algorithm)


def refused(verifier: TokenVerifier, text: str) -> str:
    with pytest.raises(UnauthorizedError) as error:
        verifier.verify(text)
    return error.value.message


def test_keys_are_rotated_without_a_restart(file: Path, write: Callable[..., None]) -> None:
    write(oct_key(OLD, kid="old"))
    verifier = TokenVerifier(settings_of(file))
    assert verifier.verify(token(OLD, "old")) == ADA
    assert "known" in refused(verifier, token(NEW, "new"))
    write(oct_key(NEW, kid="new"), oct_key(OLD, kid="old"))
    assert verifier.verify(token(OLD, "old")) == verifier.verify(token(NEW, "new")) == ADA
    write(oct_key(NEW, kid="new"))
    assert "known" in refused(verifier, token(OLD, "old"))
    assert verifier.verify(token(NEW, "new")) == ADA


def test_a_file_that_is_written_in_place_is_read_again(
    file: Path, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.stat

    def coarse(path: Any, **options: Any) -> Any:
        """Look at a file whose file system knows whole seconds only."""
        found = real(path, **options)
        if path != file:
            return found
        names = ("st_mtime", "st_size", "st_ino", "st_dev")
        seconds = int(found.st_mtime) * 10**9
        times = {"st_mtime_ns": seconds, "st_ctime_ns": seconds}
        return SimpleNamespace(**{name: getattr(found, name) for name in names}, **times)

    monkeypatch.setattr(os, "stat", coarse)
    write(oct_key(OLD, kid="k"))
    verifier = TokenVerifier(settings_of(file))
    for secret in (NEW, OLD) * 20:
        # Of the same length.
        file.write_text(json.dumps({"keys": [oct_key(secret, kid="k")]}))
        assert verifier.verify(token(secret, "k")) == ADA


def test_a_file_that_stays_is_not_read_again(
    file: Path, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(oct_key(OLD, kid="k"))
    os.utime(file, (1e9, 1e9))
    verifier = TokenVerifier(settings_of(file))
    monkeypatch.setattr(Path, "open", None)
    assert verifier.verify(token(OLD, "k")) == ADA


BROKEN = {
    "no JSON": "{",
    "empty": "",
    "deep": "[" * 100_000,
    "no object": "[]",
    "no keys": "{}",
    "keys no list": '{"keys": {}}',
    "none": '{"keys": []}',
    "twice": json.dumps({"keys": [oct_key(OLD, kid="a"), oct_key(NEW, kid="a")]}),
    "keys twice": f'{{"keys": [{json.dumps(oct_key(OLD))}], "keys": []}}',
    "kid twice": '{"keys": [{"kty": "oct", "k": "' + encoded(OLD) + '", "kid": "a", "kid": "b"}]}',
    "no kid": json.dumps({"keys": [oct_key(OLD, kid="a"), oct_key(NEW)]}),
    "kid a number": json.dumps({"keys": [oct_key(OLD, kid=1)]}),
    "kid null": json.dumps({"keys": [oct_key(OLD, kid=None)]}),
    "kid empty": json.dumps({"keys": [oct_key(OLD, kid="")]}),
    "short": json.dumps({"keys": [oct_key(OLD[:-1], kid="a")]}),
    "short beside a good one": json.dumps(
        {"keys": [oct_key(OLD, kid="a"), oct_key(b"short", kid="b")]}
    ),
    "k a number": json.dumps({"keys": [{"kty": "oct", "k": 7}]}),
    "no k": json.dumps({"keys": [{"kty": "oct"}]}),
    "no kty": json.dumps({"keys": [{"k": encoded(OLD)}]}),
    "for something else": json.dumps({"keys": [oct_key(OLD, use="enc")]}),
    "for another algorithm": json.dumps({"keys": [oct_key(OLD, alg="HS512")]}),
    "for encryption": json.dumps({"keys": [oct_key(OLD, key_ops=["encrypt"])]}),
    "public keys only": json.dumps({"keys": [rsa_key(kid="a"), ec_key(kid="b")]}),
    "too many": json.dumps({"keys": [oct_key(OLD, kid=str(n)) for n in range(101)]}),
    "too large": " " * 1024 * 1024 + json.dumps({"keys": [oct_key(OLD)]}),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_stops_the_start_and_later_keeps_the_last_good_keys(
    text: str, file: Path, write: Callable[..., None]
) -> None:
    write(text=text)
    with pytest.raises(ConfigurationError, match="FOOTFALL_JWT_JWKS_FILE") as stopped:
        TokenVerifier(settings_of(file))
    assert encoded(OLD)[:20] not in stopped.value.message
    write(oct_key(OLD, kid="old"))
    verifier = TokenVerifier(settings_of(file))
    write(text=text)
    with capture_logs() as lines:
        assert verifier.verify(token(OLD, "old")) == verifier.verify(token(OLD, "old")) == ADA
    assert [(line["log_level"], line["file"]) for line in lines] == [("error", str(file))]
    assert encoded(OLD)[:20] not in str(lines)
    write(oct_key(NEW, kid="new"))
    assert verifier.verify(token(NEW, "new")) == ADA
    refused(verifier, token(OLD, "old"))


def test_a_file_that_is_gone_stops_the_start_and_later_keeps_the_last_good_keys(
    file: Path, write: Callable[..., None]
) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        TokenVerifier(settings_of(file))
    write(oct_key(OLD))
    verifier = TokenVerifier(settings_of(file))
    file.unlink()
    with capture_logs() as lines:
        assert verifier.verify(token(OLD)) == verifier.verify(token(OLD)) == ADA
    assert len(lines) == 1
    file.write_bytes(b"\xff")
    assert verifier.verify(token(OLD)) == ADA


def test_a_token_names_its_key_unless_there_is_only_one(
    file: Path, write: Callable[..., None]
) -> None:
    write(oct_key(OLD, kid="a"))
    verifier = TokenVerifier(settings_of(file))
    assert verifier.verify(token(OLD)) == verifier.verify(token(OLD, "a")) == ADA
    refused(verifier, token(OLD, "b"))
    write(oct_key(OLD))
    assert verifier.verify(token(OLD)) == ADA
    refused(verifier, token(OLD, "a"))
    # One of the two is for something else, and still there are two.
    for other in (oct_key(NEW, kid="b"), oct_key(NEW, kid="b", use="enc")):
        write(oct_key(OLD, kid="a"), other)
        assert verifier.verify(token(OLD, "a")) == ADA
        refused(verifier, token(OLD))
        # The signature has to be of the key that is named, not of any.
        refused(verifier, token(OLD, "b"))
        refused(verifier, token(NEW, "a"))
    for kid in (None, 1, ["a"], {"a": 1}, "", "A", "a\0"):
        refused(verifier, token(OLD, kid))


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused_by_a_file_too(
    name: str, file: Path, write: Callable[..., None]
) -> None:
    write(oct_key(OLD, kid="a"), oct_key(NEW, kid="b"))
    message = refused(TokenVerifier(settings_of(file)), BAD[name])
    assert len(message) < 80
    assert "ada" not in message


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA_KEY), ("ES256", EC_KEY)])
def test_one_algorithm_rules_whatever_the_file_holds(
    algorithm: Any, key: Any, file: Path, write: Callable[..., None]
) -> None:
    write(rsa_key(kid="r"), ec_key(kid="e"), oct_key(OLD, kid="o"))
    verifier = TokenVerifier(settings_of(file, algorithm))
    kid = {"RS256": "r", "ES256": "e"}[algorithm]
    good = pyjwt.encode(claims(), key, algorithm=algorithm, headers={"kid": kid})
    assert verifier.verify(good) == ADA
    for forged in (token(OLD, "o"), token(OLD, kid), token(pem(key).encode(), kid)):
        assert refused(verifier, forged) == f"The token is not signed with {algorithm}."
    refused(verifier, pyjwt.encode(claims(), key, algorithm=algorithm, headers={"kid": "o"}))
    refused(verifier, pyjwt.encode(claims(), key, algorithm=algorithm))


@pytest.mark.parametrize(
    ("algorithm", "key", "why"),
    [
        (
            "RS256",
            rsa_key(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505
            "2048 bits",
        ),
        ("ES256", ec_key(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        ("RS256", json.loads(RSAAlgorithm.to_jwk(RSA_KEY)), "private key"),
        ("ES256", json.loads(ECAlgorithm.to_jwk(EC_KEY)), "private key"),
        ("RS256", {"kty": "RSA", "n": "AQAB"}, "no RSA key"),
        ("RS256", {"kty": "RSA", "n": 1, "e": 2}, "no RSA key"),
        ("ES256", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "no EC key"),
        (
            "ES256",
            {"kty": "EC", "crv": "P-256", "x": encoded(b"1" * 32), "y": encoded(b"2" * 32)},
            "no EC key",
        ),
    ],
)
def test_a_key_in_a_file_has_to_suit(
    algorithm: Any, key: dict[str, Any], why: str, file: Path, write: Callable[..., None]
) -> None:
    # PyJWT marks its own keys as private ones by what they are for.
    write({name: value for name, value in key.items() if name != "key_ops"})
    with pytest.raises(ConfigurationError, match=why):
        TokenVerifier(settings_of(file, algorithm))


def test_the_first_key_of_a_file_signs(file: Path, write: Callable[..., None]) -> None:
    write(oct_key(NEW, kid="new"), oct_key(OLD, kid="old"))
    settings = settings_of(file)
    made = issue_token(settings, user="ada", admin=False, lifetime=timedelta(hours=1), now=now())
    assert pyjwt.get_unverified_header(made)["kid"] == "new"
    assert TokenVerifier(settings).verify(made) == ADA
