"""Settings that a preview stack rejects: objects of other stacks, and databases that it shares."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.unit.test_settings import load, only_fault, parts, root, stack_file

__all__ = ["root"]

STACK = "pr-123"


def sound(**changes: Any) -> dict[str, Any]:
    """A valid stack file of a preview stack."""
    return stack_file(**{"databases__main__previewDatabase": "${stack}", **changes})


def neon(**changes: Any) -> dict[str, Any]:
    database = {
        "provider": "neon",
        "project": {"existing": "quiet-term-12345678"},
        "branch": {"name": "${stack}", "expiresAfter": "7d"},
        "hyperdrive": {"connectionLimit": 5, "caching": "none"},
        **changes,
    }
    return stack_file(databases__main=database, secrets={})


def test_the_placeholder_becomes_the_name_of_the_stack(root: Path) -> None:
    stack, _ = load(root, sound(workers__api__vars={"STAGE": "at ${stack}"}), stack=STACK)
    assert stack.databases["main"].preview_database == STACK
    assert stack.workers["api"].vars == {"STAGE": "at pr-123"}


@pytest.mark.parametrize("stack", [STACK, "local-pr-123"])
@pytest.mark.parametrize(
    "changes",
    [
        {"workers__api__scriptName": "api"},
        {"workers__api__domains": ["${stack}.example.com", "api.example.com"]},
        {"workers__api__routes": {"api.example.com/*": "0" * 32}},
        {"databases__main__hyperdrive__configName": "main"},
        {"databases__main__hyperdrive__keep": {"main": {"connectionLimit": 5, "caching": "none"}}},
    ],
    ids=lambda changes: next(iter(changes)).rsplit("__", 1)[1],
)
def test_the_name_of_another_stacks_object_is_rejected(stack: str, changes: dict[str, Any], root: Path) -> None:
    (path,) = changes
    place = path.replace("__", ".") + ("[1]" if "domains" in path else "")
    complaint = only_fault(root, place, sound(**changes), stack=stack)
    assert complaint.startswith("must contain the name of the stack, got ")
    assert complaint.endswith("Add `${stack}`, because other stacks use this value.")


def test_the_record_of_another_stacks_route_is_rejected(root: Path) -> None:
    routes = {"*.example.com/${stack}/*": "0" * 32}
    file = sound(workers__api__routes=routes, workers__api__routeRecords=["api.example.com"])
    complaint = only_fault(root, "workers.api.routeRecords[0]", file, stack=STACK)
    assert complaint.startswith("must contain the name of the stack, got api.example.com")


def test_separate_names_are_accepted(root: Path) -> None:
    changes = {
        "workers__api__scriptName": "${stack}-api",
        "workers__api__domains": ["${stack}.example.com"],
        "workers__api__routes": {"${stack}.example.com/*": "0" * 32},
    }
    stack, _ = load(root, sound(**changes), stack=STACK)
    assert stack.workers["api"].domains == ["pr-123.example.com"]


def test_an_existing_database_is_rejected(root: Path) -> None:
    complaint = only_fault(root, "databases.main", stack_file(databases__main=parts()), stack=STACK)
    assert complaint.startswith(
        'is an existing database, which can contain production data. Set `previewDatabase: "${stack}"`'
    )


def test_a_database_without_production_data_is_accepted(root: Path) -> None:
    load(root, stack_file(databases__main__noProductionData=True), stack=STACK)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_preview_database_is_rejected_on_a_permanent_stack(stack: str, root: Path) -> None:
    complaint = only_fault(root, "databases.main.previewDatabase", sound(), stack=stack)
    assert complaint == (
        "is only for preview stacks, `pr-…`, because the database is deleted with its stack. Remove `previewDatabase`."
    )


def test_the_name_of_a_separate_database_is_validated(root: Path) -> None:
    complaint = only_fault(
        root, "databases.main.previewDatabase", sound(databases__main__previewDatabase="PR"), stack=STACK
    )
    assert complaint.startswith("must have at most 63 lower-case letters, digits, `_` and `-`, and start with a letter")
    assert "got PR. " in complaint


def test_a_separate_branch_is_accepted(root: Path) -> None:
    stack, _ = load(root, neon(), stack=STACK)
    assert stack.databases["main"].branch.name == STACK


def test_an_existing_branch_is_rejected(root: Path) -> None:
    branch = {"name": "main", "expiresAfter": "7d"}
    complaint = only_fault(root, "databases.main.branch.name", neon(branch=branch), stack=STACK)
    assert complaint.startswith('must contain the name of the stack, got main. Set `"${stack}"`')


def test_a_branch_expires(root: Path) -> None:
    complaint = only_fault(root, "databases.main.branch.expiresAfter", neon(branch={"name": "${stack}"}), stack=STACK)
    assert complaint.startswith("is required, because Neon bills a branch until it is deleted. Set `7d`")


def test_a_separate_project_needs_neither(root: Path) -> None:
    load(root, neon(project={"region": "aws-eu-central-1"}, branch={}), stack=STACK)


def test_the_template_is_not_deployed(root: Path) -> None:
    assert "template of preview stacks" in only_fault(root, "(stack)", sound(), stack="pr")


@pytest.mark.parametrize("shape", [None, [], "text", {"main": None}, {"main": []}])
def test_a_file_of_the_wrong_shape_has_other_errors(shape: Any, root: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"has \d errors?"):
        load(root, stack_file(databases=shape), stack=STACK)


def test_an_existing_queue_and_names_of_queues_and_workflows_of_another_stack_are_rejected(root: Path) -> None:
    queue = only_fault(
        root, "queues.jobs.id", sound(queues={"jobs": {"id": "0" * 32, "queueName": "pr-123"}}), stack=STACK
    )
    assert queue.startswith("must not be set in a preview stack")
    name = only_fault(root, "queues.jobs.queueName", sound(queues={"jobs": {"queueName": "jobs"}}), stack=STACK)
    assert name.startswith("must contain the name of the stack, got jobs")
    workflows = {"ORDERS": {"className": "Orders", "workflowName": "orders"}}
    path = "workers.api.workflows.ORDERS.workflowName"
    assert "got orders" in only_fault(root, path, sound(workers__api__workflows=workflows), stack=STACK)
