"""The names of a stack file that must be unique at a vendor, and the errors of names that appear twice.

A vendor either rejects the second resource with a name, in the middle of `pulumi up`, or overwrites the first one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge_postgres.core.json_types import JsonInput, JsonValue
from edge_postgres.origin.names import default_name
from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.raw_settings import find_setting, find_settings


@dataclass(frozen=True)
class UniqueName:
    """A name that the stack file sets, or that edge-postgres derives from a key."""

    noun: str
    """Kind of the name in words: `script name`. Names of one kind must be unique."""
    name: str
    path: str
    """Path of the setting, or of the entry that the name is derived from."""


def find_name_collisions(raw: JsonInput) -> Iterator[SettingError]:
    """Yields an error for each name that an earlier entry of the stack file has already.

    Args:
        raw: The stack file, which is not validated yet.
    """
    first: dict[tuple[str, str], str] = {}
    for found in unique_names(raw):
        earlier = first.setdefault((found.noun, found.name), found.path)
        if earlier != found.path:
            yield SettingError(
                found.path,
                f"must have a unique {found.noun}, got {found.name}, which `{earlier}` has too. Set another one.",
            )


def unique_names(raw: JsonInput) -> Iterator[UniqueName]:
    """Yields every name of the stack file that must be unique at a vendor, derived names included."""
    yield from _derivable(raw, "workers", "scriptName", "script name")
    yield from _derivable(raw, "pages", "projectName", "name of a Pages project")
    for path, entry in find_settings(raw, "kv.*"):
        if isinstance(entry, Mapping) and "id" not in entry:
            yield _derived(path, "title", entry.get("title"), "title of a KV namespace")
    for path, entry in find_settings(raw, "queues.*"):
        if isinstance(entry, Mapping) and "id" not in entry:
            yield _derived(path, "queueName", entry.get("queueName"), "name of a queue")
    for path, workflow in find_settings(raw, "workers.*.workflows.*"):
        name = workflow.get("workflowName") if isinstance(workflow, Mapping) else None
        if isinstance(name, str) and "scriptName" not in workflow:
            yield UniqueName("name of a Workflow", name, f"{path}.workflowName")
    for pattern in ("workers.*.domains.*", "pages.*.domains.*", "databases.*.route.hostname"):
        yield from _hosts(raw, pattern)
    for path, routes in find_settings(raw, "workers.*.routes"):
        for url_pattern in routes if isinstance(routes, Mapping) else ():
            host, slash, below = url_pattern.partition("/")
            yield UniqueName("route", f"{host.lower()}{slash}{below}", f"{path}.{url_pattern}")
    for path, entry in find_settings(raw, "databases.*"):
        if isinstance(entry, Mapping):
            yield from _database_names(path, entry)


def _derivable(raw: JsonInput, section: str, setting: str, noun: str) -> Iterator[UniqueName]:
    for path, entry in find_settings(raw, f"{section}.*"):
        if isinstance(entry, Mapping):
            yield _derived(path, setting, entry.get(setting), noun)


def _derived(path: str, setting: str, given: JsonValue, noun: str, suffix: str = "") -> UniqueName:
    """Returns the name that is given in a setting of an entry, or the default name of the entry."""
    if isinstance(given, str):
        return UniqueName(noun, f"{given}{suffix}", f"{path}.{setting}")
    return UniqueName(noun, f"{default_name(path.split('.')[1])}{suffix}", path)


def _hosts(raw: JsonInput, pattern: str) -> Iterator[UniqueName]:
    for path, host in find_settings(raw, pattern):
        if isinstance(host, str):
            yield UniqueName("host name", host.lower().removesuffix("."), path)


def _database_names(path: str, entry: JsonInput) -> Iterator[UniqueName]:
    """Yields the names of the resources that belong to an entry of `databases`."""
    hyperdrive, route = entry.get("hyperdrive"), entry.get("route")
    if isinstance(hyperdrive, Mapping):
        yield from _configuration_names(f"{path}.hyperdrive", hyperdrive, has_slots="credentials" in entry)
    if isinstance(route, Mapping) and "tunnelId" not in route:
        yield _derived(f"{path}.route", "name", route.get("name"), "name of a tunnel")
    match entry.get("provider"):
        case "rds":
            region = entry.get("region")
            yield _derived(
                path,
                "identifier",
                entry.get("identifier"),
                f"identifier of a database in {region or 'the default region'}",
            )
        case "cloud-sql":
            yield _derived(path, "instanceName", entry.get("instanceName"), "name of a Cloud SQL instance")
        case "neon":
            project, branch = find_setting(entry, "project.existing"), find_setting(entry, "branch.name")
            if isinstance(project, str) and isinstance(branch, str):
                yield UniqueName(f"branch name in the Neon project {project}", branch, f"{path}.branch.name")
        case _:
            server, database = entry.get("urlSecret"), entry.get("previewDatabase")
            if isinstance(server, str) and isinstance(database, str):
                yield UniqueName(f"preview database on the server of {server}", database, f"{path}.previewDatabase")


def _configuration_names(path: str, hyperdrive: JsonInput, *, has_slots: bool) -> Iterator[UniqueName]:
    """Yields the names of one, two or four Hyperdrive configurations, and of the kept ones."""
    noun = "name of a Hyperdrive configuration"
    fresh = hyperdrive.get("fresh")
    for slot in ("-a", "-b") if has_slots else ("",):
        cached = _derived(path, "configName", hyperdrive.get("configName"), noun, slot)
        yield cached
        if isinstance(fresh, Mapping):
            given = None if has_slots else fresh.get("configName")
            if isinstance(given, str):
                yield UniqueName(noun, given, f"{path}.fresh.configName")
            else:
                yield UniqueName(noun, f"{cached.name}-fresh", cached.path)
    keep = hyperdrive.get("keep")
    for name in keep if isinstance(keep, Mapping) else ():
        yield UniqueName(noun, name, f"{path}.keep.{name}")
