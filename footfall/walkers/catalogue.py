from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class WalkerField(BaseModel):
    """An argument that a walker takes.

    Attributes:
        type: the type as the code writes it, for people.
        json_schema: JSON Schema (2020-12) that a value must satisfy; ``{}`` takes anything.
        default: the default where it is a JSON value, else None.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    required: bool
    default: Any = None
    json_schema: dict[str, Any] = {}


class WalkerInfo(BaseModel):
    """A walker of the app, as its worker found it.

    Attributes:
        schedule: the static schedule that its decorator declares, as written in the code
            (flat, ``trigger`` included); None if it declares none.
        is_dynamic: whether jaclang's own ``@schedule`` offers it to be scheduled.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Literal["walker", "function"]
    language: Literal["jac", "python"]
    doc: str = ""
    file: str
    line: int
    fields: tuple[WalkerField, ...] = ()
    methods: tuple[str, ...] = ()
    path: str | None = None
    schedule: dict[str, Any] | None = None
    is_dynamic: bool = False


class AppProblem(BaseModel):
    """Something in the app that was reported and skipped; the rest of the app works."""

    model_config = ConfigDict(frozen=True)

    walker: str | None = None
    file: str
    line: int
    message: str


class Catalogue(BaseModel):
    """The walkers of one app, and what is wrong with it."""

    model_config = ConfigDict(frozen=True)

    app: str
    walkers: tuple[WalkerInfo, ...] = ()
    problems: tuple[AppProblem, ...] = ()

    def find(self, name: str) -> WalkerInfo | None:
        """Give the walker called `name`, or None."""
        return next((walker for walker in self.walkers if walker.name == name), None)
