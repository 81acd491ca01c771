"""Every request of the API is printed with its answer, and does as it is printed."""

import json
import re
from pathlib import Path

import pytest
from support.examples import Example, examples
from support.ports import free_port
from support.processes import EXAMPLE_APP, FOOTFALL, footfall, ready
from support.receiver import running_receiver
from support.shell import output_of
from support.waiting import until

from api.app import build_app

ROOT = Path(__file__).parent.parent.parent
HOOK = "https://hooks.example.com"
ALL = list(examples((ROOT / "docs" / "api.md").read_text()))
ROUTES = [
    (method.upper(), path)
    for path, operations in build_app(None).openapi()["paths"].items()
    for method in operations
]
VARIABLES = {"run": "RUN", "schedule": "ID", "backfill": "BACKFILL", "delivery": "DELIVERY"}


def route_of(example: Example) -> tuple[str, str]:
    """Give the route that a request is for: the one that leaves the least open."""
    fitting = [
        (method, path)
        for method, path in ROUTES
        if method == example.method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), example.path)
    ]
    assert fitting, example.request
    return min(fitting, key=lambda route: route[1].count("{"))


def test_every_route_has_an_example() -> None:
    assert {route_of(example) for example in ALL} == set(ROUTES)


def test_every_route_stands_in_the_table_of_the_readme() -> None:
    table = (ROOT / "README.md").read_text().split("## The API")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`(?:GET|POST|PUT|DELETE)[^|]*) \|", table, re.MULTILINE)
    named: set[tuple[str, str]] = set()
    for part in re.findall(r"`[^`]+`", ", ".join(rows)):
        method, _, path = part.strip("`").partition(" ")
        named.add((method, re.sub(r"\{\w+\}", "{}", path)))
    # `GET`, `PUT /notifications` shares one path.
    named = {(method, path or "/notifications") for method, path in named}
    assert named == {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in ROUTES}


@pytest.mark.timeout(600)
async def test_every_request_is_answered_as_it_is_printed(tmp_path: Path) -> None:
    ports = {name: free_port() for name in ("api", "temporal", "ui")}
    options = [f"--{name}-port={port}" for name, port in ports.items()]
    with running_receiver() as receiver:
        environ = {
            "FOOTFALL_WEBHOOKS_SECRET": "a secret that is only good for tests, 32 bytes",
            "FOOTFALL_WEBHOOKS_ALLOW_PRIVATE": "true",
        }
        arguments = ["dev", f"--app={EXAMPLE_APP}", *options]
        async with footfall(*arguments, tmp_path=tmp_path, **environ) as running:
            await ready(f"http://127.0.0.1:{ports['api']}", running=running)
            await running.shows("Footfall is ready")
            # Each a process of its own, which takes longer than a request.
            token = await output_of(f"{FOOTFALL} token --user ada", tmp_path)
            admin = await output_of(f"{FOOTFALL} token --user ops --admin", tmp_path)
            script = f"export TOKEN={token.strip()}\nexport ADMIN={admin.strip()}\n"
            for printed in ALL:
                request, answer = (
                    text.replace("127.0.0.1:8000", f"127.0.0.1:{ports['api']}").replace(
                        HOOK,
                        receiver.url(""),
                    )
                    for text in (printed.request, printed.answer)
                )
                output = await _answered(Example(request, answer), script, tmp_path)
                script += _exports(output)


async def _answered(example: Example, script: str, cwd: Path) -> str:
    """Give the output of a request that is answered as it is printed."""
    output = ""

    async def is_alike() -> bool:
        nonlocal output
        output = await output_of(script + example.request, cwd)
        return example.is_answered_by(output)

    if example.method != "GET":
        assert await is_alike(), f"{example.request}{output}\n{example.answer}"
        return output
    # What is read follows what was done, sooner or later.
    try:
        await until(is_alike, seconds=90, every=0.2)
    except AssertionError as error:
        raise AssertionError(f"{example.request}{output}\n{example.answer}") from error
    return output


def _exports(output: str) -> str:
    """Give what tells the shell the ids of an answer."""
    if not output.startswith("{"):
        return ""
    data = json.loads(output)["data"]
    found = {name: data[name]["id"] for name in VARIABLES if isinstance(data.get(name), dict)}
    if data.get("deliveries"):
        found["delivery"] = data["deliveries"][0]["id"]
    return "".join(f"export {VARIABLES[name]}={value}\n" for name, value in found.items())
