import logging

import pytest
from chaos.size import SEED_VARIABLE, seed


def pytest_configure() -> None:
    seed()  # before there are other processes, so that all of them have the same one
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every request


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == "chaos":
                    terminalreporter.section("havoc among processes")
                    terminalreporter.write_line(f"{value}")
                    terminalreporter.write_line(f"seed: {SEED_VARIABLE}={seed()}")
