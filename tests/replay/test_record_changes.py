from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.record_changes import RecordChanges

HISTORIES = sorted((Path(__file__).parent / "histories").glob("record_changes-*.json"))


def test_the_histories_hold_every_way_that_a_run_goes() -> None:
    texts = "".join(path.read_text() for path in HISTORIES)
    for event in (
        "WORKFLOW_EXECUTION_SIGNALED",
        "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
        "TIMER_FIRED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ):
        assert f'"EVENT_TYPE_{event}"' in texts


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_history_of_an_earlier_release_replays(path: Path) -> None:
    replayer = Replayer(workflows=[RecordChanges], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(WorkflowHistory.from_json("replay", path.read_text()))
