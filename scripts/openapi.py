# ruff: noqa: INP001, T201 - a script, which prints
"""Writes what is made of the API's description: docs/openapi.json and the types of the client.

    python scripts/openapi.py

A test holds the files against what this gives, so that a change of the API shows in its diff.
"""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.app import build_app

ROOT = Path(__file__).parent.parent
BLANK = "\n\n"
WIDTH = 96
HEAD = "# Made by scripts/openapi.py from the API's description; `make openapi` makes it anew.\n"
ANSWERS_HEAD = f'''{HEAD}"""What the API answers with."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Something that the API answered with; what a newer API adds is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
'''
BODIES_HEAD = f'''{HEAD}"""What requests take, by name; what is not named is not sent."""

from datetime import datetime
from typing import Any, Literal, Required, TypedDict
'''
FILTERS = {
    "list_schedules": "ScheduleListFilters",
    "list_runs": "RunFilters",
    "count_runs": "CountFilters",
}
"""Operations whose parameters make a type of their own."""


def files() -> dict[Path, str]:
    """Give each file that is made, by its path within the repository."""
    document = build_app(None).openapi()
    client = Path("footfall") / "client"
    return {
        Path("docs") / "openapi.json": json.dumps(document, indent=1, ensure_ascii=False) + "\n",
        client / "answers.py": _formatted(ANSWERS_HEAD + _classes(document, _answered(document))),
        client / "bodies.py": _formatted(
            BODIES_HEAD + _typed(document, _taken(document)) + _filters(document)
        ),
    }


def _formatted(text: str) -> str:
    ruff = [Path(sys.executable).parent / "ruff"]
    text = _piped([*ruff, "check", "--select", "F401,I", "--fix-only", "--quiet", "-"], text)
    return _piped([*ruff, "format", "-"], text)


def _piped(command: list[Any], text: str) -> str:
    done = subprocess.run(  # noqa: S603
        command, input=text, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


def _operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _answered(document: Mapping[str, Any]) -> list[str]:
    """Name the schemas of all data of successes, each after those that it is made of."""
    roots = [
        content["schema"]
        for operation in _operations(document)
        if (content := operation["responses"]["200"]["content"].get("application/json"))
    ]
    found = _reached(document, roots)
    return [name for name in found if not name.startswith(("Envelope_", "Meta"))]


def _taken(document: Mapping[str, Any]) -> list[str]:
    """Name the schemas of all bodies, each after those that it is made of."""
    roots = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for operation in _operations(document)
        if "requestBody" in operation
    ]
    roots += [
        parameter["schema"]
        for operation in _operations(document)
        if operation["operationId"] in FILTERS
        for parameter in operation["parameters"]
    ]
    return _reached(document, roots)


def _reached(document: Mapping[str, Any], roots: list[Any]) -> list[str]:
    found: dict[str, None] = {}

    def visit(schema: Any) -> None:
        if isinstance(schema, list):
            for one in schema:
                visit(one)
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            name = _name(schema)
            if name not in found:
                visit(document["components"]["schemas"][name])
                found[name] = None
        for part in ("items", "anyOf", "additionalProperties"):
            visit(schema.get(part))
        for one in schema.get("properties", {}).values():
            visit(one)

    visit(roots)
    return list(found)


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _classes(document: Mapping[str, Any], names: list[str]) -> str:
    """Give a model for each schema."""
    parts = []
    for name in names:
        schema = document["components"]["schemas"][name]
        if "enum" in schema:
            parts.append(_choice(name, schema))
            continue
        required = schema.get("required", ())
        lines = [f"class {name}(Answer):", _doc(schema["description"])]
        for field, one in schema["properties"].items():
            kind = _kind(one, given=False)
            default = "" if field in required else f" = {_default(one)}"
            lines += [f"    {field}: {kind}{default}", *_told(one)]
        parts.append("\n".join(lines))
    return BLANK + BLANK.join(parts) + "\n"


def _typed(document: Mapping[str, Any], names: list[str]) -> str:
    """Give a typed mapping for each schema."""
    parts = []
    for name in names:
        schema = document["components"]["schemas"][name]
        if "enum" in schema:
            parts.append(_choice(name, schema))
            continue
        parts.append(
            _mapping(name, schema["description"], schema["properties"], schema.get("required", ()))
        )
    return BLANK + BLANK.join(parts) + "\n"


def _filters(document: Mapping[str, Any]) -> str:
    parts = []
    for operation in _operations(document):
        name = FILTERS.get(operation["operationId"])
        if name is not None:
            schemas = {
                one["name"]: {"description": one.get("description", ""), **one["schema"]}
                for one in operation["parameters"]
                if one["in"] == "query"
            }
            told = f"The parameters of `{operation['operationId']}`."
            parts.append(_mapping(name, told, schemas, ()))
    return BLANK + BLANK.join(parts) + "\n"


def _mapping(name: str, told: str, fields: Mapping[str, Any], required: Any) -> str:
    lines = [f"class {name}(TypedDict, total=False):", _doc(told)]
    for field, one in fields.items():
        kind = _kind(one, given=True)
        lines += [
            f"    {field}: {f'Required[{kind}]' if field in required else kind}",
            *_told(one),
        ]
    return "\n".join(lines)


def _choice(name: str, schema: Mapping[str, Any]) -> str:
    # `type` statements would hide the values from readers of annotations.
    values = ", ".join(json.dumps(value) for value in schema["enum"])
    told = textwrap.fill(_first(schema["description"]), WIDTH)
    return f'{name} = Literal[{values}]\n"""{told}"""'


def _kind(schema: Mapping[str, Any], *, given: bool) -> str:
    """Give the annotation of a schema; what is given may be written more loosely."""
    if "$ref" in schema:
        return _name(schema)
    if values := schema.get("enum") or [schema[key] for key in ("const",) if key in schema]:
        return f"Literal[{', '.join(map(_literal, values))}]"
    if "anyOf" in schema:
        kinds = dict.fromkeys(_kind(one, given=given) for one in schema["anyOf"])
        return " | ".join(sorted(kinds, key="None".__eq__))
    if schema.get("type") == "array":
        return f"list[{_kind(schema['items'], given=given)}]"
    if schema.get("type") == "object":
        of = schema.get("additionalProperties")
        return f"dict[str, {_kind(of, given=given) if isinstance(of, dict) else 'Any'}]"
    return _plain(schema, given=given)


def _plain(schema: Mapping[str, Any], *, given: bool) -> str:
    kinds = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
    if schema.get("format") == "date-time":
        return "str | datetime" if given else "datetime"
    return {**kinds, "null": "None"}.get(str(schema.get("type")), "Any")


def _default(schema: Mapping[str, Any]) -> str:
    default = schema.get("default")
    if "$ref" in schema and isinstance(default, dict):
        return f"Field(default_factory={_name(schema)})"
    return _literal(default)


def _literal(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _told(schema: Mapping[str, Any]) -> list[str]:
    told = schema.get("description")
    if not told:
        return []
    text = textwrap.fill(f'"""{told[0].upper()}{told[1:]}."""', WIDTH - 4)
    return [textwrap.indent(text, "    ")]


def _first(told: str) -> str:
    return told.partition("\n")[0]


def _doc(told: str) -> str:
    end = "\n" if "\n" in told else ""
    return textwrap.indent(f'"""{told}{end}"""', "    ") + "\n"


def main() -> None:
    """Write the files, and name those that were not so before."""
    for path, text in files().items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            print(f"wrote {path}")


if __name__ == "__main__":
    main()
