import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from footfall.errors import ConfigurationError

HERE = "http://127.0.0.1:8000"
_TOKENS = ("token", "token_file", "token_env")
_KEYS = {"url", *_TOKENS}


@dataclass(frozen=True, slots=True)
class Profile:
    """A server and whose token it is asked with; both may be missing.

    Attributes:
        url: of the server.
        token: with which it is asked.
        lacks: why the token is missing, though the profile says where it is.
    """

    url: str | None = None
    token: str | None = None
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a command goes, and with what token, if there is one; else what it lacks, if known."""

    url: str
    token: str | None
    lacks: str | None = None


def profiles_file(environ: Mapping[str, str]) -> Path:
    """Give where the user's profiles are: FOOTFALL_PROFILES, else in the folder for such files."""
    named = environ.get("FOOTFALL_PROFILES")
    if named:
        return Path(named)
    folder = environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "footfall" / "profiles.toml"


def choose(
    *,
    url: str | None,
    token: str | None,
    profile: str | None,
    environ: Mapping[str, str],
) -> Target:
    """Decide where a command goes: by its options, the environment, the profiles, in this order.

    A profile that is named by an option goes before FOOTFALL_URL and FOOTFALL_TOKEN. The token of
    one that is not goes to its own URL only.

    Raises:
        ConfigurationError: there is no such profile, or the file is wrong.
    """
    named = Profile() if profile is None else read_profile(profile, environ)
    from_environ = environ.get("FOOTFALL_URL") or None
    tokens = [token, named.token, environ.get("FOOTFALL_TOKEN") or None]
    lacks = named.lacks
    usual = Profile() if profile is not None else _usual(environ)
    chosen = url or named.url or from_environ
    if chosen is None or chosen.rstrip("/") == (usual.url or "").rstrip("/"):
        chosen = usual.url or HERE
        tokens.append(usual.token)
        lacks = lacks or usual.lacks
    found = next((one for one in tokens if one is not None), None)
    return Target(chosen, found, lacks if found is None else None)


def read_profile(name: str, environ: Mapping[str, str]) -> Profile:
    """Give a profile by its name.

    Raises:
        ConfigurationError: there is none, or it is wrong.
    """
    file = profiles_file(environ)
    profiles = _read(file).get("profiles", {})
    if name not in profiles:
        near = get_close_matches(name, profiles, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise ConfigurationError(f"{file} has no profile {name!r}{hint}")
    found = profiles[name]
    unknown = set(found) - _KEYS
    if unknown or not all(isinstance(value, str) for value in found.values()):
        wrong = ", ".join(sorted(unknown)) or "a value that is no text"
        known = ", ".join(sorted(_KEYS))
        raise ConfigurationError(f"{file}: profile {name!r} has {wrong}; it may have {known}.")
    given = [key for key in _TOKENS if key in found]
    if len(given) > 1:
        both = " and ".join(given)
        raise ConfigurationError(f"{file}: profile {name!r} has {both}; leave one of them out.")
    token, lacks = _token(found, environ, file), None
    if token is None and "token_env" in found:
        lacks = f"profile {name!r} takes it from {found['token_env']}, which is not set"
    return Profile(found.get("url"), token, lacks)


def _usual(environ: Mapping[str, str]) -> Profile:
    name = environ.get("FOOTFALL_PROFILE") or _read(profiles_file(environ)).get("default")
    return Profile() if name is None else read_profile(str(name), environ)


def _token(found: Mapping[str, str], environ: Mapping[str, str], file: Path) -> str | None:
    if "token" in found:
        return found["token"]
    if "token_env" in found:
        return environ.get(found["token_env"]) or None
    if "token_file" in found:
        # Seen from the profiles, so that both can be moved together.
        path = file.parent / Path(found["token_file"]).expanduser()
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return None


def _read(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    profiles = found.get("profiles", {})
    if not isinstance(profiles, dict) or not all(
        isinstance(one, dict) for one in profiles.values()
    ):
        raise ConfigurationError(f"{file}: `profiles` must hold a table for each profile.")
    return found
