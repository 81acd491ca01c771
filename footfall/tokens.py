import base64
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from footfall.config import JwtSettings
from footfall.errors import ConfigurationError, UnauthorizedError
from footfall.key_file import KeyFile
from footfall.key_set import KeySet, check_public_key
from footfall.known_tokens import KnownTokens
from footfall.schedules.schedule import SYSTEM_OWNER
from footfall.unique_json import load_object

MAX_TOKEN = 16 * 1024
"""Characters of the longest token that is looked at."""

MAX_USER = 256

MAX_LIFETIME = timedelta(days=3650)

SECRET_FILE = "jwt-secret"  # noqa: S105 - the name of the file, not what is in it

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
"""A token's three parts. Python's decoder would skip any other character."""

_TIMES = ("exp", "nbf", "iat")

_REASONS = {
    jwt.ExpiredSignatureError: "The token has expired.",
    jwt.ImmatureSignatureError: "The token is not valid yet.",
    jwt.InvalidAudienceError: "The token is meant for another audience.",
    jwt.InvalidIssuerError: "The token is from another issuer.",
    jwt.InvalidSignatureError: "The token's signature is wrong.",
}

_ROLES_OF_SYSTEM = ("admin", "system")

_FAR = 2**53


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, as the token says it.

    Attributes:
        is_admin: may see and change the schedules of everyone.
        until: when the token is no longer accepted (whole seconds since 1970), None if nothing
            says so; it is not compared.
    """

    user: str
    is_admin: bool = False
    until: int | None = field(default=None, compare=False)

    def seconds_left(self) -> float | None:
        """Give for how many seconds the token is still accepted, below 0 if it is not."""
        return None if self.until is None else min(self.until, _FAR) - time.time()


class _UnknownKeyError(Exception):
    """No key of ours has the token's `kid`."""


class TokenVerifier:
    """Checks bearer tokens with the one algorithm and the keys that are configured.

    A token never says how it is checked, nor with what: of its header only `alg`, which has to
    be the configured one, `kid`, which picks one of our own keys, and `typ` are looked at.

    Raises:
        ConfigurationError: the key is missing, or does not suit the algorithm.
    """

    def __init__(self, settings: JwtSettings) -> None:
        self._settings = settings
        self._keys = _key_source(settings)
        self._decoder = jwt.PyJWT()
        self._known = KnownTokens[Principal]()

    def verify(self, token: str) -> Principal:
        """Give who the token speaks for.

        Raises:
            UnauthorizedError: the token is malformed, not signed by a configured key,
                expired, meant for others, or names no user.
        """
        if len(token) > MAX_TOKEN or not _COMPACT.fullmatch(token):
            raise UnauthorizedError("The token is malformed.")
        keys, since = self._present_keys(), time.time()
        found = self._known.find(token, keys)
        if found is None:
            found = self._verified(token, keys)
            self._known.add(token, keys, found, since)
        return found

    def _present_keys(self) -> Any:
        return self._keys.keys if isinstance(self._keys, KeyFile) else self._keys

    def _verified(self, token: str, keys: Any) -> Principal:
        try:
            header, claims = (load_object(_decoded(part)) for part in token.split(".")[:2])
            problem = self._problem(header, claims)
            if problem is None:
                claims = self._decode(token, self._key(header, keys))
        except Exception as error:  # noqa: BLE001 - whatever a stranger sends, the answer is 401
            problem = self._reason(error)
        if problem is None:
            return _principal(claims, leeway=self._settings.leeway)
        # Outside the handler, so that PyJWT's own error is not chained: it may hold the token.
        raise UnauthorizedError(problem)

    def _problem(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str | None:
        if "crit" in header:
            return "The token has critical headers, which are not supported."
        wanted = self._settings.token_type
        if wanted is not None and _media_type(header.get("typ")) != _media_type(wanted):
            return "The token is of another type."
        # PyJWT takes a text or a boolean for a time, too.
        if any(type(claims[name]) not in (int, float) for name in _TIMES if name in claims):
            return "The token is malformed."
        return None

    def _key(self, header: Mapping[str, Any], keys: Any) -> Any:
        if not isinstance(keys, KeySet):
            return keys
        key = keys.find(header.get("kid"))
        # Its algorithm is told first: a token of another one has no key of ours anyway.
        if key is None and header.get("alg") == self._settings.algorithm:
            raise _UnknownKeyError
        return keys.first[1] if key is None else key

    def _reason(self, error: Exception) -> str:
        if isinstance(error, _UnknownKeyError):
            return "The token is not signed with a key that is known here."
        if isinstance(error, jwt.MissingRequiredClaimError):
            # The claim is one of those that we ask for; it is not the sender's text.
            return f"The token has no `{error.claim}`."
        if isinstance(error, jwt.InvalidAlgorithmError):
            return f"The token is not signed with {self._settings.algorithm}."
        return next(
            (reason for kind, reason in _REASONS.items() if isinstance(error, kind)),
            "The token is malformed.",
        )

    def _decode(self, token: str, key: Any) -> dict[str, Any]:
        settings = self._settings
        required = ["exp"]
        required += ["iss"] if settings.issuer is not None else []
        required += ["aud"] if settings.audience is not None else []
        return self._decoder.decode(
            token,
            key,
            algorithms=[settings.algorithm],
            issuer=settings.issuer,
            audience=settings.audience,
            leeway=settings.leeway,
            options={
                "require": required,
                "verify_aud": settings.audience is not None,
                # `sub` is checked below, where `user_id` may take its place.
                "verify_sub": False,
            },
        )


def issue_token(
    settings: JwtSettings,
    *,
    user: str,
    admin: bool,
    lifetime: timedelta,
    now: datetime,
) -> str:
    """Sign a token for `user`, valid from `now` for `lifetime`.

    Of a file with several keys, the first one signs.

    Raises:
        ConfigurationError: the secret is missing, tokens are issued elsewhere (RS256, ES256),
            or the user or the lifetime is none that a verifier accepts.
    """
    if settings.algorithm != "HS256":
        raise ConfigurationError(
            f"plugins.scale.jwt.algorithm is {settings.algorithm}: tokens are issued elsewhere, "
            "by whoever holds the private key",
        )
    if not is_user(user):
        raise ConfigurationError(
            f"A user's name has 1 to {MAX_USER} printable characters.",
        )
    if user == SYSTEM_OWNER and not admin:
        raise ConfigurationError(f"The user `{SYSTEM_OWNER}` is reserved; choose another name.")
    if not timedelta(seconds=1) <= lifetime <= MAX_LIFETIME:
        raise ConfigurationError(
            f"A token lives for at least one second, and at most {MAX_LIFETIME.days} days.",
        )
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "user_id": user,
        "sub": user,
        "role": "admin" if admin else "user",
        "iat": issued,
        "exp": issued + int(lifetime.total_seconds()),
    }
    if settings.issuer is not None:
        claims["iss"] = settings.issuer
    if settings.audience is not None:
        claims["aud"] = settings.audience
    source = _key_source(settings)
    kid, key = source.keys.first if isinstance(source, KeyFile) else (None, source)
    headers = {"kid": kid} if kid is not None else {}
    if settings.token_type is not None:
        headers["typ"] = settings.token_type
    return jwt.encode(claims, key, algorithm="HS256", headers=headers)


