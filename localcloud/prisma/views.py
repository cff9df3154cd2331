"""Representations of projects, databases and connections in responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from localcloud.emulation.postgres_proxy import HOST
from localcloud.emulation.store import Record, Records
from localcloud.prisma import regions
from localcloud.prisma.credentials import Credential
from localcloud.prisma.envelope import Json
from localcloud.prisma.records import CONNECTIONS, DATABASES, PROJECTS, WORKSPACE, WORKSPACE_NAME, get_or_404, matching

BASE_PATH = "/v1"


@dataclass(frozen=True)
class Views:
    """Converts records to responses."""

    records: Records
    base_url: str
    issued: Mapping[str, Credential] = field(default_factory=dict)
    """Secrets that only this response contains, by connection id."""

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
            "project": self._reference(PROJECTS, get_or_404(self.records, PROJECTS, database["projectId"])),
            "region": regions.view(database["region"]),
        }

    def database_with_old_fields(self, database: Record) -> Json:
        """Returns a new database in the format of the older routes."""
        default = get_or_404(self.records, CONNECTIONS, database["defaultConnectionId"])
        view = self.connection_with_secrets(default)
        old = {key: view[key] for key in ("connectionString", "directConnection")}
        return {**self.database(database), **old, "apiKeys": [{**self._api_key(default), **old}]}

    def connection(self, connection: Record) -> Json:
        """Returns a connection, with secrets if they are issued in this response."""
        database = get_or_404(self.records, DATABASES, connection["databaseId"])
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
        """Returns a connection with old fields: a host without a port, and a connection string for Accelerate."""
        credential = self.issued[connection["id"]]
        return {
            **self.connection(connection),
            "connectionString": f"prisma+postgres://{HOST}/?api_key={credential.api_key}",
            "host": HOST,
            "user": credential.user,
            "pass": credential.password,
        }

    def _api_key(self, connection: Record) -> Json:
        """Returns a connection without its database and without the connection strings of its endpoints."""
        shown = self.connection(connection)
        endpoints = {name: {"host": each["host"], "port": each["port"]} for name, each in shown["endpoints"].items()}
        return {**{key: value for key, value in shown.items() if key != "database"}, "endpoints": endpoints}

    def _named(self, kind: str, path: str, name: str) -> Json:
        return {"id": name, "type": kind, "url": f"{self.base_url}/{path}/{name}"}

    def _reference(self, path: str, record: Record) -> Json:
        return {"id": record["id"], "url": f"{self.base_url}/{path}/{record['id']}", "name": record["name"]}


def _endpoint(port: int, credential: Credential | None) -> Json:
    endpoint: Json = {"host": HOST, "port": port}
    if credential is None:
        return endpoint
    # Without the name of the database, as in Prisma's connection strings.
    string = f"postgres://{credential.user}:{credential.password}@{HOST}:{port}/?sslmode=require"
    return {**endpoint, "connectionString": string}
