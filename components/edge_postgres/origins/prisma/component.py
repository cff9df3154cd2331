"""`PrismaPostgres`: a database at Prisma."""

from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.prisma.limits import PrismaPlan
from edge_postgres.origins.prisma.resources import PrismaConnection, PrismaDatabase, PrismaProject
from edge_postgres.origins.prisma.rules import connections_of, reject_contradictions, validate_region

CONSUMER = "hyperdrive"


class PrismaPostgresArgs(TypedDict):
    """Arguments of PrismaPostgres."""

    region: pulumi.Input[str]
    """Where the database is, near the audience: `us-east-1`, `us-west-1`, `eu-west-3`, `eu-central-1`,
    `ap-northeast-1` or `ap-southeast-1`. Another region is another, empty database."""
    plan: PrismaPlan
    """Plan of the workspace at Prisma; it bounds the connections."""
    project_id: NotRequired[pulumi.Input[str]]
    """Id of a project that is there already; a new one is made where it is left out."""
    project_name: NotRequired[pulumi.Input[str]]
    """Name of the new project at Prisma; the component's name where it is left out."""
    database_name: NotRequired[pulumi.Input[str]]
    """Name of the database in Prisma's console; the component's name where it is left out. SQL knows it as
    `postgres`."""
    connection_name: NotRequired[pulumi.Input[str]]
    """Name of the connection object, after who uses it; `hyperdrive` where it is left out. Another name makes new
    credentials, hands them on, and removes the old ones."""
    active_slot: NotRequired[str]
    """`a` or `b`: makes two connections that take turns. Moved to the other, that one's credentials are made anew."""
    source_database_id: NotRequired[pulumi.Input[str]]
    """Id of a database of which the new one is a copy."""
    source_backup_id: NotRequired[pulumi.Input[str]]
    """Id of a backup of that database, to start from it."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Overrides the plan's number of direct connections; 5 of them are Prisma's own."""


class PrismaPostgres(pulumi.ComponentResource):
    """A Prisma Postgres database, reached directly over TCP.

    Creates a project (unless one is named), a database, and a connection object for one consumer: Prisma has no roles,
    so that a credential of its own is all that tells consumers apart. Credentials come from the direct endpoint; the
    password is told once, when the connection is made, and kept in the state, encrypted. The token is read from the
    configuration `prisma:serviceToken` or from PRISMA_SERVICE_TOKEN.

    Refuses an argument it does not know, a name for a project that is there, a region that Prisma does not have, and an
    answer of Prisma's that leads to a pooler or to Accelerate, which retires on 2026-12-01.

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
    """Host of the pooler, which takes the same credentials; not for Hyperdrive."""
    pooled_port: pulumi.Output[float | None]
    """TCP port of the pooler."""
    database: pulumi.Output[str]
    """Name of the database in SQL."""
    user: pulumi.Output[str]
    """User that signs in; it may do everything but make roles."""
    password: pulumi.Output[str]
    """Password of the user, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode; Prisma takes no connection without TLS."""
    max_connections: pulumi.Output[float]
    """Direct connections that the database accepts in all."""
    reserved_connections: pulumi.Output[float]
    """Connections of these that Prisma keeps for itself."""
    project_id: pulumi.Output[str]
    """Id of the project."""
    database_id: pulumi.Output[str]
    """Id of the database."""

    origin: PostgresOrigin
    """What a consumer takes."""

    slots: dict[str, PostgresOrigin]
    """The same with the credentials of each slot, where `active_slot` is stated."""

    def __init__(self, name: str, args: PrismaPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PrismaPostgres", name, {}, opts)
        args = validated_args(args, PrismaPostgresArgs, subject=name)
        reject_contradictions(args, lambda argument: f"{name}.{argument}")
        connections = render_connections(args, subject=name)

        # A component's own `depends_on` does not reach its children by itself.
        below = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)
        project_id = args.get("project_id")
        if project_id is None:
            project_name = args.get("project_name", name)
            project_id = PrismaProject(f"{name}-project", project_name=project_name, opts=below).id
        database = PrismaDatabase(
            f"{name}-database",
            project_id=project_id,
            database_name=args.get("database_name", name),
            region=apply_input(args["region"], lambda region: validate_region(region, subject=f"{name}.region")),
            source_database_id=args.get("source_database_id"),
            source_backup_id=args.get("source_backup_id"),
            opts=below,
        )
        made = made_connections(name, args, database.id, below)
        connection = made[args.get("active_slot", "")]

        self.project_id = pulumi.Output.from_input(project_id)
        self.database_id = database.id
        self.host, self.port = connection.host, connection.port
        self.pooled_host, self.pooled_port = connection.pooled_host, connection.pooled_port
        self.database, self.user = connection.database, connection.user
        self.password = with_dependencies(pulumi.Output.secret(connection.password), opts.depends_on if opts else None)
        self.origin = {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
            "sslmode": "require",
            "max_connections": apply_input(connections, lambda both: both[0]),
            "reserved_connections": apply_input(connections, lambda both: both[1]),
        }
        self.slots = {
            slot: {**self.origin, "user": each.user, "password": pulumi.Output.secret(each.password)}
            for slot, each in made.items()
        }
        self.sslmode = pulumi.Output.from_input(self.origin["sslmode"])
        self.max_connections = pulumi.Output.from_input(self.origin["max_connections"])
        self.reserved_connections = pulumi.Output.from_input(self.origin["reserved_connections"])
        self.register_outputs({})


def made_connections(
    name: str, args: PrismaPostgresArgs, database_id: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> dict[str, PrismaConnection]:
    """The connection, by the empty name; or two that take turns, by slot."""
    consumer = args.get("connection_name", CONSUMER)
    if "active_slot" not in args:
        single = PrismaConnection(f"{name}-connection", database_id=database_id, connection_name=consumer, opts=opts)
        return {"": single}
    active = validate_choice(args["active_slot"], Slot, subject=f"{name}.active_slot")
    return {
        slot.value: PrismaConnection(
            f"{name}-connection-{slot}",
            database_id=database_id,
            connection_name=pulumi.Output.format("{0}-{1}", consumer, slot.value),
            active=slot is active,
            opts=opts,
        )
        for slot in Slot
    }


def render_connections(args: PrismaPostgresArgs, *, subject: str) -> Any:
    """How many connections there are, and how many of them Prisma keeps."""
    plan = validate_choice(args["plan"], PrismaPlan, subject=f"{subject}.plan")

    def counted(validated_args: float | None) -> tuple[int, int]:
        return connections_of(plan, validated_args, subject=f"{subject}.max_connections")

    return apply_input(args.get("max_connections"), counted)
