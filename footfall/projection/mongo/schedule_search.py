"""A filtered and sorted list of schedules, as commands of MongoDB."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from footfall.mongo.connection import Document
from footfall.projection.cursor import place_of
from footfall.projection.mongo import last_runs, next_runs
from footfall.projection.mongo.indexes import SORTED
from footfall.projection.position import Position
from footfall.projection.schedule_facts import ScheduleFacts
from footfall.projection.schedule_query import (
    FACTS,
    NEVER_RAN,
    NULLABLE,
    OPTIONAL_FACTS,
    Range,
    ScheduleQuery,
)

type Pipeline = list[Document]

_LONGEST_PATTERN = 1000
"""Characters; each may be escaped, and take four bytes."""

_KEY = "key"
_IS_ABSENT = "is_absent"

_FIELDS = {
    **{name: f"search.{name}" for name in (*FACTS, *OPTIONAL_FACTS)},
    **SORTED,
}
"""Where a schedule's document holds what lists are sorted by."""

_TALLIED = {
    "run_count": {"$ifNull": ["$tally.runs", 0]},
    "failure_count": {"$ifNull": ["$tally.failures", 0]},
    "last_status": {"$ifNull": ["$tally.last.status", None]},
}

WITH_TALLY: Pipeline = [
    {"$lookup": {"from": "tallies", "localField": "_id", "foreignField": "_id", "as": "tally"}},
    {"$set": {"tally": {"$first": "$tally"}}},
]
"""Adds a schedule's tally to its document, if it has one."""

SHOWN: Document = {"body": 1, "tally.counts": 1, "tally.last.body": 1}
"""What of both is read."""

_OF_TALLY: Pipeline = [
    {"$lookup": {"from": "schedules", "localField": "_id", "foreignField": "_id", "as": "row"}},
    {"$unwind": "$row"},
    {"$replaceRoot": {"newRoot": {"$mergeObjects": ["$row", {"tally": "$$ROOT"}]}}},
    {"$unset": "tally.row"},
]


def searched(facts: ScheduleFacts) -> Document:
    """Give what a schedule's document holds for searching, beside its body."""
    return asdict(facts)


class ScheduleSearch:
    """A query, for what one reader may see, at one instant.

    Args:
        visible: the filter of what the reader may see; it names the scope.
        now: the instant that is reckoned with, as `micros` counts it.

    Attributes:
        collection: where the pipelines begin. A last run's status is looked for among the
            tallies, of which an index has the few that have failed.
        looks_in_texts: whether words are all that it asks for, so that the index `TEXTS` can tell
            which rows have them.
    """

    def __init__(self, query: ScheduleQuery, visible: Document, *, now: int) -> None:
        self._query = query
        self._visible = visible
        self._now = now
        self._begins_with_tallies = query.last_status not in (None, NEVER_RAN)
        self._needs_tally = self._begins_with_tallies or query.sort in _TALLIED
        self.looks_in_texts = (
            bool(query.words)
            and query.unsorted == ScheduleQuery(words=query.words)
            and not any(map(_is_no_pattern, query.words))
        )
        self.collection = "tallies" if self._begins_with_tallies else "schedules"

    def pages(self, *, last: Position | None, limit: int) -> list[Pipeline]:
        """Give what finds at most `limit` documents with `key`, in order, after the row `last`.

        Several pipelines each go on where the one before ends; a later one is needed only where the
        former ones find fewer than `limit`.
        """
        query = self._query
        direction = -1 if query.is_descending else 1
        if query.sort == "created_at":
            # The place is creation and id in one, and indexes have it.
            stages = [*self._filters(), *_matching(_beyond_place(query, last))]
            return [self._page(stages, {"place": direction}, "$search.created_at", limit)]
        field = _FIELDS.get(query.sort)
        if field is None or self._begins_with_tallies:
            return [self._reckoned(last, limit)]
        # In these orders an index can have them, so that none of the others is looked at.
        by_key = {field: direction, "_id.id": direction}
        key = f"${field}"
        is_nullable = query.sort in NULLABLE
        pages: list[Pipeline] = []
        if last is None or last.key is not None:
            is_present = [{field: {"$ne": None}}] if is_nullable else []
            present = self._filters([*is_present, *_beyond_key(query, field, last)])
            if query.sort == "next_run_at":
                pages.append(self._by_next_run(present, by_key, last, limit))
            else:
                pages.append(self._page(present, by_key, key, limit))
        if is_nullable:
            beyond = _beyond_id(query, last) if last is not None and last.key is None else []
            absent = self._filters([{field: None}, *beyond])
            pages.append(self._page(absent, {"_id.id": direction}, key, limit))
        return pages

    def _by_next_run(
        self, stages: Pipeline, order: Document, last: Position | None, limit: int
    ) -> Pipeline:
        """Merge those whose document holds the next run, of which an index has the order."""
        direction = order[next_runs.KEY]
        reckoned = {_KEY: direction, "_id.id": direction}
        moving = self._filters([next_runs.moves(self._now)])
        moving.append({"$set": {_KEY: next_runs.next_run_at(self._now)}})
        if last is not None:
            moving.append({"$match": _beyond(self._query, last)})
        moving += [{"$sort": reckoned}, {"$limit": limit}]
        standing: Pipeline = [
            *stages,
            {"$match": next_runs.stands(self._now)},
            {"$sort": order},
            {"$limit": limit},
            {"$set": {_KEY: f"${next_runs.KEY}"}},
        ]
        # One may begin to stand, or cease to, between two looks: it is seen by the first or the
        # last of three then, and shown once.
        merged: Pipeline = [
            *moving,
            *({"$unionWith": {"coll": "schedules", "pipeline": one}} for one in (standing, moving)),
            {"$group": {"_id": "$_id", "row": {"$first": "$$ROOT"}}},
            {"$replaceRoot": {"newRoot": "$row"}},
        ]
        return self._page(merged, reckoned, f"${_KEY}", limit)

    def _reckoned(self, last: Position | None, limit: int) -> Pipeline:
        """Sort by a key that no schedule's document holds, or what tallies let through."""
        query = self._query
        stages = self._filters()
        direction = -1 if query.is_descending else 1
        if query.sort in _TALLIED and not self._begins_with_tallies:
            stages += WITH_TALLY
        stages.append({"$set": {_KEY: _key(query, self._now)}})
        stages.append({"$set": {_IS_ABSENT: {"$eq": [f"${_KEY}", None]}}})
        if last is not None:
            stages.append({"$match": _beyond(query, last)})
        order = {_IS_ABSENT: 1, _KEY: direction, "_id.id": direction}
        return self._page(stages, order, f"${_KEY}", limit)

    def _page(self, stages: Pipeline, order: Document, key: str, limit: int) -> Pipeline:
        return [
            *stages,
            {"$sort": order},
            {"$limit": limit},
            *([] if self._needs_tally else WITH_TALLY),
            {"$project": {**SHOWN, _KEY: key}},
        ]

    def count(self) -> Pipeline:
        """Count the rows of all pages as `total`; no document means none."""
        return [*self._filters(), {"$count": "total"}]

    def _filters(self, others: Sequence[Document] = ()) -> Pipeline:
        conditions = [self._visible, *_conditions(self._query, self._now), *others]
        of_schedule = {"$match": {"$and": conditions}}
        if not self._begins_with_tallies:
            return [of_schedule]
        of_runs = {"scope": self._visible["scope"], "last.status": str(self._query.last_status)}
        return [{"$match": of_runs}, *_OF_TALLY, of_schedule]


