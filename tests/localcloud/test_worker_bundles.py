"""The project's own Workers, as built, in the real runtime, through a Hyperdrive binding, on the real database."""

import asyncio
import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pytest

from localcloud.credentials import Credentials
from localcloud.home import CHECKOUT
from localcloud.ports import Ports, free_port
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime

BUNDLES = ["pg", "postgres"]
# Node compatibility by flag, and by date.
REGIMES: list[tuple[str, list[str]]] = [("2026-08-01", ["nodejs_compat"]), ("2026-11-01", [])]
AWKWARD = "p%40 /?#:@&=+ü'\""

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(runtime: WorkerRuntime) -> Iterator[Ask]:
    """Asks a bundle, bound to a database, for a path."""
    ports = Ports(runtime.home)
    control = f"http://127.0.0.1:{ports.of('workers-control')}/workers"
    token = {"authorization": f"Bearer {Credentials.of(runtime.home).runtime_token}"}

    def put(*workers: dict[str, Any]) -> None:
        httpx.put(control, json={"workers": workers}, headers=token, timeout=30).raise_for_status()

    def ask(bundle: str, url: str, path: str = "/", regime: tuple[str, list[str]] = REGIMES[0]) -> httpx.Response:
        content = base64.b64encode((CHECKOUT / "workers" / "dist" / f"{bundle}.js").read_bytes()).decode()
        module = {"name": "worker.js", "contentType": "application/javascript+module", "contentBase64": content}
        put(
            {
                "name": "api",
                "mainModule": "worker.js",
                "modules": [module],
                "compatibilityDate": regime[0],
                "compatibilityFlags": regime[1],
                "bindings": [{"type": "hyperdrive", "name": "HYPERDRIVE", "connectionString": url}],
                "hosts": ["api.localhost"],
                "crons": [],
            }
        )
        address = f"http://127.0.0.1:{ports.of('workers')}{path}"
        return httpx.get(address, headers={"host": "api.localhost"}, timeout=30)

    yield ask
    put()


@pytest.mark.parametrize("regime", REGIMES, ids=["by flag", "by date"])
@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_answers_rows_of_the_database(
    ask: Ask, postgres: Postgres, bundle: str, regime: tuple[str, list[str]]
) -> None:
    answer = ask(bundle, postgres.url(), regime=regime).json()
    assert (answer["success"], answer["driver"]) == (True, bundle)
    assert answer["server_version"].startswith("18.")
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_lists_the_tables(ask: Ask, postgres: Postgres, bundle: str) -> None:
    assert {"schemaname": "public", "tablename": "items"} in ask(bundle, postgres.url(), "/tables").json()["result"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_is_well(ask: Ask, postgres: Postgres, bundle: str) -> None:
    assert ask(bundle, postgres.url(), "/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_says_that_the_database_is_away(ask: Ask, bundle: str) -> None:
    answer = ask(bundle, f"postgres://app:secret@127.0.0.1:{free_port()}/app?sslmode=require")
    assert answer.status_code == 503
    assert answer.json() == {"success": False, "error": "The database did not answer."}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_caller_is_told_nothing_of_a_refused_password(ask: Ask, postgres: Postgres, bundle: str) -> None:
    parts = urlsplit(postgres.url())
    answer = ask(bundle, postgres.url().replace(str(parts.password), "wrong-password"))
    assert answer.status_code == 500
    assert "app" not in answer.text
    assert "password" not in answer.text


@pytest.mark.parametrize("bundle", BUNDLES)
def test_it_signs_in_with_a_password_that_has_to_be_encoded(ask: Ask, postgres: Postgres, bundle: str) -> None:
    asyncio.run(role_with_password(postgres, "awkward", AWKWARD))
    parts = urlsplit(postgres.url())
    url = f"postgres://awkward:{quote(AWKWARD, safe='')}@{parts.hostname}:{parts.port}/app?sslmode=require"
    assert ask(bundle, url, "/healthz").status_code == 200


async def role_with_password(postgres: Postgres, role: str, password: str) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    try:
        literal = password.replace("'", "''")
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
            await connection.execute(f"create role {role} login password '{literal}'")
    finally:
        await connection.close()


def test_every_bundle_is_asked() -> None:
    assert sorted(file.stem for file in Path(CHECKOUT, "workers", "dist").glob("*.js")) == BUNDLES
