"""`PrismaPostgres`: a Prisma Postgres database, with the credentials of one consumer such as Hyperdrive."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, or_default, require_value
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.http.resource import render_api
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.prisma.consumers import ConnectionsOfDatabase
from edge_postgres.origins.prisma.limits import PrismaPlan, PrismaPlanInput
from edge_postgres.origins.prisma.providers import PrismaProvider
from edge_postgres.origins.prisma.resources import PrismaConnection, PrismaDatabase, PrismaProject
from edge_postgres.origins.prisma.rules import connections_of, reject_contradictions, validate_region

DEFAULT_CONNECTION_NAME = "hyperdrive"


class PrismaApiArgs(TypedDict):
    """The service token and the address of Prisma's API for one component. Several components can share one
    dictionary."""

    service_token: NotRequired[pulumi.Input[str | None]]
    """Service token of the workspace; always a secret. Default: the configuration `prisma:serviceToken`, else the
    environment variable PRISMA_SERVICE_TOKEN. A new value updates the resources and replaces none."""
    base_url: NotRequired[pulumi.Input[str | None]]
    """Address of Prisma's API: an https URL, or an http URL of this machine. Default: the configuration
    `prisma:apiBaseUrl`, else the environment variable PRISMA_API_BASE_URL, else Prisma's address."""


class PrismaPostgresArgs(TypedDict):
    """The arguments of PrismaPostgres: the region of a database, and the plan of the workspace."""

    region: pulumi.Input[str]
    """Region of the database, near its users: `us-east-1`, `us-west-1`, `eu-west-3`, `eu-central-1`,
    `ap-northeast-1` or `ap-southeast-1`. A new value creates an empty database and deletes the old one."""
    plan: PrismaPlanInput
    """Plan of the workspace at Prisma, which determines the default of `max_connections`."""
    project_id: NotRequired[pulumi.Input[str | None]]
    """ID of an existing project, in which the database is created. Default: a new project is created."""
    project_name: NotRequired[pulumi.Input[str | None]]
    """Name of a new project at Prisma. Cannot be combined with `project_id`. Default: `<project>-<stack>-<name>`."""
    database_name: NotRequired[pulumi.Input[str | None]]
    """Name of the database in Prisma's console. Default: `<project>-<stack>-<name>`. In SQL its name is `postgres`."""
    connection_name: NotRequired[pulumi.Input[str | None]]
    """Name of the connection at Prisma. Default: `hyperdrive`. A new name creates new credentials. The old credentials
    are deleted after the consumers have the new credentials, which revokes them. 3 to 65 characters, 63 with slots."""
    consumers: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Further consumers, which get separate credentials: name of the connection by a key such as `direct`. The output
    `consumers` has the same keys. A new name creates new credentials and deletes the old ones. Default: none."""
    active_slot: NotRequired[str]
    """Slot whose credentials are in use: `a` or `b`. Creates one connection for each slot. A slot that becomes active
    gets new credentials first. Default: one connection without a slot."""
    source_database_id: NotRequired[pulumi.Input[str | None]]
    """ID of a database that Prisma copies into the new database. Default: the new database is empty."""
    source_backup_id: NotRequired[pulumi.Input[str | None]]
    """ID of a backup of `source_database_id`, which Prisma restores into the new database. Requires
    `source_database_id`."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Direct connections that the database accepts in total, of which Prisma reserves 5. Default: the plan's number."""
    api: NotRequired[PrismaApiArgs]
    """Service token and address of Prisma's API for this component. The state of each of its resources then contains
    them encrypted. Default: the configuration, which the state of the resources does not contain."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`project`, `database_resource`, `connections`): arguments of the child that replace those of
    the component."""


CHILDREN: ChildClasses = {
    "project": lambda: PrismaProject,
    "database_resource": lambda: PrismaDatabase,
    "connections": lambda: PrismaConnection,
}


