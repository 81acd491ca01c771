"""Triggers: when a schedule fires.

Pure: from the configuration that users write (`parse`) to what Temporal is told
(`compile_trigger`), to what that means (`next_times`) and how to say it (`describe`).
"""

from footfall.triggers.calendar import Calendar, Range
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger, compile_trigger
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.description import describe
from footfall.triggers.evaluator import next_times
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.firing import ensure_fires
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.trigger import compile_config, parse

__all__ = [
    "Calendar",
    "CompiledTrigger",
    "CrontabTrigger",
    "DateTrigger",
    "FieldsTrigger",
    "IntervalTrigger",
    "Range",
    "Trigger",
    "compile_config",
    "compile_trigger",
    "describe",
    "ensure_fires",
    "next_times",
    "parse",
]
