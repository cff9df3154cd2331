"""Generates `docs/reference/limits.md`: each limit of a vendor that the components use, with its source and date."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import edge_postgres
from edge_postgres.core.limit import Limit

_HEAD = """# Limits of vendors

`make reference` generates this page from the `limits.py` of each package. Vendors change their limits. An argument of
the component that uses a limit overrides it.
"""


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for module in limit_modules() for line in _section(module))])


def limit_modules() -> list[ModuleType]:
    """Imports the modules of the library that hold limits: the `limits.py` of each package, by path."""
    root = Path(str(edge_postgres.__file__)).parent
    files = sorted(file.relative_to(root.parent).with_suffix("") for file in root.rglob("limits.py"))
    return [importlib.import_module(".".join(file.parts)) for file in files]


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
