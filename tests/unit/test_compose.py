import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from footfall.config import setting_keys

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OUTSIDE = {"api", "temporal-ui"}
DATABASES = {"postgresql", "mongodb"}
OURS = ("api", "worker")
WRITING = {"temporal", "temporal-ui"}
"""Their entry points write their configuration into the image's own folders."""


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_pinned_checked_and_not_published(name: str) -> None:
    service = SERVICES[name]
    tag = service["image"].rpartition(":")[2]
    assert re.match(r"\d+\.\d+", tag)
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")
    assert ("ports" in service) == (name in OUTSIDE)
    for other, wait in service.get("depends_on", {}).items():
        assert wait == {"condition": "service_healthy"}
        assert other in SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_the_least_rights_and_bounds(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert ("cap_add" in service) == (name in DATABASES)
    assert set(service.get("cap_add", [])) <= {
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID",
    }  # fmt: skip
    assert service.get("read_only", False) == (name not in WRITING)
    assert ("tmpfs" in service) == (name not in WRITING)
    for bound in ("mem_limit", "cpus", "pids_limit"):
        assert service[bound], bound
    for key in ("privileged", "network_mode", "pid", "ipc", "userns_mode", "devices"):
        assert key not in service


def test_databases_are_reached_by_those_alone_that_use_them() -> None:
    networks = yaml.safe_load(TEXT)["networks"]
    users: dict[str, set[str]] = {
        network: {name for name, service in SERVICES.items() if network in service["networks"]}
        for network in networks
    }
    assert users == {
        "temporal-database": {"postgresql", "temporal"},
        "projection": {"mongodb", "api"},
        "temporal": {"temporal", "temporal-ui", "api", "worker"},
    }
    assert {name for name, network in networks.items() if network} == {
        "temporal-database",
        "projection",
    }
    assert all(networks[name] == {"internal": True} for name in ("temporal-database", "projection"))
    for name in DATABASES:
        assert "ports" not in SERVICES[name]
        assert all(networks[one]["internal"] for one in SERVICES[name]["networks"])


def test_what_temporal_stores_is_encrypted_by_api_and_worker_alike() -> None:
    keys = {SERVICES[name]["environment"]["FOOTFALL_TEMPORAL_ENCRYPTION_KEYS"] for name in OURS}
    assert keys == {"${FOOTFALL_TEMPORAL_ENCRYPTION_KEYS:?set it in .env}"}
    holders = {
        name
        for name, service in SERVICES.items()
        if "FOOTFALL_TEMPORAL_ENCRYPTION_KEYS" in service["environment"]
    }
    assert holders == set(OURS)
    # Who signs tokens and webhooks is not who runs users' code.
    assert not [key for key in SERVICES["worker"]["environment"] if "SECRET" in key]


def test_volumes_that_are_mounted_are_declared() -> None:
    declared = yaml.safe_load(TEXT)["volumes"].keys()
    mounted = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert {name for name in mounted if re.fullmatch(r"[a-z-]+", name)} == declared


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|PWD|REPLICA_KEY|KEYS|URI", key):
                assert re.search(r"\$\{\w+:\?", value), key
    for found in re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", TEXT):
        assert found[1].startswith((":?", ":-")), found


def test_every_setting_exists() -> None:
    known = {key.env for key in setting_keys()}
    for name in OURS:
        for key in SERVICES[name]["environment"]:
            assert key in known


def test_the_example_environment_has_what_compose_asks_for_and_no_secret() -> None:
    lines = [
        line.partition("=")
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    values = {name: value for name, _, value in lines}
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert values.keys() == asked
    for name in re.findall(r"(?<!\$)\$\{(\w+):\?", TEXT):
        assert values[name] == ""


def test_images_run_as_nobody_special_and_copy_what_exists() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    for target in OURS:
        stage = dockerfile.split(f" AS {target}\n")[1].split("\nFROM ")[0]
        assert "\nUSER footfall\n" in stage
    for source in re.findall(r"^COPY (\S+) \1$", dockerfile, re.MULTILINE):
        assert (ROOT / source).is_dir()
