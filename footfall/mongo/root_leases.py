import hashlib
import secrets
import time

import structlog
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from footfall.errors import ProjectionUnavailableError
from footfall.mongo.connection import Connected, Connection, Document, answered
from footfall.walkers.lease import LEASE_SECONDS, Lease, LeaseLostError

_MARGIN_SECONDS = 1.0
"""For so long nobody has the root: the end of one lease, and the start of the next one."""

_COLLECTION = "root_leases"

_log = structlog.get_logger(__name__)


class MongoLeases(Connected):
    """Leases of roots in a MongoDB database that the workers of all machines share.

    A root is one document; MongoDB's own clock alone says whether a lease is over.

    Args:
        uri: MongoDB URI.
        database: its database.
        scope: what the roots belong to, a Temporal namespace and an app.
        seconds: how long a lease lasts.
    """

    def __init__(
        self, uri: str, database: str, scope: str, *, seconds: float = LEASE_SECONDS
    ) -> None:
        self.connection = Connection(
            uri,
            database,
            indexes={},
            selection_timeout=seconds / 3,
            operation_timeout=seconds / 3,
        )
        self._scope = scope
        self.seconds = seconds
        self._is_away = False

    @answered
    async def open(self) -> None:
        """Connect.

        Raises:
            ConfigurationError: the URI is invalid.
            ProjectionUnavailableError: the database does not answer.
        """
        await self.connection.open()

    async def close(self) -> None:
        """Give back every connection."""
        await self.connection.close()

    async def acquire(self, root: str) -> Lease | None:
        """Give a lease of a root, or None while someone else has it, or MongoDB is away."""
        holder, asked = secrets.token_hex(8), time.monotonic()
        is_free = {"$lte": [{"$ifNull": ["$until", "$$NOW"]}, "$$NOW"]}
        given: Document = {
            # A literal: what a user is called is no expression of MongoDB's.
            "scope": {"$literal": self._scope},
            "root": {"$literal": root},
            "holder": holder,
            "fence": {"$add": [{"$ifNull": ["$fence", 0]}, 1]},
            "until": self._end,
        }
        taken = {name: {"$cond": [is_free, value, f"${name}"]} for name, value in given.items()}
        try:
            found = await self.connection.collection(_COLLECTION).find_one_and_update(
                {"_id": self._id(root)},
                [{"$set": taken}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # another one made the document in the same moment
            return None
        except PyMongoError as error:
            self._away(error)
            return None
        if found["holder"] != holder:
            return None
        self._is_away = False
        return Lease(root, holder, int(found["fence"]), self._until(asked))

    async def renew(self, lease: Lease) -> Lease | None:
        """Give the lease anew, or None if MongoDB is away.

        Raises:
            LeaseLostError: the root was given to someone else.
        """
        asked = time.monotonic()
        try:
            done = await self.connection.collection(_COLLECTION).update_one(
                {"_id": self._id(lease.root), "holder": lease.holder},
                [{"$set": {"until": self._end}}],
            )
        except PyMongoError as error:
            self._away(error)
            return None
        if not done.matched_count:
            raise LeaseLostError
        self._is_away = False
        return Lease(lease.root, lease.holder, lease.fence, self._until(asked))

    async def release(self, lease: Lease) -> None:
        """Give the root back; where MongoDB is away, it is free when the lease is over."""
        try:
            await self.connection.collection(_COLLECTION).update_one(
                {"_id": self._id(lease.root), "holder": lease.holder},
                {"$set": {"until": None, "holder": None}},
            )
        except PyMongoError as error:
            self._away(error)

    @property
    def _end(self) -> Document:
        return {"$add": ["$$NOW", round(self.seconds * 1000)]}

    def _until(self, asked: float) -> float:
        return asked + self.seconds - min(_MARGIN_SECONDS, self.seconds / 5)

    def _id(self, root: str) -> str:
        return hashlib.sha256(f"{self._scope}\0{root}".encode()).hexdigest()

    def _away(self, error: PyMongoError) -> None:
        if not self._is_away:
            reason: ProjectionUnavailableError = self.connection.unavailable(error)
            _log.warning("no walker can start: roots cannot be locked", reason=reason.message)
        self._is_away = True
