"""Which mutants there are of a module: one small change each, of its syntax tree."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from operators import changes_of

_SENTENCE = re.compile(r"[A-Za-z'] ")

_SCOPES = ast.FunctionDef | ast.ClassDef
_WIDTH = 110

_WORDS = {
    # Functions
    "_allowed", "_every", "_hint", "_late_year", "_offset_hint", "_seconds", "_show",
    "_wrong_count", "region_name", "region_problem", "too_long",
    # Their tables, and examples in messages
    "_EXAMPLE", "_MEANT", "_PARTS",
}  # fmt: skip
"""What makes words only, which a test of when something fires does not read."""

_SAID = {"did_you_mean", "listed", "quote"}
"""Calls that make a part of a message."""


@dataclass(frozen=True)
class Mutant:
    """One change of one module.

    Attributes:
        path: the file.
        name: module, function and change, and a number where there are several alike.
        where: module and line.
        lines: those by which the tests are known that may notice it.
        tree: the whole module with the change.
    """

    path: Path
    name: str
    where: str
    lines: range
    tree: ast.Module


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Give the mutants of a file, in the order of their places."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    for trail in _trails(tree, ()):
        node = trail[-1][2]
        for changed in changes_of(node):
            scope = [one.name for *_, one in trail if isinstance(one, _SCOPES)]
            name = f"{'.'.join([path.stem, *scope])}: {_shown(node)}  ->  {_shown(changed)}"
            seen[name] += 1
            if seen[name] > 1:
                name += f"  ({seen[name]})"
            where = f"{path.stem}:{node.lineno}"
            yield Mutant(path, name, where, _lines(trail), _replaced(tree, trail, changed))


type _Trail = tuple[tuple[str, int | None, ast.AST], ...]
"""The way to a node from its module: fields, places in them, and nodes."""


def _trails(node: ast.AST, above: _Trail) -> Iterator[_Trail]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "bases", "type_params"}:
            continue
        single = isinstance(value, ast.AST)
        for at, child in enumerate([value] if single else value if isinstance(value, list) else ()):
            if isinstance(child, ast.AST) and not _is_left_out(child):
                trail = (*above, (field, None if single else at, child))
                if isinstance(child, ast.expr | ast.stmt):
                    yield trail
                yield from _trails(child, trail)


def _is_left_out(node: ast.AST) -> bool:  # noqa: PLR0911 - one case for each reason
    """Say whether nothing is changed in a node: types, and what is only said."""
    match node:
        case ast.keyword(arg="strict"):
            # It checks what cannot happen.
            return True
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.TypeAlias():
            return True
        case ast.Constant(value=str(text)) | ast.Expr(value=ast.Constant(value=str(text))):
            return isinstance(node, ast.Expr) or bool(_SENTENCE.search(text))
        case ast.Call(func=ast.Name(id=name)):
            return name in _SAID
        case ast.FunctionDef(name=name):
            return name in _WORDS
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in _WORDS or (name[:1].isupper() and not name.isupper())
    return False


def _lines(trail: _Trail) -> range:
    """Give the lines of the statement, or of its head up to the change where it has a body."""
    statement = next(node for *_, node in reversed(trail) if isinstance(node, ast.stmt))
    node = trail[-1][2]
    end = node if hasattr(statement, "body") else statement
    return range(statement.lineno, end.end_lineno + 1)


def _replaced(tree: ast.Module, trail: _Trail, changed: ast.AST) -> ast.Module:
    """Give the tree with another node at the end of a trail; what is off the trail is shared."""
    parents = [tree, *(node for *_, node in trail[:-1])]
    for parent, (field, at, _) in zip(reversed(parents), reversed(trail), strict=True):
        above = copy(parent)
        if at is None:
            setattr(above, field, changed)
        else:
            values = list(getattr(parent, field))
            values[at] = changed
            setattr(above, field, values)
        changed = above
    return changed


def _shown(node: ast.AST) -> str:
    head = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)
    text = " ".join(head.split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
