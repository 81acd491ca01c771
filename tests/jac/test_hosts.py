import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from support.waiting import until

from footfall.errors import AppError
from footfall.schedules.run import RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.hosts import Hosts

MakeCall = Callable[..., WalkerCall]
MakeApp = Callable[[dict[str, str]], Path]


async def test_reports_become_json(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(call("Reporter"))
    assert outcome.error is None
    assert outcome.reports == [
        {"x": 1, "at": "2026-01-02T00:00:00Z"},
        [1],
        "AAE=",
        "red",
        "Infinity",
        "<Sullen>",
        "'\\ud800'",
        90.0,
        "/x",
        {"3": [4, "<built-in function len>"]},
        10**30,
        "[[...]]",
        "the end",
    ]


async def test_reports_are_bounded(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(call("many_reports", count=100, size=1000))
    assert outcome.reports_truncated
    assert outcome.reports == ["r" * 1000] * 65
    outcome = await rogue.run(call("many_reports", count=3, size=10))
    assert not outcome.reports_truncated
    assert len(outcome.reports) == 3


async def test_failure_keeps_reports_and_shows_the_users_frames(
    rogue: Hosts, call: MakeCall
) -> None:
    outcome = await rogue.run(call("fail_late"))
    assert outcome.status is RunStatus.FAILED
    assert outcome.reports == [1]
    assert outcome.stdout == "so far so good\n"
    assert outcome.error is not None
    assert outcome.error.type == "LookupError"
    assert len(outcome.error.message) == 4096
    assert outcome.error.traceback is not None
    assert len(outcome.error.traceback) <= 16384


async def test_arguments_are_converted(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(
        call(
            "Typed",
            when="2026-01-02T03:04:05Z",
            address={"street": "Elm", "number": 5},
            tags=["a", "b"],
        )
    )
    assert outcome.reports == [
        {"when": "datetime", "address": "Address", "tags": "set", "level": None}
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"address": {"street": "Elm", "number": 5}}, "when: this field is required"),
        ({"when": "soon", "address": {"street": "Elm", "number": 5}}, "when: "),
        ({"when": "2026-01-02", "address": {"street": "Elm", "number": "x"}}, ".number"),
        ({"when": "2026-01-02", "addres": {}}, "addres: there is no such field"),
    ],
)
async def test_wrong_arguments_name_the_field(
    rogue: Hosts, call: MakeCall, args: dict[str, object], said: str
) -> None:
    outcome = await rogue.run(call("Typed", **args))
    assert outcome.status is RunStatus.FAILED
    assert outcome.error is not None
    assert outcome.error.type == "ArgumentError"
    assert said in outcome.error.message


async def test_unknown_walker_fails(rogue: Hosts, call: MakeCall) -> None:
    outcome = await rogue.run(call("nobody"))
    assert outcome.error is not None
    assert outcome.error.type == "WalkerNotFound"


async def test_walker_reads_its_run(rogue: Hosts, call: MakeCall) -> None:
    wanted = call("about")
    outcome = await rogue.run(wanted)
    assert outcome.reports == [
        {
            "run": wanted.context.model_dump(mode="json"),
            "in a thread": [wanted.context.run_id],
        }
    ]


async def test_host_holds_nothing_of_ours_but_walkers(rogue: Hosts, call: MakeCall) -> None:
    unlimited = call("imported")
    [names] = (await rogue.run(unlimited)).reports
    forbidden = {"api", "worker", "workflows", "activities", "temporalio", "fastapi", "motor"}
    assert forbidden.isdisjoint(names)
    ours = {name.split(".")[1] for name in names if name.startswith("footfall.")}
    assert ours == {"errors", "schedules", "walkers"}


async def test_runs_on_one_root_follow_each_other(
    rogue: Hosts, call: MakeCall, tmp_path: Path
) -> None:
    file = tmp_path / "number"
    file.write_text("0")
    elsewhere = Hosts(rogue._settings.app, name="rogue", processes=1, state_dir=state(rogue))
    await elsewhere.start()
    try:
        outcomes = await asyncio.gather(
            *(
                hosts.run(call("add", file=str(file), root="shared"))
                for _ in range(50)
                for hosts in (rogue, elsewhere)  # as two workers on one machine
            )
        )
    finally:
        await elsewhere.close()
    assert {outcome.status for outcome in outcomes} == {RunStatus.SUCCEEDED}
    assert file.read_text() == "100"


def state(hosts: Hosts) -> Path:
    return hosts._settings.state_dir


async def test_waiting_for_the_root_takes_no_host_and_no_time(rogue: Hosts, call: MakeCall) -> None:
    async def both_idle() -> bool:
        # What a test before it killed is still being replaced, perhaps.
        return rogue.census().idle == 2

    await until(both_idle, what="two hosts that wait")
    first = asyncio.create_task(rogue.run(call("spin", seconds=3, root="busy")))
    waiting = asyncio.create_task(rogue.run(call("hello", root="busy", timeout=2)))
    await asyncio.sleep(0)
    other = await rogue.run(call("hello", root="free"))
    assert other.status is RunStatus.SUCCEEDED
    assert not first.done()
    assert (await waiting).status is RunStatus.SUCCEEDED
    assert first.done()


