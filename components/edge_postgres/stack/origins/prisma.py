"""A database at Prisma."""

from typing import Annotated, Any, ClassVar, Literal, Self

import pulumi
from pydantic import AfterValidator, Field, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint
from edge_postgres.origins.prisma.limits import PrismaPlan
from edge_postgres.origins.prisma.rules import connections_of, validate_region
from edge_postgres.stack.model import Model, Whole
from edge_postgres.stack.origins.base import Database
from edge_postgres.stack.secrets import Secrets


class PrismaProjectSettings(Model):
    """A project that is there, or the name of a new one."""

    existing: str | None = None
    name: str | None = None

    @model_validator(mode="after")
    def _one_project(self) -> Self:
        if self.existing is not None and self.name is not None:
            raise ValidationError(
                "name", "stands beside `existing`; a project that is there has a name already", "Leave one of them out."
            )
        return self


class PrismaDatabase(Database):
    """A database that the stack makes at Prisma, in a project of its own or in one that is there."""

    component: ClassVar[str] = "PrismaPostgres"
    makes_roles: ClassVar[str] = "vendor"

    provider: Literal["prisma"]
    region: Annotated[str, AfterValidator(lambda region: validate_region(region, subject=""))]
    plan: Annotated[PrismaPlan, Field(strict=False)]
    project: PrismaProjectSettings = PrismaProjectSettings()
    database_name: str | None = None
    max_connections: Whole | None = None

    def arguments(self, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of the component."""
        stated = super().arguments(secrets, physical_name)
        del stated["project"]
        own_project = {"project_name": self.project.name or physical_name}
        project = {"project_id": self.project.existing} if self.project.existing else own_project
        return {"database_name": physical_name, **stated, **project}

    @property
    def is_pooled(self) -> bool:
        """Prisma has a pooler in front of every database."""
        return True

    def dialled(self, made: Any, roles: Any) -> PostgresOrigin:
        """Its pooler, or the database itself where Prisma tells of no pooler."""
        origin = super().dialled(made, roles)
        told = pulumi.Output.all(made.pooled_host, made.pooled_port, made.host, made.port)
        return {
            **origin,
            "host": told.apply(lambda found: found[0] or found[2]),
            "port": told.apply(lambda found: found[1] or found[3]),
            "endpoint": told.apply(lambda found: (Endpoint.POOLED if found[0] else Endpoint.DIRECT).value),
        }

    def connections(self) -> tuple[int | None, int | None]:
        """As many as the plan has, or as stated; some of them are Prisma's."""
        return connections_of(self.plan, self.max_connections, subject="max_connections")
