"""Input that somebody may send and nobody should."""

from hypothesis import strategies as st

DEEP = 100_000

REFUSED = [
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999999",
    '"\\ud800"',
    '"x\\udfff"',
    '{"a": 1, "a": 2}',
    "[" * DEEP,
    "[" * DEEP + "]" * DEEP,
    '{"a":' * 3000 + "1" + "}" * 3000,
    "'text'",
    "undefined",
    "01",
    "+1",
    "1_000",
    '"\x00"',
    '"\t"',
    '"\\x41"',
    "[1,]",
    "/* */ 1",
    '"' + "x" * 1_200_000 + '"',
]
"""Text in the place of a JSON value that has to be refused."""

UNUSUAL = [
    '"\\u0000"',
    '{"\\u0000": 1, "$where": "1", "a.b": {"__proto__": null}, "": 0}',
    "9" * 400,
    "-" + "9" * 400,
    "1e308",
    "5e-324",
    "-0.0",
    "[" * 150 + "]" * 150,
    '"\ufeff\u202e\u0301\U0001f6b6"',
    '"' + "\\u0001" * 2000 + '"',
    '"%s{}{{0.__class__}}${jndi:ldap://x}<script>\'; DROP TABLE x; --"',
    "[" + "0," * 20_000 + "0]",
    "null",
    "true",
]
"""JSON that is right, though hardly anybody means it."""

CHARACTERS = st.characters(exclude_categories=["Cs"])
IDS = st.one_of(
    st.text(CHARACTERS, min_size=1, max_size=60),
    st.sampled_from([
        "\x00",
        "..",
        ".",
        "%",
        "'",
        "' OR FootfallApp != '",
        "a" * 2000,
        "\u202e\u0301",
        "-1",
        "list\n",
        "workflow:temporal-sys",
        "temporal-sys-scheduler:x",
    ]),
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from([
        "If-Match",
        "Idempotency-Key",
        "Last-Event-ID",
        "Content-Type",
        "Accept",
        "Cookie",
        "X-Forwarded-For",
        "Host",
        "Range",
        "X-Strange",
    ]),
    st.one_of(
        st.binary(max_size=60).map(
            lambda one: bytes(c for c in one if c >= 32 and c != 127).strip(),
        ),
        st.sampled_from([
            b"",
            b"*",
            b'W/"1"',
            b'"' + b"x" * 4000 + b'"',
            b"text/plain",
            b"application/xml",
            b"application/json; charset=utf-16",
            b"multipart/form-data; boundary=x",
            b"application/x-www-form-urlencoded",
            b"\xff\xfe",
        ]),
    ),
    max_size=3,
)  # fmt: skip
QUERIES = st.dictionaries(
    st.sampled_from(["cursor", "limit", "sort", "q", "since", "at", "owner", "status", "dry_run"]),
    st.one_of(
        st.text(CHARACTERS, max_size=60),
        st.sampled_from(["-1", "9" * 400, "NaN", "true", "1e3", "\x00", "AAAA", "cjA", "../x"]),
        st.binary(max_size=80).map(lambda one: one.decode("latin-1")),
    ),
    max_size=3,
)
