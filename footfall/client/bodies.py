# Made by scripts/openapi.py from the API's description; `make openapi` makes it anew.
"""What requests take, by name; what is not named is not sent."""

from datetime import datetime
from typing import Any, Literal, Required, TypedDict

OverlapPolicy = Literal[
    "skip", "buffer_one", "buffer_all", "allow_all", "cancel_other", "terminate_other"
]
"""What becomes of a run that is due while another run of the schedule is under way."""


class RetryPolicy(TypedDict, total=False):
    """How often, and after which pauses, a walker that failed is started again in the same run.

    A worker that was lost is no failure of the walker: it is always replaced, and not counted.

    Attributes:
        max_attempts: starts of the walker in one run, the first one included.
        initial_interval: seconds between the first failure and the second start.
        backoff: by how much each pause is longer than the one before.
        max_interval: seconds that a pause has at most.
        non_retryable_errors: types of errors, as a run's ``error.type`` shows them, after which
            the run has failed at once.
    """

    max_attempts: int
    initial_interval: int
    backoff: float
    max_interval: int
    non_retryable_errors: list[str]


AfterCompletion = Literal["keep", "delete"]
"""What becomes of a schedule that can never run again."""

Execution = Literal["durable", "light"]
"""How a run's walker is started."""

NoticeKind = Literal["failed", "recovered", "paused", "completed", "late", "missed"]
"""What a notice tells of a schedule."""


class Hook(TypedDict, total=False):
    """Where to tell of what; by default of everything.

    Attributes:
        url: an http or https URL that takes the notices by POST.
        on: the kinds of notices that are sent there.
    """

    url: Required[str]
    on: list[NoticeKind]


class AppliedSchedule(TypedDict, total=False):
    """A whole definition, known by its name; what it does not say has its default."""

    weeks: int
    """Interval: weeks between two runs; units add up."""
    days: int
    """Interval: days, of 24 hours, between two runs."""
    hours: int
    """Interval: hours between two runs."""
    minutes: int
    """Interval: minutes between two runs."""
    seconds: int
    """Interval: seconds between two runs."""
    cron: str
    """Cron: a crontab(5) string of five fields; Sunday is 0 and 7."""
    year: int | str
    """Cron: 2000 to 2100; all fields have to match."""
    month: int | str
    """Cron: 1 to 12, or jan to dec."""
    day: int | str
    """Cron: 1 to 31, `last`, `2nd fri`, `last fri`."""
    week: int | str
    """Cron: ISO week, 1 to 53."""
    day_of_week: int | str
    """Cron: 0 (Monday) to 6, or mon to sun."""
    hour: int | str
    """Cron: 0 to 23."""
    minute: int | str
    """Cron: 0 to 59."""
    second: int | str
    """Cron: 0 to 59."""
    run_date: str
    """Date: ISO 8601; one without an offset is meant in `timezone`."""
    after: dict[str, Any]
    """After: runs when a run of another schedule ends."""
    timezone: str
    """IANA name, in any case, such as Europe/Berlin; else UTC."""
    start_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs before it, and an
    interval runs at it first."""
    end_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs after it, but for
    `jitter`; a date alone means its first moment."""
    exclude: dict[str, Any]
    """Interval, cron: days in `timezone` without runs; what counts is the time of a run before
    `jitter`."""
    jitter: int
    """Interval, cron: seconds by which each run is late at random, at most. `start_at`,
    `end_at` and `exclude` apply to the time before it; between the latest start and the next
    run there has to be `min_interval`."""
    dst_gap: Literal["run", "skip"]
    """Cron: a local time that does not exist, because clocks are set forward, runs once at the
    first instant after, or is left out."""
    dst_overlap: Literal["once", "twice"]
    """Cron: a local time that comes twice, because clocks are set back, runs once, the first
    time, or twice."""
    overlap: OverlapPolicy | None
    """What becomes of a run that is due while another one is under way; null: `skip`."""
    catchup_window: int | None
    """Seconds after its time within which a missed run is still started; null: one day, for a
    date without end."""
    retry: RetryPolicy | None
    """Whether a walker that failed is started again in the same run; null: it is not."""
    max_runs: int | None
    """How often it runs in all, runs by hand not counted; null: no limit."""
    pause_on_failure: int | None
    """After how many failures in a row it is paused; null: never."""
    priority: int | None
    """1 (first) to 5 (last): which of several waiting runs a worker takes; null: 3."""
    after_completion: AfterCompletion | None
    """What becomes of it when it can never run again; null: `keep`."""
    execution: Execution | None
    """How its walkers are started: `light` is for those that take 5 seconds at most, and costs
    Temporal half as much; null: `durable`."""
    trigger: Required[Literal["interval", "cron", "date", "after"]]
    is_active: bool
    """False pauses, true resumes."""
    args: dict[str, Any]
    """The walker's fields; replaces all of them."""
    description: str
    tags: list[str]
    timeout: int | None
    """Seconds that a run may take; null: as the setting `default_timeout` says."""
    notify: list[Hook]
    """Webhooks that are told what happens to it; replaces all of them."""
    late_after: int | None
    """Seconds after its time within which a run has to begin; else it is told."""
    reason: str
    """Why; stands in the schedule's changes."""
    walker_name: Required[str]
    name: Required[str]
    """What you call it, or the id of one that has no name."""


