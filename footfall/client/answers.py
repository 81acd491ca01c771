# Made by scripts/openapi.py from the API's description; `make openapi` makes it anew.
"""What the API answers with."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Something that the API answered with; what a newer API adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Liveness(Answer):
    """The process answers."""

    alive: Literal[True] = True


class Readiness(Answer):
    """Requests can be served; `enabled` is false where the scheduler is switched off."""

    ready: Literal[True] = True
    enabled: bool


class WalkerFieldView(Answer):
    """An argument of a walker; `json_schema` says what it takes."""

    name: str
    type: str
    required: bool
    default: Any
    json_schema: dict[str, Any]


class WalkerView(Answer):
    """A walker that can be scheduled."""

    name: str
    kind: Literal["walker", "function"]
    language: Literal["jac", "python"]
    doc: str
    file: str
    line: int
    fields: list[WalkerFieldView]
    methods: list[str]
    path: str | None
    schedule: dict[str, Any] | None


class ProblemView(Answer):
    """Something in the app that the worker reported and skipped."""

    walker: str | None
    file: str
    line: int
    message: str


class WalkerList(Answer):
    """The walkers that the running workers know."""

    walkers: list[WalkerView]
    problems: list[ProblemView]


class WorkerView(Answer):
    """A worker, as Temporal saw it last.

    One that is alive asks for work once a minute at least; Temporal shows it for five
    minutes after it ended.
    """

    identity: str
    """What Temporal calls it, and runs name as their worker."""
    host: str
    process: int | None
    """Its number on its host."""
    version: str
    """Of the app's code."""
    asked_at: datetime
    """When it asked for work last."""
    is_alive: bool
    """Whether that was within the last 75 seconds."""


class WorkersData(Answer):
    """The workers of the app, by identity."""

    workers: list[WorkerView]


class FieldDifference(Answer):
    """A field's value before and after a change; null where there was none."""

    before: Any
    after: Any


class ErrorData(Answer):
    """What went wrong.

    Attributes:
        code: stable, for programs.
        message: for people, with the remedy.
        details: more of it, by code; ``fields`` lists `{field, message}` of invalid input.
    """

    code: str
    message: str
    details: dict[str, Any] = {}


class StepView(Answer):
    """What is done to one schedule, and why it could not be done."""

    name: str
    id: str
    action: Literal["create", "change", "delete", "unchanged"]
    difference: dict[str, FieldDifference]
    status: Literal["success", "error"]
    error: ErrorData | None


class ApplyData(Answer):
    """The plan: a step for each schedule. ``counts`` has the number of steps by action."""

    plan: list[StepView]
    counts: dict[str, int]
    failed: int


class ExportData(Answer):
    """Your schedules, as `POST /schedule/apply` takes them."""

    schedules: list[dict[str, Any]]


ScheduleStatus = Literal["active", "paused", "completed"]
"""What a schedule is doing: it will run, it is held, or it can never run again."""

OverlapPolicy = Literal[
    "skip", "buffer_one", "buffer_all", "allow_all", "cancel_other", "terminate_other"
]
"""What becomes of a run that is due while another run of the schedule is under way."""


class RetryPolicy(Answer):
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

    max_attempts: int = 1
    initial_interval: int = 1
    backoff: float = 2.0
    max_interval: int = 3600
    non_retryable_errors: list[str] = []


AfterCompletion = Literal["keep", "delete"]
"""What becomes of a schedule that can never run again."""

Execution = Literal["durable", "light"]
"""How a run's walker is started."""

NoticeKind = Literal["failed", "recovered", "paused", "completed", "late", "missed"]
"""What a notice tells of a schedule."""


class Hook(Answer):
    """Where to tell of what; by default of everything.

    Attributes:
        url: an http or https URL that takes the notices by POST.
        on: the kinds of notices that are sent there.
    """

    url: str
    on: list[NoticeKind] = ["failed", "recovered", "paused", "completed", "late", "missed"]


