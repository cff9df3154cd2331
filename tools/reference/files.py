"""The generated files of the repository: reference pages, the schema of the stack file, and diagrams."""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from edge_postgres._plugin.schema import CURRENT, FOLDER, PUBLIC_NAMES, read_schema, to_text
from localcloud.state_directory import CHECKOUT
from tools.changes import page as changes
from tools.graph import pictures
from tools.graph.page import page
from tools.reference import components, limits, messages, public_names, stack_file
from tools.stack_file_schema import generator

REFERENCE = CHECKOUT / "docs" / "reference"
STACK_FILE_SCHEMA = FOLDER / "stack-file.schema.json"


@cache
def _components() -> Any:
    return read_schema(CURRENT)


@cache
def _stack_file() -> dict[str, Any]:
    return generator.stack_file(_components())


GENERATED: Mapping[Path, Callable[[], str]] = {
    REFERENCE / "components.md": lambda: components.page(_components()),
    REFERENCE / "limits.md": limits.page,
    changes.PAGE: changes.page,
    messages.PAGE: messages.page,
    STACK_FILE_SCHEMA: lambda: json.dumps(_stack_file(), indent=2, ensure_ascii=False) + "\n",
    PUBLIC_NAMES: lambda: to_text(public_names.list_names(_components(), _stack_file())),
    stack_file.PAGE: lambda: stack_file.Tables(_stack_file()).page(),
    pictures.FOLDER / "index.md": pictures.index,
    **{pictures.FOLDER / f"{name}.md": partial(page, name) for name in pictures.STACKS},
}
"""Functions that generate the content of each file."""
