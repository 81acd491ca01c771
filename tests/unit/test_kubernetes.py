"""The example for Kubernetes says what is true of Footfall; no cluster runs here."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from footfall.config import load_settings, setting_keys

ROOT = Path(__file__).parent.parent.parent
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "kubernetes" / "footfall.yaml").read_text())
)
DEPLOYMENTS = {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == "Deployment"}
CONFIG = next(one["data"] for one in OBJECTS if one["kind"] == "ConfigMap")


def pod(name: str) -> dict[str, Any]:
    found: dict[str, Any] = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    return found


def environ(name: str) -> dict[str, Any]:
    (container,) = pod(name)["containers"]
    return CONFIG | {
        one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]
    }


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_pod_has_the_least_rights_and_is_looked_after(name: str) -> None:
    spec = pod(name)
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"--uid {spec['securityContext']['runAsUser']} " in dockerfile
    (container,) = spec["containers"]
    assert re.search(r":\w", container["image"])
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe, path in (("livenessProbe", "/healthz/live"), ("readinessProbe", "/healthz/ready")):
        asked = container[probe]["httpGet"]
        assert asked["path"] == path
        listens = environ(name).get("FOOTFALL_WORKER_HEALTH_PORT", "8000")
        assert ports[asked["port"]] == int(listens)
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_setting_exists_and_no_secret_is_written_down(name: str) -> None:
    known = {key.env for key in setting_keys()}
    found = environ(name)
    assert found.keys() <= known
    for key, value in found.items():
        if re.search("SECRET|URI|KEYS", key):
            assert value == {"secretKeyRef": {"name": "footfall", "key": key}}
    assert ("FOOTFALL_JWT_SECRET" in found) == (name == "footfall-api")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_each_pod_is_scraped_where_it_tells_its_metrics(name: str) -> None:
    noted = DEPLOYMENTS[name]["spec"]["template"]["metadata"]["annotations"]
    assert noted["prometheus.io/scrape"] == "true"
    listens = "API_METRICS" if name == "footfall-api" else "WORKER_HEALTH"
    assert noted["prometheus.io/port"] == environ(name)[f"FOOTFALL_{listens}_PORT"]
    assert environ(name)[f"FOOTFALL_{listens}_HOST"] == "0.0.0.0"  # noqa: S104
    (container,) = pod(name)["containers"]
    assert int(noted["prometheus.io/port"]) in [one["containerPort"] for one in container["ports"]]
    # Whoever reaches the service reads no metrics.
    (service,) = [one for one in OBJECTS if one["kind"] == "Service"]
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]


def test_a_worker_is_given_more_time_than_its_grace() -> None:
    grace = load_settings(environ={}).worker.shutdown_grace
    assert pod("footfall-worker")["terminationGracePeriodSeconds"] > grace + 6


def test_selectors_find_their_pods() -> None:
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in DEPLOYMENTS.values()]
    for one in DEPLOYMENTS.values():
        assert one["spec"]["selector"]["matchLabels"] in labels
    (service,) = [one for one in OBJECTS if one["kind"] == "Service"]
    assert service["spec"]["selector"] in labels
