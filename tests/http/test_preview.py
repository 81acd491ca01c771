import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.api import Api, Caller, api_settings, started_api
from support.ports import free_port

from api.bodies import TriggerFields
from footfall.triggers.public_holidays import holidays_in

PATH = "/schedule/preview"
ISSUE_BODY = {
    "trigger": "cron",
    "cron": "0 9 * * 1-5",
    "timezone": "europe/berlin",
    "exclude": {"holidays": "DE-BE"},
    "after": "2027-03-05T12:00:00Z",
    "count": 3,
}


async def preview(who: Caller, **body: Any) -> dict[str, Any]:
    data: dict[str, Any] = await who.data("POST", PATH, json=body)
    return data


async def test_a_preview_says_when_it_runs_and_what_it_means(alice: Caller) -> None:
    # 8 March is a public holiday in Berlin.
    assert await preview(alice, **ISSUE_BODY) == {
        "next_runs": [
            {"utc": "2027-03-09T08:00:00Z", "local": "2027-03-09T09:00:00+01:00"},
            {"utc": "2027-03-10T08:00:00Z", "local": "2027-03-10T09:00:00+01:00"},
            {"utc": "2027-03-11T08:00:00Z", "local": "2027-03-11T09:00:00+01:00"},
        ],
        "description": "At 09:00, Monday to Friday, Europe/Berlin, "
        "except public holidays in Berlin",
        "config": {
            "trigger": "cron",
            "cron": "0 9 * * 1-5",
            "timezone": "Europe/Berlin",
            "exclude": {"holidays": ["DE-BE"]},
            "dst_gap": "run",
            "dst_overlap": "once",
        },
        "warnings": [],
    }


async def test_a_preview_warns(alice: Caller) -> None:
    data = await preview(
        alice, trigger="cron", cron="30 2 13 * 5", timezone="Europe/Berlin", after="2027-01-01"
    )
    assert data["warnings"] == [
        "Day of month and day of week are both set: it fires on days that match either of them."
    ]
    data = await preview(alice, trigger="cron", cron="* * * * *")
    assert data["warnings"] == ["It fires 1,440 times a day."]
    data = await preview(
        alice, trigger="cron", cron="30 2 * * *", timezone="Europe/Berlin", after="2026-01-01"
    )
    assert data["warnings"][0].startswith("02:30 does not exist in Europe/Berlin on 29 March 2026")


async def test_ten_runs_from_now_unless_the_body_says_otherwise(alice: Caller) -> None:
    data = await preview(alice, trigger="interval", minutes=30)
    runs = [datetime.fromisoformat(run["utc"]) for run in data["next_runs"]]
    assert len(runs) == 10
    half = timedelta(minutes=30)
    assert half - timedelta(minutes=1) < runs[0] - datetime.now(UTC) <= half
    assert {later - run for run, later in itertools.pairwise(runs)} == {half}
    assert data["next_runs"][0]["local"].endswith("+00:00")


async def test_an_interval_begins_with_after(alice: Caller) -> None:
    data = await preview(
        alice, trigger="interval", hours=1, timezone="Europe/Berlin", after="2027-01-01", count=1
    )
    # Without an offset it is meant in the time zone.
    assert data["next_runs"] == [
        {"utc": "2027-01-01T00:00:00Z", "local": "2027-01-01T01:00:00+01:00"}
    ]


async def test_a_thousand_runs_and_fewer_where_no_more_follow(alice: Caller) -> None:
    data = await preview(alice, trigger="cron", cron="*/5 * * * *", count=1000)
    assert len(data["next_runs"]) == 1000
    data = await preview(
        alice, trigger="date", run_date="2020-01-01T10:00", after="2019-01-01", count=1000
    )
    assert [run["utc"] for run in data["next_runs"]] == ["2020-01-01T10:00:00Z"]
    window = {"start_at": "2020-01-01", "end_at": "2020-01-02T09:00"}
    data = await preview(alice, trigger="cron", hour=9, **window, after="2019-06-01")
    assert len(data["next_runs"]) == 2


