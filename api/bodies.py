from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from footfall.schedules.hook import LONGEST_LATE, SHORTEST_LATE, Hooks
from footfall.schedules.policy import (
    LONGEST_CATCHUP,
    MOST_FAILURES,
    MOST_RUNS,
    SHORTEST_CATCHUP,
    AfterCompletion,
    Execution,
    OverlapPolicy,
    Policies,
    RetryPolicy,
)
from footfall.schedules.schedule import MAX_TIMEOUT, TriggerKind
from footfall.triggers.after import OUTCOMES
from footfall.triggers.exclusion import MOST, WEEKDAYS
from footfall.triggers.options import LONGEST_JITTER

MOST_APPLIED = 1000
"""Schedules that are applied at once."""

MOST_TAGS = 20
"""Tags of a schedule."""

MOST_PREVIEWED = 1000
"""Runs that a preview shows at most."""


def _absent() -> Any:
    """Default of a field that was not given; `model_fields_set` tells that it was not."""
    return None


def _one_or_more(item: dict[str, Any], most: int) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "maxItems": most}]}


def _choice(*names: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


_TEXT = {"type": "string"}
_DATE = {"type": "string", "format": "date"}
_RANGE = {
    "type": "object",
    "description": "both days are included",
    "properties": {"from": _DATE, "to": _DATE},
    "required": ["from", "to"],
    "additionalProperties": False,
}
_EXCLUDE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "dates": _one_or_more({"anyOf": [_DATE, _RANGE]}, MOST["dates"]),
        "weekdays": _one_or_more(_choice(*WEEKDAYS), MOST["weekdays"]),
        "holidays": _one_or_more(
            {**_TEXT, "description": "ISO code of a country or region: DE, DE-BE, US-CA"},
            MOST["holidays"],
        ),
    },
    "additionalProperties": False,
    "minProperties": 1,
}
_AFTER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "schedule": {**_TEXT, "description": "id of a schedule"},
        "name": {**_TEXT, "description": "name of one of yours, instead of its id"},
        "on": {
            "type": "array",
            "items": _choice(*OUTCOMES),
            "minItems": 1,
            "default": ["succeeded"],
            "description": "how its run has to end",
        },
    },
    "additionalProperties": False,
}


def _trimmed(name: str) -> str:
    if not name.isprintable() or name != name.strip():
        message = "must be printable, without spaces at its ends"
        raise PydanticCustomError("name", message)
    return name


Name = Annotated[StrictStr, Field(min_length=1, max_length=100), AfterValidator(_trimmed)]
# What an option may be is for `footfall.triggers` to judge, with the remedy; here it is
# only described.
_Option = Annotated[Any, Field(default_factory=_absent)]
_Whole = Annotated[_Option, WithJsonSchema({"type": "integer", "minimum": 0})]
_CronField = Annotated[
    _Option, WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]})
]
_Text = Annotated[_Option, WithJsonSchema(_TEXT)]
Tag = Annotated[StrictStr, Field(min_length=1, max_length=64)]


