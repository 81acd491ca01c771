import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from footfall.config.keys import SCHEDULER_TABLE, SettingKey, setting_keys
from footfall.config.kinds import PEM_START
from footfall.errors import ConfigurationError

_OF_JAC_SCALE = frozenset(
    {
        "collection",
        "misfire_grace_time",
        "shutdown_timeout",
        "system_user_password",
        "thread_pool_size",
        "user_exists_ttl",
    }
)
"""Keys of jac-scale 0.2.31 in the table of the scheduler: one jac.toml serves both."""

_VARIABLE = re.compile(
    r"\$(?P<escaped>\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<default>[^}]*))?\}|\$\{",
)


def read_jac_toml(
    path: Path,
    environ: Mapping[str, str],
) -> tuple[dict[SettingKey, Any], list[str]]:
    """Read our keys from a jac.toml, with its variables expanded.

    Tables of others are left alone. In our own, an unknown key is a problem, unless it is one of
    jac-scale's scheduler; in the other tables that we share with jac-scale it is not.

    Returns:
        Values by key, and what is wrong, one sentence for each.

    Raises:
        ConfigurationError: the file cannot be read, or is no TOML.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error
    values: dict[SettingKey, Any] = {}
    problems: list[str] = []
    by_table: dict[str, dict[str, SettingKey]] = {}
    for key in setting_keys():
        by_table.setdefault(key.table, {})[key.name] = key
    for table, keys in by_table.items():
        content = _table(document, table, path, problems)
        if table.startswith(SCHEDULER_TABLE):
            below = {name.removeprefix(f"{table}.") for name in by_table if name != table}
            problems += _unknown(content, keys, below, table, path)
        for name, key in keys.items():
            if name in content:
                value = _value(key, content[name], path, environ, problems)
                # An empty text, as `${VAR:-}` gives, means that the key is not set.
                if value != "":
                    values[key] = value
    return values, list(dict.fromkeys(problems))


def _table(
    document: Mapping[str, Any],
    name: str,
    path: Path,
    problems: list[str],
) -> Mapping[str, Any]:
    table: Any = document
    passed: list[str] = []
    for part in name.split("."):
        table = table.get(part, {})
        passed.append(part)
        if not isinstance(table, dict):
            problems.append(f"{'.'.join(passed)} in {path} must be a table")
            return {}
    found: dict[str, Any] = table
    return found


def _unknown(
    content: Mapping[str, Any],
    keys: Mapping[str, SettingKey],
    below: set[str],
    table: str,
    path: Path,
) -> list[str]:
    known = [*keys, *sorted(name for name in below if "." not in name)]
    problems = []
    for name in content:
        if name in known or (table == SCHEDULER_TABLE and name in _OF_JAC_SCALE):
            continue
        near = get_close_matches(name, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        problems.append(f"{table}.{name} in {path} is unknown: {remedy}")
    return problems


def _value(
    key: SettingKey,
    value: Any,
    path: Path,
    environ: Mapping[str, str],
    problems: list[str],
) -> Any:
    if not isinstance(value, str):
        return value
    try:
        text = expand(value, environ)
    except ValueError as error:
        problems.append(f"{key.toml} ({key.env}) in {path}: {error}")
        return ""
    if key.is_path and text and not text.lstrip().startswith((PEM_START, "~")):
        return str(path.parent / text)
    return text


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Replace ``${VAR}`` and ``${VAR:-default}``; ``$${`` stands for ``${`` itself.

    The default is taken where the variable is unset or empty, as in a shell.

    Raises:
        ValueError: a variable is not set and has no default, or the notation is wrong.
    """

    def replace(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "${"
        name, default = match["name"], match["default"]
        if name is None:
            raise ValueError("`${` must be followed by a name and `}`; write `$${` for the text")
        value = environ.get(name)
        if default is not None:
            return value or default
        if value is None:
            raise ValueError(
                f"the environment variable {name} is not set; set it, or write "
                f"${{{name}:-default}}",
            )
        return value

    return _VARIABLE.sub(replace, text)