@pytest.mark.parametrize(
    "after",
    ["2000-01-01T00:00:00Z", "2000-02-29", "2027-03-28T02:30", "2096-02-29"],
)
async def test_it_may_start_at_any_instant(alice: Caller, after: str) -> None:
    for trigger in (
        {"trigger": "interval", "hours": 5, "jitter": 5},
        {"trigger": "cron", "cron": "30 2 * * *"},
        {"trigger": "cron", "hour": 9, "exclude": {"holidays": "DE-BE"}},
    ):
        data = await preview(alice, **trigger, timezone="Europe/Berlin", after=after, count=2)
        assert len(data["next_runs"]) == 2
        assert all(run["utc"] > after for run in data["next_runs"])


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"count": 0}, {"count"}),
        ({"count": 1001}, {"count"}),
        ({"count": "5"}, {"count"}),
        ({"count": 1.0}, {"count"}),
        ({"count": True}, {"count"}),
        ({"count": None}, {"count"}),
        ({"after": "soon"}, {"after"}),
        ({"after": 5}, {"after"}),
        ({"after": None}, {"after"}),
        ({"after": "2101-01-02"}, {"after"}),
        ({"after": "0001-01-01T00:00:00+14:00"}, {"after"}),
        ({"after": "1999-12-31T22:59:59Z"}, {"after"}),
        ({"after": "1970-01-01"}, {"after"}),
        ({"exclude": None}, {"exclude"}),
        ({"jitter": 86_400}, {"jitter"}),
        ({"exclude": {"holidays": "UA"}}, {"exclude.holidays"}),
        # It is judged against `after`.
        ({"end_at": "2027-03-05"}, {"end_at"}),
        ({"cron": "ABSENT", "exclude": "ABSENT", "year": 2026}, {"year"}),
        ({"after": "2100-12-31T23:00:00Z"}, {"after"}),
        ({"after": "2100-12-31T23:00:00Z", "cron": "0 0 30 2 *"}, {"cron"}),
        (
            {
                "after": "2100-12-31T20:00:00Z",
                "trigger": "interval",
                "days": 1,
                "cron": "ABSENT",
                "exclude": "ABSENT",
            },
            {"after"},
        ),
        (
            {
                "trigger": "date",
                "cron": "ABSENT",
                "exclude": "ABSENT",
                "run_date": "2027-03-05T12:00:00Z",
            },
            {"run_date"},
        ),
        ({"trigger": "ABSENT"}, {"trigger"}),
        ({"trigger": "sometimes"}, {"trigger"}),
        ({"cron": "61 * * * *"}, {"cron"}),
        ({"cron": "0 0 30 2 *"}, {"cron"}),
        ({"timezone": "Mars/Olympus", "jitter": -1}, {"timezone", "jitter"}),
        ({"exclude": {"holidays": "XX"}}, {"exclude.holidays"}),
        ({"minutes": 5}, {"minutes"}),
        ({"surprise": 1}, {"surprise"}),
        ({"walker_name": ""}, {"walker_name"}),
        ({"walker_name": None}, {"walker_name"}),
        ({"walker_name": "greet", "args": {"name": 5}}, {"args.name"}),
        ({"args": [1]}, {"args"}),
        ({"timeout": 0}, {"timeout"}),
        # Temporal would have to search a whole year of seconds for the next run.
        (
            {
                "trigger": "interval",
                "cron": "ABSENT",
                "seconds": 1,
                "exclude": {"dates": {"from": "2027-06-01", "to": "2028-06-01"}},
            },
            {"exclude"},
        ),
    ],
)
async def test_bad_input_names_its_field(
    alice: Caller,
    change: dict[str, Any],
    fields: set[str],
) -> None:
    body = {name: value for name, value in {**ISSUE_BODY, **change}.items() if value != "ABSENT"}
    assert await alice.fields("POST", PATH, json=body) == fields


async def test_a_walker_is_checked_where_it_is_named(alice: Caller) -> None:
    body = {**ISSUE_BODY, "walker_name": "greet", "args": {"name": "Ada"}, "tags": ["x"]}
    assert (await preview(alice, **body))["next_runs"]
    status, data = await alice.error("POST", PATH, json={**ISSUE_BODY, "walker_name": "nobody"})
    assert (status, data["code"]) == (404, "walker_not_found")