class ApplyRequest(TypedDict, total=False):
    """What `POST /schedule/apply` takes: the schedules that you want to have."""

    schedules: Required[list[AppliedSchedule]]
    prune: bool
    """Delete those of your schedules that have a name and are not among these."""
    reason: str | None
    """Why; stands in the changes of each schedule."""


ScheduleStatus = Literal["active", "paused", "completed"]
"""What a schedule is doing: it will run, it is held, or it can never run again."""


class ScheduleFilters(TypedDict, total=False):
    """Which schedules are meant: those that all the filters let through."""

    walker_name: str
    trigger: Literal["interval", "cron", "date", "after"]
    follows: str
    """Id of a schedule: those that run after it."""
    status: ScheduleStatus
    is_static: bool
    tag: list[str]
    """May be repeated; all of them have to be there."""
    owner: str
    """For admins."""
    q: str
    """Words, each of which the id, name, walker, description or tags contain."""
    last_status: Literal[
        "running", "succeeded", "failed", "timed_out", "cancelled", "terminated", "none"
    ]
    """Of the last run; `none`: it never ran."""
    next_run_after: str | datetime
    """At it or later."""
    next_run_before: str | datetime
    """Earlier than it."""
    last_run_after: str | datetime
    """Started at it or later."""
    last_run_before: str | datetime
    """Started before it."""


class TagChange(TypedDict, total=False):
    """Tags that every schedule gets, and tags that none keeps."""

    add: list[str]
    remove: list[str]


class BulkRequest(TypedDict, total=False):
    """What `POST /schedule/bulk` takes: an action, and either ids or filters."""

    action: Required[Literal["pause", "resume", "delete", "trigger", "tag"]]
    ids: list[str]
    filter: ScheduleFilters
    """The filters of `GET /schedule/list`, one at least."""
    tags: TagChange
    """For `tag`."""
    reason: str
    """Why; stands in the changes of each schedule."""


