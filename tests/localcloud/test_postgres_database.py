"""Databases that are created through the Postgres protocol, on a real server."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres import database_server
from edge_postgres.postgres.database_server import unfinished_name
from edge_postgres.postgres.providers import PostgresDatabaseProvider
from localcloud.postgres import Postgres

Props = dict[str, Any]
NAME = "pr-123"

provider = PostgresDatabaseProvider()


@pytest.fixture
def props(postgres: Postgres) -> Iterator[Props]:
    """The inputs of a database of the role `app`, which is not a superuser."""
    address = urlsplit(postgres.url())
    yield {
        "host": address.hostname,
        "port": float(address.port or 0),
        "database": "app",
        "admin_user": address.username,
        "admin_password": unquote(address.password or ""),
        "ca_pem": postgres.ca_file.read_text(),
        "name": NAME,
        "owner": "edge-postgres-pr-123-main",
    }
    for name in (NAME, unfinished_name(NAME)):
        as_superuser(postgres, f'drop database if exists "{name}" with (force)')


def as_superuser(postgres: Postgres, text: str, database: str = "postgres") -> Any:
    async def run() -> Any:
        address = urlsplit(postgres.admin_url)
        server = await asyncpg.connect(
            host=address.hostname,
            port=address.port,
            user=address.username,
            password=unquote(address.password or ""),
            database=database,
            ssl="require",
            timeout=10,
        )
        try:
            return await server.fetchval(text)
        finally:
            await server.close()

    return asyncio.run(run())


def databases(postgres: Postgres) -> set[str]:
    return set(as_superuser(postgres, "select array_agg(datname::text) from pg_database"))


def test_a_database_is_owned_by_the_role_that_created_it(props: Props, postgres: Postgres) -> None:
    created = provider.create(props)
    assert created.id == NAME
    owner = f"select pg_get_userbyid(datdba) from pg_database where datname = '{NAME}'"
    assert as_superuser(postgres, owner) == "app"


def test_it_starts_with_the_content_of_its_template(props: Props, postgres: Postgres) -> None:
    provider.create({**props, "name": "template", "owner": "t"})
    try:
        as_superuser(postgres, "create table kept (id int)", database="template")
        provider.create({**props, "template": "template"})
        assert as_superuser(postgres, "select to_regclass('kept')::text", database=NAME) == "kept"
    finally:
        as_superuser(postgres, 'drop database "template"')


def test_it_is_dropped_even_if_sessions_are_open(props: Props, postgres: Postgres) -> None:
    provider.create(props)

    async def while_connected() -> None:
        address = urlsplit(postgres.admin_url)
        held = await asyncpg.connect(
            host=address.hostname,
            port=address.port,
            user=props["admin_user"],
            password=props["admin_password"],
            database=NAME,
            ssl="require",
            timeout=10,
        )
        try:
            await asyncio.to_thread(provider.delete, NAME, props)
        finally:
            held.terminate()

    asyncio.run(while_connected())
    assert NAME not in databases(postgres)


def test_it_is_dropped_after_a_session_that_only_a_superuser_can_end(props: Props, postgres: Postgres) -> None:
    created = provider.create(props)
    with ThreadPoolExecutor() as executor:
        session = executor.submit(as_superuser, postgres, "select pg_sleep(2)", NAME)
        while not as_superuser(postgres, f"select count(*) from pg_stat_activity where datname = '{NAME}'"):
            time.sleep(0.02)
        provider.delete(str(created.id), created.outs or {})
        session.result(timeout=10)
    assert NAME not in databases(postgres)


def test_a_drop_ends_with_the_error_of_the_server_if_the_session_remains(
    props: Props, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_server, "DROP_INTERVAL_SECONDS", 0.01)
    created = provider.create(props)
    with ThreadPoolExecutor() as executor:
        session = executor.submit(as_superuser, postgres, "select pg_sleep(2)", NAME)
        while not as_superuser(postgres, f"select count(*) from pg_stat_activity where datname = '{NAME}'"):
            time.sleep(0.02)
        with pytest.raises(ApiError, match="permission denied to terminate process"):
            provider.delete(str(created.id), created.outs or {})
        session.result(timeout=10)
    assert NAME in databases(postgres)


def test_deleting_a_missing_database_succeeds(props: Props) -> None:
    provider.delete(NAME, props)


def test_an_interrupted_create_is_continued(props: Props) -> None:
    provider.create(props)
    assert provider.create(props).id == NAME


def test_an_interrupted_copy_without_a_mark_is_created_again(props: Props, postgres: Postgres) -> None:
    as_superuser(postgres, f'create database "{unfinished_name(NAME)}" owner app')
    provider.create(props)
    assert unfinished_name(NAME) not in databases(postgres)


def test_an_existing_database_that_the_stack_did_not_create_is_not_adopted(props: Props, postgres: Postgres) -> None:
    as_superuser(postgres, f'create database "{NAME}" owner app')
    with pytest.raises(ApiError, match="Database pr-123 already exists, and this stack did not create it"):
        provider.create(props)


def test_a_database_that_the_stack_did_not_create_is_not_dropped(props: Props, postgres: Postgres) -> None:
    as_superuser(postgres, f'create database "{NAME}" owner app')
    with pytest.raises(ApiError, match="this stack did not create it"):
        provider.delete(NAME, props)
    assert NAME in databases(postgres)


def test_a_role_without_the_createdb_attribute_is_an_error(props: Props, postgres: Postgres) -> None:
    as_superuser(postgres, "alter role app nocreatedb")
    try:
        with pytest.raises(ApiError, match="permission denied to create database"):
            provider.create(props)
    finally:
        as_superuser(postgres, "alter role app createdb")


def test_a_read_detects_a_deleted_database(props: Props, postgres: Postgres) -> None:
    outs = provider.create(props).outs or {}
    assert provider.read(NAME, outs).id == NAME
    as_superuser(postgres, f'drop database "{NAME}"')
    assert provider.read(NAME, outs).id == ""


def test_a_new_name_replaces_the_database(props: Props) -> None:
    assert provider.diff(NAME, props, props).changes is False
    assert provider.diff(NAME, props, {**props, "name": "pr-124"}).replaces == ["name"]
    assert provider.diff(NAME, props, {**props, "admin_password": "p"}).replaces == []


def test_a_new_mark_is_written(props: Props) -> None:
    outs = provider.create(props).outs or {}
    renamed = provider.update(NAME, outs, {**props, "owner": "another"}).outs or {}
    provider.delete(NAME, renamed)
    assert provider.read(NAME, renamed).id == ""


def test_the_error_about_a_wrong_password_does_not_contain_it(props: Props) -> None:
    with pytest.raises(
        ApiError, match="returned an error for database pr-123: password authentication failed"
    ) as error:
        provider.create({**props, "admin_password": "sentinel"})
    assert "sentinel" not in str(error.value)


@pytest.mark.parametrize("name", ["pr-1", "n" * 63, "ü" * 31])
def test_the_name_of_an_unfinished_database_fits(name: str) -> None:
    assert len(unfinished_name(name).encode()) <= 63
