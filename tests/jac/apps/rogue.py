"""Walkers that do what they should not."""

import asyncio
import ctypes
import dataclasses
import datetime as dt
import enum
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from footfall import current_run, restspec, walker

FOREVER = 600


@walker
def hello(name: str = "world") -> str:
    print(f"hello {name}")
    return name


greet = hello  # a second name does not make it a second walker


@walker
def spin(seconds: float = 3600) -> None:
    print("spinning", end="")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@walker
def mark_and_spin(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()), encoding="utf-8")
    while True:
        pass


@walker
def family(mark: str) -> None:
    child = subprocess.Popen(["sleep", "600"])
    Path(mark).write_text(f"{os.getpid()} {child.pid}", encoding="utf-8")
    child.wait()


@walker
def leave_child() -> int:
    return subprocess.Popen(["sleep", "600"]).pid


@walker
def leave_daemon(mark: str) -> None:
    """Leave a process behind whose parent has ended, in a session of its own."""
    if os.fork() == 0:
        os.setsid()
        pid = os.fork()
        if pid:
            Path(mark).write_text(str(pid), encoding="utf-8")
            os._exit(0)
        time.sleep(FOREVER)
    os.wait()
    while not Path(mark).exists():
        time.sleep(0.01)


@walker
def multiply(mark: str, how: str) -> None:
    """Start processes until something stops it, each of which notes itself."""
    if how == "breed":
        # Each doubling; what nobody stops ends there, with 1,024 that sleep.
        for _ in range(10):
            if os.fork() == 0:
                note(mark)
        time.sleep(FOREVER)
    for _ in range(1000):
        if os.fork() == 0:
            if how == "flee":
                os.setsid()
            note(mark)
            time.sleep(FOREVER)
    time.sleep(FOREVER)


def note(mark: str) -> None:
    with open(mark, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"{os.getpid()}\n")


@walker
def devour(mebibytes: int, where: str) -> int:
    """Take memory: in this process, or in one that it starts."""
    if where == "child":
        code = f"b = bytearray({mebibytes} << 20)"
        return subprocess.run([sys.executable, "-c", code], check=False).returncode
    held = bytearray(mebibytes << 20)
    return len(held)


@walker
def hold_the_gil() -> None:
    """Never let another thread run."""
    print("holding", end="", flush=True)
    ctypes.PyDLL(None).sleep(FOREVER)


@walker
def hard_exit(code: int) -> None:
    print("about to leave", end="")
    os._exit(code)


@walker
def soft_exit(code: int) -> None:
    sys.exit(code)


@walker
def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@walker
def segfault() -> None:
    ctypes.string_at(0)


@walker
def wander(folder: str) -> None:
    os.chdir(folder)
    os.environ["ROGUE"] = "1"
    os.umask(0o777)
    sys.path.insert(0, "/nowhere")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@walker
def where() -> dict[str, object]:
    return {
        "folder": str(Path.cwd()),
        "environment": os.environ.get("ROGUE"),
        "path": sys.path[0],
        "umask": os.umask(0o077),
        "pid": os.getpid(),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }


@walker
def close_stdout(how: str) -> None:
    print("before")
    if how == "python":
        sys.stdout.close()
        sys.stderr.close()
    else:
        os.close(0)
        os.close(1)
        os.close(2)


@walker
def leave_thread() -> int:
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return os.getpid()


@walker
def chatter(megabytes: int, letter: str = "x") -> None:
    for _ in range(megabytes):
        print(letter * (1 << 20), end="")


@walker
def chatter_forever() -> None:
    while True:
        os.write(1, b"y" * 65536)


@walker
def loud() -> None:
    print("from print")
    os.write(1, b"from a descriptor\n")
    subprocess.run(["echo", "from a process"], check=True)
    ctypes.CDLL(None).puts(b"from C")
    ctypes.CDLL(None).fflush(None)
    os.write(1, b"\xff\n")
    print("\ud800", file=sys.stdout)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    at: dt.datetime


class Sullen:
    def __repr__(self) -> str:
        raise ValueError("no")


@walker
class Reporter:
    def run(self) -> object:
        self.reports.append(Point(1, dt.datetime(2026, 1, 2, tzinfo=dt.UTC)))  # type: ignore[attr-defined]
        circle: list[object] = []
        circle.append(circle)
        yield {1}
        yield b"\x00\x01"
        yield Colour.RED
        yield float("inf")
        yield Sullen()
        yield "\ud800"
        yield dt.timedelta(seconds=90)
        yield Path("/x")
        yield {3: (4, len)}
        yield 10**30
        yield circle
        return "the end"


@walker
def many_reports(count: int, size: int):  # noqa: ANN201
    for _ in range(count):
        yield "r" * size


@walker
def fail_late():  # noqa: ANN201
    print("so far so good")
    yield 1
    raise LookupError("x" * 100_000)


@dataclasses.dataclass
class Address:
    street: str
    number: int


@walker
class Typed:
    when: dt.datetime
    address: Address
    tags: set[str] = dataclasses.field(default_factory=set)
    level: int | None = None

    async def run(self) -> dict[str, object]:
        await asyncio.sleep(0)
        return {
            "when": type(self.when).__name__,
            "address": type(self.address).__name__,
            "tags": type(self.tags).__name__,
            "level": self.level,
        }


@walker
def about() -> dict[str, object]:
    run = current_run()
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(current_run().run_id))
    thread.start()
    thread.join()
    return {"run": run.model_dump(mode="json"), "in a thread": seen}


@walker
def imported() -> list[str]:
    return sorted(sys.modules)


@walker
def add(file: str) -> int:
    """Add one to the number in `file`, with a gap in which another run may come between."""
    path = Path(file)
    number = int(path.read_text(encoding="utf-8"))
    time.sleep(0.005)
    path.write_text(str(number + 1), encoding="utf-8")
    return number + 1


@restspec(schedule=["every", "minute"])  # type: ignore[arg-type]
def badly_scheduled() -> None:
    print("I work all the same")


@restspec(schedule={"trigger": "date", "run_date": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)})
def not_json() -> None: ...
