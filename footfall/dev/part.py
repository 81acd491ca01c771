from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """One of the processes that `footfall dev` keeps running.

    Attributes:
        environ: its whole environment.
        ready: returns once it serves; it may raise if that can no longer come.
        must_start: it ends before it was ever ready: give up, rather than try again.
        silent_end: what it says while it stops is of no interest.
        hints: what an exit code of it means to the user.
    """

    name: str
    command: list[str]
    environ: Mapping[str, str]
    ready: Callable[[], Awaitable[None]]
    must_start: bool = False
    silent_end: bool = False
    hints: Mapping[int, str] = field(default_factory=dict)