async def test_nothing_is_created(alice: Caller) -> None:
    await preview(alice, **ISSUE_BODY, walker_name="greet")
    listed = (await alice.data("GET", "/schedule/list"))["schedules"]
    assert all(row["is_static"] for row in listed)


async def test_what_was_previewed_is_what_is_created(alice: Caller) -> None:
    trigger = {
        "trigger": "cron",
        "hour": "9",
        "day_of_week": "MON-fri",
        "timezone": "europe/BERLIN",
        "exclude": {"holidays": "DE-BE", "dates": "2027-12-24"},
    }
    shown = await preview(alice, **trigger)
    body = {"walker_name": "greet", **shown["config"]}
    created = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
    assert created["next_runs"] == shown["next_runs"][:5]
    again = await alice.data("GET", f"/schedule/{created['id']}")
    assert again["schedule"]["next_runs"] == shown["next_runs"][:5]


async def test_every_schedule_shows_its_words_and_next_runs(alice: Caller) -> None:
    body = {
        "walker_name": "greet",
        "trigger": "cron",
        "cron": "0 9 * * 1-5",
        "timezone": "europe/berlin",
        "description": "say hello",
    }
    created = (await alice.data("POST", "/schedule/create", json=body))["schedule"]
    path = f"/schedule/{created['id']}"
    words = "At 09:00, Monday to Friday, Europe/Berlin"
    assert created["description"] == "say hello"
    assert created["trigger_description"] == words
    assert created["timezone"] == "Europe/Berlin"
    assert created["config"]["timezone"] == "europe/berlin"
    runs = created["next_runs"]
    assert len(runs) == 5
    assert created["next_run_at"] == runs[0]["utc"]
    for run in runs:
        local = datetime.fromisoformat(run["local"])
        assert local == datetime.fromisoformat(run["utc"])
        assert (local.hour, local.minute) == (9, 0)
        assert local.utcoffset() in (timedelta(hours=1), timedelta(hours=2))
    assert runs == sorted(runs, key=lambda run: run["utc"])
    assert (await alice.data("GET", path))["schedule"]["next_runs"] == runs
    listed = (await alice.data("GET", "/schedule/list"))["schedules"]
    assert next(row for row in listed if row["id"] == created["id"])["next_runs"] == runs
    paused = (await alice.data("PUT", path, json={"is_active": False}))["schedule"]
    assert (paused["next_runs"], paused["trigger_description"]) == ([], words)
    change = {"trigger": "interval", "hours": 2, "is_active": True, "description": ""}
    changed = (await alice.data("PUT", path, json=change))["schedule"]
    assert changed["trigger_description"] == changed["description"] == "Every 2 hours"
    assert len(changed["next_runs"]) == 5


async def test_it_takes_post_and_a_token(alice: Caller) -> None:
    answer = await alice._client.post(PATH, json=ISSUE_BODY)
    assert answer.status_code == 401
    # What looks like the name of a schedule is none.
    assert (await alice.error("GET", PATH))[0] == 404


async def test_it_needs_neither_temporal_nor_a_worker(
    app_name: str,
) -> None:
    settings = api_settings(f"127.0.0.1:{free_port()}", app_name)
    async with started_api(settings) as api:
        alice = api.caller("alice")
        assert len((await preview(alice, **ISSUE_BODY))["next_runs"]) == 3
        body = {**ISSUE_BODY, "walker_name": "greet"}
        status, data = await alice.error("POST", PATH, json=body)
        assert (status, data["code"]) == (503, "temporal_unavailable")


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "cron", "cron": "* * * * *", "timezone": "Europe/Berlin"},
        {"trigger": "cron", "cron": "0 0 29 2 *"},
        {"trigger": "cron", "week": "*/3", "day_of_week": "*/2", "minute": "*/7"},
        {"trigger": "cron", "second": "*", "exclude": {"holidays": ["US", "DE-BY", "JP"]}},
        {"trigger": "interval", "seconds": 1, "exclude": {"holidays": ["US", "DE-BY", "JP"]}},
    ],
)
async def test_it_is_fast(alice: Caller, trigger: dict[str, Any]) -> None:
    begin = time.perf_counter()
    await preview(alice, **trigger, count=1000)
    assert time.perf_counter() - begin < 15


