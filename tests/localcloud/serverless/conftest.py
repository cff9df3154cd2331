"""The serverless service on the Postgres of the tests, and a database for its clients."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud import node
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from localcloud.prisma_serverless import PrismaServerless
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import CHECKOUT
from localcloud.supervisor import Supervisor
from localcloud.vendors import PrismaEmulator
from tests.localcloud.logs import log_of, wait_for_log
from tests.localcloud.prisma.api import new_connection, new_database, new_project, run_statements, wait_until_ready

DRIVER = Path(__file__).with_name("driver.mjs")
TIMEOUT_SECONDS = 30
CONTENT_TYPES = {
    ".js": "application/javascript+module",
    ".mjs": "application/javascript+module",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True)
class Database:
    """One database of the Prisma emulator, and the credentials of one client."""

    id: str
    user: str
    password: str = field(repr=False)
    port: int = 0

    @property
    def url(self) -> str:
        """The direct connection string with the name of the database, as a Worker gets it."""
        return f"postgres://{self.user}:{self.password}@127.0.0.1:{self.port}/postgres?sslmode=require"

    def ran(self, *statements: str) -> Any:
        """Runs statements without the service. Returns the first value of the last result."""
        return run_statements(self.url, *statements)


@dataclass(frozen=True)
class Serverless:
    """The service and its clients."""

    service: PrismaServerless
    management: httpx.Client
    """Client of Prisma's management API."""

    @property
    def address(self) -> str:
        return self.service.base_url.removesuffix(self.service.base_path)

    def new_database(self) -> Database:
        database = wait_until_ready(self.management, new_database(self.management, new_project(self.management)))
        return self.new_connection(database["id"])

    def new_connection(self, database_id: str) -> Database:
        direct = new_connection(self.management, {"id": database_id})["endpoints"]["direct"]["connectionString"]
        services = urlsplit(direct)
        return Database(database_id, str(services.username), str(services.password), services.port or 0)

    def driver(self, database: Database, body: str) -> Any:
        """Runs the body of an async function with the real driver in Node. Returns its result or its error."""
        transport = {
            "endpoint": self.address,
            "username": database.user,
            "password": database.password,
            "database": "postgres",
        }
        ended = subprocess.run(
            [node.program(), DRIVER],
            env={"PATH": os.defpath, "SERVERLESS": json.dumps(transport), "WORKERS": str(CHECKOUT / "workers")},
            input=body,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
        assert ended.returncode == 0, ended.stderr
        result = json.loads(ended.stdout)
        return result["error"] if "error" in result else result["value"]


@pytest.fixture(scope="session")
def serverless(postgres: Postgres) -> Iterator[Serverless]:
    supervisor = Supervisor(postgres.state_directory)
    prisma, service = PrismaEmulator(postgres.state_directory, postgres), PrismaServerless(postgres.state_directory)
    try:
        supervisor.ensure(prisma, print)
        supervisor.ensure(service, print)
        headers = {"authorization": f"Bearer {prisma.key}"}
        base_url = prisma.base_url.removesuffix(prisma.base_path)
        with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False) as management:
            yield Serverless(service, management)
            management.post("/__localcloud/reset")
    finally:
        supervisor.stop(service.name, print)
        supervisor.stop(prisma.name, print)


@pytest.fixture(scope="session")
def database(serverless: Serverless) -> Database:
    """A database with a table ``notes``."""
    database = serverless.new_database()
    database.ran("create table notes (id bigint generated always as identity primary key, body text unique, raw bytea)")
    return database


@pytest.fixture
def empty(database: Database) -> Database:
    """The same database, with an empty table."""
    database.ran("truncate notes restart identity")
    return database


@pytest.fixture(scope="module")
def items(serverless: Serverless) -> Database:
    """A database with the sample table."""
    database = serverless.new_database()
    database.ran(
        "create table items (id bigint generated always as identity, name text not null,"
        " created_at timestamptz not null default '2026-01-02 03:04:05+00')",
        "insert into items (name) values ('one')",
    )
    return database


class Runtime:
    """The Workers runtime of a local cloud with the service."""

    def __init__(self, service: WorkerRuntime) -> None:
        self._part = service
        self._ports = Ports(service.state_directory)

    def deploy(
        self, modules: dict[str, Path], date: str, url: str | None, flags: Sequence[str] = (), **secrets: str
    ) -> None:
        texts = {**({"PRISMA_DIRECT_TCP_URL": url} if url else {}), **secrets}
        worker = {
            "name": "edge",
            "mainModule": next(iter(modules)),
            "modules": [
                {
                    "name": name,
                    "contentType": CONTENT_TYPES[file.suffix],
                    "contentBase64": base64.b64encode(file.read_bytes()).decode(),
                }
                for name, file in modules.items()
            ],
            "compatibilityDate": date,
            "compatibilityFlags": list(flags),
            "bindings": [{"type": "secret_text", "name": name, "text": text} for name, text in texts.items()],
            "hosts": ["edge.localhost"],
        }
        with self._part.client(self._ports.known()) as control:
            control.put("/workers", json={"workers": [worker]}, timeout=TIMEOUT_SECONDS).raise_for_status()

    def wait_for_log(self, text: str, after: int) -> str:
        """Returns the log of the Workers from the position ``after`` on, as soon as a line of it contains ``text``."""
        return wait_for_log(self._part, text, after)

    def log_size(self) -> int:
        """Returns the number of characters in the log of the Workers."""
        return len(log_of(self._part))

    def ask(self, path: str, method: str = "GET", authorization: str = "", **options: Any) -> httpx.Response:
        return httpx.request(
            method,
            f"http://127.0.0.1:{self._ports.of('workers')}{path}",
            headers={"host": "edge.localhost", "authorization": authorization},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
            **options,
        )


@pytest.fixture(scope="module")
def runtime(serverless: Serverless) -> Iterator[Runtime]:
    supervisor = Supervisor(serverless.service.state_directory)
    service = WorkerRuntime(serverless.service.state_directory)
    supervisor.ensure(service, print)
    yield Runtime(service)
    supervisor.stop(service.name, print)
