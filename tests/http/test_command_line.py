"""`footfall schedules`, `runs`, `walkers` and `backfill`, as an operator types them."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.api import SECRET, api_settings, served_api
from support.ports import free_port
from support.processes import EXAMPLE_APP, FOOTFALL, clean_environ
from support.waiting import until
from typer.testing import CliRunner

from footfall.cli.commands import cli
from footfall.errors import FootfallError
from footfall.tokens import issue_token
from worker.health import WorkerState


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        assert self.code == 0, self
        return json.loads(self.out)


Footfall = Callable[..., Awaitable[Done]]


@pytest.fixture(scope="module")
async def url(address: str, app: str, worker: WorkerState) -> AsyncIterator[str]:
    del worker
    async with served_api(api_settings(address, app)) as url:
        yield url


@pytest.fixture
def environ(url: str, address: str, app: str, tmp_path: Path) -> dict[str, str]:
    """Where the API is, with the token of a user of one's own."""
    settings = api_settings(address, app)
    now = datetime.now(UTC)
    user = f"dora-{uuid.uuid4().hex[:6]}"
    token = issue_token(settings.jwt, user=user, admin=False, lifetime=timedelta(hours=1), now=now)
    return {
        "FOOTFALL_URL": url,
        "FOOTFALL_TOKEN": token,
        "FOOTFALL_PROFILES": str(tmp_path / "profiles.toml"),
    }


@pytest.fixture
def footfall(environ: dict[str, str]) -> Footfall:
    """The command line, one at a time in this process, to be fast."""

    async def run(*arguments: str, **more: str) -> Done:
        env = {**environ, **more}
        found = await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), env=env)
        if isinstance(found.exception, FootfallError):
            return Done(2, found.stdout, found.exception.message)
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return Done(found.exit_code, found.stdout, found.stderr)

    return run


