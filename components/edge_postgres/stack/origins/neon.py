"""Settings of a database at Neon."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import OriginComponent, PostgresOrigin
from edge_postgres.origin.hosts import Endpoint
from edge_postgres.origin.limits import NEON_RESERVED_CONNECTIONS
from edge_postgres.origins.neon.compute_rules import connections_of, validate_compute, validate_suspension
from edge_postgres.origins.neon.limits import NeonPlan
from edge_postgres.origins.neon.name_rules import validate_new_database, validate_role
from edge_postgres.origins.neon.rules import (
    DEFAULT_DATABASE,
    DEFAULT_PLAN,
    DEFAULT_USER,
    reject_contradictions,
    reject_expiry_of_protected,
    validate_history,
    validate_protection,
)
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import ApiKeyPath, Model, NonNegativeInt
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.neon_fields import Duration, Expiry, NeonName, PostgresVersion, Region, Suspension
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.origins.neon.args import NeonPostgresArgs
    from edge_postgres.origins.neon.component import NeonPostgres

PATHS = {
    "plan": "plan",
    "region": "project.region",
    "postgres_version": "project.postgres_version",
    "organization": "project.organization",
    "project_name": "project.name",
    "history_retention_seconds": "project.history_retention",
    "project_id": "project.existing",
    "branch": "branch.name",
    "parent": "branch.parent",
    "protected": "branch.protected",
    "expires_after_seconds": "branch.expires_after",
    "min_cu": "compute.min",
    "max_cu": "compute.max",
    "suspend_after_seconds": "compute.suspend_after",
    "database": "database",
    "create_database": "create_database",
    "user": "user",
    "max_connections": "max_connections",
    "reserved_connections": "reserved_connections",
    "api": "api_key_secret",
    "transform": "transform",
}
"""Path of each argument of ``NeonPostgres`` below the database in the stack file, for messages."""


class NeonProjectSettings(Model):
    """A new Neon project, or an existing one."""

    region: Region | None = None
    postgres_version: PostgresVersion | None = None
    organization: str | None = None
    name: NeonName | None = None
    history_retention: Duration = None
    """Time for which Neon keeps changes in the new project, so that a branch can be restored to a point in that time,
    such as `7d`. The plan limits it. Default: Neon's default of the plan at the creation of the project."""
    existing: str | None = None


class NeonBranchSettings(Model):
    """The root branch of a new Neon project, or a child branch of an existing one."""

    name: NeonName | None = None
    parent: str | None = None
    protected: bool | None = None
    expires_after: Expiry = None
    """Time until Neon deletes the branch, such as `12h` or `7d`."""

    @rule
    def _stays_or_expires(self) -> Self:
        reject_expiry_of_protected(
            protected=self.protected, expires_after_seconds=self.expires_after, subject="protected"
        )
        return self


class NeonComputeSettings(Model):
    """Smallest and largest size of the branch's compute in compute units, and the idle time until its suspension."""

    min: float | None = None
    max: float | None = None
    """Largest size of the compute in compute units. Default: the value of `min`, which gives a fixed size."""
    suspend_after: Suspension = None
    """Idle time until the compute is suspended, such as `90s` or `30m`; or `never`."""


