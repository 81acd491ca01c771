from footfall.config import forget_secrets, setting_keys, settings_table


def test_every_key_has_a_meaning_and_names_of_its_own() -> None:
    keys = setting_keys()
    assert all(key.meaning and key.expects for key in keys)
    assert len({key.env for key in keys}) == len({key.toml for key in keys}) == len(keys)


def test_the_names_are_those_that_are_documented() -> None:
    names = {key.toml: key.env for key in setting_keys()}
    assert names["plugins.scale.scheduler.enabled"] == "FOOTFALL_ENABLED"
    assert names["plugins.scale.scheduler.temporal.address"] == "FOOTFALL_TEMPORAL_ADDRESS"
    assert names["plugins.scale.scheduler.api.port"] == "FOOTFALL_API_PORT"
    assert names["plugins.scale.scheduler.worker.health_port"] == "FOOTFALL_WORKER_HEALTH_PORT"
    assert names["plugins.scale.database.mongodb_uri"] == "FOOTFALL_MONGODB_URI"
    assert names["plugins.scale.jwt.secret"] == "FOOTFALL_JWT_SECRET"


def test_secrets_and_paths_are_known_as_such() -> None:
    keys = setting_keys()
    assert {key.name for key in keys if key.is_secret} == {
        "secret",
        "mongodb_uri",
        "api_key",
        "encryption_keys",
    }
    assert {key.name for key in keys if key.is_path} == {
        "data_dir",
        "public_key",
        "jwks_file",
        "tls_server_root_ca",
        "tls_client_cert",
        "tls_client_key",
        "encryption_key_file",
    }


def test_secrets_are_forgotten_and_nothing_else() -> None:
    environ = {key.env: "x" for key in setting_keys()} | {"MINE": "x"}
    kept = {key.env for key in setting_keys() if not key.is_secret} | {"MINE"}
    forget_secrets(environ)
    assert set(environ) == kept
    assert "FOOTFALL_TEMPORAL_ENCRYPTION_KEYS" not in environ
    forget_secrets(environ)


def test_the_table_holds_every_key() -> None:
    table = settings_table()
    for key in setting_keys():
        assert f"| `{key.name}` | `{key.env}` | " in table
