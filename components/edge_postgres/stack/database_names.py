"""The names that the databases of a stack file have at their vendors, which must be unique, derived names included."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pulumi.runtime.config import get_config

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.json_types import JsonInput, JsonValue
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origins.neon.rules import DEFAULT_DATABASE, DEFAULT_USER
from edge_postgres.stack.raw_settings import find_setting
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.unique_name import UniqueName, derived_name


def names_of_entry(path: str, entry: Mapping[str, JsonValue], secrets: Secrets) -> Iterator[UniqueName]:
    """Yields the names of the resources that belong to an entry of `databases`."""
    hyperdrive, route = entry.get("hyperdrive"), entry.get("route")
    if isinstance(hyperdrive, Mapping):
        has_slots = isinstance(entry.get("credentials"), Mapping)
        yield from _configuration_names(f"{path}.hyperdrive", hyperdrive, has_slots=has_slots)
    if isinstance(route, Mapping):
        yield from _route_names(f"{path}.route", route)
    match entry.get("provider"):
        case "rds":
            yield from _rds_names(path, entry)
        case "cloud-sql":
            yield derived_name(path, "instanceName", entry.get("instanceName"), "name of a Cloud SQL instance")
        case "neon":
            yield from _neon_names(path, entry)
        case "prisma":
            yield from _prisma_names(path, entry)
        case _:
            yield from _names_on_server(path, entry, secrets)


def _configuration_names(path: str, hyperdrive: JsonInput, *, has_slots: bool) -> Iterator[UniqueName]:
    """Yields the names of one, two or four Hyperdrive configurations, and of the kept ones."""
    noun = "name of a Hyperdrive configuration"
    fresh = hyperdrive.get("fresh")
    for slot in ("-a", "-b") if has_slots else ("",):
        cached = derived_name(path, "configName", hyperdrive.get("configName"), noun, slot)
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


def _route_names(path: str, route: JsonInput) -> Iterator[UniqueName]:
    """Yields the names of the tunnel, of the Workers VPC service and of the connectors of a network route."""
    if "tunnelId" not in route:
        yield derived_name(path, "name", route.get("name"), "name of a tunnel")
    if route.get("kind") == "vpc-service":
        yield derived_name(path, "name", route.get("name"), "name of a Workers VPC service")
    connector = route.get("connector")
    if connector == "ecs" or isinstance(connector, Mapping):
        given = connector.get("name") if isinstance(connector, Mapping) else None
        yield derived_name(f"{path}.connector", "name", given, "name of connectors")


def _rds_names(path: str, entry: JsonInput) -> Iterator[UniqueName]:
    """Yields the identifier, and the identifiers of the instances of an Aurora cluster, which are derived from it."""
    region = entry.get("region") or get_config("aws:region") or "the default region"
    suffixes = ["", "-writer", "-standby"] if "capacity" in entry else [""]
    for suffix in suffixes:
        noun = f"identifier of a database in {region}"
        yield derived_name(path, "identifier", entry.get("identifier"), noun, suffix)


def _neon_names(path: str, entry: JsonInput) -> Iterator[UniqueName]:
    """Yields the name of the new project, or the names on a branch of an existing project."""
    project, branch = find_setting(entry, "project.existing"), find_setting(entry, "branch.name")
    if not isinstance(project, str):
        account = f"{find_setting(entry, 'project.organization')} {entry.get('apiKeySecret')}"
        yield _project_name(path, entry, "name of a Neon project", account)
        return
    if isinstance(branch, str):
        yield UniqueName(f"branch name in the Neon project {project}", branch, f"{path}.branch.name")
        return
    where = f"on the default branch of the Neon project {project}"
    user = entry.get("user", DEFAULT_USER)
    for suffix in ("_a", "_b") if isinstance(entry.get("credentials"), Mapping) else ("",):
        yield UniqueName(f"role {where}", f"{user}{suffix}", f"{path}.user" if "user" in entry else path)
    if entry.get("createDatabase") is True:
        database = f"{path}.database" if "database" in entry else path
        yield UniqueName(f"database {where}", str(entry.get("database", DEFAULT_DATABASE)), database)


def _project_name(path: str, entry: JsonInput, noun: str, account: str) -> UniqueName:
    """Returns the name of a new project, which must be unique in an account of the vendor."""
    found = derived_name(f"{path}.project", "name", find_setting(entry, "project.name"), noun)
    return replace(found, identity=f"{account} {found.name}")


def _prisma_names(path: str, entry: JsonInput) -> Iterator[UniqueName]:
    """Yields the name of the new project, or the name of the database in an existing project and a region."""
    project = find_setting(entry, "project.existing")
    if not isinstance(project, str):
        yield _project_name(path, entry, "name of a Prisma project", str(entry.get("serviceTokenSecret")))
        return
    noun = f"name of a database in the Prisma project {project} in {entry.get('region')}"
    yield derived_name(path, "databaseName", entry.get("databaseName"), noun)


def _names_on_server(path: str, entry: JsonInput, secrets: Secrets) -> Iterator[UniqueName]:
    """Yields the names of the database and of the login roles that the stack creates on an existing server."""
    server, user = _read_server(entry, secrets)
    if server is None:
        return
    database = entry.get("previewDatabase")
    if isinstance(database, str):
        identity = f"{server}/{database}"
        yield UniqueName("preview database on its server", database, f"{path}.previewDatabase", identity)
    credentials = entry.get("credentials")
    if isinstance(credentials, Mapping) and "adminUser" in credentials:
        given = credentials.get("ownerRole")
        owner = given or entry.get("user") or user
        setting = f"{path}.credentials.ownerRole" if given else f"{path}.credentials"
        # The user in a secret connection string is a secret, so that the message shows only the end of the name.
        shown = given or entry.get("user") or "<user>"
        yield UniqueName("pair of login roles on its server", f"{shown}_a and {shown}_b", setting, f"{server} {owner}")


def _read_server(entry: JsonInput, secrets: Secrets) -> tuple[str | None, str | None]:
    """Returns host and port of the server, and the user of a connection string.

    The server is None if the entry does not show it. An invalid connection string has a separate error. The host can be
    a secret.
    """
    secret = entry.get("urlSecret")
    if isinstance(secret, str) and secret in secrets:
        with contextlib.suppress(ValidationError):
            url = ConnectionString.parse(secrets[secret])
            return f"{url.host}:{url.port or 5432}", url.user
    if isinstance(reference := entry.get("projectRef"), str):
        return f"db.{reference}.supabase.co:5432", None
    if isinstance(host := entry.get("host"), str):
        return f"{host.lower().removesuffix('.')}:{entry.get('port', 5432)}", None
    return None, None
