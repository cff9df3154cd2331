"""Resources that were created at Cloudflare without Pulumi are imported by the steps of `docs/adoption.md`."""

import os
from typing import Any

import pytest

from localcloud.deploy import call_worker
from localcloud.state_directory import CHECKOUT
from tests.engine.adoption import PAGE, ZONE, Existing, adopt
from tests.engine.deployment import Deployment
from tests.engine.vendor_stacks import error_of

pytestmark = pytest.mark.engine

SHOP, CONFIG = "shop-api", "shop-db"
ROUTE, DOMAIN, CRON = "www.example.com/api/*", "api.example.com", "0 3 * * *"
PLAIN = {"type": "plain_text", "name": "MODE", "text": "live"}
TOKEN, STRIPE = "sentinel-token-5b1d", "sentinel-stripe-80ff"
SOURCE = """
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Import extends WorkflowEntrypoint { async run() {} }
export default {
  async fetch(request, env) {
    return Response.json({ mode: env.MODE, token: env.TOKEN, kept: await env.CACHE.get("kept") });
  },
  async scheduled() {},
  async queue() {},
};
"""


def create_shop(deployment: Deployment) -> Existing:
    """Creates a Worker with every kind of address and binding that a stack can own."""
    existing = Existing(deployment)
    config = existing.create_configuration(CONFIG)
    kv = existing.at_account("POST", "storage/kv/namespaces", json={"title": "shop-answers"})["id"]
    existing.note("WorkersKvNamespace", "answers-namespace", NAMESPACE_ID=kv)
    existing.at_account("PUT", f"storage/kv/namespaces/{kv}/values/kept", content=b"an answer")
    queue = existing.at_account("POST", "queues", json={"queue_name": "shop-jobs"})["queue_id"]
    existing.note("Queue", "jobs-queue", QUEUE_ID=queue)
    store = existing.at_account("POST", "secrets_store/stores", json={"name": "default_secrets_store"})["id"]
    existing.note("SecretsStore", "secrets-store", STORE_ID=store)
    stored = {"name": "shop-stripe", "value": STRIPE, "scopes": ["workers"]}
    (secret,) = existing.at_account("POST", f"secrets_store/stores/{store}/secrets", json=[stored])
    existing.note("SecretsStoreSecret", "shop-stripe", STORE_ID=store, SECRET_ID=secret["id"])
    existing.upload(
        SHOP,
        SOURCE,
        [
            {"type": "hyperdrive", "name": "HYPERDRIVE", "id": config},
            {"type": "kv_namespace", "name": "CACHE", "namespace_id": kv},
            {"type": "queue", "name": "JOBS", "queue_name": "shop-jobs"},
            {"type": "secrets_store_secret", "name": "STRIPE", "store_id": store, "secret_name": "shop-stripe"},
            {"type": "secret_text", "name": "TOKEN", "text": TOKEN},
            {"type": "workflow", "name": "IMPORT", "workflow_name": "shop-import", "class_name": "Import"},
            PLAIN,
        ],
    )
    address = f"workers/scripts/{SHOP}"
    existing.at_account("PUT", f"{address}/schedules", json=[{"cron": CRON}])
    existing.note("WorkersCronTrigger", SHOP, SCRIPT_NAME=SHOP)
    existing.at_account("POST", f"{address}/subdomain", json={"enabled": True, "previews_enabled": False})
    existing.note("WorkersScriptSubdomain", SHOP, SCRIPT_NAME=SHOP)
    existing.at_account("PUT", "workflows/shop-import", json={"class_name": "Import", "script_name": SHOP})
    existing.note("Workflow", "shop-import", WORKFLOW_NAME="shop-import")
    route = existing.request("POST", f"zones/{ZONE}/workers/routes", json={"pattern": ROUTE, "script": SHOP})["id"]
    existing.note("WorkersRoute", ROUTE, ROUTE_ID=route)
    domain = existing.at_account("PUT", "workers/domains", json={"hostname": DOMAIN, "service": SHOP})["id"]
    existing.note("WorkersCustomDomain", DOMAIN, DOMAIN_ID=domain)
    return existing


def with_shop(deployment: Deployment) -> Deployment:
    """The stack file of the shop."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["hyperdrive"]["configName"] = CONFIG
        config["edge-postgres:kv"] = {"answers": {"title": "shop-answers"}}
        config["edge-postgres:queues"] = {"jobs": {"queueName": "shop-jobs"}}
        config["edge-postgres:secretsStore"] = {
            "storeName": "default_secrets_store",
            "namePrefix": "shop-",
            "secrets": {"stripe": {}},
        }
        config["edge-postgres:workers"]["api"] = {
            **worker_of(deployment),
            "hyperdrive": {"HYPERDRIVE": "main"},
            "kv": {"CACHE": "answers"},
            "queues": {"JOBS": "jobs"},
            "secretsStore": {"STRIPE": "stripe"},
            "secrets": ["TOKEN"],
            "vars": {"MODE": "live"},
            "workflows": {"IMPORT": {"className": "Import", "workflowName": "shop-import"}},
            "routes": {ROUTE: ZONE},
            "domains": [DOMAIN],
            "crons": [CRON],
            "workersDev": True,
            "previewUrls": False,
        }

    shop = deployment.changed(change)
    shop.prepare(**{"workers.api.TOKEN": TOKEN, "secretsStore.stripe": STRIPE})
    return shop


def test_a_worker_is_imported_with_its_addresses_bindings_and_database(deployment: Deployment) -> None:
    existing = create_shop(with_shop(deployment))
    before = deployment.stored()
    adopted = adopt(existing)
    assert adopted.warned == {"origin.password", "schedules", "value"}
    assert [name for name in adopted.warned if f"`{name}`" not in PAGE.read_text()] == []
    assert adopted.unexpected() == {}
    adopted.complete()
    assert deployment.stored() == before
    script = f"workers/scripts/{SHOP}"
    assert [each["cron"] for each in existing.at_account("GET", f"{script}/schedules")["schedules"]] == [CRON]
    assert existing.at_account("GET", f"{script}/subdomain") == {"enabled": True, "previews_enabled": False}
    assert call_worker(deployment.cloud.worker_url(SHOP)) == {"mode": "live", "token": TOKEN, "kept": "an answer"}


QUEUE = "shop-jobs"
CONSUMER = {"type": "worker", "script_name": SHOP, "settings": {"batch_size": 10}}


def create_consumer(deployment: Deployment) -> tuple[Existing, str]:
    """Creates a Worker that consumes a queue. Returns the path of the queue's consumers too."""
    existing = Existing(deployment)
    queue = existing.at_account("POST", "queues", json={"queue_name": QUEUE})["queue_id"]
    existing.note("Queue", "jobs-queue", QUEUE_ID=queue)
    existing.upload(SHOP, SOURCE, [PLAIN])
    existing.at_account("POST", f"queues/{queue}/consumers", json=CONSUMER)
    return existing, f"queues/{queue}/consumers"


