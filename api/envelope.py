from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class MetaExtra(BaseModel):
    """The HTTP status once more, for transports that have none; whether nothing was changed."""

    http_status: int
    dry_run: bool = Field(default=False, exclude_if=lambda dry_run: not dry_run)


class Meta(BaseModel):
    """What is said about an answer."""

    extra: MetaExtra | None = Field(None, exclude_if=lambda extra: extra is None)


def meta_of(*, dry_run: bool) -> Meta:
    """Give the `meta` of a success: whether nothing was changed because that was asked for."""
    return Meta(extra=MetaExtra(http_status=200, dry_run=dry_run))


class Envelope[Data](BaseModel):
    """Every answer has this shape; the guide's transport format."""

    model_config = ConfigDict(frozen=True)

    status: Literal["success"] = "success"
    data: Data
    meta: Meta = Field(default_factory=lambda: Meta(extra=MetaExtra(http_status=200)))


def body_with(envelope: Envelope[Any], name: str, rows: Iterable[bytes]) -> bytes:
    """Give an answer as JSON, with these rows in the empty list that is its data's field `name`.

    Nothing that anyone wrote may come before the field.
    """
    body: bytes = envelope.__pydantic_serializer__.to_json(envelope, by_alias=True)
    head, found, tail = body.partition(f'"{name}":['.encode())
    if not found or not tail.startswith(b"]"):
        raise ValueError(f"{type(envelope).__name__} has no empty {name}")
    return b"".join((head, found, b",".join(rows), tail))


class ErrorData(BaseModel):
    """What went wrong.

    Attributes:
        code: stable, for programs.
        message: for people, with the remedy.
        details: more of it, by code; ``fields`` lists `{field, message}` of invalid input.
    """

    code: str
    message: str
    details: dict[str, Any] = {}


class ErrorEnvelope(BaseModel):
    """The shape of every error."""

    status: Literal["error"] = "error"
    data: ErrorData
    meta: Meta


def error_body(status: int, error: ErrorData) -> dict[str, Any]:
    """Give the body of an error as JSON."""
    meta = Meta(extra=MetaExtra(http_status=status))
    return ErrorEnvelope(data=error, meta=meta).model_dump(mode="json")
