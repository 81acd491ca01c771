import json
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import SearchAttributes
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
)

from footfall.schedules import attributes as names
from footfall.schedules.schedule import ScheduledWalk

APP = SearchAttributeKey.for_keyword(names.APP)
SCHEDULE = SearchAttributeKey.for_keyword(names.SCHEDULE)
OWNER = SearchAttributeKey.for_keyword(names.OWNER)
WALKER = SearchAttributeKey.for_keyword(names.WALKER)
TRIGGER = SearchAttributeKey.for_keyword(names.TRIGGER)
STATIC = SearchAttributeKey.for_bool(names.STATIC)
REVISION = SearchAttributeKey.for_int(names.REVISION)
CHANGED_AT = SearchAttributeKey.for_datetime(names.CHANGED_AT)
HORIZON = SearchAttributeKey.for_datetime(names.HORIZON)
BASIS = SearchAttributeKey.for_int(names.BASIS)
FOLLOWS = SearchAttributeKey.for_keyword(names.FOLLOWS)
OUTCOME = SearchAttributeKey.for_keyword(names.OUTCOME)
KIND = SearchAttributeKey.for_keyword(names.KIND)
SCHEDULED_START = SearchAttributeKey.for_datetime(names.SCHEDULED_START)

ALL = (
    APP,
    SCHEDULE,
    OWNER,
    WALKER,
    TRIGGER,
    STATIC,
    REVISION,
    CHANGED_AT,
    HORIZON,
    BASIS,
    FOLLOWS,
    OUTCOME,
    KIND,
)
"""The attributes that must be registered in Temporal's namespace."""


def value_of(found: SearchAttributes, key: SearchAttributeKey[Any]) -> Any:
    """Give one search attribute as its JSON has it, without decoding the others; None if none."""
    fields = found.indexed_fields
    return json.loads(fields[key.name].data) if key.name in fields else None


def schedule_attributes(
    walk: ScheduledWalk,
    *,
    horizon: datetime | None,
) -> TypedSearchAttributes:
    """Give the search attributes of a schedule; an update replaces the whole set.

    `horizon` is the instant (UTC) from which on it has to be planned anew, if there is one.
    """
    found = [
        *_common(walk),
        SearchAttributePair(TRIGGER, walk.trigger),
        SearchAttributePair(STATIC, walk.is_static),
        SearchAttributePair(REVISION, walk.revision),
        SearchAttributePair(CHANGED_AT, walk.change.at),
    ]
    if walk.basis is not None:
        found.append(SearchAttributePair(BASIS, walk.basis))
    if walk.follows is not None:
        found.append(SearchAttributePair(FOLLOWS, walk.follows))
    if horizon is not None:
        found.append(SearchAttributePair(HORIZON, horizon))
    return TypedSearchAttributes(found)


def run_attributes(walk: ScheduledWalk) -> TypedSearchAttributes:
    """Give the search attributes of a schedule's runs, or of the one run that has an occasion.

    Each costs Temporal an entry of an index, twice for each run: so those are left out that say
    what most runs are.
    """
    occasion = walk.occasion
    found = _common(walk)
    if walk.is_static:
        found.append(SearchAttributePair(STATIC, value=True))
    if occasion is not None:
        found.append(SearchAttributePair(KIND, occasion.kind.value))
    if occasion is not None and occasion.scheduled_at is not None:
        # Temporal sets it itself on what a schedule starts, and takes it from a client too.
        found.append(SearchAttributePair(SCHEDULED_START, occasion.scheduled_at))
    return TypedSearchAttributes(found)


def _common(walk: ScheduledWalk) -> list[SearchAttributePair[Any]]:
    return [
        SearchAttributePair(APP, walk.app),
        SearchAttributePair(SCHEDULE, walk.schedule_id),
        SearchAttributePair(OWNER, walk.owner),
        SearchAttributePair(WALKER, walk.walker_name),
    ]
