"""What stands behind databases and connections: databases, roles and ports on this machine.

A connection's role acts as the owner of the database. So it is of no matter by which connection a table was made, and
nothing is lost with one. It cannot make roles, and row-level security does not bind it, as at Prisma:
https://www.prisma.io/docs/postgres/database/roles-and-credentials (2026-11-21).
"""

from dataclasses import dataclass
from typing import Any

from localcloud.emulation.generated_values import now
from localcloud.emulation.server import LocalServer, server_name
from localcloud.emulation.store import Draft, Record
from localcloud.prisma.credentials import Credential, roles_of
from localcloud.prisma.doors import Doors
from localcloud.prisma.records import CONNECTIONS, DATABASES, WORKSPACE, matching, new, put

DEFAULT_CONNECTION = "Default connection"


@dataclass(frozen=True)
class Provisioning:
    server: LocalServer
    doors: Doors

    async def database(
        self, draft: Draft, stated: dict[str, Any], copy_of: Record | None = None
    ) -> tuple[Record, Credential]:
        """A new database with what is ``stated`` of it, and the credential of its default connection."""
        name = new(DATABASES)
        physical, owner = server_name("prisma", name), server_name("prisma", name, "owner")
        if copy_of is not None:
            owner = copy_of["owner"]
        else:
            await self.server.create_role(owner, None, bypass_rls=True)
        template = None if copy_of is None else copy_of["physicalName"]
        await self.server.create_database(physical, owner, template)
        database = {
            "id": name,
            "createdAt": now(),
            **stated,
            "defaultConnectionId": new(CONNECTIONS),
            "physicalName": physical,
            "owner": owner,
            "ports": await self.doors.open(name),
        }
        put(draft, DATABASES, database)
        _, credential = await self.connection(draft, database, DEFAULT_CONNECTION, database["defaultConnectionId"])
        return database, credential

    async def reopen(self, database: Record) -> None:
        await self.doors.open(database["id"], **database["ports"])

    async def remove_database(self, draft: Draft, database: Record) -> None:
        """With its connections. A copy of it keeps the owner."""
        await self.doors.close(database["ports"])
        await self.server.drop_database(database["physicalName"])
        for connection in matching(draft, CONNECTIONS, databaseId=database["id"]):
            await self.remove_connection(draft, connection)
        draft.delete(DATABASES, WORKSPACE, database["id"])
        if not matching(draft, DATABASES, owner=database["owner"]):
            await self.server.drop_role(database["owner"])

    async def connection(
        self, draft: Draft, database: Record, name: str, connection_id: str = ""
    ) -> tuple[Record, Credential]:
        credential = await self._signed_up(database)
        connection = {
            "id": connection_id or new(CONNECTIONS),
            "name": name,
            "createdAt": now(),
            "databaseId": database["id"],
            "user": credential.user,
            "role": credential.role,
            "rotated": [],
        }
        put(draft, CONNECTIONS, connection)
        return connection, credential

    async def rotate(self, draft: Draft, connection: Record, database: Record, looks: int) -> tuple[Record, Credential]:
        """A new credential; the old one ends after that many looks at the connection."""
        credential = await self._signed_up(database)
        old = {"user": connection["user"], "role": connection["role"], "looksLeft": looks}
        rotated = [*connection["rotated"], old]
        connection = {**connection, "user": credential.user, "role": credential.role, "rotated": rotated}
        put(draft, CONNECTIONS, connection)
        return connection, credential

    async def look_at_connection(self, draft: Draft, connection: Record) -> Record:
        """One more look at it: ends old credentials whose time has come."""
        if not connection["rotated"]:
            return connection
        for old in connection["rotated"]:
            if not old["looksLeft"]:
                await self.server.drop_role(old["role"])
        kept = [{**old, "looksLeft": old["looksLeft"] - 1} for old in connection["rotated"] if old["looksLeft"]]
        connection = {**connection, "rotated": kept}
        put(draft, CONNECTIONS, connection)
        return connection

    async def remove_connection(self, draft: Draft, connection: Record) -> None:
        """Its sessions end."""
        for role in roles_of(connection).values():
            await self.server.drop_role(role)
        draft.delete(CONNECTIONS, WORKSPACE, connection["id"])

    async def _signed_up(self, database: Record) -> Credential:
        credential = Credential.new()
        owner = database["owner"]
        await self.server.create_role(credential.role, credential.password, member_of=[owner], acts_as=owner)
        return credential
