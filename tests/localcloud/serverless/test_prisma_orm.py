"""Prisma ORM with `@prisma/adapter-ppg` in the real runtime: the sample `workers/src/prisma-serverless.ts`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge_postgres.workers.bundle import validate_bundle
from edge_postgres.workers.drivers import Driver
from localcloud.state_directory import CHECKOUT
from localcloud.supervisor import Supervisor
from tests.localcloud.serverless.conftest import Database, Runtime, Serverless

SAMPLE = CHECKOUT / "workers" / "dist" / "prisma-serverless.js"
MODULES: dict[str, Path] = {"worker.js": SAMPLE, "prisma-serverless.wasm": SAMPLE.with_suffix(".wasm")}
# Node.js compatibility by flag, and by date.
REGIMES: list[tuple[str, list[str]]] = [("2026-08-01", ["nodejs_compat"]), ("2026-11-01", [])]

Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(runtime: Runtime, items: Database) -> Ask:
    runtime.deploy(MODULES, "2026-11-01", items.url)
    return runtime.ask


@pytest.mark.parametrize(("date", "flags"), REGIMES, ids=["flag", "date"])
def test_it_responds_with_rows_of_its_database(runtime: Runtime, items: Database, date: str, flags: list[str]) -> None:
    runtime.deploy(MODULES, date, items.url, flags)
    answer = runtime.ask("/").json()
    assert (answer["driver"], answer["driver_version"]) == ("prisma", "7.10.0")
    assert answer["server_version"].startswith("18.")
    assert answer["result"][0] == {"id": "1", "name": "one", "created_at": "2026-01-02T03:04:05.000Z"}


def test_without_node_compatibility_it_does_not_start(runtime: Runtime, items: Database) -> None:
    with pytest.raises(httpx.HTTPStatusError) as error:
        runtime.deploy(MODULES, "2026-08-01", items.url)
    assert "node:" in error.value.response.text


def test_it_adds_a_row(ask: Ask, items: Database) -> None:
    name = "it's; drop table items --"
    answer = ask("/items", "POST", json={"name": name})
    assert (answer.status_code, answer.json()["result"]["name"]) == (201, name)
    assert items.ran("select name from items order by id desc") == name


def test_its_raw_queries_have_parameters(ask: Ask) -> None:
    assert ask("/tables").json()["result"] == [{"schemaname": "public", "tablename": "items"}]


def test_ten_concurrent_queries_succeed(ask: Ask) -> None:
    assert ask("/at-once").json()["queries"] == 10


def test_a_table_that_does_not_exist_is_a_note(runtime: Runtime, serverless: Serverless) -> None:
    runtime.deploy(MODULES, "2026-11-01", serverless.new_database().url)
    answer: dict[str, Any] = runtime.ask("/").json()
    assert (answer["success"], answer["result"]) == (True, [])
    assert "public.items" in answer["note"]


def test_a_value_of_a_failed_write_is_neither_in_the_log_nor_in_the_response(
    runtime: Runtime, serverless: Serverless
) -> None:
    database = serverless.new_database()
    database.ran(
        "create table items (id bigint generated always as identity, name text unique, created_at timestamptz)",
        "insert into items (name) values ('sentinel')",
    )
    runtime.deploy(MODULES, "2026-11-01", database.url)
    before = runtime.log_size()
    answer = runtime.ask("/items", "POST", json={"name": "sentinel"})
    assert (answer.status_code, "sentinel" in answer.text) == (409, False)
    log = runtime.wait_for_log('"code":"23505"', before)
    assert "sentinel" not in log


def test_a_failed_query_is_a_500_without_details(runtime: Runtime, serverless: Serverless) -> None:
    database = serverless.new_database()
    database.ran("create view items as select 1::int8 / 0 as id, 'sentinel' as name, now() as created_at")
    runtime.deploy(MODULES, "2026-11-01", database.url)
    answer = runtime.ask("/")
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "error": "The request failed. See the Worker's log for the reason."}


def test_a_rejected_password_is_a_500_without_details(runtime: Runtime, items: Database) -> None:
    runtime.deploy(MODULES, "2026-11-01", items.url.replace(items.password, "wrong"))
    answer = runtime.ask("/")
    assert answer.status_code == 500
    assert not {"password", "credentials", items.user} & set(answer.text.split('"'))


def test_an_unreachable_service_is_a_503(ask: Ask, serverless: Serverless) -> None:
    supervisor = Supervisor(serverless.service.state_directory)
    supervisor.stop(serverless.service.name, print)
    try:
        answers = [ask(path) for path in ("/", "/healthz")]
    finally:
        supervisor.ensure(serverless.service, print)
    assert [each.status_code for each in answers] == [503, 503]
    assert ask("/healthz").status_code == 200


def test_the_error_about_a_missing_secret_names_it(runtime: Runtime) -> None:
    runtime.deploy(MODULES, "2026-11-01", None)
    answer = runtime.ask("/")
    assert (answer.status_code, "`PRISMA_DIRECT_TCP_URL` is missing" in answer.text) == (500, True)


def test_the_bundle_is_recognised_for_the_serverless_driver_only() -> None:
    checked = validate_bundle(str(SAMPLE), Driver.PRISMA, ["serverless"], subject="bundle")
    assert checked.warnings == []
