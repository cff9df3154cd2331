"""wrangler with the resources that Workers use: KV, Hyperdrive, Pages, queues, R2, D1, certificates, stored secrets."""

import json
import re
import subprocess
from dataclasses import replace
from typing import Any

import httpx

from localcloud.cloudflare.account import DEFAULT_ACCOUNT
from localcloud.credentials import Credentials
from localcloud.state_directory import CHECKOUT, StateDirectory
from tests.localcloud.clients.cli import Cli
from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    CONFIGS,
    NAMESPACES,
    SCRIPTS,
    config,
    result,
    upload,
    vpc_origin,
)
from tests.localcloud.cloudflare.pages import deploy as deploy_pages
from tests.localcloud.cloudflare.pages import project
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.wrangler_tool import needs_wrangler

pytestmark = needs_wrangler

R2 = {"type": "r2_bucket", "name": "FILES", "bucket_name": "uploads"}
D1 = {"type": "d1", "name": "DB", "id": "0b4fd1f4-7d0c-4a0e-8a2b-5f6f6f0f0f0f"}


def create(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    created: dict[str, Any] = result(client.post(f"/accounts/{ACCOUNT}/{path}", json=body))
    return created


def test_whoami_shows_the_user_and_the_accounts(client: httpx.Client, wrangler: Cli) -> None:
    result(upload(client))
    output = wrangler.run("whoami")
    assert "local@localhost" in output
    assert ACCOUNT in output


def test_wrangler_uses_the_account_of_the_stack_local(client: httpx.Client, wrangler: Cli) -> None:
    path = f"/accounts/{DEFAULT_ACCOUNT}/storage/kv/namespaces"
    created = result(client.post(path, json={"title": "cache"}))
    of_local = replace(wrangler, account=DEFAULT_ACCOUNT)
    assert json.loads(of_local.run("kv", "namespace", "list")) == [created]


def test_the_command_of_the_page_prints_the_token(state_directory: StateDirectory) -> None:
    (command,) = re.findall(r"CLOUDFLARE_API_TOKEN=\$\((.*)\)", (CHECKOUT / "docs" / "wrangler.md").read_text())
    folder = state_directory.path.parent
    (folder / ".localcloud").symlink_to(state_directory.path)
    token = Credentials.of(state_directory).api_token
    printed = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60)
    assert printed.stdout.strip() == token


def test_hyperdrive_configurations_are_listed_shown_and_changed(client: httpx.Client, wrangler: Cli) -> None:
    id_ = result(client.post(CONFIGS, json=config("main", origin_connection_limit=17)))["id"]
    assert "│ 17 " in wrangler.run("hyperdrive", "list")
    shown = wrangler.run("hyperdrive", "get", id_)
    assert json.loads(shown[shown.index("{") :]) == result(client.get(f"{CONFIGS}/{id_}"))
    assert "password" not in shown
    wrangler.run("hyperdrive", "update", id_, "--name", "renamed", "--origin-connection-limit", "9")
    changed = result(client.get(f"{CONFIGS}/{id_}"))
    assert (changed["name"], changed["origin_connection_limit"]) == ("renamed", 9)
    assert changed["origin"]["service_id"] == vpc_origin()["service_id"]


def test_kv_namespaces_are_listed_and_their_keys_are_written_read_and_deleted(
    client: httpx.Client, wrangler: Cli
) -> None:
    id_ = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    assert json.loads(wrangler.run("kv", "namespace", "list")) == result(client.get(NAMESPACES))
    where = ("--namespace-id", id_, "--remote")
    wrangler.run("kv", "key", "put", "a/b", "first", *where)
    assert client.get(f"{NAMESPACES}/{id_}/values/a%2Fb").content == b"first"
    assert json.loads(wrangler.run("kv", "key", "list", *where)) == [{"name": "a/b"}]
    assert wrangler.run("kv", "key", "get", "a/b", *where) == "first"
    wrangler.run("kv", "key", "delete", "a/b", *where)
    assert "404" in wrangler.run("kv", "key", "get", "a/b", *where, succeeds=False)


