import asyncio
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.schedules.run import RunStatus
from footfall.walkers.call import WalkerCall
from footfall.walkers.hosts import Hosts

MakeCall = Callable[..., WalkerCall]

EXAMPLES = Path(__file__).parents[2] / "examples"

# SHA-256 of the guide's four jac blocks, as spec/scheduler-guide.md prints them.
GUIDE = {
    "cleanup_task": "f557437138f3ec141882db62f04ccb2bd83cde720a71fd9462920410f309b50a",
    "daily_report": "a9328a8e957e81f970c7b1b79cdf052c86527acbb7b561df9990029a8253357d",
    "new_year_task": "fb9c03aa0b607d5e00a68b5221c4598c5a5efd570acf7be48ab20a401369b9cc",
    "health_check": "5ba4e322130148ba62f6351a11fac36564cb75275c9f263bb8f3301eb7b3f6e3",
}


@pytest.mark.parametrize("name", GUIDE)
def test_guide_files_are_byte_for_byte(name: str) -> None:
    text = (EXAMPLES / "jac_app" / "guide" / f"{name}.jac").read_bytes()
    assert hashlib.sha256(text).hexdigest() == GUIDE[name]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("cleanup_task", "Cleaning up...\n"),
        ("daily_report", "Generating daily report...\n"),
        ("new_year_task", "Happy New Year!\n"),
        ("health_check", "Checking database...\nChecking cache...\nChecking api...\n"),
    ],
)
async def test_guide_walkers_run(example: Hosts, call: MakeCall, name: str, printed: str) -> None:
    outcome = await example.run(call(name))
    assert outcome.status is RunStatus.SUCCEEDED, outcome.error
    assert outcome.stdout == printed


@pytest.mark.parametrize("name", GUIDE)
async def test_each_guide_file_is_an_app_of_its_own(
    tmp_path: Path, call: MakeCall, name: str
) -> None:
    file = tmp_path / f"{name}.jac"
    shutil.copy(EXAMPLES / "jac_app" / "guide" / f"{name}.jac", file)
    hosts = Hosts(file, name=name, processes=1, state_dir=tmp_path / "state")
    try:
        catalogue = await hosts.start()
        assert [walker.name for walker in catalogue.walkers] == [name]
        assert (await hosts.run(call(name))).status is RunStatus.SUCCEEDED
    finally:
        await hosts.close()


async def test_example_catalogue(example: Hosts) -> None:
    catalogue = example.catalogue
    assert catalogue.problems == ()
    schedules = {walker.name: walker.schedule for walker in catalogue.walkers}
    assert schedules == {
        "cleanup_task": {"trigger": "interval", "hours": 1, "minutes": 30},
        "daily_report": {"trigger": "cron", "hour": 9, "minute": 0},
        "health_check": {"trigger": "interval", "minutes": 5},
        "new_year_task": {"trigger": "date", "run_date": "2025-12-31T23:59:59"},
        "heartbeat": {"trigger": "interval", "seconds": 10},
        "my_walker": None,
        "data_sync": None,
        "take_pulse": {"trigger": "interval", "seconds": 60},
        "remind": None,
    }
    health = catalogue.find("health_check")
    assert health is not None
    assert (health.kind, health.language, health.file, health.line) == (
        "walker",
        "jac",
        "guide/health_check.jac",
        13,
    )
    assert (health.methods, health.path) == (("GET",), "/health-check")
    [services] = health.fields
    assert services.model_dump() == {
        "name": "services",
        "type": "list[str]",
        "required": False,
        "default": ["database", "cache", "api"],
        "json_schema": {"type": "array", "items": {"type": "string"}},
    }
    remind = catalogue.find("remind")
    assert remind is not None
    assert remind.kind == "function"
    assert [field.required for field in remind.fields] == [True, False]


async def test_app_folder_stays_clean_but_for_the_compile_cache(example: Hosts) -> None:
    left = {path.name for path in example._settings.app.rglob("*") if path.is_file()}
    assert {Path(name).suffix for name in left} == {".jac", ".toml", ".jir"}
    assert list(example._settings.state_dir.glob("graphs/example/.jac/data/*.db"))


async def test_all_example_walkers_run(example: Hosts, call: MakeCall) -> None:
    first = await example.run(call("heartbeat", root="all"))
    second = await example.run(call("heartbeat", root="all", step=5))
    assert [first.reports[0]["beats"], second.reports[0]["beats"]] == [1, 6]
    assert first.reports[0]["scheduled_at"] == "2026-01-01T00:00:00Z"
    assert second.stdout == "Heartbeat 6\n"
    assert (await example.run(call("take_pulse", root="all"))).reports == [6]
    assert (await example.run(call("my_walker", name="you", times=2))).stdout == "Hello, you!\n" * 2
    synced = await example.run(call("data_sync", tables=["a"], since="2026-01-01T00:00:00Z"))
    assert synced.reports == [{"source": "warehouse", "items": 100}]
    reminded = await example.run(call("remind", what="tea", urgent=True))
    assert (reminded.stdout, reminded.reports) == ("Reminder!: tea\n", [{"reminded": "tea"}])


