import re
import time
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from footfall.webhooks.signature import owner_key, signature

DOCS = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text()
SECRET = "s" * 32


def documented() -> Any:
    (example,) = re.findall(r"<!-- test: verify -->\n```python\n(.*?)```", DOCS, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102
    return names["is_genuine"]


@given(body=st.binary(), other=st.binary(), secret=st.text(), owner=st.text())
def test_the_documented_example_verifies_what_is_sent_and_nothing_else(
    body: bytes, other: bytes, secret: str, owner: str
) -> None:
    is_genuine = documented()
    key = owner_key(secret, app="app", owner=owner)
    now = int(time.time())
    headers = {"Footfall-Timestamp": str(now), "Footfall-Signature": signature(key, now, body)}
    assert is_genuine(headers, body, key)
    assert is_genuine(headers, other, key) == (body == other)
    assert not is_genuine(headers, body, owner_key(secret, app="app", owner=f"{owner}x"))
    assert not is_genuine(headers, body, owner_key(secret, app="other", owner=owner))
    assert not is_genuine({**headers, "Footfall-Timestamp": str(now - 1)}, body, key)
    old = now - 600
    replayed = {"Footfall-Timestamp": str(old), "Footfall-Signature": signature(key, old, body)}
    assert not is_genuine(replayed, body, key)


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_no_two_owners_have_the_same_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    keys = [owner_key(SECRET, app="app", owner=owner) for owner in (one[0], other[0])]
    assert (keys[0] == keys[1]) == (one[0] == other[0])
