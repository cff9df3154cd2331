"""Bindings in the words of the runtime's control API."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from localcloud.cloudflare import private_routes
from localcloud.cloudflare.binding_kinds import stored_secret
from localcloud.cloudflare.envelope import ApiError, Json
from localcloud.cloudflare.versions import active
from localcloud.emulation.store import Record, Records

_CLOUD = "the service runs at Cloudflare only"
_NETWORK = "its requests leave through Cloudflare's network"
NOT_HERE: Mapping[str, str] = {
    **dict.fromkeys(("ai", "ai_search", "ai_search_namespace", "artifacts", "flagship", "images", "k2"), _CLOUD),
    **dict.fromkeys(("media", "messaging", "vectorize", "hyperdrive_dynamic"), _CLOUD),
    **dict.fromkeys(("mtls_certificate", "vpc_network", "vpc_service"), _NETWORK),
    "browser": "there is no browser",
    "dispatch_namespace": "there are no Workers of a platform's customers",
    "secret_key": "the runtime here makes no CryptoKey of a binding; import the key from a secret_text",
    "wasm_module": "an ES module imports WebAssembly; import the part",
    "workflow": "no Worker here has the class of the workflow",
}
"""Why a binding of this type is nothing but an error message to its Worker."""


@dataclass(frozen=True)
class Bound:
    """What a set of bindings belongs to."""

    records: Records
    account: str
    script: str
    modules: Sequence[Record]
    version: Json
    """What a `version_metadata` binding tells: `id`, `tag`, `timestamp`."""
    pools: Mapping[str, str]
    """URLs by the ids of Hyperdrive configurations; the databases of others are reached directly."""

    def rendered(self, bindings: Sequence[Record]) -> list[Json]:
        """Without those whose other end is gone, so that the Worker finds nothing there."""
        found = [self._rendered(binding) for binding in bindings]
        return [binding for binding in found if binding is not None]

    def _rendered(self, binding: Record) -> Json | None:
        kind, name = binding["type"], binding["name"]
        render = _RENDERED.get(kind)
        if render is None and kind in NOT_HERE:
            return unavailable(binding)
        if render is None:
            return dict(binding)
        rendered = render(self, binding)
        return None if rendered is None else {"type": kind, "name": name, **rendered}

    def runs(self, script: str) -> bool:
        if script == self.script:
            return True
        bound = self.records.get("scripts", self.account, script)
        return bound is not None and active(bound) is not None


def unavailable(binding: Record) -> Json:
    """What tells why, whatever the Worker asks of it."""
    name, kind = binding["name"], binding["type"]
    message = f"The local cloud has nothing behind binding {name} of type {kind}: {NOT_HERE[kind]}."
    return {"type": "unavailable", "name": name, "message": message}


def connection_string(records: Records, account: str, origin: Record) -> str:
    """URL of an origin's database, with its password: a secret."""
    host, port = _address(records, account, origin)
    credentials = f"{quote(origin['user'], safe='')}:{quote(origin['password'], safe='')}"
    address = f"{f'[{host}]' if ':' in host else host}:{port}"
    return f"postgres://{credentials}@{address}/{quote(origin['database'], safe='')}?sslmode=require"


def _address(records: Records, account: str, origin: Record) -> tuple[str, int]:
    """What is dialled: for an origin behind a tunnel what its connector dials.

    Where the way is closed the host leads nowhere: such a Worker deploys, and its queries fail.
    """
    if not private_routes.is_private(origin):
        return origin["host"], origin["port"]
    try:
        target = private_routes.target(records, account, origin)
    except ApiError:
        return f"{origin.get('service_id') or origin['host']}.invalid", private_routes.DEFAULT_PORT
    return target.host, target.port


def _hyperdrive(bound: Bound, binding: Record) -> Json | None:
    config = bound.records.get("hyperdrive", bound.account, binding["id"])
    if config is None:
        return None
    url = bound.pools.get(config["id"]) or connection_string(bound.records, bound.account, config["origin"])
    return {"connectionString": url}


def _kv(bound: Bound, binding: Record) -> Json | None:
    namespace = bound.records.get("kv_namespaces", bound.account, binding["namespace_id"])
    return {"namespaceId": namespace["id"]} if namespace else None


def _service(bound: Bound, binding: Record) -> Json | None:
    if not bound.runs(binding["service"]):
        return None
    return {"service": binding["service"], "entrypoint": binding.get("entrypoint")}


def _durable_object(bound: Bound, binding: Record) -> Json | None:
    script = binding.get("script_name") or bound.script
    return {"className": binding["class_name"], "service": script} if bound.runs(script) else None


def _stored_secret(bound: Bound, binding: Record) -> Json | None:
    found = stored_secret(bound.records, binding)
    return {"value": found["value"]} if found else None


def _blob(bound: Bound, binding: Record) -> Json | None:
    part = next((each for each in bound.modules if each["name"] == binding["part"]), None)
    return {"contentBase64": part["content_base64"]} if part else None


def _text_blob(bound: Bound, binding: Record) -> Json | None:
    blob = _blob(bound, binding)
    return {"text": base64.b64decode(blob["contentBase64"]).decode(errors="replace")} if blob else None


def _json_text(value: Any) -> str:
    """Clients send a JSON binding as a value, or as the text of one."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            pass
        else:
            return value
    return json.dumps(value)


_RENDERED: Mapping[str, Any] = {
    "analytics_engine": lambda _, binding: {"dataset": binding["dataset"]},
    "assets": lambda *_: {},
    "d1": lambda _, binding: {"databaseId": binding.get("database_id") or binding["id"]},
    "data_blob": _blob,
    "durable_object_namespace": _durable_object,
    "hyperdrive": _hyperdrive,
    "json": lambda _, binding: {"json": _json_text(binding["json"])},
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
    "version_metadata": lambda bound, _: {"version": bound.version},
    "worker_loader": lambda *_: {},
}
