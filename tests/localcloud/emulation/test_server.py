"""What emulators do on the local Postgres: real roles and databases, under names of their own."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from edge_postgres.postgres.scram import scram_verifier
from localcloud.emulation.server import LocalServer, physical_name
from localcloud.postgres import Postgres

PASSWORD = "s3cret-of-the-role"
Body = Callable[["Bench"], Awaitable[Any]]


class Bench:
    """A server, and names that no other test has."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.server = LocalServer(postgres.admin_url)
        self.prefix = secrets.token_hex(4)

    def name(self, name: str) -> str:
        return physical_name(self.prefix, name)

    async def made(self, role: str, database: str | None = None) -> str:
        """A role that can sign in, and a database of its own; the role's name."""
        await self.server.create_role(self.name(role), PASSWORD)
        if database:
            await self.server.create_database(self.name(database), self.name(role))
        return self.name(role)

    async def connect(self, role: str, database: str, password: str = PASSWORD) -> asyncpg.Connection:
        names = f"{quote(self.name(role), safe='')}:{quote(password)}@127.0.0.1:{self.postgres.port}"
        return await asyncpg.connect(f"postgres://{names}/{quote(self.name(database), safe='')}?sslmode=require")

    async def told(self, role: str, database: str, query: str, password: str = PASSWORD) -> Any:
        connection = await self.connect(role, database, password)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    async def tidy(self) -> None:
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
    """Runs a coroutine with a bench; what it made is dropped afterwards."""

    def run(body: Body) -> Any:
        async def whole() -> Any:
            bench = Bench(postgres)
            try:
                return await asyncio.wait_for(body(bench), 30)
            finally:
                await bench.tidy()

        return asyncio.run(whole())

    return run


