import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from footfall.cli.document import DocumentError, read_document, write_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: [failed]", {"on": ["failed"]}),
        ("{yes: no, off: y, true: True}", {"yes": "no", "off": "y", "true": True}),
        ("[true, True, TRUE, false, 'true']", [True, True, True, False, "true"]),
        ("[010, 0o10, 0x1F, -7, +7, 1_000]", [10, 8, 31, -7, 7, "1_000"]),
        ("[10:30, 1:20:30, 12:30:45.5]", ["10:30", "1:20:30", "12:30:45.5"]),
        ("[1e1, 1.5e3, .5, 1., -2E-2, 1e+1]", [10.0, 1500.0, 0.5, 1.0, -0.02, 10.0]),
        (
            "[2027-01-01, 2027-01-01T09:00:00, 2027-01-01 09:00:00Z]",
            ["2027-01-01", "2027-01-01T09:00:00", "2027-01-01 09:00:00Z"],
        ),
        ("[~, null, NULL, , '']", None),
        ("a: =\nb: <<", {"a": "=", "b": "<<"}),
        ("1: a\n2027-01-01: b\n~: c", {"1": "a", "2027-01-01": "b", "~": "c"}),
        ("[!!str 1, !!float 1, !!int 1]", ["1", 1.0, 1]),
        (
            "base: &b {a: 1, b: 1}\nx: {<<: *b, b: 2}",
            {"base": {"a": 1, "b": 1}, "x": {"a": 1, "b": 2}},
        ),
        ("x: {<<: [{a: 1}, {a: 2, b: 2}]}", {"x": {"a": 1, "b": 2}}),
        ("a: &a [1]\nb: *a", {"a": [1], "b": [1]}),
        ("", None),
        ('{\n\t"a":\t[1e1, "\\ud83d\\ude00", "a\\/b"]\n}', {"a": [10.0, "\U0001f600", "a/b"]}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_what_documents_say(text: str, value: Any) -> None:
    if value is None and text:
        text, value = "[~, null, NULL, '']", [None, None, None, ""]
    found = read_document(text)
    assert found == value
    assert repr(found) == repr(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", "line 4, column 3: the key 'c' is given twice"),
        ("1: a\n'1': b", "line 2, column 1: the key '1' is given twice"),
        ('{\n\t"a": {"b": 1,\n\t"b": 2}}', "line 3, column 2: the key 'b' is given twice"),
        ("x: {<<: {a: 1}, <<: {b: 1}}", "line 1, column 17: the key '<<' is given twice"),
        ("x: {<<: 1}", "line 1, column 9: only mappings can be merged"),
        ("a: [.nan]", "a.0: nan is no number that JSON can say"),
        ("a: -.INF", "a: -inf is no number that JSON can say"),
        ("a: 1e999", "a: inf is no number that JSON can say"),
        ('{"a": NaN}', "a: nan is no number that JSON can say"),
        ("a: !!binary aGk=", "line 1, column 4: JSON has nothing like !!binary; leave out the tag"),
        ("a: !!set {b}", "line 1, column 4: JSON has nothing like !!set; leave out the tag"),
        ("a: !mine 1", "line 1, column 4: JSON has nothing like !mine; leave out the tag"),
        ("a: !!python/name:os.system x", "line 1, column 4: JSON has nothing like !!python/name"),
        ("a: !!timestamp 2027-01-01", "line 1, column 4: JSON has nothing like !!timestamp"),
        ("a: !!int b", "line 1, column 4: 'b' is no int"),
        ("a: !!bool yes", "line 1, column 4: 'yes' is no bool"),
        (f"a: {'9' * 5000}", "line 1, column 4: '9"),
        ("a: &a [*a]", "line 1, column 4: it holds itself, by an alias"),
        ("a: &a {b: *a}", "line 1, column 4: it holds itself, by an alias"),
        ("a: &a\n  <<: *a", "line 1, column 4: it holds itself, by an alias"),
        ("a: *b", "line 1, column 4: found undefined alias 'b'"),
        ("? [a]\n: 1", "line 1, column 3: a key must be a text"),
        ("schedules: [", "line 1, column 13: "),
        ("a: 1\n--- \nb: 1", "line 2, column 1: "),
        ("a: 1\nb: \x00", "line 2: the character U+0000 is not allowed"),
        ("a: {\n\tb: 1}", "line 2, column 1: "),
        ("[" * 5000, "it is nested too deeply"),
        ('a: "\\ud83d"', "a: half of a surrogate pair is no character"),
        ('{"a": ["\\ude00"]}', "a.0: half of a surrogate pair is no character"),
    ],
)
def test_what_is_refused_names_the_place_in_one_line(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(text)
    assert str(refused.value).startswith(message)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("first", "following"),
    [
        ("[x, x, x]", "[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]"),
        ("{x: x}", "{{a: {0}, b: {0}, c: {0}, d: {0}, e: {0}, f: {0}, g: {0}, h: {0}, i: {0}}}"),
        ("{x: x}", "{{<<: [{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]}}"),
        (f"[{'x' * 5000}]", "[{0}, {0}, {0}, {0}, {0}, {0}]"),
    ],
)
def test_aliases_that_would_fill_the_memory_are_refused_at_once(first: str, following: str) -> None:
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} {following.format(f'*a{n - 1}')}" for n in range(1, 20)]
    before = time.process_time()
    with pytest.raises(DocumentError, match=r"^line [5-8], column \d+: its aliases make it too la"):
        read_document("\n".join(lines))
    assert time.process_time() - before < 5


def test_json_that_must_be_json_is_told_of_as_such() -> None:
    with pytest.raises(DocumentError, match=r"^line 2, column 2: "):
        read_document('{"a": 1,\n\tb: 2}', is_json=True)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["on", "1e1", "0o17", "010", "1_000", "10:30", "2027-01-01", "true", "True", "~", "", "<<", "="]
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_what_is_written_is_read_again_by_old_readers_too(value: Any) -> None:
    written = write_document(value)
    assert read_document(written) == value
    assert yaml.safe_load(written) == value
