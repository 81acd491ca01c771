from collections.abc import Collection, Mapping

from pymongo import UpdateOne

from footfall.mongo.connection import Connection, Document, bulk

FIELD = "ran"
"""Where a schedule's document says when its last run started, as its tally does; or None."""


class LastRuns:
    """When each schedule ran last, in its own document too, so that an index has the order.

    A document follows the rows of runs, as the tally does and with it: a writer of runs raises
    it before it adds them to the tally, a recount corrects it before the tally. Whoever is cut off
    in between is still pending there, or tries again, so that it is corrected once more.
    """

    def __init__(self, connection: Connection, scope: str) -> None:
        self._connection = connection
        self._scope = scope

    async def raise_to(self, started: Mapping[str, int]) -> None:
        """Say that runs of these schedules have started, which need not have been their last."""
        await self._update(
            [
                UpdateOne({"_id": self._id(one)}, {"$max": {FIELD: at}})
                for one, at in started.items()
            ]
        )

    async def held(self, ids: Collection[str]) -> dict[str, int | None]:
        """Give what the documents say now, for `correct`."""
        query = {"_id": {"$in": [self._id(one) for one in ids]}}
        found = self._connection.collection("schedules").find(query, {FIELD: 1})
        return {document["_id"]["id"]: document.get(FIELD) async for document in found}

    async def correct(self, held: Mapping[str, int | None], counted: Mapping[str, int]) -> None:
        """Say what was counted after `held`, unless others have raised it meanwhile."""
        await self._update(
            [
                UpdateOne(
                    {"_id": self._id(one), FIELD: before}, {"$set": {FIELD: counted.get(one)}}
                )
                for one, before in held.items()
                if before != counted.get(one)
            ]
        )

    async def _update(self, operations: list[UpdateOne]) -> None:
        if operations:
            await bulk(self._connection.collection("schedules"), operations)

    def _id(self, schedule_id: str) -> Document:
        return {"scope": self._scope, "id": schedule_id}
