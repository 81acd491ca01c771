from pathlib import Path

import pytest

from footfall.cli.profile import HERE, Target, choose, profiles_file
from footfall.errors import ConfigurationError

PROFILES = """
default = "usual"

[profiles.usual]
url = "https://usual"
token = "usual's"

[profiles.prod]
url = "https://prod"
token_file = "prod.token"

[profiles.bare]
url = "https://bare"
token_env = "BARE"

[profiles.two]
token = "mine"
token_env = "BARE"

[profiles.wrong]
adress = "https://x"
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "profiles.toml").write_text(PROFILES)
    (tmp_path / "prod.token").write_text("prod's\n")
    return {"FOOTFALL_PROFILES": str(tmp_path / "profiles.toml")}


LACKING = "profile 'bare' takes it from BARE, which is not set"
NAMED = {"FOOTFALL_URL": "https://env", "FOOTFALL_TOKEN": "env's"}


@pytest.mark.parametrize(
    ("given", "more", "target"),
    [
        ({}, {}, Target("https://usual", "usual's")),
        ({}, NAMED, Target("https://env", "env's")),
        ({}, {"FOOTFALL_TOKEN": "env's"}, Target("https://usual", "env's")),
        ({}, {"FOOTFALL_PROFILE": "prod"}, Target("https://prod", "prod's")),
        ({"profile": "prod"}, NAMED, Target("https://prod", "prod's")),
        ({"profile": "bare"}, {"BARE": "bare's"}, Target("https://bare", "bare's")),
        ({"profile": "bare"}, NAMED, Target("https://bare", "env's")),
        ({"profile": "bare"}, {}, Target("https://bare", None, LACKING)),
        ({"profile": "bare"}, {"BARE": ""}, Target("https://bare", None, LACKING)),
        ({}, {"FOOTFALL_PROFILE": "bare"}, Target("https://bare", None, LACKING)),
        ({"profile": "prod", "token": "mine"}, {}, Target("https://prod", "mine")),
        ({"url": "https://x", "token": "mine"}, NAMED, Target("https://x", "mine")),
        # Another server is not shown the token of a profile that nobody named.
        ({"url": "https://x"}, {}, Target("https://x", None)),
        ({"url": "https://usual/"}, {}, Target("https://usual", "usual's")),
        ({}, {"FOOTFALL_URL": "https://env"}, Target("https://env", None)),
    ],
)
def test_options_go_before_the_environment_and_that_before_profiles(
    environ: dict[str, str], given: dict[str, str], more: dict[str, str], target: Target
) -> None:
    asked = {"url": None, "token": None, "profile": None, **given}
    assert choose(**asked, environ={**environ, **more}) == target


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("prd", "no profile 'prd'; did you mean 'prod'?"),
        ("x", "no profile 'x'."),
        ("wrong", "profile 'wrong' has adress"),
        ("two", "profile 'two' has token and token_env; leave one of them out."),
    ],
)
def test_what_is_wrong_with_a_profile_is_told(
    environ: dict[str, str], name: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told.replace("?", r"\?")):
        choose(url=None, token=None, profile=name, environ=environ)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "profiles.toml"
    environ = {"FOOTFALL_PROFILES": str(file)}
    asked = {"url": None, "token": None, "profile": None}
    assert choose(**asked, environ=environ) == Target(HERE, None)
    for text in ("[", "profiles = 1", "[profiles]\na = 1", "\x00"):
        file.write_text(text)
        with pytest.raises(ConfigurationError, match="profiles"):
            choose(**asked, environ=environ)
    for name in ("missing", "missing\\u0000"):
        file.write_text(f'[profiles.a]\ntoken_file = "{name}"')
        with pytest.raises(ConfigurationError, match=r"missing.* cannot be read"):
            choose(**asked | {"profile": "a"}, environ=environ)


def test_profiles_are_in_the_users_folder() -> None:
    assert profiles_file({"XDG_CONFIG_HOME": "/c"}) == Path("/c/footfall/profiles.toml")
    assert profiles_file({}) == Path.home() / ".config" / "footfall" / "profiles.toml"
