"""The examples of a document: requests, and the answers that are printed below them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MORE = "…"
_BLOCK = re.compile(r"^```(bash|json|)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ID = re.compile(r"\b[0-9a-f]{20}\b")
_URL = re.compile(r"https?://[^/\s\"'$]+(/[^\s\"'?]*)")
_METHOD = re.compile(r"-X (\w+)")


@dataclass(frozen=True)
class Example:
    """A request as one types it, with what is printed as its answer."""

    request: str
    answer: str

    @property
    def method(self) -> str:
        found = _METHOD.search(self.request)
        return found[1] if found else "GET"

    @property
    def path(self) -> str:
        found = _URL.search(self.request)
        assert found, self.request
        return found[1]

    def is_answered_by(self, output: str) -> bool:
        """Say whether an output is alike, instants and ids aside."""
        if self.answer.startswith("{"):
            body = json.loads(output)
            return body["status"] == "success" and alike(json.loads(self.answer), body["data"])
        heard = events(output)
        return all(any(alike(printed, event) for event in heard) for printed in events(self.answer))


def examples(text: str) -> Iterator[Example]:
    """Give the examples of a document in their order.

    Raises:
        AssertionError: a request is printed without an answer, or the other way round.
    """
    found = _BLOCK.findall(text)
    assert len(found) % 2 == 0
    for (kind, request), (other, answer) in zip(found[::2], found[1::2], strict=True):
        assert kind == "bash", request
        assert other == "json" or (other == "" and events(answer)), answer
        yield Example(request, answer)


def events(text: str) -> list[Any]:
    """Give the events of a stream as they are named, with their data."""
    found = re.findall(r"^event: (\w+)\ndata: (.*)$", text, re.MULTILINE)
    return [[name, json.loads(data)] for name, data in found]


def alike(printed: Any, actual: Any) -> bool:
    """Say whether an answer is what is printed; `MORE` stands for anything, or more of it."""
    if printed == MORE or type(printed) is not type(actual):
        return bool(printed == MORE)
    match printed:
        case dict():
            named = printed.keys() - {MORE}
            keys = actual.keys() if MORE not in printed else actual.keys() & named
            return keys == named and all(alike(printed[key], actual[key]) for key in named)
        case list() if printed == [MORE]:
            return bool(actual)
        case list():
            return len(printed) == len(actual) and all(map(alike, printed, actual))
        case str():
            return _blurred(printed) == _blurred(actual)
        case _:
            return bool(printed == actual)


def _blurred(text: str) -> str:
    return _ID.sub("<id>", _INSTANT.sub("<instant>", text))