class TriggerFields(BaseModel):
    """The flat options of a trigger, beside each other as in the guide."""

    model_config = ConfigDict(extra="forbid")

    weeks: Annotated[_Whole, Field(description="interval: weeks between two runs; units add up")]
    days: Annotated[_Whole, Field(description="interval: days, of 24 hours, between two runs")]
    hours: Annotated[_Whole, Field(description="interval: hours between two runs")]
    minutes: Annotated[_Whole, Field(description="interval: minutes between two runs")]
    seconds: Annotated[_Whole, Field(description="interval: seconds between two runs")]
    cron: Annotated[
        _Text,
        Field(description="cron: a crontab(5) string of five fields; Sunday is 0 and 7"),
    ]
    year: Annotated[_CronField, Field(description="cron: 2000 to 2100; all fields have to match")]
    month: Annotated[_CronField, Field(description="cron: 1 to 12, or jan to dec")]
    day: Annotated[_CronField, Field(description="cron: 1 to 31, `last`, `2nd fri`, `last fri`")]
    week: Annotated[_CronField, Field(description="cron: ISO week, 1 to 53")]
    day_of_week: Annotated[_CronField, Field(description="cron: 0 (Monday) to 6, or mon to sun")]
    hour: Annotated[_CronField, Field(description="cron: 0 to 23")]
    minute: Annotated[_CronField, Field(description="cron: 0 to 59")]
    second: Annotated[_CronField, Field(description="cron: 0 to 59")]
    run_date: Annotated[
        _Text,
        Field(description="date: ISO 8601; one without an offset is meant in `timezone`"),
    ]
    after: Annotated[
        _Option,
        Field(description="after: runs when a run of another schedule ends"),
        WithJsonSchema(_AFTER),
    ]
    timezone: Annotated[
        _Text, Field(description="IANA name, in any case, such as Europe/Berlin; else UTC")
    ]
    start_at: Annotated[
        _Text,
        Field(
            description="interval, cron: ISO 8601, without an offset in `timezone`; nothing runs "
            "before it, and an interval runs at it first"
        ),
    ]
    end_at: Annotated[
        _Text,
        Field(
            description="interval, cron: ISO 8601, without an offset in `timezone`; nothing runs "
            "after it, but for `jitter`; a date alone means its first moment"
        ),
    ]
    exclude: Annotated[
        _Option,
        Field(
            description="interval, cron: days in `timezone` without runs; what counts is the time "
            "of a run before `jitter`"
        ),
        WithJsonSchema(_EXCLUDE),
    ]
    jitter: Annotated[
        _Option,
        Field(
            description="interval, cron: seconds by which each run is late at random, at most. "
            "`start_at`, `end_at` and `exclude` apply to the time before it; between the latest "
            "start and the next run there has to be `min_interval`"
        ),
        WithJsonSchema({"type": "integer", "minimum": 0, "maximum": LONGEST_JITTER}),
    ]
    dst_gap: Annotated[
        _Option,
        Field(
            description="cron: a local time that does not exist, because clocks are set forward, "
            "runs once at the first instant after, or is left out"
        ),
        WithJsonSchema(_choice("run", "skip")),
    ]
    dst_overlap: Annotated[
        _Option,
        Field(
            description="cron: a local time that comes twice, because clocks are set back, runs "
            "once, the first time, or twice"
        ),
        WithJsonSchema(_choice("once", "twice")),
    ]

    def given_options(self) -> dict[str, Any]:
        """Give the options that the request names, with the values as it wrote them."""
        given = self.model_fields_set
        return {name: getattr(self, name) for name in TriggerFields.model_fields if name in given}


class PolicyFields(BaseModel):
    """How the runs of a schedule are started, repeated, limited and ended; flat, too.

    What is null has its default, in a change too.
    """

    overlap: OverlapPolicy | None = Field(
        default_factory=_absent,
        description="what becomes of a run that is due while another one is under way; "
        "null: `skip`",
    )
    catchup_window: Annotated[StrictInt, Field(ge=SHORTEST_CATCHUP, le=LONGEST_CATCHUP)] | None = (
        Field(
            default_factory=_absent,
            description="seconds after its time within which a missed run is still started; "
            "null: one day, for a date without end",
        )
    )
    retry: RetryPolicy | None = Field(
        default_factory=_absent,
        description="whether a walker that failed is started again in the same run; "
        "null: it is not",
    )
    max_runs: Annotated[StrictInt, Field(ge=1, le=MOST_RUNS)] | None = Field(
        default_factory=_absent,
        description="how often it runs in all, runs by hand not counted; null: no limit",
    )
    pause_on_failure: Annotated[StrictInt, Field(ge=1, le=MOST_FAILURES)] | None = Field(
        default_factory=_absent,
        description="after how many failures in a row it is paused; null: never",
    )
    priority: Annotated[StrictInt, Field(ge=1, le=5)] | None = Field(
        default_factory=_absent,
        description="1 (first) to 5 (last): which of several waiting runs a worker takes; null: 3",
    )
    after_completion: AfterCompletion | None = Field(
        default_factory=_absent,
        description="what becomes of it when it can never run again; null: `keep`",
    )
    execution: Execution | None = Field(
        default_factory=_absent,
        description="how its walkers are started: `light` is for those that take 5 seconds at "
        "most, and costs Temporal half as much; null: `durable`",
    )

    def given_policies(self) -> dict[str, Any]:
        """Give the fields of `Policies` that the request names."""
        given = {
            name: getattr(self, name)
            for name in PolicyFields.model_fields
            if name in self.model_fields_set
        }
        defaults = Policies()
        return {
            name: getattr(defaults, name) if value in (None, Execution.DURABLE) else value
            for name, value in given.items()
        }


