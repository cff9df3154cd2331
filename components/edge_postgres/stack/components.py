"""The properties that the stack program requires of the components that create a database and its roles."""

from typing import Protocol, TypedDict, runtime_checkable

from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint


class OriginComponent(Protocol):
    """A component that creates a database, or describes an existing database."""

    @property
    def origin(self) -> PostgresOrigin:
        """The database with the role that clients use."""


@runtime_checkable
class SlotsComponent(Protocol):
    """A component that creates both rotating roles: ``DatabaseRoles``, or the database of a vendor with a role API."""

    @property
    def origin(self) -> PostgresOrigin:
        """The database with the active role."""

    @property
    def slots(self) -> dict[str, PostgresOrigin]:
        """The database with the role of each slot."""


class DirectAddress(TypedDict):
    """Address for connections without Hyperdrive."""

    host: str
    port: int
    endpoint: Endpoint | None
