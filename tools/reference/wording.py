"""A wording of a message, with a readable placeholder for each value that is known only at run time."""

import ast
import string
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """One of the wordings of an expression."""

    words: str
    branches: frozenset[tuple[str, object]] = frozenset()
    """The conditions under which the expression has this wording, each with its branch."""

    def agrees_with(self, other: "Wording") -> bool:
        """Whether both wordings can occur together: no condition has two different branches."""
        mine = dict(self.branches)
        return all(mine.get(condition, branch) == branch for condition, branch in other.branches)

    def __add__(self, other: "Wording") -> "Wording":
        return Wording(self.words + other.words, self.branches | other.branches)


READABLE = {
    "close": "similar name",
    "expected": "allowed values",
    "ge": "minimum",
    "gt": "lower bound",
    "inside": "file",
    "le": "maximum",
    "lt": "upper bound",
    "pulumi": "project",
    "tag": "value",
}
"""Other names for placeholders whose names in the sources are too short for a reader."""


def placeholder(node: ast.expr) -> str:
    """A readable name for a value that is known only at run time."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return (name.lower() if name.isupper() else name).strip("_").replace("_", " ")
        case ast.Call(func=ast.Name(id="len" | "sum" as kind), args=[argument, *_]):
            return ("number of " if kind == "len" else "sum of ") + placeholder(argument)
        case ast.Call(func=ast.Name(), args=[argument, *_]):
            return placeholder(argument)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"), args=[argument, *_]):
            return placeholder(argument)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re" | "math" | "json")), args=[*_, argument]):
            return placeholder(argument)
        case ast.Call(func=ast.Attribute(value=value)):
            return placeholder(value)
        case ast.Subscript(slice=ast.Constant(value=str() as key)):
            return key.strip("_").replace("_", " ")
        case ast.Subscript(value=value) | ast.Starred(value=value) | ast.Await(value=value):
            return placeholder(value)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element) if _has_name(element):
            return placeholder(element)
        case ast.GeneratorExp(generators=[first, *_]) | ast.ListComp(generators=[first, *_]):
            return placeholder(first.iter)
        case ast.JoinedStr(values=parts):
            return next((placeholder(part.value) for part in parts if isinstance(part, ast.FormattedValue)), "wording")
        case ast.IfExp(body=value) | ast.BinOp(left=value) | ast.UnaryOp(operand=value) | ast.NamedExpr(target=value):
            return placeholder(value)
        case ast.BoolOp(values=[first, *_]):
            return placeholder(first)
        case ast.Constant(value=value):
            return str(value)
    return "value"


def _has_name(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def one_line(words: str) -> str:
    """A wording on one line of a Markdown table."""
    flat = " ".join(textwrap.dedent(words).split()).replace("|", "\\|")
    return "".join(_escaped(flat))


def _escaped(words: str) -> Iterator[str]:
    """Placeholders would be HTML tags outside of code, so their brackets are escaped there."""
    in_code = False
    for character in words:
        in_code ^= character == "`"
        yield {"<": "&lt;", ">": "&gt;"}.get(character, character) if not in_code else character


def is_only_placeholders(words: str) -> bool:
    """Whether a wording consists of placeholders only."""
    depth, letters = 0, 0
    for character in words:
        depth += {"<": 1, ">": -1}.get(character, 0)
        letters += depth == 0 and character in string.ascii_letters
    return letters == 0
