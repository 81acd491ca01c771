from pathlib import Path
from typing import Any

import pytest

from footfall.config import Settings, load_settings, settings_environ
from footfall.errors import ConfigurationError

SECRET = "correct-horse-battery-staple-0123"


def load(text: str = "", *, tmp_path: Path, **environ: str) -> Settings:
    config = tmp_path / "jac.toml"
    config.write_text(text)
    return load_settings(config=config, environ=environ)


def refusal(text: str = "", *, tmp_path: Path, **environ: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load(text, tmp_path=tmp_path, **environ)
    return refused.value.message


def test_nothing_given_gives_the_defaults() -> None:
    settings = load_settings(environ={})
    assert settings.enabled
    assert settings.min_interval == 1
    assert settings.default_timeout == 300
    assert settings.output_limit == 65536
    assert 1 <= settings.processes <= 8
    assert settings.data_dir == Path(".footfall")
    assert settings.temporal.address == "127.0.0.1:7233"
    assert settings.temporal.namespace == "default"
    assert settings.temporal.task_queue == "footfall"
    assert not settings.temporal.tls
    assert settings.temporal.ui_url == "http://127.0.0.1:8233"
    assert (settings.api.host, settings.api.port) == ("127.0.0.1", 8000)
    assert (settings.worker.health_port, settings.worker.shutdown_grace) == (0, 10)
    assert settings.mongodb_uri is None
    assert settings.mongodb_database == "footfall"
    assert settings.jwt.algorithm == "HS256"


def test_each_source_wins_over_the_one_before(tmp_path: Path) -> None:
    config = tmp_path / "jac.toml"
    config.write_text(
        "[plugins.scale.scheduler]\nmin_interval = 2\ndefault_timeout = 20\noutput_limit = 2000\n",
    )
    settings = load_settings(
        config=config,
        environ={"FOOTFALL_DEFAULT_TIMEOUT": "30", "FOOTFALL_OUTPUT_LIMIT": "3000"},
        overrides={"output_limit": 4000, "min_interval": None},
    )
    assert settings.min_interval == 2
    assert settings.default_timeout == 30
    assert settings.output_limit == 4000


@pytest.mark.parametrize("app", ["app", "app/main.jac", "app/other.py"])
def test_the_apps_own_jac_toml_is_found(tmp_path: Path, app: str) -> None:
    (tmp_path / "app").mkdir()
    for name in ("main.jac", "other.py"):
        (tmp_path / "app" / name).touch()
    (tmp_path / "app" / "jac.toml").write_text("[plugins.scale.scheduler]\nmin_interval = 7\n")
    assert load_settings(app=tmp_path / app, environ={}).min_interval == 7


def test_a_named_config_wins_over_the_apps_own(tmp_path: Path) -> None:
    (tmp_path / "jac.toml").write_text("[plugins.scale.scheduler]\nmin_interval = 7\n")
    other = tmp_path / "other.toml"
    other.write_text("[plugins.scale.scheduler]\nmin_interval = 8\n")
    assert load_settings(config=other, app=tmp_path, environ={}).min_interval == 8


def test_a_named_config_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: there is no such file"):
        load_settings(config=tmp_path / "nowhere.toml", environ={})


def test_an_app_without_jac_toml_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(app=tmp_path, environ={}).min_interval == 1


def test_the_null_device_is_a_config_without_anything(tmp_path: Path) -> None:
    (tmp_path / "jac.toml").write_text("[plugins.scale.scheduler]\nmin_interval = 7\n")
    settings = load_settings(config=Path("/dev/null"), app=tmp_path, environ={})
    assert settings.min_interval == 1


def test_tables_of_others_are_left_alone(tmp_path: Path) -> None:
    text = """
        [project]
        name = "x"
        [plugins.byllm]
        model = "${NOT_SET}"
        [plugins.scale.jwt]
        exp_delta_days = 7
        algorithm = "HS256"
        [plugins.scale.database]
        redis_url = "${NOT_SET}"
    """
    assert load(text, tmp_path=tmp_path).jwt.algorithm == "HS256"


def test_one_file_serves_jac_scales_scheduler_and_ours(tmp_path: Path) -> None:
    text = """
        [plugins.scale.scheduler]
        collection = "scheduled_jobs"
        misfire_grace_time = 60
        min_interval = 7
        shutdown_timeout = 10
        system_user_password = "none"
        thread_pool_size = 10
        user_exists_ttl = 30.0
    """
    assert load(text, tmp_path=tmp_path).min_interval == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[plugins.scale.scheduler]\nmin_intervall = 1",
            (
                "plugins.scale.scheduler.min_intervall in {path} is unknown: "
                "did you mean min_interval?"
            ),
        ),
        (
            "[plugins.scale.scheduler.temporal]\nadress = 'x'",
            "plugins.scale.scheduler.temporal.adress in {path} is unknown: did you mean address?",
        ),
        (
            "[plugins.scale.scheduler.tempora]\naddress = 'x'",
            "plugins.scale.scheduler.tempora in {path} is unknown: did you mean temporal?",
        ),
        (
            "[plugins.scale.scheduler.api]\nzzz = 1",
            (
                "plugins.scale.scheduler.api.zzz in {path} is unknown: known are host, port, "
                "metrics_host, metrics_port"
            ),
        ),
        ("[plugins.scale]\nscheduler = 1", "plugins.scale.scheduler in {path} must be a table"),
        ("plugins = 1", "plugins in {path} must be a table"),
        (
            "[plugins.scale.scheduler]\napi = 'x'",
            "plugins.scale.scheduler.api in {path} must be a table",
        ),
    ],
)
def test_what_does_not_belong_there_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(text, tmp_path=tmp_path) == said.format(path=tmp_path / "jac.toml")