class ScheduleChange(PolicyFields, TriggerFields):
    """What `PUT` may change; what is not named stays.

    ``trigger`` with its options replaces the whole configuration.
    """

    trigger: TriggerKind = Field(default_factory=_absent)
    is_active: StrictBool = Field(
        default_factory=_absent,
        description="false pauses, true resumes",
    )
    args: dict[str, Any] = Field(
        default_factory=_absent,
        description="the walker's fields; replaces all of them",
    )
    description: StrictStr = Field(default_factory=_absent, max_length=500)
    tags: list[Tag] = Field(default_factory=_absent, max_length=MOST_TAGS)
    timeout: Annotated[StrictInt, Field(ge=1, le=MAX_TIMEOUT)] | None = Field(
        default_factory=_absent,
        description="seconds that a run may take; null: as the setting `default_timeout` says",
    )
    notify: Hooks = Field(
        default_factory=_absent,
        description="webhooks that are told what happens to it; replaces all of them",
    )
    late_after: Annotated[StrictInt, Field(ge=SHORTEST_LATE, le=LONGEST_LATE)] | None = Field(
        default_factory=_absent,
        description="seconds after its time within which a run has to begin; else it is told",
    )
    reason: StrictStr = Field(
        default_factory=_absent,
        max_length=500,
        description="why; stands in the schedule's changes",
    )

    @model_validator(mode="before")
    @classmethod
    def _with_trigger(cls, body: Any) -> Any:
        if isinstance(body, dict) and "trigger" not in body and isinstance(body.get("after"), dict):
            return {**body, "trigger": "after"}
        return body

    def given(self, *names: str) -> dict[str, Any]:
        """Give those of the named fields that the request names."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class HoldRequest(BaseModel):
    """What `POST /schedule/{id}/pause` and `/resume` take; the body may be left out."""

    model_config = ConfigDict(extra="forbid")

    reason: StrictStr | None = Field(
        None,
        max_length=500,
        description="why; stands in the schedule's changes, and in Temporal's Web UI",
    )


class _WithTrigger(ScheduleChange):
    """A whole definition, whose trigger has to be there."""

    trigger: TriggerKind

    def config(self) -> dict[str, Any]:
        """Give the trigger with its options, flat, as the request wrote them."""
        return {"trigger": self.trigger, **self.given_options()}


class NewSchedule(_WithTrigger):
    """What `POST /schedule/create` takes."""

    walker_name: StrictStr = Field(min_length=1, max_length=200)
    name: Name = Field(
        default_factory=_absent,
        description="what you call it; no two of your schedules have the same name",
    )


class AppliedSchedule(NewSchedule):
    """A whole definition, known by its name; what it does not say has its default."""

    name: Name = Field(description="what you call it, or the id of one that has no name")


class ApplyRequest(BaseModel):
    """What `POST /schedule/apply` takes: the schedules that you want to have."""

    model_config = ConfigDict(extra="forbid")

    schedules: list[AppliedSchedule] = Field(max_length=MOST_APPLIED)
    prune: StrictBool = Field(
        default=False,
        description="delete those of your schedules that have a name and are not among these",
    )
    reason: StrictStr | None = Field(
        None,
        max_length=500,
        description="why; stands in the changes of each schedule",
    )


class PreviewRequest(_WithTrigger):
    """What `POST /schedule/preview` takes: a new schedule, and which of its runs to show.

    The walker and its arguments are checked where `walker_name` is given.
    """

    walker_name: StrictStr = Field(default_factory=_absent, min_length=1, max_length=200)
    count: StrictInt = Field(default=10, ge=1, le=MOST_PREVIEWED, description="runs to show")
    after: Annotated[
        _Option,
        Field(
            description="ISO 8601: an instant to start from, as if the schedule were created then; "
            "one without an offset is meant in `timezone`; now if it is not given. An object is "
            "the trigger's option `after`",
        ),
        WithJsonSchema({"anyOf": [_TEXT, _AFTER]}),
    ]

    def given_options(self) -> dict[str, Any]:
        """Give the trigger's options; an instant to start from is none of them."""
        options = super().given_options()
        if self.since() is not None:
            del options["after"]
        return options

    def since(self) -> Any:
        """Give the instant to start from, as it was written; None if there is none."""
        return None if isinstance(self.after, dict) else self.after
