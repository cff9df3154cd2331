"""Calls of the Python SDK to the endpoints of storage: Hyperdrive, KV, queues, Workflows, R2, D1, stored secrets.

The SDK has the type `Any`, because its types accept no dictionary in a variable.
"""

from typing import Any

from tests.localcloud.clients.scripts_calls import FILES
from tests.localcloud.cloudflare.api import ACCOUNT, vpc_origin
from tests.localcloud.cloudflare.pem import create_certificate


def hyperdrive(sdk: Any) -> None:
    configs = sdk.hyperdrive.configs
    created = configs.create(
        account_id=ACCOUNT, name="main", origin=vpc_origin(), caching={"disabled": True}, origin_connection_limit=10
    )
    configs.update(created.id, account_id=ACCOUNT, name="other", origin=vpc_origin())
    configs.edit(created.id, account_id=ACCOUNT, caching={"disabled": False, "max_age": 30})
    configs.restart(created.id, account_id=ACCOUNT)
    assert [config.name for config in configs.list(account_id=ACCOUNT)] == ["other"]
    found = configs.get(created.id, account_id=ACCOUNT)
    assert (found.name, found.origin_connection_limit) == ("other", 10)
    configs.delete(created.id, account_id=ACCOUNT)


def certificates(sdk: Any) -> None:
    certificate = create_certificate("a CA", is_ca=True).certificate
    uploaded = sdk.mtls_certificates.create(account_id=ACCOUNT, ca=True, certificates=certificate, name="ca")
    assert uploaded is not None
    assert uploaded.id is not None
    assert [each.name for each in sdk.mtls_certificates.list(account_id=ACCOUNT)] == ["ca"]
    sdk.mtls_certificates.get(uploaded.id, account_id=ACCOUNT)
    sdk.mtls_certificates.delete(uploaded.id, account_id=ACCOUNT)


def kv(sdk: Any) -> None:
    namespaces = sdk.kv.namespaces
    created = namespaces.create(account_id=ACCOUNT, title="cache")
    assert created is not None
    namespaces.update(created.id, account_id=ACCOUNT, title="other")
    assert [each.title for each in namespaces.list(account_id=ACCOUNT)] == ["other"]
    namespaces.get(created.id, account_id=ACCOUNT)
    values, where = namespaces.values, {"account_id": ACCOUNT, "namespace_id": created.id}
    values.update("a/b", **where, value=b"first", metadata='{"by": "a test"}')
    assert values.get("a/b", **where).read() == b"first"
    assert namespaces.metadata.get("a/b", **where) == {"by": "a test"}
    values.delete("a/b", **where)
    namespaces.bulk_update(created.id, account_id=ACCOUNT, body=[{"key": "k", "value": "v"}])
    assert [key.name for key in namespaces.keys.list(created.id, account_id=ACCOUNT)] == ["k"]
    read = namespaces.bulk_get(created.id, account_id=ACCOUNT, keys=["k", "missing"])
    assert read is not None
    assert read.values == {"k": "v"}
    namespaces.bulk_delete(created.id, account_id=ACCOUNT, body=["k"])
    namespaces.delete(created.id, account_id=ACCOUNT)


def queues(sdk: Any) -> None:
    sdk.workers.scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    queue = sdk.queues.create(account_id=ACCOUNT, queue_name="jobs")
    assert queue is not None
    assert queue.queue_id is not None
    sdk.queues.update(queue.queue_id, account_id=ACCOUNT, queue_name="tasks")
    sdk.queues.edit(queue.queue_id, account_id=ACCOUNT, settings={"delivery_delay": 5})
    consumers = sdk.queues.consumers
    consumer = consumers.create(queue.queue_id, account_id=ACCOUNT, type="worker", script_name="api")
    pulling = consumers.create(queue.queue_id, account_id=ACCOUNT, type="http_pull")
    assert consumer is not None
    assert pulling is not None
    where = {"account_id": ACCOUNT, "queue_id": queue.queue_id}
    consumers.update(consumer.consumer_id, **where, type="worker", script_name="api", settings={"batch_size": 5})
    assert len(list(consumers.list(**where))) == 2
    consumers.get(consumer.consumer_id, **where)
    assert [each.queue_name for each in sdk.queues.list(account_id=ACCOUNT)] == ["tasks"]
    sdk.queues.get(queue.queue_id, account_id=ACCOUNT)
    consumers.delete(consumer.consumer_id, **where)
    sdk.queues.delete(queue.queue_id, account_id=ACCOUNT)


def r2(sdk: Any) -> None:
    buckets = sdk.r2.buckets
    buckets.create(account_id=ACCOUNT, name="files", location_hint="weur")
    buckets.edit("files", account_id=ACCOUNT, storage_class="InfrequentAccess")
    assert buckets.get("files", account_id=ACCOUNT).location == "weur"
    assert [each.name for each in buckets.list(account_id=ACCOUNT).buckets or ()] == ["files"]
    buckets.delete("files", account_id=ACCOUNT)


def d1(sdk: Any) -> None:
    database = sdk.d1.database.create(account_id=ACCOUNT, name="shop")
    assert database.uuid is not None
    sdk.d1.database.update(database.uuid, account_id=ACCOUNT, read_replication={"mode": "auto"})
    sdk.d1.database.edit(database.uuid, account_id=ACCOUNT, read_replication={"mode": "disabled"})
    assert [each.name for each in sdk.d1.database.list(account_id=ACCOUNT)] == ["shop"]
    assert sdk.d1.database.get(database.uuid, account_id=ACCOUNT).name == "shop"
    sdk.d1.database.delete(database.uuid, account_id=ACCOUNT)


def stored_secrets(sdk: Any) -> None:
    stores = sdk.secrets_store.stores
    store = stores.create(account_id=ACCOUNT, name="store")
    assert store is not None
    assert [each.name for each in stores.list(account_id=ACCOUNT)] == ["store"]
    stores.get(store.id, account_id=ACCOUNT)
    body = [{"name": "KEY", "value": "s3cret", "scopes": ["workers"]}]
    (secret,) = stores.secrets.create(store.id, account_id=ACCOUNT, body=body)
    stores.secrets.edit(secret.id, account_id=ACCOUNT, store_id=store.id, comment="for a test")
    found = stores.secrets.get(secret.id, account_id=ACCOUNT, store_id=store.id)
    assert found is not None
    assert found.comment == "for a test"
    assert [each.name for each in stores.secrets.list(store.id, account_id=ACCOUNT)] == ["KEY"]
    stores.secrets.delete(secret.id, account_id=ACCOUNT, store_id=store.id)
    stores.delete(store.id, account_id=ACCOUNT)


def workflows(sdk: Any) -> None:
    sdk.workers.scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    sdk.workflows.update("orders", account_id=ACCOUNT, class_name="Orders", script_name="api")
    assert [each.name for each in sdk.workflows.list(account_id=ACCOUNT)] == ["orders"]
    assert sdk.workflows.get("orders", account_id=ACCOUNT).class_name == "Orders"
    sdk.workflows.delete("orders", account_id=ACCOUNT)


CALLS = (hyperdrive, certificates, kv, queues, r2, d1, stored_secrets, workflows)