@pytest.fixture
def process(environ: dict[str, str]) -> Footfall:
    """The command line in a process of its own."""

    async def run(*arguments: str, **more: str) -> Done:
        started = await asyncio.create_subprocess_exec(
            *(FOOTFALL, *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=clean_environ({**environ, **more}),
        )
        out, err = await started.communicate()
        assert started.returncode is not None
        return Done(started.returncode, out.decode(), err.decode())

    return run


async def test_a_schedule_is_created_looked_at_changed_and_deleted(footfall: Footfall) -> None:
    done = await footfall(
        *("schedules", "create", "greet", "--name", "morning", "--cron", "0 9 * * 1-5"),
        *("--timezone", "europe/berlin", "--arg", "name=Ada", "--tag", "nightly", "--tag", "b"),
        *("--timeout", "10m", "--attempts", "3", "--set", "jitter=5", "--description", "Hello"),
        *("--overlap", "buffer_one", "--late-after", "5m", "--reason", "why not", "--json"),
    )
    made = done.data["schedule"]
    assert made["args"] == {"name": "Ada"}
    assert (made["name"], made["tags"], made["timeout"]) == ("morning", ["nightly", "b"], 600)
    assert (made["retry"]["max_attempts"], made["late_after"]) == (3, 300)
    assert (made["overlap"], made["config"]["jitter"]) == ("buffer_one", 5)

    async def listed() -> bool:
        done = await footfall("schedules", "list", "--no-static", "--tag", "nightly")
        return "morning" in done.out

    await until(listed, what="the schedule in the list")
    table = (await footfall("schedules", "list", "--no-static")).out.splitlines()
    assert re.split(r"  +", table[0].strip()) == [
        *("SCHEDULE", "WALKER", "STATUS", "WHEN", "NEXT RUN", "LAST RUN", "RUNS"),
    ]
    (row,) = table[1:]
    cells = re.split(r"  +", row.strip())
    assert cells[:3] == ["morning", "greet", "active"]
    assert cells[4].startswith("in ")
    assert cells[5:] == ["-", "0"]

    shown = (await footfall("schedules", "show", "morning")).out
    assert re.search(r"^status +active$", shown, re.MULTILINE)
    assert re.search(r'^arguments +\{"name": "Ada"\}$', shown, re.MULTILINE)

    done = await footfall("schedules", "update", "morning", "--every", "90m", "--dry-run")
    assert (done.code, "nothing was changed" in done.err) == (0, True)
    done = await footfall("schedules", "update", "morning", "--every", "90m", "--json")
    assert done.data["schedule"]["config"] == {"trigger": "interval", "minutes": 90}
    assert done.data["schedule"]["tags"] == ["nightly", "b"]
    done = await footfall("schedules", "pause", "morning", "--if-revision", "1")
    assert (done.code, "changed since" in done.err) == (1, True)
    done = await footfall(
        *("schedules", "pause", made["id"], "--reason", "too loud", "--if-revision", "2")
    )
    assert re.search(r"^why +Paused by dora-.*: too loud$", done.out, re.MULTILINE)
    assert (await footfall("schedules", "resume", "morning")).code == 0
    changes = (await footfall("schedules", "changes", "morning")).out
    assert "minutes: nothing -> 90" in changes
    done = await footfall("schedules", "show", "morning", "--at", "1", "--json")
    assert done.data["schedule"]["config"]["cron"] == "0 9 * * 1-5"
    assert "why not" in (await footfall("schedules", "show", "morning", "--at", "1")).out

    done = await footfall("schedules", "delete", "morning")
    assert (done.code, "--yes" in done.err) == (2, True)
    done = await footfall("schedules", "delete", "morning", "--yes")
    assert (done.code, done.out) == (0, f"deleted {made['id']}\n")

    async def gone() -> bool:
        return (await footfall("schedules", "show", "morning")).code == 3

    await until(gone, what="the schedule's end")


async def test_a_schedule_after_another_is_named_by_it(footfall: Footfall) -> None:
    made = ["schedules", "create", "greet", "--json"]
    first = (await footfall(*made, "--name", "first one", "--every", "5h")).data["schedule"]

    async def resolved() -> Done | None:
        done = await footfall(*made, "--after", "first one", "--on", "failed")
        return done if done.code == 0 else None

    second = (await until(resolved, what="the name")).data["schedule"]
    assert second["config"]["after"] == {"schedule": first["id"], "on": ["failed"]}
    done = await footfall("schedules", "list", "--follows", "first one", "--json")
    assert [one["id"] for one in done.data["schedules"]] == [second["id"]]


async def test_runs_are_started_followed_listed_shown_and_cancelled(
    footfall: Footfall, process: Footfall
) -> None:
    made = (
        await footfall(
            *["schedules", "create", "greet", "--every", "5h", "--name", "now", "--json"],
            *["--description", "Grüße"],
        )
    ).data
    schedule = made["schedule"]["id"]
    done = await footfall("schedules", "run", schedule, "--arg", "name=Grace", "--follow")
    assert (done.code, done.out) == (0, "hello Grace\n")
    assert done.err.splitlines()[-1] == "footfall: succeeded"
    done = await footfall("schedules", "run", schedule, "--dry-run")
    assert done.out == "It could be run; nothing was started.\n"

    failing = (await footfall(*["schedules", "create", "boom", "--every", "5h", "--json"])).data[
        "schedule"
    ]
    done = await footfall("schedules", "run", failing["id"], "--follow", "--json")
    events = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, events[-1]["event"]) == (1, "end")
    assert events[-1]["data"]["error"]["message"] == "no luck"

    async def both() -> bool:
        done = await footfall("runs", "list", "--kind", "manual", "--since", "1h", "--json")
        runs = {one["schedule_id"]: one["status"] for one in done.data["runs"]}
        return runs == {schedule: "succeeded", failing["id"]: "failed"}

    await until(both, what="both runs in the list")
    done = await footfall("runs", "list", failing["id"])
    header, row = done.out.splitlines()
    assert re.split(r"  +", header.strip()) == ["STARTED", "STATUS", "TOOK", "KIND", "ERROR", "ID"]
    cells = re.split(r"  +", row.strip())
    assert (cells[1], *cells[3:5]) == ("failed", "manual", "no luck")
    header, row = (await footfall("runs", "count", failing["id"])).out.splitlines()
    assert header.split() == ["SINCE", "RUNS", "FAILED"]
    assert row.split()[1:] == ["1", "1"]
    berlin = (await footfall("runs", "count", "--timezone=europe/berlin", failing["id"])).out
    assert re.search(r"T00:00:00\+0[12]:00 +1 +1$", berlin, re.MULTILINE)
    spans = (await footfall("runs", "count", "--by=hour", "--since=2h", "--json")).data["spans"]
    assert sum(span["total"] for span in spans) >= 2
    assert (await footfall("runs", "count", "--since=2020-01-01", "--until=2020-01-03")).out == (
        "No runs.\n"
    )
    narrow = await process("schedules", "show", schedule, PYTHONIOENCODING="ascii")
    assert (narrow.code, narrow.err, "Gr\\xfc\\xdfe" in narrow.out) == (0, "", True)
    shown = (await footfall("runs", "show", failing["id"])).out
    assert "ValueError: no luck" in shown
    assert "Traceback" in shown
    run = cells[-1]
    assert (await footfall("runs", "show", run, "--json")).data["run"]["stdout"] == "before\n"
    done = await footfall("runs", "tail", run)
    assert (done.code, done.out) == (1, "before\n")
    done = await footfall("runs", "cancel", run)
    assert (done.code, "has ended already" in done.err) == (1, True)

    slow = (await footfall(*["schedules", "create", "sleepy", "--every", "5h", "--json"])).data[
        "schedule"
    ]
    begun = (await footfall("schedules", "run", slow["id"], "--json")).data["run"]
    tail = asyncio.ensure_future(process("runs", "tail", begun["id"]))
    done = await footfall("runs", "cancel", begun["id"], "--reason", "too slow")
    assert (done.code, done.out) == (0, f"{begun['id']}: asked to end\n")
    done = await tail
    assert (done.code, "footfall: cancelled: Cancelled: " in done.err) == (1, True)


