"""What tests send to an emulator, and how they read what it answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx

KEY = "napi_key-of-the-emulator-under-test"
ENDED = ("finished", "skipped", "cancelled", "error")
CUT = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError, ConnectionError)
"""What a session raises that was broken off."""


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """What a good answer holds; its form is checked on the way."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and message of a refusal; its form is checked on the way."""
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()
    assert set(error) == {"code", "message", "request_id"}
    assert all(isinstance(value, str) for value in error.values())
    assert error["request_id"]
    return answer.status_code, error["message"]


def settled(client: httpx.Client, answer: httpx.Response, status: int | None = None) -> Any:
    """A good answer, once all of its operations have ended."""
    assert answer.status_code == (status or answer.status_code)
    assert answer.is_success, answer.text
    for operation in answer.json().get("operations", ()):
        path = f"/projects/{operation['project_id']}/operations/{operation['id']}"
        for _ in range(50):
            if client.get(path).json()["operation"]["status"] in ENDED:
                break
        else:
            raise AssertionError(f"{operation['action']} does not end")
    return answer.json()


def new_project(client: httpx.Client, **stated: Any) -> Any:
    """The answer that made it; it has settled."""
    return settled(client, client.post("/projects", json={"project": {"name": "shop", **stated}}), 201)


def project_path(made: Any) -> str:
    return f"/projects/{made['project']['id']}"


def branch_path(made: Any) -> str:
    """Of a project or a branch that was made."""
    return f"/projects/{made['branch']['project_id']}/branches/{made['branch']['id']}"


def endpoint_path(made: Any) -> str:
    """Of the compute that was made with a project or a branch."""
    return f"/projects/{made['branch']['project_id']}/endpoints/{made['endpoints'][0]['id']}"


def new_branch(client: httpx.Client, project: Any, *, endpoint: bool = True, **stated: Any) -> Any:
    """The answer that made it; it has settled."""
    endpoints = [{"type": "read_write"}] if endpoint else []
    body = {"branch": {"name": "dev", **stated}, "endpoints": endpoints}
    return settled(client, client.post(f"{project_path(project)}/branches", json=body), 201)


def new_role(client: httpx.Client, made: Any, name: str = "app", **stated: Any) -> Any:
    """The answer that made it; it has settled."""
    body = {"role": {"name": name, **stated}}
    return settled(client, client.post(f"{branch_path(made)}/roles", json=body), 201)


def new_database(client: httpx.Client, made: Any, name: str = "more", owner: str = "neondb_owner") -> Any:
    """The answer that made it; it has settled."""
    body = {"database": {"name": name, "owner_name": owner}}
    return settled(client, client.post(f"{branch_path(made)}/databases", json=body), 201)


def url_of(made: Any) -> str:
    """The connection string of an answer. It is a secret."""
    url: str = made["connection_uris"][0]["connection_uri"]
    return url


def url(client: httpx.Client, made: Any, role: str = "neondb_owner", database: str = "neondb", **query: str) -> str:
    """A connection string of a branch."""
    wanted = {"branch_id": made["branch"]["id"], "role_name": role, "database_name": database, **query}
    told: str = ok(client.get(f"/projects/{made['branch']['project_id']}/connection_uri", params=wanted))["uri"]
    return told


async def connected(url: str, **options: Any) -> asyncpg.Connection:
    """A session. asyncpg would send `channel_binding` to the server, as a setting."""
    return await asyncpg.connect(url.partition("?")[0] + "?sslmode=require", timeout=10, **options)


def signed_in(url: str, *statements: str, **options: Any) -> Any:
    """Does the statements in one session; the first value that the last one gives."""

    async def do() -> Any:
        session = await connected(url, **options)
        try:
            for statement in statements[:-1]:
                await session.execute(statement)
            return await session.fetchval(statements[-1] if statements else "select 1")
        finally:
            await session.close()

    return asyncio.run(do())


@contextmanager
def session(url: str) -> Iterator[Any]:
    """An open session: calling what is given does a statement in it."""
    with asyncio.Runner() as runner:
        held = runner.run(connected(url))
        try:
            yield lambda statement: runner.run(held.fetchval(statement, timeout=10))
        finally:
            held.terminate()
