import sys
from contextlib import closing
from typing import Any

import typer

from footfall.cli.exits import FAILED, NOT_ALLOWED, UNAVAILABLE
from footfall.cli.server import Server, warn
from footfall.cli.stream import json_text
from footfall.cli.tables import printable
from footfall.client import run_calls
from footfall.client.sse import Event


def follow_run(server: Server, schedule_id: str, run_id: str) -> None:
    """Print what a run prints until it ends; what else happens goes to stderr.

    Raises:
        Exit: it did not succeed, the token expired, or the stream ended before the run.
    """
    teller = _Teller(is_json=server.is_json)
    with closing(server.client.follow(run_calls.tail_run(schedule_id, run_id))) as events:
        for event in events:
            teller.tell(event)
            if event.name == "end":
                if event.data["status"] != "succeeded":
                    raise typer.Exit(FAILED)
                return
            if event.name == "expired":
                warn("the token is no longer valid; the run goes on")
                raise typer.Exit(NOT_ALLOWED)
    warn("the API ended the stream; the run goes on")
    raise typer.Exit(UNAVAILABLE)


class _Teller:
    """Prints events: as JSON, a line for each, or what the walker printed as it is."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._position = 0
        self._attempt = 1

    def tell(self, event: Event) -> None:
        if self._is_json:
            line = json_text({"event": event.name, "data": event.data})
            sys.stdout.write(f"{line}\n")
        elif event.name == "stdout":
            self._print(event.data)
        else:
            self._note(event.name, event.data)
        sys.stdout.flush()

    def _print(self, data: dict[str, Any]) -> None:
        if data["offset"] != self._position:
            sys.stdout.flush()
            warn(f"what follows stands from character {data['offset']} on")
        self._position = data["offset"] + len(data["text"])
        # Another's walker must not steer the terminal of whoever looks at it.
        text = printable(data["text"]) if sys.stdout.isatty() else data["text"]
        sys.stdout.write(text)

    def _note(self, name: str, data: dict[str, Any]) -> None:
        sys.stdout.flush()
        match name:
            case "status":
                # The same start is told of again when its walker begins.
                if data["attempt"] > self._attempt:
                    self._attempt, self._position = data["attempt"], 0
                    warn(f"start {data['attempt']} of the walker")
                elif data.get("waits"):
                    warn("the run waits for its turn")
            case "progress":
                warn(f"{data['fraction']:.0%} {data['message']}")
            case "end":
                error = data["error"]
                warn(data["status"] + (f": {error['type']}: {error['message']}" if error else ""))