class NextRun(Answer):
    """When a schedule will run: in UTC, and by the clocks of its time zone with their offset."""

    utc: datetime
    local: datetime


RunKind = Literal["scheduled", "manual", "backfill", "chained"]
"""What started a run."""

RunStatus = Literal["running", "succeeded", "failed", "timed_out", "cancelled", "terminated"]
"""How a run stands or how it ended."""


class RunErrorView(Answer):
    """Why a run failed."""

    type: str
    message: str
    traceback: str | None = None


class FollowedRun(Answer):
    """A run after which another schedule ran."""

    schedule_id: str
    run_id: str


class Links(Answer):
    """Where else to look."""

    temporal_ui: str


class RunView(Answer):
    """A run, as lists show it.

    ``scheduled_at`` is null for one that was started by hand; of one that follows another run it
    is the end of that. ``by`` and ``reason`` are null for one that its schedule started.
    ``after`` names the run that it follows.
    """

    id: str
    schedule_id: str
    walker_name: str
    kind: RunKind
    status: RunStatus
    scheduled_at: datetime | None
    started_at: datetime
    closed_at: datetime | None
    duration_ms: int | None
    error: RunErrorView | None
    by: str | None
    reason: str | None
    after: FollowedRun | None
    links: Links


class ScheduleView(Answer):
    """A schedule: the guide's fields, and what Footfall knows beside them.

    Times are UTC but for `local`. ``next_runs`` holds the next few runs of an active schedule.
    ``run_count`` and ``failure_count`` count the runs that Temporal still holds.
    """

    id: str
    walker_name: str
    config: dict[str, Any]
    is_active: bool
    is_static: bool
    created_at: datetime
    status: ScheduleStatus
    args: dict[str, Any]
    owner: str
    description: str
    """Yours, or the trigger in words."""
    trigger_description: str
    """The trigger in words."""
    tags: list[str]
    timezone: str
    timeout: int
    """Seconds."""
    overlap: OverlapPolicy
    catchup_window: int | None
    """Seconds; null means without end."""
    retry: RetryPolicy
    max_runs: int | None
    runs_left: int | None
    """Of `max_runs`."""
    pause_on_failure: int | None
    priority: int
    after_completion: AfterCompletion
    execution: Execution
    notify: list[Hook]
    late_after: int | None
    """Seconds; null means that nobody watches."""
    pause_reason: str | None
    """Why it is paused."""
    name: str | None
    """What you call it."""
    next_run_at: datetime | None
    next_runs: list[NextRun]
    last_run: RunView | None
    run_count: int
    failure_count: int
    revision: int
    updated_at: datetime
    links: Links


class ScheduleData(Answer):
    """One schedule."""

    schedule: ScheduleView


class StartedRun(Answer):
    """A run that was just started: what stays as it is, however the run goes on."""

    id: str
    schedule_id: str
    walker_name: str
    kind: RunKind
    started_at: datetime
    by: str | None
    reason: str | None
    links: Links


class StartedRunData(Answer):
    """The run that was started; null after a dry run."""

    run: StartedRun | None


class DeletedData(Answer):
    """The schedule that is gone; after a dry run it is not."""

    id: str
    deleted: bool


class BulkSuccess(Answer):
    """A schedule to which the action was done; `data` is what the single endpoint answers."""

    id: str
    status: Literal["success"] = "success"
    data: ScheduleData | StartedRunData | DeletedData


class BulkFailure(Answer):
    """A schedule that is as it was; `error` is what the single endpoint answers."""

    id: str
    status: Literal["error"] = "error"
    error: ErrorData


class BulkData(Answer):
    """What became of each schedule, in the order of the ids, or of the list."""

    results: list[BulkSuccess | BulkFailure]
    succeeded: int
    failed: int
    total: int


