"""Settings of the capacity, the network and the storage of a database on Amazon RDS."""

from typing import Annotated, Self

from pydantic import AfterValidator

from edge_postgres.origins.rds.capacity import validate_capacity
from edge_postgres.origins.rds.contradictions import (
    reject_two_kinds_of_access,
)
from edge_postgres.origins.rds.rules import (
    STORAGE_GIB,
    validate_growth,
    validate_storage,
    validate_subnets,
)
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model


class RdsCapacity(Model):
    """Minimum and maximum capacity of Aurora Serverless v2, in ACU."""

    min: float
    max: float

    @rule
    def _within_bounds(self) -> Self:
        validate_capacity(self.min, self.max, subject="max")
        return self


class RdsNetwork(Model):
    """Network of the database, and the clients that can connect to the database."""

    vpc_id: str
    subnet_ids: Annotated[list[str], AfterValidator(lambda subnets: validate_subnets(subnets, subject=""))]
    public: bool = False
    prefix_list_id: str | None = None
    """ID of a managed prefix list whose ranges may connect to the database, instead of Cloudflare's ranges. Requires
    `public: true`. Cannot be combined with `openToTheInternet`."""
    open_to_the_internet: bool = False
    """Whether every address of the Internet may connect, so that only the password protects the database. Requires
    `public: true`. Cannot be combined with `prefixListId`."""
    security_group_ids: list[str] | None = None

    @rule
    def _one_kind_of_access(self) -> Self:
        access = {"prefix_list_id": self.prefix_list_id, "open_to_the_internet": self.open_to_the_internet}
        given = [name for name, value in access.items() if value]
        reject_two_kinds_of_access(given, public=self.public, subject="")
        return self


class RdsStorage(Model):
    """Storage of an instance in GiB: the initial size and the maximum."""

    allocated: Annotated[int, AfterValidator(lambda gib: validate_storage(gib, subject=""))] = STORAGE_GIB
    maximum: int | None = None

    @rule
    def _can_grow(self) -> Self:
        validate_growth(self.maximum, self.allocated, subject="maximum")
        return self
