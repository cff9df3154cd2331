"""Connections, and the responses with their secrets."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from tests.localcloud.prisma.api import (
    data,
    direct_url,
    error_of,
    new_connection,
    new_database,
    pooled_url,
    run_statements,
    wait_until_ready,
)
from tests.localcloud.prisma.conftest import Start

SECRET = re.compile(r"sk_[\w-]{20}|connectionString")


@pytest.fixture
def database(client: httpx.Client) -> Any:
    return wait_until_ready(client, new_database(client))


def rotated(client: httpx.Client, connection: Any) -> Any:
    return data(client.post(f"/v1/connections/{connection['id']}/rotate"))


def accepts(url: str) -> bool:
    try:
        return bool(run_statements(url, "select true"))
    except asyncpg.InvalidPasswordError:
        return False


def test_a_new_connection_has_its_secrets_in_both_formats(client: httpx.Client, database: Any) -> None:
    created = new_connection(client, database)
    parts = urlsplit(direct_url(created))
    assert (parts.username, parts.password, parts.hostname) == (created["user"], created["pass"], created["host"])
    assert created["directConnection"] == {key: created[key] for key in ("host", "user", "pass")}
    assert created["kind"] == "postgres"


def test_a_user_name_has_64_hexadecimal_digits(client: httpx.Client, database: Any) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", new_connection(client, database)["user"])


def test_a_connection_string_has_host_and_port_but_no_database(client: httpx.Client, database: Any) -> None:
    direct = new_connection(client, database)["endpoints"]["direct"]
    parts = urlsplit(direct["connectionString"])
    assert (parts.scheme, parts.hostname, parts.port) == ("postgres", "127.0.0.1", direct["port"])
    assert (parts.path, parts.query) == ("/", "sslmode=require")


def test_direct_and_pooled_connection_strings_differ_only_in_the_port(client: httpx.Client, database: Any) -> None:
    created = new_connection(client, database)
    direct, pooled = urlsplit(direct_url(created)), urlsplit(pooled_url(created))
    assert direct.port != pooled.port
    assert (direct.username, direct.password, direct.query) == (pooled.username, pooled.password, pooled.query)


def test_the_old_connection_string_is_for_accelerate(client: httpx.Client, database: Any) -> None:
    assert urlsplit(new_connection(client, database)["connectionString"]).scheme == "prisma+postgres"


def test_connections_of_a_database_have_separate_credentials(client: httpx.Client, database: Any) -> None:
    first, second = (new_connection(client, database) for _ in range(2))
    assert first["id"] != second["id"]
    assert first["user"] != second["user"]
    assert first["pass"] != second["pass"]
    assert first["database"] == second["database"] == {key: database[key] for key in ("id", "url", "name")}


@pytest.mark.parametrize("path", ["/connections/{connection}", "/connections", "/databases/{database}/connections"])
def test_secrets_are_returned_only_once(client: httpx.Client, database: Any, path: str) -> None:
    created = new_connection(client, database)
    answer = client.get("/v1" + path.format(connection=created["id"], database=database["id"]))
    assert created["id"] in answer.text
    assert created["user"] not in answer.text
    assert not SECRET.search(answer.text)


def test_hosts_and_ports_are_always_returned(client: httpx.Client, database: Any) -> None:
    created = new_connection(client, database)
    shown = data(client.get(f"/v1/connections/{created['id']}"))
    for name in ("direct", "pooled"):
        expected = {key: created["endpoints"][name][key] for key in ("host", "port")}
        assert shown["endpoints"][name] == expected
    assert shown["directConnection"] is None


def test_connections_are_found_by_database(client: httpx.Client, database: Any) -> None:
    created = new_connection(client, database)
    new_database(client)
    expected = [database["defaultConnectionId"], created["id"]]
    listed = data(client.get("/v1/connections", params={"databaseId": database["id"]}))
    assert [each["id"] for each in listed] == expected
    assert data(client.get(f"/v1/databases/{database['id']}/connections")) == listed
    assert len(data(client.get("/v1/connections"))) == 3


def test_a_connection_name_is_required(client: httpx.Client, database: Any) -> None:
    assert error_of(client.post("/v1/connections", json={"databaseId": database["id"]})) == (400, "validationFailed")


def test_a_deleted_connection_is_not_found(client: httpx.Client, database: Any) -> None:
    created = new_connection(client, database)
    answer = client.delete(f"/v1/connections/{created['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.delete(f"/v1/connections/{created['id']}").status_code == 404


def test_a_rotation_creates_new_credentials_for_the_same_connection(client: httpx.Client, database: Any) -> None:
    before = new_connection(client, database)
    after = rotated(client, before)
    assert after["id"] == before["id"]
    assert after["user"] != before["user"]
    assert set(after) == set(before)
    assert accepts(direct_url(after))


def test_old_credentials_are_revoked_after_a_rotation(client: httpx.Client, database: Any) -> None:
    before = new_connection(client, database)
    after = rotated(client, before)
    seen = []
    for _ in range(2):
        client.get(f"/v1/connections/{before['id']}")
        seen.append((accepts(direct_url(before)), accepts(direct_url(after))))
    assert seen == [(True, True), (False, True)]


def test_sessions_are_closed_when_their_credentials_are_revoked(client: httpx.Client, database: Any) -> None:
    before = new_connection(client, database)

    async def is_cut() -> bool:
        session = await asyncpg.connect(direct_url(before), timeout=10)
        rotated(client, before)
        for _ in range(2):
            client.get(f"/v1/connections/{before['id']}")
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await session.fetchval("select 1")
        return bool(session.is_closed())

    assert asyncio.run(is_cut())


def test_the_number_of_reads_until_credentials_are_revoked_can_be_set(start: Start) -> None:
    client = start(reads_until_revoked=0)
    connection = wait_until_ready(client, new_database(client))["connections"][0]
    rotated(client, connection)
    assert accepts(direct_url(connection))
    client.get("/v1/connections")
    assert not accepts(direct_url(connection))


def test_credentials_that_were_rotated_twice_are_revoked_as_well(client: httpx.Client, database: Any) -> None:
    first = new_connection(client, database)
    second = rotated(client, first)
    third = rotated(client, second)
    for _ in range(2):
        client.get(f"/v1/connections/{first['id']}")
    assert [accepts(direct_url(each)) for each in (first, second, third)] == [False, False, True]


def test_objects_created_with_old_credentials_are_kept(client: httpx.Client, database: Any) -> None:
    before = new_connection(client, database)
    run_statements(direct_url(before), "create table items (id int)", "insert into items values (7)")
    after = rotated(client, before)
    for _ in range(2):
        client.get(f"/v1/connections/{before['id']}")
    assert run_statements(direct_url(after), "alter table items add name text", "select id from items") == 7


def test_deleting_a_connection_revokes_its_old_credentials(client: httpx.Client, database: Any) -> None:
    before = new_connection(client, database)
    after = rotated(client, before)
    client.delete(f"/v1/connections/{before['id']}")
    assert [accepts(direct_url(each)) for each in (before, after)] == [False, False]


@pytest.mark.parametrize("name", ["", "db", "x" * 66])
@pytest.mark.parametrize("path", ["/v1/connections", "/v1/databases/{id}/connections"])
def test_the_name_of_a_connection_has_3_to_65_characters(
    client: httpx.Client, database: Any, name: str, path: str
) -> None:
    path = path.format(id=database["id"])
    body = {"databaseId": database["id"], "name": name}
    assert error_of(client.post(path, json=body)) == (400, "validationFailed")
    for accepted in ("api", "x" * 65):
        assert client.post(path, json={**body, "name": accepted}).json()["data"]["name"] == accepted
