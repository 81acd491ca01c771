from datetime import timedelta

from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from footfall.temporal.connection import RPC_TIMEOUT, translated_errors


async def read_retention(client: Client) -> timedelta:
    """Give how long the namespace keeps a run after it has closed.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    return (await _config(client)).workflow_execution_retention_ttl.ToTimedelta()


async def read_columns(client: Client) -> dict[str, str]:
    """Give in which columns of an SQL store the namespace's search attributes are, by their names.

    Raises:
        TemporalUnavailableError: Temporal did not answer.
    """
    aliases = (await _config(client)).custom_search_attribute_aliases
    return {name: column for column, name in aliases.items()}


async def _config(client: Client) -> NamespaceConfig:
    with translated_errors():
        answer = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace),
            retry=True,
            timeout=RPC_TIMEOUT,
        )
    return answer.config
