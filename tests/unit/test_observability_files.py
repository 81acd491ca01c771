"""The dashboard and the alerts are whole; what they name is held against real processes in e2e."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "observability"
(GROUP,) = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
RULES: dict[str, dict[str, Any]] = {rule["alert"]: rule for rule in GROUP["rules"]}
BOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


@pytest.mark.parametrize("name", RULES)
def test_each_alert_says_what_it_means_and_what_to_do(name: str) -> None:
    rule = RULES[name]
    assert rule["expr"].strip()
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "description"}
    assert len(rule["annotations"]["summary"]) < 80
    assert len(rule["annotations"]["description"]) > 80
    for page in re.findall(r"docs/\w+\.md", rule["annotations"]["description"]):
        assert (ROOT / page).is_file()
    # A rule over a window waits by its window.
    assert "for" in rule or re.search(r"\[\d+m\]", rule["expr"])


def test_every_alert_is_on_the_page_and_no_other() -> None:
    page = (ROOT / "docs" / "observability.md").read_text()
    assert set(re.findall(r"`(Footfall[A-Z]\w+)`", page)) == RULES.keys()


def test_the_dashboard_asks_whatever_prometheus_it_is_told() -> None:
    (source, *others) = BOARD["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == (
        "datasource", "datasource", "prometheus",
    )  # fmt: skip
    assert all(one["datasource"] == DATASOURCE for one in others)
    panels = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    for panel in panels:
        assert panel["title"]
        assert panel["targets"]
        assert all(one["datasource"] == DATASOURCE for one in (panel, *panel["targets"]))


def test_no_panel_lies_on_another() -> None:
    for one, other in combinations((panel["gridPos"] for panel in BOARD["panels"]), 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart
        assert one["x"] + one["w"] <= 24


def test_prometheus_is_told_where_the_parts_are() -> None:
    told = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())
    assert [(FOLDER / name).is_file() for name in told["rule_files"]] == [True]
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ports = {"api": "FOOTFALL_API_METRICS_PORT", "worker": "FOOTFALL_WORKER_HEALTH_PORT"}
    wanted = [([name], int(services[name]["environment"][port])) for name, port in ports.items()]
    (job,) = told["scrape_configs"]
    # All that are behind a name, and not one of them at a time.
    assert [(one["names"], one["port"]) for one in job["dns_sd_configs"]] == wanted
    assert {one["type"] for one in job["dns_sd_configs"]} == {"A"}
    for name, port in ports.items():
        assert services[name]["environment"][port.replace("PORT", "HOST")] == "0.0.0.0"  # noqa: S104
        assert "temporal" in services[name]["networks"]
