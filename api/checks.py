from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from footfall.config.settings import WebhookSettings
from footfall.errors import FieldProblem, InvalidInputError
from footfall.schedules.hook import Hook
from footfall.temporal.catalogue import WalkerCatalogue
from footfall.triggers import (
    CompiledTrigger,
    Trigger,
    compile_trigger,
    ensure_fires,
    ensure_holidays,
    horizon_of,
    parse,
    plan,
)
from footfall.walkers.arguments import check_arguments
from footfall.webhooks.addresses import is_surely_private


def is_soon_checked(config: Mapping[str, Any]) -> bool:
    """Say whether a trigger is checked in less time than a thread takes to be asked."""
    return config.get("trigger") in ("interval", "date", "after") and "exclude" not in config


class Checks:
    """What a schedule has to be before it is created, changed or previewed."""

    def __init__(
        self,
        walkers: WalkerCatalogue,
        *,
        min_interval: int,
        webhooks: WebhookSettings,
        args_limit: int,
    ) -> None:
        self._walkers = walkers
        self._min_interval = min_interval
        self._webhooks = webhooks
        self._args_limit = args_limit

    def hooks(self, field: str, hooks: Sequence[Hook]) -> None:
        """Check that webhooks may be sent at all, and to these URLs.

        What a name resolves to is judged at each delivery; here no resolver is asked.

        Raises:
            InvalidInputError: the settings have no secret, or a target is private.
        """
        if hooks and self._webhooks.secret is None:
            message = (
                "this API sends no webhooks: it needs the setting "
                "plugins.scale.scheduler.webhooks.secret (FOOTFALL_WEBHOOKS_SECRET)"
            )
            raise InvalidInputError(FieldProblem(field, message))
        if self._webhooks.allow_private:
            return
        message = (
            "is a private address; plugins.scale.scheduler.webhooks.allow_private "
            "(FOOTFALL_WEBHOOKS_ALLOW_PRIVATE) would allow it"
        )
        problems = [
            FieldProblem(f"{field}.{place}.url", message)
            for place, hook in enumerate(hooks)
            if is_surely_private(hook.url)
        ]
        if problems:
            raise InvalidInputError(problems)

    def trigger(self, config: Mapping[str, Any]) -> Trigger:
        """Read a trigger, whose runs may not be closer than the settings allow.

        Raises:
            InvalidInputError: it is none; names every field that is wrong.
        """
        return parse(config, min_interval=self._min_interval)

    def compiled(self, trigger: Trigger, now: datetime) -> CompiledTrigger:
        """Compile a trigger that is set at an instant, and check that Temporal can keep it.

        Raises:
            InvalidTriggerError: it does not fire after `now`, excludes public holidays that
                nobody knows, or asks too much of Temporal.
        """
        compiled = compile_trigger(trigger, now)
        ensure_holidays(compiled.exclude, now.date())
        ensure_fires(trigger, compiled, now)
        plan(compiled, horizon_of(now))
        return compiled

    async def args(self, walker_name: str, args: Mapping[str, Any]) -> None:
        """Check the arguments of a walker.

        Raises:
            InvalidInputError: they are too large, or not what the walker takes.
            WalkerNotFoundError: the workers do not know the walker.
            NoWorkerError: no worker runs.
            TemporalUnavailableError: Temporal does not answer.
        """
        size = len(to_json(args))
        if size > self._args_limit:
            message = (
                f"They take {size} bytes as JSON; at most {self._args_limit} do, by the setting "
                "plugins.scale.scheduler.limits.args (FOOTFALL_LIMITS_ARGS)."
            )
            raise InvalidInputError(FieldProblem("args", message))
        check_arguments(await self._walkers.find(walker_name), args)