@pytest.mark.parametrize("content", [b"[plugins", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    config = tmp_path / "jac.toml"
    config.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"jac\.toml is not valid TOML"):
        load_settings(config=config, environ={})


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    config = tmp_path / "jac.toml"
    config.write_bytes(b"\xef\xbb\xbf[plugins.scale.scheduler]\nmin_interval = 3\n")
    assert load_settings(config=config, environ={}).min_interval == 3


BAD_VALUES: list[tuple[str, str, str]] = [
    ("plugins.scale.scheduler.enabled", "FOOTFALL_ENABLED", "maybe"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "0"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "-1"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "1.5"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "nan"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "one"),
    ("plugins.scale.scheduler.min_interval", "FOOTFALL_MIN_INTERVAL", "86401"),
    ("plugins.scale.scheduler.default_timeout", "FOOTFALL_DEFAULT_TIMEOUT", "0"),
    ("plugins.scale.scheduler.default_timeout", "FOOTFALL_DEFAULT_TIMEOUT", "604801"),
    ("plugins.scale.scheduler.output_limit", "FOOTFALL_OUTPUT_LIMIT", "1023"),
    ("plugins.scale.scheduler.output_limit", "FOOTFALL_OUTPUT_LIMIT", "9999999999"),
    ("plugins.scale.scheduler.runs_retention", "FOOTFALL_RUNS_RETENTION", "0"),
    ("plugins.scale.scheduler.processes", "FOOTFALL_PROCESSES", "0"),
    ("plugins.scale.scheduler.processes", "FOOTFALL_PROCESSES", "65"),
    ("plugins.scale.scheduler.log_format", "FOOTFALL_LOG_FORMAT", "xml"),
    ("plugins.scale.scheduler.log_level", "FOOTFALL_LOG_LEVEL", "loud"),
    ("plugins.scale.scheduler.temporal.address", "FOOTFALL_TEMPORAL_ADDRESS", "localhost"),
    ("plugins.scale.scheduler.temporal.address", "FOOTFALL_TEMPORAL_ADDRESS", "host:99999"),
    ("plugins.scale.scheduler.temporal.address", "FOOTFALL_TEMPORAL_ADDRESS", "host:0"),
    ("plugins.scale.scheduler.temporal.address", "FOOTFALL_TEMPORAL_ADDRESS", "http://host:1"),
    ("plugins.scale.scheduler.temporal.namespace", "FOOTFALL_TEMPORAL_NAMESPACE", "a b"),
    ("plugins.scale.scheduler.temporal.task_queue", "FOOTFALL_TEMPORAL_TASK_QUEUE", "a.b"),
    ("plugins.scale.scheduler.temporal.task_queue", "FOOTFALL_TEMPORAL_TASK_QUEUE", "a'b"),
    ("plugins.scale.scheduler.temporal.task_queue", "FOOTFALL_TEMPORAL_TASK_QUEUE", "a" * 65),
    ("plugins.scale.scheduler.temporal.tls", "FOOTFALL_TEMPORAL_TLS", "sure"),
    ("plugins.scale.scheduler.temporal.ui_url", "FOOTFALL_TEMPORAL_UI_URL", "javascript:alert(1)"),
    ("plugins.scale.scheduler.temporal.ui_url", "FOOTFALL_TEMPORAL_UI_URL", "https://"),
    ("plugins.scale.scheduler.api.host", "FOOTFALL_API_HOST", "not a host"),
    ("plugins.scale.scheduler.api.port", "FOOTFALL_API_PORT", "65536"),
    ("plugins.scale.scheduler.api.port", "FOOTFALL_API_PORT", "tcp://10.0.0.1:8000"),
    ("plugins.scale.scheduler.worker.health_host", "FOOTFALL_WORKER_HEALTH_HOST", "a/b"),
    ("plugins.scale.scheduler.worker.health_port", "FOOTFALL_WORKER_HEALTH_PORT", "-1"),
    ("plugins.scale.scheduler.worker.shutdown_grace", "FOOTFALL_WORKER_SHUTDOWN_GRACE", "3601"),
    ("plugins.scale.database.mongodb_database", "FOOTFALL_MONGODB_DATABASE", "a/b"),
    ("plugins.scale.jwt.algorithm", "FOOTFALL_JWT_ALGORITHM", "none"),
    ("plugins.scale.jwt.algorithm", "FOOTFALL_JWT_ALGORITHM", "HS512"),
    ("plugins.scale.jwt.leeway", "FOOTFALL_JWT_LEEWAY", "301"),
]


@pytest.mark.parametrize(("toml", "env", "value"), BAD_VALUES)
def test_a_bad_value_is_named_with_both_names_and_the_remedy(
    toml: str,
    env: str,
    value: str,
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(environ={env: value})
    message = refused.value.message
    assert message.startswith(f"{toml} ({env}): must be ")
    assert f"the environment gives {value!r}" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("plugins.scale.scheduler", "min_interval = true"),
        ("plugins.scale.scheduler", "min_interval = [1]"),
        ("plugins.scale.scheduler", "enabled = 2"),
        ("plugins.scale.scheduler", "data_dir = 3"),
        ("plugins.scale.scheduler.api", "host = 127"),
        ("plugins.scale.scheduler.temporal", "address = {host = 'x'}"),
        ("plugins.scale.jwt", "issuer = 1"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_file(
    tmp_path: Path,
    table: str,
    line: str,
) -> None:
    message = refusal(f"[{table}]\n{line}", tmp_path=tmp_path)
    assert message.startswith(f"{table}.{line.split(maxsplit=1)[0]} (FOOTFALL_")
    assert f"{tmp_path / 'jac.toml'} gives " in message


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ("FOOTFALL_JWT_SECRET", "only-31-bytes-long-too-short-xx"),
        ("FOOTFALL_MONGODB_URI", "postgres://user:hunter2@host/db"),
        ("FOOTFALL_TEMPORAL_API_KEY", "hunter2\nhunter3"),
    ],
)
def test_a_refused_secret_is_named_and_not_shown(env: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(environ={env: value})
    assert env in refused.value.message
    assert value not in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_secrets_are_not_in_the_repr() -> None:
    settings = load_settings(
        environ={
            "FOOTFALL_JWT_SECRET": SECRET,
            "FOOTFALL_MONGODB_URI": "mongodb://user:hunter2@host",
            "FOOTFALL_TEMPORAL_API_KEY": "hunter2",
            "FOOTFALL_TEMPORAL_TLS": "true",
        },
    )
    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_several_problems_are_told_at_once(tmp_path: Path) -> None:
    text = "[plugins.scale.scheduler]\ntypo = 1\ndata_dir = '${NOT_SET}'\nmin_interval = 0"
    message = refusal(text, tmp_path=tmp_path, FOOTFALL_API_PORT="x", FOOTFALL_ENABLED="x")
    assert len(message.splitlines()) == 5
    for name in ("typo", "NOT_SET", "min_interval", "api.port", "enabled"):
        assert name in message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, True) for word in ("true", "1", "yes", "on", "TRUE", "On", " true ")],
        *[(word, False) for word in ("false", "0", "no", "off", "False", "NO")],
    ],
)
def test_booleans_from_the_environment(text: str, *, value: bool) -> None:
    assert load_settings(environ={"FOOTFALL_ENABLED": text}).enabled is value


