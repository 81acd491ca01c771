import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import ConfigDict, Field, StrictInt, StrictStr, ValidationError

from footfall.config import Settings
from footfall.errors import FieldProblem, InvalidInputError
from footfall.schedules.chain import check_lateness
from footfall.schedules.hook import LONGEST_LATE, SHORTEST_LATE, Hooks
from footfall.schedules.light import check_light, timeout_of
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

DECLARED = (
    "args",
    "root",
    "config",
    "description",
    "tags",
    "timeout",
    "policies",
    "notify",
    "late_after",
)
"""The fields of a definition that a decorator decides."""

_log = structlog.get_logger(__name__)

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
    policies = Policies.model_validate(
        {name: getattr(beside, name) for name in Policies.model_fields},
    )
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
        timeout=beside.timeout or timeout_of(policies, default_timeout),
        policies=policies,
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
    check_light(walk)
    return walk


def version_of_declared(walks: Sequence[ScheduledWalk], broken: Iterable[str]) -> str:
    """Give a fingerprint of what an app declares, the same in every worker that has it.

    Args:
        walks: the declared schedules.
        broken: names of walkers whose declaration is broken.
    """
    said = {walk.walker_name: walk.model_dump(mode="json", include=set(DECLARED)) for walk in walks}
    text = json.dumps([said, sorted(set(broken))], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


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


class Declared:
    """What a worker's app declares.

    Attributes:
        version: a fingerprint of it, the same in every worker that has it.
        broken: names of walkers whose declaration is broken.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings = settings
        self._catalogue = catalogue
        walks, invalid = self._read()
        problems = (*catalogue.problems, *invalid)
        self._shown = catalogue.model_copy(update={"problems": problems})
        self.broken = [problem.walker for problem in problems if problem.walker]
        self.version = version_of_declared(walks, self.broken)

    def walks(self) -> list[ScheduledWalk]:
        """Give the declared schedules as of now: an interval's times begin with its creation."""
        return self._read()[0]

    def report(self) -> Catalogue:
        """Log every problem of the app, and give its catalogue with all of them."""
        for problem in self._shown.problems:
            _log.error(
                "a part of the app is skipped",
                walker=problem.walker,
                file=problem.file,
                line=problem.line,
                problem=problem.message,
            )
        return self._shown

    def _read(self) -> tuple[list[ScheduledWalk], list[AppProblem]]:
        return declared_walks(
            self._catalogue,
            min_interval=self._settings.min_interval,
            default_timeout=self._settings.default_timeout,
        )
