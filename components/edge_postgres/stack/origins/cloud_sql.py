"""An instance of Google Cloud SQL that the stack makes."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    Availability,
    connections_of_tier,
    reject_two_doors,
    validate_disk_size,
    validate_networks,
    validate_new_database,
    validate_version,
)
from edge_postgres.stack.model import SecretPath, Whole, around
from edge_postgres.stack.origins.base import Database
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, DirectOptions


def _version(version: Any) -> Any:
    # A major version is a whole number: without quotes nothing of it is lost.
    version = str(version) if type(version) is int else version
    validate_version(version, subject="")
    return version


def _database(database: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=""), subject="")


def _unless_disposable(stated: bool | None, info: ValidationInfo) -> bool:
    return not around(info).is_disposable if stated is None else stated


class CloudSqlDatabase(Database):
    """A database on an instance of Google Cloud SQL."""

    component: ClassVar[str] = "CloudSqlPostgres"
    makes_roles: ClassVar[str] = "owner"
    secret_arguments: ClassVar[dict[str, str]] = {"password_secret": "password"}
    physical_name_argument: ClassVar[str | None] = "instance_name"

    provider: Literal["cloud-sql"]
    region: str
    tier: str
    postgres_version: Annotated[str, BeforeValidator(_version)] = DEFAULT_POSTGRES_VERSION
    disk_size: Annotated[int, AfterValidator(lambda size: validate_disk_size(size, subject=""))] | None = None
    availability: Annotated[Availability, Field(strict=False)] = Availability.ZONAL
    authorized_networks: (
        Annotated[list[str], AfterValidator(lambda found: validate_networks(found, subject=""))] | None
    ) = None
    open_to_the_internet: bool = False
    deletion_protection: Annotated[bool | None, AfterValidator(_unless_disposable)] = None
    database: Annotated[str, AfterValidator(_database)]
    user: Annotated[str, AfterValidator(lambda user: validate_length(user, "user name", subject=""))]
    password_secret: SecretPath | None = None
    max_connections: Whole | None = None

    @model_validator(mode="after")
    def _one_door(self) -> Self:
        reject_two_doors(networks=self.authorized_networks is not None, everybody=self.open_to_the_internet, subject="")
        return self

    def reject_dialling(self, _dialling: DirectOptions, *, subject: str) -> None:
        """Raises ``ValidationError``: the instance takes TLS only, and Google signs its certificate itself."""
        raise ValidationError(
            f"{subject}.host",
            "is an instance of Cloud SQL; Google signs its certificate itself, and a Worker's socket trusts public "
            "authorities only",
            HYPERDRIVE_INSTEAD,
        )

    def connections(self) -> tuple[int | None, int | None]:
        """What the tier tells, where nothing else is stated, and what superusers keep of it."""
        most = connections_of_tier(self.tier) if self.max_connections is None else self.max_connections
        return most, int(CLOUD_SQL_RESERVED_CONNECTIONS)
