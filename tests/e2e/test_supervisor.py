"""The supervisor, with stand-ins for its children."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from support.processes import is_alive
from support.waiting import until

from footfall.dev.backoff import Backoff
from footfall.dev.guard import Guard
from footfall.dev.keeper import PartFailedError
from footfall.dev.part import Part
from footfall.dev.supervisor import Supervisor
from footfall.errors import NotReadyError

POLITE = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SAY = "import os; print('pid', os.getpid(), flush=True)\n"
FOREVER = "while True: time.sleep(60)\n"

GRACE = 5.0


class Stage:
    """Stand-in children, and what was seen of them."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.pids: list[tuple[str, int]] = []
        self.announced = False

    def show(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        if found := re.fullmatch(r"pid (\d+)", line):
            self.pids.append((name, int(found[1])))

    async def on_ready(self) -> None:
        self.announced = True

    def part(
        self,
        name: str,
        code: str,
        *,
        must_start: bool = False,
        ready: Callable[[], object] | None = None,
    ) -> Part:
        """Give a part that is ready once it has said its pid, or as `ready` says."""
        return Part(
            name,
            [sys.executable, "-I", "-S", "-c", code],
            environ=dict(os.environ),
            ready=lambda: self._ready(name, ready),
            must_start=must_start,
        )

    async def _ready(self, name: str, ready: Callable[[], object] | None) -> None:
        starts = len(self.started(name))

        async def said() -> bool:
            return len(self.started(name)) > starts or bool(self.alive(name))

        await until(said, what=f"{name} to start")
        if ready is not None:
            ready()

    def started(self, name: str) -> list[int]:
        return [pid for started, pid in self.pids if started == name]

    def alive(self, *names: str) -> list[int]:
        return [pid for name, pid in self.pids if name in names and is_alive(pid)]

    def text(self, name: str) -> list[str]:
        return [line for shown, line in self.lines if shown == name]

    async def until_announced(self) -> None:
        async def announced() -> bool:
            return self.announced

        await until(announced, what="everything to be ready")

    async def until_started(self, name: str, times: int) -> None:
        async def enough() -> bool:
            return len(self.started(name)) >= times

        await until(enough, what=f"{times} starts of {name}")


async def until_dead(pids: Sequence[int]) -> None:
    async def dead() -> bool:
        return not any(map(is_alive, pids))

    await until(dead, what=f"the end of {pids}")


@pytest.fixture
def stage() -> Stage:
    return Stage()


@asynccontextmanager
async def supervised(
    stage: Stage,
    *stages: Sequence[Part],
    grace: float = GRACE,
) -> AsyncIterator[tuple[Supervisor, asyncio.Task[None]]]:
    with Guard() as guard:
        supervisor = Supervisor(
            stages,
            guard=guard,
            show=stage.show,
            on_ready=stage.on_ready,
            graces=[grace] * len(stages),
            backoff=lambda: Backoff(first=0.01, most=0.05),
        )
        running = asyncio.create_task(supervisor.run())
        try:
            yield supervisor, running
        finally:
            supervisor.stop()
            with suppress(PartFailedError):
                await running
    assert not stage.alive(*{name for name, _ in stage.pids})


async def test_a_stage_starts_when_the_one_before_is_ready_and_stops_before_it(
    stage: Stage,
) -> None:
    code = (
        "import signal, sys, time, os\n"
        "def end(*_): print('end', flush=True); sys.exit(0)\n"
        f"signal.signal(signal.SIGTERM, end)\n{SAY}{FOREVER}"
    )
    first, second, third = (stage.part(name, code) for name in ("first", "second", "third"))
    async with supervised(stage, [first], [second, third]) as (supervisor, running):
        await stage.until_announced()
        assert stage.pids[0][0] == "first"
        assert {name for name, _ in stage.pids[1:]} == {"second", "third"}
        supervisor.stop()
        await running
    ends = [name for name, line in stage.lines if line == "end"]
    assert sorted(ends) == ["first", "second", "third"]
    assert ends[-1] == "first"


async def test_the_dead_are_started_again_and_the_others_left_alone(stage: Stage) -> None:
    one = stage.part("one", POLITE + SAY + FOREVER)
    two = stage.part("two", POLITE + SAY + FOREVER)
    async with supervised(stage, [one, two]):
        await stage.until_announced()
        os.kill(stage.started("one")[0], signal.SIGKILL)
        await stage.until_started("one", 2)
        os.kill(stage.started("one")[1], signal.SIGKILL)
        await stage.until_started("one", 3)
        assert len(stage.started("two")) == 1


async def test_one_that_cannot_start_is_tried_again_and_again(stage: Stage) -> None:
    broken = stage.part("broken", f"{SAY}raise SystemExit(3)", ready=lambda: None)
    async with supervised(stage, [broken]):
        await stage.until_started("broken", 4)


async def test_one_that_must_start_ends_it_all(stage: Stage) -> None:
    needed = stage.part("needed", "raise SystemExit('no such file')", must_start=True)
    with pytest.raises(PartFailedError, match=r"needed ended .*exit code 1"):
        async with supervised(stage, [needed]) as (_, running):
            await running
    assert stage.text("needed") == ["no such file"]


async def test_one_that_must_start_and_says_it_cannot_ends_it_all(stage: Stage) -> None:
    def never() -> None:
        raise NotReadyError

    needed = stage.part("needed", DEAF + SAY + FOREVER, must_start=True, ready=never)
    with pytest.raises(PartFailedError, match="needed ended"):
        async with supervised(stage, [needed]) as (_, running):
            await running


async def test_what_does_not_stop_is_killed_when_its_time_is_up(stage: Stage) -> None:
    deaf = stage.part("deaf", DEAF + SAY + FOREVER)
    async with supervised(stage, [deaf], grace=0.3) as (supervisor, running):
        await stage.until_announced()
        began = time.monotonic()
        supervisor.stop()
        await running
        assert 0.3 <= time.monotonic() - began < 20


async def test_a_second_signal_is_not_patient(stage: Stage) -> None:
    deaf = stage.part("deaf", DEAF + SAY + FOREVER)
    async with supervised(stage, [deaf], grace=60) as (supervisor, running):
        await stage.until_announced()
        supervisor.stop()
        supervisor.stop()
        async with asyncio.timeout(40):
            await running


async def test_it_can_be_stopped_before_everything_is_ready(stage: Stage) -> None:
    def never() -> None:
        raise NotReadyError

    slow = stage.part("slow", POLITE + SAY + FOREVER, ready=never)
    after = stage.part("after", POLITE + SAY + FOREVER)
    async with supervised(stage, [slow], [after]) as (supervisor, running):
        await stage.until_started("slow", 1)
        supervisor.stop()
        async with asyncio.timeout(60):
            await running
    assert not stage.announced
    assert not stage.started("after")


GRANDCHILD = (
    "import subprocess, sys\n"
    "code = 'import os, signal, time; signal.signal(15, signal.SIG_IGN); os.setpgid(0, 0); '\n"
    "code += 'print(chr(112) + \"id\", os.getpid(), flush=True); time.sleep(600)'\n"
    "subprocess.Popen([sys.executable, '-I', '-S', '-c', code])\n"
)


async def test_grandchildren_in_groups_of_their_own_go_with_a_dead_child(stage: Stage) -> None:
    parent = stage.part("parent", GRANDCHILD + POLITE + FOREVER)
    async with supervised(stage, [parent]):
        await stage.until_announced()
        (grandchild,) = stage.started("parent")
        os.kill(psutil.Process(grandchild).ppid(), signal.SIGKILL)
        await until_dead([grandchild])
        await stage.until_started("parent", 2)


async def test_long_and_odd_lines_come_through(stage: Stage) -> None:
    code = (
        "import sys; out = sys.stdout.buffer\n"
        "out.write(b'x' * 1_000_000 + b'\\n' + b'\\xff\\r\\n' + b'no end'); out.flush()\n"
        f"{SAY}{FOREVER}"
    )
    odd = stage.part("odd", POLITE + code.replace("b'no end'", "b'last\\n'"))
    async with supervised(stage, [odd]):
        await stage.until_announced()
    text = stage.text("odd")
    assert sum(line.count("x") for line in text) == 1_000_000
    assert "\ufffd" in text
    assert "last" in text


SUPERVISOR = """
import asyncio, os, sys
from footfall.dev.guard import Guard
from footfall.dev.part import Part
from footfall.dev.supervisor import Supervisor

async def ready():
    pass

async def main():
    with Guard() as guard:
        code = sys.argv[1]
        parts = [Part(n, [sys.executable, "-c", code], dict(os.environ), ready) for n in "ab"]
        await Supervisor(
            [parts], guard=guard, graces=[5],
            show=lambda name, line: print(line, flush=True),
            on_ready=ready,
        ).run()

asyncio.run(main())
"""


async def test_kill_9_of_the_supervisor_leaves_no_process(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with output.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SUPERVISOR, GRANDCHILD + DEAF + SAY + FOREVER),
            stdout=sink,
        )

    async def started() -> list[int]:
        pids = re.findall(r"pid (\d+)\n", output.read_text())
        return [int(pid) for pid in pids] if len(pids) == 4 else []

    pids = await until(started, what="two children with a child each")
    assert all(map(is_alive, pids))
    everything = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    assert len(everything) == 5  # the four, and the guardian
    process.kill()
    await process.wait()
    await until_dead(everything)
