import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from pydantic_core import to_json
from pymongo import UpdateOne
from pymongo.errors import OperationFailure

from footfall.mongo.connection import Collection, Connection, Document, bulk
from footfall.projection.cursor import decode_cursor, encode_cursor, micros, place
from footfall.projection.mongo import last_runs, next_runs
from footfall.projection.mongo.indexes import TEXTS
from footfall.projection.mongo.known_rows import KnownRows, read_snapshot
from footfall.projection.mongo.schedule_search import (
    SHOWN,
    WITH_TALLY,
    Pipeline,
    ScheduleSearch,
    searched,
)
from footfall.projection.mongo.tallies import Tallies
from footfall.projection.mongo.totals import Totals
from footfall.projection.position import Position, begin_at, encode_position
from footfall.projection.row import SchedulePage
from footfall.projection.schedule_facts import facts_of
from footfall.projection.schedule_query import EVERYTHING, ScheduleQuery
from footfall.schedules.schedule import ScheduleSnapshot, ScheduleStatus

FEW = 1000
"""Rows that are sooner sorted than met in order among all others."""

_AT_ONCE, _UPDATES = 2000, 5
"""Rows of one update, some tenth of a second, and how many follow each other at most: the projector
has more to do, and what is left is reckoned until the next time."""

_NO_SUCH_INDEX = 2
"""What the server says of a hint; it has no name of its own."""

type Age = tuple[int, int]


