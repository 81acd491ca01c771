"""Havoc among real processes: afterwards nothing is lost, and nothing was done twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from chaos import verdict
from chaos.deployment import Deployment, deployment, fresh_api
from chaos.fault import draw
from chaos.havoc import Happened, Havoc
from chaos.load import Load
from chaos.requests import Requests
from chaos.size import SEED_VARIABLE, seed, size
from chaos.witness import Witness
from support.api import api_settings
from support.waiting import until

from api.run_views import RunView
from api.temporal_ui import TemporalUi
from footfall.config import TemporalSettings
from footfall.schedules.run import RunSummary
from footfall.temporal.connection import connect

SIZE = size()


@pytest.mark.timeout(3600)
async def test_nothing_is_lost_and_nothing_is_done_twice(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    random = Random(seed())  # noqa: S311 - drawn anew from its seed
    async with deployment(tmp_path) as found, AsyncExitStack() as stack:
        end = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=SIZE.seconds + 2)
        requests = Requests(
            [member.url for member in found.named("api")],
            api_settings(found.temporal.address, found.app).jwt,
        )
        stack.push_async_callback(requests.close)
        load, havoc = Load(requests, SIZE, end=end), Havoc(found)
        await load.begin(random)
        faults = draw(random, seconds=SIZE.seconds - 2, pause=SIZE.pause, targets=found.targets)
        await asyncio.gather(havoc.wreak(faults), load.shift())
        for member in found.members.values():
            await member.ready()
        assert datetime.now(UTC) > end
        client = await connect(TemporalSettings(address=found.temporal.address), identity="test")
        witness = Witness(client, app=found.app, end=end)
        await witness.stop_statics(seconds=SIZE.patience)
        seconds = await witness.calm(load.acknowledged, load.followers, seconds=SIZE.patience)

        runs, lines, due = (
            await witness.runs(),
            found.ledger.all(),
            await witness.due(load.acknowledged),
        )
        told = [
            _times(due, runs),
            _faults(havoc.happened),
            f"{requests.answers:,} requests answered, {requests.refused:,} tried again",
            f"all done {seconds:.0f} s after the end",
            f"{len(verdict.overlapped(lines))} attempts alive beside the next one",
        ]
        record_property("chaos", "; ".join(told))
        problems = {
            "lost": verdict.lost(due, runs),
            "twice": verdict.twice(runs, lines),
            "untold": verdict.untold(runs, lines),
            "failed": verdict.failed(runs, havoc.happened),
            "unexplained": verdict.unexplained(lines, havoc.happened),
            "at once": verdict.at_once(lines, havoc.happened),
            "effects": verdict.ineffective(runs, _effects(found), "affect"),
            "chains": verdict.unfollowed(runs, load.followers, load.acknowledged),
            "by hand": _by_hand(load, runs),
            "answers": requests.problems,
            "processes": havoc.problems,
            "ended": verdict.ended(
                [end for member in found.members.values() for end in member.ends], havoc.happened
            ),
            "statics": await _changed_statics(witness),
        }
        assert not any(problems.values()), _report(problems, havoc.happened)

        await fresh_api(stack, found)
        await _projections_agree(found, requests, witness, runs)


def _times(due: dict[str, verdict.Due], runs: list[RunSummary]) -> str:
    times = sum(len(one.times) for one in due.values())
    return f"{times:,} scheduled times of {len(due)} schedules, {len(runs):,} runs"


def _faults(happened: list[Happened]) -> str:
    faults = Counter(f"{one.fault.kind} {one.fault.target.rstrip('123')}" for one in happened)
    named = ", ".join(f"{count} {name}" for name, count in sorted(faults.items()))
    return f"{len(happened)} faults ({named})"


def _report(problems: dict[str, list[str]], happened: list[Happened]) -> str:
    lines = [f"{SEED_VARIABLE}={seed()}"]
    for name, found in problems.items():
        lines += [f"{name}: {len(found)}", *(f"    {one}" for one in found[:20])] if found else []
    lines += [
        f"{one.begin:.1f} to {one.end:.1f}: {one.fault.kind} {one.fault.target} {one.pid or ''}"
        for one in happened
    ]
    return "\n".join(lines)


def _effects(found: Deployment) -> set[str]:
    return {file.name for file in found.effects.iterdir()}


def _by_hand(load: Load, runs: list[RunSummary]) -> list[str]:
    problems: list[str] = []
    for schedule_id, told in load.by_hand.items():
        ran = {run.id for run in runs if run.schedule_id == schedule_id}
        if len(set(told)) != len(told) or ran != set(told):
            problems.append(f"told of {sorted(told)}, ran {sorted(ran)}")
    return problems


async def _changed_statics(witness: Witness) -> list[str]:
    statics = [one.walk for one in (await witness.snapshots()).values() if one.walk.is_static]
    assert len(statics) == 2
    return [
        f"{walk.schedule_id}: revision {walk.revision}" for walk in statics if walk.revision > 1
    ]


async def _projections_agree(
    found: Deployment, requests: Requests, witness: Witness, runs: list[RunSummary]
) -> None:
    """Compare each API with Temporal, and one that begins with nothing among them."""
    settings = api_settings(found.temporal.address, found.app)
    ui = TemporalUi(base=settings.temporal.ui_url, namespace=settings.temporal.namespace)
    wanted_runs = {run.id: RunView.of(run, ui).model_dump(mode="json") for run in runs}
    for member in [*found.named("api"), *found.named("fresh")]:
        differences: list[str] = []

        async def same(url: str = member.url, differences: list[str] = differences) -> bool:
            listed = await requests.pages(url, "/schedule/list", "schedules", 1000)
            shown = {row["id"]: row for row in listed}
            differences[:] = _differences(shown, await witness.rows(ui))
            return not differences

        try:
            await until(same, seconds=120, every=1)
        except AssertionError:
            pytest.fail(f"{member.name} shows otherwise:\n" + "\n".join(differences))
        shown = await requests.pages(member.url, "/runs", "runs", 1000)
        assert len(shown) == len(wanted_runs)
        assert {row["id"]: row for row in shown} == wanted_runs, member.name


def _differences(shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    return [
        f"{schedule_id} {name}: {shown.get(schedule_id, {}).get(name)} for {value}"
        for schedule_id in shown.keys() | wanted.keys()
        for name, value in wanted.get(schedule_id, {"id": None}).items()
        if shown.get(schedule_id, {}).get(name) != value
    ]