def test_many_kv_keys_are_written_and_deleted_at_once(client: httpx.Client, wrangler: Cli) -> None:
    id_ = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    pairs = wrangler.folder / "pairs.json"
    pairs.write_text(json.dumps([{"key": name, "value": name.upper()} for name in ("a", "b")]))
    wrangler.run("kv", "bulk", "put", str(pairs), "--namespace-id", id_, "--remote")
    assert client.get(f"{NAMESPACES}/{id_}/values/b").content == b"B"
    keys = wrangler.folder / "keys.json"
    keys.write_text(json.dumps(["a", "b"]))
    assert '"a": "A"' in wrangler.run("kv", "bulk", "get", str(keys), "--namespace-id", id_, "--remote")
    wrangler.run("kv", "bulk", "delete", str(keys), "--namespace-id", id_, "--remote", "--force")
    assert result(client.get(f"{NAMESPACES}/{id_}/keys")) == []


def test_pages_projects_and_their_deployments_are_listed(client: httpx.Client, wrangler: Cli) -> None:
    result(project(client))
    deployments = [result(deploy_pages(client, branch=branch)) for branch in ("main", "feature")]
    assert "site.pages.dev" in wrangler.run("pages", "project", "list")
    listed = json.loads(wrangler.run("pages", "deployment", "list", "--project-name", "site", "--json"))
    assert [(each["Id"], each["Environment"], each["Branch"]) for each in listed] == [
        (deployments[1]["id"], "Preview", "feature"),
        (deployments[0]["id"], "Production", "main"),
    ]


def test_queues_are_listed_with_producers_and_consumers(client: httpx.Client, wrangler: Cli) -> None:
    queue = create(client, "queues", queue_name="jobs")
    result(upload(client, "sender", {"type": "queue", "name": "JOBS", "queue_name": "jobs"}))
    result(upload(client, "worker"))
    create(client, f"queues/{queue['queue_id']}/consumers", type="worker", script_name="worker")
    assert queue["queue_id"] in wrangler.run("queues", "list")
    shown = wrangler.run("queues", "info", "jobs")
    assert "Number of Producers: 1" in shown
    assert "worker:sender" in shown
    assert "worker:worker" in shown


def test_buckets_of_bindings_and_created_ones_are_listed(client: httpx.Client, wrangler: Cli) -> None:
    result(upload(client, "api", R2))
    wrangler.run("r2", "bucket", "create", "backups")
    output = wrangler.run("r2", "bucket", "list")
    assert [line.split()[-1] for line in output.splitlines() if line.startswith("name:")] == ["backups", "uploads"]
    wrangler.run("r2", "bucket", "delete", "backups")
    assert [each["name"] for each in result(client.get(f"/accounts/{ACCOUNT}/r2/buckets"))["buckets"]] == ["uploads"]


def test_databases_of_bindings_and_created_ones_are_listed(client: httpx.Client, wrangler: Cli) -> None:
    result(upload(client, "api", D1))
    wrangler.run("d1", "create", "shop")
    listed = json.loads(wrangler.run("d1", "list", "--json"))
    assert sorted(each["name"] for each in listed) == sorted(["shop", D1["id"]])
    wrangler.run("d1", "delete", "shop", "-y")
    assert [each["uuid"] for each in result(client.get(f"/accounts/{ACCOUNT}/d1/database"))] == [D1["id"]]


def test_certificates_are_listed(client: httpx.Client, wrangler: Cli) -> None:
    ca = create_certificate("a CA", is_ca=True).certificate
    uploaded = create(client, "mtls_certificates", ca=True, certificates=ca, name="ca")
    assert uploaded["id"] in wrangler.run("cert", "list")


def test_stored_secrets_are_listed_without_their_values(client: httpx.Client, wrangler: Cli) -> None:
    store = create(client, "secrets_store/stores", name="store")
    path = f"/accounts/{ACCOUNT}/secrets_store/stores/{store['id']}/secrets"
    result(client.post(path, json=[{"name": "KEY", "value": "s3cret", "scopes": ["workers"]}]))
    assert store["id"] in wrangler.run("secrets-store", "store", "list", "--remote")
    output = wrangler.run("secrets-store", "secret", "list", store["id"], "--remote")
    assert "KEY" in output
    assert "s3cret" not in output


def test_workflows_are_listed_and_described(client: httpx.Client, wrangler: Cli) -> None:
    result(upload(client))
    body = {"class_name": "Orders", "script_name": "api"}
    result(client.put(f"/accounts/{ACCOUNT}/workflows/orders", json=body))
    output = wrangler.run("workflows", "list")
    assert "orders" in output
    assert "Orders" in output


def test_a_worker_is_deleted(client: httpx.Client, wrangler: Cli) -> None:
    result(upload(client))
    wrangler.run("delete", "--name", "api", "--force")
    assert result(client.get(SCRIPTS)) == []