class NewSchedule(TypedDict, total=False):
    """What `POST /schedule/create` takes."""

    weeks: int
    """Interval: weeks between two runs; units add up."""
    days: int
    """Interval: days, of 24 hours, between two runs."""
    hours: int
    """Interval: hours between two runs."""
    minutes: int
    """Interval: minutes between two runs."""
    seconds: int
    """Interval: seconds between two runs."""
    cron: str
    """Cron: a crontab(5) string of five fields; Sunday is 0 and 7."""
    year: int | str
    """Cron: 2000 to 2100; all fields have to match."""
    month: int | str
    """Cron: 1 to 12, or jan to dec."""
    day: int | str
    """Cron: 1 to 31, `last`, `2nd fri`, `last fri`."""
    week: int | str
    """Cron: ISO week, 1 to 53."""
    day_of_week: int | str
    """Cron: 0 (Monday) to 6, or mon to sun."""
    hour: int | str
    """Cron: 0 to 23."""
    minute: int | str
    """Cron: 0 to 59."""
    second: int | str
    """Cron: 0 to 59."""
    run_date: str
    """Date: ISO 8601; one without an offset is meant in `timezone`."""
    after: dict[str, Any]
    """After: runs when a run of another schedule ends."""
    timezone: str
    """IANA name, in any case, such as Europe/Berlin; else UTC."""
    start_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs before it, and an
    interval runs at it first."""
    end_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs after it, but for
    `jitter`; a date alone means its first moment."""
    exclude: dict[str, Any]
    """Interval, cron: days in `timezone` without runs; what counts is the time of a run before
    `jitter`."""
    jitter: int
    """Interval, cron: seconds by which each run is late at random, at most. `start_at`,
    `end_at` and `exclude` apply to the time before it; between the latest start and the next
    run there has to be `min_interval`."""
    dst_gap: Literal["run", "skip"]
    """Cron: a local time that does not exist, because clocks are set forward, runs once at the
    first instant after, or is left out."""
    dst_overlap: Literal["once", "twice"]
    """Cron: a local time that comes twice, because clocks are set back, runs once, the first
    time, or twice."""
    overlap: OverlapPolicy | None
    """What becomes of a run that is due while another one is under way; null: `skip`."""
    catchup_window: int | None
    """Seconds after its time within which a missed run is still started; null: one day, for a
    date without end."""
    retry: RetryPolicy | None
    """Whether a walker that failed is started again in the same run; null: it is not."""
    max_runs: int | None
    """How often it runs in all, runs by hand not counted; null: no limit."""
    pause_on_failure: int | None
    """After how many failures in a row it is paused; null: never."""
    priority: int | None
    """1 (first) to 5 (last): which of several waiting runs a worker takes; null: 3."""
    after_completion: AfterCompletion | None
    """What becomes of it when it can never run again; null: `keep`."""
    execution: Execution | None
    """How its walkers are started: `light` is for those that take 5 seconds at most, and costs
    Temporal half as much; null: `durable`."""
    trigger: Required[Literal["interval", "cron", "date", "after"]]
    is_active: bool
    """False pauses, true resumes."""
    args: dict[str, Any]
    """The walker's fields; replaces all of them."""
    description: str
    tags: list[str]
    timeout: int | None
    """Seconds that a run may take; null: as the setting `default_timeout` says."""
    notify: list[Hook]
    """Webhooks that are told what happens to it; replaces all of them."""
    late_after: int | None
    """Seconds after its time within which a run has to begin; else it is told."""
    reason: str
    """Why; stands in the schedule's changes."""
    walker_name: Required[str]
    name: str
    """What you call it; no two of your schedules have the same name."""


