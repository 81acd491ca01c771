import re
from typing import Annotated

from fastapi import Header, Query

from footfall.errors import FieldProblem, InvalidInputError

_LONGEST_KEY = 255
_ETAG = '"[!#-~]*"'
_TAG = re.compile(r'\s*"([\x21\x23-\x7e]*)"\s*(,|\Z)', re.ASCII)

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        json_schema_extra={"minLength": 1, "pattern": f"^({_ETAG}( *, *{_ETAG})*|\\*)$"},
        description="`ETag` of the state that is to be changed; 412 when it has changed since",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        json_schema_extra={
            "minLength": 1,
            "maxLength": _LONGEST_KEY,
            "pattern": "^[!-~]([ -~]*[!-~])?$",
        },
        description="a text of yours; the same request with the same key is carried out once",
    ),
]
DryRun = Annotated[
    bool,
    Query(description="check everything and show what would be; nothing is changed"),
]
Reason = Annotated[
    str | None,
    Query(max_length=500, description="why; stands in the schedule's changes"),
]


def etags_of(if_match: str | None) -> tuple[str, ...]:
    """Give the entity tags of an If-Match header; empty where any state is meant.

    Raises:
        InvalidInputError: the header is none (RFC 9110, section 13.1.1). Weak tags are none
            either, since they never match.
    """
    if if_match is None or if_match.strip() == "*":
        return ()
    tags: list[str] = []
    end, is_last = 0, False
    while not is_last:
        # Commas may stand in a tag, too.
        match = _TAG.match(if_match, end)
        if match is None:
            message = 'must be an ETag in its quotes, such as "3", several with commas, or *'
            raise InvalidInputError(FieldProblem("If-Match", message))
        tags.append(match[1])
        end, is_last = match.end(), not match[2]
    return tuple(tags)


def checked_key(key: str | None) -> str | None:
    """Give an idempotency key.

    Raises:
        InvalidInputError: it is empty, too long, or not printable ASCII.
    """
    if key is None:
        return None
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        message = f"must be 1 to {_LONGEST_KEY} printable ASCII characters"
        raise InvalidInputError(FieldProblem("Idempotency-Key", message))
    return key