def test_the_consumer_of_a_queue_is_deleted_at_cloudflare_before_the_stack_creates_it(deployment: Deployment) -> None:
    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["hyperdrive"]
        config["edge-postgres:queues"] = {"jobs": {"queueName": QUEUE}}
        worker: Any = {"vars": {"MODE": "live"}, "queueConsumers": {"jobs": {"maxBatchSize": 50}}}
        config["edge-postgres:workers"]["api"] = {**worker_of(deployment), **worker}

    existing, consumers = create_consumer(deployment.changed(change))
    adopted = adopt(existing)
    created = {f"QueueConsumer {QUEUE}": "create", f"WorkersScriptSubdomain {SHOP}": "create"}
    assert adopted.unexpected(**created, **{f"WorkersCronTrigger {SHOP}": "create"}) == {}
    assert "consumer_exists" in error_of(adopted.deployment)
    (consumer,) = existing.at_account("GET", consumers)
    assert consumer["settings"]["batch_size"] == 10

    existing.at_account("DELETE", f"{consumers}/{consumer['consumer_id']}")
    adopted.complete()
    (consumer,) = existing.at_account("GET", consumers)
    assert consumer["settings"]["batch_size"] == 50


COUNTER = """
import { DurableObject } from "cloudflare:workers";
export class Counter extends DurableObject {
  async fetch() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return Response.json({ count });
  }
}
export default {
  async fetch(request, env) { return env.COUNTER.get(env.COUNTER.idFromName("one")).fetch(request); },
};
"""


def test_a_worker_with_durable_objects_keeps_them_without_a_migration(deployment: Deployment) -> None:
    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["hyperdrive"]
        counter: Any = {"durableObjects": {"COUNTER": {"className": "Counter"}}, "workersDev": True}
        config["edge-postgres:workers"]["api"] = {**worker_of(deployment, COUNTER), **counter}

    existing = Existing(deployment.changed(change))
    binding = {"type": "durable_object_namespace", "name": "COUNTER", "class_name": "Counter"}
    migration = {"new_tag": "v1", "new_sqlite_classes": ["Counter"]}
    existing.upload(SHOP, COUNTER, [binding], migrations=migration)
    existing.at_account("POST", f"workers/scripts/{SHOP}/subdomain", json={"enabled": True})
    url = deployment.cloud.worker_url(SHOP)
    assert call_worker(url) == {"count": 1}

    adopted = adopt(existing)
    triggers = dict.fromkeys((f"WorkersScriptSubdomain {SHOP}", f"WorkersCronTrigger {SHOP}"), "create")
    assert adopted.unexpected(**triggers) == {}
    adopted.complete()
    assert call_worker(url) == {"count": 2}

    def migrate(config: dict[str, Any]) -> None:
        config["edge-postgres:workers"]["api"]["migrations"] = migration

    assert "10079" in error_of(adopted.deployment.changed(migrate))


def test_a_worker_that_is_deployed_by_versions_is_imported_and_gets_a_new_version(deployment: Deployment) -> None:
    def change(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["hyperdrive"]
        worker: Any = {"vars": {"MODE": "live"}, "rollout": {"percentage": 100}, "workersDev": True}
        config["edge-postgres:workers"]["api"] = {**worker_of(deployment, ANSWER), **worker}

    existing = Existing(deployment.changed(change))
    existing.upload(SHOP, ANSWER, [PLAIN])
    del existing.ids["WorkersScript", SHOP]
    existing.note("Worker", SHOP, SCRIPT_NAME=SHOP)
    adopted = adopt(existing)
    new = {"WorkerVersion": "create", "WorkersDeployment": "create", "WorkersCronTrigger": "create"}
    assert adopted.unexpected(**{f"{type_} {SHOP}": operation for type_, operation in new.items()}) == {}
    adopted.complete()
    assert deployment.stored()["scripts"] == [SHOP]
    assert call_worker(deployment.cloud.worker_url(SHOP)) == {"mode": "live"}


ANSWER = "export default { async fetch(request, env) { return Response.json({ mode: env.MODE }); } };"


def worker_of(deployment: Deployment, source: str = SOURCE) -> dict[str, Any]:
    """Writes a bundle. Returns the required settings of its Worker."""
    bundle = deployment.stack.folder.parent / "shop.js"
    bundle.write_text(source)
    path = os.path.relpath(bundle, CHECKOUT)
    return {"bundle": path, "scriptName": SHOP, "compatibilityDate": "2026-08-04"}
