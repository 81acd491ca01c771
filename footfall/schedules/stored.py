from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator

from footfall.errors import UnreadableError


class Stored(BaseModel):
    """What stands in Temporal and is acted upon: processes of several releases read and write it.

    A field that is not known came with a newer release. Where it holds nothing (null, false,
    0, or something empty) the newer release means what this one does, and it is passed over. Else
    the whole is refused: to act upon half of it, or to write it again without that field, would
    lose what was meant. A value that a field with a few of them does not know, such as another
    overlap policy, came with a newer release as well, and the whole is refused.

    So each new field needs a default that is nothing, by which older definitions stay what they
    were.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _understood(cls, value: Any) -> Any:
        """Pass over unknown fields that hold nothing.

        Raises:
            UnreadableError: one holds something, or a known one holds none of its values.
        """
        return _understood(cls, value, ()) if isinstance(value, dict) else value


def _understood(model: type[BaseModel], value: Any, place: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_understood(model, one, place) for one in value]
    if not isinstance(value, Mapping):
        return value
    fields, found = _fields(model), dict[str, Any]()
    for name, part in value.items():
        at = (*place, str(name))
        if name not in fields:
            if part:
                raise _newer(model, at, "has")
            continue
        field = fields[name]
        if field.choices and not _is_known(part, field.choices):
            raise _newer(model, at, "knows another value of")
        found[name] = part if field.model is None else _understood(field.model, part, at)
    return found


def _is_known(value: Any, choices: frozenset[str]) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_known(one, choices) for one in value)
    # What is no text was never written by any release, and is told of as what it is.
    return not isinstance(value, str) or value in choices


def _newer(model: type[BaseModel], place: tuple[str, ...], difference: str) -> UnreadableError:
    field = ".".join(place)
    return UnreadableError(
        f"This was made by a newer release of Footfall, whose {model.__name__} {difference} "
        f"{field}; upgrade this process.",
        field=field,
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field holds, or holds several of; `choices` is empty where it may be any text."""

    model: type[BaseModel] | None
    choices: frozenset[str]


@cache
def _fields(model: type[BaseModel]) -> dict[str, _Field]:
    return {
        name: _Field(
            model=next((one for one in types if _is_a(one, BaseModel)), None),
            choices=frozenset(choice for one in types for choice in _choices(one)),
        )
        for name, field in model.model_fields.items()
        for types in [list(_types(field.annotation))]
    }


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _types(part)


def _choices(annotation: Any) -> Iterator[str]:
    if _is_a(annotation, Enum):
        yield from (str(one.value) for one in annotation)
    elif get_origin(annotation) is Literal:
        yield from (one for one in get_args(annotation) if isinstance(one, str))


def _is_a(annotation: Any, kind: type) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kind)
