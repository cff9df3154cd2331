"""The generated files of the repository: reference pages, the schema of the stack file, and diagrams."""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from localcloud.state_directory import CHECKOUT
from tools.graph import pictures
from tools.graph.page import page
from tools.reference import components, limits, messages
from tools.stack_file_schema.generator import stack_file

REFERENCE = CHECKOUT / "docs" / "reference"
STACK_FILE_SCHEMA = CHECKOUT / "components" / "edge_postgres" / "data" / "stack-file.schema.json"
COMPONENTS = CHECKOUT / "components" / "edge_postgres" / "data" / "plugin-schema.json"
"""Schema of the components for other languages, written by `python -m edge_postgres._plugin.schema`."""


@cache
def _components() -> Any:
    return json.loads(COMPONENTS.read_text())


GENERATED: Mapping[Path, Callable[[], str]] = {
    REFERENCE / "components.md": lambda: components.page(_components()),
    REFERENCE / "limits.md": limits.page,
    messages.PAGE: messages.page,
    STACK_FILE_SCHEMA: lambda: json.dumps(stack_file(_components()), indent=2, ensure_ascii=False) + "\n",
    pictures.FOLDER / "index.md": pictures.index,
    **{pictures.FOLDER / f"{name}.md": partial(page, name) for name in pictures.STACKS},
}
"""Functions that generate the content of each file."""
