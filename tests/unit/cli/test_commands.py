import json
import os
import subprocess
import sys
from pathlib import Path

import jwt as pyjwt
import pytest
from typer.testing import CliRunner

from footfall.cli.commands import cli
from footfall.config import load_settings
from footfall.errors import FootfallError
from footfall.tokens import Principal, TokenVerifier, ensure_dev_secret

ID = "0123456789abcdef0123"
SECRET = "correct-horse-battery-staple-0123"


def footfall(
    *arguments: str,
    cwd: Path,
    **environ: str,
) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTFALL_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "footfall", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**kept, "COLUMNS": "200", **environ},
        timeout=60,
    )


def principal(token: str, secret: str) -> Principal:
    settings = load_settings(environ={"FOOTFALL_JWT_SECRET": secret})
    return TokenVerifier(settings.jwt).verify(token)


@pytest.mark.parametrize("command", ["dev", "api", "worker", "token", "version"])
def test_every_command_takes_config_and_data_dir(tmp_path: Path, command: str) -> None:
    done = footfall(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "--config FILE" in done.stdout
    assert "--data-dir DIR" in done.stdout


@pytest.mark.parametrize("command", ["api", "worker"])
def test_api_and_worker_can_be_told_where_temporal_is(tmp_path: Path, command: str) -> None:
    done = footfall(command, "--help", cwd=tmp_path)
    for option in ("--temporal-address", "--temporal-namespace", "--task-queue"):
        assert option in done.stdout


def test_version(tmp_path: Path) -> None:
    done = footfall("version", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("footfall 0.")


def test_only_the_token_is_printed(tmp_path: Path) -> None:
    done = footfall("token", "--user", "ada", cwd=tmp_path, FOOTFALL_JWT_SECRET=SECRET)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    token = done.stdout.strip()
    assert principal(token, SECRET) == Principal("ada")
    content = pyjwt.decode(token, options={"verify_signature": False})
    assert content["exp"] - content["iat"] == 8 * 3600


def test_an_admins_token_that_expires_when_it_was_told(tmp_path: Path) -> None:
    done = footfall(
        *("token", "--user", "ada", "--admin", "--expires", "1d12h"),
        cwd=tmp_path,
        FOOTFALL_JWT_SECRET=SECRET,
    )
    token = done.stdout.strip()
    assert principal(token, SECRET) == Principal("ada", is_admin=True)
    content = pyjwt.decode(token, options={"verify_signature": False})
    assert content["exp"] - content["iat"] == 36 * 3600


def test_without_a_configured_secret_the_data_folders_is_used(tmp_path: Path) -> None:
    secret = ensure_dev_secret(tmp_path / "data")
    done = footfall("token", "--user", "ada", "--data-dir", "data", cwd=tmp_path)
    assert principal(done.stdout.strip(), secret) == Principal("ada")


def test_a_configured_secret_wins_over_the_data_folders(tmp_path: Path) -> None:
    ensure_dev_secret(tmp_path / ".footfall")
    (tmp_path / "jac.toml").write_text("[plugins.scale.jwt]\nsecret = '${MY_SECRET}'\n")
    done = footfall(
        *("token", "--user", "ada", "--config", "jac.toml"),
        cwd=tmp_path,
        MY_SECRET=SECRET,
    )
    assert principal(done.stdout.strip(), SECRET) == Principal("ada")


REFUSED: dict[str, tuple[list[str], dict[str, str], str]] = {
    "no secret": (["token", "--user", "a"], {}, "There is no secret to sign with"),
    "short secret": (
        ["token", "--user", "a"],
        {"FOOTFALL_JWT_SECRET": "short"},
        "plugins.scale.jwt.secret (FOOTFALL_JWT_SECRET): must be at least 32 bytes",
    ),
    "issued elsewhere": (
        ["token", "--user", "a"],
        {"FOOTFALL_JWT_ALGORITHM": "RS256"},
        "tokens are issued elsewhere",
    ),
    "reserved user": (
        ["token", "--user", "system"],
        {"FOOTFALL_JWT_SECRET": SECRET},
        "`system` is reserved",
    ),
    "no user": (["token", "--user", ""], {"FOOTFALL_JWT_SECRET": SECRET}, "A user's name"),
    "api without secret": (["api"], {}, "FOOTFALL_JWT_SECRET"),
    "api on no port": (["api", "--port", "99999"], {}, "the command line gives 99999"),
    "no such config": (["api", "--config", "no.toml"], {}, "no.toml: there is no such file"),
    "no address": (
        ["worker", "--app", ".", "--temporal-address", "nowhere"],
        {},
        "FOOTFALL_TEMPORAL_ADDRESS",
    ),
    "no log format": (["dev", "--app", ".", "--log-format", "xml"], {}, "FOOTFALL_LOG_FORMAT"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_one_line_and_exit_code_2(tmp_path: Path, name: str) -> None:
    arguments, environ, said = REFUSED[name]
    done = footfall(*arguments, cwd=tmp_path, **environ)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("footfall: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["schedules", "run", ID, "--args", '{"rate": NaN}'], "args.rate: nan is no number"),
        (["schedules", "run", ID, "--arg", "rates=[1, 1e999]"], "args.rates.1: inf is no number"),
        (["schedules", "run", ID, "--args", "[" * 50_000], "it is no JSON: maximum recursion"),
        (["schedules", "run", ID, "--idempotency-key", "schlüssel"], "idempotency_key: it must be"),
        (["schedules", "list", "--search", "\udcff"], "q: '\\udcff' has what is no character"),
        (["schedules", "update", ID, "--timeout", "1" * 5000], "--timeout"),
        (["schedules", "update", ID, "--timeout", "999999999w"], "is longer than the calendar"),
        (["runs", "list", "--since", "99999999d"], "99999999d ago was before the year 1"),
        (["schedules", "pause", ID, "--if-revision", "0"], "--if-revision"),
        (["runs", "show", ID, "--profile", "bare"], "(profile 'bare' takes it from BARE, which"),
    ],
)
def test_what_cannot_be_sent_is_a_usage_error(tmp_path: Path, line: list[str], said: str) -> None:
    (tmp_path / "profiles.toml").write_text("[profiles.bare]\ntoken_env = 'BARE'")
    token = None if "--profile" in line else "t"
    environ = {"FOOTFALL_TOKEN": token, "FOOTFALL_PROFILES": str(tmp_path / "profiles.toml")}
    done = CliRunner().invoke(cli, line, env=environ)
    if isinstance(done.exception, FootfallError):
        assert said in done.exception.message
        return
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_each_of_several_problems_is_a_line(tmp_path: Path) -> None:
    done = footfall("api", cwd=tmp_path, FOOTFALL_API_PORT="x", FOOTFALL_ENABLED="x")
    assert [line[:10] for line in done.stderr.splitlines()] == ["footfall: "] * 2


@pytest.mark.parametrize("command", ["dev", "worker"])
def test_an_app_that_is_not_there_is_exit_code_3(tmp_path: Path, command: str) -> None:
    done = footfall(command, "--app", "nowhere", cwd=tmp_path)
    assert done.returncode == 3
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("expires", ["", "8", "h", "8 h", "0s", "-1h", "8x", "1h2", "999999999w"])
def test_a_duration_that_is_none_is_refused(tmp_path: Path, expires: str) -> None:
    done = footfall(
        *("token", "--user", "a", f"--expires={expires}"),
        cwd=tmp_path,
        FOOTFALL_JWT_SECRET=SECRET,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_importing_the_entry_point_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import json, sys, footfall.__main__, footfall.cli; print(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"typer", "pydantic", "structlog", "temporalio", "fastapi", "jwt"}


NEEDLESS = {"temporalio", "fastapi", "motor", "pymongo", "httpx", "rich", "jaclang", "structlog"}


@pytest.mark.parametrize(
    "line", ["worker --help", "api --help", "schedules create --help", "completion bash"]
)
def test_a_command_loads_only_what_it_needs(tmp_path: Path, line: str) -> None:
    code = f"""
import sys
from footfall.cli import main
sys.argv = {["footfall", *line.split()]!r}
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
sys.stderr.write(" ".join(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert not set(done.stderr.split()) & NEEDLESS


@pytest.mark.parametrize(
    ("words", "place", "known"),
    [
        ("footfall ", "1", "schedules"),
        ("footfall schedules ", "2", "preview"),
        ("footfall runs t", "2", "tail"),
        ("footfall schedules create --", "3", "--every"),
    ],
)
def test_shells_are_told_what_may_follow(
    tmp_path: Path, words: str, place: str, known: str
) -> None:
    script = footfall("completion", "bash", cwd=tmp_path)
    assert (script.returncode, "_FOOTFALL_COMPLETE=complete_bash" in script.stdout) == (0, True)
    done = footfall(
        cwd=tmp_path, _FOOTFALL_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=place
    )
    assert known in done.stdout.split()


def test_an_unknown_shell_is_a_usage_error(tmp_path: Path) -> None:
    assert footfall("completion", "tcsh", cwd=tmp_path).returncode == 2
