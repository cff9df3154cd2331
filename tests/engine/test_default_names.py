"""Default names: two stacks of one account do not meet, and a renamed key with fixed names keeps the resources.

The renamed keys are of a Worker with `scriptName` and of a Hyperdrive configuration with `configName`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from edge_postgres.origin.names import physical_name
from localcloud.changes import changes_of_preview
from localcloud.deploy import Stack, call_worker
from localcloud.instance import Instance
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

NAMES = ("local-a", "local-b")


@pytest.fixture
def stacks(deployment: Deployment) -> Iterator[list[Stack]]:
    """Two stacks of one program and one account with the same settings. They are destroyed after the test."""
    folder = deployment.stack.folder.parent
    found = [replace(deployment.stack, folder=folder / name, name=name) for name in NAMES]
    for stack in found:
        stack.prepare({"databases.main.url": deployment.url})
    try:
        yield found
    finally:
        for stack in found:
            stack.destroy()


def answers(cloud: Instance, stack: Stack) -> bool:
    """Whether the Worker of a stack reads from the database."""
    return bool(call_worker(cloud.worker_url(stack.outputs()["workers"]["api"]))["success"])


def test_two_stacks_of_one_account_are_deployed_and_one_outlives_the_other(
    stacks: list[Stack], deployment: Deployment
) -> None:
    first, second = stacks
    for stack in stacks:
        stack.up()
    scripts = [physical_name("api", project="edge-postgres", stack=name) for name in NAMES]
    assert sorted(deployment.stored()["scripts"]) == sorted(scripts)
    assert len(deployment.stored()["hyperdrive"]) == len(stacks)
    assert [answers(deployment.cloud, stack) for stack in stacks] == [True, True]

    first.destroy()
    assert deployment.stored()["scripts"] == scripts[1:]
    assert answers(deployment.cloud, second)
    assert "unchanged" in second.pulumi("preview", "--expect-no-changes")


def with_keys(database: str, worker: str) -> Any:
    """A change of a stack file: the keys of its database and its Worker, which have fixed names."""

    def change(config: dict[str, Any]) -> None:
        (settings,) = config["edge-postgres:databases"].values()
        config["edge-postgres:databases"] = {
            database: {**settings, "hyperdrive": {**settings["hyperdrive"], "configName": "shop-db"}}
        }
        (script,) = config["edge-postgres:workers"].values()
        config["edge-postgres:workers"] = {
            worker: {**script, "scriptName": "shop-api", "hyperdrive": {"HYPERDRIVE": database}}
        }

    return change


def changed_resources(stack: Stack) -> dict[str, list[str]]:
    """Returns the types of the resources that a preview would change, by operation, without the stack."""
    found: dict[str, list[str]] = {}
    for urn, operation in changes_of_preview(stack).items():
        found.setdefault(operation, []).append(urn.split("::")[2])
    return {operation: sorted(types) for operation, types in found.items()}


def test_a_renamed_key_with_fixed_names_changes_nothing(deployment: Deployment) -> None:
    before = deployment.changed(with_keys("main", "api"))
    before.up()
    stored = before.stored()
    sent = before.control("GET", "requests").json()["requests"]

    renamed = before.changed(with_keys("orders", "backend"))
    assert changed_resources(renamed.stack) == {}
    assert set(renamed.up()) == {"same"}
    assert renamed.stored() == stored
    received = renamed.control("GET", "requests").json()["requests"][len(sent) :]
    assert [each for each in received if each["method"] != "GET"] == []
    assert call_worker(renamed.cloud.worker_url("shop-api"))["success"] is True
    assert set(renamed.up()) == {"same"}
