import io
import json

import pytest
import yaml

from footfall.cli.document import write_document
from footfall.cli.stream import escape_unsayable, json_text, says_all

TEXT = "Grüße an 東京 … 🚶"


def stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")


def written(to: io.TextIOWrapper) -> bytes:
    to.flush()
    found = to.buffer
    assert isinstance(found, io.BytesIO)
    return found.getvalue()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", TEXT),
        ("ascii", r"Gr\xfc\xdfe an \u6771\u4eac \u2026 \U0001f6b6"),
        ("latin-1", r"Grüße an \u6771\u4eac \u2026 \U0001f6b6"),
    ],
)
def test_text_is_escaped_where_it_has_no_bytes(encoding: str, shown: str) -> None:
    to = stream(encoding)
    escape_unsayable(to, None)
    to.write(TEXT)
    assert written(to) == shown.encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "utf-16"])
def test_documents_say_the_same_on_every_stream(encoding: str) -> None:
    to = stream(encoding)
    to.write(json_text({"a": TEXT}, stream=to))
    assert json.loads(written(to).decode(encoding)) == {"a": TEXT}
    to = stream(encoding)
    to.write(write_document({"a": TEXT}, plain=not says_all(to)))
    assert yaml.safe_load(written(to).decode(encoding)) == {"a": TEXT}


def test_half_of_a_pair_is_escaped_as_json_does_it() -> None:
    to = stream("utf-8")
    escape_unsayable(to)
    to.write(json_text("\ud83d", stream=to))
    assert json.loads(written(to)) == "\ud83d"
