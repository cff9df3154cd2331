"""Reads a stack file like an editor: `2026-11-01` is a string with and without quotes."""

from pathlib import Path
from typing import Any

import yaml

_DATE = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """A loader without dates, like yaml-language-server 2.0.0 (seen 2026-11-21). PyYAML parses dates."""


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != _DATE]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(file: Path) -> Any:
    """Content of the file."""
    return yaml.load(file.read_text(), _Loader)  # noqa: S506  # a SafeLoader
