"""Stack files with an error of a binding, or of a resource that Workers share: queues, KV and the Secrets Store."""

from typing import Any

from tests.unit.broken import API, Case, with_secrets, with_worker
from tests.unit.test_settings import stack_file

STORE = {"storeId": "0" * 32}
EXISTING_QUEUE = {"id": "0" * 32, "queueName": "jobs"}
RATE = {"namespaceId": "1001", "limit": 10, "periodSeconds": 60}


def with_other(**binding: Any) -> dict[str, Any]:
    return with_worker(otherBindings={"X": binding})


def with_store(secrets: dict[str, Any], values: dict[str, Any], **store: Any) -> dict[str, Any]:
    return with_secrets(stack_file(secretsStore={**(store or STORE), "secrets": secrets}), secretsStore=values)


BINDING_CASES: list[Case] = [
    (with_worker(vars={"__STATIC_CONTENT": "x"}), f"{API}.vars", "has the reserved name"),
    (with_worker(vars={f"V{number}": "x" for number in range(130)}), f"{API}.vars", "must have at most"),
    (with_worker(vars={"API_SECRET": "x"}), f"{API}.vars.API_SECRET", "the name of a secret"),
    (with_worker(vars={"TEXT": "x" * 6000}), f"{API}.vars.TEXT", "bytes"),
    (with_worker(r2={"FILES": ""}), f"{API}.r2.FILES", "Set the ID or the name"),
    (with_worker(json={"CFG": "no JSON"}), f"{API}.json.CFG", "must be JSON"),
    (with_other(index_name="x"), f"{API}.otherBindings.X.type", "is required"),
    (with_other(type="vectorize", name="X"), f"{API}.otherBindings.X.name", "the key of the map"),
    (with_other(type="assets"), f"{API}.otherBindings.X.type", "must not be assets"),
    (with_other(type="kv_namespace", namespace_id="1"), f"{API}.otherBindings.X.type", "has its own argument"),
    (with_other(type="vectorize", indexName="1"), f"{API}.otherBindings.X.indexName", "drops it without"),
    (with_worker(rateLimits={"R": {**RATE, "namespaceId": "x"}}), f"{API}.rateLimits.R.namespaceId", "integer as a"),
    (with_worker(rateLimits={"R": {**RATE, "limit": 0}}), f"{API}.rateLimits.R.limit", "must be at least 1"),
    (with_worker(rateLimits={"R": {**RATE, "periodSeconds": 30}}), f"{API}.rateLimits.R.periodSeconds", "must be one"),
    (
        with_worker(workflows={"W": {"className": "A", "workflowName": "-a"}}),
        f"{API}.workflows.W.workflowName",
        "1 to 64 letters",
    ),
]

SHARED_CASES: list[Case] = [
    (stack_file(kv={"answers": {"title": ""}}), "kv.answers.title", "must not be empty"),
    (stack_file(kv={"answers": {"id": "0" * 32, "transform": {}}}), "kv.answers.transform", "an existing namespace"),
    (stack_file(queues={"jobs": {"deliveryDelay": 86401}}), "queues.jobs.deliveryDelay", "at most 86400"),
    (with_worker(queues={"JOBS": "two words"}), f"{API}.queues.JOBS", "1 to 63 letters"),
    (
        stack_file(queues={"jobs": {}}, workers__api__queueConsumers={"jobs": {"deadLetterQueue": "jobs"}}),
        f"{API}.queueConsumers.jobs.deadLetterQueue",
        "must not be the queue itself",
    ),
    (
        stack_file(
            queues={"jobs": {}},
            workers__api__queueConsumers={"jobs": {}},
            workers__b={"bundle": "worker.js", "compatibilityDate": "2026-11-01", "queueConsumers": {"jobs": {}}},
        ),
        "workers.b.queueConsumers.jobs",
        "at most one consumer",
    ),
    (
        stack_file(queues={"a": EXISTING_QUEUE, "b": EXISTING_QUEUE}, workers__api__queueConsumers={"a": {}, "b": {}}),
        f"{API}.queueConsumers.b",
        "at most one consumer",
    ),
    (with_store({"stripe": {}}, {}), "secretsStore.secrets.stripe", "has no value for version 1"),
    (with_store({"stripe": {}}, {"stripe": ""}), "secretsStore.secrets.stripe", "must not be empty"),
    (with_store({"stripe": {}}, {"stripe": "x" * 65537}), "secretsStore.secrets.stripe", "must have at most"),
    (with_store({"stripe": {"version": 0}}, {"stripe": "x"}), "secretsStore.secrets.stripe.version", "at least 1"),
    (with_store({"stripe": {"scopes": []}}, {"stripe": "x"}), "secretsStore.secrets.stripe.scopes", "no service"),
    (with_store({"stripe": {"scopes": ["x"]}}, {"stripe": "x"}), "secretsStore.secrets.stripe.scopes", "must be one"),
    (
        with_store({"a": {"version": 2, "keepPrevious": False}, "a-v2": {}}, {"a-v2": "x"}),
        "secretsStore.secrets",
        "must have unique names",
    ),
    (
        with_store({"a": {}}, {"a": "x"}, storeId="0" * 32, namePrefix="a b"),
        "secretsStore.namePrefix",
        "letters, digits",
    ),
    (
        stack_file(
            queues={"jobs": {"queueName": "shop-jobs"}},
            workers__api__queueConsumers={"jobs": {"deadLetterQueue": "shop-jobs"}},
        ),
        f"{API}.queueConsumers.jobs.deadLetterQueue",
        "must not be the queue itself",
    ),
    (
        with_store({"a": {}}, {"a": "x"}, storeId="0" * 32, storeName="main"),
        "secretsStore.storeId",
        "cannot be combined with `storeName`",
    ),
]

CASES = [*BINDING_CASES, *SHARED_CASES]
"""The bindings of a Worker, and what they are bound to."""