def test_an_empty_variable_counts_as_not_set() -> None:
    environ = {"FOOTFALL_API_PORT": "", "FOOTFALL_JWT_SECRET": "", "FOOTFALL_ENABLED": "  "}
    assert load_settings(environ=environ) == load_settings(environ={})


def test_the_line_end_of_a_secrets_file_is_no_part_of_it() -> None:
    jwt = load_settings(environ={"FOOTFALL_JWT_SECRET": f" {SECRET} \n"}).jwt
    assert jwt.verifier_key() == f" {SECRET} "


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("${DIR}", "here"),
        ("${DIR}/x", "here/x"),
        ("${NOT_SET:-there}", "there"),
        ("${EMPTY:-there}", "there"),
        ("${DIR:-there}", "here"),
        ("a-${DIR}-${DIR}", "a-here-here"),
        ("$${DIR}", "${DIR}"),
        ("$DIR", "$DIR"),
        ("${URL:-a:-b}", "a:-b"),
    ],
)
def test_variables_expand(tmp_path: Path, written: str, read: str) -> None:
    text = f"[plugins.scale.scheduler]\ndata_dir = '{written}'"
    settings = load(text, tmp_path=tmp_path, DIR="here", EMPTY="")
    assert settings.data_dir == tmp_path / read


def test_an_expanded_number_is_a_number(tmp_path: Path) -> None:
    text = "[plugins.scale.scheduler.api]\nport = '${PORT:-9000}'"
    assert load(text, tmp_path=tmp_path).api.port == 9000


