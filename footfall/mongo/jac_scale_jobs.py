from typing import Any

from footfall.mongo.reaching import reached

DATABASE = "jac_db"
"""Where jac-scale 0.2.31 keeps everything; the URI does not change that."""

COLLECTION = "scheduled_jobs"
"""Where it keeps its jobs, unless its setting `collection` says otherwise."""


async def stored_jobs(uri: str, collection: str) -> list[dict[str, Any]]:
    """Read all jobs that jac-scale has stored in a MongoDB, of everyone; nothing is written.

    Args:
        uri: MongoDB URI; no message shows it.
        collection: name of the collection.

    Raises:
        ConfigurationError: the URI is invalid.
        ProjectionUnavailableError: it does not answer, or refuses.
    """
    async with reached(uri, DATABASE) as connection:
        cursor = connection.collection(collection).find({}, {"_id": False})
        return [job async for job in cursor.sort("created_at")]
