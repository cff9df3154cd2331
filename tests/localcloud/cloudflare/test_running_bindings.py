"""Workers in the real runtime: bindings, modules, assets, Durable Objects, cron triggers and versions."""

import base64
from collections import Counter
from typing import Any

from localcloud.cloudflare.multipart import Part
from tests.localcloud.cloudflare.api import ACCOUNT, JAVASCRIPT, SCRIPTS, result, text, upload
from tests.localcloud.cloudflare.conftest import Running
from tests.localcloud.cloudflare.test_assets import with_assets
from tests.localcloud.cloudflare.test_binding_types import STORES

# A module that exports one function, `answer`, which returns 42.
WASM = base64.b64decode("AGFzbQEAAAABBQFgAAF/AwIBAAcKAQZhbnN3ZXIAAAoGAQQAQSoL")
EVERYTHING = """
import { DurableObject } from "cloudflare:workers";
import wasm from "./answer.wasm";
import words from "./words.txt";
import bytes from "./bytes.bin";

export class Counter extends DurableObject {
  async next() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }
}

const told = async (ask) => {
  try {
    return await ask();
  } catch (error) {
    return error.message;
  }
};

export default {
  async scheduled({ cron }, env) {
    await env.FILES.put("cron", cron);
  },
  async fetch(request, env) {
    await env.FILES.put("key", "in the bucket");
    const limited = [];
    for (let count = 0; count < 3; count++) limited.push((await env.LIMIT.limit({ key: "somebody" })).success);
    return Response.json({
      wasm: new WebAssembly.Instance(wasm).exports.answer(),
      words,
      bytes: [...new Uint8Array(bytes)],
      blob: [...new Uint8Array(env.BLOB)],
      json: env.TREE.branch,
      version: env.VERSION.tag,
      stored: await env.STORED.get(),
      file: await (await env.FILES.get("key")).text(),
      row: await env.DATABASE.prepare("select 7 as seven").first("seven"),
      sent: typeof (await env.JOBS.send({ work: 1 })),
      limited,
      counted: await env.COUNTER.getByName("one").next(),
      asset: await (await env.ASSETS.fetch("http://assets/index.html")).text(),
      ai: await told(() => env.AI.run("a model", {})),
      found: await told(() => env.VECTORS.query([1, 2])),
      fetched: await told(() => env.CLIENT.fetch("http://example.com/")),
      cron: await env.FILES.get("cron").then((file) => file?.text()),
    });
  },
};
"""
MODULES = [
    Part("answer.wasm", WASM, "application/wasm", "answer.wasm"),
    Part("words.txt", b"a text", "text/plain", "words.txt"),
    Part("bytes.bin", b"\x00\xff", "application/octet-stream", "bytes.bin"),
]
WORD = "export default { fetch: (request, env) => new Response(env.WORD) };"
WORKERS = f"/accounts/{ACCOUNT}/workers/workers"