class PreviewData(Answer):
    """What a schedule would do.

    ``next_runs`` holds fewer than were asked for where no more follow until 2100. ``config``
    means the same as the request, with every default made explicit. ``warnings`` says what may
    surprise.
    """

    next_runs: list[NextRun]
    description: str
    """The trigger in words."""
    config: dict[str, Any]
    warnings: list[str]


class BrokenView(Answer):
    """A schedule that cannot be read, because it was not written by Footfall, and why.

    It can be deleted. `owner` and `walker_name` are what its search attributes say.
    """

    id: str
    owner: str | None
    walker_name: str | None
    reason: str


class ScheduleList(Answer):
    """Schedules; `cursor` leads to the next page, and `total` counts those of all pages.

    ``broken`` is there where some cannot be read; no filter applies to them.
    """

    schedules: list[ScheduleView]
    total: int
    cursor: str | None = None
    broken: list[BrokenView] = []


class Policies(Answer):
    """How the runs of a schedule are started, repeated, limited and ended.

    Attributes:
        overlap: what happens to a run that is due while another one is under way.
        catchup_window: seconds after its time within which a run is still started when Temporal
            was away at that time; None means one day, and for a date or for what runs after
            another schedule that it is never too late.
        retry: whether a walker that failed is started again.
        max_runs: how often the schedule runs in all; None means without end. Runs that were
            started by hand are not counted.
        pause_on_failure: after how many failures in a row the schedule is paused; None means
            never.
        priority: 1 (first) to 5 (last); which of several waiting runs a worker takes.
        after_completion: what becomes of the schedule when it can never run again.
        execution: how its walkers are started; None means durable, so that releases that know of
            no other can read it.
    """

    overlap: OverlapPolicy = "skip"
    catchup_window: int | None = None
    retry: RetryPolicy = Field(default_factory=RetryPolicy)
    max_runs: int | None = None
    pause_on_failure: int | None = None
    priority: int = 3
    after_completion: AfterCompletion = "keep"
    execution: Execution | None = None


ChangeKind = Literal["created", "updated", "paused", "resumed", "renewed", "deleted"]
"""What a change did to a schedule."""


class ChangeView(Answer):
    """A change of a schedule.

    One made outside Footfall, in Temporal's Web UI or CLI, makes no revision. ``at`` of an outside
    pause, resumption or deletion is when it was noticed: Temporal does not tell.
    """

    revision: int
    kind: ChangeKind
    by: str | None
    """Null where it was made outside Footfall."""
    at: datetime
    reason: str | None
    outside: bool
    """Made outside Footfall."""
    difference: dict[str, FieldDifference] | None
    """By field, named as in a request; empty for a creation and a deletion, null where the
    revision before is no longer recorded."""


class RevisionView(Answer):
    """A schedule as one of its revisions had it, with the change that made the revision."""

    id: str
    walker_name: str
    config: dict[str, Any]
    is_paused: bool
    is_static: bool
    created_at: datetime
    args: dict[str, Any]
    owner: str
    description: str
    """The owner's, or the trigger in words."""
    trigger_description: str
    """The trigger in words."""
    tags: list[str]
    timezone: str
    timeout: int
    """Seconds."""
    policies: Policies
    name: str | None
    revision: int
    updated_at: datetime
    change: ChangeView


class RevisionData(Answer):
    """What a schedule was."""

    schedule: RevisionView


class ChangeList(Answer):
    """A schedule's changes, the newest first; `truncated` says that old ones are dropped."""

    changes: list[ChangeView]
    truncated: bool


class ScheduleRunList(Answer):
    """Runs of one schedule; ``counts`` has how many there are of each status, unfiltered."""

    runs: list[RunView]
    cursor: str | None = None
    counts: dict[str, int]


class RunCount(Answer):
    """How many runs started in a span of time, its first instant included and its last not."""

    since: datetime
    until: datetime
    total: int
    counts: dict[str, int]


class RunCounts(Answer):
    """Runs by day or hour, the oldest first; those without a run are there as well."""

    spans: list[RunCount]


