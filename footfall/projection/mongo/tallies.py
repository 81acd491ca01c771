from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import batched
from uuid import uuid4

from pymongo import DeleteOne, UpdateOne

from footfall.mongo.connection import Collection as Documents
from footfall.mongo.connection import Connection, Document, bulk
from footfall.projection.cursor import micros
from footfall.projection.mongo.last_runs import LastRuns
from footfall.projection.row import RunTally
from footfall.projection.tally import TallyChange, last_order, tally_of
from footfall.schedules.run import RunKind, RunStatus, RunSummary

_ATTEMPTS = 50
_BATCH = 500


class Tallies:
    """What each schedule's runs add up to, kept by increments and exact nevertheless.

    A tally's document holds the counts by status, a version that every change of the document draws
    anew, and a list of *pending* writers. A writer of runs (1) enters itself as pending, (2)
    writes runs, each by compare-and-set, so that it knows which transitions it won, and (3) adds
    exactly those and leaves the list, in one update. So at any time the counts are exact but
    for what pending writers have written, and once nobody is pending they are exact.

    A *recount* mends a tally: it reads the document, counts the rows, and writes the counts
    if the version is still the same. It *voids* the writers that it finds pending, because it
    cannot know which of their rows it has counted: a voided writer's third step does
    nothing, and the writer recounts. A writer that crashed, or whose third step failed, stays
    pending; after a lease, on the server's clock, a recount removes it (at open, with each prune).
    Recounts never wait for each other, and of several at once at least one succeeds.

    What can still be lost: a process that is suspended for longer than the lease between
    its second step's sending and arriving, and then dies. Any later recount mends that too.

    Args:
        lease: how long a writer may take from its first step to its last.
    """

    def __init__(self, connection: Connection, scope: str, *, lease: timedelta) -> None:
        self._connection = connection
        self._scope = scope
        self._lease = lease
        self._last_runs = LastRuns(connection, scope)
        self._failed: set[str] = set()

    async def read(self, ids: Iterable[str]) -> dict[str, RunTally]:
        """Give the tallies of those of the schedules that have one, in one query."""
        found = self._collection.find({"_id": {"$in": [self._id(one) for one in ids]}})
        return {document["id"]: tally_in(document) async for document in found}

    @asynccontextmanager
    async def changing(self, ids: Collection[str]) -> AsyncIterator[dict[str, TallyChange]]:
        """Write runs of some schedules inside this, and note what each write changed."""
        async with self._pending(ids) as token:
            changes: dict[str, TallyChange] = defaultdict(TallyChange)
            yield changes
            await self._last_runs.raise_to(
                {
                    one: micros(change.last.started_at)
                    for one, change in changes.items()
                    if change.last is not None
                }
            )
            if await self._settle(token, {one: changes[one] for one in ids}) < len(ids):
                await self._recount(ids, finished=token)

    @asynccontextmanager
    async def recounting(self, ids: Collection[str]) -> AsyncIterator[None]:
        """Write or remove runs of some schedules inside this; they are counted afterwards."""
        async with self._pending(ids) as token:
            yield
            await self._recount(ids, finished=token)

    @asynccontextmanager
    async def entering(self, ids: Collection[str]) -> AsyncIterator[list[str]]:
        """Write rows of schedules inside this, and add those that are new.

        Those that have runs already are recounted, since nobody could tell their documents of them.
        """
        new: list[str] = []
        try:
            yield new
            counted = await self.read(new) if new else {}
            if counted:
                async with self.recounting(counted.keys()):
                    pass
        except BaseException:
            self._failed.update(ids)
            raise

    async def heal(self) -> None:
        """Recount what failed writes of this process may have changed."""
        if self._failed:
            failed = frozenset(self._failed)
            await self._recount(failed)
            self._failed -= failed

    async def repair(self, *, everything: bool = False) -> None:
        """Recount tallies whose writers are overdue, or that have any when `everything`."""
        query: Document = {"scope": self._scope}
        if everything:
            query["pending.at"] = {"$exists": True}
        else:
            query["pending.at"] = {"$lt": await self._connection.now() - self._lease}
        found = self._collection.find(query, {"id": 1})
        ids = [document["id"] async for document in found]
        for some in batched(ids, _BATCH):
            await self._recount(some)

    async def ids(self) -> set[str]:
        """Give the ids of all schedules that have a tally, with a row of their own or not."""
        found = self._collection.find({"scope": self._scope}, {"id": 1})
        return {document["id"] async for document in found}

    @property
    def _collection(self) -> Documents:
        return self._connection.collection("tallies")

    def _id(self, schedule_id: str) -> Document:
        return {"scope": self._scope, "id": schedule_id}

    @asynccontextmanager
    async def _pending(self, ids: Collection[str]) -> AsyncIterator[str]:
        token = uuid4().hex
        try:
            await self._begin(token, ids)
            yield token
        except BaseException:
            self._failed.update(ids)
            raise

    async def _begin(self, token: str, ids: Iterable[str]) -> None:
        entry = {"token": token, "at": "$$NOW", "void": False}
        others = {"$ifNull": ["$pending", []]}
        fields = {"pending": {"$concatArrays": [others, [entry]]}, "version": token}
        todo = list(ids)
        while todo:
            operations = [
                UpdateOne(
                    {"_id": self._id(one)},
                    [
                        {
                            "$set": {
                                "scope": {"$literal": self._scope},
                                "id": {"$literal": one},
                                **fields,
                            },
                        },
                    ],
                    upsert=True,
                )
                for one in todo
            ]
            outcome = await bulk(self._collection, operations)
            # Two upserts of one id at once: the one that was refused finds it next time.
            todo = [todo[index] for index in outcome.refused]

    async def _settle(self, token: str, changes: dict[str, TallyChange]) -> int:
        operations = []
        for schedule_id, change in changes.items():
            update: Document = {
                "$pull": {"pending": {"token": token}},
                "$set": {"version": uuid4().hex},
            }
            counts = {f"counts.{status}": n for status, n in change.counts.items() if n}
            if counts:
                update["$inc"] = {**_sums(change.counts), **counts}
            if change.last is not None:
                update["$max"] = {"last": _last(change.last)}
            pending = {"$elemMatch": {"token": token, "void": False}}
            operations.append(UpdateOne({"_id": self._id(schedule_id), "pending": pending}, update))
        return (await bulk(self._collection, operations)).matched

    async def _recount(self, ids: Collection[str], *, finished: str | None = None) -> None:
        todo = list(ids)
        for _ in range(_ATTEMPTS):
            if not todo:
                return
            todo = await self._recount_once(todo, finished)
        # Its writers are still pending, so that a later repair finds it.
        self._failed.update(todo)

    async def _recount_once(self, ids: list[str], finished: str | None) -> list[str]:
        deadline = await self._connection.now() - self._lease
        absent = {**_sums({}), "counts": {}, "pending": [], "scope": self._scope}
        await bulk(
            self._collection,
            [
                UpdateOne(
                    {"_id": self._id(one)},
                    {"$setOnInsert": {**absent, "id": one, "version": uuid4().hex}},
                    upsert=True,
                )
                for one in ids
            ],
        )
        found = self._collection.find({"_id": {"$in": [self._id(one) for one in ids]}})
        documents = [document async for document in found]
        held = await self._last_runs.held(ids)
        counts = await self._count(ids)
        await self._last_runs.correct(
            held, {one: counted["last"]["started"] for one, counted in counts.items()}
        )
        version = uuid4().hex
        operations: list[UpdateOne | DeleteOne] = []
        for document in documents:
            # A writer that may be alive stays, voided: if it crashes now, it is found again.
            pending = [
                {**entry, "void": True}
                for entry in document["pending"]
                if entry["token"] != finished and entry["at"] > deadline
            ]
            expected = {"_id": document["_id"], "version": document["version"]}
            counted = counts.get(document["id"])
            if counted is None and not pending:
                operations.append(DeleteOne(expected))
                continue
            counted = counted or {**_sums({}), "counts": {}, "last": None}
            change = {**counted, "pending": pending, "version": version}
            operations.append(UpdateOne(expected, {"$set": change}))
        if (await bulk(self._collection, operations)).matched == len(ids):
            return []
        written = self._collection.find(
            {"_id": {"$in": [self._id(one) for one in ids]}, "version": version}, {"id": 1}
        )
        done = {document["id"] async for document in written}
        # Of one that is gone it is not known who deleted it, after what had been counted.
        return [one for one in ids if one not in done]

    async def _count(self, ids: list[str]) -> dict[str, Document]:
        runs = self._connection.collection("runs")
        match = {"$match": {"scope": self._scope, "schedule": {"$in": ids}}}
        groups = {"_id": {"id": "$schedule", "status": "$status"}, "count": {"$sum": 1}}
        by_status: dict[str, dict[RunStatus, int]] = defaultdict(dict)
        async for document in runs.aggregate([match, {"$group": groups}]):
            group = document["_id"]
            by_status[group["id"]][RunStatus(group["status"])] = document["count"]
        counts: dict[str, Document] = {
            one: {**_sums(found), "counts": found} for one, found in by_status.items()
        }
        for schedule_id in list(counts):
            newest = await runs.find_one(
                {
                    "scope": self._scope,
                    "schedule": schedule_id,
                    "kind": {"$in": list(RunKind)},
                    "status": {"$in": list(RunStatus)},
                },
                {"body": 1},
                sort=[("place", -1)],
            )
            if newest is None:
                del counts[schedule_id]
            else:
                last = RunSummary.model_validate_json(newest["body"])
                counts[schedule_id]["last"] = _last(last)
        return counts


def _sums(counts: Mapping[RunStatus, int]) -> Document:
    """Give what lists of schedules are sorted by: all runs, and those that failed."""
    tally = tally_of(counts, None)
    return {"runs": tally.run_count, "failures": tally.failure_count}


def _last(run: RunSummary) -> Document:
    # MongoDB compares documents field by field in their order, as Python does tuples.
    names = ("place", "execution", "is_closed", "closed", "has_error", "body")
    order = dict(zip(names, last_order(run), strict=True))
    # For lists of schedules; behind the body they never decide.
    return {**order, "status": run.status.value, "started": micros(run.started_at)}


def tally_in(document: Document) -> RunTally:
    """Give the tally that a document of this collection holds."""
    last = document.get("last")
    counts = {RunStatus(status): count for status, count in document.get("counts", {}).items()}
    return tally_of(counts, RunSummary.model_validate_json(last["body"]) if last else None)
