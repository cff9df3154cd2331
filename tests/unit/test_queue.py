"""`Queue` and the consumers of a Worker: their resource inputs and their validation errors."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from edge_postgres.workers.queue import Queue
from edge_postgres.workers.worker import Worker
from tests.harness import Registration, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, SCRIPT, changed, unknown

QUEUE = "cloudflare:index/queue:Queue"
CONSUMER = "cloudflare:index/queueConsumer:QueueConsumer"
WORKFLOW = "cloudflare:index/workflow:Workflow"
ID = "0f0e0d0c0b0a09080706050403020100"
JOBS = {"queue_id": ID, "queue_name": "jobs"}


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    (tmp_path / "worker.js").write_text("export default {}")
    return str(tmp_path / "worker.js")


def queue(**changes: Any) -> Registration:
    return deploy(lambda: Queue("jobs", changed({"account_id": ACCOUNT}, changes)) and None).one(QUEUE)  # type: ignore[arg-type]


def worker(bundle: str, **changes: Any) -> Run:
    args = {"account_id": ACCOUNT, "bundle": bundle, "compatibility_date": "2026-11-01"}
    return deploy(lambda: Worker("api", changed(args, changes)) and None)  # type: ignore[arg-type]


def test_exactly_this_is_sent_for_a_queue() -> None:
    assert queue().inputs == {"accountId": ACCOUNT, "queueName": "edge-postgres-dev-jobs"}


def test_a_delay_and_a_retention_period_are_sent_as_integers() -> None:
    sent = queue(delivery_delay=5.0, message_retention_period=60)
    assert sent.inputs["settings"] == {"deliveryDelay": 5, "messageRetentionPeriod": 60}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("queue_name", "two words"), ("queue_name", "-jobs"), ("delivery_delay", 86_401), ("delivery_delay", -1)),
        *(("message_retention_period", 59), ("message_retention_period", 1_209_601)),
    ],
)
def test_a_queue_outside_cloudflares_limits_is_rejected(argument: str, value: Any) -> None:
    with rejected(f"Queue `jobs`.{argument}: must be"):
        queue(**{argument: value})


def test_a_consumer_is_sent_with_cloudflares_defaults(bundle: str) -> None:
    consumer = worker(bundle, queue_consumers={"jobs": JOBS}).one(CONSUMER)
    assert consumer.inputs == {
        "accountId": ACCOUNT,
        "queueId": ID,
        "type": "worker",
        "scriptName": "edge-postgres-dev-api",
        "settings": {"batchSize": 10, "maxWaitTimeMs": 5000, "maxRetries": 3, "retryDelay": 0},
    }


def test_the_settings_of_a_consumer_are_sent_with_the_apis_names(bundle: str) -> None:
    settings = {"max_batch_size": 50, "max_batch_timeout": 2, "max_retries": 1, "retry_delay": 30, "max_concurrency": 4}
    consumer = worker(bundle, queue_consumers={"jobs": {**JOBS, **settings, "dead_letter_queue": "failed"}})
    sent = consumer.one(CONSUMER).inputs
    assert sent["deadLetterQueue"] == "failed"
    assert sent["settings"] == {
        "batchSize": 50,
        "maxWaitTimeMs": 2000,
        "maxRetries": 1,
        "retryDelay": 30,
        "maxConcurrency": 4,
    }


def test_a_consumer_waits_for_the_script(bundle: str) -> None:
    (waits_for,) = worker(bundle, queue_consumers={"jobs": JOBS}).one(CONSUMER).wire.dependencies
    assert SCRIPT in waits_for


def test_the_id_of_a_queue_may_be_unknown_in_a_preview(bundle: str) -> None:
    args = {"account_id": ACCOUNT, "bundle": bundle, "compatibility_date": "2026-11-01"}

    def program() -> None:
        later = unknown()
        consumer = {"queue_id": later, "queue_name": later, "dead_letter_queue": "failed"}
        Worker("api", {**args, "queue_consumers": {"jobs": consumer}})  # type: ignore[typeddict-item]

    deploy(program, preview=True)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        *(("max_batch_size", 0), ("max_batch_size", 101), ("max_batch_timeout", 61), ("max_retries", 101)),
        *(("retry_delay", 86_401), ("max_concurrency", 0), ("max_concurrency", 251), ("max_retries", 1.5)),
        *(("dead_letter_queue", "jobs"), ("queue_id", "")),
    ],
)
def test_a_consumer_outside_cloudflares_limits_is_rejected(bundle: str, setting: str, value: Any) -> None:
    with rejected(f"Worker `api`.queue_consumers.jobs.{setting}: must "):
        worker(bundle, queue_consumers={"jobs": {**JOBS, setting: value}})


def test_an_output_outside_cloudflares_limits_is_rejected(bundle: str) -> None:
    args = {"account_id": ACCOUNT, "bundle": bundle, "compatibility_date": "2026-11-01"}

    def program() -> None:
        consumer = {**JOBS, "max_retries": pulumi.Output.from_input(101)}
        Worker("api", {**args, "queue_consumers": {"jobs": consumer}})  # type: ignore[typeddict-item]

    with rejected("Worker `api`.queue_consumers.jobs.max_retries: must be at most 100, got 101"):
        deploy(program)


def test_two_consumers_of_one_queue_are_rejected(bundle: str) -> None:
    with rejected("must be unique", "which `again` has too"):
        worker(bundle, queue_consumers={"again": JOBS, "jobs": JOBS})


def test_a_workflow_of_the_script_is_created_and_that_of_another_script_is_only_bound(bundle: str) -> None:
    own = {"class_name": "Orders", "workflow_name": "orders"}
    other = {"class_name": "Reports", "workflow_name": "reports", "script_name": "reports"}
    run = worker(bundle, workflows={"ORDERS": own, "REPORTS": other})
    assert run.one(WORKFLOW).inputs == {
        "accountId": ACCOUNT,
        "workflowName": "orders",
        "className": "Orders",
        "scriptName": "edge-postgres-dev-api",
    }
    bindings = run.one(SCRIPT).inputs["bindings"]
    assert [each["workflowName"] for each in bindings] == ["orders", "reports"]


@pytest.mark.parametrize("name", ["-orders", "a" * 65, "two words"])
def test_an_invalid_name_of_a_workflow_is_rejected(bundle: str, name: str) -> None:
    with rejected("Worker `api`.workflows.ORDERS.workflow_name: must be 1 to 64 letters"):
        worker(bundle, workflows={"ORDERS": {"class_name": "Orders", "workflow_name": name}})


def test_the_wrangler_configuration_has_consumers_and_workflows(bundle: str) -> None:
    consumer = {**JOBS, "max_batch_size": 50, "dead_letter_queue": "failed"}
    args: Any = {
        "account_id": ACCOUNT,
        "bundle": bundle,
        "compatibility_date": "2026-11-01",
        "queues": {"JOBS": "jobs"},
        "queue_consumers": {"jobs": consumer},
        "workflows": {"ORDERS": {"class_name": "Orders", "workflow_name": "orders"}},
    }
    run = deploy(lambda: {"wrangler": Worker("api", args).wrangler})
    written = run.exports["wrangler"].value
    assert written["queues"] == {
        "producers": [{"binding": "JOBS", "queue": "jobs"}],
        "consumers": [{"queue": "jobs", "max_batch_size": 50, "dead_letter_queue": "failed"}],
    }
    assert written["workflows"] == [{"binding": "ORDERS", "name": "orders", "class_name": "Orders"}]
