import asyncio
from collections.abc import Mapping
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from footfall.errors import ConfigurationError, TemporalUnavailableError
from footfall.temporal.attributes import ALL
from footfall.temporal.connection import NOT_ALLOWED, RPC_TIMEOUT, translated_errors

_TYPE_NAMES = {
    IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD: "Keyword",
    IndexedValueType.INDEXED_VALUE_TYPE_INT: "Int",
    IndexedValueType.INDEXED_VALUE_TYPE_BOOL: "Bool",
    IndexedValueType.INDEXED_VALUE_TYPE_DATETIME: "Datetime",
}

KNOWN_SECONDS = 60.0
"""How long to wait until Temporal knows attributes that were registered: its servers look every ten
seconds, unless they are told otherwise."""

_PAUSE = 0.2


def type_names() -> dict[str, str]:
    """Give the names of all search attributes, with the names of their types in commands."""
    return {key.name: _TYPE_NAMES[_type_of(key)] for key in ALL}


async def missing_attributes(client: Client) -> dict[str, IndexedValueType.ValueType]:
    """Give the search attributes that the namespace does not have yet, with their types.

    Raises:
        ConfigurationError: one is registered with another type; the message gives the command that
            an operator has to run.
        TemporalUnavailableError: Temporal did not answer.
    """
    wanted = {key.name: _type_of(key) for key in ALL}
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


async def register_attributes(client: Client, *, deadline: float = KNOWN_SECONDS) -> None:
    """Register the search attributes that the namespace does not have yet; see that all are known.

    Several processes may do so at once.

    Args:
        client: of the namespace.
        deadline: seconds that the server may take until it knows what was registered.

    Raises:
        ConfigurationError: one is registered with another type, or this process may not
            register them; the message gives the command that an operator has to run.
        TemporalUnavailableError: Temporal did not answer, or does not know them in time.
    """
    if missing := await missing_attributes(client):
        await _add(client, missing)
    # Another process may have registered them a moment ago.
    try:
        async with asyncio.timeout(deadline):
            await _until_known(client)
    except TimeoutError:
        raise TemporalUnavailableError(
            f"Temporal does not know its search attributes {deadline:.0f} s after they were "
            "registered.",
        ) from None


async def _add(client: Client, missing: Mapping[str, IndexedValueType.ValueType]) -> None:
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing),
            retry=True,
            timeout=RPC_TIMEOUT,
        )
    except RPCError as error:
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in NOT_ALLOWED:
            msg = (
                "This process may not register search attributes in Temporal; ask an operator "
                f"to run `{creating_command(client.namespace, missing)}`."
            )
            raise ConfigurationError(msg) from error
        with translated_errors():
            raise


async def _until_known(client: Client) -> None:
    """Wait until the server takes queries by all of them."""
    query = " AND ".join(f"{key.name} IS NOT NULL" for key in ALL)
    while True:
        try:
            with translated_errors():
                await client.count_workflows(query, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status != RPCStatusCode.INVALID_ARGUMENT:
                raise
        else:
            return
        await asyncio.sleep(_PAUSE)


def _type_of(key: SearchAttributeKey[Any]) -> IndexedValueType.ValueType:
    return IndexedValueType.ValueType(int(key.indexed_value_type))
