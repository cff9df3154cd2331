"""The two ports of a database: they stand for its host names `db.prisma.io` and `pooled.db.prisma.io`.

Nothing pools behind the second one: it takes more connections, and that is all. A port for all databases stands for
what is behind Prisma's serverless service, whose clients give no port.
"""

from dataclasses import dataclass

from localcloud.emulation.postgres_proxy import LoginRejected, PostgresProxy, Target
from localcloud.emulation.store import Records
from localcloud.prisma.credentials import roles_of
from localcloud.prisma.records import CONNECTIONS, DATABASES, WORKSPACE, matching
from localcloud.prisma.settings import ConnectionLimits

DATABASE_NAME = "postgres"
"""Of every database, for clients."""

WRONG_PASSWORD = "28P01"  # noqa: S105
NO_SUCH_DATABASE = "3D000"
CANNOT_CONNECT_NOW = "57P03"


@dataclass(frozen=True)
class Doors:
    records: Records
    proxy: PostgresProxy
    limits: ConnectionLimits

    async def open(self, database_id: str, direct: int = 0, pooled: int = 0) -> dict[str, int]:
        """Opens the ports, free ones where none are given, and returns them by name."""

        def lead(user: str, name: str) -> Target:
            return led(self.records, database_id, user, name)

        direct = await self.proxy.open(direct, lead, lambda: self.limits.direct)
        try:
            pooled = await self.proxy.open(pooled, lead, lambda: self.limits.pooled)
        except OSError:
            await self.proxy.close(direct)
            raise
        return {"direct": direct, "pooled": pooled}

    async def open_to_all(self, port: int) -> int:
        """A port that leads to the database of whoever signs in, and takes any number of connections."""

        def lead(user: str, name: str) -> Target:
            return led(self.records, _database_of(self.records, user), user, name)

        return await self.proxy.open(port, lead)

    async def close(self, ports: dict[str, int]) -> None:
        for port in ports.values():
            await self.proxy.close(port)


def led(records: Records, database_id: str, user: str, name: str) -> Target:
    """Where a sign-in to a database leads. Raises ``SignInRefused``.

    A client that names no database sends its user's name in the place.
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
    """Empty for a user of no connection."""
    connections = matching(records, CONNECTIONS)
    return next((str(each["databaseId"]) for each in connections if user in roles_of(each)), "")
