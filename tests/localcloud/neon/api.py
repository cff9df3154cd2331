"""Requests of tests to an emulator, and readers of the responses."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx

KEY = "napi_key-of-the-emulator-under-test"
ENDED = ("finished", "skipped", "cancelled", "failed", "error")
CUT = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError, ConnectionError)
"""Exceptions of a session that was closed."""


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """Checks the format of a successful response and returns its content."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Checks the format of an error response and returns its status and message."""
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()
    assert set(error) == {"code", "message", "request_id"}
    assert all(isinstance(value, str) for value in error.values())
    assert error["request_id"]
    return answer.status_code, error["message"]


def wait_until_finished(client: httpx.Client, answer: httpx.Response, status: int | None = None) -> Any:
    """Waits until all operations of a successful response have ended. Returns the response."""
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


def new_project(client: httpx.Client, **fields: Any) -> Any:
    """Creates it, waits until its operations have finished, and returns the response."""
    return wait_until_finished(client, client.post("/projects", json={"project": {"name": "shop", **fields}}), 201)


def project_path(response: Any) -> str:
    return f"/projects/{response['project']['id']}"


def branch_path(response: Any) -> str:
    """Returns the path of the branch in the response to a created project or branch."""
    return f"/projects/{response['branch']['project_id']}/branches/{response['branch']['id']}"


def endpoint_path(response: Any) -> str:
    """Returns the path of the compute in the response to a created project or branch."""
    return f"/projects/{response['branch']['project_id']}/endpoints/{response['endpoints'][0]['id']}"


def new_branch(client: httpx.Client, project: Any, *, endpoint: bool = True, **fields: Any) -> Any:
    """Creates it, waits until its operations have finished, and returns the response."""
    endpoints = [{"type": "read_write"}] if endpoint else []
    body = {"branch": {"name": "dev", **fields}, "endpoints": endpoints}
    return wait_until_finished(client, client.post(f"{project_path(project)}/branches", json=body), 201)


def new_role(client: httpx.Client, response: Any, name: str = "app", **fields: Any) -> Any:
    """Creates it, waits until its operations have finished, and returns the response."""
    body = {"role": {"name": name, **fields}}
    return wait_until_finished(client, client.post(f"{branch_path(response)}/roles", json=body), 201)


def new_database(client: httpx.Client, response: Any, name: str = "more", owner: str = "neondb_owner") -> Any:
    """Creates it, waits until its operations have finished, and returns the response."""
    body = {"database": {"name": name, "owner_name": owner}}
    return wait_until_finished(client, client.post(f"{branch_path(response)}/databases", json=body), 201)


def url_of(response: Any) -> str:
    """Returns the connection string of a response: a secret."""
    url: str = response["connection_uris"][0]["connection_uri"]
    return url


def url(client: httpx.Client, response: Any, role: str = "neondb_owner", database: str = "neondb", **query: str) -> str:
    """Returns a connection string of a branch."""
    requested = {"branch_id": response["branch"]["id"], "role_name": role, "database_name": database, **query}
    uri: str = ok(client.get(f"/projects/{response['branch']['project_id']}/connection_uri", params=requested))["uri"]
    return uri


async def connected(url: str, **options: Any) -> asyncpg.Connection:
    """Opens a session without `channel_binding`, which asyncpg would send to the server as a setting."""
    return await asyncpg.connect(url.partition("?")[0] + "?sslmode=require", timeout=10, **options)


def run_statements(url: str, *statements: str, **options: Any) -> Any:
    """Runs statements in one session. Returns the first value of the last result."""

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
    """Opens a session. Yields a function that runs a statement in it."""
    with asyncio.Runner() as runner:
        held = runner.run(connected(url))
        try:
            yield lambda statement: runner.run(held.fetchval(statement, timeout=10))
        finally:
            held.terminate()
