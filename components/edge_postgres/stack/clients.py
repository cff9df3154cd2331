"""The Workers and the environments of Pages projects that connect to a database without Hyperdrive.

Settings with errors are partial: a field with an error is missing.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from edge_postgres.stack.pages.environment import PagesEnvironmentSettings
from edge_postgres.stack.workers.direct import DirectSettings

if TYPE_CHECKING:
    from edge_postgres.stack import Settings


def direct_clients(settings: "Settings") -> Iterator[tuple[str, DirectSettings | None]]:
    """Yields the setting `direct` of each Worker and of each environment of a Pages project, with its path."""
    for name, worker in settings.workers.items():
        with suppress(AttributeError):
            yield f"workers.{name}", worker.direct
    for path, environment in _environments(settings):
        with suppress(AttributeError):
            yield path, environment.direct


def serverless_clients(settings: "Settings") -> Iterator[tuple[str, dict[str, str]]]:
    """Yields the setting `serverless` of each Worker and of each environment of a Pages project, with its path."""
    for name, worker in settings.workers.items():
        with suppress(AttributeError):
            yield f"workers.{name}", worker.serverless
    for path, environment in _environments(settings):
        with suppress(AttributeError):
            yield path, environment.serverless


def _environments(settings: "Settings") -> Iterator[tuple[str, PagesEnvironmentSettings]]:
    for name, project in settings.pages.items():
        with suppress(AttributeError):
            yield f"pages.{name}.production", project.production
        with suppress(AttributeError):
            yield f"pages.{name}.preview", project.preview
