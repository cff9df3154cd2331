"""The Workers and the environments of Pages projects that connect to a database without Hyperdrive.

Settings with errors are partial: a field with an error is missing.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from edge_postgres.stack.consumers import Consumer
from edge_postgres.stack.pages.environment import PagesEnvironmentSettings
from edge_postgres.stack.workers.direct import DirectSettings

if TYPE_CHECKING:
    from edge_postgres.stack import Settings


def consumers_by_database(settings: "Settings") -> Mapping[str, list[Consumer]]:
    """Returns the connection methods that are in use, by the name of the database."""
    direct = {each.database for _, each in direct_clients(settings) if each}
    serverless = {database for _, each in serverless_clients(settings) for database in each.values()}
    return {
        name: [
            *([Consumer.HYPERDRIVE] if database.hyperdrive else []),
            *([Consumer.DIRECT] if name in direct else []),
            *([Consumer.SERVERLESS] if name in serverless else []),
        ]
        for name, database in settings.databases.items()
    }


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
