"""Every cell of docs/expressions.md is asked of what it speaks of."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim
from temporalio.api.workflowservice.v1 import (
    GetSystemInfoRequest,
    ListScheduleMatchingTimesRequest,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.service import RPCError

from footfall.errors import InvalidTriggerError
from footfall.triggers import compile_trigger, ensure_fires, next_times, parse

PAGE = (Path(__file__).parent.parent.parent / "docs" / "expressions.md").read_text()
WHO = ("crontab", "APScheduler", "Temporal", "Footfall")
SECTION = re.compile(
    r"^### (?P<number>\d+)\. `(?P<expression>[^`]+)`\n+(?P<words>.+?)\n\n"
    r"\| \| Runs from (?P<start>\d{4}-\d\d-\d\d \d\d:\d\d), (?P<zone>[\w/]+) \|\n\|---\|---\|\n"
    r"(?P<rows>(?:\|[^\n]*\|\n)+)",
    re.MULTILINE | re.DOTALL,
)

NEVER = "never runs"
# How far to look, in days, for as many times as a cell shows; the last is what "never" means.
WINDOWS = (1, 40, 3000)

# What Debian's cron (3.0pl1) reads otherwise than the libraries that stand for it below.
DEBIAN_REFUSES = {
    "0 0 L * *": "bad day-of-month",
    # A command that begins with a star is taken for a field too many.
    "0 0 9 * * *": "bad command",
}
# A range sets the bits from its first value up to its last: none, if the last is the lower.
# cronsim refuses these, and croniter wraps them around. 30 February is loaded like any other date.
DEBIAN_NEVER_RUNS = {"0 22-6 * * *", "0 0 * * FRI-MON", "0 0 30 2 *"}
DEBIAN_READS_AS = {
    # What follows a number up to the next blank is passed over unread.
    "0 9 * * 5#2": "0 9 * * 5",
    "@daily": "0 0 * * *",
}


@dataclass(frozen=True)
class Section:
    number: int
    expression: str
    start: datetime
    zone: str
    cells: dict[str, str]

    @property
    def count(self) -> int:
        """How many times its cells show, where any does."""
        counts = [len(cell.split(", ")) for cell in self.cells.values() if _is_times(cell)]
        return max(counts, default=3)

    def __str__(self) -> str:
        return f"{self.number}. {self.expression}"


def _is_times(cell: str) -> bool:
    return cell != NEVER and not cell.startswith("refused: ")


def _rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.strip().splitlines()
    ]


def _section(found: re.Match[str]) -> Section:
    rows = _rows(found["rows"])
    assert tuple(name for name, _ in rows) == WHO, found["expression"]
    start = datetime.fromisoformat(found["start"]).replace(tzinfo=ZoneInfo(found["zone"]))
    return Section(
        int(found["number"]), found["expression"], start.astimezone(UTC), found["zone"], dict(rows)
    )


SECTIONS = [_section(found) for found in SECTION.finditer(PAGE)]


def shown(times: Iterable[datetime], section: Section) -> str:
    """Write times as a cell does: the year unless the section's, the offset unless UTC."""
    zone = ZoneInfo(section.zone)
    texts = []
    for at in times:
        local = at.astimezone(UTC).astimezone(zone)
        assert local.second == 0
        text = f"{local:%a} {local.day} {local:%b}"
        text += f" {local.year}" if local.year != section.start.astimezone(zone).year else ""
        text += f" {local:%H:%M}"
        texts.append(text if section.zone == "UTC" else f"{text} {local:%:z}")
    return ", ".join(texts) or NEVER


def refusal(message: str, cell: str) -> str:
    """Write a refusal as the cell does, which may leave out where the message begins and ends."""
    part = cell.removeprefix("refused: ")
    return f"refused: {part if len(part) > 10 and part in message else message}"


def debian(section: Section) -> str:
    written = section.expression
    if written in DEBIAN_REFUSES:
        return f"refused: {DEBIAN_REFUSES[written]}"
    if written in DEBIAN_NEVER_RUNS:
        return NEVER
    expression = DEBIAN_READS_AS.get(written, written)
    before = (section.start - timedelta(seconds=1)).astimezone(ZoneInfo(section.zone))
    times = list(islice(CronSim(expression, before), section.count))
    if section.zone == "UTC":
        # A second opinion; where clocks are set back, croniter runs fixed times twice.
        other = croniter(expression, before, implement_cron_bug=True)
        assert [other.get_next(datetime) for _ in times] == times
    return shown(times, section)


