from collections.abc import Callable
from typing import Any

from footfall.client.answers import Answer


def whole[Model: Answer](model: type[Model]) -> Callable[[Any], Model]:
    """Give what reads the whole data of an answer."""
    return model.model_validate


def part[Model: Answer](name: str, model: type[Model]) -> Callable[[Any], Model]:
    """Give what reads one part of an answer's data."""
    return lambda data: model.model_validate(data[name])


def part_or_none[Model: Answer](name: str, model: type[Model]) -> Callable[[Any], Model | None]:
    """Give what reads a part that is null where nothing was done."""
    return lambda data: None if data[name] is None else model.model_validate(data[name])


def parts[Model: Answer](name: str, model: type[Model]) -> Callable[[Any], list[Model]]:
    """Give what reads a list in an answer's data."""
    return lambda data: [model.model_validate(one) for one in data[name]]
