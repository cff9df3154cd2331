"""Generates `docs/reference/limits.md`: each limit of a vendor that the components use, with its source and date."""

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

_HEAD = """# Limits of vendors

Generated from `components/limits/` by `make reference`. Vendors change their limits. An argument of
the component that uses a limit overrides it.
"""


def page() -> str:
    """The page."""
    vendors = sorted(found.name for found in pkgutil.iter_modules(limits.__path__))
    modules = [importlib.import_module(f"{limits.__name__}.{vendor}") for vendor in vendors]
    return "\n".join([_HEAD, *(line for module in modules for line in _section(module))])


def _section(module: ModuleType) -> Iterator[str]:
    yield from (f"## {(module.__doc__ or '').rstrip('.')}", "")
    yield from ("| Name | Value | Unit | Source, date | Remarks |", "|---|---|---|---|---|")
    remarks = _remarks(inspect.getsource(module))
    for name, value in vars(module).items():
        found = {} if name.startswith("_") else dict(_limits_in("", value))
        # A table is one row if its limits have the same unit and source.
        for kind in dict.fromkeys(_kind(limit) for limit in found.values()):
            own = {path: limit for path, limit in found.items() if _kind(limit) == kind}
            numbers = [f"{path}: {limit:,}" if path else f"{limit:,}" for path, limit in own.items()]
            unit, source, read_on = kind
            where = f"[{urlsplit(source).netloc}]({source}), {read_on}"
            yield f"| `{name}` | {'; '.join(numbers)} | {unit} | {where} | {remarks.get(name, '')} |"
    yield ""


def _kind(limit: Limit) -> tuple[str, str, str]:
    return limit.unit, limit.source, limit.read_on


def _limits_in(path: str, value: Any) -> Iterator[tuple[str, Limit]]:
    """The limits in a nested dictionary, by their keys."""
    if isinstance(value, Limit):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _limits_in(f"{path} {key}".strip(), inner)


def _remarks(source: str) -> dict[str, str]:
    """The comments above and inside each assignment, by its name."""
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
