import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from footfall.logs import configure_logs


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


def test_our_lines_and_those_of_libraries_are_json_of_one_kind() -> None:
    stream = io.StringIO()
    configure_logs("api", form="json", stream=stream)
    structlog.get_logger("ours").info("hello", who="ada")
    logging.getLogger("temporalio").warning("late by %d s", 3)
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert ours.items() >= {"event": "hello", "who": "ada", "process": "api"}.items()
    assert ours["level"] == "info"
    assert theirs.items() >= {"event": "late by 3 s", "process": "api"}.items()
    assert theirs["logger"] == "temporalio"
    assert ours["timestamp"].endswith("Z")


def test_lines_for_people_are_key_value() -> None:
    stream = io.StringIO()
    configure_logs("worker", stream=stream)
    structlog.get_logger("ours").info("hello", who="ada", n=1)
    (line,) = stream.getvalue().splitlines()
    for part in ("[info]", "hello", "who=ada", "n=1", "process=worker"):
        assert part in line


def test_less_than_the_level_is_left_out() -> None:
    stream = io.StringIO()
    configure_logs("api", level="warning", stream=stream)
    structlog.get_logger("ours").info("no")
    logging.getLogger("theirs").info("no")
    assert stream.getvalue() == ""


def test_the_web_servers_everyday_lines_are_left_out() -> None:
    stream = io.StringIO()
    configure_logs("api", stream=stream)
    logging.getLogger("uvicorn.error").info("no")
    logging.getLogger("uvicorn.error").error("yes")
    assert "yes" in stream.getvalue()
    assert "no" not in stream.getvalue().split()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_no_local_variable(form: str) -> None:
    stream = io.StringIO()
    configure_logs("api", form=form, stream=stream)  # type: ignore[arg-type]
    number = 2
    held = {"password": f"hunter{number}"}
    try:
        held["passwort"]
    except KeyError:
        structlog.get_logger("ours").exception("bad")
    assert "KeyError" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def test_the_last_call_counts() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logs("one", stream=first)
    configure_logs("two", stream=second)
    structlog.get_logger("ours").info("hello")
    assert first.getvalue() == ""
    assert "process=two" in second.getvalue()
