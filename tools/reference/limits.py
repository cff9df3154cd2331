"""`docs/reference/limits.md`: every vendor's number that the components go by, with its source and its day."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from components import limits
from components.limits import Limit

_HEAD = """# Vendors' numbers

Made from `components/limits/` by `make reference`. Vendors change their numbers: one that refuses something can be
overridden by an argument of the component that uses it.
"""


def page() -> str:
    """The page."""
    vendors = sorted(found.name for found in pkgutil.iter_modules(limits.__path__))
    modules = [importlib.import_module(f"{limits.__name__}.{vendor}") for vendor in vendors]
    return "\n".join([_HEAD, *(line for module in modules for line in _section(module))])


def _section(module: ModuleType) -> Iterator[str]:
    yield from (f"## {(module.__doc__ or '').rstrip('.')}", "")
    yield from ("| name | number | unit | source, read on | remarks |", "|---|---|---|---|---|")
    remarks = _remarks(inspect.getsource(module))
    for name, value in vars(module).items():
        found = {} if name.startswith("_") else dict(_leaves("", value))
        # A table is one row: its numbers have one unit and one source.
        for kind in dict.fromkeys(_kind(limit) for limit in found.values()):
            own = {path: limit for path, limit in found.items() if _kind(limit) == kind}
            numbers = [f"{path}: {limit:,}" if path else f"{limit:,}" for path, limit in own.items()]
            unit, source, read_on = kind
            where = f"[{urlsplit(source).netloc}]({source}), {read_on}"
            yield f"| `{name}` | {'; '.join(numbers)} | {unit} | {where} | {remarks.get(name, '')} |"
    yield ""


def _kind(limit: Limit) -> tuple[str, str, str]:
    return limit.unit, limit.source, limit.read_on


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Limit]]:
    """The numbers of a table, by their keys."""
    if isinstance(value, Limit):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path} {key}".strip(), inner)


def _remarks(source: str) -> dict[str, str]:
    """The comments above and inside each assignment: what is to be known of a number before it is believed."""
    lines = source.splitlines()
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            first = node.lineno - 1
            while lines[first - 1].startswith("#"):
                first -= 1
            comments = [line.strip() for line in lines[first : node.end_lineno] if line.strip().startswith("#")]
            found[node.targets[0].id] = " ".join(comment.removeprefix("# ") for comment in comments)
    return found
