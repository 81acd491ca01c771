"""Payloads of earlier releases are read, and those of later ones are never half understood."""

import copy
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from replay.samples import ACTED_UPON, SAMPLES, SHOWN, as_json
from support.histories import assert_holds

from footfall.errors import UnreadableError
from footfall.schedules.recording import Recording, unpack
from footfall.schedules.stored import Stored

PATHS = sorted((Path(__file__).parent / "payloads").glob("*.json"))
WORDS = {"kind", "status", "overlap", "after_completion", "execution", "on"}
"""The fields that hold one of a few words, or several of them."""
NOTHING = (None, False, 0, "", [], {})


def kind_of(path: Path) -> Any:
    return type(SAMPLES[path.stem.rpartition("-")[0]])


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give where in a definition the objects of our own are; what is in them is the user's."""
    if isinstance(value, dict):
        yield at
        for name, part in value.items():
            if name not in ("args", "config", "patch", "reports"):
                yield from places(part, (*at, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*at, number))


def with_more(value: Any, place: tuple[str | int, ...], more: Any, name: str = "from_later") -> Any:
    """Give a payload with a field that is not known yet, or one that holds something else."""
    copied = copy.deepcopy(value)
    there = copied
    for part in place:
        there = there[part]
    there[name] = more
    return copied


def test_every_kind_of_payload_is_kept() -> None:
    assert {path.stem.rpartition("-")[0] for path in PATHS} == SAMPLES.keys()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_payload_of_an_earlier_release_is_read_in_full(path: Path) -> None:
    given = json.loads(path.read_text())
    read = kind_of(path).model_validate_json(path.read_text())
    assert_holds(read.model_dump(mode="json"), given)
    assert kind_of(path).model_validate(given) == read


@pytest.mark.parametrize("name", ACTED_UPON)
def test_a_later_field_that_holds_something_is_refused_wherever_it_is(name: str) -> None:
    sample = SAMPLES[name]
    value = as_json(sample)
    for place in places(value):
        for more in ("text", 1, True, [0], {"a": None}):
            later = with_more(value, place, more)
            with pytest.raises(UnreadableError, match=r"newer release.*upgrade") as refused:
                type(sample).model_validate_json(json.dumps(later))
            assert "from_later" in refused.value.details["field"]


@pytest.mark.parametrize("name", ACTED_UPON)
def test_a_later_field_that_holds_nothing_is_passed_over(name: str) -> None:
    sample = SAMPLES[name]
    value = as_json(sample)
    for place in places(value):
        for more in NOTHING:
            later = with_more(value, place, more)
            assert type(sample).model_validate_json(json.dumps(later)) == sample


def choices(value: Any) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    """Give where in a payload one of a few words stands, and what a later one would look like."""
    for place in places(value):
        there: Any = value
        for part in place:
            there = there[part]
        for name in there.keys() & WORDS:
            is_several = isinstance(there[name], list)
            yield place, name, [*there[name], "later"] if is_several else "later"


@pytest.mark.parametrize("name", ACTED_UPON)
def test_a_later_value_of_a_field_with_a_few_is_refused_wherever_it_is(name: str) -> None:
    sample = SAMPLES[name]
    value = as_json(sample)
    for place, field, later in choices(value):
        changed = with_more(value, place, later, field)
        with pytest.raises(UnreadableError, match=r"newer release.*upgrade") as refused:
            type(sample).model_validate_json(json.dumps(changed))
        assert refused.value.details["field"].endswith(field)


def models(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield kind
    for field in kind.model_fields.values():
        for one in types(field.annotation):
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield from models(one)


def types(annotation: Any) -> Iterator[Any]:
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from types(part)


def test_the_fields_with_a_few_values_are_the_ones_that_are_tried() -> None:
    found = {
        name
        for sample in ACTED_UPON.values()
        for model in models(type(sample))
        for name, field in model.model_fields.items()
        for one in types(field.annotation)
        if get_origin(one) is Literal or (isinstance(one, type) and issubclass(one, Enum))
    }
    assert found == WORDS
    tried = {name for sample in ACTED_UPON.values() for _, name, _ in choices(as_json(sample))}
    assert tried == WORDS


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_only_shown_is_shown_without_what_came_later(name: str) -> None:
    sample = SAMPLES[name]
    for place in places(as_json(sample)):
        later = with_more(as_json(sample), place, {"a": 1})
        assert type(sample).model_validate_json(json.dumps(later)) == sample


def test_every_field_that_came_later_begins_with_nothing() -> None:
    first = {path.stem.removesuffix("-1"): path for path in PATHS if path.stem.endswith("-1")}
    for name, path in first.items():
        fields = kind_of(path).model_fields
        for added in fields.keys() - json.loads(path.read_text()).keys():
            assert not fields[added].get_default(call_default_factory=True), f"{name}.{added}"


def test_a_patch_of_a_record_is_refused_as_a_definition_is() -> None:
    value = as_json(SAMPLES["recording"])
    value["events"][0]["patch"]["from_later"] = "x"
    with pytest.raises(UnreadableError, match="newer release"):
        unpack(Recording.model_validate(value).events)


def test_all_that_is_acted_upon_is_stored() -> None:
    assert all(isinstance(sample, Stored) for sample in ACTED_UPON.values())