def _conditions(query: ScheduleQuery, now: int) -> list[Document]:
    equal = {
        "walker_name": query.walker_name,
        "trigger": query.trigger,
        "follows": query.follows,
        "status": query.status and query.status.value,
        "is_static": query.is_static,
        "owner": query.owner,
    }
    conditions: list[Document] = [
        {f"search.{name}": value} for name, value in equal.items() if value is not None
    ]
    if query.tags:
        conditions.append({"search.tags": {"$all": list(query.tags)}})
    conditions += [_has_word(word) for word in query.words]
    if query.last_status == NEVER_RAN:
        conditions.append({last_runs.FIELD: None})
    if query.last_run:
        conditions.append({last_runs.FIELD: dict(_bounds(query.last_run))})
    if query.next_run:
        # One of the times has to be in the range, which is told sooner than which of them.
        conditions.append({"search.times": {"$elemMatch": dict(_bounds(query.next_run))}})
        conditions += [
            {"$expr": {operator: [next_runs.next_run_at(now), at]}}
            for operator, at in _bounds(query.next_run)
        ]
    return conditions


def _is_no_pattern(word: str) -> bool:
    # MongoDB takes no null characters in a regular expression, and 32 KiB of it.
    return "\0" in word or len(word) > _LONGEST_PATTERN


def _has_word(word: str) -> Document:
    if _is_no_pattern(word):
        return {"$expr": {"$gte": [{"$indexOfBytes": ["$search.text", {"$literal": word}]}, 0]}}
    return {"search.text": {"$regex": re.escape(word)}}


def _bounds(span: Range) -> list[tuple[str, int]]:
    bounds = (("$gte", span.start), ("$lt", span.end))
    return [(operator, at) for operator, at in bounds if at is not None]


def _key(query: ScheduleQuery, now: int) -> Any:
    if query.sort == "next_run_at":
        return next_runs.next_run_at(now)
    return _TALLIED.get(query.sort) or f"${_FIELDS[query.sort]}"


def _matching(conditions: Sequence[Document]) -> Pipeline:
    return [{"$match": one} for one in conditions]


def _further(query: ScheduleQuery) -> str:
    return "$lt" if query.is_descending else "$gt"


def _beyond_place(query: ScheduleQuery, last: Position | None) -> list[Document]:
    if last is None:
        return []
    return [{"place": {_further(query): place_of(int(last.key or 0), last.id)}}]


def _beyond_key(query: ScheduleQuery, field: str, last: Position | None) -> list[Document]:
    if last is None:
        return []
    further = _further(query)
    # The first condition says where the scan of an index begins.
    beyond = [{field: {further: last.key}}, *_beyond_id(query, last)]
    return [{field: {f"{further}e": last.key}}, {"$or": beyond}]


def _beyond_id(query: ScheduleQuery, last: Position) -> list[Document]:
    return [{"_id.id": {_further(query): last.id}}]


def _beyond(query: ScheduleQuery, last: Position) -> Document:
    beyond_id = {_KEY: last.key, "_id.id": {_further(query): last.id}}
    if last.key is None:
        return beyond_id
    return {"$or": [{_KEY: {_further(query): last.key}}, beyond_id, {_IS_ABSENT: True}]}
