"""The responses of the built Workers of the drivers, behind Hyperdrive and in the real runtime."""

import asyncio
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from localcloud.ports import free_port
from localcloud.postgres import Postgres
from tests.localcloud.asking import BUNDLES, BY_FLAG, Ask, ask

__all__ = ["ask"]

AWKWARD = "p%40 /?#:@&=+ü'\""


@pytest.fixture(scope="module")
def nowhere() -> str:
    return f"postgres://app:secret@127.0.0.1:{free_port()}/app?sslmode=require"


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_responds_with_rows_of_the_database(ask: Ask, postgres: Postgres, bundle: str) -> None:
    answer = ask(bundle, postgres.url(), regime=BY_FLAG).json()
    assert (answer["success"], answer["driver"]) == (True, bundle)
    assert answer["server_version"].startswith("18.")
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_lists_the_tables(ask: Ask, postgres: Postgres, bundle: str) -> None:
    assert {"schemaname": "public", "tablename": "items"} in ask(bundle, postgres.url(), "/tables", BY_FLAG).json()[
        "result"
    ]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_reports_that_the_database_is_unreachable(ask: Ask, nowhere: str, bundle: str) -> None:
    answer = ask(bundle, nowhere)
    assert answer.status_code == 503
    assert answer.json() == {"success": False, "error": "The database did not respond."}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_response_does_not_reveal_a_rejected_password(ask: Ask, postgres: Postgres, bundle: str) -> None:
    parts = urlsplit(postgres.url())
    answer = ask(bundle, postgres.url().replace(str(parts.password), "wrong-password"))
    assert answer.status_code == 500
    assert "app" not in answer.text
    assert "password" not in answer.text


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_authenticates_with_a_password_that_needs_url_encoding(ask: Ask, postgres: Postgres, bundle: str) -> None:
    asyncio.run(role_with_password(postgres, "awkward", AWKWARD))
    parts = urlsplit(postgres.url())
    url = f"postgres://awkward:{quote(AWKWARD, safe='')}@{parts.hostname}:{parts.port}/app?sslmode=require"
    assert ask(bundle, url, "/healthz").json() == {"status": "ok"}


async def role_with_password(postgres: Postgres, role: str, password: str) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        literal = password.replace("'", "''")
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
            await connection.execute(f"create role {role} login password '{literal}'")
    finally:
        await connection.close()
