"""What the API shows of walkers."""

from typing import Any, Literal

from pydantic import BaseModel


class WalkerFieldView(BaseModel):
    """An argument of a walker; `json_schema` says what it takes."""

    name: str
    type: str
    required: bool
    default: Any
    json_schema: dict[str, Any]


class WalkerView(BaseModel):
    """A walker that can be scheduled."""

    name: str
    kind: Literal["walker", "function"]
    language: Literal["jac", "python"]
    doc: str
    file: str
    line: int
    fields: list[WalkerFieldView]
    methods: list[str]
    path: str | None
    schedule: dict[str, Any] | None


class ProblemView(BaseModel):
    """Something in the app that the worker reported and skipped."""

    walker: str | None
    file: str
    line: int
    message: str


class WalkerList(BaseModel):
    """The walkers that the running workers know."""

    walkers: list[WalkerView]
    problems: list[ProblemView]
