"""The same requests to `/jobs` of a live jac-scale and of ours, and their answers side by side."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.jac_scale import Beside, Person

PAGE = Path(__file__).parent.parent.parent / "docs" / "migrating.md"
JOB: dict[str, Any] = {"walker_or_function": "water", "trigger": "interval", "interval": 3600}
VARYING = {"job_id", "created_at", "updated_at"}


@dataclass(frozen=True)
class Played:
    """A request, and how the two answers may differ.

    Attributes:
        path: `{id}` is a job of Alice's own at each of the two.
        who: has the token; None has none.
        statuses: of jac-scale and of us, where they differ on purpose.
        wording: whether the messages differ on purpose.
        told: what docs/migrating.md says of a difference.
    """

    method: str
    path: str
    body: Any = None
    who: str | None = "alice"
    raw: bytes | None = None
    statuses: tuple[int, int] | None = None
    wording: bool = False
    told: str = ""


def created(walker: str = "water", **fields: Any) -> dict[str, Any]:
    return {"walker_or_function": walker, **fields}


def refused(body: Any, **how: Any) -> Played:
    return Played("POST", "/jobs", body, **how)


ALIKE = [
    # A job of each trigger, of a walker and of a function.
    *(
        Played("POST", "/jobs", created(walker, trigger=trigger, **{trigger: value}))
        for walker in ("water", "rinse")
        for trigger, value in (
            ("interval", 3600),
            ("interval", "900"),
            # Not in the next minutes, when either of them would run it.
            ("cron", "0 4 1 1 *"),
            ("cron", " 0 9 * * mon-fri "),
            ("date", "2098-01-01 00:00:00"),
            ("date", "2098-01-01T00:00:00Z"),
            ("date", "2098-01-01"),
        )
    ),
    Played("POST", "/jobs", {**JOB, "cron": None, "date": None}),
    # Requests that are refused.
    refused(created("nobody", trigger="interval", interval=60)),
    refused(created("garden", trigger="interval", interval=60)),
    refused(created("yearly", trigger="interval", interval=60)),
    refused(created("yearly_too", trigger="interval", interval=60)),
    refused(created(trigger="interval")),
    refused(created(trigger="cron")),
    refused(created(trigger="cron", cron="")),
    refused(created(trigger="date")),
    refused(created(trigger="interval", interval=0)),
    refused(created(trigger="interval", interval=-5)),
    refused(created(trigger="interval", interval="soon")),
    refused(created(trigger="interval", interval="nan")),
    refused(created(trigger="weekly")),
    refused(created()),
    refused(created("", trigger="interval", interval=60)),
    refused({"trigger": "interval", "interval": 60}),
    refused({**JOB, "args": {}}),
    refused({}),
    refused([]),
    refused(None),
    # What there is.
    Played("GET", "/jobs/{id}"),
    Played("GET", "/jobs?limit=0"),
    Played("GET", "/jobs?limit=2&offset=1"),
    Played("GET", "/jobs?limit=9999&trigger=cron"),
    Played("GET", "/jobs?offset=-3&limit=1"),
    Played("GET", "/jobs?offset=1000"),
    Played("GET", "/jobs?trigger=weird"),
    Played("GET", "/jobs?created_by=somebody&limit=1"),
    Played("GET", "/jobs?surprise=1&limit=1"),
    Played("GET", "/jobs?limit=many"),
    Played("GET", "/jobs?offset="),
    # Another user.
    Played("GET", "/jobs/{id}", who="bob"),
    Played("PUT", "/jobs/{id}", {"trigger": "interval", "interval": 7200}, who="bob"),
    Played("DELETE", "/jobs/{id}", who="bob"),
    Played("GET", "/jobs", who="bob"),
    # An admin.
    Played("GET", "/jobs/{id}", who="admin"),
    Played("GET", "/jobs?created_by={alice}&trigger=date", who="admin"),
    Played("PUT", "/jobs/{id}", {"trigger": "interval", "interval": 1800}, who="admin"),
    # Nobody.
    Played("GET", "/jobs", who=None),
    Played("POST", "/jobs", JOB, who=None),
    Played("GET", "/jobs/{id}", who=None),
    Played("DELETE", "/jobs/{id}", who=None),
    # Changes.
    Played("PUT", "/jobs/{id}", {"trigger": "interval", "interval": 120}),
    Played("PUT", "/jobs/{id}", {"trigger": "cron", "cron": "*/15 * * * *"}),
    Played("PUT", "/jobs/{id}", {"trigger": "date", "date": "2098-01-01 00:00:00"}),
    Played("PUT", "/jobs/{id}", {"trigger": "cron"}),
    Played("PUT", "/jobs/{id}", {"trigger": "weekly"}),
    Played("PUT", "/jobs/{id}", {"trigger": "interval", "interval": 60, "walker_or_function": "x"}),
    Played("PUT", "/jobs/{id}", {}),
    Played("GET", "/jobs/{id}"),
    Played("PUT", "/jobs/nothing", {"trigger": "interval", "interval": 60}),
    Played("GET", "/jobs/nothing"),
    Played("DELETE", "/jobs/nothing"),
    Played("GET", "/jobs/41c950ac-589e-45ed-a33c-4989c480e55e"),
    Played("DELETE", "/jobs/{id}"),
    Played("DELETE", "/jobs/{id}"),
    Played("GET", "/jobs/{id}"),
]

APART = [
    refused(
        created(trigger="interval", interval=1.5),
        statuses=(201, 400),
        told="no whole number of seconds",
    ),
    refused(
        created(trigger="date", date="2020-01-01T00:00:00"),
        statuses=(201, 400),
        told="a date that is past",
    ),
    refused(
        created(trigger="date", date="someday"), statuses=(500, 400), told="a date that is none"
    ),
    refused(
        created("note", trigger="interval", interval=60),
        statuses=(400, 404),
        told="a function without a decorator",
    ),
    refused({}, who=None, statuses=(422, 401), told="without a token"),
    Played("PUT", "/jobs/{id}", {}, who=None, statuses=(422, 401), told="without a token"),
    *(
        refused(created(trigger="cron", cron=cron), wording=True, told="what is wrong with a cron")
        for cron in ("* * *", "99 99 99 99 99", "not a cron", "60 * * * *", "* 24 * * *")
    ),
    Played("POST", "/jobs", raw=b"{", wording=True, told="no JSON"),
    Played(
        "POST", "/jobs", {**JOB, "cron": "0 9 * * *"}, wording=True, told="values of other triggers"
    ),
    Played("PATCH", "/jobs/{id}", {}, wording=True, told="405"),
    *(
        refused(created(trigger="cron", cron=cron), statuses=(400, 201), told=told)
        for cron, told in (
            ("@daily", "`@daily`"),
            ("0 0 L * *", "`L`"),
            ("0 9 * * 5#2", "`5#2`"),
            ("0 9 * * 7", "weekday 7"),
        )
    ),
    *(
        refused(created(trigger="cron", cron=cron), statuses=(201, 400), told=told)
        for cron, told in (
            ("0 9 last * *", "`last` in a cron"),
            ("0 0 30 2 *", "a cron that never fires"),
        )
    ),
    refused(
        created("beat", trigger="interval", interval=60),
        statuses=(201, 400),
        told="its `/jobs` schedules them for anyone who asks",
    ),
    Played("POST", "/jobs", raw=b"null", wording=True, told="a body that is `null`"),
    Played("PUT", "/jobs/{id}", raw=b"null", wording=True, told="a body that is `null`"),
]


@dataclass
class Both:
    """The two servers, and the job of Alice's own at each."""

    clients: Mapping[str | None, tuple[httpx.AsyncClient, httpx.AsyncClient]]
    alice: str
    ids: list[str] = field(default_factory=list)

    async def play(self, played: Played) -> list[httpx.Response]:
        """Send a request to both."""
        answers = []
        for place, client in enumerate(self.clients[played.who]):
            path = played.path.format(id=self.ids[place] if self.ids else "", alice=self.alice)
            options: dict[str, Any] = {"json": played.body}
            if played.raw is not None:
                headers = {"Content-Type": "application/json"}
                options = {"content": played.raw, "headers": headers}
            elif played.body is None:
                options = {}
            answers.append(await client.request(played.method, path, **options))
        return answers


