"""Parts of the settings of a database on Amazon RDS: capacity, network, storage, and the data of a new server."""

from typing import Annotated, Self

from pydantic import AfterValidator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.rds.capacity import validate_capacity
from edge_postgres.origins.rds.contradictions import reject_additional_ranges, reject_two_kinds_of_access
from edge_postgres.origins.rds.network_rules import validate_ranges, validate_subnets
from edge_postgres.origins.rds.performance import validate_performance
from edge_postgres.origins.rds.restore import reject_two_restores, validate_time
from edge_postgres.origins.rds.rules import STORAGE_GIB, validate_growth, validate_storage
from edge_postgres.stack.every_error import rule, validate_items
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
    additional_ranges: (
        Annotated[
            list[str],
            AfterValidator(lambda ranges: validate_items(lambda some: validate_ranges(some, subject=""), ranges)),
        ]
        | None
    ) = None
    """Address ranges in CIDR notation that may connect too, such as that of the machine that runs `pulumi up`. For a
    private database, ranges of its network. Cannot be combined with `openToTheInternet`."""
    security_group_ids: list[str] | None = None

    @rule
    def _one_kind_of_access(self) -> None:
        access = {"prefix_list_id": self.prefix_list_id, "open_to_the_internet": self.open_to_the_internet}
        given = [name for name, value in access.items() if value]
        reject_two_kinds_of_access(given, public=self.public, subject="")

    @rule
    def _additional_ranges_restrict(self) -> None:
        reject_additional_ranges(
            self.additional_ranges is not None, open_access=self.open_to_the_internet, subject="additional_ranges"
        )

    @property
    def lets_others_in(self) -> bool:
        """Whether other clients than Cloudflare can connect."""
        return bool(
            self.additional_ranges or self.prefix_list_id or self.open_to_the_internet or self.security_group_ids
        )


class RdsStorage(Model):
    """Storage of an instance: the initial size and the maximum in GiB, and the provisioned performance."""

    allocated: Annotated[int, AfterValidator(lambda gib: validate_storage(gib, subject=""))] = STORAGE_GIB
    maximum: int | None = None
    iops: int | None = None
    """Provisioned I/O operations per second, 12000 to 64000. Requires `allocated` of at least 400. Default: 12000 with
    such storage."""
    throughput: int | None = None
    """Provisioned throughput in MiB/s, 500 to 4000 and at most a quarter of `iops`. Requires `allocated` of at least
    400. Default: 500 with such storage."""

    @rule
    def _can_grow(self) -> Self:
        validate_growth(self.maximum, self.allocated, subject="maximum")
        return self

    @rule
    def _has_performance(self) -> Self:
        validate_performance(
            self.allocated, self.iops, self.throughput, subject="iops", throughput_subject="throughput"
        )
        return self


class RdsRestore(Model):
    """Data of a new server: that of a snapshot, or that of another server at a point in time."""

    snapshot: str | None = None
    """Name or ARN of a snapshot. Cannot be combined with `source`."""
    source: str | None = None
    """Name of an instance or a cluster. Requires `time`."""
    time: Annotated[str, AfterValidator(lambda time: validate_time(time, subject=""))] | None = None
    """Point in time of the data of `source`: `latest`, or a time in UTC such as `"2026-11-30T09:45:00Z"`."""

    @rule
    def _one_origin(self) -> Self:
        snapshot, source, time = (each is not None for each in (self.snapshot, self.source, self.time))
        reject_two_restores(snapshot, source=source, time=time, subject="snapshot" if snapshot else "source")
        if not (snapshot or source):
            raise ValidationError(
                "snapshot", "is required without a source", "Set a snapshot, or set `source` and `time`."
            )
        return self
