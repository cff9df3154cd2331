"""`Database`: the settings that all databases of a stack file have, independent of their `provider`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import pulumi
from pydantic import AfterValidator, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget import ConnectionBudgetArgs, allocate_budget
from edge_postgres.origin.contract import OriginComponent, PostgresOrigin, SlotsComponent
from edge_postgres.stack.connectors import AwsNetwork
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.credentials import OWNER_ROLE, Credentials
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.hyperdrive import AUTO, HyperdriveSettings
from edge_postgres.stack.model import Model, Name, context_of
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.origins.role_rules import errors_of_roles, warn_of_private_address
from edge_postgres.stack.protection import deleted_with_server, protected
from edge_postgres.stack.routes import AnyRoute
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions, validate_address

if TYPE_CHECKING:
    from edge_postgres.postgres.preview_database import PreviewDatabase


def _protect(protect: bool | None, info: ValidationInfo) -> bool:
    return not context_of(info).is_local_or_preview if protect is None else protect


class Database(Model):
    """One entry of `databases`."""

    role_creator: ClassVar[RoleCreator | None] = None
    """Creator of the two rotating roles if `a`, `b` and `adminUser` are not set. None if one of them must be set."""
    may_be_private: ClassVar[bool] = False
    """Whether the database can have a private address, which needs a network route."""
    may_be_prisma: ClassVar[bool] = False
    """Whether the database can be a Prisma Postgres database, which the serverless driver requires."""
    has_instance_ca: ClassVar[bool] = False
    """Whether the vendor creates each server with a separate CA."""
    unknown_size: ClassVar[str] = "Set `max_connections`, or set `hyperdrive.connection_limit` to a number."
    """Fix in the error about `connectionLimit: auto` if the number of accepted connections is unknown."""

    name: Name
    route: AnyRoute | None = None
    """Network route to a private database. Only for `existing`, `rds` and `cloud-sql`. Required for `rds`, unless
    `network.public` is `true`, and for `cloud-sql` with `privateNetwork`."""
    hyperdrive: HyperdriveSettings | None = None
    """Hyperdrive configuration of the database. Required if a Worker or a Pages project has a Hyperdrive binding to the
    database, and with `route`."""
    credentials: Credentials | None = None
    """Two login roles that take turns, so that a password can be rotated without an outage."""
    protect: Annotated[bool | None, AfterValidator(_protect)] = None
    """Whether Pulumi rejects the deletion and the replacement of resources that hold data. `deletionProtection` rejects
    them in any case. Default: `true`, except in `local` and preview stacks (`pr-…`)."""

    def create(self, name: str, context: StackContext) -> OriginComponent:
        """Creates and returns the component of the database."""
        raise NotImplementedError

    @property
    def has_preview_database(self) -> bool:
        """Whether the stack creates a separate database on a shared server."""
        return False

    def create_preview_database(self, name: str, origin: PostgresOrigin) -> "PreviewDatabase":
        """Creates and returns the separate database of a preview stack on a shared server."""
        raise NotImplementedError

    def create_roles(
        self, name: str, server: OriginComponent, origin: PostgresOrigin, context: StackContext
    ) -> SlotsComponent | None:
        """Returns the component that creates both roles: `server`, or a new one. Returns None without `credentials`."""
        if self.credentials is None:
            return None
        if self.role_creator is RoleCreator.VENDOR:
            assert isinstance(server, SlotsComponent)
            return server
        from edge_postgres.postgres.roles import DatabaseRoles

        warn_of_private_address(self)
        args = self.credentials.args(origin, context.secrets, self.ca_pem, self.default_owner_role)
        return DatabaseRoles(name, args, deleted_with_server(server))

    def options(self) -> pulumi.ResourceOptions:
        """Returns the options of the database component. They protect resources that hold data if `protect` is set."""
        return pulumi.ResourceOptions(transformations=[protected] if self.protect else [])

    @property
    def active_slot(self) -> str | None:
        """The active slot if the vendor creates the roles, otherwise None."""
        return self.credentials.active_slot if self.credentials and self.role_creator is RoleCreator.VENDOR else None

    @property
    def login(self) -> str | None:
        """Name of the role that the settings of the database contain. None if the settings do not show the name."""
        return None

    @property
    def default_owner_role(self) -> str | None:
        """Default of `credentials.ownerRole`. None: the user of the database."""
        return OWNER_ROLE if self.role_creator is RoleCreator.DATABASE_USER else None

    @property
    def missing_access(self) -> str | None:
        """The setting that lets the machine that runs `pulumi up` connect. None unless only Cloudflare can connect."""
        return None

    @property
    def ca_pem(self) -> str | None:
        """CA certificate in PEM with which `pulumi up` verifies the server. None: no verification."""
        return self.hyperdrive.ca_pem if self.hyperdrive else None

    @property
    def consumers(self) -> list[str]:
        """Names of the Hyperdrive configurations in the budget: `main`, or for both slots `main.a` and `main.b`."""
        return [f"{self.name}.{slot}" for slot in ("a", "b")] if self.credentials else [self.name]

    @property
    def is_pooled(self) -> bool:
        """Whether a Worker without Hyperdrive connects to a pooler."""
        return False

    @property
    def has_secret_url(self) -> bool:
        """Whether the address is part of a secret connection string."""
        return False

    @property
    def needs_encoding(self) -> bool:
        """Whether a given user, password or database has characters that a URL encodes."""
        return False

    @property
    def is_public(self) -> bool:
        """Whether the settings give the database a public address."""
        return False

    @property
    def other_routes(self) -> list[str]:
        """Names of the given arguments that replace a `route`, such as `service_id`."""
        return []

    @property
    def host_or_example(self) -> str | None:
        """Host of the database, or an example with the same CA. None if the stack file does not show the vendor."""
        return None

    @property
    def aws_network(self) -> AwsNetwork:
        """Network of the database at AWS, as far as the stack file contains it."""
        return AwsNetwork()

    def aws_network_of(self, server: OriginComponent) -> AwsNetwork:  # noqa: ARG002
        """Returns the network at AWS of the database that the component ``server`` has created."""
        return self.aws_network

    def instance_ca(self, server: OriginComponent) -> pulumi.Output[str | None] | None:  # noqa: ARG002
        """Returns the CA certificate in PEM of the created ``server``. None without a separate CA of the server."""
        return None

    def address(self) -> DirectAddress | None:
        """Returns the address without Hyperdrive, or an example of the vendor. None if the stack file shows neither."""
        return None

    def direct_tcp_origin(self, server: OriginComponent, origin: PostgresOrigin) -> PostgresOrigin:  # noqa: ARG002
        """Returns the origin for direct TCP: the vendor's pooler if there is one, otherwise ``origin``."""
        return origin

    def serverless_origin(self, server: OriginComponent, origin: PostgresOrigin) -> PostgresOrigin:  # noqa: ARG002
        """Returns the origin for Prisma's serverless driver."""
        return origin

    def validate_direct_access(self, options: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError`` if the settings show that a Worker's socket cannot reach the database."""
        if self.route is not None:
            problem = "is only for Hyperdrive, because it leads into a private network"
            raise ValidationError(f"{subject}.route", problem, HYPERDRIVE_INSTEAD)
        if address := self.address():
            validate_address(options, subject=subject, **address)

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the numbers of accepted and of reserved connections. An unknown number is None."""
        raise NotImplementedError

    def budget_args(
        self,
        plan: Plan,
        other_stacks: Mapping[str, pulumi.Input[float]],
        direct_connections: Mapping[str, int] | None = None,
    ) -> ConnectionBudgetArgs | None:
        """Returns the arguments of ``ConnectionBudget``. None without clients, or if the size is unknown.

        Args:
            plan: Workers plan of the account.
            other_stacks: Number of connections by the name of another stack.
            direct_connections: Number of connections without Hyperdrive by the path of the client.
        """
        accepted, reserved = self.connections()
        if accepted is None or not (self.hyperdrive or direct_connections):
            return None
        args: ConnectionBudgetArgs = {
            "max_connections": accepted,
            "reserved_connections": reserved or 0,
            "plan": plan,
            "limits": dict(direct_connections or {}),
            "elsewhere": dict(other_stacks),
        }
        return self.hyperdrive.with_limits(args, self.consumers) if self.hyperdrive else args

    @rule
    def _roles_fit(self) -> Iterator[ValidationError]:
        yield from errors_of_roles(self)

    @rule
    def _names_fit_the_slots(self) -> Self:
        if self.credentials and self.hyperdrive and self.hyperdrive.fresh and self.hyperdrive.fresh.config_name:
            raise ValidationError(
                "hyperdrive.fresh.config_name",
                "cannot be combined with `credentials`, which create two configurations without a cache",
                "Remove `hyperdrive.fresh.config_name`. Both names are derived from `hyperdrive.config_name`.",
            )
        return self

    @rule
    def _route_fits(self) -> Iterator[ValidationError]:
        if self.route is not None:
            yield from self.route.errors_with(self)

    @rule
    def _has_the_ca_of_its_instance(self) -> Self:
        if self.hyperdrive and self.hyperdrive.tls and not self.has_instance_ca:
            self.hyperdrive.tls.reject_instance_ca(subject="hyperdrive.tls.ca")
        return self

    @rule
    def _limits_fit_into_the_database(self, info: ValidationInfo) -> Self:
        subject = "hyperdrive.connection_limit"
        if args := self.budget_args(context_of(info).plan, {}):
            allocate_budget(args, subject=subject)
        elif self.hyperdrive and self.hyperdrive.connection_limit == AUTO:
            problem = "cannot be `auto`, because the size of the database is unknown"
            raise ValidationError(subject, problem, self.unknown_size)
        return self
