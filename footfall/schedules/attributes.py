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
OUTCOME = "FootfallOutcome"

SCHEDULED_START = "TemporalScheduledStartTime"
"""Temporal's own: the time that the schedule meant, on each run that a schedule started."""

MEMO_DEFINITION = "definition"
"""On a schedule: revision 1's ScheduledWalk. A schedule's memo can never be changed."""

MEMO_ERROR = "error"
"""On a failed run: its RunError without the traceback, so that lists can show it."""
