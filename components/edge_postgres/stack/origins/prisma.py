"""Settings of a Prisma Postgres database."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import pulumi
from pydantic import AfterValidator, Field

from edge_postgres.origin.contract import OriginComponent, PostgresOrigin
from edge_postgres.origin.hosts import Endpoint
from edge_postgres.origins.prisma.limits import PrismaPlan
from edge_postgres.origins.prisma.rules import connections_of, reject_named_existing_project, validate_region
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import ApiKeyPath, Model, NonNegativeInt
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.origins.prisma.component import PrismaPostgres, PrismaPostgresArgs


class PrismaProjectSettings(Model):
    """An existing Prisma project, or the name of a new one."""

    existing: str | None = None
    name: str | None = None

    @rule
    def _one_project(self) -> Self:
        reject_named_existing_project(self.existing, self.name, setting="existing", subject="name")
        return self


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
        addresses = pulumi.Output.all(server.pooled_host, server.pooled_port, server.host, server.port)
        return {
            **origin,
            "host": addresses.apply(lambda found: found[0] or found[2]),
            "port": addresses.apply(lambda found: found[1] or found[3]),
            "endpoint": addresses.apply(lambda found: (Endpoint.POOLED if found[0] else Endpoint.DIRECT).value),
        }

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the plan, and the connections that Prisma reserves."""
        return connections_of(self.plan, self.max_connections, subject="max_connections")
