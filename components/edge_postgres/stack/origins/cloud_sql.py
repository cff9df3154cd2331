"""Settings of a database on a new instance of Google Cloud SQL."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    Availability,
    connections_of_tier,
    reject_open_access_with_ranges,
    validate_disk_size,
    validate_instance_name,
    validate_networks,
    validate_new_database,
    validate_version,
)
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import NonNegativeInt, PasswordPath, context_of
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.origins.role_creator import RoleCreator
from edge_postgres.stack.transform import Transformable
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions

if TYPE_CHECKING:
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres, CloudSqlPostgresArgs


def _valid_version(version: Any) -> Any:
    # YAML reads a major version without quotes as an integer.
    version = str(version) if type(version) is int else version
    validate_version(version, subject="")
    return version


def _valid_database(database: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=""), subject="")


def _true_unless_local_or_preview(value: bool | None, info: ValidationInfo) -> bool:
    return not context_of(info).is_local_or_preview if value is None else value


class CloudSqlDatabase(Transformable, Database):
    """A database on an instance of Google Cloud SQL."""

    role_creator: ClassVar[RoleCreator | None] = RoleCreator.DATABASE_USER

    provider: Literal["cloud-sql"]
    """A new Google Cloud SQL instance."""
    region: str
    tier: str
    instance_name: Annotated[str, AfterValidator(lambda name: validate_instance_name(name, subject=""))] | None = None
    postgres_version: Annotated[str, BeforeValidator(_valid_version)] = DEFAULT_POSTGRES_VERSION
    disk_size: Annotated[int, AfterValidator(lambda size: validate_disk_size(size, subject=""))] | None = None
    availability: Annotated[Availability, Field(strict=False)] = Availability.ZONAL
    authorized_networks: (
        Annotated[list[str], AfterValidator(lambda found: validate_networks(found, subject=""))] | None
    ) = None
    open_to_the_internet: bool = False
    deletion_protection: Annotated[bool | None, AfterValidator(_true_unless_local_or_preview)] = None
    """Whether Pulumi and Google reject a deletion of the instance. Default: `true`, except in `local` and preview
    stacks (`pr-…`)."""
    database: Annotated[str, AfterValidator(_valid_database)]
    user: Annotated[str, AfterValidator(lambda user: validate_length(user, "user name", subject=""))]
    password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `user`, for example `databases.main.password`."""
    max_connections: NonNegativeInt | None = None

    @rule
    def _one_kind_of_access(self) -> Self:
        reject_open_access_with_ranges(
            networks=self.authorized_networks is not None, open_access=self.open_to_the_internet, subject=""
        )
        return self

    def args(self, context: StackContext) -> "CloudSqlPostgresArgs":
        """Returns the arguments of ``CloudSqlPostgres``."""
        args: CloudSqlPostgresArgs = {
            "region": self.region,
            "tier": self.tier,
            "instance_name": optional(self.instance_name),
            "database": self.database,
            "user": self.user,
            "postgres_version": self.postgres_version,
            "disk_size": optional(self.disk_size),
            "availability": self.availability,
            "authorized_networks": optional(self.authorized_networks),
            "open_to_the_internet": self.open_to_the_internet,
            "max_connections": optional(self.max_connections),
            "deletion_protection": optional(self.deletion_protection),
            "transform": optional(self.transform),
        }
        if self.password_secret:
            args["password"] = context.secrets.output(self.password_secret)
        return args

    def create(self, name: str, context: StackContext) -> "CloudSqlPostgres":
        """Creates and returns the instance with the database."""
        from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres

        return CloudSqlPostgres(name, self.args(context), self.options())

    def validate_direct_access(self, _options: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError``, because a Worker's socket cannot verify a certificate of Google's own CA."""
        raise ValidationError(
            f"{subject}.host",
            "is a Cloud SQL instance with a certificate of Google's CA, and a Worker's socket trusts only public CAs",
            HYPERDRIVE_INSTEAD,
        )

    def connections(self) -> tuple[int | None, int | None]:
        """Returns the accepted connections, by default those of the tier, and the connections for superusers only."""
        accepted = connections_of_tier(self.tier) if self.max_connections is None else self.max_connections
        return accepted, int(CLOUD_SQL_RESERVED_CONNECTIONS)
