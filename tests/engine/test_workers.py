"""Workers with most of their settings, on the real engine and runtime: created, changed, renamed, destroyed."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.changes import refresh_without_change
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

# A module that exports one function, `answer`, which returns 42.
WASM = base64.b64decode("AGFzbQEAAAABBQFgAAF/AwIBAAcKAQZhbnN3ZXIAAAoGAQQAQSoL")
API = """
export default {
  async scheduled({ cron }, env) {
    await env.FILES.put("cron", cron);
  },
  async fetch(request, env) {
    const named = Object.keys(env).sort();
    return Response.json({
      named,
      level: env.LEVEL,
      key: env.KEY,
      tree: env.TREE,
      stored: await env.STORED.get(),
      limited: (await env.LIMIT.limit({ key: "somebody" })).success,
      room: await env.ROOMS.getByName("one").enter(),
      auth: await (await env.AUTH.fetch("http://auth/")).text(),
      asset: (await env.ASSETS.fetch("http://assets/")).status,
      cron: await (await env.FILES.get("cron"))?.text(),
    });
  },
};
"""
ROOMS = """
import { DurableObject } from "cloudflare:workers";
export class Room extends DurableObject {
  async enter() {
    const guests = ((await this.ctx.storage.get("guests")) ?? 0) + 1;
    await this.ctx.storage.put("guests", guests);
    return guests;
  }
}
export default { fetch: () => new Response("the auth Worker") };
"""
CHAT = """
import { DurableObject } from "cloudflare:workers";
import wasm from "./answer.wasm";
import words from "./words.txt";

export class Chat extends DurableObject {
  greet() {
    return "hello";
  }
}
export default {
  async fetch(request, env) {
    const chat = await env.CHATS?.getByName("one").greet();
    return Response.json({ wasm: new WebAssembly.Instance(wasm).exports.answer(), words, chat });
  },
};
"""
WORD = 'export default {{ fetch: () => new Response("{}") }};\n'
HOME = "<h1>home</h1>"
SECRETS = {
    "workers.api.KEY": "sentinel-key-5f1c",
    "workers.api.OLD_KEY": "sentinel-old-77aa",
    "secretsStore.stripe": "sentinel-stripe-90d2",
}


@dataclass(frozen=True)
class Site:
    """A stack whose files a test can change, with the names of its Workers."""

    deployment: Deployment
    folder: Path

    def write(self, name: str, content: str | bytes) -> str:
        """The path of a file as a stack file has it."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return os.path.relpath(file, CHECKOUT)

    def changed(self, change: Callable[[dict[str, Any]], None]) -> "Site":
        return Site(self.deployment.changed(lambda config: change(config["edge-postgres:workers"])), self.folder)

    def ask(self, script: str, path: str = "/", **headers: str) -> httpx.Response:
        url = httpx.URL(self.deployment.cloud.worker_url(script))
        host = {"host": url.netloc.decode(), **headers}
        return httpx.get(url.copy_with(host="127.0.0.1").join(path), headers=host, timeout=30, trust_env=False)

    def up_again(self) -> None:
        """Checks that a second `up` and a refresh change nothing."""
        assert set(self.deployment.up()) == {"same"}
        refresh_without_change(self.deployment.stack)
        assert self.deployment.previewed() == {}

    def destroyed(self) -> None:
        self.deployment.stack.pulumi("destroy", "--yes", "--skip-preview")
        assert [kind for kind, ids in self.deployment.stored().items() if ids] == []


@pytest.fixture
def site(deployment: Deployment, tmp_path: Path) -> Site:
    return Site(deployment, tmp_path / "site")


def script_name(worker: str) -> str:
    return f"edge-postgres-local-{worker}"


