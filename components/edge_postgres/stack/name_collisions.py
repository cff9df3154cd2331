"""The names of a stack file that must be unique at a vendor, and the errors of names that appear twice.

A vendor either rejects the second resource with a name, in the middle of `pulumi up`, or overwrites the first one.
"""

from collections.abc import Iterator, Mapping

from edge_postgres.core.json_types import JsonInput
from edge_postgres.stack.database_names import names_of_entry
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.raw_settings import find_setting, find_settings
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.unique_name import UniqueName, derived_name
from edge_postgres.workers.queue_rules import default_workflow_name


def find_name_collisions(raw: JsonInput, secrets: Secrets) -> Iterator[SettingError]:
    """Yields an error for each name that an earlier entry of the stack file has already.

    Args:
        raw: The stack file, which is not validated yet.
        secrets: The secrets of the stack, of which a connection string shows the server of a database.
    """
    first: dict[tuple[str, str], str] = {}
    reported: set[tuple[str, str]] = set()
    for found in unique_names(raw, secrets):
        earlier = first.setdefault((found.noun, found.identity or found.name), found.path)
        # One setting can name several resources, such as a tunnel and a service. One error about it is enough.
        if earlier == found.path or (earlier, found.path) in reported:
            continue
        reported.add((earlier, found.path))
        yield SettingError(
            found.path,
            f"must have a unique {found.noun}, got {found.name}, which `{earlier}` has too. Set another one.",
        )


def unique_names(raw: JsonInput, secrets: Secrets) -> Iterator[UniqueName]:
    """Yields every name of the stack file that must be unique at a vendor, derived names included."""
    yield from _names_in(raw, "workers", "scriptName", "script name")
    yield from _names_in(raw, "pages", "projectName", "name of a Pages project")
    yield from _names_in(raw, "kv", "title", "title of a KV namespace")
    yield from _names_in(raw, "queues", "queueName", "name of a queue")
    yield from _workflow_names(raw)
    for pattern in (
        "workers.*.domains.*",
        "workers.*.routeRecords.*",
        "pages.*.domains.*",
        "databases.*.route.hostname",
    ):
        yield from _hosts(raw, pattern)
    for path, routes in find_settings(raw, "workers.*.routes"):
        for url_pattern in routes if isinstance(routes, Mapping) else ():
            host, slash, below = url_pattern.partition("/")
            yield UniqueName("route", f"{host.lower()}{slash}{below}", f"{path}.{url_pattern}")
    for path, entry in find_settings(raw, "databases.*"):
        if isinstance(entry, Mapping):
            yield from names_of_entry(path, entry, secrets)


def _names_in(raw: JsonInput, section: str, setting: str, noun: str) -> Iterator[UniqueName]:
    """Yields the names of the entries that the stack creates. An entry with an `id` already exists."""
    for path, entry in find_settings(raw, f"{section}.*"):
        if isinstance(entry, Mapping) and "id" not in entry:
            yield derived_name(path, setting, entry.get(setting), noun)


def _workflow_names(raw: JsonInput) -> Iterator[UniqueName]:
    """Yields the names of the Workflows that the stack creates with its Workers."""
    for path, workflow in find_settings(raw, "workers.*.workflows.*"):
        if isinstance(workflow, Mapping) and "scriptName" not in workflow:
            worker, _, binding = path.rpartition(".workflows.")
            name = workflow.get("workflowName")
            script = derived_name(worker, "scriptName", find_setting(raw, f"{worker}.scriptName"), "script name").name
            yield (
                UniqueName("name of a Workflow", name, f"{path}.workflowName")
                if isinstance(name, str)
                else UniqueName("name of a Workflow", default_workflow_name(script, binding), path)
            )


def _hosts(raw: JsonInput, pattern: str) -> Iterator[UniqueName]:
    for path, host in find_settings(raw, pattern):
        if isinstance(host, str):
            yield UniqueName("host name", host.lower().removesuffix("."), path)
