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
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from footfall.config import JwtSettings
from footfall.errors import ConfigurationError, UnauthorizedError
from footfall.schedules.schedule import SYSTEM_OWNER

MAX_TOKEN = 16 * 1024
"""Characters of the longest token that is looked at."""

MAX_USER = 256

MIN_RSA_BITS = 2048

MAX_LIFETIME = timedelta(days=3650)

SECRET_FILE = "jwt-secret"  # noqa: S105 - the name of the file, not what is in it

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


class TokenVerifier:
    """Checks bearer tokens with the one algorithm and the one key that are configured.

    Raises:
        ConfigurationError: the key is missing, or does not suit the algorithm.
    """

    def __init__(self, settings: JwtSettings) -> None:
        self._settings = settings
        self._key = _load_key(settings)
        self._decoder = jwt.PyJWT()

    def verify(self, token: str) -> Principal:
        """Give who the token speaks for.

        Raises:
            UnauthorizedError: the token is malformed, not signed by the configured key,
                expired, meant for others, or names no user.
        """
        if not 0 < len(token) <= MAX_TOKEN or not token.isascii():
            raise UnauthorizedError("The token is malformed.")
        try:
            has_critical = "crit" in jwt.get_unverified_header(token)
            claims = self._decode(token)
        except Exception as error:  # noqa: BLE001 - whatever a stranger sends, the answer is 401
            reason = self._reason(error)
        else:
            if not has_critical:
                return _principal(claims, leeway=self._settings.leeway)
            reason = "The token has critical headers, which are not supported."
        # Outside the handler, so that PyJWT's own error is not chained: it may hold the token.
        raise UnauthorizedError(reason)

    def _reason(self, error: Exception) -> str:
        if isinstance(error, jwt.MissingRequiredClaimError):
            # The claim is one of those that we ask for; it is not the sender's text.
            return f"The token has no `{error.claim}`."
        if isinstance(error, jwt.InvalidAlgorithmError):
            return f"The token is not signed with {self._settings.algorithm}."
        return next(
            (reason for kind, reason in _REASONS.items() if isinstance(error, kind)),
            "The token is malformed.",
        )

    def _decode(self, token: str) -> dict[str, Any]:
        settings = self._settings
        required = ["exp"]
        required += ["iss"] if settings.issuer is not None else []
        required += ["aud"] if settings.audience is not None else []
        return self._decoder.decode(
            token,
            self._key,
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
    return jwt.encode(claims, settings.verifier_key(), algorithm="HS256")


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


def is_user(value: object) -> bool:
    """Say whether a claim can be the name of a user."""
    return isinstance(value, str) and 0 < len(value) <= MAX_USER and value.isprintable()


def _no_secret(path: Path) -> str:
    raise ConfigurationError(f"{path} holds no secret; delete it, and a new one is made")


def _principal(claims: Mapping[str, Any], *, leeway: int) -> Principal:
    # A `user_id` that is there but wrong is not made good by `sub`: another may have set that.
    user = claims["user_id"] if "user_id" in claims else claims.get("sub")
    if not isinstance(user, str) or not is_user(user):
        raise UnauthorizedError("The token names no user (`user_id` or `sub`).")
    role = claims.get("role")
    if user == SYSTEM_OWNER and role not in _ROLES_OF_SYSTEM:
        raise UnauthorizedError(f"The user `{SYSTEM_OWNER}` is reserved.")
    return Principal(user=user, is_admin=role == "admin", until=int(claims["exp"]) + leeway)


def _load_key(settings: JwtSettings) -> Any:
    text = settings.verifier_key()
    if settings.algorithm == "HS256":
        return text.encode()
    name = "plugins.scale.jwt.public_key (FOOTFALL_JWT_PUBLIC_KEY)"
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"{name} is no public key in PEM form") from None
    if settings.algorithm == "RS256":
        if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
            raise ConfigurationError(f"{name}: RS256 needs an RSA key of {MIN_RSA_BITS} bits")
    elif not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ConfigurationError(f"{name}: ES256 needs a key on the curve P-256")
    return key
