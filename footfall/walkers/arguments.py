import datetime as dt
import difflib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match

from footfall.errors import FieldProblem, InvalidInputError
from footfall.walkers.catalogue import WalkerField, WalkerInfo

_MESSAGE_LIMIT = 200

_JSON_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}

_PARSERS: dict[str, Callable[[str], object]] = {
    "date-time": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "uuid": uuid.UUID,
}


def check_arguments(info: WalkerInfo, args: Mapping[str, Any]) -> None:
    """Check `args`, JSON values, against the fields of the walker `info`.

    Raises:
        InvalidInputError: naming as ``args.<name>`` every field that is unknown, missing or of
            the wrong type, with the remedy.
    """
    fields = {field.name: field for field in info.fields}
    problems = [_unknown(info, name, args) for name in args if name not in fields]
    for field in info.fields:
        if field.name not in args:
            if field.required:
                problems.append(
                    FieldProblem(f"args.{field.name}", f"is required, of type {field.type}")
                )
        elif (wrong := _mismatch(field, args[field.name])) is not None:
            problems.append(FieldProblem(f"args.{field.name}", wrong))
    if problems:
        raise InvalidInputError(problems)


def _unknown(info: WalkerInfo, name: str, args: Mapping[str, Any]) -> FieldProblem:
    names = [field.name for field in info.fields]
    free = [known for known in names if known not in args]
    close = difflib.get_close_matches(name, free, n=1)
    if close:
        remedy = f"did you mean {close[0]}?"
    elif names:
        remedy = f"its fields are {', '.join(names)}"
    else:
        remedy = "it has no fields"
    return FieldProblem(f"args.{name}", f"is not a field of {info.name}; {remedy}")


def _mismatch(field: WalkerField, value: Any) -> str | None:
    if not field.json_schema:
        return None
    validator = Draft202012Validator(field.json_schema, format_checker=_FORMATS)
    errors = list(validator.iter_errors(value))
    if not errors:
        return None
    error = best_match(errors) or errors[0]
    if not error.absolute_path:
        return f"must be of type {field.type}, not {_name(value)}{_detail(error)}"
    place = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path
    )
    return f"must be of type {field.type}; {field.name}{place} is wrong: {_short(error.message)}"


def _detail(error: ValidationError) -> str:
    if error.validator in {"type", "anyOf", "oneOf"}:
        return ""
    return f": {_short(error.message)}"


def _name(value: Any) -> str:
    return _JSON_NAMES.get(type(value), type(value).__name__)


def _short(message: str) -> str:
    return message if len(message) <= _MESSAGE_LIMIT else message[: _MESSAGE_LIMIT - 1] + "…"


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, parse in _PARSERS.items():
        checker.checks(name, raises=ValueError)(_accepts(parse))
    return checker


def _accepts(parse: Callable[[str], object]) -> Callable[[object], bool]:
    def accepts(value: object) -> bool:
        if isinstance(value, str):
            parse(value)
        return True

    return accepts


_FORMATS = _formats()
