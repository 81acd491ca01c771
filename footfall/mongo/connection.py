import warnings
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import IndexModel
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError
from pymongo.errors import ConfigurationError as DriverConfigurationError
from pymongo.results import BulkWriteResult
from pymongo.uri_parser import parse_uri

from footfall.errors import ConfigurationError, ProjectionUnavailableError

type Document = dict[str, Any]
type Collection = AsyncIOMotorCollection[Document]

_DUPLICATE_KEY = 11000


class Connection:
    """A client of one MongoDB database, opened and closed with the process.

    Writes are acknowledged by a majority and reads go to the primary whatever the URI says,
    since what a tally counts depends on both.

    Args:
        uri: MongoDB URI; it may hold a password, which no message ever shows.
        database: name of the database.
        indexes: those that `open` prepares, by collection.
        selection_timeout: seconds to look for a server that takes writes, or to connect.
        operation_timeout: seconds to wait for an answer of a server.
    """

    def __init__(
        self,
        uri: str,
        database: str,
        *,
        indexes: Mapping[str, Sequence[IndexModel]],
        selection_timeout: float,
        operation_timeout: float,
    ) -> None:
        self._uri = uri
        self._database = database
        self._indexes = indexes
        self._selection_ms = round(selection_timeout * 1000)
        self._operation_ms = round(operation_timeout * 1000)
        self._client: AsyncIOMotorClient[Document] | None = None

    async def open(self) -> None:
        """Connect and prepare the indexes.

        Raises:
            ConfigurationError: the URI is invalid.
            PyMongoError: the database does not answer.
        """
        await self.close()
        self._client = self._connect()
        try:
            await self.ping()
            for name, indexes in self._indexes.items():
                await self.collection(name).create_indexes(indexes)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Give back every connection; closing twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def ping(self) -> None:
        """Raise unless the database answers."""
        await self._open_client()[self._database].command("ping")

    async def now(self) -> datetime:
        """Give the server's clock (UTC, naive, as BSON dates are read)."""
        hello = await self._open_client()[self._database].command("hello")
        now: datetime = hello["localTime"]
        return now

    def collection(self, name: str) -> Collection:
        """Give a collection by its name."""
        return self._open_client()[self._database][name]

    def hosts(self) -> str:
        """Name the servers, without whatever else the URI says."""
        if not self._uri.startswith("mongodb://"):
            return "the configured cluster"
        try:
            nodes = parse_uri(self._uri)["nodelist"]
        except (PyMongoError, ValueError):
            return "the configured servers"
        return ", ".join(f"{host}:{port}" if port else str(host) for host, port in nodes)

    def _connect(self) -> "AsyncIOMotorClient[Document]":
        try:
            with warnings.catch_warnings():
                # The driver only warns of an invalid option, `tls=ture` too, and goes on without.
                warnings.simplefilter("error", UserWarning)
                return AsyncIOMotorClient(
                    self._uri,
                    appname="footfall",
                    serverSelectionTimeoutMS=self._selection_ms,
                    connectTimeoutMS=self._selection_ms,
                    socketTimeoutMS=self._operation_ms,
                    waitQueueTimeoutMS=self._selection_ms,
                    w="majority",
                    retryWrites=True,
                    readPreference="primary",
                )
        except (DriverConfigurationError, ValueError, TypeError, UserWarning):
            # The driver quotes parts of the URI in its messages.
            message = "mongodb_uri is not a valid MongoDB URI, or has an invalid option."
            raise ConfigurationError(message) from None

    def _open_client(self) -> "AsyncIOMotorClient[Document]":
        if self._client is None:
            raise ProjectionUnavailableError("The projection's database is not open.")
        return self._client

    def unavailable(self, error: PyMongoError) -> ProjectionUnavailableError:
        """Say for people why the database cannot be used; nothing secret is in it."""
        if isinstance(error, OperationFailure):
            name = (error.details or {}).get("codeName") or f"code {error.code}"
            reason = f"MongoDB at {self.hosts()} refused a command: {name}."
        else:
            reason = f"MongoDB at {self.hosts()} does not answer ({type(error).__name__})."
        return ProjectionUnavailableError(reason)


class Connected:
    """Something with a connection, for `answered`."""

    connection: Connection


def answered[Self: Connected, **Arguments, Answer](
    method: Callable[Concatenate[Self, Arguments], Awaitable[Answer]],
) -> Callable[Concatenate[Self, Arguments], Coroutine[Any, Any, Answer]]:
    """Make a method raise ProjectionUnavailableError for whatever the driver raises."""

    @wraps(method)
    async def answering(
        self: Self,
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Answer:
        try:
            return await method(self, *args, **kwargs)
        except PyMongoError as error:
            raise self.connection.unavailable(error) from error

    return answering


class BulkOutcome:
    """What each operation of an unordered bulk write did, by its index.

    Attributes:
        refused: those that met a document with their id which did not fit their filter.
        inserted: upserts that found no document and made one.
        matched: how many documents existed and were changed or deleted.
    """

    def __init__(self, refused: set[int], inserted: set[int], matched: int) -> None:
        self.refused = refused
        self.inserted = inserted
        self.matched = matched


async def bulk(collection: Collection, operations: Sequence[Any]) -> BulkOutcome:
    """Write in bulk, unordered, and say what became of each operation.

    An operation whose filter names an `_id` and more, with upsert, is a compare-and-set: it
    is refused by the unique `_id` when the document is not as expected.

    Raises:
        PyMongoError: the outcome of any of the operations is unknown.
    """
    if not operations:
        return BulkOutcome(refused=set(), inserted=set(), matched=0)
    try:
        result: BulkWriteResult = await collection.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        details: Document = dict(error.details or {})
        problems = details.get("writeErrors", [])
        if details.get("writeConcernErrors") or any(
            problem["code"] != _DUPLICATE_KEY for problem in problems
        ):
            raise
        return BulkOutcome(
            refused={problem["index"] for problem in problems},
            inserted={upsert["index"] for upsert in details.get("upserted", [])},
            matched=details["nMatched"] + details["nRemoved"],
        )
    return BulkOutcome(
        refused=set(),
        inserted=set(result.upserted_ids or {}),
        matched=result.matched_count + result.deleted_count,
    )