def test_an_expansion_to_nothing_is_not_set(tmp_path: Path) -> None:
    text = "[plugins.scale.database]\nmongodb_uri = '${MONGODB_URI:-}'"
    assert load(text, tmp_path=tmp_path).mongodb_uri is None


@pytest.mark.parametrize(
    ("written", "said"),
    [("${NOT_SET}", "NOT_SET is not set"), ("${", "must be followed"), ("${1}", "must be")],
)
def test_a_variable_that_is_not_set_is_named(tmp_path: Path, written: str, said: str) -> None:
    text = f"[plugins.scale.database]\nmongodb_uri = '{written}'"
    message = refusal(text, tmp_path=tmp_path)
    assert "plugins.scale.database.mongodb_uri (FOOTFALL_MONGODB_URI)" in message
    assert said in message


def test_a_path_in_a_file_starts_at_the_file(tmp_path: Path) -> None:
    text = """
        [plugins.scale.scheduler.temporal]
        tls = true
        tls_server_root_ca = "ca.pem"
        tls_client_cert = "/etc/cert.pem"
        tls_client_key = "~/key.pem"
    """
    temporal = load(text, tmp_path=tmp_path).temporal
    assert temporal.tls_server_root_ca == tmp_path / "ca.pem"
    assert temporal.tls_client_cert == Path("/etc/cert.pem")
    assert temporal.tls_client_key == Path.home() / "key.pem"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"API_KEY": "k"}, "FOOTFALL_TEMPORAL_API_KEY"),
        ({"TLS_DOMAIN": "d"}, "FOOTFALL_TEMPORAL_TLS_DOMAIN"),
        ({"TLS": "true", "TLS_CLIENT_CERT": "c"}, "FOOTFALL_TEMPORAL_TLS_CLIENT_KEY"),
        ({"TLS": "true", "TLS_CLIENT_KEY": "c"}, "FOOTFALL_TEMPORAL_TLS_CLIENT_CERT"),
    ],
)
def test_settings_that_need_each_other(given: dict[str, str], named: str) -> None:
    environ = {f"FOOTFALL_TEMPORAL_{name}": value for name, value in given.items()}
    with pytest.raises(ConfigurationError, match=named):
        load_settings(environ=environ)


def test_settings_cannot_be_changed() -> None:
    settings: Any = load_settings(environ={})
    with pytest.raises(ValueError, match="frozen"):
        settings.enabled = False
    with pytest.raises(ValueError, match="frozen"):
        settings.api.port = 1


def test_an_environment_made_of_settings_gives_them_again(tmp_path: Path) -> None:
    settings = load_settings(
        environ={
            "FOOTFALL_ENABLED": "no",
            "FOOTFALL_DATA_DIR": str(tmp_path),
            "FOOTFALL_JWT_SECRET": SECRET,
            "FOOTFALL_MONGODB_URI": "mongodb://u:p@h/?a=b",
            "FOOTFALL_TEMPORAL_ADDRESS": "[::1]:7233",
            "FOOTFALL_TEMPORAL_TLS": "yes",
            "FOOTFALL_TEMPORAL_API_KEY": "key",
            "FOOTFALL_TEMPORAL_UI_URL": "https://temporal.example.com/ui/",
        },
    )
    assert settings.temporal.ui_url == "https://temporal.example.com/ui"
    assert load_settings(environ=settings_environ(settings)) == settings
