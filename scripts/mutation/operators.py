"""What becomes of a node of a syntax tree in its mutants."""

import ast
from collections.abc import Iterator
from copy import copy

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}

_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "bisect_left": "bisect_right",
    "bisect_right": "bisect_left",
}
_METHODS = {
    "lower": "upper",
    "upper": "lower",
    "partition": "rpartition",
    "startswith": "endswith",
    "strip": "lstrip",
    "fullmatch": "match",
}


def changes_of(node: ast.AST) -> Iterator[ast.AST]:
    """Give what may stand in the place of a node; nothing for most kinds of it."""
    for changed in _changes(node):
        yield ast.fix_missing_locations(ast.copy_location(changed, node))


def _changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912 - one case for each kind
    match node:
        case ast.Compare():
            for at, op in enumerate(node.ops):
                yield _with(node, ops=[*node.ops[:at], _SWAPPED[type(op)](), *node.ops[at + 1 :]])
        case ast.BinOp() | ast.BoolOp():
            yield _with(node, op=_SWAPPED[type(node.op)]())
        case ast.AugAssign():
            yield _with(node, op=_SWAPPED[type(node.op)]())
            yield ast.Assign([node.target], node.value)
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(number)):
            yield ast.Constant(number + 1)
        case ast.Constant(value=str(text)):
            yield ast.Constant(f"XX{text}XX")
        case ast.IfExp() | ast.If():
            yield from (_with(node, test=ast.Constant(value)) for value in (True, False))
        case ast.While():
            yield _with(node, test=ast.Constant(value=False))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _unfiltered(node)
        case ast.Expr() | ast.Raise():
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Name(id=name) if name in _NAMES:
            yield _with(node, id=_NAMES[name])
        case ast.Attribute(attr=name) if name in _METHODS:
            yield _with(node, attr=_METHODS[name])
        case ast.Call():
            for at, named in enumerate(node.keywords):
                if named.arg != "strict":
                    yield _with(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])


def _unfiltered(node: ast.AST) -> Iterator[ast.AST]:
    """Give a comprehension without one of its conditions."""
    for at, part in enumerate(node.generators):
        for place in range(len(part.ifs)):
            loose = _with(part, ifs=[*part.ifs[:place], *part.ifs[place + 1 :]])
            yield _with(node, generators=[*node.generators[:at], loose, *node.generators[at + 1 :]])


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
