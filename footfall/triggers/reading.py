import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from footfall.triggers.after import AfterTrigger
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger, compile_trigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.description import describe
from footfall.triggers.trigger import parse

_KEPT = 4096
"""More than a list has rows, so that its next reader finds all of them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a configuration that was accepted says.

    Attributes:
        trigger: what it means.
        words: the trigger in words.
        timezone: IANA name; users write it in any case.
    """

    trigger: Trigger
    words: str
    timezone: str


def read_config(config: Mapping[str, Any]) -> Reading:
    """Read a trigger's flat configuration, which was accepted before; equal ones once.

    Raises:
        InvalidInputError: as `parse` does.
    """
    return _read(_key(config))


def compile_config(config: Mapping[str, Any], anchor: datetime) -> CompiledTrigger:
    """Compile a trigger from the flat configuration that it was accepted with; equal ones once.

    Raises:
        InvalidInputError: as `parse` and `compile_trigger` do.
    """
    return _compiled(_key(config), anchor)


def _key(config: Mapping[str, Any]) -> str:
    # Unsorted: words may quote what is written, in the order in which it is.
    return json.dumps(dict(config))


@lru_cache(maxsize=_KEPT)
def _read(written: str) -> Reading:
    trigger = parse(json.loads(written))
    return Reading(trigger, describe(trigger), _timezone(trigger))


def _timezone(trigger: Trigger) -> str:
    if isinstance(trigger, AfterTrigger):
        return "UTC"
    return trigger.timezone if isinstance(trigger, DateTrigger) else trigger.options.timezone


@lru_cache(maxsize=_KEPT)
def _compiled(written: str, anchor: datetime) -> CompiledTrigger:
    return compile_trigger(_read(written).trigger, anchor)