async def test_a_backfill_is_waited_for(footfall: Footfall) -> None:
    made = await footfall(
        *("schedules", "create", "greet", "--name", "hourly", "--cron", "0 * * * *", "--json")
    )
    schedule = made.data["schedule"]["id"]
    place = (schedule, "2026-01-05T00:00:00Z", "2026-01-05T01:30:00Z")
    done = await footfall("backfill", *place, "--dry-run")
    assert done.out.splitlines() == [
        *("2026-01-05T00:00:00+00:00", "2026-01-05T01:00:00+00:00"),
        "2 runs; nothing was started.",
    ]
    done = await footfall("backfill", *place, "--overlap", "allow_all", "--reason", "missed")
    assert done.code == 0, done
    assert re.search(r"^runs +2 succeeded, 0 failed, of 2$", done.out, re.MULTILINE)
    found = (await footfall("backfills", "list", schedule, "--json")).data["backfills"]
    assert [(one["status"], one["reason"]) for one in found] == [("completed", "missed")]
    assert "missed" in (await footfall("backfills", "show", schedule, found[0]["id"])).out
    done = await footfall("backfills", "cancel", schedule, found[0]["id"])
    assert (done.code, "has ended already" in done.err) == (1, True)

    async def listed() -> Any:
        run = await footfall("runs", "list", schedule, "--kind", "backfill", "--json")
        return run.data["runs"]

    (run, *_) = await until(listed, what="the backfill's runs in the list")
    shown = await footfall("runs", "show", run["id"], "--json")
    assert shown.data["run"]["kind"] == "backfill"

    failing = await footfall(*["schedules", "create", "boom", "--cron", "0_*_*_*_*", "--json"])
    assert failing.code == 2  # what is no cron expression is said to be none
    made = await footfall("schedules", "create", "boom", "--cron", "0 * * * *", "--json")
    done = await footfall("backfill", made.data["schedule"]["id"], *place[1:])
    assert (done.code, "2 failed" in done.out) == (1, True)