def shape(value: Any) -> Any:
    """Give an answer without ids and times."""
    if isinstance(value, dict):
        return {
            key: f"<{key}>" if key in VARYING and one is not None else shape(one)
            for key, one in value.items()
        }
    return [shape(one) for one in value] if isinstance(value, list) else value


def text_of(answer: httpx.Response) -> str:
    return json.dumps(shape(answer.json()), indent=1)


@pytest.fixture
async def both(beside: Beside, alice: Person, bob: Person) -> Any:
    async with beside.admin() as admin, beside.clients(None) as nobodies:
        found = Both(
            {
                "alice": (alice.jac_scale, alice.footfall),
                "bob": (bob.jac_scale, bob.footfall),
                "admin": (admin.jac_scale, admin.footfall),
                None: nobodies,
            },
            alice.user_id,
        )
        made = await found.play(Played("POST", "/jobs", JOB))
        found.ids = [one.json()["data"]["job_id"] for one in made]
        yield found


async def test_most_answers_are_the_same(both: Both) -> None:
    for played in ALIKE:
        theirs, ours = await both.play(played)
        assert text_of(ours) == text_of(theirs), played
        assert ours.status_code == theirs.status_code, played
    everything = await both.play(Played("GET", "/jobs?limit=500"))
    assert [one.json()["data"]["total"] for one in everything] == [15, 15]


async def test_what_differs_is_meant_to_and_told(both: Both) -> None:
    page = re.sub(r"\s+", " ", PAGE.read_text())
    for played in APART:
        theirs, ours = await both.play(played)
        statuses = (theirs.status_code, ours.status_code)
        if played.statuses is not None:
            assert statuses == played.statuses, (played, theirs.text, ours.text)
            body = ours.json()
            assert body["meta"] == {"extra": {"http_status": ours.status_code}}
            assert body.keys() == {"ok", "type", "data", "error", "meta"}
            assert body["ok"] is (ours.status_code == HTTPStatus.CREATED)
            assert body["ok"] or body["error"].keys() == {"code", "message"}
        else:
            assert played.wording
            assert statuses[0] == statuses[1], played
            assert text_of(ours) != text_of(theirs), played
        assert played.told in page, played
