# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.cli.known_names import walker_names
from footfall.cli.server import Server

if TYPE_CHECKING:
    from rich.console import Console


def walkers(
    server: Server,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="WALKER", help="One of them, with its fields.", autocompletion=walker_names
        ),
    ] = None,
) -> None:
    """List the walkers that can be scheduled, or show one with its fields."""
    from footfall.cli.refs import known_walker
    from footfall.client import schedule_calls

    data = server.data(schedule_calls.list_walkers())
    if name is None:
        server.tell(data, lambda console: _listed(console, data))
        return
    found = known_walker(name, data["walkers"])
    server.tell(found, lambda console: _shown(console, found))


@contextmanager
def telling_of_walkers(server: Server, name: str | None) -> Iterator[None]:
    """Have a refusal of a walker's name say what it may have been.

    Raises:
        NotFoundError: the same, with that.
    """
    from footfall.cli.refs import known_walker
    from footfall.client import schedule_calls
    from footfall.client.errors import NotFoundError

    try:
        yield
    except NotFoundError as error:
        if error.code == "walker_not_found" and name is not None:
            known_walker(name, server.data(schedule_calls.list_walkers())["walkers"])
        raise


def _listed(console: "Console", data: Mapping[str, Any]) -> None:
    from footfall.cli.tables import printable, table

    rows = [
        (
            one["name"],
            one["kind"],
            one["language"],
            ", ".join(_field(field) for field in one["fields"]) or None,
            one["doc"].partition("\n")[0] or None,
            f"{one['file']}:{one['line']}",
        )
        for one in data["walkers"]
    ]
    console.print(table(("NAME", "KIND", "IN", "FIELDS", "WHAT IT DOES", "WHERE"), rows))
    for problem in data["problems"]:
        place = f"{problem['file']}:{problem['line']}"
        console.print(printable(f"skipped: {place}: {problem['message']}"), style="yellow")


def _shown(console: "Console", one: Mapping[str, Any]) -> None:
    import json

    from footfall.cli.tables import facts, table

    console.print(
        facts(
            {
                "name": one["name"],
                "kind": f"{one['language']} {one['kind']}",
                "doc": one["doc"] or None,
                "where": f"{one['file']}:{one['line']}",
            },
        ),
    )
    rows = [
        (
            field["name"],
            field["type"],
            None if field["required"] else json.dumps(field["default"], ensure_ascii=False),
        )
        for field in one["fields"]
    ]
    if rows:
        console.print(table(("FIELD", "TYPE", "DEFAULT"), rows))


def _field(field: Mapping[str, Any]) -> str:
    return f"{field['name']}: {field['type']}" + ("" if field["required"] else "?")
