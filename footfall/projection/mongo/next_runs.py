"""The next run of a schedule as its document holds it, so that an index has the order.

Time alone changes it. So the document says too from when on and before when it stands, and
whoever projects brings those up to date whose time has passed; until then they are reckoned.
"""

from collections.abc import Sequence

from footfall.mongo.connection import Document

FIELD = "next"
KEY = f"{FIELD}.at"
"""Where the time of the next run is; None where the schedule has none."""

SINCE = f"{FIELD}.since"
UNTIL = f"{FIELD}.until"

_FOREVER = 2**63 - 1

_TIMES = "$search.times"


def first_next_run(times: Sequence[int]) -> Document:
    """Give what a document holds at first: that of the instant before all times, ascending."""
    first = times[0] if times else None
    return {"at": first, "since": 0, "until": first if len(times) > 1 else _FOREVER}


def next_run_at(now: int) -> Document:
    """Reckon the next run from the times, as `ScheduleFacts.next_run_at` does."""
    coming = {"$filter": {"input": _TIMES, "cond": {"$gt": ["$$this", now]}}}
    return {"$ifNull": [{"$first": coming}, {"$last": _TIMES}, None]}


def stands(now: int) -> Document:
    """Let those documents through that hold the next run of an instant."""
    return {SINCE: {"$lte": now}, UNTIL: {"$gt": now}}


def moves(now: int) -> Document:
    """Let the others through: those not brought up to date yet, and those ahead of the instant."""
    return {"$or": [{UNTIL: {"$lte": now}}, {SINCE: {"$gt": now}}]}


def moved(now: int) -> list[Document]:
    """Give the update of those whose time has passed."""
    passed = {"$size": {"$filter": {"input": _TIMES, "cond": {"$lte": ["$$this", now]}}}}
    last = {"$subtract": [{"$size": _TIMES}, 1]}
    at = {"$arrayElemAt": [_TIMES, "$$index"]}
    before = {"$arrayElemAt": [_TIMES, {"$subtract": ["$$index", 1]}]}
    fields = {
        "at": at,
        "since": {"$cond": [{"$gt": ["$$index", 0]}, before, 0]},
        "until": {"$cond": [{"$lt": ["$$index", last]}, at, _FOREVER]},
    }
    index = {"$min": [passed, last]}
    return [{"$set": {FIELD: {"$let": {"vars": {"index": index}, "in": fields}}}}]
