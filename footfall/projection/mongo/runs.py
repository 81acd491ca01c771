from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import batched

from pymongo import InsertOne, ReplaceOne

from footfall.mongo.connection import Collection, Connection, Document, bulk
from footfall.projection.cursor import micros, place
from footfall.projection.mongo.tallies import Tallies
from footfall.projection.row import RunPage
from footfall.projection.run_query import RunQuery
from footfall.projection.tally import (
    RunKey,
    TallyChange,
    latest_of_each,
    rank,
    run_place,
)
from footfall.schedules.run import RunStatus, RunSummary

_BATCH = 500

_STATIC = ""
"""Audience of the runs of static schedules, whatever a user may be called."""


def _audience(owner: str) -> str:
    return f"user {owner}"


class Runs:
    """The rows of runs. A row keeps the run as JSON, which is exact, beside what is searched."""

    def __init__(self, connection: Connection, scope: str, tallies: Tallies) -> None:
        self._connection = connection
        self._scope = scope
        self._tallies = tallies

    async def put(self, runs: Sequence[RunSummary]) -> None:
        """Merge runs into their rows; what is known already costs one query and no write."""
        for some in batched(latest_of_each(runs).items(), _BATCH):
            known = await self._known(key for key, _ in some)
            todo = _newer(dict(some), known)
            if todo:
                async with self._tallies.changing({key[0] for key in todo}) as changes:
                    await self._write(todo, known, changes)

    async def get(self, schedule_id: str, run_id: str) -> RunSummary | None:
        """Give one run, or None."""
        document = await self._collection.find_one({"_id": self._id((schedule_id, run_id))})
        return RunSummary.model_validate_json(document["body"]) if document else None

    def selection(self, query: RunQuery) -> Document:
        """Give the selection of a page, to be sorted by `place`, descending."""
        selection: Document = {
            "scope": self._scope,
            "kind": {"$in": sorted(query.kinds)},
            "status": {"$in": sorted(query.statuses)},
            "place": {"$gte": query.first_place()},
        }
        end = query.end_place()
        if end is not None:
            selection["place"]["$lt"] = end
        if query.schedule_id is not None:
            selection["schedule"] = query.schedule_id
        elif query.owner is not None:
            selection["audience"] = {"$in": [_STATIC, _audience(query.owner)]}
        return selection

    async def page(self, query: RunQuery) -> RunPage:
        """Give a page of runs, the newest start first."""
        found = self._collection.find(self.selection(query)).sort("place", -1)
        documents = await found.limit(query.limit + 1).to_list(query.limit + 1)
        more = len(documents) > query.limit
        shown = documents[: query.limit]
        return RunPage(
            runs=[RunSummary.model_validate_json(one["body"]) for one in shown],
            cursor=query.cursor_after(shown[-1]["place"]) if more else None,
        )

    def counting(self, query: RunQuery, edges: Sequence[datetime]) -> list[Document]:
        """Give the pipeline that counts runs by status, between an edge and the next."""
        places = [place(edge, "") for edge in edges]
        bounded = replace(query, since=edges[0], until=edges[-1], cursor=None)
        counts = {
            status.value: {"$sum": {"$cond": [{"$eq": ["$status", status.value]}, 1, 0]}}
            for status in sorted(query.statuses)
        }
        return [
            {"$match": self.selection(bounded)},
            {"$bucket": {"groupBy": "$place", "boundaries": places, "output": counts}},
        ]

    async def counts(
        self, query: RunQuery, edges: Sequence[datetime]
    ) -> list[dict[RunStatus, int]]:
        """Count the runs of a query by status, between an edge and the next; one command."""
        found: dict[str, Document] = {}
        async for document in self._collection.aggregate(self.counting(query, edges)):
            found[document.pop("_id")] = document
        spans = (found.get(place(edge, ""), {}) for edge in edges[:-1])
        return [{RunStatus(name): n for name, n in span.items() if n} for span in spans]

    async def remove(self, schedule_ids: Iterable[str]) -> None:
        """Remove every run of some schedules; their tallies are the caller's business."""
        query = {"scope": self._scope, "schedule": {"$in": list(schedule_ids)}}
        await self._collection.delete_many(query)

    async def prune(self, before: datetime) -> None:
        """Remove runs that closed before an instant (UTC), and take them off the tallies."""
        expired = {"scope": self._scope, "closed": {"$lt": micros(before)}}
        while True:
            found = self._collection.find(expired, {"_id": 1, "status": 1})
            documents = await found.limit(_BATCH).to_list(_BATCH)
            if not documents:
                return
            rows: dict[str, list[Document]] = defaultdict(list)
            for document in documents:
                rows[document["_id"]["schedule"]].append(document)
            stale = await self._prune_rows(rows, expired)
            if stale:
                async with self._tallies.recounting(stale):
                    pass

    @property
    def _collection(self) -> Collection:
        return self._connection.collection("runs")

    def _id(self, key: RunKey) -> Document:
        return {"scope": self._scope, "schedule": key[0], "run": key[1]}

    async def _known(self, keys: Iterable[RunKey]) -> dict[RunKey, RunSummary]:
        ids = [self._id(key) for key in keys]
        found = self._collection.find({"_id": {"$in": ids}}, {"body": 1})
        return {
            (document["_id"]["schedule"], document["_id"]["run"]): RunSummary.model_validate_json(
                document["body"],
            )
            async for document in found
        }

    async def _write(
        self,
        todo: dict[RunKey, RunSummary],
        known: dict[RunKey, RunSummary],
        changes: dict[str, TallyChange],
    ) -> None:
        while todo:
            operations = [self._operation(key, known.get(key), todo[key]) for key in todo]
            outcome = await bulk(self._collection, operations)
            lost: dict[RunKey, RunSummary] = {}
            for index, (key, run) in enumerate(todo.items()):
                if index in outcome.refused:
                    lost[key] = run
                else:
                    # Whoever removed the row in between has taken it off the tally.
                    old = None if index in outcome.inserted else known.get(key)
                    changes[key[0]].replace(old, run)
            if not lost:
                return
            known = await self._known(lost)
            todo = _newer(lost, known)

    def _operation(
        self,
        key: RunKey,
        old: RunSummary | None,
        new: RunSummary,
    ) -> InsertOne[Document] | ReplaceOne[Document]:
        is_closed = new.closed_at is not None and new.status is not RunStatus.RUNNING
        document = {
            "_id": self._id(key),
            "scope": self._scope,
            "schedule": new.schedule_id,
            "audience": _STATIC if new.is_static else _audience(new.owner),
            "kind": new.kind.value,
            "status": new.status.value,
            "place": run_place(new),
            "closed": micros(new.closed_at) if new.closed_at and is_closed else None,
            "body": new.model_dump_json(),
        }
        if old is None:
            return InsertOne(document)
        expected = {"_id": self._id(key), "body": old.model_dump_json()}
        return ReplaceOne(expected, document, upsert=True)

    async def _prune_rows(
        self,
        rows: dict[str, list[Document]],
        expired: Document,
    ) -> list[str]:
        async with self._tallies.changing(rows.keys()) as changes:
            for schedule_id, documents in rows.items():
                for status in {one["status"] for one in documents}:
                    ids = [one["_id"] for one in documents if one["status"] == status]
                    # Several processes prune at once: only what this one deleted is taken off.
                    query = {"_id": {"$in": ids}, "status": status, **expired}
                    count = (await self._collection.delete_many(query)).deleted_count
                    changes[schedule_id].counts[RunStatus(status)] -= count
        tallies = await self._tallies.read(rows)
        before: int = expired["closed"]["$lt"]
        return [
            schedule_id
            for schedule_id, tally in tallies.items()
            if tally.last_run is None
            or (tally.last_run.closed_at and micros(tally.last_run.closed_at) < before)
        ]


def _newer(
    runs: dict[RunKey, RunSummary],
    known: dict[RunKey, RunSummary],
) -> dict[RunKey, RunSummary]:
    return {
        key: run for key, run in runs.items() if key not in known or rank(known[key]) < rank(run)
    }