async def test_time_in_the_queue_of_another_worker_does_not_count(
    rogue: Hosts, call: MakeCall
) -> None:
    elsewhere = Hosts(rogue._settings.app, name="rogue", processes=1, state_dir=state(rogue))
    await elsewhere.start()
    try:
        began = time.monotonic()
        first = asyncio.create_task(rogue.run(call("spin", seconds=3, root="contended")))
        while not list(rogue._output_dir.iterdir()):  # it has begun, with the lock
            assert time.monotonic() < began + 20
            await asyncio.sleep(0.01)
        second = await elsewhere.run(call("hello", root="contended", timeout=2))
        assert second.status is RunStatus.SUCCEEDED
        assert first.done() or (await first)
    finally:
        await elsewhere.close()


async def test_modules_of_the_app_may_have_our_names(app: MakeApp, call: MakeCall) -> None:
    names = ("api", "worker", "workflows", "activities")
    folder = app(
        {
            "app.py": "from footfall import walker\n"
            + "".join(f"import {name}\n" for name in names)
            + "@walker\ndef who():\n"
            + f"    return [{', '.join(f'{name}.OWN' for name in names)}]\n"
        }
        | {f"{name}.py": f"OWN = {name!r}\n" for name in names}
    )
    hosts = Hosts(folder, name="names", processes=1, state_dir=folder.parent / "state")
    await hosts.start()
    try:
        assert (await hosts.run(call("who"))).reports == [list(names)]
    finally:
        await hosts.close()


async def test_app_that_breaks_later_fails_runs_until_it_is_mended(
    app: MakeApp, call: MakeCall
) -> None:
    good = "from footfall import walker\nimport os\n@walker\ndef leave():\n    os._exit(1)\n"
    folder = app({"app.py": good})
    hosts = Hosts(folder, name="later", processes=1, state_dir=folder.parent / "state")
    await hosts.start()
    try:
        (folder / "app.py").write_text("def broken(:\n")
        assert (await hosts.run(call("leave"))).status is RunStatus.FAILED
        outcome = await hosts.run(call("leave"))
        assert outcome.error is not None
        assert outcome.error.type == "AppBroken"
        assert "app.py, line 1" in outcome.error.message
        (folder / "app.py").write_text(good.replace("os._exit(1)", "return 5  # mended"))
        reports: list[object] = []
        end = time.monotonic() + 60
        while reports != [5] and time.monotonic() < end:
            reports = (await hosts.run(call("leave"))).reports
        assert reports == [5]
    finally:
        await hosts.close()


async def test_app_that_ends_its_process_at_import_is_an_error(app: MakeApp) -> None:
    folder = app({"app.py": "import os\nos._exit(9)\n"})
    hosts = Hosts(folder, name="gone", processes=2, state_dir=folder.parent / "state")
    with pytest.raises(AppError, match="exited with code 9 while it loaded"):
        await hosts.start()
    assert not hosts._all


def test_hosts_die_with_a_killed_owner(app: MakeApp, tmp_path: Path) -> None:
    folder = app(
        {
            "app.py": "from footfall import walker\nimport os\nfrom pathlib import Path\n"
            "@walker\ndef spin(mark: str):\n"
            "    Path(mark).write_text(str(os.getpid()))\n    while True:\n        pass\n"
        }
    )
    mark = tmp_path / "mark"
    script = tmp_path / "owner.py"
    script.write_text(
        "import asyncio, datetime, sys\n"
        "from pathlib import Path\n"
        "from footfall.walkers.call import RunContext, WalkerCall\n"
        "from footfall.walkers.hosts import Hosts\n"
        "async def main():\n"
        f"    hosts = Hosts(Path({str(folder)!r}), name='x', processes=2,"
        f" state_dir=Path({str(tmp_path / 'state')!r}))\n"
        "    await hosts.start()\n"
        "    run = RunContext(schedule_id='s', run_id='r',"
        " scheduled_at=datetime.datetime.now(datetime.UTC))\n"
        f"    await hosts.run(WalkerCall(walker_name='spin', args={{'mark': {str(mark)!r}}},"
        " root='r', timeout=600, context=run))\n"
        "asyncio.run(main())\n"  # no guard: a host must not import the owner's __main__
    )
    owner = subprocess.Popen([sys.executable, str(script)])
    try:
        end = time.monotonic() + 60
        while not (mark.exists() and mark.read_text()):
            assert time.monotonic() < end
            assert owner.poll() is None
            time.sleep(0.02)
        children = psutil.Process(owner.pid).children(recursive=True)
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    _, left = psutil.wait_procs(children, timeout=20)
    assert left == []


async def test_example_in_python(call: MakeCall, tmp_path: Path) -> None:
    app = Path(__file__).parents[2] / "examples" / "python_app"
    hosts = Hosts(app, name="python", processes=1, state_dir=tmp_path)
    try:
        catalogue = await hosts.start()
        assert {walker.name: walker.schedule for walker in catalogue.walkers} == {
            "tick": {"trigger": "interval", "seconds": 10},
            "Invoice": None,
            "countdown": None,
        }
        ticked = await hosts.run(call("tick"))
        assert ticked.reports == [{"scheduled_at": "2026-01-01T00:00:00+00:00"}]
        owed = await hosts.run(call("Invoice", customer="Ann", amounts=[1, 2.5]))
        assert owed.stdout == "Ann owes 3.50 EUR\n"
        counted = await hosts.run(call("countdown", start=2))
        assert (counted.stdout, counted.reports) == ("2\n1\n", [2, 1])
    finally:
        await hosts.close()
