import io
import json
import logging
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import pytest
import structlog
from opentelemetry.trace import NonRecordingSpan, SpanContext, use_span

from footfall.logs import configure_logs, log_about


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configured = structlog.get_config()
    yield
    root.handlers, level = before
    root.setLevel(level)
    structlog.configure(**configured)
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


def line_of(tell: Callable[[], None]) -> dict[str, Any]:
    stream = io.StringIO()
    configure_logs("worker", form="json", stream=stream)
    # Ids are bound to a task; here, to what runs in a context of its own.
    copy_context().run(tell)
    found: dict[str, Any] = json.loads(stream.getvalue())
    return found


@pytest.mark.parametrize("whose", ["ours", "a library's"])
def test_each_line_of_a_task_names_what_it_is_about(whose: str) -> None:
    def tell() -> None:
        log_about(schedule_id="s", run_id="r", walker="w")
        logger = structlog.get_logger("ours") if whose == "ours" else logging.getLogger("theirs")
        logger.warning("hello")

    assert line_of(tell).items() >= {"schedule_id": "s", "run_id": "r", "walker": "w"}.items()


def test_a_line_within_a_span_names_it_and_its_trace() -> None:
    span = NonRecordingSpan(SpanContext(0xA, 0xB, is_remote=False))

    def tell() -> None:
        with use_span(span):
            structlog.get_logger("ours").info("hello")

    line = line_of(tell)
    assert (line["trace_id"], line["span_id"]) == (f"{10:032x}", f"{11:016x}")
    assert "trace_id" not in line_of(lambda: structlog.get_logger("ours").info("hello"))


def test_what_temporals_sdk_tells_of_a_line_is_told_flat() -> None:
    extra = {"temporal_activity": {"activity_type": "follow", "workflow_id": "w", "attempt": 1}}
    line = line_of(lambda: logging.getLogger("temporalio").warning("hello", extra=extra))
    assert (line["activity_type"], line["workflow_id"]) == ("follow", "w")
    assert "temporal_activity" not in line


def test_the_last_call_counts() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logs("one", stream=first)
    configure_logs("two", stream=second)
    structlog.get_logger("ours").info("hello")
    assert first.getvalue() == ""
    assert "process=two" in second.getvalue()