def apscheduler(section: Section) -> str:
    try:
        trigger = CronTrigger.from_crontab(section.expression, ZoneInfo(section.zone))
    except ValueError as error:
        return refusal(str(error), section.cells["APScheduler"])
    times: list[datetime] = []
    last, now = None, section.start
    while len(times) < section.count:
        last = trigger.get_next_fire_time(last, now)
        if last is None:
            break
        times.append(last)
        now = last
    return shown(times, section)


def footfall(section: Section) -> str:
    config = {"trigger": "cron", "cron": section.expression, "timezone": section.zone}
    before = section.start - timedelta(seconds=1)
    try:
        trigger = parse(config)
        compiled = compile_trigger(trigger, before)
        ensure_fires(trigger, compiled, before)
    except InvalidTriggerError as error:
        return refusal(str(error), section.cells["Footfall"])
    return shown(next_times(compiled, before, section.count), section)


async def temporal(client: Client, section: Section) -> str:
    spec = ScheduleSpec(
        cron_expressions=[section.expression],
        time_zone_name=section.zone,
        start_at=section.start,
        end_at=section.start + timedelta(days=WINDOWS[-1]),
    )
    action = ScheduleActionStartWorkflow("Nothing", id="nothing", task_queue="nowhere")
    # Paused: it is asked when it would run, and starts nothing.
    schedule = Schedule(action=action, spec=spec, state=ScheduleState(paused=True))
    try:
        handle = await client.create_schedule(f"expression-{uuid.uuid4()}", schedule)
    except RPCError as error:
        return refusal(error.message, section.cells["Temporal"])
    try:
        for days in WINDOWS:
            times = await _matching(client, handle.id, section.start, days)
            if len(times) >= section.count:
                break
    finally:
        await handle.delete()
    return shown(times[: section.count], section)


async def _matching(client: Client, name: str, start: datetime, days: int) -> list[datetime]:
    """Ask the server when the schedule runs: also of a past that the page's dates will be."""
    request = ListScheduleMatchingTimesRequest(namespace=client.namespace, schedule_id=name)
    # The server leaves the first instant of the window out.
    request.start_time.FromDatetime(start - timedelta(seconds=1))
    request.end_time.FromDatetime(start + timedelta(days=days))
    answer = await client.workflow_service.list_schedule_matching_times(request)
    return [at.ToDatetime(UTC) for at in answer.start_time]


ASKED: dict[str, Callable[[Section], str]] = {
    "crontab": debian,
    "APScheduler": apscheduler,
    "Footfall": footfall,
}


@pytest.mark.parametrize("section", SECTIONS, ids=str)
@pytest.mark.parametrize("who", WHO)
async def test_a_cell_says_what_happens(client: Client, who: str, section: Section) -> None:
    answer = await temporal(client, section) if who == "Temporal" else ASKED[who](section)
    assert section.cells[who] == answer


def test_there_are_twenty_and_each_shows_enough() -> None:
    assert [section.number for section in SECTIONS] == list(range(1, 21))
    assert len(re.findall("^###", PAGE, re.MULTILINE)) == 20
    assert all(section.count >= 3 for section in SECTIONS)
    assert len({(section.expression, section.start) for section in SECTIONS}) == 20


async def test_it_names_the_versions_that_were_asked(client: Client) -> None:
    info = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    for name, found in (
        ("APScheduler**:", version("apscheduler")),
        ("Temporal**: Server", info.server_version),
    ):
        assert f"- **{name} {found.rsplit('.', 1)[0]}," in PAGE


def test_the_overview_sums_up_the_cells() -> None:
    table = PAGE.split("|---|---|---|---|---|---|---|\n")[1].split("\n\n")[0]
    rows = _rows(table)
    assert [(int(row[0]), row[1]) for row in rows] == [
        (section.number, f"`{section.expression}`") for section in SECTIONS
    ]
    for row, section in zip(rows, SECTIONS, strict=True):
        first, *others = (section.cells[name] for name in WHO)
        assert row[3:] == [_kind(first), *(_compared(cell, first) for cell in others)]


def _kind(cell: str) -> str:
    return "runs" if _is_times(cell) else cell.split(":", maxsplit=1)[0]


def _compared(cell: str, first: str) -> str:
    if cell == first or (_kind(cell) == _kind(first) != "runs"):
        return "same"
    return "**other times**" if _is_times(cell) and _is_times(first) else f"**{_kind(cell)}**"
