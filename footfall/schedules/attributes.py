"""Names of the search attributes that stand on schedules and runs, and of the memo's keys.

Workflows may import this module; the typed keys are in ``footfall.temporal.attributes``.
"""

APP = "FootfallApp"
SCHEDULE = "FootfallSchedule"
OWNER = "FootfallOwner"
WALKER = "FootfallWalker"
TRIGGER = "FootfallTrigger"
STATIC = "FootfallStatic"
REVISION = "FootfallRevision"
CHANGED_AT = "FootfallChangedAt"
HORIZON = "FootfallHorizon"
BASIS = "FootfallBasis"
FOLLOWS = "FootfallFollows"
OUTCOME = "FootfallOutcome"
KIND = "FootfallKind"

SCHEDULED_START = "TemporalScheduledStartTime"
"""Temporal's own: the time that the schedule meant, on each run that a schedule started."""

MEMO_DEFINITION = "definition"
"""On a schedule: revision 1's ScheduledWalk. A schedule's memo can never be changed."""

MEMO_PAUSE = "pause"
"""On a schedule that was created paused: the note that it had then."""

MEMO_ERROR = "error"
"""On a failed run: its RunError without the traceback, so that lists can show it. On one that
was cancelled: who wanted that and why."""

MEMO_OCCASION = "occasion"
"""On a run that its schedule did not start: its Occasion."""

MEMO_FINGERPRINT = "fingerprint"
"""On a run that was started with an idempotency key: a digest of what was asked for."""

MEMO_WAITS = "waits"
"""On a run that waits for others to end, as long as it does."""

MEMO_BACKFILL = "backfill"
"""On the workflow of a backfill: its BackfillOrder."""

MEMO_HOOKS = "hooks"
"""On the workflow that holds an owner's webhooks: its OwnerHooks."""

MEMO_DELIVERY = "delivery"
"""On the workflow that delivers a notice: its Delivery."""

MEMO_PROGRESS = "progress"
"""On the workflow of a backfill: its BackfillProgress."""
