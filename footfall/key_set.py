from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from footfall.config.kinds import MIN_SECRET_BYTES
from footfall.unique_json import load_object

MIN_RSA_BITS = 2048

MOST_KEYS = 100
"""Keys of a set; who rotates has two or three."""

_KINDS = {"HS256": "oct", "RS256": "RSA", "ES256": "EC"}


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys that tokens of one algorithm may be signed with (a JWK Set, RFC 7517).

    Attributes:
        keys: what each is checked with, by `kid`; None is the id of one that has none.
        is_single: the set has one key, so that a token needs not say which.
    """

    keys: Mapping[str | None, Any]
    is_single: bool

    @property
    def first(self) -> tuple[str | None, Any]:
        """The `kid` of the first usable key, and the key: the one to sign with."""
        return next(iter(self.keys.items()))

    def find(self, kid: str | None) -> Any:
        """Give the key that a token means; None if there is none."""
        if kid is None and self.is_single:
            return self.first[1]
        return None if kid is None else self.keys.get(kid)


def read_key_set(text: str, algorithm: str) -> KeySet:
    """Read a JWK Set for one algorithm.

    Keys that say that they are for something else are left out. What would be used and is too
    weak, holds a private key, or cannot be told from another makes the whole set wrong.

    Raises:
        ValueError: says what is wrong, without any of the text.
    """
    try:
        entries = load_object(text).get("keys")
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON object, or has a key twice") from None
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_KEYS:
        raise ValueError(f"`keys` must be a list of 1 to {MOST_KEYS} keys")
    found: dict[str | None, Any] = {}
    ids: set[str | None] = set()
    for place, entry in enumerate(entries):
        where = f"keys[{place}]"
        if not isinstance(entry, dict) or not isinstance(entry.get("kty"), str):
            raise ValueError(f"{where} is no key: it has no `kty`")  # noqa: TRY004
        kid = _kid(entry, where, needed=len(entries) > 1)
        if kid in ids:
            raise ValueError(f"{where} has the same `kid` as a key before it")
        ids.add(kid)
        if _is_meant(entry, algorithm):
            found[kid] = _key(entry, algorithm, where)
    if not found:
        raise ValueError(f"it has no key for signatures with {algorithm}")
    return KeySet(found, is_single=len(entries) == 1)


def check_public_key(key: Any, algorithm: str) -> None:
    """Check that a public key suits an algorithm.

    Raises:
        ValueError: it is of another kind, or too weak.
    """
    if algorithm == "RS256":
        if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
            raise ValueError(f"RS256 needs an RSA key of {MIN_RSA_BITS} bits")
    elif not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("ES256 needs a key on the curve P-256")


def _kid(entry: Mapping[str, Any], where: str, *, needed: bool) -> str | None:
    kid = entry.get("kid")
    if kid is None and "kid" not in entry and not needed:
        return None
    if not isinstance(kid, str) or not kid:
        raise ValueError(f"{where} has no `kid`, the text that tokens name it by")
    return kid


def _is_meant(entry: Mapping[str, Any], algorithm: str) -> bool:
    uses = entry.get("key_ops", ["verify"])
    return (
        entry["kty"] == _KINDS[algorithm]
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", algorithm) == algorithm
        and isinstance(uses, list)
        and "verify" in uses
    )


def _key(entry: dict[str, Any], algorithm: str, where: str) -> Any:
    if algorithm != "HS256" and "d" in entry:
        raise ValueError(f"{where} holds a private key; only the issuer may have it")
    try:
        if algorithm == "HS256":
            secret = HMACAlgorithm.from_jwk(entry)
        else:
            public = (RSAAlgorithm if algorithm == "RS256" else ECAlgorithm).from_jwk(entry)
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{where} is no {entry['kty']} key") from None
    if algorithm == "HS256":
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"{where} is too short: at least {MIN_SECRET_BYTES} bytes")
        return secret
    try:
        check_public_key(public, algorithm)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    return public
