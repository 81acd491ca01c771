from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from footfall.temporal.connection import RPC_TIMEOUT, translated_errors


async def read_retention(client: Client) -> timedelta:
    """Give how long the namespace keeps a run after it has closed.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    with translated_errors():
        answer = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace),
            retry=True,
            timeout=RPC_TIMEOUT,
        )
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()
