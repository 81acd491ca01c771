"""The command line. Importing it costs nothing: spawned processes import its entry point again."""

import sys

EXIT_REFUSED = 2
EXIT_APP_BROKEN = 3


def main() -> None:
    """Run the command line, and say in one line each what is wrong."""
    # Within the function, each for the reason that the module's docstring gives.
    from footfall.cli.commands import cli  # noqa: PLC0415
    from footfall.cli.stream import escape_unsayable  # noqa: PLC0415
    from footfall.errors import AppError, FootfallError  # noqa: PLC0415

    escape_unsayable(sys.stdout, sys.stderr)
    try:
        cli(prog_name="footfall")
    except FootfallError as error:
        for line in error.message.splitlines():
            sys.stderr.write(f"footfall: {line}\n")
        sys.exit(EXIT_APP_BROKEN if isinstance(error, AppError) else EXIT_REFUSED)
