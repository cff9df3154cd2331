"""Calls of the Python SDK to the endpoints of Workers' scripts.

The SDK has the type `Any`, because its types accept no dictionary in a variable.
"""

import base64
import hashlib
from typing import Any

from localcloud.cloudflare.zones import zone_id_of
from tests.localcloud.cloudflare.api import ACCOUNT, JAVASCRIPT, SOURCE, vpc_origin

ZONE = zone_id_of("example.com")
FILES = [("worker.js", SOURCE.encode(), JAVASCRIPT)]


def upload_and_read(sdk: Any) -> None:
    scripts = sdk.workers.scripts
    config = sdk.hyperdrive.configs.create(account_id=ACCOUNT, name="main", origin=vpc_origin())
    scripts.update("plain", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    uploaded = scripts.update(
        "api",
        account_id=ACCOUNT,
        metadata={
            "main_module": "worker.js",
            "compatibility_date": "2026-08-01",
            "compatibility_flags": ["nodejs_compat"],
            "bindings": [
                {"type": "hyperdrive", "name": "HYPERDRIVE", "id": config.id},
                {"type": "plain_text", "name": "MODE", "text": "a"},
            ],
            "observability": {"enabled": True},
            "placement": {"mode": "smart"},
            "limits": {"cpu_ms": 50},
        },
        files=FILES,
    )
    assert uploaded.id == "api"
    assert uploaded.entry_point == "worker.js"
    assert [script.id for script in scripts.list(account_id=ACCOUNT)] == ["plain", "api"]
    assert SOURCE in scripts.get("api", account_id=ACCOUNT)
    changed = [("worker.js", f"{SOURCE}//".encode(), JAVASCRIPT)]
    scripts.content.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=changed)
    assert f"{SOURCE}//".encode() in scripts.content.get("api", account_id=ACCOUNT).read()
    scripts.delete("plain", account_id=ACCOUNT)


def settings(sdk: Any) -> None:
    scripts = sdk.workers.scripts
    scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    assert scripts.settings.edit("api", account_id=ACCOUNT, tags=["team-a"]).tags == ["team-a"]
    assert scripts.settings.get("api", account_id=ACCOUNT).tags == ["team-a"]
    versioned = scripts.script_and_version_settings
    versioned.edit("api", account_id=ACCOUNT, settings={"compatibility_date": "2026-08-02"})
    assert versioned.get("api", account_id=ACCOUNT).compatibility_date == "2026-08-02"
    scripts.subdomain.create("api", account_id=ACCOUNT, enabled=True)
    assert scripts.subdomain.get("api", account_id=ACCOUNT).enabled
    scripts.subdomain.delete("api", account_id=ACCOUNT)
    scripts.schedules.update("api", account_id=ACCOUNT, body=[{"cron": "*/5 * * * *"}])
    assert [each.cron for each in scripts.schedules.get("api", account_id=ACCOUNT).schedules] == ["*/5 * * * *"]


def secrets(sdk: Any) -> None:
    scripts = sdk.workers.scripts
    scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    scripts.secrets.update("api", account_id=ACCOUNT, name="KEY", text="s3cret", type="secret_text")
    assert [each.name for each in scripts.secrets.list("api", account_id=ACCOUNT)] == ["KEY"]
    scripts.secrets.get("KEY", account_id=ACCOUNT, script_name="api")
    scripts.secrets.bulk_update(
        "api", account_id=ACCOUNT, secrets={"KEY": None, "B": {"name": "B", "text": "s3cret", "type": "secret_text"}}
    )
    scripts.secrets.delete("B", account_id=ACCOUNT, script_name="api")
    assert list(scripts.secrets.list("api", account_id=ACCOUNT)) == []


def versions_and_deployments(sdk: Any) -> None:
    scripts = sdk.workers.scripts
    scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    bindings = [{"type": "plain_text", "name": "MODE", "text": "b"}]
    created = scripts.versions.create(
        "api", account_id=ACCOUNT, metadata={"main_module": "worker.js", "bindings": bindings}, files=FILES
    )
    assert next(each.id for each in scripts.versions.list("api", account_id=ACCOUNT)) == created.id
    assert created.id is not None
    assert scripts.versions.get(created.id, account_id=ACCOUNT, script_name="api").number == 2
    share = {"version_id": created.id, "percentage": 100.0}
    deployed = scripts.deployments.create("api", account_id=ACCOUNT, strategy="percentage", versions=[share])
    assert scripts.deployments.get(deployed.id, account_id=ACCOUNT, script_name="api") == deployed
    listed = scripts.deployments.list("api", account_id=ACCOUNT)
    assert listed.result is not None
    before = (listed.result.model_extra or {})["deployments"][1]
    scripts.deployments.delete(before["id"], account_id=ACCOUNT, script_name="api")


