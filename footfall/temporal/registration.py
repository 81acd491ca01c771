from collections.abc import Mapping

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ConfigurationError
from footfall.temporal.attributes import ALL
from footfall.temporal.connection import RPC_TIMEOUT, translated_errors

_TYPE_NAMES = {
    IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD: "Keyword",
    IndexedValueType.INDEXED_VALUE_TYPE_INT: "Int",
    IndexedValueType.INDEXED_VALUE_TYPE_BOOL: "Bool",
    IndexedValueType.INDEXED_VALUE_TYPE_DATETIME: "Datetime",
}
_NOT_ALLOWED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)


async def missing_attributes(client: Client) -> dict[str, IndexedValueType.ValueType]:
    """Give the search attributes that the namespace does not have yet, with their types.

    Raises:
        ConfigurationError: one is registered with another type; the message gives the command that
            an operator has to run.
        TemporalUnavailableError: Temporal did not answer.
    """
    wanted = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in ALL}
    with translated_errors():
        present = dict(
            (
                await client.operator_service.list_search_attributes(
                    ListSearchAttributesRequest(namespace=client.namespace),
                    retry=True,
                    timeout=RPC_TIMEOUT,
                )
            ).custom_attributes,
        )
    # Registering an attribute again with another type is silently ignored by the server, and
    # every query on it would then fail.
    for name, kind in wanted.items():
        if name in present and present[name] != kind:
            msg = (
                f"Temporal's search attribute {name} exists with another type; it must be "
                f"{_TYPE_NAMES[kind]}. Remove it with `temporal operator search-attribute "
                f"remove --namespace {client.namespace} --name {name}`, then start again."
            )
            raise ConfigurationError(msg)
    return {name: kind for name, kind in wanted.items() if name not in present}


def creating_command(namespace: str, missing: Mapping[str, IndexedValueType.ValueType]) -> str:
    """Give the command by which an operator registers search attributes in a namespace."""
    options = " ".join(
        f"--name {name} --type {_TYPE_NAMES[kind]}" for name, kind in missing.items()
    )
    return f"temporal operator search-attribute create --namespace {namespace} {options}"


async def register_attributes(client: Client) -> None:
    """Register the search attributes that the namespace does not have yet.

    Several processes may do so at once.

    Raises:
        ConfigurationError: one is registered with another type, or this process may not
            register them; the message gives the command that an operator has to run.
        TemporalUnavailableError: Temporal did not answer.
    """
    missing = await missing_attributes(client)
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing),
            retry=True,
            timeout=RPC_TIMEOUT,
        )
    except RPCError as error:
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in _NOT_ALLOWED:
            msg = (
                "This process may not register search attributes in Temporal; ask an operator "
                f"to run `{creating_command(client.namespace, missing)}`."
            )
            raise ConfigurationError(msg) from error
        with translated_errors():
            raise