class Schedules:
    """The rows of schedules; pages of them have their tallies.

    A row keeps the snapshot as JSON text, since BSON would change it: arguments may have
    dots and dollar signs in their keys, null characters and integers of any size.
    """

    def __init__(self, connection: Connection, scope: str, tallies: Tallies) -> None:
        self._connection = connection
        self._scope = scope
        self._tallies = tallies
        self._known = KnownRows()
        self._totals = Totals()

    async def put(self, snapshots: Sequence[ScheduleSnapshot]) -> None:
        """Add or replace rows, unless the row is newer."""
        todo: dict[str, ScheduleSnapshot] = {}
        for snapshot in snapshots:
            other = todo.get(snapshot.walk.schedule_id)
            if other is None or _age(other) <= _age(snapshot):
                todo[snapshot.walk.schedule_id] = snapshot
        with self._totals.changing():
            async with self._tallies.entering(todo) as new:
                await self._put(todo, new)

    async def get(self, schedule_id: str) -> ScheduleSnapshot | None:
        """Give one snapshot, or None if there is none that this process can read."""
        document = await self._collection.find_one({"_id": self._id(schedule_id)})
        return read_snapshot(document) if document else None

    async def ids(self) -> set[str]:
        """Give the ids of all."""
        found = self._collection.find({"scope": self._scope}, {"_id": 1})
        return {document["_id"]["id"] async for document in found}

    async def count(self, owner: str, without: Iterable[str]) -> int:
        """Count an owner's, but for some ids."""
        query = {
            "scope": self._scope,
            "audience": owner,
            "_id": {"$nin": [self._id(one) for one in without]},
        }
        return await self._collection.count_documents(query)

    async def count_statuses(self) -> dict[ScheduleStatus, int]:
        """Count those of each status, by the keys of an index."""
        return {
            status: await self._collection.count_documents(
                {"scope": self._scope, "search.status": status.value}
            )
            for status in ScheduleStatus
        }

    async def remove(self, ids: Iterable[str]) -> None:
        """Remove rows; unknown ids are ignored."""
        with self._totals.changing():
            await self._collection.delete_many({"_id": {"$in": [self._id(one) for one in ids]}})

    async def time_passed(self, now: datetime) -> None:
        """Bring up to date what documents hold of next runs, of so many at most."""
        moment = micros(now)
        due = {"scope": self._scope, next_runs.UNTIL: {"$lte": moment}}
        for _ in range(_UPDATES):
            found = await self._collection.find(due, {"_id": 1}).limit(_AT_ONCE).to_list(None)
            if found:
                some = {"_id": {"$in": [one["_id"] for one in found]}, **due}
                await self._collection.update_many(some, next_runs.moved(moment))
            if len(found) < _AT_ONCE:
                return

    def selection(self, owner: str | None, cursor: str | None = None) -> Document:
        """Give the query of a page, or without a cursor of all pages, to be sorted by `place`."""
        query: Document = {"scope": self._scope}
        if owner is not None:
            query["audience"] = {"$in": [owner, None]}
        if cursor:
            query["place"] = {"$gt": decode_cursor("schedules", cursor)}
        return query

    async def page(
        self,
        owner: str | None,
        limit: int,
        cursor: str | None,
        query: ScheduleQuery,
        now: datetime,
    ) -> SchedulePage:
        """Give a page of what a query lets through.

        Its total counts those too that this process cannot read, and that are passed over.
        """
        if query != EVERYTHING:
            return await self._found(owner, limit, cursor, query, now)
        documents, total = await asyncio.gather(
            self._aggregated(
                "schedules",
                [
                    {"$match": self.selection(owner, cursor)},
                    {"$sort": {"place": 1}},
                    {"$limit": limit + 1},
                    *WITH_TALLY,
                    {"$project": {**SHOWN, "place": 1}},
                ],
            ),
            self._totals.of(
                (owner, EVERYTHING),
                lambda: self._collection.count_documents(self.selection(owner)),
            ),
        )
        more = len(documents) > limit
        return SchedulePage(
            rows=self._known.readable(documents[:limit]),
            cursor=encode_cursor("schedules", documents[limit - 1]["place"]) if more else None,
            total=total,
        )

    async def _found(
        self,
        owner: str | None,
        limit: int,
        cursor: str | None,
        query: ScheduleQuery,
        now: datetime,
    ) -> SchedulePage:
        start, last = begin_at(query, now, cursor)
        search = ScheduleSearch(query, self.selection(owner), now=start)
        first, *others = search.pages(last=last, limit=limit + 1)
        documents: list[Document]
        if search.looks_in_texts:
            total = await self._total(owner, query, search)
            # Those that have frequent words are soon met in the order of the page.
            hint = TEXTS if total <= FEW else None
            documents = await self._aggregated(search.collection, first, hint)
        else:
            hint = None
            documents, total = await asyncio.gather(
                self._aggregated(search.collection, first),
                self._total(owner, query, search),
            )
        for pipeline in others:
            if len(documents) <= limit:
                documents += await self._aggregated(search.collection, pipeline, hint)
        following = None
        if len(documents) > limit:
            end = documents[limit - 1]
            following = encode_position(query, Position(start, end["key"], end["_id"]["id"]))
        return SchedulePage(
            rows=self._known.readable(documents[:limit]),
            cursor=following,
            total=total,
        )

    async def _total(self, owner: str | None, query: ScheduleQuery, search: ScheduleSearch) -> int:
        if query.next_run:
            # Time alone changes it.
            return await self._count(search)
        return await self._totals.of((owner, query.unsorted), partial(self._count, search))

    async def _count(self, search: ScheduleSearch) -> int:
        hint = TEXTS if search.looks_in_texts else None
        counted = await self._aggregated(search.collection, search.count(), hint)
        return counted[0]["total"] if counted else 0

    async def _put(self, todo: dict[str, ScheduleSnapshot], new: list[str]) -> None:
        while todo:
            operations = [self._operation(snapshot) for snapshot in todo.values()]
            outcome = await bulk(self._collection, operations)
            ids = list(todo)
            new += [ids[index] for index in outcome.inserted]
            refused = [ids[index] for index in outcome.refused]
            # Refused means that the row is newer, or that it has only just come to be.
            ages = await self._ages(refused) if refused else {}
            todo = {
                one: todo[one] for one in refused if one not in ages or ages[one] <= _age(todo[one])
            }

    async def _aggregated(
        self, collection: str, pipeline: Pipeline, hint: Document | None = None
    ) -> list[Document]:
        # Bodies may be large, and take part in some sorts.
        options: Document = {"allowDiskUse": True, **({"hint": hint} if hint else {})}
        found = self._connection.collection(collection).aggregate(pipeline, **options)
        try:
            documents: list[Document] = await found.to_list(None)
        except OperationFailure as error:
            if hint is None or error.code != _NO_SUCH_INDEX:
                raise
            # Whoever dropped the database has not started an API since.
            return await self._aggregated(collection, pipeline)
        return documents

    @property
    def _collection(self) -> Collection:
        return self._connection.collection("schedules")

    def _id(self, schedule_id: str) -> Document:
        return {"scope": self._scope, "id": schedule_id}

    def _operation(self, snapshot: ScheduleSnapshot) -> UpdateOne:
        walk, facts = snapshot.walk, facts_of(snapshot)
        created, revision = _age(snapshot)
        fields = {
            "scope": self._scope,
            "audience": None if walk.is_static else walk.owner,
            "place": place(walk.created_at, walk.schedule_id),
            "created": created,
            "revision": revision,
            "search": searched(facts),
            next_runs.FIELD: next_runs.first_next_run(facts.times),
            # Of a model itself, infinite numbers would become null.
            "body": to_json(snapshot.model_dump(), inf_nan_mode="constants").decode(),
        }
        not_newer = [
            {"created": {"$lt": created}},
            {"created": created, "revision": {"$lte": revision}},
        ]
        expected = {"_id": self._id(walk.schedule_id), "$or": not_newer}
        update = {"$set": fields, "$setOnInsert": {last_runs.FIELD: None}}
        return UpdateOne(expected, update, upsert=True)

    async def _ages(self, ids: Iterable[str]) -> dict[str, Age]:
        query = {"_id": {"$in": [self._id(one) for one in ids]}}
        found = self._collection.find(query, {"created": 1, "revision": 1})
        return {
            document["_id"]["id"]: (document["created"], document["revision"])
            async for document in found
        }


def _age(snapshot: ScheduleSnapshot) -> Age:
    return micros(snapshot.walk.created_at), snapshot.walk.revision
