"""Triggers: when a schedule fires.

Pure: from the configuration that users write (`parse`) to exactly when it fires
(`compile_trigger`, `next_times`), what Temporal is told of that (`plan`), how to say it
(`describe`, `normalised`), and what may surprise (`warnings_of`).
"""

from footfall.triggers.after import NEVER, AfterTrigger
from footfall.triggers.basis import basis_of, present_bases
from footfall.triggers.calendar import Calendar, Range
from footfall.triggers.compiled import CompiledTrigger
from footfall.triggers.compiler import Trigger, compile_trigger
from footfall.triggers.crontab import CrontabTrigger
from footfall.triggers.date import DateTrigger
from footfall.triggers.description import describe
from footfall.triggers.evaluator import next_instants, next_times
from footfall.triggers.exclusion import ensure_holidays
from footfall.triggers.fields import FieldsTrigger
from footfall.triggers.firing import ensure_fires
from footfall.triggers.interval import IntervalTrigger
from footfall.triggers.normal import normalised
from footfall.triggers.options import DstGap, DstOverlap
from footfall.triggers.plan import Plan, horizon_of, plan
from footfall.triggers.reading import Reading, compile_config, read_config
from footfall.triggers.trigger import carried_options, parse
from footfall.triggers.warning import warnings_of
from footfall.triggers.zone import parse_zone, zone_of

__all__ = [
    "NEVER",
    "AfterTrigger",
    "Calendar",
    "CompiledTrigger",
    "CrontabTrigger",
    "DateTrigger",
    "DstGap",
    "DstOverlap",
    "FieldsTrigger",
    "IntervalTrigger",
    "Plan",
    "Range",
    "Reading",
    "Trigger",
    "basis_of",
    "carried_options",
    "compile_config",
    "compile_trigger",
    "describe",
    "ensure_fires",
    "ensure_holidays",
    "horizon_of",
    "next_instants",
    "next_times",
    "normalised",
    "parse",
    "parse_zone",
    "plan",
    "present_bases",
    "read_config",
    "warnings_of",
    "zone_of",
]
