"""Roles and databases that emulators create on the local Postgres."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from edge_postgres.postgres.scram import scram_verifier
from localcloud.emulation.server import LocalServer, server_name
from localcloud.postgres import Postgres

PASSWORD = "s3cret-of-the-role"
Body = Callable[["Bench"], Awaitable[Any]]


class Bench:
    """A server, and names that are unique to a test."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.server = LocalServer(postgres.admin_url)
        self.prefix = secrets.token_hex(4)

    def name(self, name: str) -> str:
        return server_name(self.prefix, name)

    async def create_login(self, role: str, database: str | None = None) -> str:
        """Creates a role that can log in and owns a database. Returns the name of the role."""
        await self.server.create_role(self.name(role), PASSWORD)
        if database:
            await self.server.create_database(self.name(database), self.name(role))
        return self.name(role)

    async def connect(self, role: str, database: str, password: str = PASSWORD) -> asyncpg.Connection:
        names = f"{quote(self.name(role), safe='')}:{quote(password)}@127.0.0.1:{self.postgres.port}"
        return await asyncpg.connect(f"postgres://{names}/{quote(self.name(database), safe='')}?sslmode=require")

    async def fetch_value(self, role: str, database: str, query: str, password: str = PASSWORD) -> Any:
        connection = await self.connect(role, database, password)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def clean_up(self) -> None:
        admin = await asyncpg.connect(self.postgres.admin_url)
        for (database,) in await admin.fetch(
            "select datname from pg_database where datname like $1", self.prefix + "%"
        ):
            await self.server.drop_database(database)
        for (role,) in await admin.fetch("select rolname from pg_roles where rolname like $1", self.prefix + "%"):
            await self.server.drop_role(role)
        await admin.close()
        await self.server.close()


@pytest.fixture
def on(postgres: Postgres) -> Callable[[Body], Any]:
    """Runs a coroutine with a bench, and drops its roles and databases afterwards."""

    def run(body: Body) -> Any:
        async def whole() -> Any:
            bench = Bench(postgres)
            try:
                return await asyncio.wait_for(body(bench), 30)
            finally:
                await bench.clean_up()

        return asyncio.run(whole())

    return run