class PreviewRequest(TypedDict, total=False):
    """What `POST /schedule/preview` takes: a new schedule, and which of its runs to show.

    The walker and its arguments are checked where `walker_name` is given.
    """

    weeks: int
    """Interval: weeks between two runs; units add up."""
    days: int
    """Interval: days, of 24 hours, between two runs."""
    hours: int
    """Interval: hours between two runs."""
    minutes: int
    """Interval: minutes between two runs."""
    seconds: int
    """Interval: seconds between two runs."""
    cron: str
    """Cron: a crontab(5) string of five fields; Sunday is 0 and 7."""
    year: int | str
    """Cron: 2000 to 2100; all fields have to match."""
    month: int | str
    """Cron: 1 to 12, or jan to dec."""
    day: int | str
    """Cron: 1 to 31, `last`, `2nd fri`, `last fri`."""
    week: int | str
    """Cron: ISO week, 1 to 53."""
    day_of_week: int | str
    """Cron: 0 (Monday) to 6, or mon to sun."""
    hour: int | str
    """Cron: 0 to 23."""
    minute: int | str
    """Cron: 0 to 59."""
    second: int | str
    """Cron: 0 to 59."""
    run_date: str
    """Date: ISO 8601; one without an offset is meant in `timezone`."""
    after: str | dict[str, Any]
    """ISO 8601: an instant to start from, as if the schedule were created then; one without an
    offset is meant in `timezone`; now if it is not given. An object is the trigger's option
    `after`."""
    timezone: str
    """IANA name, in any case, such as Europe/Berlin; else UTC."""
    start_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs before it, and an
    interval runs at it first."""
    end_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs after it, but for
    `jitter`; a date alone means its first moment."""
    exclude: dict[str, Any]
    """Interval, cron: days in `timezone` without runs; what counts is the time of a run before
    `jitter`."""
    jitter: int
    """Interval, cron: seconds by which each run is late at random, at most. `start_at`,
    `end_at` and `exclude` apply to the time before it; between the latest start and the next
    run there has to be `min_interval`."""
    dst_gap: Literal["run", "skip"]
    """Cron: a local time that does not exist, because clocks are set forward, runs once at the
    first instant after, or is left out."""
    dst_overlap: Literal["once", "twice"]
    """Cron: a local time that comes twice, because clocks are set back, runs once, the first
    time, or twice."""
    overlap: OverlapPolicy | None
    """What becomes of a run that is due while another one is under way; null: `skip`."""
    catchup_window: int | None
    """Seconds after its time within which a missed run is still started; null: one day, for a
    date without end."""
    retry: RetryPolicy | None
    """Whether a walker that failed is started again in the same run; null: it is not."""
    max_runs: int | None
    """How often it runs in all, runs by hand not counted; null: no limit."""
    pause_on_failure: int | None
    """After how many failures in a row it is paused; null: never."""
    priority: int | None
    """1 (first) to 5 (last): which of several waiting runs a worker takes; null: 3."""
    after_completion: AfterCompletion | None
    """What becomes of it when it can never run again; null: `keep`."""
    execution: Execution | None
    """How its walkers are started: `light` is for those that take 5 seconds at most, and costs
    Temporal half as much; null: `durable`."""
    trigger: Required[Literal["interval", "cron", "date", "after"]]
    is_active: bool
    """False pauses, true resumes."""
    args: dict[str, Any]
    """The walker's fields; replaces all of them."""
    description: str
    tags: list[str]
    timeout: int | None
    """Seconds that a run may take; null: as the setting `default_timeout` says."""
    notify: list[Hook]
    """Webhooks that are told what happens to it; replaces all of them."""
    late_after: int | None
    """Seconds after its time within which a run has to begin; else it is told."""
    reason: str
    """Why; stands in the schedule's changes."""
    walker_name: str
    count: int
    """Runs to show."""


