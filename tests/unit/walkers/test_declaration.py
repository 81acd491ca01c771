import dataclasses
from datetime import UTC, datetime
from types import ModuleType

import pytest

import footfall
from footfall import current_run, restspec, walker
from footfall.walkers.call import RunContext
from footfall.walkers.current import running
from footfall.walkers.declaration import declared
from footfall.walkers.fields import fields_of
from footfall.walkers.python import python_walkers


def test_class_becomes_a_dataclass() -> None:
    @walker
    class Job:
        name: str
        many: int = 2

        def run(self) -> None: ...

    assert dataclasses.is_dataclass(Job)
    assert [(field.name, field.required) for field in fields_of(Job).infos] == [
        ("name", True),
        ("many", False),
    ]


def test_class_with_a_constructor_stays_as_it_is() -> None:
    @walker
    class Job:
        hidden: int = 1

        def __init__(self, shown: str, *rest: object, **more: object) -> None: ...

        def run(self) -> None: ...

    assert not dataclasses.is_dataclass(Job)
    assert [field.name for field in fields_of(Job).infos] == ["shown"]


def test_decorators_add_up_in_any_order() -> None:
    schedule = {"trigger": "interval", "seconds": 1}

    @walker
    @restspec(methods=["GET"], path="/x", schedule=schedule)
    def first() -> None: ...

    @restspec(methods=["GET"], path="/x", schedule=schedule)
    @walker
    def second() -> None: ...

    assert declared(first) == declared(second)
    said = declared(first)
    assert said is not None
    assert (said.methods, said.path, said.schedule) == (("GET",), "/x", schedule)


def test_base_class_declares_nothing_for_its_children() -> None:
    @walker
    class Base:
        def run(self) -> None: ...

    class Child(Base): ...

    assert declared(Base) is not None
    assert declared(Child) is None


@pytest.mark.parametrize("target", [5, "name", object()])
def test_only_classes_and_functions(target: object) -> None:
    with pytest.raises(TypeError, match="a walker is a class or a function"):
        walker(target)


def test_class_needs_run() -> None:
    with pytest.raises(TypeError, match="walker Job needs a method run"):

        @walker
        class Job: ...


def test_scan_takes_only_what_the_module_itself_defines() -> None:
    module = ModuleType("some_app")

    @walker
    def own() -> None: ...

    @walker
    def foreign() -> None: ...

    own.__module__ = "some_app"
    vars(module).update(own=own, foreign=foreign, plain=len, number=5)
    assert [target for target, _ in python_walkers(module)] == [own]


def test_current_run_outside_of_a_run() -> None:
    with pytest.raises(RuntimeError, match="only inside a walker"):
        current_run()


def test_current_run_inside() -> None:
    run = RunContext(schedule_id="s", run_id="r", scheduled_at=datetime.now(UTC))
    with running(run):
        assert current_run() is run
    with pytest.raises(RuntimeError):
        current_run()


def test_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        footfall.nothing  # noqa: B018 - the access is the test
