"""The Workers and the environments of Pages projects that connect to a database without Hyperdrive."""

from collections.abc import Mapping

from edge_postgres.stack.every_error import valid_field
from edge_postgres.stack.pages.environment import PagesEnvironmentSettings
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.worker import WorkerSettings

Workers = Mapping[str, WorkerSettings]
Projects = Mapping[str, PagesSettings]


def direct_clients(workers: Workers, projects: Projects) -> dict[str, DirectSettings | None]:
    """Returns the setting `direct` of each Worker and of each environment of a Pages project, by path.

    Args:
        workers: The Workers by name. A Worker with errors can be a partial model.
        projects: The Pages projects by name. A project with errors can be a partial model.
    """
    of_workers = {f"workers.{name}": valid_field(worker, lambda each: each.direct) for name, worker in workers.items()}
    environments = _environments(projects)
    return of_workers | {path: valid_field(found, lambda each: each.direct) for path, found in environments.items()}


def serverless_clients(workers: Workers, projects: Projects) -> dict[str, dict[str, str]]:
    """Returns the setting `serverless` of each Worker and of each environment of a Pages project, by path.

    Args:
        workers: The Workers by name. A Worker with errors can be a partial model.
        projects: The Pages projects by name. A project with errors can be a partial model.
    """
    found = {f"workers.{name}": valid_field(worker, lambda each: each.serverless) for name, worker in workers.items()}
    for path, environment in _environments(projects).items():
        found[path] = valid_field(environment, lambda each: each.serverless)
    return {path: serverless or {} for path, serverless in found.items()}


def _environments(projects: Projects) -> dict[str, PagesEnvironmentSettings]:
    found: dict[str, PagesEnvironmentSettings | None] = {}
    for name, project in projects.items():
        found[f"pages.{name}.production"] = valid_field(project, lambda each: each.production)
        found[f"pages.{name}.preview"] = valid_field(project, lambda each: each.preview)
    return {path: environment for path, environment in found.items() if environment is not None}
