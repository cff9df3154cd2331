"""Queues, consumers and Workflows of a stack file: accepted settings, errors, and the created resources."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Run, deploy
from tests.unit.sound import SCRIPT
from tests.unit.test_queue import CONSUMER, ID, QUEUE, WORKFLOW
from tests.unit.test_settings import only_fault, root, stack_file
from tests.unit.vendors import CALLS, OUTPUTS

__all__ = ["root"]

PROGRAM = Path(__file__).resolve().parents[2] / "__main__.py"


def file(declared: dict[str, Any] | None = None, **worker: Any) -> dict[str, Any]:
    """A stack file with queues and with settings of the Worker `api`."""
    found = stack_file(queues={"jobs": {}} if declared is None else declared)
    found["workers"] = {"api": {**found["workers"]["api"], **worker}}
    return found


def deployed(root: Path, found: dict[str, Any], monkeypatch: pytest.MonkeyPatch, stack: str = "dev") -> Run:
    monkeypatch.chdir(root)
    return deploy(
        lambda: runpy.run_path(str(PROGRAM), run_name="__main__") and None,
        config=found,
        secret_keys=["secrets"],
        stack=stack,
        outputs=OUTPUTS,
        calls=CALLS,
    )


def test_a_worker_sends_to_and_receives_from_a_queue_of_the_stack(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"maxBatchSize": 20, "deadLetterQueue": "failed"}
    queues: dict[str, Any] = {"jobs": {"deliveryDelay": 5}, "failed": {}}
    run = deployed(root, file(queues, queues={"JOBS": "jobs"}, queueConsumers={"jobs": settings}), monkeypatch)
    assert {each.inputs["queueName"] for each in run.all(QUEUE)} == {
        "edge-postgres-dev-jobs",
        "edge-postgres-dev-failed",
    }
    consumer = run.one(CONSUMER).inputs
    assert (consumer["queueId"], consumer["deadLetterQueue"]) == (ID, "edge-postgres-dev-failed")
    (binding,) = (each for each in run.one(SCRIPT).inputs["bindings"] if each["type"] == "queue")
    assert binding["queueName"] == "edge-postgres-dev-jobs"


def test_an_existing_queue_is_used_and_not_created(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queues = {"jobs": {"id": ID, "queueName": "shop-jobs"}}
    run = deployed(root, file(queues, queues={"JOBS": "jobs"}, queueConsumers={"jobs": {}}), monkeypatch)
    assert run.all(QUEUE) == []
    assert run.one(CONSUMER).inputs["queueId"] == ID


@pytest.mark.parametrize(("stack", "protected"), [("dev", True), ("pr-7", False)])
def test_a_queue_is_protected_except_in_disposable_stacks(
    root: Path, monkeypatch: pytest.MonkeyPatch, stack: str, protected: bool
) -> None:
    found = file()
    found["databases"]["main"]["noProductionData"] = not protected
    assert deployed(root, found, monkeypatch, stack).one(QUEUE).wire.protect is protected


def test_a_workflow_is_named_after_its_script_and_binding(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = deployed(root, file(workflows={"ORDER_IMPORT": {"className": "Import"}}), monkeypatch)
    assert run.one(WORKFLOW).inputs["workflowName"] == "edge-postgres-dev-api-order-import"


@pytest.mark.parametrize(
    ("path", "found", "message"),
    [
        ("queues.jobs.queueName", file({"jobs": {"id": ID}}), "is required with `id`"),
        ("queues.jobs.protect", file({"jobs": {"id": ID, "queueName": "jobs", "protect": True}}), "combined with `id`"),
        ("queues.jobs.deliveryDelay", file({"jobs": {"deliveryDelay": 86_401}}), "must be at most 86400"),
        ("workers.api.queues.JOBS", file(queues={"JOBS": "two words"}), "must be 1 to 63 letters"),
        ("workers.api.queueConsumers", file(queueConsumers={"other": {}}), "must be an entry of `queues`, got other"),
        (
            "workers.api.queueConsumers.jobs.maxRetries",
            file(queueConsumers={"jobs": {"maxRetries": 101}}),
            "must be at most 100",
        ),
        (
            "workers.api.queueConsumers.jobs.deadLetterQueue",
            file(queueConsumers={"jobs": {"deadLetterQueue": "jobs"}}),
            "must not be the queue itself",
        ),
        (
            "workers.api.workflows.ORDERS.workflowName",
            file(workflows={"ORDERS": {"className": "Orders", "scriptName": "other"}}),
            "is required with `scriptName`",
        ),
    ],
)
def test_an_invalid_setting_is_reported_with_its_path(
    root: Path, path: str, found: dict[str, Any], message: str
) -> None:
    assert message in only_fault(root, path, found)


def test_two_workers_cannot_consume_one_queue(root: Path) -> None:
    found = file(queueConsumers={"jobs": {}})
    found["workers"]["second"] = {**found["workers"]["api"], "secrets": []}
    assert "cannot be combined with `workers.api.queueConsumers.jobs`" in only_fault(
        root, "workers.second.queueConsumers.jobs", found
    )
