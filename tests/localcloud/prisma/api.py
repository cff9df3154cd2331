"""Requests of tests to an emulator, and readers of the responses."""

import asyncio
from typing import Any

import asyncpg
import httpx

TOKEN = "prsc_token-of-the-emulator-under-test"


def data(answer: httpx.Response, status: int = 200) -> Any:
    """Checks the format of a successful response and returns its data."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["data"]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Checks the format of an error response and returns its status and code."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "hint"}
    assert error["message"]
    return answer.status_code, error["code"]


def new_project(client: httpx.Client, **fields: Any) -> Any:
    """Creates a project, by default without a database."""
    return data(client.post("/v1/projects", json={"createDatabase": False, "name": "shop", **fields}), 201)


def new_database(client: httpx.Client, project: Any = None, **fields: Any) -> Any:
    """Creates a database. Returns the response, which contains secrets."""
    project = project or new_project(client)
    return data(client.post("/v1/databases", json={"projectId": project["id"], "name": "main", **fields}), 201)


def wait_until_ready(client: httpx.Client, database: Any) -> Any:
    """Reads a database until it is ready, and returns it."""
    for _ in range(10):
        shown = data(client.get(f"/v1/databases/{database['id']}"))
        if shown["status"] == "ready":
            return database
    raise AssertionError("it does not become ready")


def new_connection(client: httpx.Client, database: Any, name: str = "worker") -> Any:
    return data(client.post("/v1/connections", json={"databaseId": database["id"], "name": name}), 201)


def direct_url(connection: Any) -> str:
    url: str = connection["endpoints"]["direct"]["connectionString"]
    return url


def pooled_url(connection: Any) -> str:
    url: str = connection["endpoints"]["pooled"]["connectionString"]
    return url


def run_statements(url: str, *statements: str, **options: Any) -> Any:
    """Runs statements in one session. Returns the first value of the last result."""

    async def do() -> Any:
        connection = await asyncpg.connect(url, timeout=10, **options)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close(timeout=10)

    return asyncio.run(do())


def names_on(admin_url: str) -> set[str]:
    """Returns the databases and roles of all Prisma emulators on the server."""
    names = "select datname as name from pg_database union select rolname from pg_roles"
    found = run_statements(admin_url, f"select array_agg(name) from ({names}) as found where name like 'prisma/%'")
    return set(found or ())
