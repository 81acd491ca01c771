"""Walkers on one root never run at once, whatever worker they are on and however that ends."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from pymongo import MongoClient
from support.mongod import Mongod, running_mongod
from support.processes import is_alive
from support.waiting import until

from footfall.mongo.root_leases import MongoLeases
from footfall.schedules.run import RunOutcome, RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.descendants import kill_tree
from footfall.walkers.hosts import Hosts
from footfall.walkers.lease import Lease, LeaseLostError
from footfall.walkers.turn import RootBusyError

MakeCall = Callable[..., WalkerCall]

APPS = Path(__file__).parent / "apps"
WORKERS = (3, 3, 2)
"""Host processes of each worker."""

MANY = 1000 if os.environ.get("FOOTFALL_CHAOS") == "long" else 300
"""Runs on one root."""

LEASE_SECONDS = 3.0


@asynccontextmanager
async def workers(
    app: Path,
    states: Sequence[Path],
    leases: Callable[[], MongoLeases] | None = None,
    processes: Sequence[int] = WORKERS,
) -> AsyncIterator[list[Hosts]]:
    async with AsyncExitStack() as stack:
        opened = []
        for state, count in zip(states, processes, strict=True):
            lease = leases() if leases else None
            if lease is not None:
                await lease.open()
                stack.push_async_callback(lease.close)
            hosts = Hosts(app, name="roots", processes=count, state_dir=state, leases=lease)
            stack.push_async_callback(hosts.close)
            await hosts.start()
            opened.append(hosts)
        yield opened


async def many(opened: list[Hosts], call: WalkerCall) -> list[RunOutcome]:
    outcomes = await asyncio.gather(
        *(opened[number % len(opened)].run(call) for number in range(MANY))
    )
    assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCEEDED}, outcomes[0]
    return outcomes


@pytest.mark.timeout(400)
async def test_increments_of_a_graph_in_sqlite_lose_none(call: MakeCall, tmp_path: Path) -> None:
    app = tmp_path / "garden.jac"
    shutil.copy(APPS / "garden.jac", app)
    async with workers(app, [tmp_path / "state"] * 3) as opened:
        outcomes = await many(opened, call("plant"))
    assert sorted(outcome.reports[0] for outcome in outcomes) == list(range(1, MANY + 1))


@pytest.mark.timeout(400)
async def test_increments_of_a_number_in_mongodb_lose_none(
    call: MakeCall, tmp_path: Path, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tallying(tmp_path, mongod, monkeypatch)
    # Three machines: nothing is shared but MongoDB.
    states = [tmp_path / f"state{number}" for number in range(3)]
    async with workers(app, states, lambda: leases_of(mongod)) as opened:
        outcomes = await many(opened, call("add", key=str(tmp_path)))
    assert sorted(outcome.reports[0] for outcome in outcomes) == list(range(1, MANY + 1))
    client: MongoClient[dict[str, Any]] = MongoClient(mongod.uri)
    found = client["tally"]["numbers"].find_one({"_id": str(tmp_path)})
    client.close()
    assert found is not None
    assert found["number"] == MANY
    assert found["in_order"]


async def test_a_root_that_is_busy_elsewhere_takes_no_host(call: MakeCall, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    shutil.copy(APPS / "rogue.py", app)
    async with workers(app, [tmp_path / "state"] * 2, processes=(1, 1)) as (one, other):
        mark = tmp_path / "mark"
        busy = asyncio.create_task(one.run(call("mark_and_spin", root="busy", mark=str(mark))))
        await until(lambda: exists(mark), what="the walker's start")
        waiting = asyncio.create_task(other.run(call("hello", root="busy")))
        for number in range(5):
            outcome = await other.run(call("hello", root=f"free{number}"))
            assert outcome.status is RunStatus.SUCCEEDED
        assert not waiting.done()
        busy.cancel()
        assert (await waiting).status is RunStatus.SUCCEEDED


async def test_who_may_step_aside_does_when_it_takes_long(
    call: MakeCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footfall.walkers.roots.HEAD_SECONDS", 4.0)
    monkeypatch.setattr("footfall.walkers.roots.LINE_SECONDS", 0.2)
    app = tmp_path / "app.py"
    shutil.copy(APPS / "rogue.py", app)
    async with workers(app, [tmp_path / "state"] * 2, processes=(1, 1)) as (one, other):
        mark = tmp_path / "mark"
        busy = asyncio.create_task(one.run(call("mark_and_spin", root="busy", mark=str(mark))))
        await until(lambda: exists(mark), what="the walker's start")
        aside = call("hello", root="busy").model_copy(update={"steps_aside": True})
        for hosts in (one, other):
            assert not hosts.has_line("busy")
            first = asyncio.create_task(hosts.run(aside))
            await until(partial(waits, hosts), what="the one that waits longer")
            second = asyncio.create_task(hosts.run(aside))
            done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
            assert done == {second}
            assert hosts.has_line("busy")
            for task in (first, second):
                with pytest.raises(RootBusyError):
                    await task
            assert not hosts.has_line("busy")
        busy.cancel()
        assert (await other.run(aside)).status is RunStatus.SUCCEEDED


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_that_is_lost_frees_the_root_when_its_walker_is_dead(
    call: MakeCall,
    tmp_path: Path,
    mongod: Mongod,
    monkeypatch: pytest.MonkeyPatch,
    how: signal.Signals,
) -> None:
    app = tallying(tmp_path, mongod, monkeypatch)
    mark = tmp_path / "mark"
    script = owner(tmp_path, app, mongod, call("hold", mark=str(mark), seconds=600))
    holder = await asyncio.to_thread(subprocess.Popen, [sys.executable, script])
    try:
        async with workers(app, [tmp_path / "here"], lambda: leases_of(mongod), processes=(1,)) as (
            here,
        ):
            await until(lambda: exists(mark), what="the walker's start", seconds=60)
            waiting = asyncio.create_task(here.run(call("add", key=f"{tmp_path} {how}")))
            children = psutil.Process(holder.pid).children(recursive=True)
            holder.send_signal(how)
            lost = time.monotonic()
            assert (await waiting).status is RunStatus.SUCCEEDED
            assert time.monotonic() - lost < 5 * LEASE_SECONDS
            pid, seen = mark.read_text().split()
            assert not is_alive(int(pid))
            assert float(seen) < lost + LEASE_SECONDS, "the walker outlived the lease"
            if how is signal.SIGKILL:
                assert not any(is_alive(child.pid) for child in children)
    finally:
        holder.kill()
        holder.wait()


async def test_a_walker_ends_when_mongodb_is_away_for_longer_than_the_lease(
    call: MakeCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_mongod() as server:
        app = tallying(tmp_path, server, monkeypatch)
        mark = tmp_path / "mark"
        async with workers(app, [tmp_path / "here"], lambda: leases_of(server), processes=(1,)) as (
            here,
        ):
            running = asyncio.create_task(here.run(call("hold", mark=str(mark), seconds=600)))
            await until(lambda: exists(mark), what="the walker's start")
            pid = int(mark.read_text().split()[0])
            await server.kill()
            with pytest.raises(LeaseLostError):
                await running
            assert not is_alive(pid)


async def test_a_root_is_given_back_when_the_walker_that_was_killed_is_gone(
    call: MakeCall, tmp_path: Path, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, pid = tmp_path / "app.py", 0
    shutil.copy(APPS / "rogue.py", app)
    alive: list[bool] = []

    def kill_late(leader: int) -> None:
        nonlocal pid
        if not pid:
            pid = leader
            asyncio.get_running_loop().call_later(0.5, kill_tree, leader)

    async def release(leases: MongoLeases, lease: Lease) -> None:
        alive.append(is_alive(pid))
        await given_back(leases, lease)

    given_back = MongoLeases.release
    monkeypatch.setattr("footfall.walkers.process.kill_tree", kill_late)
    monkeypatch.setattr(MongoLeases, "release", release)
    states = [tmp_path / "state"]
    async with workers(app, states, lambda: leases_of(mongod), processes=(1,)) as (one,):
        mark = tmp_path / "mark"
        running = asyncio.create_task(one.run(call("mark_and_spin", root="busy", mark=str(mark))))
        await until(lambda: exists(mark), what="the walker's start")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        monkeypatch.undo()
    assert alive == [False]


async def test_a_worker_that_is_full_keeps_no_root_for_those_that_wait(
    call: MakeCall, tmp_path: Path, mongod: Mongod
) -> None:
    app, mark = tmp_path / "app.py", tmp_path / "mark"
    shutil.copy(APPS / "rogue.py", app)
    states = [tmp_path / "one", tmp_path / "other"]
    async with workers(app, states, lambda: leases_of(mongod), (1, 1)) as (full, idle):
        busy = asyncio.create_task(full.run(call("mark_and_spin", root="busy", mark=str(mark))))
        await until(lambda: exists(mark), what="the walker's start")
        waiting = asyncio.create_task(full.run(call("hello", root="wanted")))
        for _ in range(5):
            outcome = await idle.run(call("hello", root="wanted"))
            assert outcome.status is RunStatus.SUCCEEDED
        assert not busy.done()
        assert not waiting.done()
        busy.cancel()
        assert (await waiting).status is RunStatus.SUCCEEDED


def leases_of(server: Mongod) -> MongoLeases:
    return MongoLeases(server.uri, "roots", "default/roots", seconds=LEASE_SECONDS)


def tallying(tmp_path: Path, server: Mongod, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the app that keeps numbers in MongoDB."""
    monkeypatch.setenv("TALLY_URI", server.uri)
    app = tmp_path / "app" / "tally.py"
    app.parent.mkdir()
    shutil.copy(APPS / "tally_in_mongo.py", app)
    return app


def owner(tmp_path: Path, app: Path, server: Mongod, call: WalkerCall) -> Path:
    """Give a program that is a worker as far as roots are concerned, and makes a call."""
    script = tmp_path / "owner.py"
    script.write_text(
        "import asyncio\n"
        "from pathlib import Path\n"
        "from footfall.mongo.root_leases import MongoLeases\n"
        "from footfall.walkers.call import WalkerCall\n"
        "from footfall.walkers.hosts import Hosts\n"
        "async def main():\n"
        f"    leases = MongoLeases({server.uri!r}, 'roots', 'default/roots',"
        f" seconds={LEASE_SECONDS})\n"
        "    await leases.open()\n"
        f"    hosts = Hosts(Path({str(app)!r}), name='roots', processes=1,"
        f" state_dir=Path({str(tmp_path / 'there')!r}), leases=leases)\n"
        "    await hosts.start()\n"
        f"    call = WalkerCall.model_validate_json({call.model_dump_json()!r})\n"
        "    await hosts.run(call)\n"
        "asyncio.run(main())\n"
    )
    return script


async def waits(hosts: Hosts) -> bool:
    return hosts.has_line("busy")


async def exists(file: Path) -> bool:
    return file.exists() and bool(file.read_text())
