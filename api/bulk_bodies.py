from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from api.bodies import MOST_TAGS, Tag
from api.listing import ScheduleFilters
from footfall.errors import FieldProblem, InvalidInputError
from footfall.projection.schedule_query import EVERYTHING

MOST_AT_ONCE = 1000
"""Schedules that one request changes."""


def _absent() -> Any:
    """Default of a field that was not given; `model_fields_set` tells that it was not."""
    return None


class TagChange(BaseModel):
    """Tags that every schedule gets, and tags that none keeps."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minItems": 1}}}
                for name in ("add", "remove")
            ],
        },
    )

    add: list[Tag] = Field(default_factory=list, max_length=MOST_TAGS)
    remove: list[StrictStr] = Field(default_factory=list, max_length=100)


class BulkRequest(BaseModel):
    """What `POST /schedule/bulk` takes: an action, and either ids or filters."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "oneOf": [{"required": ["ids"]}, {"required": ["filter"]}],
            "if": {"properties": {"action": {"const": "tag"}}},
            "then": {"required": ["tags"]},
            "else": {"properties": {"tags": False}},
        },
    )

    action: Literal["pause", "resume", "delete", "trigger", "tag"]
    ids: list[Annotated[StrictStr, Field(min_length=1, max_length=1000)]] = Field(
        default_factory=_absent,
        min_length=1,
        max_length=MOST_AT_ONCE,
    )
    filter: ScheduleFilters = Field(
        default_factory=_absent,
        description="the filters of `GET /schedule/list`, one at least",
        json_schema_extra={"minProperties": 1},
    )
    tags: TagChange = Field(default_factory=_absent, description="for `tag`")
    reason: StrictStr = Field(
        default_factory=_absent,
        max_length=500,
        description="why; stands in the changes of each schedule",
    )

    def check(self) -> None:
        """Check what hangs together.

        Raises:
            InvalidInputError: names the fields that are wrong together.
        """
        problems = [*self._target_problems(), *self._tag_problems()]
        if problems:
            raise InvalidInputError(problems)

    def _target_problems(self) -> list[FieldProblem]:
        given = self.model_fields_set & {"ids", "filter"}
        if len(given) != 1:
            return [FieldProblem("ids", "Give either `ids` or `filter`.")]
        if "filter" in given and self.filter.query() == EVERYTHING:
            message = "Name at least one filter; all schedules at once are hardly ever meant."
            return [FieldProblem("filter", message)]
        return []

    def _tag_problems(self) -> list[FieldProblem]:
        tags = self.tags if "tags" in self.model_fields_set else None
        if self.action != "tag":
            return [FieldProblem("tags", "It is for `tag` alone.")] if tags else []
        if tags is None or not (tags.add or tags.remove):
            return [FieldProblem("tags", "Name tags to add or to remove.")]
        both = sorted(set(tags.add) & set(tags.remove))
        return [FieldProblem("tags", f"{tag!r} is both added and removed.") for tag in both]
