import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from support.processes import is_alive
from support.waiting import until

from footfall.schedules.run import RunOutcome, RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.hosts import Hosts

MakeCall = Callable[..., WalkerCall]

MEMORY_LIMIT, PROCESS_LIMIT = 1024, 16


async def eventually(check: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def failed(outcome: RunOutcome, kind: str) -> str:
    assert outcome.error is not None
    assert outcome.error.type == kind
    return outcome.error.message


async def still_works(hosts: Hosts, call: MakeCall) -> None:
    outcomes = await asyncio.gather(
        *(hosts.run(call("hello", root=f"w{number}")) for number in range(4))
    )
    assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCEEDED}
    assert {outcome.stdout for outcome in outcomes} == {"hello world\n"}


async def test_timeout_kills_and_keeps_what_was_printed(rogue: Hosts, call: MakeCall) -> None:
    other = asyncio.create_task(rogue.run(call("spin", seconds=1, root="other")))
    outcome = await rogue.run(call("spin", timeout=1.2))
    assert outcome.status is RunStatus.TIMED_OUT
    assert "1.2 s" in failed(outcome, "WalkerTimeout")
    assert outcome.stdout == "spinning"
    assert (await other).status is RunStatus.SUCCEEDED
    await still_works(rogue, call)


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("hard_exit", {"code": 3}, "exited with code 3"),
        ("hard_exit", {"code": 0}, "exited with code 0"),
        ("soft_exit", {"code": 5}, "sys.exit(5)"),
        ("soft_exit", {"code": 0}, "sys.exit(0)"),
        ("kill_self", {}, "killed by SIGKILL"),
        ("segfault", {}, "killed by SIGSEGV"),
    ],
)
async def test_crash_is_told_and_hurts_nobody_else(
    rogue: Hosts, call: MakeCall, name: str, args: dict[str, int], said: str
) -> None:
    other = asyncio.create_task(rogue.run(call("spin", seconds=1, root="other")))
    outcome = await rogue.run(call(name, **args))
    assert outcome.status is RunStatus.FAILED
    assert said in failed(outcome, "WalkerCrashed")
    if name == "hard_exit":
        assert outcome.stdout == "about to leave"
    assert (await other).status is RunStatus.SUCCEEDED
    await still_works(rogue, call)