class Progress(Answer):
    """How far a walker says that it is: 0 is the beginning, 1 the end."""

    fraction: float
    message: str = ""


class RunDetail(Answer):
    """One run with its output.

    ``stdout`` keeps the beginning, and ``reports`` as many as fit; what was cut is marked.
    ``attempts`` counts the starts of the walker: more than one where a worker was lost.
    ``started_at`` is when Temporal started the run, ``walker_started_at`` when the walker itself
    was started the last time: null where it was not, or was terminated. ``progress`` is what a
    running walker told last.
    """

    id: str
    schedule_id: str
    walker_name: str
    kind: RunKind
    status: RunStatus
    scheduled_at: datetime | None
    started_at: datetime
    closed_at: datetime | None
    duration_ms: int | None
    error: RunErrorView | None
    by: str | None
    reason: str | None
    after: FollowedRun | None
    links: Links
    walker_started_at: datetime | None
    progress: Progress | None
    attempts: int
    worker: str
    reports: list[Any]
    reports_truncated: bool
    stdout: str
    stdout_truncated: bool


class RunData(Answer):
    """One run."""

    run: RunDetail


class ChangedRunData(Answer):
    """A run that is to end, as it is now."""

    run: RunView


class RunList(Answer):
    """Runs, the newest start first; `cursor` leads to the next page."""

    runs: list[RunView]
    cursor: str | None = None


BackfillStatus = Literal["running", "completed", "cancelled", "failed"]
"""How a backfill stands; one whose runs failed is completed all the same."""

BackfillOverlap = Literal["buffer_all", "allow_all"]
"""Whether the runs of a backfill come one after another, or side by side."""


class BackfillView(Answer):
    """A backfill and how far it is.

    ``total`` runs are to be made; ``started`` were, of which ``succeeded`` and ``failed`` have
    ended. A backfill whose runs failed is completed all the same.
    """

    id: str
    schedule_id: str
    status: BackfillStatus
    start: datetime
    end: datetime
    overlap: BackfillOverlap
    total: int
    started: int
    succeeded: int
    failed: int
    by: str
    reason: str | None
    created_at: datetime
    closed_at: datetime | None


class BackfillData(Answer):
    """One backfill."""

    backfill: BackfillView


class BackfillPreview(Answer):
    """The runs that a backfill would make; nothing is started."""

    dry_run: Literal[True] = True
    total: int
    runs: list[NextRun]


class BackfillList(Answer):
    """A schedule's backfills, the newest first."""

    backfills: list[BackfillView]


class NotificationsData(Answer):
    """An owner's webhooks; `signing_key` is null where the API sends none."""

    hooks: list[Hook]
    signing_key: str | None
    """With it a receiver verifies who sent a notice."""


DeliveryStatus = Literal["pending", "delivered", "failed"]
"""How a delivery stands: under way, taken by its receiver, or a dead letter."""


class ToldRunView(Answer):
    """The run that a notice is about."""

    id: str
    kind: RunKind
    status: RunStatus
    scheduled_at: datetime | None
    started_at: datetime | None
    error: RunErrorView | None


class NoticeView(Answer):
    """Something that happened to a schedule."""

    id: str
    kind: NoticeKind
    schedule_id: str
    name: str | None
    owner: str
    walker_name: str
    is_static: bool
    at: datetime
    run: ToldRunView | None
    message: str


class DeliveryView(Answer):
    """A notice and whether it reached a webhook; `error` says why its last attempt did not."""

    id: str
    status: DeliveryStatus
    url: str
    started_at: datetime
    closed_at: datetime | None
    error: RunErrorView | None
    notice: NoticeView


class DeliveryList(Answer):
    """Deliveries, the newest start first; `cursor` leads to the next page."""

    deliveries: list[DeliveryView]
    cursor: str | None = None


class DeliveryData(Answer):
    """One delivery."""

    delivery: DeliveryView
