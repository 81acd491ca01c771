import secrets
from datetime import UTC, datetime
from typing import Any

from pydantic import ConfigDict, Field, StrictInt, StrictStr, ValidationError

from footfall.errors import FieldProblem, InvalidInputError
from footfall.schedules.chain import check_lateness
from footfall.schedules.hook import LONGEST_LATE, SHORTEST_LATE, Hooks
from footfall.schedules.policy import AfterCompletion, Policies
from footfall.schedules.schedule import (
    SYSTEM_OWNER,
    Change,
    ChangeKind,
    ScheduledWalk,
    utc_now,
)
from footfall.triggers import (
    compile_trigger,
    ensure_fires,
    ensure_holidays,
    horizon_of,
    parse,
    plan,
)
from footfall.walkers.arguments import check_arguments
from footfall.walkers.catalogue import AppProblem, Catalogue, WalkerInfo

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class _Beside(Policies):
    """What a decorator may say of its schedule beside the trigger."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    args: dict[str, Any] = Field(default_factory=dict)
    description: StrictStr = Field("", max_length=500)
    tags: tuple[StrictStr, ...] = ()
    timeout: StrictInt | None = Field(None, ge=1)
    root: StrictStr = Field(SYSTEM_OWNER, min_length=1, max_length=256)
    notify: Hooks = ()
    late_after: StrictInt | None = Field(None, ge=SHORTEST_LATE, le=LONGEST_LATE)


def static_id(app: str, walker_name: str) -> str:
    """Give the id of a walker's static schedule; the same in every worker of the app."""
    return f"{app}.{walker_name}"


def static_walk(
    app: str,
    walker: WalkerInfo,
    *,
    min_interval: int,
    default_timeout: int,
    now: datetime,
) -> ScheduledWalk:
    """Give the definition that a walker's decorator declares.

    A trigger whose times have all passed is fine: its schedule is completed.

    Raises:
        InvalidInputError: the declaration is invalid, its trigger could never fire, or the
            walker needs arguments that it does not give.
    """
    declared = dict(walker.schedule or {})
    try:
        beside = _Beside.model_validate(declared)
    except ValidationError as error:
        raise InvalidInputError(
            [
                FieldProblem(".".join(map(str, problem["loc"])), f"{problem['msg']}.")
                for problem in error.errors()
            ],
        ) from error
    if beside.after_completion is AfterCompletion.DELETE:
        message = "must be 'keep': a static schedule stays as long as the code declares it"
        raise InvalidInputError(FieldProblem("after_completion", message))
    config = {key: value for key, value in declared.items() if key not in _Beside.model_fields}
    trigger = parse(config, min_interval=min_interval)
    if trigger.config["trigger"] != "date":
        compiled = compile_trigger(trigger, now)
        ensure_holidays(compiled.exclude, now.date())
        ensure_fires(trigger, compiled, _EVER)
        plan(compiled, horizon_of(now))
    check_arguments(walker, beside.args)
    walk = ScheduledWalk(
        schedule_id=static_id(app, walker.name),
        app=app,
        walker_name=walker.name,
        args=beside.args,
        owner=SYSTEM_OWNER,
        root=beside.root,
        is_static=True,
        config=config,
        anchor=now,
        description=beside.description,
        tags=beside.tags,
        timeout=beside.timeout or default_timeout,
        policies=Policies.model_validate(
            {name: getattr(beside, name) for name in Policies.model_fields},
        ),
        notify=beside.notify,
        late_after=beside.late_after,
        created_at=now,
        change=Change(
            kind=ChangeKind.CREATED,
            by=SYSTEM_OWNER,
            at=now,
            token=secrets.token_hex(8),
        ),
    )
    check_lateness(walk)
    return walk


def declared_walks(
    catalogue: Catalogue,
    *,
    min_interval: int,
    default_timeout: int,
) -> tuple[list[ScheduledWalk], list[AppProblem]]:
    """Give what an app declares, and what of it is invalid and therefore skipped."""
    walks: list[ScheduledWalk] = []
    problems: list[AppProblem] = []
    now = utc_now()
    for walker in catalogue.walkers:
        if walker.schedule is None:
            continue
        try:
            walks.append(
                static_walk(
                    catalogue.app,
                    walker,
                    min_interval=min_interval,
                    default_timeout=default_timeout,
                    now=now,
                ),
            )
        except InvalidInputError as error:
            problems.append(
                AppProblem(
                    walker=walker.name,
                    file=walker.file,
                    line=walker.line,
                    message=f"Its static schedule is skipped. {error.message}",
                ),
            )
    return walks, problems