class ScheduleChange(TypedDict, total=False):
    """What `PUT` may change; what is not named stays.

    ``trigger`` with its options replaces the whole configuration.
    """

    weeks: int
    """Interval: weeks between two runs; units add up."""
    days: int
    """Interval: days, of 24 hours, between two runs."""
    hours: int
    """Interval: hours between two runs."""
    minutes: int
    """Interval: minutes between two runs."""
    seconds: int
    """Interval: seconds between two runs."""
    cron: str
    """Cron: a crontab(5) string of five fields; Sunday is 0 and 7."""
    year: int | str
    """Cron: 2000 to 2100; all fields have to match."""
    month: int | str
    """Cron: 1 to 12, or jan to dec."""
    day: int | str
    """Cron: 1 to 31, `last`, `2nd fri`, `last fri`."""
    week: int | str
    """Cron: ISO week, 1 to 53."""
    day_of_week: int | str
    """Cron: 0 (Monday) to 6, or mon to sun."""
    hour: int | str
    """Cron: 0 to 23."""
    minute: int | str
    """Cron: 0 to 59."""
    second: int | str
    """Cron: 0 to 59."""
    run_date: str
    """Date: ISO 8601; one without an offset is meant in `timezone`."""
    after: dict[str, Any]
    """After: runs when a run of another schedule ends."""
    timezone: str
    """IANA name, in any case, such as Europe/Berlin; else UTC."""
    start_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs before it, and an
    interval runs at it first."""
    end_at: str
    """Interval, cron: ISO 8601, without an offset in `timezone`; nothing runs after it, but for
    `jitter`; a date alone means its first moment."""
    exclude: dict[str, Any]
    """Interval, cron: days in `timezone` without runs; what counts is the time of a run before
    `jitter`."""
    jitter: int
    """Interval, cron: seconds by which each run is late at random, at most. `start_at`,
    `end_at` and `exclude` apply to the time before it; between the latest start and the next
    run there has to be `min_interval`."""
    dst_gap: Literal["run", "skip"]
    """Cron: a local time that does not exist, because clocks are set forward, runs once at the
    first instant after, or is left out."""
    dst_overlap: Literal["once", "twice"]
    """Cron: a local time that comes twice, because clocks are set back, runs once, the first
    time, or twice."""
    overlap: OverlapPolicy | None
    """What becomes of a run that is due while another one is under way; null: `skip`."""
    catchup_window: int | None
    """Seconds after its time within which a missed run is still started; null: one day, for a
    date without end."""
    retry: RetryPolicy | None
    """Whether a walker that failed is started again in the same run; null: it is not."""
    max_runs: int | None
    """How often it runs in all, runs by hand not counted; null: no limit."""
    pause_on_failure: int | None
    """After how many failures in a row it is paused; null: never."""
    priority: int | None
    """1 (first) to 5 (last): which of several waiting runs a worker takes; null: 3."""
    after_completion: AfterCompletion | None
    """What becomes of it when it can never run again; null: `keep`."""
    execution: Execution | None
    """How its walkers are started: `light` is for those that take 5 seconds at most, and costs
    Temporal half as much; null: `durable`."""
    trigger: Literal["interval", "cron", "date", "after"]
    is_active: bool
    """False pauses, true resumes."""
    args: dict[str, Any]
    """The walker's fields; replaces all of them."""
    description: str
    tags: list[str]
    timeout: int | None
    """Seconds that a run may take; null: as the setting `default_timeout` says."""
    notify: list[Hook]
    """Webhooks that are told what happens to it; replaces all of them."""
    late_after: int | None
    """Seconds after its time within which a run has to begin; else it is told."""
    reason: str
    """Why; stands in the schedule's changes."""


class HoldRequest(TypedDict, total=False):
    """What `POST /schedule/{id}/pause` and `/resume` take; the body may be left out."""

    reason: str | None
    """Why; stands in the schedule's changes, and in Temporal's Web UI."""


class TriggerRequest(TypedDict, total=False):
    """What `POST /schedule/{id}/trigger` takes; an empty body will do."""

    args: dict[str, Any] | None
    """The walker's fields, instead of all of the schedule's."""
    reason: str | None
    respect_overlap: bool
    """Obey the schedule's overlap policy as to runs that are under way."""


class EndRequest(TypedDict, total=False):
    """What cancelling or terminating a run takes; an empty body will do."""

    reason: str | None


BackfillOverlap = Literal["buffer_all", "allow_all"]
"""Whether the runs of a backfill come one after another, or side by side."""


class BackfillRequest(TypedDict, total=False):
    """What `POST /schedule/{id}/backfill` takes: a range of past time, both ends included."""

    start: Required[str | datetime]
    """ISO 8601; without an offset, in the schedule's zone."""
    end: Required[str | datetime]
    """ISO 8601; not later than now."""
    overlap: BackfillOverlap
    """Buffer_all: one run after another; allow_all: up to 20 at a time."""
    reason: str | None


class HooksRequest(TypedDict, total=False):
    """What `PUT /notifications` takes: the webhooks that you want to have, for all schedules."""

    hooks: Required[list[Hook]]