class NeonDatabase(Transformable, Database):
    """A database at Neon, in a new project or on a branch of an existing one."""

    role_creator: ClassVar[RoleCreator | None] = RoleCreator.VENDOR

    provider: Literal["neon"]
    """A new Neon project, or a branch of an existing one."""
    plan: Annotated[NeonPlan | None, Field(strict=False)] = None
    """Plan of the organization, which limits the other settings. Default: `scale`, the plan with the highest limits."""
    project: NeonProjectSettings
    """The new project, or the existing one."""
    branch: NeonBranchSettings = NeonBranchSettings()
    """The root branch of a new project, or a child branch of an existing one."""
    compute: NeonComputeSettings = NeonComputeSettings()
    """Size of the compute of the branch, and the idle time until Neon suspends the compute."""
    database: str | None = None
    create_database: bool | None = None
    user: str | None = None
    max_connections: NonNegativeInt | None = None
    """Connections that the database accepts in total. Default: the number that Neon documents for the compute."""
    reserved_connections: NonNegativeInt | None = None
    api_key_secret: ApiKeyPath | None = None
    """Path below `secrets` of the API key of this database. Default: the configuration `neon:apiKey`."""

    def given_args(self) -> "NeonPostgresArgs":
        """Returns the arguments of ``NeonPostgres`` that the stack file contains. An omitted setting is None."""
        return {
            "plan": optional(self.plan),
            "region": optional(self.project.region),
            "postgres_version": optional(self.project.postgres_version),
            "organization": optional(self.project.organization),
            "project_name": optional(self.project.name),
            "history_retention_seconds": optional(self.project.history_retention),
            "project_id": optional(self.project.existing),
            "branch": optional(self.branch.name),
            "parent": optional(self.branch.parent),
            "protected": optional(self.branch.protected),
            "expires_after_seconds": optional(self.branch.expires_after),
            "min_cu": optional(self.compute.min),
            "max_cu": optional(self.compute.max),
            "suspend_after_seconds": optional(self.compute.suspend_after),
            "database": optional(self.database),
            "create_database": optional(self.create_database),
            "user": optional(self.user),
            "max_connections": optional(self.max_connections),
            "reserved_connections": optional(self.reserved_connections),
            "transform": optional(self.transform),
        }

    def args(self) -> "NeonPostgresArgs":
        """Returns the arguments of ``NeonPostgres``."""
        return {**self.given_args(), "active_slot": optional(self.active_slot)}

    def create(self, name: str, context: StackContext) -> "NeonPostgres":
        """Creates and returns the project or the branch, with the database."""
        from edge_postgres.origins.neon.component import NeonPostgres

        args = self.args()
        if self.api_key_secret:
            args["api"] = {"api_key": context.secrets.output(self.api_key_secret)}
        return NeonPostgres(name, args, self.options())

    @property
    def is_pooled(self) -> bool:
        """True, because Neon has a pooler in front of every compute."""
        return True

    def direct_tcp_origin(self, server: OriginComponent, origin: PostgresOrigin) -> PostgresOrigin:
        """Returns the origin for direct TCP: Neon's pooler."""
        from edge_postgres.origins.neon.component import NeonPostgres

        assert isinstance(server, NeonPostgres)
        return {**origin, "host": server.pooled_host, "port": server.pooled_port, "endpoint": Endpoint.POOLED.value}

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the compute, and the reserved connections.

        Both numbers are None if the stack uses the default branch of an existing project and `maxConnections` is
        omitted. The size of that branch's compute is unknown.
        """
        reserved = int(NEON_RESERVED_CONNECTIONS) if self.reserved_connections is None else self.reserved_connections
        if self.max_connections is not None:
            return self.max_connections, reserved
        if self.project.existing and not self.branch.name:
            return None, None
        return connections_of(*self._bounds()), reserved

    def _bounds(self) -> tuple[float, float]:
        """Returns the smallest and the largest size of the compute."""
        return validate_compute(
            self.compute.min, self.compute.max, self.plan or DEFAULT_PLAN, upper_bound="max", subject="compute.min"
        )

    @rule
    def _compute_is_valid(self) -> Iterator[ValidationError]:
        plan = self.plan or DEFAULT_PLAN
        largest = self.compute.min if self.compute.max is None else self.compute.max
        yield from errors_of_call(self._bounds)
        yield from errors_of_call(
            lambda: validate_suspension(self.compute.suspend_after, largest, plan, subject="compute.suspend_after")
        )

    @rule
    def _protection_is_in_the_plan(self) -> Self:
        validate_protection(self.branch.protected, self.plan or DEFAULT_PLAN, subject="branch.protected")
        return self

    @rule
    def _history_is_in_the_plan(self) -> Self:
        seconds = self.project.history_retention
        validate_history(seconds, self.plan or DEFAULT_PLAN, subject="project.history_retention")
        return self

    @rule
    def _database_is_valid(self) -> Self:
        if self.database and (self.project.existing is None or self.create_database):
            validate_new_database(self.database, subject="database")
        return self

    @rule
    def _one_project(self) -> Self:
        names = [argument for argument, value in self.given_args().items() if value is not None]
        reject_contradictions(names, settings=PATHS, subject="")
        return self

    @rule
    def _role_is_valid(self) -> Self:
        database, user = self.database or DEFAULT_DATABASE, self.user or DEFAULT_USER
        is_new, has_slots = self.project.existing is None, self.credentials is not None
        validate_role(user, database, is_new=is_new, has_slots=has_slots, subject="user")
        return self
