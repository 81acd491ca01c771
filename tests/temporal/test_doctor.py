"""What the doctor says of a Temporal that was not prepared."""

import uuid
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from support.waiting import until
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from footfall.config import load_settings
from footfall.doctor.finding import Finding
from footfall.doctor.temporal import temporal_findings
from footfall.temporal.connection import connect
from footfall.temporal.registration import register_attributes


async def test_a_namespace_that_was_not_prepared(client: Client) -> None:
    namespace = f"fresh-{uuid.uuid4().hex[:8]}"
    retention = Duration()
    retention.FromTimedelta(timedelta(hours=24))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=namespace, workflow_execution_retention_period=retention
        ),
    )
    settings = load_settings(
        environ={
            "FOOTFALL_TEMPORAL_ADDRESS": client.service_client.config.target_host,
            "FOOTFALL_TEMPORAL_NAMESPACE": namespace,
        }
    ).temporal

    async def found() -> dict[str, Finding]:
        return {one.part: one async for one in temporal_findings(settings)}

    async def unprepared() -> bool:
        return (await found()).get("search attributes", Finding("", "ok", "")).state == "broken"

    await until(unprepared, what="the new namespace")
    remedy = (await found())["search attributes"].remedy
    assert remedy is not None
    assert f"search-attribute create --namespace {namespace} --name Footfall" in remedy
    await register_attributes(await connect(settings, identity="test"))

    async def prepared() -> bool:
        return (await found())["search attributes"].state == "ok"

    await until(prepared, what="the search attributes")
    assert (await found())["workers"].state == "broken"
