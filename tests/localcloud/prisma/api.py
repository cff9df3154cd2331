"""What tests send to an emulator, and how they read what it answers."""

import asyncio
from typing import Any

import asyncpg
import httpx

TOKEN = "prsc_token-of-the-emulator-under-test"


def data(answer: httpx.Response, status: int = 200) -> Any:
    """What a good answer holds; its form is checked on the way."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["data"]


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal; its form is checked on the way."""
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "hint"}
    assert error["message"]
    return answer.status_code, error["code"]


def new_project(client: httpx.Client, **stated: Any) -> Any:
    """Without a database, unless it is asked for."""
    return data(client.post("/v1/projects", json={"createDatabase": False, "name": "shop", **stated}), 201)


def new_database(client: httpx.Client, project: Any = None, **stated: Any) -> Any:
    """As its create answer shows it: with secrets."""
    project = project or new_project(client)
    return data(client.post("/v1/databases", json={"projectId": project["id"], "name": "main", **stated}), 201)


def ready(client: httpx.Client, database: Any) -> Any:
    """The same database, looked at until it is ready."""
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


def signed_in(url: str, *statements: str, **options: Any) -> Any:
    """Does the statements in one session; the first value that the last one gives."""

    async def do() -> Any:
        connection = await asyncpg.connect(url, timeout=10, **options)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close(timeout=10)

    return asyncio.run(do())


def names_on(admin_url: str) -> set[str]:
    """Databases and roles of all who are made at Prisma."""
    names = "select datname as name from pg_database union select rolname from pg_roles"
    found = signed_in(admin_url, f"select array_agg(name) from ({names}) as found where name like 'prisma/%'")
    return set(found or ())
