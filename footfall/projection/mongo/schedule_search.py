"""A filtered and sorted list of schedules, as commands of MongoDB."""

from dataclasses import asdict
from typing import Any

from footfall.projection.cursor import micros, place_of
from footfall.projection.mongo.connection import Document
from footfall.projection.position import Position
from footfall.projection.schedule_facts import ScheduleFacts
from footfall.projection.schedule_query import FACTS, NEVER_RAN, Range, ScheduleQuery

type Pipeline = list[Document]

_KEY = "key"
_IS_ABSENT = "is_absent"

_TALLIED = {
    "run_count": {"$ifNull": ["$tally.runs", 0]},
    "failure_count": {"$ifNull": ["$tally.failures", 0]},
    "last_run_at": {"$ifNull": ["$tally.last.started", None]},
    "last_status": {"$ifNull": ["$tally.last.status", None]},
}


def searched(facts: ScheduleFacts) -> Document:
    """Give what a schedule's document holds for searching, beside its body."""
    return asdict(facts)


def paging(
    query: ScheduleQuery,
    visible: Document,
    *,
    now: int,
    last: Position | None,
    limit: int,
) -> Pipeline:
    """Give the pipeline of a page: at most `limit` documents with `body` and `key`, in order.

    `visible` is the filter of what the reader may see; `now` is the instant that is reckoned
    with, as `micros` counts it; `last` is the row that the page comes after.
    """
    stages = _filtering(query, visible, now)
    direction = -1 if query.is_descending else 1
    key: Any = f"${_KEY}"
    if query.sort == "created_at":
        # The place is creation and id in one, and indexes have it.
        key, order = "$search.created_at", {"place": direction}
    else:
        if query.sorts_by_runs and not query.filters_by_runs:
            stages += _TALLY
        stages.append({"$set": {_KEY: _key(query, now)}})
        stages.append({"$set": {_IS_ABSENT: {"$eq": [key, None]}}})
        order = {_IS_ABSENT: 1, _KEY: direction, "_id.id": direction}
    if last is not None:
        stages.append({"$match": _beyond(query, last)})
    return [*stages, {"$sort": order}, {"$limit": limit}, {"$project": {"body": 1, _KEY: key}}]


def counting(query: ScheduleQuery, visible: Document, *, now: int) -> Pipeline:
    """Give the pipeline that counts the rows of all pages as `total`; no document means none."""
    return [*_filtering(query, visible, now), {"$count": "total"}]


def _filtering(query: ScheduleQuery, visible: Document, now: int) -> Pipeline:
    stages: Pipeline = [{"$match": {"$and": [visible, *_conditions(query, now)]}}]
    if query.filters_by_runs:
        stages += _TALLY
        stages.append({"$match": _run_conditions(query)})
    return stages


def _conditions(query: ScheduleQuery, now: int) -> list[Document]:
    equal = {
        "walker_name": query.walker_name,
        "trigger": query.trigger,
        "status": query.status and query.status.value,
        "is_static": query.is_static,
        "owner": query.owner,
    }
    conditions: list[Document] = [
        {f"search.{name}": value} for name, value in equal.items() if value is not None
    ]
    if query.tags:
        conditions.append({"search.tags": {"$all": list(query.tags)}})
    # A regular expression could not look for a null character.
    conditions += [
        {"$expr": {"$gte": [{"$indexOfBytes": ["$search.text", {"$literal": word}]}, 0]}}
        for word in query.words
    ]
    if query.next_run:
        conditions += [
            {"$expr": {operator: [_next_run_at(now), at]}}
            for operator, at in _bounds(query.next_run)
        ]
        conditions.append({"search.is_active": True})
    return conditions


def _run_conditions(query: ScheduleQuery) -> Document:
    conditions: list[Document] = []
    if query.last_status is not None:
        absent = query.last_status == NEVER_RAN
        status = None if absent else str(query.last_status)
        conditions.append({"tally.last.status": status})
    conditions += [
        {"tally.last.started": {operator: at}} for operator, at in _bounds(query.last_run)
    ]
    return {"$and": conditions}


def _bounds(span: Range) -> list[tuple[str, int]]:
    bounds = (("$gte", span.start), ("$lt", span.end))
    return [(operator, micros(at)) for operator, at in bounds if at is not None]


def _key(query: ScheduleQuery, now: int) -> Any:
    if query.sort in FACTS:
        return f"$search.{query.sort}"
    return _TALLIED[query.sort] if query.sort in _TALLIED else _next_run_at(now)


def _next_run_at(now: int) -> Document:
    times = "$search.times"
    coming = {"$filter": {"input": times, "cond": {"$gt": ["$$this", now]}}}
    return {"$ifNull": [{"$first": coming}, {"$last": times}, None]}


def _beyond(query: ScheduleQuery, last: Position) -> Document:
    further = "$lt" if query.is_descending else "$gt"
    if query.sort == "created_at":
        return {"place": {further: place_of(int(last.key or 0), last.id)}}
    beyond_id = {_KEY: last.key, "_id.id": {further: last.id}}
    if last.key is None:
        return beyond_id
    return {"$or": [{_KEY: {further: last.key}}, beyond_id, {_IS_ABSENT: True}]}


_TALLY: Pipeline = [
    {"$lookup": {"from": "tallies", "localField": "_id", "foreignField": "_id", "as": "tally"}},
    {"$set": {"tally": {"$first": "$tally"}}},
]