def test_a_role_signs_in_with_its_password(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("app", "shop")
        return await bench.told("app", "shop", "select 1")

    assert on(body) == 1


def test_a_role_without_a_password_cannot_sign_in(on: Any) -> None:
    async def body(bench: Bench) -> None:
        await bench.server.create_role(bench.name("owner"), None)
        await bench.server.create_database(bench.name("shop"), bench.name("owner"))
        await bench.told("owner", "shop", "select 1")

    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        on(body)


def test_a_new_password_takes_the_place_of_the_old(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.made("app", "shop")
        await bench.server.set_password(role, "another")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await bench.told("app", "shop", "select 1")
        return await bench.told("app", "shop", "select 1", "another")

    assert on(body) == 1


def test_a_verifier_gives_another_role_the_same_password(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.made("app", "shop")
        await bench.server.create_role(bench.name("twin"), await bench.server.verifier(role))
        return await bench.told("twin", "shop", "select 1")

    assert on(body) == 1


def test_passwords_do_not_reach_the_server_in_plain(on: Any, postgres: Postgres) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.made("app")
        return await bench.server.verifier(role)

    assert on(body).startswith("SCRAM-SHA-256$4096:")
    assert PASSWORD not in scram_verifier(PASSWORD)
    assert PASSWORD not in (postgres.state_directory.path / "logs" / "postgres.log").read_text()


def test_what_a_role_makes_belongs_to_whom_it_acts_as(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        owner = bench.name("owner")
        await bench.server.create_role(owner, None)
        await bench.server.create_role(bench.name("app"), PASSWORD, member_of=[owner], acts_as=owner)
        await bench.server.create_database(bench.name("shop"), owner)
        made = "create table made (); select pg_get_userbyid(relowner) from pg_class where relname = 'made'"
        connection = await bench.connect("app", "shop")
        await connection.execute(made.split(";")[0])
        told = await connection.fetchval(made.split(";")[1])
        await connection.close()
        return told == owner

    assert on(body)


def test_a_copy_holds_what_its_template_held(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.made("app", "shop")
        await bench.told("app", "shop", "create table kept as select 42 as answer")
        await bench.server.create_database(bench.name("copy"), role, template=bench.name("shop"))
        return await bench.told("app", "copy", "select answer from kept")

    assert on(body) == 42


def test_a_template_in_use_is_copied_all_the_same(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        role = await bench.made("app", "shop")
        held = await bench.connect("app", "shop")
        await bench.server.create_database(bench.name("copy"), role, template=bench.name("shop"))
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
            await held.fetchval("select 1")
        return await bench.told("app", "copy", "select 1")

    assert on(body) == 1


def test_an_emptied_database_keeps_its_tables(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("app", "shop")
        await bench.told("app", "shop", "create table kept as select 42 as answer")
        await bench.server.empty_database(bench.name("shop"))
        return await bench.told("app", "shop", "select count(*) from kept")

    assert on(body) == 0


def test_a_renamed_database_keeps_its_content(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("app", "shop")
        await bench.told("app", "shop", "create table kept as select 42 as answer")
        held = await bench.connect("app", "shop")
        await bench.server.rename_database(bench.name("shop"), bench.name("store"))
        held.terminate()
        return await bench.told("app", "store", "select answer from kept")

    assert on(body) == 42


def test_a_database_is_dropped_with_its_sessions_and_dropped_again(on: Any) -> None:
    async def body(bench: Bench) -> None:
        await bench.made("app", "shop")
        held = await bench.connect("app", "shop")
        for _ in range(2):
            await bench.server.drop_database(bench.name("shop"))
        held.terminate()
        await bench.told("app", "shop", "select 1")

    with pytest.raises(asyncpg.InvalidCatalogNameError):
        on(body)


def test_what_a_dropped_role_owned_goes_to_the_owner_of_the_database(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("owner", "shop")
        guest = await bench.made("guest")
        await bench.told("owner", "shop", f'grant create on schema public to "{guest}"')
        await bench.told("guest", "shop", "create table kept as select 42 as answer")
        for _ in range(2):
            await bench.server.drop_role(guest)
        return await bench.told("owner", "shop", "select answer from kept")

    assert on(body) == 42


def test_a_database_outlives_its_owner(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        owner = await bench.made("owner", "shop")
        await bench.made("other")
        await bench.told("owner", "shop", "create table made ()")
        await bench.server.drop_role(owner)
        return await bench.told("other", "shop", "select count(*) from pg_tables where tablename = 'made'")

    assert on(body) == 1


def test_handing_over_one_database_leaves_the_others(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("owner", "shop")
        guest = await bench.made("guest", "own")
        await bench.told("owner", "shop", f'grant create on schema public to "{guest}"')
        await bench.told("guest", "shop", "create table given as select 42 as answer")
        await bench.server.hand_over(bench.name("shop"), guest)
        owner = "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()"
        return await bench.told("owner", "shop", "select answer from given"), await bench.told("guest", "own", owner)

    answer, owner = on(body)
    assert answer == 42
    assert owner.endswith("/guest")


def test_the_sessions_of_a_role_can_be_ended(on: Any) -> None:
    async def body(bench: Bench) -> None:
        role = await bench.made("app", "shop")
        held = await bench.connect("app", "shop")
        await bench.server.terminate(role)
        await held.fetchval("select 1")

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
        on(body)


def test_a_broken_connection_is_made_anew(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("app")
        assert bench.server._connection is not None
        bench.server._connection.terminate()
        return await bench.server.verifier(bench.name("app"))

    assert on(body).startswith("SCRAM")


@pytest.mark.parametrize("name", ["", "x" * 64, "a\0b"])
def test_a_name_that_postgres_would_change_is_refused(on: Any, name: str) -> None:
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        on(lambda bench: bench.server.create_role(name, None))


def test_quotes_in_a_name_are_only_part_of_it(on: Any) -> None:
    async def body(bench: Bench) -> Any:
        await bench.made("a\"b'c", "d\"e'f")
        return await bench.told("a\"b'c", "d\"e'f", "select current_user::text")

    assert on(body).endswith("/a\"b'c")


def test_a_name_that_is_too_long_stays_apart_from_those_like_it() -> None:
    long = "ä" * 40
    names = {physical_name("br-1", long + end) for end in ("", "x", "y")}
    assert len(names) == 3
    assert all(len(name.encode()) <= 63 for name in names)
    assert physical_name("br-1", "app") == "br-1/app"


def test_the_verifier_is_of_printable_ascii_alone() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        scram_verifier("pässword")
