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


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|PWD|REPLICA_KEY|URI", key):
                assert re.search(r"\$\{\w+:\?", value), key
    for found in re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", TEXT):
        assert found[1].startswith((":?", ":-")), found


def test_every_setting_exists() -> None:
    known = {key.env for key in setting_keys()}
    for name in ("api", "worker"):
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
    for target in ("api", "worker"):
        stage = dockerfile.split(f" AS {target}\n")[1].split("\nFROM ")[0]
        assert "\nUSER footfall\n" in stage
    for source in re.findall(r"^COPY (\S+) \1$", dockerfile, re.MULTILINE):
        assert (ROOT / source).is_dir()
