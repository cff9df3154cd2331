"""Workers without Hyperdrive: the stack program deploys them, and they reach the local Postgres by themselves."""

import os
import shutil
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from localcloud.deploy import Stack, call_worker
from localcloud.instance import Instance
from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tests.engine.at_vendors import made_at, refused
from tests.engine.deployment import SCRIPT, Deployment

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Seen:
    """What was seen of a stack that went up twice."""

    answer: Any
    hyperdrive: list[str]
    again: dict[str, int]
    told: str = field(repr=False)
    """What the engine showed and stored."""


@pytest.fixture(scope="module")
def dialling(shared_deployment: Deployment) -> Deployment:
    """The stack `local` with a Worker that dials the database, which nothing is in front of."""
    bundle = shared_deployment.stack.folder.parent / "direct.js"
    shutil.copy(CHECKOUT / "workers" / "dist" / "direct.js", bundle)

    def dial(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["hyperdrive"]
        worker = config["edge-postgres:workers"]["api"]
        del worker["hyperdrive"]
        worker |= {"bundle": os.path.relpath(bundle, CHECKOUT), "direct": {"database": "main"}}

    return shared_deployment.changed(dial)


@pytest.fixture(scope="module")
def seen(dialling: Deployment) -> Seen:
    stack = dialling.changed(lambda _: None)  # another test may have written its own stack file
    told = stack.stack.pulumi("up", "--yes", "--diff")
    answer, hyperdrive = call_worker(stack.cloud.worker_url(SCRIPT)), stack.stored()["hyperdrive"]
    again = stack.up()
    told += stack.exported()
    stack.control("POST", "reset")
    return Seen(answer, hyperdrive, again, told)


def test_a_worker_answers_from_a_database_that_it_dials_by_tls(seen: Seen) -> None:
    assert [row["id"] for row in seen.answer["result"]] == ["1", "2", "3"]
    assert seen.hyperdrive == []


def test_the_password_is_nowhere_in_plain(seen: Seen, dialling: Deployment) -> None:
    password = urlsplit(dialling.url).password
    assert password
    assert password not in seen.told


def test_a_second_up_changes_nothing(seen: Seen) -> None:
    assert set(seen.again) == {"same"}


def test_a_database_that_grants_fewer_connections_is_rejected(dialling: Deployment) -> None:
    def claim(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["maxConnections"] = 20
        config["edge-postgres:workers"]["api"]["direct"]["connections"] = 30

    complaint = refused(dialling.changed(claim), "preview")
    assert "  databases.main  needs 12 connections more than the database grants" in complaint
    assert "30  workers.api" in complaint
    assert "Traceback" not in complaint


@pytest.mark.usefixtures("vendors")
@pytest.mark.parametrize("name", ["direct", "direct-neon", "prisma-serverless"])
def test_an_example_without_hyperdrive_answers_and_leaves_nothing(name: str, cloud: Instance) -> None:
    stack = Stack.of(StackFile.of(name), cloud)
    stack.up()
    try:
        (script,) = stack.outputs()["workers"].values()
        assert call_worker(cloud.worker_url(script))["success"] is True
        assert "unchanged" in stack.pulumi("preview", "--expect-no-changes")
    finally:
        stack.destroy()
    assert made_at(cloud.neon) == made_at(cloud.prisma) == {}
