import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr
from pydantic_core import PydanticCustomError, Url
from pydantic_core import ValidationError as UrlError

from footfall.schedules.stored import Stored

MOST_HOOKS = 5
"""Hooks of one schedule, and of one owner."""

LONGEST_URL = 2048

SHORTEST_LATE, LONGEST_LATE = 10, 86_400
"""Seconds that `late_after` may be."""


class NoticeKind(StrEnum):
    """What a notice tells of a schedule.

    Late is a run whose walker did not begin in time, missed is one that was not started at all.
    """

    FAILED = "failed"
    RECOVERED = "recovered"
    PAUSED = "paused"
    COMPLETED = "completed"
    LATE = "late"
    MISSED = "missed"


ALL_KINDS = tuple(NoticeKind)


def _hook_url(text: str) -> str:
    # What a browser would quietly mend, such as a tab or a backslash, is refused.
    if re.search(r"[^\x21-\x7e]|[\\\"<>^`{|}]", text):
        raise PydanticCustomError("hook_url", "must be a URL of printable ASCII characters")
    try:
        url = Url(text)
    except UrlError:
        raise PydanticCustomError("hook_url", "must be a URL") from None
    if not re.match(r"https?://[^/?#]", text, re.IGNORECASE):
        raise PydanticCustomError("hook_url", "must be an http:// or https:// URL")
    if "@" in text.split("://", 1)[1].split("/", 1)[0].split("?", 1)[0]:
        raise PydanticCustomError("hook_url", "must not contain a user name or a password")
    if "#" in text:
        raise PydanticCustomError("hook_url", "must not have a fragment (#)")
    if url.port == 0:
        raise PydanticCustomError("hook_url", "must not have port 0")
    return text


HookUrl = Annotated[
    StrictStr,
    Field(
        min_length=1,
        max_length=LONGEST_URL,
        json_schema_extra={"pattern": "^[hH][tT][tT][pP][sS]?://[A-Za-z0-9]"},
    ),
    AfterValidator(_hook_url),
]


class Hook(BaseModel):
    """Where to tell of what; by default of everything.

    Attributes:
        url: an http or https URL that takes the notices by POST.
        on: the kinds of notices that are sent there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: HookUrl
    on: tuple[NoticeKind, ...] = Field(ALL_KINDS, min_length=1)


class OwnerHooks(Stored):
    """The hooks of one owner, for all of the owner's schedules; the argument of HoldHooks."""

    owner: str
    hooks: tuple[Hook, ...]


Hooks = Annotated[tuple[Hook, ...], Field(max_length=MOST_HOOKS)]
