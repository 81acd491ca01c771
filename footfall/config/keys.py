from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from footfall.config.settings import Settings

SCHEDULER_TABLE = "plugins.scale.scheduler"
DATABASE_TABLE = "plugins.scale.database"
JWT_TABLE = "plugins.scale.jwt"

_COMPUTED = {"processes": "the CPUs, at most 8"}


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One key of the configuration, under each of its names.

    Attributes:
        path: names from `Settings` down, such as ``("api", "port")``.
        table: table of jac.toml that it stands in.
        expects: what a value must be.
        is_path: a relative path in jac.toml starts at jac.toml's folder.
    """

    path: tuple[str, ...]
    table: str
    default: str
    meaning: str
    expects: str
    is_secret: bool
    is_path: bool

    @property
    def name(self) -> str:
        """Name within its table."""
        return self.path[-1]

    @property
    def toml(self) -> str:
        """Full name in jac.toml."""
        return f"{self.table}.{self.name}"

    @property
    def env(self) -> str:
        """Name of its environment variable."""
        return f"FOOTFALL_{'_'.join(self.path).upper()}"

    @property
    def dotted(self) -> str:
        """Name in `Settings`, which command-line overrides go by."""
        return ".".join(self.path)


@cache
def setting_keys() -> tuple[SettingKey, ...]:
    """Give every key there is, in the order of the documentation."""
    return tuple(_walk(Settings, (), SCHEDULER_TABLE))


def forget_secrets(environ: MutableMapping[str, str]) -> None:
    """Take every secret of ours out of an environment.

    A process does it, once it has its settings, that starts others which run code of users.
    """
    for key in setting_keys():
        if key.is_secret:
            environ.pop(key.env, None)


def _walk(model: type[BaseModel], above: tuple[str, ...], table: str) -> Iterator[SettingKey]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            below = JWT_TABLE if name == "jwt" else f"{table}.{name}"
            yield from _walk(kind, (*above, name), below)
        else:
            yield _key(name, field, above, table)


def _key(name: str, field: FieldInfo, above: tuple[str, ...], table: str) -> SettingKey:
    extra = field.json_schema_extra
    kinds = str(field.annotation)
    return SettingKey(
        path=(*above, name),
        table=DATABASE_TABLE if name.startswith("mongodb_") else table,
        default=_COMPUTED.get(name) or _shown(field.default),
        meaning=field.description or "",
        expects=str(extra["expects"]) if isinstance(extra, dict) else "",
        is_secret="SecretStr" in kinds,
        is_path="Path" in kinds or name == "public_key",
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def settings_table() -> str:
    """Give the table of all keys, as Markdown for docs/configuration.md."""
    lines = ["| jac.toml | environment | default | meaning |", "|---|---|---|---|"]
    table = ""
    for key in setting_keys():
        if key.table != table:
            table = key.table
            lines.append(f"| **`[{table}]`** | | | |")
        default = f"`{key.default}`" if key.default and key.name not in _COMPUTED else key.default
        lines.append(f"| `{key.name}` | `{key.env}` | {default} | {key.meaning} |")
    return "\n".join(lines) + "\n"


def settings_environ(settings: Settings) -> dict[str, str]:
    """Give the environment variables with which another process gets the same settings.

    Secrets are in it in plain text. A key that is not set is left out.
    """
    environ: dict[str, str] = {}
    for key in setting_keys():
        value: Any = settings
        for name in key.path:
            value = getattr(value, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if isinstance(value, Path):
            value = value.absolute()
        if value is not None:
            environ[key.env] = _shown(value)
    return environ
