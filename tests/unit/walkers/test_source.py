from pathlib import Path

import pytest

from footfall.errors import AppError
from footfall.walkers.failure import cut, run_error
from footfall.walkers.source import Source, enclosing, find_line, locate

JAC = """import from x { y }
@restspec(
    schedule=z
)
walker first {
    can go with Root entry {
        print(1);
    }
}
glob after = 1;

async walker :pub second { has a: int; }
def third(x: int) -> int {
    return x;
}
"""


def test_python_library_in_the_folder_is_not_the_apps(tmp_path: Path) -> None:
    source = Source(tmp_path, (tmp_path / "app.py",))
    assert source.owns(tmp_path / "a" / "b.py")
    assert not source.owns(tmp_path / ".venv" / "lib" / "b.py")
    assert not source.owns(tmp_path.parent / "b.py")
    assert not source.owns("b.py")
    assert not source.owns(None)
    assert source.relative(tmp_path / "a" / "b.py") == "a/b.py"
    assert source.relative("/elsewhere/b.py") == "/elsewhere/b.py"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (1, None),
        (2, "first"),
        (3, "first"),
        (7, "first"),
        (9, "first"),
        (10, None),
        (12, "second"),
        (14, "third"),
    ],
)
def test_enclosing_definition(tmp_path: Path, line: int, name: str | None) -> None:
    file = tmp_path / "app.jac"
    file.write_text(JAC)
    assert enclosing(file, line) == name


def test_enclosing_definition_in_python(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("import x\n@y(\n  1)\nclass A:\n    b = 1\n\nasync def c(): ...\n")
    assert [enclosing(file, line) for line in range(1, 8)] == [
        None, "A", "A", "A", "A", None, "c",
    ]  # fmt: skip
    file = tmp_path / "bad.py"
    file.write_text("def (:\n")
    assert enclosing(file, 1) is None
    assert enclosing(tmp_path / "missing.jac", 1) is None


def test_line_of_a_definition(tmp_path: Path) -> None:
    file = tmp_path / "app.jac"
    file.write_text(JAC)
    assert [find_line(file, name) for name in ("first", "second", "third", "nobody")] == [
        5, 12, 13, 1,
    ]  # fmt: skip


def test_entry_has_to_be_a_source_file(tmp_path: Path) -> None:
    file = tmp_path / "app.txt"
    file.write_text("")
    with pytest.raises(AppError, match="an app is a folder"):
        locate(file)


def test_cut() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert cut("\ud800", 10) == "\\ud800"


class RudeError(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


def test_error_that_cannot_print_itself(tmp_path: Path) -> None:
    told = run_error(RudeError(), Source(tmp_path, ()))
    assert told.type == "RudeError"
    assert told.message == "(the error's message cannot be shown)"
    assert told.traceback


def test_chain_of_errors_shows_causes(tmp_path: Path) -> None:
    error = ValueError("x" * 50_000)
    error.__cause__ = KeyError("inner")
    told = run_error(error, Source(tmp_path, ()))
    assert len(told.message) == 4096
    assert told.traceback is not None
    assert len(told.traceback) == 16384