def test_a_role_logs_in_with_its_password(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("app", "shop")
        return await bench.fetch_value("app", "shop", "select 1")

    assert on(body) == 1


def test_a_role_without_a_password_cannot_log_in(on: Any) -> None:
    async def body(bench: Bench) -> None:
        await bench.server.create_role(bench.name("owner"), None)
        await bench.server.create_database(bench.name("shop"), bench.name("owner"))
        await bench.fetch_value("owner", "shop", "select 1")

    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        on(body)


def test_a_new_password_replaces_the_old_one(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.create_login("app", "shop")
        await bench.server.set_password(role, "another")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await bench.fetch_value("app", "shop", "select 1")
        return await bench.fetch_value("app", "shop", "select 1", "another")

    assert on(body) == 1


def test_a_verifier_gives_another_role_the_same_password(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.create_login("app", "shop")
        await bench.server.create_role(bench.name("twin"), await bench.server.password_verifier(role))
        return await bench.fetch_value("twin", "shop", "select 1")

    assert on(body) == 1


def test_passwords_are_not_sent_to_the_server_in_plain_text(on: Any, postgres: Postgres) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.create_login("app")
        return await bench.server.password_verifier(role)

    assert on(body).startswith("SCRAM-SHA-256$4096:")
    assert PASSWORD not in scram_verifier(PASSWORD)
    assert PASSWORD not in (postgres.state_directory.path / "logs" / "postgres.log").read_text()


def test_objects_that_a_role_creates_belong_to_the_role_that_it_acts_as(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        owner = bench.name("owner")
        await bench.server.create_role(owner, None)
        await bench.server.create_role(bench.name("app"), PASSWORD, member_of=[owner], acts_as=owner)
        await bench.server.create_database(bench.name("shop"), owner)
        create_login = "create table made (); select pg_get_userbyid(relowner) from pg_class where relname = 'made'"
        connection = await bench.connect("app", "shop")
        await connection.execute(create_login.split(";")[0])
        found = await connection.fetchval(create_login.split(";")[1])
        await connection.close()
        return found == owner

    assert on(body)


def test_a_copy_has_the_content_of_its_template(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.create_login("app", "shop")
        await bench.fetch_value("app", "shop", "create table kept as select 42 as answer")
        await bench.server.create_database(bench.name("copy"), role, template=bench.name("shop"))
        return await bench.fetch_value("app", "copy", "select answer from kept")

    assert on(body) == 42


def test_a_template_in_use_is_copied(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.create_login("app", "shop")
        held = await bench.connect("app", "shop")
        await bench.server.create_database(bench.name("copy"), role, template=bench.name("shop"))
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
            await held.fetchval("select 1")
        return await bench.fetch_value("app", "copy", "select 1")

    assert on(body) == 1


def test_an_emptied_database_keeps_its_tables(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("app", "shop")
        await bench.fetch_value("app", "shop", "create table kept as select 42 as answer")
        await bench.server.empty_database(bench.name("shop"))
        return await bench.fetch_value("app", "shop", "select count(*) from kept")

    assert on(body) == 0


def test_a_renamed_database_keeps_its_content(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("app", "shop")
        await bench.fetch_value("app", "shop", "create table kept as select 42 as answer")
        held = await bench.connect("app", "shop")
        await bench.server.rename_database(bench.name("shop"), bench.name("store"))
        held.terminate()
        return await bench.fetch_value("app", "store", "select answer from kept")

    assert on(body) == 42


def test_dropping_a_database_closes_its_sessions_and_can_be_repeated(on: Any) -> None:
    async def body(bench: Bench) -> None:
        await bench.create_login("app", "shop")
        held = await bench.connect("app", "shop")
        for _ in range(2):
            await bench.server.drop_database(bench.name("shop"))
        held.terminate()
        await bench.fetch_value("app", "shop", "select 1")

    with pytest.raises(asyncpg.InvalidCatalogNameError):
        on(body)


def test_objects_of_a_dropped_role_are_reassigned_to_the_owner_of_the_database(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("owner", "shop")
        guest = await bench.create_login("guest")
        await bench.fetch_value("owner", "shop", f'grant create on schema public to "{guest}"')
        await bench.fetch_value("guest", "shop", "create table kept as select 42 as answer")
        for _ in range(2):
            await bench.server.drop_role(guest)
        return await bench.fetch_value("owner", "shop", "select answer from kept")

    assert on(body) == 42


def test_a_database_is_kept_when_its_owner_is_dropped(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        owner = await bench.create_login("owner", "shop")
        await bench.create_login("other")
        await bench.fetch_value("owner", "shop", "create table made ()")
        await bench.server.drop_role(owner)
        return await bench.fetch_value("other", "shop", "select count(*) from pg_tables where tablename = 'made'")

    assert on(body) == 1


def test_reassigning_objects_of_one_database_does_not_change_others(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("owner", "shop")
        guest = await bench.create_login("guest", "own")
        await bench.fetch_value("owner", "shop", f'grant create on schema public to "{guest}"')
        await bench.fetch_value("guest", "shop", "create table given as select 42 as answer")
        await bench.server.reassign_owned(bench.name("shop"), guest)
        owner = "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()"
        return await bench.fetch_value("owner", "shop", "select answer from given"), await bench.fetch_value(
            "guest", "own", owner
        )

    answer, owner = on(body)
    assert answer == 42
    assert owner.endswith("/guest")


def test_the_sessions_of_a_role_can_be_terminated(on: Any) -> None:
    async def body(bench: Bench) -> None:
        role = await bench.create_login("app", "shop")
        held = await bench.connect("app", "shop")
        await bench.server.terminate_sessions(role)
        await held.fetchval("select 1")

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
        on(body)


def test_a_broken_connection_is_opened_again(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("app")
        assert bench.server._connection is not None
        bench.server._connection.terminate()
        return await bench.server.password_verifier(bench.name("app"))

    assert on(body).startswith("SCRAM")


@pytest.mark.parametrize("name", ["", "x" * 64, "a\0b"])
def test_a_name_that_postgres_would_change_is_rejected(on: Any, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        on(lambda bench: bench.server.create_role(name, None))


def test_quotes_in_a_name_are_escaped(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.create_login("a\"b'c", "d\"e'f")
        return await bench.fetch_value("a\"b'c", "d\"e'f", "select current_user::text")

    assert on(body).endswith("/a\"b'c")


def test_names_that_are_too_long_stay_distinct() -> None:
    long = "ä" * 40
    names = {server_name("br-1", long + end) for end in ("", "x", "y")}
    assert len(names) == 3
    assert all(len(name.encode()) <= 63 for name in names)
    assert server_name("br-1", "app") == "br-1/app"


def test_the_verifier_consists_of_printable_ascii_characters() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        scram_verifier("pässword")
