"""Settings of the database of an existing Supabase project."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import pulumi
from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.hyperdrive.rules import validate_mtls
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.supabase.component import (
    DATABASE,
    connections_of_size,
    connections_of_supabase,
    direct_host,
    direct_user,
)
from edge_postgres.origins.supabase.limits import ComputeSize
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.direct_address import DirectAddress
from edge_postgres.stack.model import NonNegativeInt, PasswordPath
from edge_postgres.stack.origins.shared_server import SharedServer

if TYPE_CHECKING:
    from edge_postgres.origins.supabase.component import SupabasePostgres, SupabasePostgresArgs


def _valid_reference(project_ref: str) -> str:
    direct_host(project_ref, subject="")
    return project_ref


def _valid_tls_mode(sslmode: str | None, info: ValidationInfo) -> str | None:
    ca_certificate_id = info.data.get("ca_certificate_id")
    validate_mtls(service=False, sslmode=sslmode, ca_certificate_id=ca_certificate_id, subject="")
    return sslmode


class SupabaseDatabase(SharedServer):
    """The database of a Supabase project, at its host without a pooler."""

    unknown_size: ClassVar[str] = (
        "Set `compute_size` or `max_connections`, or set `hyperdrive.connection_limit` to a number."
    )

    provider: Literal["supabase"]
    """An existing Supabase project."""
    project_ref: Annotated[str, AfterValidator(_valid_reference)]
    """Reference of the project: the 20 letters and digits in the address of its dashboard."""
    user: Annotated[str, AfterValidator(lambda user: direct_user(user, subject=""))]
    """Role that Hyperdrive authenticates as."""
    password_secret: PasswordPath
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    database: Annotated[
        str, AfterValidator(lambda database: validate_length(database, "database name", subject=""))
    ] = DATABASE
    """Name of the database."""
    compute_size: Annotated[ComputeSize, Field(strict=False)] | None = None
    """Size of the project's compute, which determines how many connections the database accepts."""
    max_connections: NonNegativeInt | None = None
    """Number of connections that the database accepts. The number only describes the database. Default: the number for
    `computeSize`."""
    reserved_connections: NonNegativeInt | None = None
    """Number of connections in `maxConnections` that Supabase's services use. Default: derived from
    `maxConnections`."""
    ca_certificate_id: str | None = None
    """ID of a CA certificate that is already uploaded to Cloudflare."""
    sslmode: Annotated[str | None, AfterValidator(_valid_tls_mode)] = None
    """TLS mode of Hyperdrive. `verify-ca` and `verify-full` require `caCertificateId`. Default: `require`."""

    def args(self, context: StackContext) -> "SupabasePostgresArgs":
        """Returns the arguments of ``SupabasePostgres``."""
        return {
            "project_ref": self.project_ref,
            "user": self.user,
            "password": context.secrets.output(self.password_secret),
            "database": self.database,
            "compute_size": optional(self.compute_size),
            "max_connections": optional(self.max_connections),
            "reserved_connections": optional(self.reserved_connections),
            "sslmode": optional(self.sslmode),
            "ca_certificate_id": optional(self.ca_certificate_id),
        }

    @property
    def login(self) -> str:
        """Name of the role that Hyperdrive authenticates as."""
        return self.user

    def create(self, name: str, context: StackContext) -> "SupabasePostgres":
        """Returns the component, which describes the database of the project and creates nothing."""
        from edge_postgres.origins.supabase.component import SupabasePostgres

        if setting := self._connecting_setting:
            pulumi.log.warn(
                f"databases.{self.name}.{setting}: `pulumi up` connects to the direct host, which has only an IPv6 "
                "address without the IPv4 add-on of Supabase. A machine without IPv6, such as a hosted runner of "
                "GitHub, cannot reach the host. Run Pulumi on a machine with IPv6, or buy the add-on."
            )
        return SupabasePostgres(name, self.args(context), self.options())

    @property
    def _connecting_setting(self) -> str | None:
        """The setting that lets `pulumi up` itself connect to the database. None without such a setting."""
        if self.has_preview_database:
            return "previewDatabase"
        return "credentials.adminUser" if self.credentials and self.credentials.admin_user else None

    def address(self) -> DirectAddress | None:
        """Returns the address without a pooler. To connect to the pooler, a stack file needs `provider: existing`."""
        return {"host": direct_host(self.project_ref, subject=""), "port": 5432, "endpoint": None}

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the size, and Supabase's reserved connections."""
        accepted = connections_of_size(self.compute_size) if self.max_connections is None else self.max_connections
        reserved = self.reserved_connections
        if reserved is None and accepted is not None:
            reserved = connections_of_supabase(accepted)
        return accepted, reserved
