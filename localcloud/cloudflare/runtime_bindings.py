"""Converts bindings to the format of the runtime's control API."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from localcloud.cloudflare import private_routes
from localcloud.cloudflare.binding_types import find_stored_secret
from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.versions import active
from localcloud.emulation.store import Record, Records

_CLOUD = "the service runs only on Cloudflare"
_NETWORK = "its requests use Cloudflare's network"
UNAVAILABLE_BECAUSE: Mapping[str, str] = {
    **dict.fromkeys(("ai", "ai_search", "ai_search_namespace", "artifacts", "flagship", "images", "k2"), _CLOUD),
    **dict.fromkeys(("media", "messaging", "vectorize", "hyperdrive_dynamic"), _CLOUD),
    **dict.fromkeys(("mtls_certificate", "vpc_network", "vpc_service"), _NETWORK),
    "browser": "there is no browser",
    "dispatch_namespace": "Workers for Platforms has no emulator",
    "secret_key": "the local runtime cannot create a CryptoKey from a binding; import the key from a secret_text",
    "wasm_module": "ES modules import WebAssembly; import the module",
}
"""The reason why bindings of these types only throw an error when a Worker uses them."""


@dataclass(frozen=True)
class BindingRenderer:
    """Converts the bindings of one version of a Worker."""

    records: Records
    account: str
    script: str
    modules: Sequence[Record]
    version: Json
    """The value of a `version_metadata` binding: `id`, `tag`, `timestamp`."""
    pools: Mapping[str, str]
    """URLs by id of Hyperdrive configuration. Without a pool a Worker connects to the database directly."""

    def render(self, bindings: Sequence[Record]) -> list[Json]:
        """Returns the converted bindings, without those whose target was deleted."""
        found = [self._render(binding) for binding in bindings]
        return [binding for binding in found if binding is not None]

    def _render(self, binding: Record) -> Json | None:
        kind, name = binding["type"], binding["name"]
        if kind == "workflow":
            return self._workflow(binding)
        convert = _CONVERTERS.get(kind)
        if convert is None and kind in UNAVAILABLE_BECAUSE:
            return unavailable(binding)
        if convert is None:
            return dict(binding)
        fields = convert(self, binding)
        return None if fields is None else {"type": kind, "name": name, **fields}

    def _workflow(self, binding: Record) -> Json:
        """Converts a binding to a Workflow, which throws an error until the Workflow exists.

        A Worker is uploaded before its Workflows, because a Workflow is a class of an existing Worker.
        """
        name, workflow_name = binding["name"], binding["workflow_name"]
        workflow = self.records.get("workflows", self.account, workflow_name)
        if workflow is None or not self.runs(workflow["script_name"]):
            return _throwing(name, f"Workflow {workflow_name} of binding {name} does not exist.")
        target = {"className": workflow["class_name"], "service": workflow["script_name"]}
        return {"type": "workflow", "name": name, "workflow": workflow_name, **target}

    def runs(self, script: str) -> bool:
        """Whether a script exists and has an active version."""
        if script == self.script:
            return True
        other = self.records.get("scripts", self.account, script)
        return other is not None and active(other) is not None


def unavailable(binding: Record) -> Json:
    """Returns a binding that throws an explanatory error whenever the Worker uses it."""
    name, kind = binding["name"], binding["type"]
    return _throwing(
        name, f"The local cloud does not support binding {name} of type {kind}: {UNAVAILABLE_BECAUSE[kind]}."
    )


def _throwing(name: str, message: str) -> Json:
    return {"type": "unavailable", "name": name, "message": message}


def connection_string(records: Records, account: str, origin: Record) -> str:
    """Returns the URL of an origin's database, with its password: a secret."""
    host, port = _address(records, account, origin)
    credentials = f"{quote(origin['user'], safe='')}:{quote(origin['password'], safe='')}"
    address = f"{f'[{host}]' if ':' in host else host}:{port}"
    return f"postgres://{credentials}@{address}/{quote(origin['database'], safe='')}?sslmode=require"


def _address(records: Records, account: str, origin: Record) -> tuple[str, int]:
    """Returns the address of an origin's database. For a private origin it is the target of the tunnel's connector.

    If the network route is incomplete, the address is unreachable: the Worker is deployed, and its queries fail.
    """
    if not private_routes.is_private(origin):
        return origin["host"], origin["port"]
    try:
        target = private_routes.target(records, account, origin)
    except ApiError:
        return f"{origin.get('service_id') or origin['host']}.invalid", private_routes.DEFAULT_PORT
    return target.host, target.port


def _hyperdrive(renderer: BindingRenderer, binding: Record) -> Json | None:
    config = renderer.records.get("hyperdrive", renderer.account, binding["id"])
    if config is None:
        return None
    url = renderer.pools.get(config["id"]) or connection_string(renderer.records, renderer.account, config["origin"])
    return {"connectionString": url}


def _kv(renderer: BindingRenderer, binding: Record) -> Json | None:
    namespace = renderer.records.get("kv_namespaces", renderer.account, binding["namespace_id"])
    return {"namespaceId": namespace["id"]} if namespace else None


def _service(renderer: BindingRenderer, binding: Record) -> Json | None:
    if not renderer.runs(binding["service"]):
        return None
    return {"service": binding["service"], "entrypoint": binding.get("entrypoint")}


def _durable_object(renderer: BindingRenderer, binding: Record) -> Json | None:
    script = binding.get("script_name") or renderer.script
    return {"className": binding["class_name"], "service": script} if renderer.runs(script) else None


def _stored_secret(renderer: BindingRenderer, binding: Record) -> Json | None:
    found = find_stored_secret(renderer.records, binding)
    return {"value": found["value"]} if found else None


def _blob(renderer: BindingRenderer, binding: Record) -> Json | None:
    part = next((each for each in renderer.modules if each["name"] == binding["part"]), None)
    return {"contentBase64": part["content_base64"]} if part else None


def _text_blob(renderer: BindingRenderer, binding: Record) -> Json | None:
    blob = _blob(renderer, binding)
    return {"text": base64.b64decode(blob["contentBase64"]).decode(errors="replace")} if blob else None


_CONVERTERS: Mapping[str, Any] = {
    "analytics_engine": lambda _, binding: {"dataset": binding["dataset"]},
    "assets": lambda *_: {},
    "d1": lambda _, binding: {"databaseId": binding.get("database_id") or binding["id"]},
    "data_blob": _blob,
    "durable_object_namespace": _durable_object,
    "hyperdrive": _hyperdrive,
    "json": lambda _, binding: {"json": json.dumps(binding["json"])},
    "kv_namespace": _kv,
    "pipelines": lambda _, binding: {"pipeline": binding["pipeline"]},
    "queue": lambda _, binding: {"queue": binding["queue_name"]},
    "r2_bucket": lambda _, binding: {"bucket": binding["bucket_name"]},
    "ratelimit": lambda _, binding: {
        "namespaceId": binding["namespace_id"],
        "limit": binding["simple"]["limit"],
        "period": binding["simple"]["period"],
    },
    "secrets_store_secret": _stored_secret,
    "send_email": lambda *_: {},
    "service": _service,
    "text_blob": _text_blob,
    "version_metadata": lambda renderer, _: {"version": renderer.version},
    "worker_loader": lambda *_: {},
}
