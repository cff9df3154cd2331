"""A database on Amazon RDS: an instance, or Aurora Serverless v2."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.passwords import reject_rotated_password
from edge_postgres.origins.rds.args import reject_idle_sync, reject_two_doors, reject_two_kinds, reject_two_passwords
from edge_postgres.origins.rds.connections import connections_of_capacity, connections_of_class
from edge_postgres.origins.rds.limits import RDS_RESERVED_CONNECTIONS
from edge_postgres.origins.rds.rules import (
    BACKUP_DAYS,
    STORAGE_GIB,
    validate_backup_days,
    validate_capacity,
    validate_database,
    validate_growth,
    validate_identifier,
    validate_storage,
    validate_subnets,
    validate_user,
    validate_version,
)
from edge_postgres.stack.model import Model, SecretPath, Whole, around
from edge_postgres.stack.origins.base import Database
from edge_postgres.stack.secrets import Secrets


def _unless_disposable(stated: bool | None, info: ValidationInfo) -> bool:
    return not around(info).is_disposable if stated is None else stated


class RdsCapacity(Model):
    """The least and the most that Aurora Serverless v2 scales to, in ACU."""

    min: float
    max: float

    @model_validator(mode="after")
    def _within_bounds(self) -> Self:
        validate_capacity(self.min, self.max, subject="max")
        return self


class RdsNetwork(Model):
    """Where the database stands, and who may connect to it besides Cloudflare."""

    vpc_id: str
    subnet_ids: Annotated[list[str], AfterValidator(lambda subnets: validate_subnets(subnets, subject=""))]
    public: bool = False
    prefix_list_id: str | None = None
    open_to_the_internet: bool = False
    security_group_ids: list[str] | None = None

    @model_validator(mode="after")
    def _one_door(self) -> Self:
        doors = [door for door in ("prefix_list_id", "open_to_the_internet") if getattr(self, door)]
        reject_two_doors(doors, public=self.public, subject="")
        return self


class RdsStorage(Model):
    """Storage of an instance in GiB: at the start, and what it may grow to."""

    allocated: Annotated[int, AfterValidator(lambda gib: validate_storage(gib, subject=""))] = STORAGE_GIB
    maximum: int | None = None

    @model_validator(mode="after")
    def _can_grow(self) -> Self:
        validate_growth(self.maximum, self.allocated, subject="maximum")
        return self


class RdsDatabase(Database):
    """A database that the stack makes on Amazon RDS."""

    component: ClassVar[str] = "RdsPostgres"
    makes_roles: ClassVar[str] = "owner"
    may_be_private: ClassVar[bool] = True
    secret_arguments: ClassVar[dict[str, str]] = {"password_secret": "password"}

    provider: Literal["rds"]
    engine_version: Annotated[str, BeforeValidator(lambda version: validate_version(version, subject=""))]
    instance_class: str | None = None
    capacity: RdsCapacity | None = None
    multi_az: bool = False
    network: RdsNetwork
    storage: RdsStorage | None = None
    identifier: Annotated[str, AfterValidator(lambda word: validate_identifier(word, subject=""))] | None = None
    database: Annotated[str, AfterValidator(lambda word: validate_database(word, subject=""))] | None = None
    user: Annotated[str, AfterValidator(lambda word: validate_user(word, subject=""))] | None = None
    password_secret: SecretPath | None = None
    managed_password: bool = False
    rotation_sync: str | None = None
    backup_days: Annotated[int, AfterValidator(lambda days: validate_backup_days(days, subject=""))] = BACKUP_DAYS
    deletion_protection: Annotated[bool | None, AfterValidator(_unless_disposable)] = None
    final_snapshot: Annotated[bool | None, AfterValidator(_unless_disposable)] = None
    ca_identifier: str | None = None
    region: str | None = None
    tags: dict[str, str] | None = None
    max_connections: Whole | None = None
    reserved_connections: Whole | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not self.network.public and self.route is None:
            raise ValidationError(
                "network.public",
                "is not true, and there is no `route`; Cloudflare dials from the Internet, and the database would have "
                "private addresses only",
                "State a `route`, or say `true`: then Cloudflare's ranges may connect, and nobody else.",
            )
        return self

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        aurora = self.capacity is not None
        reject_two_kinds(instance_class=self.instance_class is not None, capacity=aurora, subject="instance_class")
        if aurora and self.storage is not None:
            raise ValidationError(
                "storage", "stands beside `capacity`; the storage of Aurora grows by itself", "Leave it out."
            )
        return self

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        managed = self.managed_password
        reject_two_passwords(managed=managed, given=self.password_secret is not None, subject="managed_password")
        reject_idle_sync(managed=managed, synchronised=self.rotation_sync is not None, subject="rotation_sync")
        if managed and self.rotation_sync is None:
            reject_rotated_password(True, consumer="Hyperdrive", subject="managed_password")
        return self

    def arguments(self, secrets: Secrets, physical_name: str) -> Any:
        """The arguments of the component."""
        stated = super().arguments(secrets, physical_name)
        network, storage, capacity = (stated.pop(part, {}) for part in ("network", "storage", "capacity"))
        flat = {
            "ingress_prefix_list_id": network.pop("prefix_list_id", None),
            "allocated_storage": storage.get("allocated"),
            "max_allocated_storage": storage.get("maximum"),
            "min_capacity": capacity.get("min"),
            "max_capacity": capacity.get("max"),
        }
        return {"identifier": physical_name, **stated, **network, **flat}

    def address(self) -> dict[str, Any] | None:
        """One that looks like its own: it tells whose certificate there will be."""
        return {"host": "identifier.region.rds.amazonaws.com", "port": 5432}

    def connections(self) -> tuple[int | None, int | None]:
        """As stated, else by class or capacity; some of them are RDS's own."""
        told = self.max_connections
        if told is None and self.capacity is not None:
            told = connections_of_capacity(self.capacity.min, self.capacity.max)
        elif told is None and self.instance_class is not None:
            told = connections_of_class(self.instance_class)
        reserved = RDS_RESERVED_CONNECTIONS if self.reserved_connections is None else self.reserved_connections
        return told, reserved
