import ast
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from footfall.errors import AppError

_ENTRIES = ("main.jac", "app.jac", "main.py", "app.py")
_SUFFIXES = (".jac", ".py")
_FOREIGN = frozenset({"site-packages", "dist-packages", ".venv", "venv", ".jac"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where an app's code is.

    Attributes:
        folder: the app's folder, absolute: first on ``sys.path`` and the working directory.
        entries: the files that are loaded, absolute, in order; what they import comes along.
    """

    folder: Path
    entries: tuple[Path, ...]

    @property
    def has_jac(self) -> bool:
        """Whether an entry is a Jac file."""
        return any(entry.suffix == ".jac" for entry in self.entries)

    def owns(self, file: str | Path | None) -> bool:
        """Whether `file` is the app's own code, not a library's that lies in its folder."""
        if not file:
            return False
        path = Path(file)
        if not path.is_absolute() or not path.is_relative_to(self.folder):
            return False
        return _FOREIGN.isdisjoint(path.relative_to(self.folder).parts)

    def relative(self, file: str | Path) -> str:
        """Give `file` as people of this app call it."""
        path = Path(file)
        return str(path.relative_to(self.folder)) if self.owns(path) else str(path)

    def modules(self) -> list[ModuleType]:
        """Give the app's own modules that are loaded, each once, in order of loading."""
        found = {
            id(module): module
            for module in list(sys.modules.values())
            if self.owns(getattr(module, "__file__", None))
        }
        return list(found.values())


def own_values(module: ModuleType) -> list[Any]:
    """Give what `module` itself defines, each thing once, in order of definition."""
    values = {
        id(value): value
        for value in list(vars(module).values())
        if getattr(value, "__module__", None) == module.__name__
    }
    return list(values.values())


def locate(app: Path) -> Source:
    """Find what to load of `app`, which is a folder, a ``.jac`` file or a ``.py`` file.

    Of a folder, that is the ``[project] entry-point`` of its ``jac.toml``; else the first there
    is of main.jac, app.jac, main.py and app.py; else every ``.jac`` and ``.py`` file in it.

    Raises:
        AppError: there is nothing to load.
    """
    path = app.resolve()
    if path.is_file():
        if path.suffix not in _SUFFIXES:
            raise AppError(f"{path}: an app is a folder, a .jac file or a .py file")
        return Source(path.parent, (path,))
    if not path.is_dir():
        raise AppError(f"{path}: there is no such file or folder")
    entry = _configured(path) or next(
        (path / name for name in _ENTRIES if (path / name).is_file()), None
    )
    if entry is not None:
        return Source(path, (entry,))
    files = sorted(
        file
        for file in path.iterdir()
        if file.suffix in _SUFFIXES and file.is_file() and file.stem.isidentifier()
    )
    if not files:
        raise AppError(f"{path}: this folder holds no .jac and no .py file")
    return Source(path, tuple(files))


def _configured(folder: Path) -> Path | None:
    toml = folder / "jac.toml"
    if not toml.is_file():
        return None
    try:
        project = tomllib.loads(toml.read_text(encoding="utf-8")).get("project", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AppError(f"{toml}: {error}") from error
    name = project.get("entry-point") if isinstance(project, dict) else None
    if name is None:
        return None
    entry = (folder / str(name)).resolve()
    if not entry.is_file() or entry.suffix not in _SUFFIXES:
        raise AppError(f"{toml}: entry-point = {name!r} is no .jac or .py file of this app")
    return entry


@lru_cache(maxsize=256)
def _lines(file: str) -> tuple[str, ...]:
    try:
        return tuple(Path(file).read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()


def find_line(file: str | Path, name: str) -> int:
    """Give the line (from 1) on which `file` defines `name`; 1 if that cannot be told."""
    pattern = re.compile(rf"^\s*(async\s+)?(walker|def|class)\b[^({{]*?\b{re.escape(name)}\b")
    for number, line in enumerate(_lines(str(file)), start=1):
        if pattern.match(line):
            return number
    return 1


def enclosing(file: str | Path, line: int) -> str | None:
    """Give the name of the top-level definition of `file` that `line` belongs to, if any.

    A decorator belongs to what it decorates.
    """
    if Path(file).suffix == ".py":
        return _enclosing_python(str(file), line)
    lines = _lines(str(file))
    pattern = re.compile(r"^(?:async\s+)?(?:walker|def|class)\b\s*(?::\w+\s+)?(\w+)")
    for start in range(len(lines), 0, -1):
        found = pattern.match(lines[start - 1])
        if found and _decorated_from(lines, start) <= line:
            end = next((n for n in range(start, len(lines)) if lines[n].startswith("}")), line)
            return found[1] if line <= end + 1 else None
    return None


def _decorated_from(lines: Sequence[str], start: int) -> int:
    """Give the line of the first decorator of what starts on the line `start`."""
    first = number = start
    while number > 1 and lines[number - 2].strip() and lines[number - 2][0] not in "}#":
        number -= 1
        if lines[number - 1].startswith("@"):
            first = number
    return first


def _enclosing_python(file: str, line: int) -> str | None:
    try:
        tree = ast.parse("\n".join(_lines(file)))
    except SyntaxError:
        return None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            if first <= line <= (node.end_lineno or node.lineno):
                return node.name
    return None
