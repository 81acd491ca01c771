"""A real Temporal server for tests, in memory, on free ports of 127.0.0.1."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

LIFTED_LIMITS = {
    "frontend.namespaceRPS.visibility": 1000,
    "frontend.namespaceBurstRatio.visibility": 1.0,
    "worker.schedulerNamespaceStartWorkflowRPS": 200.0,
    # As the embedded server has it: what waits is in one queue, and so in one order.
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
}


def temporal_binary() -> str:
    return str(Path(sys.executable).parent / "temporal")


@asynccontextmanager
async def dev_server(**more: str) -> AsyncIterator[WorkflowEnvironment]:
    values = [f"{key}={value}" for key, value in {**LIFTED_LIMITS, **more}.items()]
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=temporal_binary(),
        dev_server_extra_args=[
            argument for value in values for argument in ("--dynamic-config-value", value)
        ],
    ) as environment:
        yield environment
