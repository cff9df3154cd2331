"""The optional packages, which only some components need, and the extra of `edge-postgres` that installs each."""

import importlib.util
from collections.abc import Mapping

EXTRAS: Mapping[str, str] = {"pulumi_aws": "aws", "pulumi_gcp": "gcp", "pulumi_policy": "policy"}
"""By package: the name of its extra."""


def is_missing(package: str) -> bool:
    """Returns whether an optional package is not installed."""
    return importlib.util.find_spec(package) is None


def problem_of(package: str) -> str:
    """Returns the problem of a user who needs a package that is missing, without a full stop."""
    return f"needs the package `{package.replace('_', '-')}`, which is not installed"


def fix_of(package: str) -> str:
    """Returns the sentence with the command that installs a package."""
    return f"Run: pip install 'edge-postgres[{EXTRAS[package]}]'"
