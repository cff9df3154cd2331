"""Logins with connection strings to a real database."""

import asyncio
import ssl
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from localcloud.postgres import Postgres
from localcloud.prisma.settings import Plan
from tests.localcloud.prisma.api import (
    direct_url,
    names_on,
    new_connection,
    new_database,
    new_project,
    pooled_url,
    run_statements,
    wait_until_ready,
)
from tests.localcloud.prisma.conftest import Start


@pytest.fixture
def database(client: httpx.Client) -> Any:
    return wait_until_ready(client, new_database(client))


@pytest.fixture
def url(database: Any) -> str:
    return direct_url(database["connections"][0])


def opened(url: str, tries: int) -> tuple[int, str | None]:
    """Opens a number of sessions. Returns the number of open ones, and the SQLSTATE of the first rejection."""

    async def open_all() -> tuple[int, str | None]:
        sessions = []
        try:
            for _ in range(tries):
                sessions.append(await asyncpg.connect(url, timeout=10))
        except asyncpg.PostgresError as error:
            return len(sessions), error.sqlstate
        finally:
            for session in sessions:
                await session.close(timeout=10)
        return len(sessions), None

    return asyncio.run(open_all())


def test_a_connection_string_connects_to_the_database(url: str) -> None:
    assert run_statements(url, "create table items (id int)", "insert into items values (7) returning id") == 7


def test_clients_use_the_database_name_postgres(url: str) -> None:
    assert run_statements(url, "select 1", database="postgres") == 1


def test_another_database_does_not_exist(url: str) -> None:
    with pytest.raises(asyncpg.InvalidCatalogNameError, match='"shop" does not exist'):
        run_statements(url, "select 1", database="shop")


def test_direct_and_pooled_connections_have_the_same_data(database: Any) -> None:
    connection = database["connections"][0]
    run_statements(direct_url(connection), "create table items (id int)", "insert into items values (7)")
    assert run_statements(pooled_url(connection), "select id from items") == 7


def test_two_databases_are_separate(client: httpx.Client, url: str) -> None:
    other = wait_until_ready(client, new_database(client))
    run_statements(url, "create table items (id int)")
    assert run_statements(direct_url(other["connections"][0]), "select to_regclass('items')") is None


def test_a_user_of_another_database_is_rejected(client: httpx.Client, url: str) -> None:
    other = wait_until_ready(client, new_database(client))
    port = other["connections"][0]["endpoints"]["direct"]["port"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url, "select 1", port=port)


def test_a_wrong_password_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url, "select 1", password="wrong")


def test_an_unknown_user_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url, "select 1", user="0" * 64)


def test_a_connection_without_tls_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="sslmode=require"):
        run_statements(url.replace("require", "disable"), "select 1")


def test_clients_can_verify_the_certificate(postgres: Postgres, url: str) -> None:
    trusting = ssl.create_default_context(cafile=str(postgres.ca_file))
    assert run_statements(url, "select 1", ssl=trusting) == 1


def test_logins_are_rejected_until_the_database_is_ready(client: httpx.Client) -> None:
    created = new_database(client)
    with pytest.raises(asyncpg.CannotConnectNowError, match="provisioning"):
        run_statements(direct_url(created["connections"][0]), "select 1")


def test_roles_cannot_be_created(url: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied to create role"):
        run_statements(url, "create role reader")


def test_databases_cannot_be_created(url: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        run_statements(url, "create database other")


def test_row_level_security_is_bypassed(client: httpx.Client, database: Any, url: str) -> None:
    run_statements(
        url,
        "create table items (id int)",
        "insert into items values (7)",
        "alter table items enable row level security, force row level security",
    )
    assert run_statements(direct_url(new_connection(client, database)), "select id from items") == 7


def test_a_connection_can_change_objects_of_another_one(client: httpx.Client, database: Any, url: str) -> None:
    run_statements(url, "create table items (id int)")
    other = direct_url(new_connection(client, database))
    assert run_statements(other, "alter table items add name text", "insert into items values (7) returning id") == 7


@pytest.mark.parametrize(("plan", "most"), [(Plan.FREE, 5), (Plan.STARTER, 5), (Plan.PRO, 45)])
def test_the_limit_of_direct_connections_is_that_of_the_plan_without_reserved_ones(
    start: Start, plan: Plan, most: int
) -> None:
    client = start(plan=plan)
    database = wait_until_ready(client, new_database(client))
    assert opened(direct_url(database["connections"][0]), most + 1) == (most, "53300")


def test_pooled_connections_have_a_separate_limit(client: httpx.Client, database: Any) -> None:
    assert opened(pooled_url(database["connections"][0]), 51) == (50, "53300")


def test_each_database_has_a_separate_connection_limit(client: httpx.Client, url: str) -> None:
    other = wait_until_ready(client, new_database(client))

    async def both() -> int:
        sessions = [await asyncpg.connect(url, timeout=10) for _ in range(5)]
        try:
            session = await asyncpg.connect(direct_url(other["connections"][0]), timeout=10)
            sessions.append(session)
            return int(await session.fetchval("select 1"))
        finally:
            for each in sessions:
                await each.close(timeout=10)

    assert asyncio.run(both()) == 1


def test_a_copy_has_its_own_data(client: httpx.Client, url: str) -> None:
    project = new_project(client)
    source = wait_until_ready(client, new_database(client, project))
    run_statements(direct_url(source["connections"][0]), "create table items (id int)", "insert into items values (7)")
    copy = new_database(client, project, source={"type": "database", "databaseId": source["id"]})
    copied = direct_url(wait_until_ready(client, copy)["connections"][0])
    assert run_statements(copied, "alter table items add name text", "select id from items") == 7
    assert client.delete(f"/v1/databases/{source['id']}").status_code == 204
    assert run_statements(copied, "drop table items", "select to_regclass('items')") is None


def test_a_deleted_database_leaves_no_objects_on_the_server(
    others: set[str], client: httpx.Client, postgres: Postgres, database: Any, url: str
) -> None:
    new_connection(client, database)
    assert names_on(postgres.admin_url) > others
    assert client.delete(f"/v1/databases/{database['id']}").status_code == 204
    assert names_on(postgres.admin_url) == others
    with pytest.raises(OSError, match=str(urlsplit(url).port)):
        run_statements(url, "select 1")


def test_deleting_a_connection_closes_only_its_sessions(client: httpx.Client, database: Any, url: str) -> None:
    connection = new_connection(client, database)

    async def delete() -> tuple[bool, int]:
        cut, kept = [await asyncpg.connect(each, timeout=10) for each in (direct_url(connection), url)]
        try:
            client.delete(f"/v1/connections/{connection['id']}")
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await cut.fetchval("select 1")
            return cut.is_closed(), await kept.fetchval("select 1")
        finally:
            await kept.close(timeout=10)

    assert asyncio.run(delete()) == (True, 1)
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(direct_url(connection), "select 1")
