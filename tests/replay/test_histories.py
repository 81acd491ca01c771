"""Runs that are under way while a release is deployed go on: their histories replay on its code."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.record_changes import RecordChanges
from workflows.run_backfill import RunBackfill
from workflows.run_chain import RunChain
from workflows.run_walker import RunWalker

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
ENDS = (
    "succeeded",
    "failed",
    "timed_out",
    "retried",
    "unknown",
    "cancelled",
    "withdrawn",
    "stepped",
)


def test_the_histories_hold_every_way_that_a_run_goes() -> None:
    names = {path.stem.rpartition("-")[0] for path in HISTORIES}
    assert {f"run_walker-{end}" for end in (*ENDS, "waited", "told", "followed")} <= names
    assert {"run_backfill-done", "run_chain-told"} <= names
    texts = "".join(path.read_text() for path in HISTORIES if path.stem.startswith("record"))
    for event in (
        "WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
        "TIMER_FIRED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ):
        assert f'"EVENT_TYPE_{event}"' in texts


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_history_of_an_earlier_release_replays(path: Path) -> None:
    replayer = Replayer(
        workflows=[RunWalker, RunChain, RunBackfill, RecordChanges],
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json("replay", path.read_text()))