def ensure_dev_secret(data_dir: Path) -> str:
    """Give the development secret of a data folder; the first call makes it.

    A folder that is made here is its owner's only, and so is the file; a folder that is there
    keeps its mode. However many processes start at once, all get the same secret.

    Raises:
        ConfigurationError: the folder cannot be written, or the file holds no secret.
    """
    path = data_dir / SECRET_FILE
    draft = data_dir / f".{SECRET_FILE}-{secrets.token_hex(8)}"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_hex(32), "ascii")
            # A link appears at once with its content, and only where there is none yet.
            with suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {data_dir} cannot be written: {error.strerror} (--data-dir)",
        ) from error
    return read_dev_secret(data_dir) or _no_secret(path)


def read_dev_secret(data_dir: Path) -> str | None:
    """Give the development secret of a data folder; None if there is none yet.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    path = data_dir / SECRET_FILE
    try:
        return path.read_text("ascii").strip() or _no_secret(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text file"
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error


def user_of(token: str) -> str | None:
    """Give whom a token names, whoever signed it; None if it is none. It proves nothing."""
    try:
        claims = load_object(_decoded(token.split(".")[1]))
    except (ValueError, IndexError):
        return None
    user = claims.get("user_id", claims.get("sub"))
    return user if isinstance(user, str) else None


def is_user(value: object) -> bool:
    """Say whether a claim can be the name of a user."""
    return isinstance(value, str) and 0 < len(value) <= MAX_USER and value.isprintable()


def _no_secret(path: Path) -> str:
    raise ConfigurationError(f"{path} holds no secret; delete it, and a new one is made")


def _principal(claims: Mapping[str, Any], *, leeway: int) -> Principal:
    if claims.get("type") == "api_key":
        # jac-scale signs them with the same secret, and takes them for webhooks only.
        raise UnauthorizedError("The token is an API key of jac-scale, which is for its webhooks.")
    # A `user_id` that is there but wrong is not made good by `sub`: another may have set that.
    user = claims["user_id"] if "user_id" in claims else claims.get("sub")
    if not isinstance(user, str) or not is_user(user):
        raise UnauthorizedError("The token names no user (`user_id` or `sub`).")
    role = claims.get("role")
    if user == SYSTEM_OWNER and role not in _ROLES_OF_SYSTEM:
        raise UnauthorizedError(f"The user `{SYSTEM_OWNER}` is reserved.")
    return Principal(user=user, is_admin=role == "admin", until=int(claims["exp"]) + leeway)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _media_type(typ: object) -> str | None:
    """Give a `typ` as RFC 7515, section 4.1.9, compares it."""
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else None


def _key_source(settings: JwtSettings) -> Any:
    """Give the one key, or the file of keys.

    Raises:
        ConfigurationError: there is none, or none that suits the algorithm.
    """
    if settings.jwks_file is not None:
        return KeyFile(settings.jwks_file, settings.algorithm)
    text = settings.verifier_key()
    if settings.algorithm == "HS256":
        return text.encode()
    name = "plugins.scale.jwt.public_key (FOOTFALL_JWT_PUBLIC_KEY)"
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"{name} is no public key in PEM form") from None
    try:
        check_public_key(key, settings.algorithm)
    except ValueError as error:
        raise ConfigurationError(f"{name}: {error}") from None
    return key
