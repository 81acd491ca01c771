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
OUTCOME = SearchAttributeKey.for_keyword(names.OUTCOME)
SCHEDULED_START = SearchAttributeKey.for_datetime(names.SCHEDULED_START)

ALL = (APP, SCHEDULE, OWNER, WALKER, TRIGGER, STATIC, REVISION, CHANGED_AT, OUTCOME)
"""The attributes that must be registered in Temporal's namespace."""


def schedule_attributes(walk: ScheduledWalk) -> TypedSearchAttributes:
    """Give the search attributes of a schedule; an update replaces the whole set."""
    return TypedSearchAttributes(
        [
            *run_attributes(walk),
            SearchAttributePair(REVISION, walk.revision),
            SearchAttributePair(CHANGED_AT, walk.change.at),
        ],
    )


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
