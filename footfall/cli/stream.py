"""What a stream can carry; not every terminal and pipe takes every character."""

import codecs
import io
import json
import sys
from typing import Any, TextIO


def escape_unsayable(*streams: TextIO | None) -> None:
    """Have streams escape what their encoding has no bytes for, in place of failing."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def says_all(stream: TextIO) -> bool:
    """Say whether a stream has bytes for every character."""
    return codecs.lookup(stream.encoding or "utf-8").name.startswith("utf-")


def json_text(value: Any, *, stream: TextIO | None = None, indent: int | None = None) -> str:
    """Give JSON that a stream can carry, stdout if none is named; what it cannot is escaped."""
    is_plain = not says_all(stream or sys.stdout)
    return json.dumps(value, indent=indent, ensure_ascii=is_plain)
