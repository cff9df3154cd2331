"""The two ports of a database, which represent the host names `db.prisma.io` and `pooled.db.prisma.io`.

The second port has no pool. It only accepts more connections. Another port for all databases represents the database
side of Prisma's serverless service, whose clients specify no port.
"""

from dataclasses import dataclass

from localcloud.emulation.postgres_proxy import LoginRejected, PostgresProxy, Target
from localcloud.emulation.store import Records
from localcloud.prisma.credentials import roles_of
from localcloud.prisma.records import CONNECTIONS, DATABASES, WORKSPACE, matching
from localcloud.prisma.settings import ConnectionLimits

DATABASE_NAME = "postgres"
"""Name of every database for clients."""

WRONG_PASSWORD = "28P01"  # noqa: S105
NO_SUCH_DATABASE = "3D000"
CANNOT_CONNECT_NOW = "57P03"


@dataclass(frozen=True)
class Listeners:
    """Opens and closes ports of databases."""

    records: Records
    proxy: PostgresProxy
    limits: ConnectionLimits

    async def open(self, database_id: str, direct: int = 0, pooled: int = 0) -> dict[str, int]:
        """Opens the given or free ports and returns them by name."""

        def route(user: str, name: str) -> Target:
            return route_login(self.records, database_id, user, name)

        direct = await self.proxy.open(direct, route, lambda: self.limits.direct)
        try:
            pooled = await self.proxy.open(pooled, route, lambda: self.limits.pooled)
        except OSError:
            await self.proxy.close(direct)
            raise
        return {"direct": direct, "pooled": pooled}

    async def open_to_all(self, port: int) -> int:
        """Opens a port that routes each login to the database of the user, without a connection limit."""

        def route(user: str, name: str) -> Target:
            return route_login(self.records, _database_of(self.records, user), user, name)

        return await self.proxy.open(port, route)

    async def close(self, ports: dict[str, int]) -> None:
        for port in ports.values():
            await self.proxy.close(port)


def route_login(records: Records, database_id: str, user: str, name: str) -> Target:
    """Returns the target of a login to a database. Raises ``LoginRejected``.

    A client without a database name sends the user name instead.
    """
    database = records.get(DATABASES, WORKSPACE, database_id)
    connections = matching(records, CONNECTIONS, databaseId=database_id)
    role = next((roles_of(each)[user] for each in connections if user in roles_of(each)), None)
    if database is None or role is None:
        raise LoginRejected(WRONG_PASSWORD, f'password authentication failed for user "{user}"')
    if database["status"] != "ready":
        raise LoginRejected(CANNOT_CONNECT_NOW, f"the database is not ready: its status is {database['status']}")
    if name not in (DATABASE_NAME, user):
        raise LoginRejected(NO_SUCH_DATABASE, f'database "{name}" does not exist')
    return Target(role, database["physicalName"])


def _database_of(records: Records, user: str) -> str:
    """Returns the id of the database of a user, or an empty string for an unknown user."""
    connections = matching(records, CONNECTIONS)
    return next((str(each["databaseId"]) for each in connections if user in roles_of(each)), "")
