from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints

from footfall.keyring import Keyring

MIN_SECRET_BYTES = 32
"""A shorter HS256 secret can be guessed (RFC 7518, section 3.2)."""

MAX_PORT = 65535

PEM_START = "-----BEGIN"


def _refuse_bool(value: Any) -> Any:
    # Python takes True for 1; in a configuration that is a slip.
    if isinstance(value, bool):
        raise ValueError("a whole number, not true or false")  # noqa: TRY004
    return value


def _home(path: Path) -> Path:
    return path.expanduser()


def _no_control(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().isprintable():
        raise ValueError("no line breaks or control characters")
    return secret


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ValueError("too short")
    return secret


def _mongo_uri(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("not a MongoDB URI")
    return secret


def _keys(secret: SecretStr) -> SecretStr:
    Keyring.parse(secret.get_secret_value())
    return secret


def _port_in_range(address: str) -> str:
    if not 0 < int(address.rpartition(":")[2]) <= MAX_PORT:
        raise ValueError("no such port")
    return address


def _no_end_slash(url: str) -> str:
    return url.rstrip("/")


Whole = Annotated[int, BeforeValidator(_refuse_bool)]
HomePath = Annotated[Path, AfterValidator(_home)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:%-]{1,253}\z")]
Address = Annotated[
    str,
    StringConstraints(pattern=r"^(\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9_.-]{1,253}):[0-9]{1,5}\z"),
    AfterValidator(_port_in_range),
]
Namespace = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{2,255}\z")]
BuildId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}\z")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}\z")]
Database = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,63}\z")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s?#]*\z"),
    AfterValidator(_no_end_slash),
]
JwtSecret = Annotated[SecretStr, AfterValidator(_long_enough)]
MongoUri = Annotated[SecretStr, AfterValidator(_mongo_uri)]
EncryptionKeys = Annotated[SecretStr, AfterValidator(_keys)]
ApiKey = Annotated[SecretStr, AfterValidator(_no_control)]
PemOrPath = Annotated[str, StringConstraints(min_length=1, max_length=65536)]