class PrismaPostgres(pulumi.ComponentResource):
    """A Prisma Postgres database, with a direct TCP connection.

    Creates a project (unless `project_id` is set), a database, and a connection: the credentials of one consumer for
    the direct endpoint. With `active_slot`, it creates one connection for each slot. Clients cannot create roles in a
    database at Prisma. Therefore each consumer has a separate connection. The API returns the password only when the
    connection is created or rotated, and the state keeps the password encrypted. The service token is the
    argument `api`, else the configuration `prisma:serviceToken`, else the environment variable PRISMA_SERVICE_TOKEN.

    Rejects unknown arguments, a name for an existing project, an unknown region, and a backup without its database.
    Rejects a response of Prisma with a pooled endpoint or with Accelerate, which retires on 2026-12-01.

    Example::

        prisma = PrismaPostgres("main", {"region": "eu-central-1", "plan": PrismaPlan.STARTER})
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": prisma.origin,
            "connection_limit": 5,
            "caching": {"disabled": True},
        })
    """

    host: pulumi.Output[str]
    """Host of the direct endpoint."""
    port: pulumi.Output[float]
    """TCP port of the direct endpoint."""
    pooled_host: pulumi.Output[str | None]
    """Host of the pooler, which accepts the same credentials. Not for Hyperdrive."""
    pooled_port: pulumi.Output[float | None]
    """TCP port of the pooler."""
    database: pulumi.Output[str]
    """Name of the database in SQL."""
    user: pulumi.Output[str]
    """User of the connection, with all permissions except the creation of roles."""
    password: pulumi.Output[str]
    """Password of the user, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`. Prisma rejects connections without TLS."""
    max_connections: pulumi.Output[float]
    """Direct connections that the database accepts in total."""
    reserved_connections: pulumi.Output[float]
    """Connections out of `max_connections` that Prisma reserves for itself."""
    project_id: pulumi.Output[str]
    """ID of the project."""
    database_id: pulumi.Output[str]
    """ID of the database."""

    origin: PostgresOrigin
    """The database with the credentials in use, for Hyperdrive."""

    slots: dict[str, PostgresOrigin]
    """By slot: the origin with the credentials of the slot. The keys are `a` and `b`. Without `active_slot`, the only
    key is the empty string."""

    consumers: dict[str, PostgresOrigin]
    """By the key of each further consumer: the origin with the credentials of the consumer, of the active slot."""

    def __init__(self, name: str, args: PrismaPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PrismaPostgres", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, PrismaPostgresArgs, subject=subject)
        reject_contradictions(args, subject=subject)
        plan = validate_choice(args["plan"], PrismaPlan, subject=f"{subject}.plan")
        connections = render_connection_numbers(args, plan, subject=subject)
        api = render_api(args.get("api"), PrismaApiArgs, PrismaProvider.api_settings, subject=f"{subject}.api")

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.project: PrismaProject | None = None
        if "project_id" in args:
            project_id = require_value(args["project_id"], subject=f"{subject}.project_id")
        else:
            project_name = or_default(args.get("project_name"), default_name(name))
            self.project = PrismaProject(
                f"{name}-project",
                name=project_name,
                api=api,
                opts=children.options("project"),
            )
            project_id = self.project.id
        database_name = or_default(args.get("database_name"), default_name(name))
        self.database_resource = database = PrismaDatabase(
            f"{name}-database",
            project_id=project_id,
            name=database_name,
            region=apply_input(args["region"], lambda region: validate_region(region, subject=f"{subject}.region")),
            plan=plan.value,
            source_database_id=args.get("source_database_id"),
            source_backup_id=args.get("source_backup_id"),
            api=api,
            opts=children.options("database_resource"),
        )
        active = (
            validate_choice(args["active_slot"], Slot, subject=f"{subject}.active_slot")
            if "active_slot" in args
            else None
        )
        connections_of_database = ConnectionsOfDatabase(name, database.id, active, api, children)
        self.connections, others = connections_of_database.create(
            or_default(args.get("connection_name"), DEFAULT_CONNECTION_NAME), args.get("consumers", {})
        )
        connection = self.connections[active.value if active else ""]

        self.project_id = pulumi.Output.from_input(project_id)
        self.database_id = database.id
        self.host, self.port = connection.host, connection.port
        self.pooled_host, self.pooled_port = connection.pooled_host, connection.pooled_port
        self.database, self.user = connection.database, connection.user
        self.password = with_dependencies(pulumi.Output.secret(connection.password), opts.depends_on if opts else None)
        self.sslmode = pulumi.Output.from_input("require")
        self.max_connections = pulumi.Output.from_input(apply_input(connections, lambda both: both[0]))
        self.reserved_connections = pulumi.Output.from_input(apply_input(connections, lambda both: both[1]))
        self.origin = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
            "sslmode": "require",
            "max_connections": self.max_connections,
            "reserved_connections": self.reserved_connections,
        }
        self.slots = {slot: self._origin_of(each) for slot, each in self.connections.items()}
        self.consumers = {key: self._origin_of(each) for key, each in others.items()}
        self.register_outputs({"host": self.host})

    def _origin_of(self, connection: PrismaConnection) -> PostgresOrigin:
        """Returns the origin with the credentials of a connection."""
        return {**self.origin, "user": connection.user, "password": pulumi.Output.secret(connection.password)}


def render_connection_numbers(
    args: PrismaPostgresArgs, plan: PrismaPlan, *, subject: str
) -> pulumi.Input[tuple[int, int]]:
    """Returns two numbers: the connections that the database accepts in total, and those that Prisma reserves."""
    return apply_input(
        args.get("max_connections"),
        lambda known: connections_of(plan, known, subject=f"{subject}.max_connections"),
    )
