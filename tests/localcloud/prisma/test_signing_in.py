"""What the strings of a connection lead to: a real database."""

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
    ready,
    signed_in,
)
from tests.localcloud.prisma.conftest import Start


@pytest.fixture
def database(client: httpx.Client) -> Any:
    return ready(client, new_database(client))


@pytest.fixture
def url(database: Any) -> str:
    return direct_url(database["connections"][0])


def opened(url: str, tries: int) -> tuple[int, str | None]:
    """How many of so many sessions are open at once, and the SQLSTATE of the first refusal."""

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


def test_a_string_leads_to_the_database(url: str) -> None:
    assert signed_in(url, "create table items (id int)", "insert into items values (7) returning id") == 7


def test_the_database_is_postgres_for_clients_that_name_it(url: str) -> None:
    assert signed_in(url, "select 1", database="postgres") == 1


def test_another_database_does_not_exist(url: str) -> None:
    with pytest.raises(asyncpg.InvalidCatalogNameError, match='"shop" does not exist'):
        signed_in(url, "select 1", database="shop")


def test_direct_and_pooled_lead_to_the_same_data(database: Any) -> None:
    connection = database["connections"][0]
    signed_in(direct_url(connection), "create table items (id int)", "insert into items values (7)")
    assert signed_in(pooled_url(connection), "select id from items") == 7


def test_two_databases_share_nothing(client: httpx.Client, url: str) -> None:
    other = ready(client, new_database(client))
    signed_in(url, "create table items (id int)")
    assert signed_in(direct_url(other["connections"][0]), "select to_regclass('items')") is None


def test_a_user_of_another_database_is_rejected(client: httpx.Client, url: str) -> None:
    other = ready(client, new_database(client))
    port = other["connections"][0]["endpoints"]["direct"]["port"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        signed_in(url, "select 1", port=port)


def test_a_wrong_password_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        signed_in(url, "select 1", password="wrong")


def test_a_user_that_does_not_exist_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        signed_in(url, "select 1", user="0" * 64)


def test_a_connection_without_tls_is_rejected(url: str) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="sslmode=require"):
        signed_in(url.replace("require", "disable"), "select 1")


def test_the_certificate_is_one_that_a_client_can_check(postgres: Postgres, url: str) -> None:
    trusting = ssl.create_default_context(cafile=str(postgres.ca_file))
    assert signed_in(url, "select 1", ssl=trusting) == 1


def test_nobody_signs_in_before_the_database_is_ready(client: httpx.Client) -> None:
    created = new_database(client)
    with pytest.raises(asyncpg.CannotConnectNowError, match="provisioning"):
        signed_in(direct_url(created["connections"][0]), "select 1")


def test_roles_cannot_be_made(url: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied to create role"):
        signed_in(url, "create role reader")


def test_databases_cannot_be_made(url: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        signed_in(url, "create database other")


def test_row_level_security_is_bypassed(client: httpx.Client, database: Any, url: str) -> None:
    signed_in(
        url,
        "create table items (id int)",
        "insert into items values (7)",
        "alter table items enable row level security, force row level security",
    )
    assert signed_in(direct_url(new_connection(client, database)), "select id from items") == 7


def test_what_one_connection_makes_another_can_change(client: httpx.Client, database: Any, url: str) -> None:
    signed_in(url, "create table items (id int)")
    other = direct_url(new_connection(client, database))
    assert signed_in(other, "alter table items add name text", "insert into items values (7) returning id") == 7


@pytest.mark.parametrize(("plan", "most"), [(Plan.FREE, 5), (Plan.STARTER, 5), (Plan.PRO, 45)])
def test_direct_connections_end_at_the_plan_less_those_that_are_reserved(start: Start, plan: Plan, most: int) -> None:
    client = start(plan=plan)
    database = ready(client, new_database(client))
    assert opened(direct_url(database["connections"][0]), most + 1) == (most, "53300")


def test_pooled_connections_have_a_limit_of_their_own(client: httpx.Client, database: Any) -> None:
    assert opened(pooled_url(database["connections"][0]), 51) == (50, "53300")


def test_each_database_has_its_own_connections(client: httpx.Client, url: str) -> None:
    other = ready(client, new_database(client))

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


def test_a_copy_has_the_data_and_can_change_it(client: httpx.Client, url: str) -> None:
    project = new_project(client)
    source = ready(client, new_database(client, project))
    signed_in(direct_url(source["connections"][0]), "create table items (id int)", "insert into items values (7)")
    copy = new_database(client, project, source={"type": "database", "databaseId": source["id"]})
    copied = direct_url(ready(client, copy)["connections"][0])
    assert signed_in(copied, "alter table items add name text", "select id from items") == 7
    assert client.delete(f"/v1/databases/{source['id']}").status_code == 204
    assert signed_in(copied, "drop table items", "select to_regclass('items')") is None


def test_the_server_keeps_nothing_of_a_deleted_database(
    strangers: set[str], client: httpx.Client, postgres: Postgres, database: Any, url: str
) -> None:
    new_connection(client, database)
    assert names_on(postgres.admin_url) > strangers
    assert client.delete(f"/v1/databases/{database['id']}").status_code == 204
    assert names_on(postgres.admin_url) == strangers
    with pytest.raises(OSError, match=str(urlsplit(url).port)):
        signed_in(url, "select 1")


def test_a_deleted_connection_is_cut_off_and_the_others_are_not(client: httpx.Client, database: Any, url: str) -> None:
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
        signed_in(direct_url(connection), "select 1")