def test_a_worker_with_most_of_its_settings(site: Site) -> None:
    rooms = site.write("rooms.js", ROOMS)
    api = site.write("api.js", API)
    directory = str(Path(site.write("public/index.html", HOME)).parent)

    def bind(config: dict[str, Any]) -> None:
        config["edge-postgres:kv"] = {"answers": {}}
        config["edge-postgres:secretsStore"] = {"storeName": "default_secrets_store", "secrets": {"stripe": {}}}
        config["edge-postgres:workers"] = {
            "rooms": {
                "bundle": rooms,
                "compatibilityDate": "2026-08-04",
                "migrations": {"new_tag": "v1", "new_sqlite_classes": ["Room"]},
            },
            "api": {
                "bundle": api,
                "compatibilityDate": "2026-08-04",
                "kv": {"CACHE": "answers"},
                "r2": {"FILES": "files"},
                "d1": {"ROWS": "3d5b1c1e-0000-4000-8000-000000000000"},
                "queues": {"JOBS": "jobs"},
                "services": {"AUTH": "rooms"},
                "durableObjects": {"ROOMS": {"className": "Room", "scriptName": "rooms"}},
                "vars": {"LEVEL": "info"},
                "secrets": ["KEY", "OLD_KEY"],
                "json": {"TREE": {"branch": [1]}},
                "rateLimits": {"LIMIT": {"namespaceId": "1001", "limit": 100, "periodSeconds": 60}},
                "secretsStore": {"STORED": "stripe"},
                "ai": "AI",
                "versionMetadata": "VERSION",
                "otherBindings": {"VISITS": {"type": "analytics_engine", "dataset": "visits"}},
                "assets": {"directory": directory, "binding": "ASSETS", "runWorkerFirst": ["/api/*"]},
                "crons": ["*/5 * * * *"],
                "observability": {"enabled": True, "headSamplingRate": 0.5, "logs": {"enabled": True}},
                "placement": {"mode": "smart"},
                "limits": {"cpuMs": 50},
                "tailConsumers": ["rooms"],
                "logpush": True,
            },
        }

    config = dict(site.deployment.config)
    bind(config)
    stack = replace(site.deployment, stack=replace(site.deployment.stack, settings=config))
    stack.prepare(**SECRETS)
    site = Site(stack, site.folder)
    stack.up()
    site.up_again()

    script = script_name("api")
    assert site.ask(script).text == HOME
    assert site.ask(script, "/cdn-cgi/local/scheduled?cron=*/5+*+*+*+*").text == "ok"
    answer = site.ask(script, "/api/all").json()
    assert {"AI", "CACHE", "JOBS", "OLD_KEY", "ROWS", "VERSION", "VISITS"} <= set(answer.pop("named"))
    assert answer == {
        "level": "info",
        "key": SECRETS["workers.api.KEY"],
        "tree": {"branch": [1]},
        "stored": SECRETS["secretsStore.stripe"],
        "limited": True,
        "room": 1,
        "auth": "the auth Worker",
        "asset": 200,
        "cron": "*/5 * * * *",
    }
    exported = stack.exported() + json.dumps(stack.control("GET", "requests").json())
    assert not any(secret in exported for secret in SECRETS.values())

    def drop(workers: dict[str, Any]) -> None:
        del workers["api"]["queues"]
        workers["api"]["secrets"] = ["KEY"]

    site.write("public/index.html", "<h1>changed</h1>")
    site = site.changed(drop)
    assert site.deployment.up()["update"] == 1
    assert site.ask(script).text == "<h1>changed</h1>"
    answer = site.ask(script, "/api/all").json()
    assert not {"JOBS", "OLD_KEY"} & set(answer["named"])
    assert (answer["key"], answer["room"]) == (SECRETS["workers.api.KEY"], 2)

    site = site.changed(lambda workers: workers["api"].update(scriptName="renamed"))
    assert {"create", "delete"} <= set(site.deployment.up())
    assert sorted(site.deployment.stored()["scripts"]) == [script_name("rooms"), "renamed"]
    assert site.ask("renamed", "/api/all").json()["room"] == 3

    # Cloudflare deletes no script that owns Durable Objects, and no class that a Worker is bound to.
    site = site.changed(lambda workers: workers.pop("api"))
    site.deployment.up()
    deleted = {"old_tag": "v1", "new_tag": "v2", "deleted_classes": ["Room"]}
    site = site.changed(lambda workers: workers["rooms"].update(migrations=deleted))
    site.deployment.up()
    site.destroyed()


