import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UnreadableError
from footfall.keyring import Keyring

BOUND = ("default", "footfall")


def a_key(key_id: str) -> str:
    """Give a key that is another one for each id."""
    return f"{key_id}:{base64.b64encode(hashlib.sha256(key_id.encode()).digest()).decode()}"


@given(st.binary())
def test_what_is_sealed_opens_again_and_is_never_sealed_alike(data: bytes) -> None:
    keys = Keyring.parse(a_key("k1"))
    sealed = keys.seal(data, BOUND)
    assert keys.open("k1", sealed, BOUND) == data
    assert sealed != keys.seal(data, BOUND)
    assert len(sealed) == len(data) + 12 + 16


def test_the_first_key_seals_and_all_of_them_open() -> None:
    old, new = a_key("old"), a_key("new")
    before = Keyring.parse(old).seal(b"data", BOUND)
    rotated = Keyring.parse(f"{new},{old}")
    assert rotated.first == "new"
    assert rotated.open("old", before, BOUND) == b"data"
    assert Keyring.parse(new).open("new", rotated.seal(b"data", BOUND), BOUND) == b"data"


@pytest.mark.parametrize("text", ["{0},{1}", "{0}, {1}", "{0}\n{1}\n", " {0}\r\n{1}\r\n"])
def test_keys_may_stand_on_lines_or_between_commas(text: str) -> None:
    found = Keyring.parse(text.format(a_key("a"), a_key("b")))
    assert found.first == "a"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "key 1 is not written as id:base64"),
        ("secret", "key 1 is not written as id:base64"),
        (f"{a_key('a')},,", ""),
        (f"{a_key('a')} b", "key 2 is not written as id:base64"),
        (f"b c:{'A' * 44}", "key 1 is not written as id:base64"),
        (f"{a_key('a')},{a_key('a')}", "the key id a is there twice"),
        ("a:***", "the key a is not valid base64"),
        (f"a:{base64.b64encode(b'x' * 16).decode()}", "the key a has 16 bytes, not 32"),
    ],
)
def test_wrong_keys_are_refused_and_never_shown(text: str, why: str) -> None:
    if not why:
        Keyring.parse(text)
        return
    with pytest.raises(ValueError, match=why) as refused:
        Keyring.parse(text)
    assert "secret" not in str(refused.value)
    assert "***" not in str(refused.value)


def test_an_unknown_key_is_named_with_the_remedy() -> None:
    sealed = Keyring.parse(a_key("k1")).seal(b"data", BOUND)
    for keys in (Keyring(), Keyring.parse(a_key("k2"))):
        with pytest.raises(UnreadableError, match=r"'k1'.*FOOTFALL_TEMPORAL_ENCRYPTION_KEYS"):
            keys.open("k1", sealed, BOUND)


def test_what_was_altered_or_moved_does_not_open() -> None:
    keys = Keyring.parse(f"{a_key('k1')},{a_key('k2')}")
    sealed = keys.seal(b"data", BOUND)
    altered = bytes([*sealed[:-1], sealed[-1] ^ 1])
    for key_id, data, bound in (
        ("k1", altered, BOUND),
        ("k1", sealed[:20], BOUND),
        ("k1", b"", BOUND),
        ("k2", sealed, BOUND),
        ("k1", sealed, ("default", "other")),
        ("k1", sealed, ("defaultfootfall", "")),
    ):
        with pytest.raises(UnreadableError, match="not what was encrypted"):
            keys.open(key_id, data, bound)
    with pytest.raises(ValueError, match="no key"):
        Keyring().seal(b"data", BOUND)
