"""The real engine deploys a Worker that queries a Prisma database through the serverless driver."""

import json
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.vendors import PrismaEmulator
from tests.engine.deployment import Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.engine.test_prisma import call_api, only
from tests.engine.vendor_stacks import error_of, resources_at, run_statement

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

SCRIPT = "edge-postgres-local-edge"
SECRET = "PRISMA_DIRECT_TCP_URL"
ITEMS = """
    create table public.items (
        id bigint generated always as identity, name text not null,
        created_at timestamptz not null default '2026-01-02 03:04:05+00'
    );
    insert into public.items (name) values ('found in the created database');
"""


def serverless(deployment: Deployment) -> Deployment:
    """One Worker without Node compatibility, one database without Hyperdrive."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"] = {
            "main": {"provider": "prisma", "region": "eu-central-1", "plan": "free"},
        }
        config["edge-postgres:workers"] = {
            "edge": {
                "bundle": "workers/dist/ppg.js",
                "driver": "prisma-ppg",
                "compatibilityDate": "2026-08-01",
                "serverless": {SECRET: "main"},
            }
        }

    return deployment.changed(change)


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return serverless(deployment)


@pytest.fixture
def prisma(stack: Deployment) -> PrismaEmulator:
    return stack.cloud.prisma


def with_items(prisma: PrismaEmulator) -> None:
    """Creates the sample table in the stack's database, with a separate connection."""
    body = {"databaseId": only(prisma, "/databases")["id"], "name": "a person's own"}
    url = call_api(prisma, "POST", "/connections", json=body)["endpoints"]["direct"]["connectionString"]
    run_statement(url.replace("/?", "/postgres?"), ITEMS)


def fetch(stack: Deployment, path: str) -> Any:
    return call_worker(stack.cloud.worker_url(SCRIPT) + path)


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """A lifecycle in which the Worker reads a row that only the created database has."""
    stack, prisma = serverless(shared_deployment), shared_deployment.cloud.prisma

    def look() -> Any:
        with_items(prisma)
        return fetch(stack, ""), fetch(stack, "pipelined"), stack.stored()["scripts"]

    life = run_lifecycle(stack, look)
    assert resources_at(prisma) == {}
    return life


def test_the_worker_reads_from_the_created_database(life: Lifecycle) -> None:
    answer, _, _ = life.observed
    assert answer["driver"] == "@prisma/ppg"
    row = {"id": "1", "name": "found in the created database", "created_at": "2026-01-02 03:04:05+00"}
    assert answer["result"] == [row]


def test_the_worker_queries_in_a_session_too(life: Lifecycle) -> None:
    _, pipelined, _ = life.observed
    assert len(pipelined["result"]) == 3


def test_a_second_up_and_a_refresh_change_nothing(life: Lifecycle) -> None:
    assert set(life.second_up) == {"same"}
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_destroy_removes_everything(life: Lifecycle) -> None:
    _, _, scripts = life.observed
    assert scripts == [SCRIPT]
    assert life.leftovers == {}


def test_the_connection_string_is_a_secret_and_not_in_plain_text(life: Lifecycle) -> None:
    uploads = json.loads(life.requests)["requests"]
    (string,) = {part for each in uploads for part in each["body"].split('"') if part.startswith("postgres://")}
    password = httpx.URL(string).password
    assert len(password) >= 12
    assert password not in life.output


def test_another_vendor_is_rejected_before_anything_is_created(stack: Deployment, prisma: PrismaEmulator) -> None:
    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"] = {"main": {"provider": "neon", "project": {"region": "aws-eu-central-1"}}}

    error = error_of(stack.changed(move), "preview")
    assert f"workers.edge.serverless.{SECRET}" in error
    assert "is not Prisma Postgres, which the serverless driver requires" in error
    assert resources_at(prisma) == {}