def test_a_worker_can_use_all_its_bindings(running: Running) -> None:
    client = running.client
    store = result(client.post(STORES, json={"name": "default_secrets_store"}))["id"]
    client.post(f"{STORES}/{store}/secrets", json=[{"name": "KEY", "value": "s3cret", "scopes": ["workers"]}])
    bindings: list[dict[str, Any]] = [
        {"type": "ai", "name": "AI"},
        {"type": "assets", "name": "ASSETS"},
        {"type": "d1", "name": "DATABASE", "id": "d1"},
        {"type": "data_blob", "name": "BLOB", "part": "bytes.bin"},
        {"type": "durable_object_namespace", "name": "COUNTER", "class_name": "Counter"},
        {"type": "json", "name": "TREE", "json": {"branch": [1]}},
        {"type": "queue", "name": "JOBS", "queue_name": "jobs"},
        {"type": "r2_bucket", "name": "FILES", "bucket_name": "files"},
        {"type": "ratelimit", "name": "LIMIT", "namespace_id": "1", "simple": {"limit": 2, "period": 60}},
        {"type": "secrets_store_secret", "name": "STORED", "store_id": store, "secret_name": "KEY"},
        {"type": "vectorize", "name": "VECTORS", "index_name": "pages"},
        {"type": "version_metadata", "name": "VERSION"},
        {"type": "vpc_network", "name": "CLIENT", "network_id": "cf1:network"},
    ]

    def deployed(**metadata: Any) -> None:
        assets = {"jwt": with_assets(client), "config": {"run_worker_first": ["/api/*"]}}
        tag = {"workers/tag": "v1"}
        result(
            upload(
                client, "api", *bindings, source=EVERYTHING, extra=MODULES, assets=assets, annotations=tag, **metadata
            )
        )

    deployed(migrations={"new_tag": "v1", "new_sqlite_classes": ["Counter"]})
    result(client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}))
    result(client.put(f"{SCRIPTS}/api/schedules", json={"schedules": [{"cron": "*/5 * * * *"}]}))
    assert running.ask(path="/cdn-cgi/local/scheduled?cron=*/5+*+*+*+*").text == "ok"
    answer = running.ask(path="/api/all").json()
    nothing = "The local cloud does not support binding {} of type {}: "
    assert answer.pop("ai").startswith(nothing.format("AI", "ai"))
    assert answer.pop("found").startswith(nothing.format("VECTORS", "vectorize"))
    assert answer.pop("fetched").startswith(nothing.format("CLIENT", "vpc_network"))
    assert answer == {
        "wasm": 42,
        "words": "a text",
        "bytes": [0, 255],
        "blob": [0, 255],
        "json": [1],
        "version": "v1",
        "stored": "s3cret",
        "file": "in the bucket",
        "row": 7,
        "sent": "object",
        "limited": [True, True, False],
        "counted": 1,
        "asset": "<h1>home</h1>",
        "cron": "*/5 * * * *",
    }
    assert running.ask(path="/").text == "<h1>home</h1>"
    deployed()
    assert running.ask(path="/api/all").json()["counted"] == 2


def test_rules_of_assets_determine_the_response(running: Running) -> None:
    client = running.client
    config = {"not_found_handling": "404-page", "_headers": "/*\n  x-made-by: assets\n"}
    files = {"/404.html": b"not here", "/about.html": b"about"}
    token = with_assets(client, files)
    body = {"main_module": None, "assets": {"jwt": token, "config": config}}
    result(client.post(WORKERS, json={"name": "api", "subdomain": {"enabled": True}}))
    result(client.post(f"{WORKERS}/api/versions", json=body, params={"deploy": "true"}))
    about = running.ask(path="/about")
    assert (about.text, about.headers["x-made-by"]) == ("about", "assets")
    missing = running.ask(path="/nothing")
    assert (missing.status_code, missing.text) == (404, "not here")


def test_requests_are_distributed_to_two_versions(running: Running) -> None:
    client = running.client
    result(client.post(WORKERS, json={"name": "api", "subdomain": {"enabled": True}}))
    module = {"name": "w.js", "content_type": JAVASCRIPT, "content_base64": base64.b64encode(WORD.encode()).decode()}
    body = {"main_module": "w.js", "modules": [module], "compatibility_date": "2026-08-01"}
    old, new = (
        result(client.post(f"{WORKERS}/api/versions", json={**body, "bindings": [text("WORD", value)]}))["id"]
        for value in ("old", "new")
    )
    versions = [{"version_id": new, "percentage": 30}, {"version_id": old, "percentage": 70}]
    result(client.post(f"{SCRIPTS}/api/deployments", json={"strategy": "percentage", "versions": versions}))
    override = {"cloudflare-workers-version-overrides": f'api="{new}"'}
    assert {running.ask(**override).text for _ in range(5)} == {"new"}
    keyed = [{"cloudflare-workers-version-key": str(number)} for number in range(100)]
    seen = [running.ask(**key).text for key in keyed]
    assert [running.ask(**key).text for key in keyed] == seen
    assert 15 < Counter(seen)["new"] < 45
    versions = [{"version_id": new, "percentage": 100}]
    result(client.post(f"{SCRIPTS}/api/deployments", json={"strategy": "percentage", "versions": versions}))
    assert {running.ask().text for _ in range(5)} == {"new"}
