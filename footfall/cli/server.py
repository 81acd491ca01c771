# ruff: noqa: PLC0415 - as in the other commands, each imports what it needs.
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.cli.grouping import with_groups

if TYPE_CHECKING:
    from rich.console import Console

    from footfall.cli.profile import Target
    from footfall.client import Client
    from footfall.client.call import Call
    from footfall.client.errors import ClientError

RETRY_SECONDS = 10.0
"""How long a command goes on trying where an API asks to be called later."""

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="Where the API is; else FOOTFALL_URL.  [default: http://127.0.0.1:8000]",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="TOKEN",
        help="Whose schedules they are; else FOOTFALL_TOKEN. `footfall token` makes one.",
    ),
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Server and token of your profiles; else FOOTFALL_PROFILE.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print the API's data as JSON, for programs."),
]


class Server:
    """The API that a command asks, and how the command prints."""

    def __init__(
        self, *, url: str | None, token: str | None, profile: str | None, json: bool
    ) -> None:
        self._given = {"url": url, "token": token, "profile": profile}
        self.is_json = json
        self._client: Client | None = None

    @property
    def client(self) -> "Client":
        """The client, opened when it is first needed.

        Raises:
            ConfigurationError: nobody said with what token, or the profile is wrong.
            TokenError: the token cannot be one.
        """
        from footfall.client import Client
        from footfall.errors import ConfigurationError

        if self._client is None:
            target = self.where()
            if target.token is None:
                because = f" ({target.lacks})" if target.lacks else ""
                raise ConfigurationError(
                    f"There is no token{because}: give --token or --profile, "
                    "or set FOOTFALL_TOKEN; "
                    "`footfall token` makes one.",
                )
            self._client = Client(target.url, target.token, retry_seconds=RETRY_SECONDS)
        return self._client

    def where(self) -> "Target":
        """Give where the API is, and with what token it is asked, if there is one.

        Raises:
            ConfigurationError: the profile is wrong.
        """
        from footfall.cli.profile import choose

        return choose(**self._given, environ=os.environ)

    def data(self, call: "Call[Any]") -> Any:
        """Give the data of an answer as JSON has it."""
        return self.client.data(call)

    def tell(self, data: Any, show: Callable[["Console"], None]) -> None:
        """Print data: as JSON, or for people as `show` does it."""
        from footfall.cli.tables import console

        if self.is_json:
            tell_json(data)
            return
        drawn = console()
        with drawn.capture() as caught:
            show(drawn)
        # Tables are padded to their right edge, which nobody wants in a pipe.
        lines = (line.rstrip() for line in caught.get().removesuffix("\n").split("\n"))
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    def close(self) -> None:
        """Give back every connection."""
        if self._client is not None:
            self._client.close()


def tell_json(data: Any) -> None:
    """Print data as JSON."""
    from footfall.cli.stream import json_text

    sys.stdout.write(json_text(data, indent=2) + "\n")


def _server(
    *,
    url: Url = None,
    token: Token = None,
    profile: ProfileName = None,
    as_json: Json = False,
) -> Server:
    return Server(url=url, token=token, profile=profile, json=as_json)


def asking(
    app: typer.Typer,
    name: str | None = None,
    **groups: Callable[..., Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give what makes a function with a parameter `server` a command that asks an API.

    What goes wrong is told on stderr, and by the exit code.

    Args:
        app: to which the command belongs.
        name: of the command, if it is not the function's.
        groups: further parameters that are made of several options.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def guarded(server: Server, **given: Any) -> None:
            from footfall.cli.exits import code_of
            from footfall.client.errors import ClientError

            try:
                command(server=server, **given)
                sys.stdout.flush()
            except ClientError as error:
                tell_error(server, error)
                raise typer.Exit(code_of(error)) from None
            except BrokenPipeError:
                # Whoever reads, `head` for example, has had enough.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            finally:
                server.close()

        guarded.__signature__ = _signature(command)  # type: ignore[attr-defined]
        guarded.__name__, guarded.__doc__ = command.__name__, command.__doc__
        app.command(name)(with_groups(guarded, {**groups, "server": _server}))
        return command

    return decorate


def _signature(command: Callable[..., None]) -> Any:
    import inspect

    return inspect.signature(command, eval_str=True)


def tell_error(server: Server, error: "ClientError") -> None:
    """Say what went wrong, and what to do about it; with `--json`, as the API does."""
    from footfall.cli.stream import json_text
    from footfall.client.errors import ApiError, UnreachableError

    if server.is_json and isinstance(error, ApiError):
        data = {"code": error.code, "message": error.message, "details": error.details}
        sys.stderr.write(json_text(data, stream=sys.stderr) + "\n")
        return
    lines = [error.message]
    if isinstance(error, ApiError):
        if error.fields:
            lines = [f"{one.field}: {one.message}" for one in error.fields]
        if error.remedy:
            lines[-1] = f"{lines[-1]} {error.remedy}"
    if isinstance(error, UnreachableError):
        lines[-1] += " Name another one with --url or --profile."
    warn(*lines)


def warn(*lines: str) -> None:
    """Tell lines on stderr, each with the name of the command line."""
    from footfall.cli.tables import printable

    for line in lines:
        sys.stderr.write(f"footfall: {printable(line)}\n")


def given(**fields: Any) -> Mapping[str, Any]:
    """Give those of the fields that were given."""
    return {name: value for name, value in fields.items() if value is not None and value != []}