async def test_native_schedules(garden: Hosts) -> None:
    found = {walker.name: walker for walker in garden.catalogue.walkers}
    assert found["weekday"].schedule == {"trigger": "cron", "cron": "0 9 * * 1-5"}
    assert found["weekday"].kind == "function"
    assert found["someday"].schedule == {"trigger": "date", "run_date": "2030-01-01T00:00:00"}
    assert found["on_demand"].schedule is None
    assert "plain" not in found
    assert not {"Bed", "Seed"} & set(found)


async def test_functions_report_and_return(garden: Hosts, call: MakeCall) -> None:
    assert (await garden.run(call("weekday", note="hi"))).reports == ["said", "hi"]
    assert (await garden.run(call("someday"))).reports == [7]


async def test_async_walker(garden: Hosts, call: MakeCall) -> None:
    wanted = call("stroll")
    outcome = await garden.run(wanted)
    assert (outcome.stdout, outcome.reports) == ("strolling\n", [wanted.context.run_id])


async def test_archetypes_as_arguments_and_reports(garden: Hosts, call: MakeCall) -> None:
    outcome = await garden.run(call("sow", seed={"kind": "bean"}, anything={"a": [1]}))
    assert outcome.error is None
    assert outcome.reports == [{"kind": "bean", "type": "Seed"}]
    await garden.run(call("plant", many=3, root="archetypes"))
    assert (await garden.run(call("look", root="archetypes"))).reports == [[{"plants": 3}]]


@pytest.mark.parametrize(
    ("how", "kind"),
    [("raise", "ValueError"), ("exit", "WalkerCrashed"), ("crash", "WalkerCrashed")],
)
async def test_failed_walker_leaves_no_half_made_graph(
    garden: Hosts, call: MakeCall, how: str, kind: str
) -> None:
    root = f"half {how}"
    await garden.run(call("plant", root=root))
    outcome = await garden.run(call("plant_and_fail", root=root, how=how))
    assert outcome.status is RunStatus.FAILED
    assert outcome.error is not None
    assert outcome.error.type == kind
    if how == "raise":
        assert outcome.error.message == "late frost"
        assert outcome.reports == ["before"]
        trace = outcome.error.traceback or ""
        assert "garden.jac" in trace
        assert 'raise ValueError("late frost");' in trace
        assert "jaclang" not in trace
    assert (await garden.run(call("look", root=root))).reports == [[{"plants": 1}]]
    assert (await garden.run(call("plant", root=root))).reports == [2]


async def test_hundred_increments_on_one_root_are_hundred(garden: Hosts, call: MakeCall) -> None:
    outcomes = await asyncio.gather(
        *(garden.run(call("plant", root="hundred")) for _ in range(100))
    )
    assert sorted(outcome.reports[0] for outcome in outcomes) == list(range(1, 101))


async def test_roots_are_apart_and_hosts_share_them(garden: Hosts, call: MakeCall) -> None:
    roots = [f"root {number}" for number in range(10)]
    await asyncio.gather(
        *(garden.run(call("plant", root=root)) for root in roots for _ in range(10))
    )
    totals = await asyncio.gather(*(garden.run(call("plant", root=root)) for root in roots))
    assert [outcome.reports for outcome in totals] == [[11]] * 10


async def test_shared_root_is_shared(garden: Hosts, call: MakeCall) -> None:
    first = await garden.run(call("share", root="one"))
    second = await garden.run(call("share", root="two"))
    assert first.reports == [{"own": False, "beds": 0}]
    assert second.reports == [{"own": False, "beds": 1}]


async def test_graph_survives_the_hosts(tmp_path: Path, call: MakeCall) -> None:
    file = tmp_path / "garden.jac"
    shutil.copy(Path(__file__).parent / "apps" / "garden.jac", file)
    for expected in (1, 2):
        hosts = Hosts(file, name="again", processes=1, state_dir=tmp_path / "state")
        await hosts.start()
        try:
            assert (await hosts.run(call("plant"))).reports == [expected]
        finally:
            await hosts.close()


async def test_apps_in_one_state_folder_are_apart(tmp_path: Path, call: MakeCall) -> None:
    file = tmp_path / "garden.jac"
    shutil.copy(Path(__file__).parent / "apps" / "garden.jac", file)
    for name in ("first", "second"):
        hosts = Hosts(file, name=name, processes=1, state_dir=tmp_path / "state")
        await hosts.start()
        try:
            assert (await hosts.run(call("plant"))).reports == [1]
        finally:
            await hosts.close()


COUNTER = """
node Count { has n: int = 0; }

walker count {
    can count with Root entry {
        found = [here-->[?:Count]];
        if not found {
            found = here ++> Count();
        }
        found[0].n += 1;
        report found[0].n;
    }
}
"""


async def test_the_graph_stays_where_files_come_before_the_first(
    app: Callable[..., Path], tmp_path: Path, call: MakeCall
) -> None:
    more: list[dict[str, str]] = [
        {"shop.jac": COUNTER},
        {"apple.jac": "walker pick {}", "money.py": "coins = 1"},
    ]
    for expected, files in enumerate(more, start=1):
        hosts = Hosts(app(files), name="shop", processes=1, state_dir=tmp_path / "state")
        try:
            await hosts.start()
            assert (await hosts.run(call("count"))).reports == [expected]
        finally:
            await hosts.close()