async def test_cancellation_kills_the_walker(rogue: Hosts, call: MakeCall, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    running = asyncio.create_task(rogue.run(call("mark_and_spin", mark=str(mark))))
    await eventually(lambda: mark.exists() and mark.read_text())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await eventually(lambda: not psutil.pid_exists(int(mark.read_text())))
    await still_works(rogue, call)


async def test_cancellation_while_waiting_harms_nothing(
    rogue: Hosts, call: MakeCall, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    first = asyncio.create_task(rogue.run(call("mark_and_spin", mark=str(mark), timeout=2)))
    second = asyncio.create_task(rogue.run(call("hello")))
    await eventually(mark.exists)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert (await first).status is RunStatus.TIMED_OUT
    await still_works(rogue, call)


async def test_processes_that_a_walker_started_die_with_it(
    rogue: Hosts, call: MakeCall, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    running = asyncio.create_task(rogue.run(call("family", mark=str(mark))))
    await eventually(lambda: mark.exists() and mark.read_text())
    pids = [int(pid) for pid in mark.read_text().split()]
    running.cancel()
    await asyncio.wait([running])
    await eventually(lambda: not any(map(is_alive, pids)))
    left = await rogue.run(call("leave_child"))
    await eventually(lambda: not is_alive(left.reports[0]))


async def test_surroundings_are_restored(rogue: Hosts, call: MakeCall, tmp_path: Path) -> None:
    roots = ("a", "b")
    before = [(await rogue.run(call("where", root=root))).reports[0] for root in roots]
    await asyncio.gather(
        *(rogue.run(call("wander", folder=str(tmp_path), root=root)) for root in roots)
    )
    after = [(await rogue.run(call("where", root=root))).reports[0] for root in roots]
    for report in (*before, *after):
        assert report["folder"] == str(rogue._settings.app)
        assert report["path"] == str(rogue._settings.app)
        assert report["environment"] is None
        assert report["umask"] == before[0]["umask"]


@pytest.mark.parametrize("how", ["python", "descriptor"])
async def test_closed_streams_are_restored(rogue: Hosts, call: MakeCall, how: str) -> None:
    outcomes = await asyncio.gather(
        *(rogue.run(call("close_stdout", how=how, root=f"r{number}")) for number in range(2))
    )
    assert [outcome.stdout for outcome in outcomes] == ["before\n", "before\n"]
    assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCEEDED}
    await still_works(rogue, call)


async def test_host_with_a_thread_left_is_replaced(rogue: Hosts, call: MakeCall) -> None:
    left = await rogue.run(call("leave_thread"))
    assert left.status is RunStatus.SUCCEEDED
    await eventually(lambda: not psutil.pid_exists(left.reports[0]))
    await still_works(rogue, call)


async def test_a_daemon_that_a_walker_leaves_behind_dies(
    rogue: Hosts, call: MakeCall, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    left = await rogue.run(call("leave_daemon", mark=str(mark)))
    assert left.status is RunStatus.SUCCEEDED
    await eventually(lambda: not is_alive(int(mark.read_text())))
    await still_works(rogue, call)


@pytest.mark.parametrize("how", ["stay", "flee", "breed"])
async def test_a_walker_that_multiplies_is_stopped(
    rogue: Hosts, call: MakeCall, tmp_path: Path, how: str
) -> None:
    mark = tmp_path / "mark"
    # Those that it starts may all be killed before one of them has run.
    mark.touch()
    outcome = await rogue.run(call("multiply", mark=str(mark), how=how))
    message = failed(outcome, "WalkerTooManyProcesses")
    assert f"more than {PROCESS_LIMIT} processes" in message
    assert "process_limit" in message

    def all_dead() -> bool:
        return not any(is_alive(int(pid)) for pid in mark.read_text().splitlines())

    await eventually(all_dead)
    await still_works(rogue, call)


@pytest.mark.parametrize("where", ["itself", "child"])
async def test_memory_is_limited(rogue: Hosts, call: MakeCall, where: str) -> None:
    other = asyncio.create_task(rogue.run(call("spin", seconds=1, root="other")))
    outcome = await rogue.run(call("devour", mebibytes=4096, where=where))
    if where == "itself":
        message = failed(outcome, "WalkerOutOfMemory")
        assert f"{MEMORY_LIMIT} MiB" in message
        assert "memory_limit" in message
    else:
        assert outcome.reports == [1], "the process had memory enough"
    assert (await other).status is RunStatus.SUCCEEDED
    small = await rogue.run(call("devour", mebibytes=64, where=where))
    assert small.status is RunStatus.SUCCEEDED
    assert small.reports == [64 << 20 if where == "itself" else 0]
    await still_works(rogue, call)


async def test_a_walker_that_lets_no_thread_run_is_killed_in_time(
    rogue: Hosts, call: MakeCall
) -> None:
    outcome = await rogue.run(call("hold_the_gil", timeout=1.2))
    assert outcome.status is RunStatus.TIMED_OUT
    assert outcome.stdout == "holding"
    await still_works(rogue, call)


async def test_output_is_bounded(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(call("chatter", megabytes=100))
    assert outcome.status is RunStatus.SUCCEEDED
    assert outcome.stdout == "x" * 65536
    assert outcome.stdout_truncated
    small = call("chatter", megabytes=1, letter="€").model_copy(update={"output_limit": 100})
    outcome = await rogue.run(small)
    assert outcome.stdout == "€" * 33
    assert outcome.stdout_truncated


async def test_endless_printer_does_not_fill_the_disk(rogue: Hosts, call: MakeCall) -> None:
    running = asyncio.create_task(rogue.run(call("chatter_forever", timeout=1.5)))
    largest = 0
    while not running.done():
        sizes = [file.stat().st_size for file in rogue._output_dir.iterdir()]
        largest = max(largest, *sizes, 0)
        await asyncio.sleep(0.02)
    outcome = await running
    assert outcome.status is RunStatus.TIMED_OUT
    assert outcome.stdout == "y" * 65536
    assert outcome.stdout_truncated
    assert 0 < largest < 2 << 30
    assert list(rogue._output_dir.iterdir()) == []


async def test_all_ways_to_print_are_caught(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(call("loud"))
    assert outcome.stdout.splitlines() == [
        "from print",
        "from a descriptor",
        "from a process",
        "from C",
        "\\xff",
        "\\ud800",
    ]
    assert not outcome.stdout_truncated


async def test_close_leaves_no_process_and_fails_what_runs(
    call: MakeCall, tmp_path: Path, rogue: Hosts
) -> None:
    hosts = Hosts(rogue._settings.app, name="closing", processes=2, state_dir=tmp_path / "state")
    await hosts.start()
    pids = {host._pid for host in hosts._all}
    mark = tmp_path / "mark"
    running = asyncio.create_task(hosts.run(call("mark_and_spin", mark=str(mark))))
    await eventually(mark.exists)
    waiting = asyncio.create_task(hosts.run(call("hello")))
    await hosts.close()
    assert (await running).status is RunStatus.FAILED
    assert (await waiting).status is RunStatus.FAILED
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids if pid)
    assert list((tmp_path / "state" / "output").iterdir()) == []


async def test_host_killed_while_idle_is_replaced(rogue: Hosts, call: MakeCall) -> None:
    async def all_started() -> bool:
        # What the tests before it killed is still being replaced, perhaps.
        return rogue.census().starting == 0

    await until(all_started, what="the start of every host")
    for host in list(rogue._all):
        assert host._pid is not None
        os.kill(host._pid, 9)
    await still_works(rogue, call)
