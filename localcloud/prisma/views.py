"""How projects, databases and connections are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from localcloud.emulation.postgres_proxy import HOST
from localcloud.emulation.store import Record, Records
from localcloud.prisma import regions
from localcloud.prisma.credentials import Credential
from localcloud.prisma.envelope import Json
from localcloud.prisma.records import CONNECTIONS, DATABASES, PROJECTS, WORKSPACE, WORKSPACE_NAME, known, matching

BASE_PATH = "/v1"


@dataclass(frozen=True)
class Views:
    records: Records
    base_url: str
    issued: Mapping[str, Credential] = field(default_factory=dict)
    """What this answer alone shows, by the id of the connection."""

    @classmethod
    def of(cls, request: Request, records: Records, issued: Mapping[str, Credential] | None = None) -> "Views":
        return cls(records, f"{request.url.scheme}://{request.url.netloc}{BASE_PATH}", issued or {})

    def project(self, project: Record) -> Json:
        keys = ("name", "logicalId", "createdAt", "defaultRegion")
        return {
            **self._named("project", PROJECTS, project["id"]),
            **{key: project[key] for key in keys},
            "workspace": {"id": WORKSPACE, "url": f"{self.base_url}/workspaces/{WORKSPACE}", "name": WORKSPACE_NAME},
        }

    def database(self, database: Record) -> Json:
        keys = ("name", "status", "createdAt", "isDefault", "defaultConnectionId", "source", "branchId", "logicalId")
        connections = matching(self.records, CONNECTIONS, databaseId=database["id"])
        return {
            **self._named("database", DATABASES, database["id"]),
            **{key: database[key] for key in keys},
            "connections": [self.connection(each) for each in connections],
            "project": self._reference(PROJECTS, known(self.records, PROJECTS, database["projectId"])),
            "region": regions.view(database["region"]),
        }

    def database_with_old_fields(self, database: Record) -> Json:
        """As the older routes show a new one."""
        default = known(self.records, CONNECTIONS, database["defaultConnectionId"])
        view = self.connection_with_secrets(default)
        old = {key: view[key] for key in ("connectionString", "directConnection")}
        return {**self.database(database), **old, "apiKeys": [{**self.connection(default), **old}]}

    def connection(self, connection: Record) -> Json:
        """With secrets in its endpoints where they are issued now."""
        database = known(self.records, DATABASES, connection["databaseId"])
        credential = self.issued.get(connection["id"])
        return {
            **self._named("connection", CONNECTIONS, connection["id"]),
            "name": connection["name"],
            "createdAt": connection["createdAt"],
            "kind": "postgres",
            "endpoints": {name: _endpoint(port, credential) for name, port in database["ports"].items()},
            "directConnection": credential and {"host": HOST, "user": credential.user, "pass": credential.password},
            "database": self._reference(DATABASES, database),
        }

    def connection_with_secrets(self, connection: Record) -> Json:
        """The old fields too. The host has no port, and the string is of Accelerate: neither leads to the database."""
        credential = self.issued[connection["id"]]
        return {
            **self.connection(connection),
            "connectionString": f"prisma+postgres://{HOST}/?api_key={credential.api_key}",
            "host": HOST,
            "user": credential.user,
            "pass": credential.password,
        }

    def _named(self, kind: str, path: str, name: str) -> Json:
        return {"id": name, "type": kind, "url": f"{self.base_url}/{path}/{name}"}

    def _reference(self, path: str, record: Record) -> Json:
        return {"id": record["id"], "url": f"{self.base_url}/{path}/{record['id']}", "name": record["name"]}


def _endpoint(port: int, credential: Credential | None) -> Json:
    endpoint: Json = {"host": HOST, "port": port}
    if credential is None:
        return endpoint
    # Without the name of the database, as Prisma's own are.
    string = f"postgres://{credential.user}:{credential.password}@{HOST}:{port}/?sslmode=require"
    return {**endpoint, "connectionString": string}
