"""The databases, roles and ports on this machine, for databases and connections of the API.

A connection's role acts as the owner of the database. All connections therefore have the same rights on all tables,
and deleting a connection deletes no data. The role cannot create roles, and bypasses row-level security. Source:
https://www.prisma.io/docs/postgres/database/roles-and-credentials (2026-11-21).
"""

from dataclasses import dataclass
from typing import Any

from localcloud.emulation.generated_values import now
from localcloud.emulation.server import LocalServer, server_name
from localcloud.emulation.store import Draft, Record
from localcloud.prisma.credentials import Credential, roles_of
from localcloud.prisma.listeners import Listeners
from localcloud.prisma.records import CONNECTIONS, DATABASES, WORKSPACE, matching, new, put

DEFAULT_CONNECTION = "Default connection"


@dataclass(frozen=True)
class Provisioning:
    """Creates and deletes objects on the server."""

    server: LocalServer
    listeners: Listeners

    async def database(
        self, draft: Draft, fields: dict[str, Any], template: Record | None = None
    ) -> tuple[Record, Credential]:
        """Creates a database with the given ``fields``. Returns it, and the credential of its default connection."""
        name = new(DATABASES)
        name_on_server, owner = server_name("prisma", name), server_name("prisma", name, "owner")
        if template is not None:
            owner = template["owner"]
        else:
            await self.server.create_role(owner, None, bypass_rls=True)
        template_name = None if template is None else template["physicalName"]
        await self.server.create_database(name_on_server, owner, template_name)
        database = {
            "id": name,
            "createdAt": now(),
            **fields,
            "defaultConnectionId": new(CONNECTIONS),
            "physicalName": name_on_server,
            "owner": owner,
            "ports": await self.listeners.open(name),
        }
        put(draft, DATABASES, database)
        _, credential = await self.connection(draft, database, DEFAULT_CONNECTION, database["defaultConnectionId"])
        return database, credential

    async def reopen(self, database: Record) -> None:
        await self.listeners.open(database["id"], **database["ports"])

    async def remove_database(self, draft: Draft, database: Record) -> None:
        """Deletes a database with its connections. Copies of it keep the owner role."""
        await self.listeners.close(database["ports"])
        await self.server.drop_database(database["physicalName"])
        for connection in matching(draft, CONNECTIONS, databaseId=database["id"]):
            await self.remove_connection(draft, connection)
        draft.delete(DATABASES, WORKSPACE, database["id"])
        if not matching(draft, DATABASES, owner=database["owner"]):
            await self.server.drop_role(database["owner"])

    async def connection(
        self, draft: Draft, database: Record, name: str, connection_id: str = ""
    ) -> tuple[Record, Credential]:
        credential = await self._create_login_role(database)
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
        """Creates a new credential. The old one is revoked after this number of reads of the connection."""
        credential = await self._create_login_role(database)
        old = {"user": connection["user"], "role": connection["role"], "looksLeft": looks}
        rotated = [*connection["rotated"], old]
        connection = {**connection, "user": credential.user, "role": credential.role, "rotated": rotated}
        put(draft, CONNECTIONS, connection)
        return connection, credential

    async def count_connection_read(self, draft: Draft, connection: Record) -> Record:
        """Counts a read of a connection, and revokes old credentials whose number of reads is reached."""
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
        """Deletes a connection and closes its sessions."""
        for role in roles_of(connection).values():
            await self.server.drop_role(role)
        draft.delete(CONNECTIONS, WORKSPACE, connection["id"])

    async def _create_login_role(self, database: Record) -> Credential:
        credential = Credential.new()
        owner = database["owner"]
        await self.server.create_role(credential.role, credential.password, member_of=[owner], acts_as=owner)
        return credential
