from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from pymongo.errors import PyMongoError

from footfall.mongo.connection import Connection

PATIENCE_SECONDS = 5.0
"""How long a server is looked for, and an answer waited for."""


@asynccontextmanager
async def reached(uri: str, database: str) -> AsyncIterator[Connection]:
    """Connect to a MongoDB for as long as something is read; nothing is written.

    Args:
        uri: MongoDB URI; no message shows it.
        database: name of the database.

    Raises:
        ConfigurationError: the URI is invalid.
        ProjectionUnavailableError: it does not answer, or refuses.
    """
    connection = Connection(
        uri,
        database,
        indexes={},
        selection_timeout=PATIENCE_SECONDS,
        operation_timeout=PATIENCE_SECONDS,
    )
    try:
        await connection.open()
        yield connection
    except PyMongoError as error:
        raise connection.unavailable(error) from error
    finally:
        await connection.close()


async def server_time(uri: str, database: str) -> datetime:
    """Connect to a MongoDB, and give its clock (UTC); what goes wrong is raised as by `reached`."""
    async with reached(uri, database) as connection:
        return (await connection.now()).replace(tzinfo=UTC)
