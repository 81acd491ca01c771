from datetime import datetime

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
OUTCOME = SearchAttributeKey.for_keyword(names.OUTCOME)
SCHEDULED_START = SearchAttributeKey.for_datetime(names.SCHEDULED_START)

ALL = (APP, SCHEDULE, OWNER, WALKER, TRIGGER, STATIC, REVISION, CHANGED_AT, HORIZON, BASIS, OUTCOME)
"""The attributes that must be registered in Temporal's namespace."""


def schedule_attributes(
    walk: ScheduledWalk,
    *,
    horizon: datetime | None,
) -> TypedSearchAttributes:
    """Give the search attributes of a schedule; an update replaces the whole set.

    `horizon` is the instant (UTC) from which on it has to be planned anew, if there is one.
    """
    found = [
        *run_attributes(walk),
        SearchAttributePair(REVISION, walk.revision),
        SearchAttributePair(CHANGED_AT, walk.change.at),
    ]
    if walk.basis is not None:
        found.append(SearchAttributePair(BASIS, walk.basis))
    if horizon is not None:
        found.append(SearchAttributePair(HORIZON, horizon))
    return TypedSearchAttributes(found)


def run_attributes(walk: ScheduledWalk) -> TypedSearchAttributes:
    """Give the search attributes of a schedule's runs."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(APP, walk.app),
            SearchAttributePair(SCHEDULE, walk.schedule_id),
            SearchAttributePair(OWNER, walk.owner),
            SearchAttributePair(WALKER, walk.walker_name),
            SearchAttributePair(TRIGGER, walk.trigger),
            SearchAttributePair(STATIC, walk.is_static),
        ],
    )