def test_a_gradual_rollout_moves_from_one_version_to_the_next(site: Site) -> None:
    bundle, script = site.write("worker.js", WORD.format("old")), script_name("api")

    def roll(percentage: int, **previous: str) -> Site:
        def change(workers: dict[str, Any]) -> None:
            workers.clear()
            workers["api"] = {"bundle": bundle, "compatibilityDate": "2026-08-04"}
            workers["api"]["rollout"] = {"percentage": percentage, **previous}

        rolled = site.changed(change)
        rolled.deployment.up()
        return rolled

    site = roll(100)
    assert site.ask(script).text == "old"
    (old,) = deployed_versions(site.deployment)

    site.write("worker.js", WORD.format("new"))
    site = roll(10, previousVersionId=old)
    site.up_again()
    shares = deployed_versions(site.deployment)
    (new,) = set(shares) - {old}
    assert shares == {new: 10, old: 90}
    answers = [site.ask(script, **{"cloudflare-workers-version-key": str(key)}).text for key in range(40)]
    assert {"new", "old"} == set(answers)
    assert answers.count("old") > answers.count("new")

    site = roll(0, previousVersionId=old)
    site.up_again()
    assert deployed_versions(site.deployment) == {old: 100}
    assert {site.ask(script).text for _ in range(5)} == {"old"}

    site = roll(100, previousVersionId=old)
    assert deployed_versions(site.deployment) == {new: 100}
    assert {site.ask(script).text for _ in range(5)} == {"new"}
    site.destroyed()


def test_modules_a_region_and_a_migration_are_deployed_by_versions(site: Site) -> None:
    script = script_name("api")
    site.write("public/_headers", "/*\n  X-Frame-Options: DENY\n")
    chat: dict[str, Any] = {
        "bundle": site.write("chat.js", CHAT),
        "files": {"answer.wasm": site.write("answer.wasm", WASM), "words.txt": site.write("words.txt", "a text")},
        "compatibilityDate": "2026-08-04",
        "placement": {"region": "aws:eu-central-1"},
        "assets": {"directory": str(Path(site.write("public/page.html", HOME)).parent)},
        "migrations": {"new_tag": "v1", "new_sqlite_classes": ["Chat"]},
        "transform": {"worker": {"force": True}},
    }

    def deploy(**changes: Any) -> Site:
        def change(workers: dict[str, Any]) -> None:
            workers.clear()
            workers["api"] = {name: value for name, value in {**chat, **changes}.items() if value is not None}

        deployed = site.changed(change)
        deployed.deployment.up()
        return deployed

    deploy().up_again()
    assert site.ask(script).json() == {"wasm": 42, "words": "a text"}
    assert (page := site.ask(script, "/page")).text == HOME
    assert page.headers["x-frame-options"] == "DENY"
    placement = {"mode": "targeted", "region": "aws:eu-central-1"}
    assert from_emulator(site.deployment, "settings")["placement"] == placement

    # A version can bind a class once the migration is deployed.
    applied = {"old_tag": "v1", "new_tag": "v1"}
    bound: dict[str, Any] = {"migrations": applied, "durableObjects": {"CHATS": {"className": "Chat"}}}
    deploy(**bound).up_again()
    assert site.ask(script).json() == {"wasm": 42, "words": "a text", "chat": "hello"}

    # The same resources continue with a rollout.
    (old,) = deployed_versions(site.deployment)
    site.write("words.txt", "another text")
    rollout = {"percentage": 10, "previousVersionId": old}
    site = deploy(**bound, assets=None, rollout=rollout)
    assert sorted(deployed_versions(site.deployment).values()) == [10, 90]
    site.destroyed()


def deployed_versions(deployment: Deployment) -> dict[str, float]:
    """Returns the percentages by version, as Cloudflare's emulator shows them."""
    versions = from_emulator(deployment, "deployments")["deployments"][0]["versions"]
    return {each["version_id"]: each["percentage"] for each in versions}


def from_emulator(deployment: Deployment, path: str) -> dict[str, Any]:
    """Returns the answer of Cloudflare's emulator about the script of the Worker `api`."""
    environment = deployment.stack.environment
    url = f"{environment['CLOUDFLARE_BASE_URL']}/accounts/local/workers/scripts/{script_name('api')}/{path}"
    token = {"authorization": f"Bearer {environment['CLOUDFLARE_API_TOKEN']}"}
    answer = httpx.get(url, headers=token, timeout=10, trust_env=False).raise_for_status().json()
    result: dict[str, Any] = answer["result"]
    return result