@pytest.mark.parametrize(
    "options",
    [
        {"year": "*/2"},
        {"year": "2027-2099/3", "week": "*/7"},
        {"cron": "0 0 29-31 2 *"},
        {"cron": "*/90 * * * *"},
    ],
)
async def test_every_field_may_have_a_step(alice: Caller, options: dict[str, Any]) -> None:
    data = await preview(alice, trigger="cron", **options, after="2027-01-01", count=2)
    assert len(data["next_runs"]) == 2


async def test_regions_may_be_written_in_any_case(alice: Caller) -> None:
    data = await preview(alice, **{**ISSUE_BODY, "exclude": {"holidays": ["de-be", "DE-BE"]}})
    assert data["config"]["exclude"] == {"holidays": ["DE-BE"]}
    assert data["next_runs"][0]["utc"] == "2027-03-09T08:00:00Z"


async def test_a_slow_preview_holds_nobody_up(api: Api, alice: Caller) -> None:
    holidays_in.cache_clear()
    many = ["US-CA", "FR", "IT", "ES-MD", "GB-ENG", "IN", "CN", "JP", "BR", "MX", "AU-NSW", "AF"]
    body = {"trigger": "cron", "hour": 9, "exclude": {"holidays": many}, "count": 1000}
    slow = asyncio.create_task(alice("POST", PATH, json=body))
    begin, answered = time.monotonic(), 0
    while not slow.done():
        await asyncio.sleep(0)
        assert (await api.http.get("/healthz/live")).status_code == 200
        answered += 1
    took = time.monotonic() - begin
    assert (await slow).status_code == 200
    begin, alone = time.monotonic(), 0
    while time.monotonic() - begin < took:
        assert (await api.http.get("/healthz/live")).status_code == 200
        alone += 1
    # A preview on the event loop lets only a few be answered, between its middlewares; one beside
    # it takes most of what a single core has.
    assert answered > 3 + alone / 30


@pytest.mark.parametrize(
    ("request_line", "body", "field", "words"),
    [
        (
            "POST /schedule/preview",
            {"trigger": "cron", "crom": "0 9 * * *"},
            "crom",
            "did you mean 'cron'?",
        ),
        (
            "POST /schedule/preview",
            {"trigger": "interval", "minute": 5},
            "minute",
            "did you mean 'minutes'?",
        ),
        ("POST /schedule/create", {"walker": "x"}, "walker", "did you mean 'walker_name'?"),
        ("PUT /schedule/x", {"tag": ["a"]}, "tag", "did you mean 'tags'?"),
        ("POST /schedule/x/pause", {"reasons": "no"}, "reasons", "did you mean 'reason'?"),
        (
            "POST /schedule/preview",
            {"trigger": "cron", "zzzzzz": 1},
            "zzzzzz",
            "There is no such field.",
        ),
    ],
)
async def test_an_unknown_field_is_named_with_the_one_that_is_meant(
    alice: Caller, request_line: str, body: dict[str, Any], field: str, words: str
) -> None:
    status, data = await alice.error(*request_line.split(), json=body)
    assert status == 400
    (told,) = [one for one in data["details"]["fields"] if one["field"] == field]
    assert words in told["message"]
    assert f"{field}: " in data["message"]


async def test_every_write_can_be_tried_without_effect(api: Api) -> None:
    paths = (await api.http.get("/openapi.json")).json()["paths"]
    writes = {
        f"{method} {path}": {one["name"] for one in operation.get("parameters", ())}
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "get" and path != "/schedule/preview"
    }
    assert len(writes) >= 14
    assert [name for name, parameters in writes.items() if "dry_run" not in parameters] == []


async def test_openapi_describes_what_options_take(api: Api) -> None:
    schemas = (await api.http.get("/openapi.json")).json()["components"]["schemas"]
    options = schemas["NewSchedule"]["properties"]
    for name, item in options["exclude"]["properties"].items():
        one, many = item["anyOf"]
        assert many["items"] == one, name
        assert many["maxItems"] >= 7
    assert options["exclude"]["properties"]["weekdays"]["anyOf"][0]["type"] == "string"
    assert options["dst_gap"]["type"] == options["dst_overlap"]["type"] == "string"
    assert all(options[name].get("description") for name in TriggerFields.model_fields)
    assert "before" in options["jitter"]["description"]
