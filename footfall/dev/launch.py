"""Puts itself under the guardian's care, then becomes the command.

Run as a script with nothing but the standard library, as the leader of a new session:
``launch.py <guardian's file descriptor> <command> ...``. That the child announces itself leaves
no moment in which it runs unguarded.
"""

import os
import signal
import sys


def launch(arguments: list[str]) -> None:
    """Announce this process and its session to the guardian, then become the command."""
    guardian, command = int(arguments[0]), arguments[1:]
    os.write(guardian, b"+%d\n" % os.getpid())
    # Nobody but the supervisor may hold this open: its end is how the guardian knows.
    os.set_inheritable(guardian, False)  # noqa: FBT003 - the standard library's signature
    # Python ignores it, and the command would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    launch(sys.argv[1:])
