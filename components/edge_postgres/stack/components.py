"""The properties that the stack program requires of the components that create a database and its roles."""

from typing import Protocol, TypedDict, runtime_checkable

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint


class OriginComponent(Protocol):
    """A component that creates a database, or describes an existing database."""

    @property
    def origin(self) -> PostgresOrigin:
        """Origin of the database, with the role that clients use."""


@runtime_checkable
class SlotsComponent(Protocol):
    """A component that creates both rotating roles: ``DatabaseRoles``, ``NeonPostgres`` or ``PrismaPostgres``."""

    @property
    def origin(self) -> PostgresOrigin:
        """Origin of the database, with the role of the active slot."""

    @property
    def slots(self) -> dict[str, PostgresOrigin]:
        """For each slot, `a` and `b`, the origin of the database with the role of the slot."""


class DirectAddress(TypedDict):
    """Address for connections without Hyperdrive. An `endpoint` of None is derived from host and port."""

    host: str
    port: int
    endpoint: Endpoint | None