RunStatus = Literal["running", "succeeded", "failed", "timed_out", "cancelled", "terminated"]
"""How a run stands or how it ended."""

RunKind = Literal["scheduled", "manual", "backfill", "chained"]
"""What started a run."""

SpanLength = Literal["day", "hour"]
"""What runs are counted by."""


class ScheduleListFilters(TypedDict, total=False):
    """The parameters of `list_schedules`."""

    walker_name: str
    trigger: Literal["interval", "cron", "date", "after"]
    follows: str
    """Id of a schedule: those that run after it."""
    status: ScheduleStatus
    is_static: bool
    tag: list[str]
    """May be repeated; all of them have to be there."""
    owner: str
    """For admins."""
    q: str
    """Words, each of which the id, name, walker, description or tags contain."""
    last_status: Literal[
        "running", "succeeded", "failed", "timed_out", "cancelled", "terminated", "none"
    ]
    """Of the last run; `none`: it never ran."""
    next_run_after: str | datetime
    """At it or later."""
    next_run_before: str | datetime
    """Earlier than it."""
    last_run_after: str | datetime
    """Started at it or later."""
    last_run_before: str | datetime
    """Started before it."""
    sort: Literal[
        "after_completion",
        "catchup_window",
        "created_at",
        "description",
        "execution",
        "failure_count",
        "id",
        "is_active",
        "is_static",
        "last_run_at",
        "last_status",
        "late_after",
        "max_runs",
        "name",
        "next_run_at",
        "overlap",
        "owner",
        "pause_on_failure",
        "pause_reason",
        "priority",
        "revision",
        "run_count",
        "runs_left",
        "status",
        "timeout",
        "timezone",
        "trigger",
        "trigger_description",
        "updated_at",
        "walker_name",
        "-after_completion",
        "-catchup_window",
        "-created_at",
        "-description",
        "-execution",
        "-failure_count",
        "-id",
        "-is_active",
        "-is_static",
        "-last_run_at",
        "-last_status",
        "-late_after",
        "-max_runs",
        "-name",
        "-next_run_at",
        "-overlap",
        "-owner",
        "-pause_on_failure",
        "-pause_reason",
        "-priority",
        "-revision",
        "-run_count",
        "-runs_left",
        "-status",
        "-timeout",
        "-timezone",
        "-trigger",
        "-trigger_description",
        "-updated_at",
        "-walker_name",
    ]
    """`-` before it: descending. One of after_completion, catchup_window, created_at,
    description, execution, failure_count, id, is_active, is_static, last_run_at, last_status,
    late_after, max_runs, name, next_run_at, overlap, owner, pause_on_failure, pause_reason,
    priority, revision, run_count, runs_left, status, timeout, timezone, trigger,
    trigger_description, updated_at, walker_name."""
    limit: int
    """Rows of a page."""
    cursor: str
    """`cursor` of the page before, with the same filters and sort."""


class RunFilters(TypedDict, total=False):
    """The parameters of `list_runs`."""

    status: list[RunStatus]
    """Only these; repeat it."""
    kind: list[RunKind]
    """Only these; repeat it."""
    since: str | datetime
    """ISO 8601, in UTC unless it has an offset: only runs that started then or later."""
    until: str | datetime
    """ISO 8601, in UTC unless it has an offset: only runs that started before."""
    limit: int
    """Rows of a page."""
    cursor: str
    """`cursor` of the page before, with the same filters."""


class CountFilters(TypedDict, total=False):
    """The parameters of `count_runs`."""

    by: SpanLength
    """What is counted together."""
    timezone: str
    """IANA name: whose days and hours they are."""
    status: list[RunStatus]
    """Only these; repeat it."""
    kind: list[RunKind]
    """Only these; repeat it."""
    since: str | datetime
    """ISO 8601, in UTC unless it has an offset: only runs that started then or later."""
    until: str | datetime
    """ISO 8601, in UTC unless it has an offset: only runs that started before."""
