import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from footfall.walkers.catalogue import WalkerField

_MISSING = inspect.Parameter.empty
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class ArgumentError(Exception):
    """A value that a field does not take; the message names the field."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one walker: how they look from outside, and how to convert values for them."""

    infos: tuple[WalkerField, ...] = ()
    adapters: Mapping[str, TypeAdapter[Any]] = field(default_factory=dict)

    def convert(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Give `args`, JSON values, as the types that the code declares.

        Raises:
            ArgumentError: a field is unknown or missing, or does not take its value.
        """
        known = {info.name for info in self.infos}
        for name in args:
            if name not in known:
                raise ArgumentError(f"{name}: there is no such field")
        for info in self.infos:
            if info.required and info.name not in args:
                raise ArgumentError(f"{info.name}: this field is required")
        return {name: self._convert(name, value) for name, value in args.items()}

    def _convert(self, name: str, value: Any) -> Any:
        adapter = self.adapters.get(name)
        if adapter is None:
            return value
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            problems = "; ".join(
                ".".join(map(str, ("", *problem["loc"]))) + " " + problem["msg"]
                if problem["loc"]
                else problem["msg"]
                for problem in error.errors(include_url=False)
            )
            raise ArgumentError(f"{name}: {problems}") from None


def fields_of(target: Callable[..., Any]) -> Fields:
    """Read the fields of a walker: the parameters of its constructor, or of the function."""
    try:
        parameters = list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return Fields()
    defaults = _dataclass_defaults(target)
    infos: list[WalkerField] = []
    adapters: dict[str, TypeAdapter[Any]] = {}
    for parameter in parameters:
        if parameter.kind not in _NAMED:
            continue
        annotation = _annotation(target, parameter)
        adapter, schema = _adapter(annotation)
        if adapter is not None:
            adapters[parameter.name] = adapter
        infos.append(
            WalkerField(
                name=parameter.name,
                type=_written(parameter.annotation),
                required=parameter.default is _MISSING,
                default=_json(defaults.get(parameter.name, parameter.default)),
                json_schema=schema,
            )
        )
    return Fields(tuple(infos), adapters)


def _annotation(target: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    annotation = parameter.annotation
    if annotation is _MISSING:
        return Any
    if not isinstance(annotation, str):
        return annotation
    owner = inspect.getmodule(target)
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    try:  # resolved one by one: a name that cannot be resolved spoils no other field
        return typing.get_type_hints(holder, vars(owner) if owner else {}, include_extras=True)[
            "it"
        ]
    except Exception:  # noqa: BLE001 - an annotation may be any expression
        return Any


def _adapter(annotation: Any) -> tuple[TypeAdapter[Any] | None, dict[str, Any]]:
    if annotation is Any:
        return None, {}
    try:
        adapter = TypeAdapter(annotation)
        return adapter, adapter.json_schema(mode="validation")
    except Exception:  # noqa: BLE001 - pydantic raises many kinds for types that it cannot serve
        return None, {}


def _dataclass_defaults(target: object) -> dict[str, Any]:
    if not (isinstance(target, type) and dataclasses.is_dataclass(target)):
        return {}
    defaults: dict[str, Any] = {}
    for item in dataclasses.fields(target):
        if item.default is not dataclasses.MISSING:
            defaults[item.name] = item.default
        elif item.default_factory is not dataclasses.MISSING:
            try:
                defaults[item.name] = item.default_factory()
            except Exception:  # noqa: BLE001 - the user's code; it will fail in the run, visibly
                defaults[item.name] = None
    return defaults


def _json(default: Any) -> Any:
    try:
        return None if default is _MISSING else json.loads(to_json(default))
    except ValueError:
        return None


def _written(annotation: Any) -> str:
    if annotation is _MISSING:
        return "Any"
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
