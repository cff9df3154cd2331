"""The optional packages that the databases of a stack file need."""

from collections.abc import Callable, Iterator

from edge_postgres.core.extras import fix_of, is_missing, problem_of
from edge_postgres.core.json_types import JsonInput, JsonValue
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.raw_settings import find_settings

_NEEDED: tuple[tuple[str, Callable[[JsonValue], bool], str], ...] = (
    ("databases.*.provider", lambda provider: provider == "rds", "pulumi_aws"),
    ("databases.*.provider", lambda provider: provider == "cloud-sql", "pulumi_gcp"),
    ("databases.*.route.connector", lambda connector: connector == "ecs" or isinstance(connector, dict), "pulumi_aws"),
)
"""Settings, their values that need a package, and the package."""


def find_missing_packages(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each setting that needs a package that is not installed.

    Args:
        raw: The stack file, which is not validated yet.
    """
    for pattern, needs, package in _NEEDED:
        for path, value in find_settings(raw, pattern):
            if needs(value) and is_missing(package):
                yield SettingError(path, f"{problem_of(package)}. {fix_of(package)}")
