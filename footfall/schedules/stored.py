from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from footfall.errors import UnreadableError


class Stored(BaseModel):
    """What stands in Temporal and is acted upon: processes of several releases read and write it.

    A field that is not known came with a newer release. Where it holds nothing (null, false,
    0, or something empty) the newer release means what this one does, and it is passed over. Else
    the whole is refused: to act upon half of it, or to write it again without that field, would
    lose what was meant.

    So each new field needs a default that is nothing, by which older definitions stay what they
    were.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _understood(cls, value: Any) -> Any:
        """Pass over unknown fields that hold nothing.

        Raises:
            UnreadableError: one holds something.
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
                raise UnreadableError(
                    f"This was made by a newer release of Footfall, whose {model.__name__} has "
                    f"{'.'.join(at)}; upgrade this process.",
                    field=".".join(at),
                )
            continue
        inner = fields[name]
        found[name] = part if inner is None else _understood(inner, part, at)
    return found


@cache
def _fields(model: type[BaseModel]) -> dict[str, type[BaseModel] | None]:
    """Give the fields of a model, and the model of what each holds, or holds several of."""
    return {
        name: next(_models(field.annotation), None) for name, field in model.model_fields.items()
    }


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
