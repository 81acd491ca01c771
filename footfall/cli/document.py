"""YAML and JSON files as JSON has them: YAML 1.2, whose `on` is a text and whose dates are, too."""

import json
import math
import re
from typing import Any

import yaml

MOST_CHARACTERS = 2 * 1024 * 1024
"""What a document may hold once all its aliases are written out; an API takes 1 MiB."""

_TAG = "tag:yaml.org,2002:"
_BOOL, _FLOAT, _INT, _MERGE, _NULL = (
    f"{_TAG}{name}" for name in ("bool", "float", "int", "merge", "null")
)
_STR, _SEQ, _MAP = (f"{_TAG}{name}" for name in ("str", "seq", "map"))
_FLOATS = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)"
_CORE = {
    _BOOL: (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    _INT: (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    _FLOAT: (rf"{_FLOATS}|\.(?:nan|NaN|NAN)", "-+.0123456789"),
    _NULL: (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    _MERGE: (r"<<", "<"),
}
"""What a plain scalar is, tried in this order, and the characters that it may begin with."""


class DocumentError(Exception):
    """A document is invalid; the message is one line, which names the place."""


class _Loader(yaml.SafeLoader):
    """Composes nodes as YAML 1.2 has them; by itself the library reads YAML 1.1."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - as the library has it.


class _Dumper(yaml.SafeDumper):
    """Quotes the texts that either YAML 1.1 or YAML 1.2 would take for something else."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # To YAML 1.1 these end a line, or begin a document; only in double quotes they are escaped.
    style = '"' if re.search("[\x85\u2028\u2029\ufeff]", text) else None
    return dumper.represent_scalar(_STR, text, style=style)


_Dumper.add_representer(str, _text)

for _tag, (_pattern, _first) in _CORE.items():
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), list(_first))


def read_document(text: str, *, is_json: bool = False) -> Any:
    """Give what a document says, in JSON's types; keys of mappings are as they are written.

    Args:
        text: JSON, or one document of YAML 1.2's core schema; merge keys (`<<`) are understood.
        is_json: it must be JSON.

    Raises:
        DocumentError: it is neither, a key is given twice in a mapping, or JSON could not say it.
    """
    try:
        found = _read_json(text)
    except json.JSONDecodeError as error:
        if is_json:
            message = f"line {error.lineno}, column {error.colno}: {error.msg}"
            raise DocumentError(message) from error
        found = _read_yaml(text)
    except _TwiceError:
        # Only YAML's marks tell where; to it a tab between tokens is an error, to JSON it is none.
        found = _read_yaml(text.replace("\t", " "))
    except (ValueError, RecursionError):
        found = _read_yaml(text)
    _check_sayable(found, ())
    return found


def write_document(value: Any, *, plain: bool = False) -> str:
    """Give YAML that says the same to readers of YAML 1.1 and of YAML 1.2.

    Args:
        value: in JSON's types.
        plain: in ASCII only; other characters are escaped.
    """
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=not plain)


class _TwiceError(Exception):
    pass


def _read_json(text: str) -> Any:
    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise _TwiceError
        return found

    return json.loads(text, object_pairs_hook=mapping)


def _read_yaml(text: str) -> Any:
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
        if root is None:
            return None
        _Sizes().of(root)
        return _value(root)
    except yaml.MarkedYAMLError as error:
        raise _problem(error.problem_mark or error.context_mark, error.problem or "") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"line {line}: the character U+{error.character:04X} is not allowed"
        raise DocumentError(message) from error
    except RecursionError as error:
        raise DocumentError("it is nested too deeply") from error


class _Sizes:
    """How many characters nodes hold when each alias is written out."""

    def __init__(self) -> None:
        # None: its children are being counted.
        self._known: dict[int, int | None] = {}

    def of(self, node: yaml.Node) -> int:
        """Give the size of a node.

        Raises:
            DocumentError: it is too large, or holds itself.
        """
        if id(node) in self._known:
            known = self._known[id(node)]
            if known is None:
                raise _problem(node.start_mark, "it holds itself, by an alias")
            return known
        self._known[id(node)] = None
        size = 1
        if isinstance(node, yaml.ScalarNode):
            size += len(node.value)
        for child in _children(node):
            size += self.of(child)
            if size > MOST_CHARACTERS:
                raise _problem(node.start_mark, "its aliases make it too large")
        self._known[id(node)] = size
        return size


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ:
        return [_value(child) for child in node.value]
    if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
        try:
            return _SCALARS[node.tag](node.value)
        except (ValueError, KeyError) as error:
            kind = node.tag.removeprefix(_TAG)
            raise _problem(node.start_mark, f"{_short(node.value)} is no {kind}") from error
    tag = node.tag.replace(_TAG, "!!")
    raise _problem(node.start_mark, f"JSON has nothing like {tag}; leave out the tag")


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _problem(key.start_mark, "a key must be a text")
        if key.value in own or (key.tag == _MERGE and merged):
            raise _problem(key.start_mark, f"the key {_short(key.value)} is given twice")
        if key.tag == _MERGE:
            merged = _merged(value)
        else:
            own[key.value] = _value(value)
    return {**merged, **own}


def _merged(node: yaml.Node) -> dict[str, Any]:
    sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
    merged: dict[str, Any] = {}
    for source in sources:
        if not isinstance(source, yaml.MappingNode):
            raise _problem(source.start_mark, "only mappings can be merged")
        merged = {**_mapping(source), **merged}
    return merged


def _bool(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _int(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text, base)


def _float(text: str) -> float:
    return float(re.sub(r"\.(?=inf|nan)", "", text.lower()))


def _null(_: str) -> None:
    return None


_SCALARS: dict[str, Any] = {
    _STR: str,
    _BOOL: _bool,
    _INT: _int,
    _FLOAT: _float,
    _NULL: _null,
    _MERGE: str,
}


def _check_sayable(value: Any, place: tuple[str, ...]) -> None:
    # What the request could not carry; places are named as the API names fields.
    match value:
        case dict():
            for key, one in value.items():
                _check_sayable(key, place)
                _check_sayable(one, (*place, key))
        case list():
            for number, one in enumerate(value):
                _check_sayable(one, (*place, str(number)))
        case float() if not math.isfinite(value):
            raise DocumentError(f"{'.'.join(place)}: {value} is no number that JSON can say")
        case str() if re.search("[\ud800-\udfff]", value):
            raise DocumentError(f"{'.'.join(place)}: half of a surrogate pair is no character")


def _problem(mark: yaml.Mark | None, problem: str) -> DocumentError:
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return DocumentError(f"{where}{' '.join(problem.split())}")


def _short(text: str) -> str:
    longest = 60
    return repr(text if len(text) <= longest else f"{text[:longest]}...")
