"""The real engine deploys a Worker that asks a Prisma database through the serverless driver."""

import json
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.vendors import PrismaEmulator
from tests.engine.at_vendors import made_at, ran, refused
from tests.engine.deployment import Deployment
from tests.engine.life import Life, lived
from tests.engine.test_prisma import called, only

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

SCRIPT = "edge-postgres-local-edge"
SECRET = "PRISMA_DIRECT_TCP_URL"
ITEMS = """
    create table public.items (
        id bigint generated always as identity, name text not null,
        created_at timestamptz not null default '2026-01-02 03:04:05+00'
    );
    insert into public.items (name) values ('found where it was made');
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
    """Makes the sample table in the stack's database, by a connection of a person's own."""
    body = {"databaseId": only(prisma, "/databases")["id"], "name": "a person's own"}
    url = called(prisma, "POST", "/connections", json=body)["endpoints"]["direct"]["connectionString"]
    ran(url.replace("/?", "/postgres?"), ITEMS)


def asked(stack: Deployment, path: str) -> Any:
    return call_worker(stack.cloud.worker_url(SCRIPT) + path)


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Life:
    """The Worker is asked for what only the database that was made has."""
    stack, prisma = serverless(shared_deployment), shared_deployment.cloud.prisma

    def look() -> Any:
        with_items(prisma)
        return asked(stack, ""), asked(stack, "pipelined"), stack.stored()["scripts"]

    life = lived(stack, look)
    assert made_at(prisma) == {}
    return life


def test_the_worker_answers_from_the_database_that_was_made(life: Life) -> None:
    answer, _, _ = life.seen
    assert answer["driver"] == "@prisma/ppg"
    row = {"id": "1", "name": "found where it was made", "created_at": "2026-01-02 03:04:05+00"}
    assert answer["result"] == [row]


def test_it_asks_in_a_session_too(life: Life) -> None:
    _, pipelined, _ = life.seen
    assert len(pipelined["result"]) == 3


def test_a_second_up_and_a_refresh_change_nothing(life: Life) -> None:
    assert set(life.again) == {"same"}
    assert life.refusal == ""
    assert life.after_refresh == {}


def test_destroy_removes_it(life: Life) -> None:
    _, _, scripts = life.seen
    assert scripts == [SCRIPT]
    assert life.left == {}


def test_the_string_is_a_secret_and_in_plain_nowhere(life: Life) -> None:
    uploads = json.loads(life.sent)["requests"]
    (string,) = {word for each in uploads for word in each["body"].split('"') if word.startswith("postgres://")}
    password = httpx.URL(string).password
    assert len(password) >= 12
    assert password not in life.told


def test_another_vendor_is_rejected_before_anything_is_made(stack: Deployment, prisma: PrismaEmulator) -> None:
    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"] = {"main": {"provider": "neon", "project": {"region": "aws-eu-central-1"}}}

    told = refused(stack.changed(move), "preview")
    assert f"workers.edge.serverless.{SECRET}" in told
    assert "Prisma Postgres alone" in told
    assert made_at(prisma) == {}
