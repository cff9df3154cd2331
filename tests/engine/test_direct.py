"""The stack program deploys Workers without Hyperdrive, and they connect to the local Postgres directly."""

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
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.vendor_stacks import error_of, resources_at

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Observed:
    """The results of a stack that was deployed twice."""

    answer: Any
    hyperdrive: list[str]
    second_up: dict[str, int]
    output: str = field(repr=False)
    """The engine's output and the state."""


@pytest.fixture(scope="module")
def direct_stack(shared_deployment: Deployment) -> Deployment:
    """The stack `local` with a Worker that connects to the database directly, without Hyperdrive."""
    bundle = shared_deployment.stack.folder.parent / "direct.js"
    shutil.copy(CHECKOUT / "workers" / "dist" / "direct.js", bundle)

    def connect_directly(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["hyperdrive"]
        worker = config["edge-postgres:workers"]["api"]
        del worker["hyperdrive"]
        worker |= {"bundle": os.path.relpath(bundle, CHECKOUT), "direct": {"database": "main"}}

    return shared_deployment.changed(connect_directly)


@pytest.fixture(scope="module")
def observed(direct_stack: Deployment) -> Observed:
    stack = direct_stack.changed(lambda _: None)  # another test may have written its own stack file
    output = stack.stack.pulumi("up", "--yes", "--diff")
    answer, hyperdrive = call_worker(stack.cloud.worker_url(SCRIPT)), stack.stored()["hyperdrive"]
    second_up = stack.up()
    output += stack.exported()
    stack.control("POST", "reset")
    return Observed(answer, hyperdrive, second_up, output)


def test_a_worker_reads_rows_from_a_database_over_tls(observed: Observed) -> None:
    assert [row["id"] for row in observed.answer["result"]] == ["1", "2", "3"]
    assert observed.hyperdrive == []


def test_the_password_is_not_in_plain_text(observed: Observed, direct_stack: Deployment) -> None:
    password = urlsplit(direct_stack.url).password
    assert password
    assert password not in observed.output


def test_a_second_up_changes_nothing(observed: Observed) -> None:
    assert set(observed.second_up) == {"same"}


def test_a_database_that_grants_fewer_connections_is_rejected(direct_stack: Deployment) -> None:
    def claim(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["maxConnections"] = 20
        config["edge-postgres:workers"]["api"]["direct"]["connections"] = 30

    complaint = error_of(direct_stack.changed(claim), "preview")
    assert "  databases.main  needs 12 more connections than the database has available" in complaint
    assert "30  workers.api" in complaint
    assert "Traceback" not in complaint


@pytest.mark.usefixtures("vendors")
@pytest.mark.parametrize("name", ["direct", "direct-neon", "prisma-serverless"])
def test_an_example_without_hyperdrive_responds_and_is_destroyed_completely(name: str, cloud: Instance) -> None:
    stack = Stack.of(StackFile.of(name), cloud)
    stack.up()
    try:
        (script,) = stack.outputs()["workers"].values()
        assert call_worker(cloud.worker_url(script))["success"] is True
        assert "unchanged" in stack.pulumi("preview", "--expect-no-changes")
    finally:
        stack.destroy()
    assert resources_at(cloud.neon) == resources_at(cloud.prisma) == {}