def static_files(sdk: Any) -> None:
    content = base64.b64encode(b"<h1>hello</h1>").decode()
    hash_ = hashlib.sha256(b"<h1>hello</h1>").hexdigest()[:32]
    manifest = {"/index.html": {"hash": hash_, "size": 14}}
    session = sdk.workers.scripts.assets.upload.create("api", account_id=ACCOUNT, manifest=manifest)
    assert session is not None
    token = {"Authorization": f"Bearer {session.jwt}"}
    uploads = sdk.workers.assets.upload
    uploads.create(account_id=ACCOUNT, base64=True, body={hash_: content}, extra_headers=token)


def workers(sdk: Any) -> None:
    beta = sdk.workers.beta.workers
    worker = beta.create(account_id=ACCOUNT, name="api")
    beta.update(worker.id, account_id=ACCOUNT, name="api", observability={"enabled": True})
    shared = {"observability": {"enabled": True}, "subdomain": {"enabled": True}, "tail_consumers": []}
    beta.edit(worker.id, account_id=ACCOUNT, name="api", logpush=False, tags=["a"], **shared)
    assert beta.get(worker.id, account_id=ACCOUNT).tags == ["a"]
    assert [each.name for each in beta.list(account_id=ACCOUNT)] == ["api"]
    code = base64.b64encode(SOURCE.encode()).decode()
    module = {"name": "worker.js", "content_type": JAVASCRIPT, "content_base64": code}
    version = beta.versions.create(worker.id, account_id=ACCOUNT, main_module="worker.js", modules=[module])
    assert [each.id for each in beta.versions.list(worker.id, account_id=ACCOUNT)] == [version.id]
    beta.versions.get(version.id, account_id=ACCOUNT, worker_id=worker.id, include="modules")
    beta.versions.delete(version.id, account_id=ACCOUNT, worker_id=worker.id)
    beta.delete(worker.id, account_id=ACCOUNT)


def durable_objects(sdk: Any) -> None:
    migrations = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}
    metadata = {"main_module": "worker.js", "migrations": migrations}
    sdk.workers.scripts.update("api", account_id=ACCOUNT, metadata=metadata, files=FILES)
    (namespace,) = sdk.durable_objects.namespaces.list(account_id=ACCOUNT)
    assert (namespace.class_, namespace.script, namespace.use_sqlite) == ("Room", "api", True)


def addresses(sdk: Any) -> None:
    sdk.workers.scripts.update("api", account_id=ACCOUNT, metadata={"main_module": "worker.js"}, files=FILES)
    sdk.workers.subdomains.update(account_id=ACCOUNT, subdomain="mine")
    assert sdk.workers.subdomains.get(account_id=ACCOUNT).subdomain == "mine"
    routes = sdk.workers.routes
    route = routes.create(zone_id=ZONE, pattern="example.com/*", script="api")
    routes.update(route.id, zone_id=ZONE, pattern="example.com/a/*", script="api")
    assert [each.pattern for each in routes.list(zone_id=ZONE)] == ["example.com/a/*"]
    assert routes.get(route.id, zone_id=ZONE).script == "api"
    routes.delete(route.id, zone_id=ZONE)
    domains = sdk.workers.domains
    domain = domains.update(account_id=ACCOUNT, hostname="api.example.com", service="api", zone_id=ZONE)
    assert [each.hostname for each in domains.list(account_id=ACCOUNT)] == ["api.example.com"]
    assert domains.get(domain.id, account_id=ACCOUNT).service == "api"
    domains.delete(domain.id, account_id=ACCOUNT)


CALLS = (
    upload_and_read,
    settings,
    secrets,
    versions_and_deployments,
    static_files,
    workers,
    durable_objects,
    addresses,
)
