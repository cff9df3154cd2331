"""Reads a stack file as an editor does: YAML without dates, so that `2026-11-01` is a text with and without quotes."""

from pathlib import Path
from typing import Any

import yaml

_DATE = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """PyYAML makes dates of what looks like one; yaml-language-server 2.0.0, seen 2026-11-21, leaves texts."""


_Loader.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] != _DATE]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(file: Path) -> Any:
    """What the file holds."""
    return yaml.load(file.read_text(), _Loader)  # noqa: S506  # a SafeLoader
