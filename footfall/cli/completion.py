import sys
from typing import Annotated

import typer

SHELLS = ("bash", "zsh", "fish", "powershell")
ASKED = "_FOOTFALL_COMPLETE"
"""The environment variable by which a shell asks for what a command line may go on with."""


def completion(
    shell: Annotated[str, typer.Argument(metavar="|".join(SHELLS), help="Your shell.")],
) -> None:
    """Print what makes a shell complete footfall's commands and options.

    For bash: eval "$(footfall completion bash)".
    """
    from typer.completion import (  # type: ignore[attr-defined] # noqa: PLC0415
        get_completion_script,
    )

    if shell not in SHELLS:
        raise typer.BadParameter(f"it must be one of {', '.join(SHELLS)}", param_hint="SHELL")
    script = get_completion_script(prog_name="footfall", complete_var=ASKED, shell=shell)
    sys.stdout.write(f"{script}\n")


def answer_shells() -> None:
    """Have the command line know the shells that ask it what may follow."""
    from typer.completion import (  # type: ignore[attr-defined] # noqa: PLC0415
        completion_init,
    )

    completion_init()
