"""Databases that Cloudflare cannot probe, so that a Worker cannot be placed near their host.

Source: https://developers.cloudflare.com/workers/configuration/placement/, read on 2026-11-30. The probes come from
public addresses that are not in Cloudflare's published ranges.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import partial

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_inputs
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.stack.origins import AnyDatabase
from edge_postgres.stack.origins.cloud_sql import CloudSqlDatabase
from edge_postgres.stack.origins.rds import RdsDatabase
from edge_postgres.stack.workers.parts import PlacementSettings
from edge_postgres.workers.placement import PlacementArgs


def find_databases_without_probes(databases: Mapping[str, AnyDatabase]) -> frozenset[str]:
    """Returns the names of the databases that are private, or that accept connections only from Cloudflare's ranges."""
    return frozenset(name for name, database in databases.items() if _rejects_probes(database))


def find_unreachable_probes(
    placements: Mapping[str, PlacementSettings | None], databases: Mapping[str, AnyDatabase]
) -> Iterator[ValidationError]:
    """Yields an error for each placement by the host of a database that Cloudflare cannot probe, if it is known.

    Args:
        placements: The setting `placement` of each Worker, by the name of the Worker.
        databases: The databases of the stack.
    """
    for worker, placement in placements.items():
        for name, database in databases.items():
            check = partial(_validate_probe, placement, database, name, subject=f"workers.{worker}.placement.host")
            yield from errors_of_call(check)


def _validate_probe(placement: PlacementSettings | None, database: AnyDatabase, name: str, *, subject: str) -> None:
    if placement and placement.host and _rejects_probes(database):
        _validate_host(placement.host, database.host_or_example, database=name, subject=subject)


def placement_args(
    settings: PlacementSettings, origins: Mapping[str, PostgresOrigin], databases: Collection[str], *, subject: str
) -> PlacementArgs:
    """Returns the argument `placement`. Raises ``ValidationError`` as `reject_host_without_probes` does."""
    args = settings.args()
    if settings.host:
        args["host"] = reject_host_without_probes(settings.host, origins, databases, subject=f"{subject}.host")
    return args


def reject_host_without_probes(
    host: str, origins: Mapping[str, PostgresOrigin], databases: Collection[str], *, subject: str
) -> pulumi.Input[str]:
    """Returns the host and port of a placement unchanged.

    Args:
        host: The host and the port.
        origins: The origins of all databases of the stack, by name.
        databases: Names of the databases that Cloudflare cannot probe.
        subject: Path of the setting.

    Raises:
        ValidationError: The host is that of such a database. Pulumi raises the error as soon as the host of the
            database is known.
    """
    checked: pulumi.Input[str] = host
    for name in sorted(databases):
        validate = partial(_validate_host, database=name, subject=subject)
        checked = apply_inputs((checked, origins[name].get("host")), validate)
    return checked


def _rejects_probes(database: AnyDatabase) -> bool:
    if isinstance(database, RdsDatabase):
        network = database.network
        return not network.public or not (network.open_to_the_internet or network.prefix_list_id)
    if isinstance(database, CloudSqlDatabase):
        return database.authorized_networks is None and not database.open_to_the_internet
    return database.route is not None


def _validate_host(host: str, origin: str | None, *, database: str, subject: str) -> str:
    if origin and host.rpartition(":")[0].lower() == origin.lower():
        raise ValidationError(
            subject,
            f"must not be the host of the database `{database}`, because Cloudflare probes it from public addresses "
            "outside of its published ranges, and the database does not accept connections from them",
            "Set `region` to the region of the database instead, such as `aws:eu-central-1`.",
        )
    return host
