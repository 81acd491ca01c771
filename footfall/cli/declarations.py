# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from footfall.cli.server import Server, tell_json

EXIT_FAILED = 1
"""Some schedules could not be made as they are declared."""

_MARKS = {"create": "+", "change": "~", "delete": "-", "unchanged": " "}


def apply(
    server: Server,
    *,
    file: Annotated[
        Path,
        typer.Option(
            "--file", "-f", metavar="FILE", help="YAML or JSON with a list `schedules`; - is stdin."
        ),
    ],
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Delete your named schedules that FILE does not have."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would be done; change nothing."),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why; stands in the schedules' changes."),
    ] = None,
) -> None:
    """Make your schedules be as a file declares them, and show what that changes."""
    from footfall.cli.progress import bar
    from footfall.client import schedule_calls
    from footfall.client.errors import NoAnswerError

    call = schedule_calls.apply_schedules(
        _declared(file), prune=prune, reason=reason, dry_run=dry_run
    )
    try:
        with bar("apply", None):
            data = server.data(call)
    except NoAnswerError as error:
        message = f"{error.message} `footfall apply --dry-run` shows what is left to do."
        raise NoAnswerError(message) from error
    if server.is_json:
        tell_json(data)
    else:
        for line in (*plan_lines(data["plan"]), summary_line(data, dry_run=dry_run)):
            sys.stdout.write(f"{line}\n")
    if data["failed"]:
        raise typer.Exit(EXIT_FAILED)


def export(
    server: Server,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; else stdout."),
    ] = None,
) -> None:
    """Write your schedules as YAML that `footfall apply` takes; with --json, as JSON."""
    from footfall.cli.document import write_document
    from footfall.cli.stream import json_text, says_all
    from footfall.client import schedule_calls
    from footfall.errors import ConfigurationError

    data = server.data(schedule_calls.export_schedules())
    if server.is_json:
        text = json_text(data, indent=2) + "\n"
    else:
        text = write_document(data, plain=output is None and not says_all(sys.stdout))
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error}") from error


def plan_lines(plan: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say what a plan does, a line for each schedule and one for each field that changes."""
    for step in plan:
        yield f"{_MARKS[step['action']]} {step['action']} {step['name']}"
        for name, values in step["difference"].items():
            yield f"    {name}: {_shown(values['before'])} -> {_shown(values['after'])}"
        if step["error"]:
            yield f"    failed: {step['error']['message']}"


def summary_line(data: Mapping[str, Any], *, dry_run: bool) -> str:
    """Say how many schedules a plan creates, changes and so on, and how many it fails to."""
    counts, failed = data["counts"], data["failed"]
    doing = ", ".join(f"{counts[action]} to {action}" for action in _MARKS if action != "unchanged")
    outcome = f"{failed} failed"
    if dry_run:
        outcome = "nothing was changed"
        outcome = f"{failed} would fail, {outcome}" if failed else outcome
    return f"{doing}, {counts['unchanged']} unchanged; {outcome}."


def _shown(value: Any) -> str:
    import json

    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _declared(file: Path) -> Any:
    from footfall.cli.document import DocumentError, read_document
    from footfall.errors import ConfigurationError

    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    try:
        found = read_document(text, is_json=file.suffix.lower() == ".json")
    except DocumentError as error:
        raise ConfigurationError(f"{file} cannot be understood: {error}") from error
    if (
        not isinstance(found, dict)
        or set(found) != {"schedules"}
        or not isinstance(found["schedules"], list)
    ):
        raise ConfigurationError(f"{file} must have the one key `schedules`, with a list.")
    return found["schedules"]
