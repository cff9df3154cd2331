"""Policy rules for the role as which Hyperdrive authenticates at RDS."""

from collections.abc import Iterator, Sequence

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import NAMES, Option, Options, StackRule, matches
from edge_postgres.policies.tokens import COMPONENTS, HYPERDRIVE, RDS_CLUSTER, RDS_INSTANCE

_MASTER = {RDS_INSTANCE: "username", RDS_CLUSTER: "masterUsername"}
"""By the type of a database: the property with the name of the master user."""
_HOST = {RDS_INSTANCE: "address", RDS_CLUSTER: "endpoint"}
"""By the type of a database: the property with its host."""


def check_own_role(resources: Sequence[Resource], _: Options) -> Iterator[tuple[Resource, str]]:
    for config, database in master_logins(resources):
        yield config, f"origin.user: is the master user of {database.name}, which can drop databases and create roles."


def check_fixed_password(resources: Sequence[Resource], options: Options) -> Iterator[tuple[Resource, str]]:
    hosts = synchronised_hosts(resources)
    for config, database in master_logins(resources):
        host = database.at(_HOST[database.type])
        is_synchronised = host in hosts or (bool(hosts) and UNKNOWN in (host, *hosts))
        is_managed = database.at("manageMasterUserPassword") is True
        if is_managed and not is_synchronised and not matches(config.name, options["except"]):
            yield config, f"origin.password: is managed by AWS, which changes the password of {database.name}."


def synchronised_hosts(resources: Sequence[Resource]) -> list[object]:
    """Returns the hosts of the origin components that name a job, which updates the stack after each rotation.

    A host is `UNKNOWN` before its database exists.
    """
    return [
        resource.at("host")
        for resource in resources
        if resource.type.startswith(COMPONENTS) and resource.at("rotation_sync") is not None
    ]


def master_logins(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Resource]]:
    """Yields each Hyperdrive configuration that authenticates as the master user of a database, with the database."""
    by_urn = {resource.urn: resource for resource in resources}
    for config in resources:
        user = config.at("origin.user")
        if config.type != HYPERDRIVE or not isinstance(user, str):
            continue
        sources = (by_urn[urn] for urn in sorted(config.dependencies.get("origin", ())) if urn in by_urn)
        for database in sources:
            if database.type in _MASTER and database.at(_MASTER[database.type]) == user:
                yield config, database


RULES = (
    StackRule(
        name="hyperdrive-own-role",
        description="Hyperdrive should not authenticate as the master user of RDS.",
        fix="In a stack file, set `credentials`. Otherwise create another role, and set it as `origin.user`.",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        inputs="`origin.user` of each `HyperdriveConfig`, and the master users of the RDS databases in its `origin`",
        limitations="databases outside the stack; roles of other vendors, such as members of `neon_superuser`",
        check=check_own_role,
    ),
    StackRule(
        name="hyperdrive-fixed-password",
        description="AWS must not change the password with which Hyperdrive authenticates.",
        fix="Set a password instead of `manageMasterUserPassword`. Or run a job that updates the stack after each "
        "rotation, and set `rotation_sync` of the origin to its name. Without a component of edge-postgres, add the "
        "configuration to `except`.",
        severity=Severity.HIGH,
        inputs="`manageMasterUserPassword` of the RDS databases whose master user is in an `origin`, and "
        "`rotation_sync` of the components `RdsPostgres` and `ExistingPostgres` with the same host",
        limitations="databases outside the stack; secrets of other tools that rotate a password",
        own_options={"except": Option("names of configurations that a job updates after each rotation", NAMES, [])},
        check=check_fixed_password,
    ),
)
