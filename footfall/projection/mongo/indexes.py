from pymongo import ASCENDING, DESCENDING, IndexModel

from footfall.projection.mongo import last_runs, next_runs

SORTED = {
    "name": "search.name",
    "walker_name": "search.walker_name",
    "updated_at": "search.updated_at",
    "next_run_at": next_runs.KEY,
    "last_run_at": last_runs.FIELD,
}
"""The sorts, beside that by creation, for which a page is read in order, and their fields. Each
takes two indexes, which writes pay for; others go through all rows that the
filters let through."""

TEXTS = {"scope": ASCENDING, "audience": ASCENDING, "search.text": ASCENDING}
"""What words are looked for in, by whoever sees everything too. The server does not choose it by
itself: it cannot tell how rare a word is."""

INDEXES = {
    "schedules": [
        IndexModel([("scope", ASCENDING), ("place", ASCENDING)]),
        IndexModel([("scope", ASCENDING), ("audience", ASCENDING), ("place", ASCENDING)]),
        # The filters of lists that let few rows through.
        *(
            IndexModel([("scope", ASCENDING), (f"search.{name}", ASCENDING), ("place", ASCENDING)])
            for name in ("walker_name", "owner", "status", "tags", "follows")
        ),
        IndexModel(TEXTS),
        # For who sees everything, and for who sees what is theirs.
        *(
            IndexModel(
                [
                    ("scope", ASCENDING),
                    *((one, ASCENDING) for one in reader),
                    (field, ASCENDING),
                    ("_id.id", ASCENDING),
                ],
            )
            for field in SORTED.values()
            for reader in ((), ("audience",))
        ),
        # The few whose next run is not the one that they hold.
        *(
            IndexModel([("scope", ASCENDING), (field, ASCENDING)])
            for field in (next_runs.SINCE, next_runs.UNTIL)
        ),
    ],
    "runs": [
        # A list names the kinds and statuses that it shows, all of them if need be, so that the
        # server merges a few scans in the order of `place` and never sorts. A recount reads
        # the first index only.
        *(
            IndexModel(
                [
                    ("scope", ASCENDING),
                    *((name, ASCENDING) for name in selector),
                    ("kind", ASCENDING),
                    ("status", ASCENDING),
                    ("place", DESCENDING),
                ],
            )
            for selector in (("schedule",), ("audience",), ())
        ),
        IndexModel([("scope", ASCENDING), ("closed", ASCENDING)]),
    ],
    "tallies": [
        IndexModel([("scope", ASCENDING), ("pending.at", ASCENDING)]),
        IndexModel([("scope", ASCENDING), ("last.status", ASCENDING)]),
    ],
}
"""What the lists of the projection are read from, by collection."""
