"""A worker with a build id takes work once its build is the deployment's current one."""

from pathlib import Path
from typing import Any

import pytest
from support.waiting import until
from support.walks import a_walk
from support.worker import running_worker
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from footfall.errors import NoWorkerError
from footfall.schedules.occasion import Occasion
from footfall.schedules.policy import Policies
from footfall.schedules.run import RunKind
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.temporal.run_control import RunControl
from footfall.temporal.runs import RunGateway

APP = Path(__file__).parent.parent / "apps" / "python_runs"


async def make_current(client: Client, app: str, build_id: str) -> None:
    """Do as an operator does, once the build's workers poll, and wait until each queue knows."""

    async def is_done() -> bool:
        try:
            await client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=client.namespace,
                    deployment_name=app,
                    build_id=build_id,
                    identity="operator",
                ),
            )
        except RPCError:
            return False
        return True

    await until(is_done, what=f"the build {build_id} as the current one")

    async def is_known() -> bool:
        described = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=app),
        )
        state = described.worker_deployment_info.routing_config_update_state
        return state != RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS

    await until(is_known, what=f"task queues that know of the build {build_id}")


async def start(client: Client, app: str, run_id: str, **fields: Any) -> WorkflowHandle[Any, Any]:
    values = {"walker_name": "greet", "occasion": Occasion(kind=RunKind.MANUAL), **fields}
    walk = a_walk(app, schedule_id=run_id, **values)
    assert await RunControl(client, RunGateway(client, app=app)).start(walk, run_id)
    return client.get_workflow_handle(run_id)


async def build_of(handle: WorkflowHandle[Any, Any]) -> str:
    described = (await handle.describe()).raw_description.workflow_execution_info
    return str(described.versioning_info.deployment_version.build_id)


@pytest.mark.timeout(300)
async def test_runs_go_to_the_current_build_and_move_on_with_it(
    client: Client, app_name: str, tmp_path: Path
) -> None:
    address = client.service_client.config.target_host

    def worker(build: str | None, data: str) -> Any:
        more = {"FOOTFALL_WORKER_BUILD_ID": build} if build else {}
        return running_worker(
            address,
            app_name=app_name,
            app=APP,
            data_dir=tmp_path / data,
            **more,
        )

    async with worker("2026.1", "one"):
        # A worker of before goes on with all work until an operator says otherwise.
        async with worker(None, "former"):
            former = await start(client, app_name, f"{app_name}-former")
            assert (await former.result())["stdout"] == "hello world\n"
            assert await build_of(former) == ""
        waiting = await start(client, app_name, f"{app_name}-waiting")
        # Nobody made it current: it takes nothing, and the API says that there is no worker.
        with pytest.raises(NoWorkerError, match="a build that nobody made current"):
            await WalkerCatalogue(client, app=app_name).read()
        assert (await waiting.describe()).history_length == 2
        await make_current(client, app_name, "2026.1")
        # What waited is done, not lost.
        assert (await waiting.result())["stdout"] == "hello world\n"
        assert await build_of(waiting) == "2026.1"
        assert (await WalkerCatalogue(client, app=app_name).read()).find("greet")

        # The short activities are of the same build, on a queue of their own.
        failing = await start(
            client,
            app_name,
            f"{app_name}-failing",
            walker_name="boom",
            policies=Policies(pause_on_failure=5),
        )
        with pytest.raises(WorkflowFailureError):
            await failing.result()

        async with worker("2026.2", "two"):
            described = await client.workflow_service.describe_worker_deployment(
                DescribeWorkerDeploymentRequest(
                    namespace=client.namespace, deployment_name=app_name
                ),
            )
            routing = described.worker_deployment_info.routing_config
            assert routing.current_deployment_version.build_id == "2026.1"
            before = await start(client, app_name, f"{app_name}-before")
            assert (await before.result())["stdout"] == "hello world\n"
            assert await build_of(before) == "2026.1"
            await make_current(client, app_name, "2026.2")
            after = await start(client, app_name, f"{app_name}-after")
            assert (await after.result())["stdout"] == "hello world\n"
            assert await build_of(after) == "2026.2"

    async with worker("2026.2", "three"):
        # Back to the build before is one step; without its workers work waits for them.
        await make_current(client, app_name, "2026.1")
        back = await start(client, app_name, f"{app_name}-back")
        async with worker("2026.1", "four"):
            assert (await back.result())["stdout"] == "hello world\n"
            assert await build_of(back) == "2026.1"
