from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from footfall.config.jac_toml import read_jac_toml
from footfall.config.keys import SettingKey, setting_keys
from footfall.config.settings import Settings
from footfall.errors import ConfigurationError

FILE_NAME = "jac.toml"

MAX_SHOWN = 80

COMMAND_LINE = "the command line"


def find_config(*, config: Path | None = None, app: Path | None = None) -> Path | None:
    """Find the jac.toml to read: the one that is named, else the one in the app's folder.

    Raises:
        ConfigurationError: the named file does not exist.
    """
    if config is not None:
        # The null device is a file too: it says that there is no jac.toml.
        if not config.exists() or config.is_dir():
            raise ConfigurationError(f"{config}: there is no such file (--config)")
        return config
    if app is None:
        return None
    found = (app if app.is_dir() else app.parent) / FILE_NAME
    return found if found.is_file() else None


def load_settings(
    *,
    config: Path | None = None,
    app: Path | None = None,
    environ: Mapping[str, str],
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings: defaults, then jac.toml, the environment and the command line.

    Args:
        config: jac.toml, if it was named.
        app: folder or file of the app, whose folder may hold a jac.toml.
        environ: environment variables; an empty one counts as not set.
        overrides: values from the command line by dotted name, such as ``api.port``;
            None counts as not given.

    Raises:
        ConfigurationError: something is wrong; the message has one line for each problem.
    """
    path = find_config(config=config, app=app)
    problems: list[str] = []
    values: dict[SettingKey, Any] = {}
    origins: dict[SettingKey, str] = {}
    if path is not None:
        in_file, problems = read_jac_toml(path, environ)
        values.update(in_file)
        origins.update(dict.fromkeys(in_file, str(path)))
    for key in setting_keys():
        text = environ.get(key.env, "")
        # Within a secret, spaces may be meant; the line end of a file that held it is not.
        text = text.rstrip("\r\n") if key.is_secret else text.strip()
        if text:
            values[key] = text
            origins[key] = "the environment"
    by_name = {key.dotted: key for key in setting_keys()}
    for name, value in (overrides or {}).items():
        if value is not None:
            values[by_name[name]] = value
            origins[by_name[name]] = COMMAND_LINE
    settings, refused = _validate(values, origins)
    problems += refused
    if settings is None or problems:
        raise ConfigurationError("\n".join(problems), problems=problems)
    return settings


def _validate(
    values: Mapping[SettingKey, Any],
    origins: Mapping[SettingKey, str],
) -> tuple[Settings | None, list[str]]:
    tree: dict[str, Any] = {}
    for key, value in values.items():
        table = tree
        for name in key.path[:-1]:
            table = table.setdefault(name, {})
        table[key.name] = value
    try:
        return Settings.model_validate(tree), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
    by_path = {key.path: key for key in setting_keys()}
    problems: dict[str, None] = {}
    for one in found:
        refused = by_path.get(tuple(str(part) for part in one["loc"]))
        if refused is None:
            problems[one["msg"].removeprefix("Value error, ")] = None
        else:
            problems[_problem(refused, values[refused], origins[refused])] = None
    return None, list(problems)


def _problem(key: SettingKey, value: Any, origin: str) -> str:
    message = f"{key.toml} ({key.env}): must be {key.expects}"
    if key.is_secret:
        return f"{message}; what {origin} gives is not shown"
    shown = repr(str(value) if isinstance(value, Path) else value)
    if len(shown) > MAX_SHOWN:
        shown = f"{shown[:MAX_SHOWN]}..."
    return f"{message}; {origin} gives {shown}"