async def test_a_preview_says_what_may_surprise(footfall: Footfall) -> None:
    done = await footfall(
        *("schedules", "preview", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin"),
        *("--from", "2027-03-27T12:00:00Z", "--count", "1"),
    )
    assert done.code == 0
    assert "2027-03-28T03:00:00+02:00  2027-03-28T01:00:00Z" in done.out
    assert "note: 02:30 does not exist in Europe/Berlin on 28 March 2027" in done.out
    done = await footfall("schedules", "preview", "--every", "6h", "--count", "2", "--json")
    assert done.data["description"] == "Every 6 hours"


async def test_walkers_are_listed_with_their_fields(footfall: Footfall) -> None:
    table = (await footfall("walkers")).out
    assert re.search(r"^greet +function +python +name: \S+\? ", table, re.MULTILINE)
    assert re.search(r"^skipped: .*app\.py:\d+: ", table, re.MULTILINE)
    assert re.search(r"^name +.*\"world\"$", (await footfall("walkers", "greet")).out, re.MULTILINE)
    assert (await footfall("walkers", "greet", "--json")).data["fields"][0]["name"] == "name"


async def test_shells_complete_names(footfall: Footfall, process: Footfall) -> None:
    for name in ("nightly-report", "nightly-backup", "other"):
        await footfall("schedules", "create", "greet", "--every", "5h", "--name", name)

    async def completed(words: str, **environ: str) -> set[str]:
        place = str(words.count(" "))
        done = await process(
            _FOOTFALL_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=place, **environ
        )
        return set(done.out.split())

    async def offered(words: str, *names: str) -> set[str]:
        """Wait until names are offered; an API that is slow is not waited for by one that types."""

        async def probe() -> set[str] | None:
            found = await completed(words)
            return found if found.issuperset(names) else None

        return await until(probe, what=f"{names} for {words!r}")

    both = {"nightly-report", "nightly-backup"}
    assert await offered("footfall schedules pause nightly", *both) == both
    assert await offered("footfall runs list nightly-r", "nightly-report") == {"nightly-report"}
    await offered("footfall schedules create gr", "greet")
    for name in ("zz$(touch hit)", "zz\\$(>hit)", "zz`id`", "zz*", "zz it's", "--zz", "zz;id"):
        made = await footfall(
            *["schedules", "create", "greet", "--every", "5h", f"--name={name}", "--json"]
        )
        words = await offered("footfall schedules pause ", made.data["schedule"]["id"])
        assert not any(set(word) & set("$`*;'\\()> ") or word.startswith("-") for word in words)
    assert await completed("footfall schedules pause zz") == set()
    away = f"http://127.0.0.1:{free_port()}"
    assert await completed("footfall schedules pause nightly", FOOTFALL_URL=away) == set()


async def test_a_typo_is_told_with_what_was_meant(footfall: Footfall) -> None:
    done = await footfall("walkers", "gret")
    assert (done.code, done.out) == (3, "")
    assert "footfall: There is no walker 'gret'; did you mean greet?" in done.err
    done = await footfall("schedules", "create", "Greet", "--every", "5h")
    assert (done.code, "did you mean greet?" in done.err) == (3, True)
    done = await footfall("schedules", "preview", "--walker", "slepy", "--every", "5h")
    assert (done.code, "did you mean sleepy?" in done.err) == (3, True)
    made = ["schedules", "create", "greet", "--every", "5h"]
    assert (await footfall(*made, "--name", "daily_report")).code == 0

    async def suggested() -> bool:
        done = await footfall("schedules", "show", "dayly_report")
        assert done.code == 3
        return "did you mean daily_report?" in done.err

    await until(suggested, what="a suggestion")
    done = await footfall(*made, "--set", "timezome=UTC")
    assert (done.code, "timezome: " in done.err, "'timezone'" in done.err) == (2, True, True)
    done = await footfall(*made, "--arg", "nam=Ada")
    assert (done.code, "nam" in done.err) == (2, True)


async def test_exit_codes_say_what_kind_of_failure_it_was(footfall: Footfall, url: str) -> None:
    listing = ("schedules", "list")
    assert (await footfall(*listing, "--sort", "nothing")).code == 2
    assert (await footfall("schedules", "create", "greet")).code == 2
    assert (await footfall("schedules", "create", "greet", "--every", "1h", "--at", "x")).code == 2
    assert (await footfall("schedules", "show", "0" * 20)).code == 3
    assert (await footfall("runs", "show", f"greet-{'0' * 20}-2026-01-01T00:00:00Z")).code == 3
    done = await footfall(*listing, FOOTFALL_TOKEN="nonsense")
    assert (done.code, "footfall token" in done.err) == (4, True)
    assert (await footfall(*listing, "--token", "se cret")).code == 4
    assert (await footfall(*listing, "--owner", "someone")).code == 4
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = await footfall(*listing, "--url", nowhere)
    assert (done.code, f"No API answers at {nowhere}" in done.err) == (5, True)
    done = await footfall(*listing, FOOTFALL_TOKEN="")
    assert (done.code, "There is no token" in done.err) == (2, True)
    done = await footfall("schedules", "show", "0" * 20, "--json")
    assert json.loads(done.err)["code"] == "schedule_not_found"
    assert url not in done.err


async def test_a_profile_names_a_server(footfall: Footfall, url: str, tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text(
        f'[profiles.here]\nurl = "{url}"\ntoken_env = "MINE"\n'
        f'[profiles.away]\nurl = "http://127.0.0.1:{free_port()}"\n'
    )
    listing = ("schedules", "list")
    assert (await footfall(*listing, "--profile", "away")).code == 5
    done = await footfall(*listing, "--profile", "here", MINE="nonsense")
    assert done.code == 4
    done = await footfall(*listing, FOOTFALL_URL="", FOOTFALL_PROFILE="here")
    assert done.code == 0
    done = await footfall(*listing, "--profile", "her")
    assert (done.code, "did you mean 'here'?" in done.err) == (2, True)


async def test_a_profile_that_lacks_its_token_is_told(
    footfall: Footfall, url: str, address: str, app: str, tmp_path: Path
) -> None:
    text = f"[profiles.bare]\nurl = '{url}'\ntoken_env = 'BARE'\n"
    (tmp_path / "profiles.toml").write_text(text)
    of_it = {"FOOTFALL_TOKEN": "", "FOOTFALL_PROFILE": "bare", "FOOTFALL_URL": ""}
    done = await footfall("walkers", **of_it)
    lacks = "profile 'bare' takes it from BARE, which is not set"
    assert (done.code, f"There is no token ({lacks})" in done.err) == (2, True)
    where = ("--temporal-address", address, "--task-queue", app)
    done = await footfall("doctor", "--json", *where, **of_it)
    found = {one["part"]: one for one in json.loads(done.out)["findings"]}
    assert found["token"]["message"] == f"There is none to try: {lacks}."


async def test_pages_are_gathered(footfall: Footfall) -> None:
    for _ in range(3):
        assert (await footfall(*["schedules", "create", "greet", "--every", "5h"])).code == 0

    async def there() -> bool:
        done = await footfall(*["schedules", "list", "--no-static", "--json"])
        return len(done.data["schedules"]) == 3

    await until(there, what="three schedules")
    done = await footfall(*["schedules", "list", "--no-static", "--limit", "2"])
    assert done.out.splitlines()[-1] == "2 of 3 schedules; --all shows all."
    assert (
        len((await footfall(*["schedules", "list", "--no-static", "--all"])).out.splitlines()) == 4
    )


async def test_the_doctor_finds_a_deployment_healthy(
    process: Footfall, address: str, app: str
) -> None:
    where = ("--temporal-address", address, "--task-queue", app, "--app", str(EXAMPLE_APP))
    done = await process("doctor", *where, "--json", FOOTFALL_JWT_SECRET=SECRET)
    found = {one["part"]: one for one in done.data["findings"]}
    assert {part: one["state"] for part, one in found.items()} == {
        "app": "ok",
        "configuration": "ok",
        "Temporal": "ok",
        "retention": "ok",
        "search attributes": "ok",
        "clock of Temporal": "ok",
        "workers": "ok",
        "MongoDB": "ok",
        "API": "ok",
        "clock of the API": "ok",
        "token": "ok",
        # Two declarations of this app are wrong on purpose.
        "walkers": "warning",
    }
    assert "app.py:" in found["walkers"]["message"]
    done = await process("doctor", *where, FOOTFALL_JWT_SECRET=SECRET)
    assert (done.code, "ok       Temporal" in done.out) == (0, True)


async def test_the_doctor_says_what_is_broken_and_how_to_mend_it(
    process: Footfall, address: str, app: str
) -> None:
    where = {
        "FOOTFALL_TEMPORAL_ADDRESS": address,
        "FOOTFALL_URL": f"http://127.0.0.1:{free_port()}",
        "FOOTFALL_JWT_SECRET": SECRET,
        "FOOTFALL_MONGODB_URI": f"mongodb://ada:secret@127.0.0.1:{free_port()}",
    }
    alone = process("doctor", "--json", **where, FOOTFALL_TEMPORAL_TASK_QUEUE=f"{app}-other")
    nowhere = process(
        *("doctor", "--json", "--temporal-address", f"127.0.0.1:{free_port()}"),
        **where | {"FOOTFALL_TOKEN": "nonsense"},
    )
    unknown = process("doctor", "--json", "--temporal-namespace", "nowhere", **where)
    invalid = process("doctor", "--json", FOOTFALL_API_PORT="x")
    misnamed = process("doctor", "--json", "--app", "nofile", "--profile", "nope", **where)
    done = await asyncio.gather(alone, nowhere, unknown, invalid, misnamed)
    assert [one.code for one in done] == [1] * 5
    broken = [
        {one["part"]: one for one in json.loads(each.out)["findings"] if one["state"] == "broken"}
        for each in done
    ]
    assert [list(one) for one in broken] == [
        ["workers", "MongoDB", "API"],
        ["Temporal", "MongoDB", "API"],
        ["Temporal", "MongoDB", "API"],
        ["configuration"],
        ["app", "workers", "MongoDB", "profile"],
    ]
    assert "footfall worker" in broken[0]["workers"]["remedy"]
    assert "FOOTFALL_MONGODB_URI" in broken[0]["MongoDB"]["remedy"]
    assert "FOOTFALL_TEMPORAL_ADDRESS" in broken[1]["Temporal"]["remedy"]
    assert "namespace create nowhere" in broken[2]["Temporal"]["remedy"]
    assert "FOOTFALL_API_PORT" in broken[3]["configuration"]["message"]
    assert "there is no such file or folder" in broken[4]["app"]["message"]
    assert "has no profile 'nope'" in broken[4]["profile"]["message"]
    assert "secret" not in done[0].out.replace("FOOTFALL_JWT_SECRET", "")


async def test_the_doctor_tells_a_token_that_is_refused(
    process: Footfall, address: str, app: str
) -> None:
    done = await process(
        *("doctor", "--json", "--temporal-address", address, "--task-queue", app),
        FOOTFALL_TOKEN="nonsense",
    )
    found = {one["part"]: one for one in json.loads(done.out)["findings"]}
    assert (done.code, found["token"]["state"]) == (1, "broken")
    assert "footfall token" in found["token"]["remedy"]


async def test_an_api_with_small_pages_is_asked_for_small_ones(
    footfall: Footfall, address: str, app: str
) -> None:
    for number in range(3):
        made = ["schedules", "create", "greet", "--every", "5h", "--name", f"small {number}"]
        assert (await footfall(*made)).code == 0
    async with served_api(api_settings(address, app, FOOTFALL_LIMITS_PAGE="2")) as url:
        listing = ["schedules", "list", "--no-static", "--url", url, "--json"]

        async def names(*more: str) -> set[str]:
            found = (await footfall(*listing, *more)).data["schedules"]
            return {one["name"] for one in found}

        async def there() -> bool:
            return len(await names("--all")) == 3

        # What was made just now this API may hear of later.
        await until(there, what="three schedules")
        for more in ([], ["--all"]):
            assert await names(*more) == {f"small {number}" for number in range(3)}
        assert (await footfall("runs", "list", "--url", url)).code == 0
        for number in range(3):
            shown = await footfall("schedules", "show", f"small {number}", "--url", url)
            assert shown.code == 0
        # Its words are in all three names, and it is none of them.
        assert (await footfall("schedules", "show", "small", "--url", url)).code == 3


async def test_a_run_of_the_codes_own_schedule_is_found_by_its_id(footfall: Footfall) -> None:
    async def ticked() -> list[dict[str, Any]]:
        done = await footfall("runs", "list", "--kind", "scheduled", "--limit", "1", "--json")
        return list(done.data["runs"])

    (run,) = await until(ticked, what="a run of `tick`")
    assert run["id"].startswith(f"{run['schedule_id']}-2")
    shown = (await footfall("runs", "show", run["id"], "--json")).data["run"]
    assert shown["schedule_id"] == run["schedule_id"]
    assert (await footfall("runs", "tail", run["id"])).out == "tick\n"


async def test_a_reader_who_has_had_enough_is_no_failure(environ: dict[str, str]) -> None:
    script = f"{FOOTFALL} schedules list --no-static | true; echo ${{PIPESTATUS[0]}}"
    started = await asyncio.create_subprocess_exec(
        *("bash", "-c", script),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=clean_environ(environ),
    )
    assert await started.communicate() == (b"0\n", b"")
