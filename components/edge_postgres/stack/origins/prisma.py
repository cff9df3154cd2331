"""Settings of a Prisma Postgres database."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import pulumi
from pydantic import AfterValidator, Field

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import OriginComponent, PostgresOrigin
from edge_postgres.origin.hosts import Endpoint
from edge_postgres.origins.prisma.limits import PrismaPlan
from edge_postgres.origins.prisma.rules import (
    connections_of,
    reject_named_existing_project,
    validate_connection_name,
    validate_region,
)
from edge_postgres.stack.consumers import Consumer
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import ApiKeyPath, Model, NonNegativeInt
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.component import PrismaPostgres, PrismaPostgresArgs

ConnectionName = Annotated[str, AfterValidator(lambda name: validate_connection_name(name, subject=""))]
"""Name of a connection, 3 to 63 characters. Prisma accepts 65 characters, of which a slot uses 2."""


class PrismaProjectSettings(Model):
    """An existing Prisma project, or the name of a new one."""

    existing: str | None = None
    name: str | None = None

    @rule
    def _one_project(self) -> Self:
        reject_named_existing_project(self.existing, self.name, setting="existing", subject="name")
        return self


class PrismaConnectionNames(Model):
    """Names of the connections at Prisma, by the connection method that uses the connection. A new name creates new
    credentials and deletes the old ones."""

    hyperdrive: ConnectionName | None = None
    """Name of Hyperdrive's connection. Default: `hyperdrive`."""
    direct: ConnectionName | None = None
    """Name of the connection for direct TCP. Default: `direct`, or `hyperdrive` if no other method is in use."""
    serverless: ConnectionName | None = None
    """Name of the connection for Prisma's serverless driver. Default: `serverless`, or `hyperdrive` if no other method
    is in use."""

    @rule
    def _names_are_unique(self) -> Self:
        names = [name for _, name in self if name is not None]
        if len(set(names)) < len(names):
            raise ValidationError(
                "", "must be different names, because each connection has one consumer", "Set another name."
            )
        return self

    def name_for(self, consumer: str) -> str | None:
        """Returns the name for a connection method. None if it is not set."""
        return {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}[consumer]


def find_repeated_connections(
    databases: Mapping[str, Database], consumers: Mapping[str, Sequence[Consumer]]
) -> Iterator[ValidationError]:
    """Yields an error for each connection that has the name of another connection, which can be a default name."""
    for name, database in databases.items():
        if isinstance(database, PrismaDatabase):
            yield from errors_of_call(partial(_reject_repeated_connection, database, consumers[name], name))


def _reject_repeated_connection(database: "PrismaDatabase", consumers: Sequence[Consumer], name: str) -> None:
    names: dict[str, Consumer] = {}
    for index, each in enumerate(consumers):
        given = database.connection_names.name_for(each)
        connection = given or (each if index else Consumer.HYPERDRIVE)
        if (other := names.setdefault(connection, each)) is not each:
            raise ValidationError(
                f"databases.{name}.connection_names.{each}",
                f"must be unique among the connections of a database, got {connection}, which `{other}` has too",
                "Set another name.",
            )


class PrismaDatabase(Transformable, Database):
    """A Prisma Postgres database, in a new project or in an existing one."""

    may_be_prisma: ClassVar[bool] = True
    role_creator: ClassVar[RoleCreator | None] = RoleCreator.VENDOR

    provider: Literal["prisma"]
    """A new Prisma Postgres database, in a new or an existing project."""
    region: Annotated[str, AfterValidator(lambda region: validate_region(region, subject=""))]
    plan: Annotated[PrismaPlan, Field(strict=False)]
    project: PrismaProjectSettings = PrismaProjectSettings()
    """The new project, or the existing one."""
    database_name: str | None = None
    connection_names: PrismaConnectionNames = PrismaConnectionNames()
    """Names of the connections, of which each connection method has one. Another name revokes the credentials."""
    max_connections: NonNegativeInt | None = None
    service_token_secret: ApiKeyPath | None = None
    """Path below `secrets` of the service token of this database. Default: the configuration `prisma:serviceToken`."""

    def args(self) -> "PrismaPostgresArgs":
        """Returns the arguments of ``PrismaPostgres``."""
        return {
            "region": self.region,
            "plan": self.plan,
            "project_id": optional(self.project.existing),
            "project_name": optional(self.project.name),
            "database_name": optional(self.database_name),
            "active_slot": optional(self.active_slot),
            "max_connections": optional(self.max_connections),
            "transform": optional(self.transform),
        }

    def create(self, name: str, context: StackContext) -> "PrismaPostgres":
        """Creates and returns the database."""
        from edge_postgres.origins.prisma.component import PrismaPostgres

        args = self.args()
        main, *others = context.consumers.get(self.name) or [Consumer.HYPERDRIVE]
        args["connection_name"] = optional(self.connection_names.name_for(main))
        args["consumers"] = {each: self.connection_names.name_for(each) or each for each in others}
        if self.service_token_secret:
            args["api"] = {"service_token": context.secrets.output(self.service_token_secret)}
        return PrismaPostgres(name, args, self.options())

    @property
    def is_pooled(self) -> bool:
        """True, because Prisma has a pooler in front of every database."""
        return True

    def direct_tcp_origin(self, server: OriginComponent, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the origin for direct TCP: Prisma's pooler if there is one, otherwise the database itself."""
        from edge_postgres.origins.prisma.component import PrismaPostgres

        assert isinstance(server, PrismaPostgres)
        origin = server.consumers.get(Consumer.DIRECT, origin)
        addresses = pulumi.Output.all(server.pooled_host, server.pooled_port, server.host, server.port)
        return {
            **origin,
            "host": addresses.apply(lambda found: found[0] or found[2]),
            "port": addresses.apply(lambda found: found[1] or found[3]),
            "endpoint": addresses.apply(lambda found: (Endpoint.POOLED if found[0] else Endpoint.DIRECT).value),
        }

    def serverless_origin(self, server: OriginComponent, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the origin with the credentials of the serverless driver."""
        from edge_postgres.origins.prisma.component import PrismaPostgres

        assert isinstance(server, PrismaPostgres)
        return server.consumers.get(Consumer.SERVERLESS, origin)

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the plan, and the connections that Prisma reserves."""
        return connections_of(self.plan, self.max_connections, subject="max_connections")
