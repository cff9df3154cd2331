"""Passages of a Python file: docstrings, comments, messages to users, names of tests."""

import ast
import re
import textwrap
from collections.abc import Iterator

from tools.prose.comments import python_comments
from tools.prose.passages import CODE, Passage, passages_of, without_code

_WORDS = re.compile(r"(?<![\w./=-])[A-Za-z][a-z']*(?![\w/=])")
_CODE_START = re.compile(r"\s*(?:[A-Z]{3,} |[a-z_.]+\(|[{<\[$/#])")
_CODE_CHARACTERS = re.compile(r"[{}=\[\]|\\$<>]")


def python_passages(source: str, *, messages: bool) -> Iterator[Passage]:
    """`messages` is false for tests, whose string literals are quotations and code."""
    tree = ast.parse(source)
    docstrings = {id(value): value for value in _docstrings(tree)}
    for docstring in docstrings.values():
        yield from passages_of(_dedented(str(docstring.value)), docstring.lineno)
    yield from python_comments(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield Passage(node.lineno, node.name.removeprefix("test_").replace("_", " "))
    if messages:
        yield from _messages(tree, set(docstrings))


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def _dedented(text: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}"


def _messages(node: ast.AST, skipped: set[int], *, raised: bool = False) -> Iterator[Passage]:
    """String literals that read as English; everything in a `raise` statement."""
    raised = raised or isinstance(node, ast.Raise)
    if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
        text = _text(node)
        if text and (raised or _is_english(text)):
            for sentence in text.split("\n"):
                yield Passage(node.lineno, without_code(sentence))
    if isinstance(node, ast.JoinedStr):
        children: list[ast.AST] = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _messages(child, skipped, raised=raised)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else CODE for part in node.values)
    return node.value if isinstance(node.value, str) else ""


def _is_english(text: str) -> bool:
    bare = without_code(text)
    words = _WORDS.findall(bare)
    if len(words) < 3 or _CODE_START.match(bare) or len(_CODE_CHARACTERS.findall(bare)) > 2:
        return False
    return len("".join(words)) > 0.6 * len(bare.replace(" ", "").replace(CODE, ""))
