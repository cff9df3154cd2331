"""The service on the tests' Postgres, and a database that its clients have."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from localcloud import node
from localcloud.home import CHECKOUT
from localcloud.keeper import Keeper
from localcloud.postgres import Postgres
from localcloud.prisma_serverless import PrismaServerless
from localcloud.vendors import PrismaEmulator
from tests.localcloud.prisma.api import new_connection, new_database, new_project, ready, signed_in

DRIVER = Path(__file__).with_name("driver.mjs")
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Database:
    """One database at Prisma's stand-in, and the connection of one client."""

    id: str
    user: str
    password: str = field(repr=False)
    port: int = 0

    @property
    def url(self) -> str:
        """The direct string with the name of the database, as a Worker gets it."""
        return f"postgres://{self.user}:{self.password}@127.0.0.1:{self.port}/postgres?sslmode=require"

    def ran(self, *statements: str) -> Any:
        """Does the statements without the service; the first value that the last one gives."""
        return signed_in(self.url, *statements)


@dataclass(frozen=True)
class Serverless:
    """The service, and clients of it."""

    part: PrismaServerless
    management: httpx.Client
    """Of Prisma's management API."""

    @property
    def address(self) -> str:
        return self.part.base_url.removesuffix(self.part.base_path)

    def new_database(self) -> Database:
        database = ready(self.management, new_database(self.management, new_project(self.management)))
        return self.new_connection(database["id"])

    def new_connection(self, database_id: str) -> Database:
        direct = new_connection(self.management, {"id": database_id})["endpoints"]["direct"]["connectionString"]
        parts = urlsplit(direct)
        return Database(database_id, str(parts.username), str(parts.password), parts.port or 0)

    def driver(self, database: Database, body: str) -> Any:
        """What the body of an async function returns that the real driver runs in Node, or the error it ended with."""
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
    keeper = Keeper(postgres.home)
    prisma, part = PrismaEmulator(postgres.home, postgres), PrismaServerless(postgres.home)
    try:
        keeper.ensure(prisma, print)
        keeper.ensure(part, print)
        headers = {"authorization": f"Bearer {prisma.key}"}
        base_url = prisma.base_url.removesuffix(prisma.base_path)
        with httpx.Client(base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False) as management:
            yield Serverless(part, management)
            management.post("/__localcloud/reset")
    finally:
        keeper.stop(part.name, print)
        keeper.stop(prisma.name, print)


@pytest.fixture(scope="session")
def database(serverless: Serverless) -> Database:
    """With a table ``notes``."""
    database = serverless.new_database()
    database.ran("create table notes (id bigint generated always as identity primary key, body text unique, raw bytea)")
    return database


@pytest.fixture
def empty(database: Database) -> Database:
    """The same, with nothing in the table."""
    database.ran("truncate notes restart identity")
    return database
