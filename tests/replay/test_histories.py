"""Runs that are under way while a release is deployed go on: their histories replay on its code."""

import inspect
import json
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.histories import HISTORIES, assert_holds
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

import api.delivering
import worker.process
import workflows
from footfall.tracing.traces import Traces
from worker.run_ends import TellingRunEnds
from worker.run_log import NamingRuns
from worker.run_traces import RunTraces

PATHS = sorted(HISTORIES.glob("*.json"))
WORKFLOWS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (*worker.process.WORKFLOWS, *api.delivering.WORKFLOWS)
}
ENDS = (
    "succeeded",
    "failed",
    "timed_out",
    "retried",
    "unknown",
    "light",
    "light_failed",
    "light_unknown",
    "cancelled",
    "withdrawn",
    "stepped",
)


def beginning(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return found


def test_every_workflow_that_a_process_runs_has_a_history() -> None:
    kept = {beginning(path.read_text())["workflowType"]["name"] for path in PATHS}
    assert kept == WORKFLOWS.keys()


def test_every_workflow_there_is_runs_in_a_process() -> None:
    modules = [
        import_module(f"workflows.{one.name}") for one in pkgutil.iter_modules(workflows.__path__)
    ]
    defined = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if hasattr(kind, "__temporal_workflow_definition")
    }
    assert defined == set(WORKFLOWS.values())


def test_the_histories_hold_every_way_that_a_run_goes() -> None:
    names = {path.stem.rpartition("-")[0] for path in PATHS}
    assert {f"run_walker-{end}" for end in (*ENDS, "waited", "told", "followed")} <= names
    assert {"run_backfill-done", "run_chain-told"} <= names
    assert {"deliver_notice-delivered", "deliver_notice-failed"} <= names
    texts = "".join(path.read_text() for path in PATHS if path.stem.startswith("record"))
    for event in (
        "WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
        "TIMER_FIRED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ):
        assert f'"EVENT_TYPE_{event}"' in texts


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_a_history_of_an_earlier_release_replays(path: Any) -> None:
    replayer = Replayer(workflows=list(WORKFLOWS.values()), data_converter=pydantic_data_converter)
    await replayer.replay_workflow(WorkflowHistory.from_json("replay", path.read_text()))


class Ends:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def ended(self, *end: Any) -> None:
        self.told.append(end)


async def test_what_watches_runs_changes_no_history_and_counts_no_run_again() -> None:
    ends, traces = Ends(), Traces(InMemorySpanExporter(), process="worker", environ={})
    watchers = [NamingRuns(), RunTraces(traces, app="app"), TellingRunEnds(ends)]
    replayer = Replayer(
        workflows=list(WORKFLOWS.values()),
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=watchers,
    )
    histories = [WorkflowHistory.from_json(path.stem, path.read_text()) for path in PATHS]
    for history in histories:
        await replayer.replay_workflow(history)
    traces.close()
    assert ends.told == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_what_an_earlier_release_began_with_is_read_in_full(path: Any) -> None:
    began = beginning(path.read_text())
    kind = WORKFLOWS[began["workflowType"]["name"]]
    hints = [one for name, one in inspect.get_annotations(kind.run).items() if name != "return"]
    payloads = [ParseDict(one, Payload()) for one in began.get("input", {}).get("payloads", [])]
    values = await pydantic_data_converter.decode(payloads, hints)
    assert len(values) == len(hints)
    for value, payload in zip(values, payloads, strict=True):
        assert_holds(value.model_dump(mode="json"), json.loads(payload.data))
