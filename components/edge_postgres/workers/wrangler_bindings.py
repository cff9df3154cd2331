"""What can be bound to a Worker, in wrangler's words: the key of its configuration, the fields, the type in ``Env``.

Keys and fields: ``config-schema.json`` of wrangler 4.164.0; types: what its ``wrangler types`` writes
(https://developers.cloudflare.com/workers/wrangler/configuration/#bindings, read 2026-11-21).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

VALUE = ""
"""The field of a binding that is stated as one value, not as a map."""


@dataclass(frozen=True)
class WranglerBinding:
    """One kind of binding.

    ``key`` is its place in the configuration, dotted; ``type`` what code finds; ``fields`` go from the argument's to
    wrangler's, dotted; ``name`` is the field with the binding's name; ``single`` kinds are there once, without a list.
    """

    key: str
    type: str
    fields: Mapping[str, str] = field(default_factory=dict)
    name: str = "binding"
    single: bool = False

    def add(self, data: dict[str, Any], name: str, given: Any) -> None:
        """Puts a binding of this kind into a configuration."""
        values = given if isinstance(given, Mapping) else {VALUE: given}
        entry: dict[str, Any] = {self.name: name}
        for mine, theirs in self.fields.items():
            if values.get(mine) is not None:
                _put(entry, theirs, values[mine])
        if self.single:
            _put(data, self.key, entry)
        else:
            _put(data, self.key, [*(_found(data, self.key) or []), entry])

    def entries(self, data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The bindings of this kind in a configuration, with their names."""
        found: Any = _found(data, self.key)
        if found:
            yield from ((entry[self.name], entry) for entry in ([found] if self.single else found))


KINDS: Mapping[str, WranglerBinding] = {
    "hyperdrive": WranglerBinding("hyperdrive", "Hyperdrive", {VALUE: "id"}),
    "kv": WranglerBinding("kv_namespaces", "KVNamespace", {VALUE: "id"}),
    "r2": WranglerBinding("r2_buckets", "R2Bucket", {VALUE: "bucket_name"}),
    "d1": WranglerBinding("d1_databases", "D1Database", {VALUE: "database_id"}),
    "queues": WranglerBinding("queues.producers", "Queue", {VALUE: "queue"}),
    "services": WranglerBinding("services", "Fetcher", {VALUE: "service"}),
    "durable_objects": WranglerBinding(
        "durable_objects.bindings",
        "DurableObjectNamespace",
        {"class_name": "class_name", "script_name": "script_name"},
        name="name",
    ),
    "rate_limits": WranglerBinding(
        "ratelimits",
        "RateLimit",
        {"namespace_id": "namespace_id", "limit": "simple.limit", "period_seconds": "simple.period"},
        name="name",
    ),
    "secrets_store": WranglerBinding(
        "secrets_store_secrets", "SecretsStoreSecret", {"store_id": "store_id", "secret_name": "secret_name"}
    ),
    "vpc_services": WranglerBinding("vpc_services", "Fetcher", {VALUE: "service_id"}),
    "mtls_certificates": WranglerBinding("mtls_certificates", "Fetcher", {VALUE: "certificate_id"}),
    "ai": WranglerBinding("ai", "Ai", single=True),
    "version_metadata": WranglerBinding("version_metadata", "WorkerVersionMetadata", single=True),
}
"""Kinds by the argument of `Worker`."""

VARIABLES = ("vars", "json", "secrets")
"""Arguments of `Worker` whose bindings are variables."""

OTHER_KINDS: Mapping[str, WranglerBinding] = {
    "ai_search": WranglerBinding("ai_search", "AiSearchInstance", {"instance_name": "instance_name"}),
    "analytics_engine": WranglerBinding("analytics_engine_datasets", "AnalyticsEngineDataset", {"dataset": "dataset"}),
    "browser": WranglerBinding("browser", "BrowserRun", single=True),
    "dispatch_namespace": WranglerBinding("dispatch_namespaces", "DispatchNamespace", {"namespace": "namespace"}),
    "flagship": WranglerBinding("flagship", "Flagship", {"app_id": "app_id"}),
    "images": WranglerBinding("images", "ImagesBinding", single=True),
    "media": WranglerBinding("media", "MediaBinding", single=True),
    "send_email": WranglerBinding(
        "send_email",
        "SendEmail",
        {
            "destination_address": "destination_address",
            "allowed_destination_addresses": "allowed_destination_addresses",
            "allowed_sender_addresses": "allowed_sender_addresses",
        },
        name="name",
    ),
    "vectorize": WranglerBinding("vectorize", "VectorizeIndex", {"index_name": "index_name"}),
    "vpc_network": WranglerBinding("vpc_networks", "Fetcher", {"network_id": "network_id", "tunnel_id": "tunnel_id"}),
    "worker_loader": WranglerBinding("worker_loaders", "WorkerLoader"),
    # With fields that the argument of the kind does not have.
    "r2_bucket": replace(KINDS["r2"], fields={"bucket_name": "bucket_name", "jurisdiction": "jurisdiction"}),
    "queue": replace(KINDS["queues"], fields={"queue_name": "queue", "delivery_delay": "delivery_delay"}),
    "service": replace(KINDS["services"], fields={"service": "service", "entrypoint": "entrypoint", "props": "props"}),
    "durable_object_namespace": replace(
        KINDS["durable_objects"],
        fields={"class_name": "class_name", "script_name": "script_name", "environment": "environment"},
    ),
}
"""Kinds by the API's word for them, for `other_bindings`."""

UNKNOWN = WranglerBinding("unsafe.bindings", "any", {"type": "type"}, name="name")
"""A kind that wrangler has no key for: its name and type stand where wrangler takes what it does not know."""


def list_bindings(data: Mapping[str, Any]) -> Iterator[tuple[WranglerBinding, str, Mapping[str, Any]]]:
    """Every binding of a configuration that is no variable: its kind, name and entry."""
    by_key = {kind.key: kind for kind in (*KINDS.values(), *OTHER_KINDS.values(), UNKNOWN)}
    for kind in by_key.values():
        for name, entry in kind.entries(data):
            yield kind, name, entry


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for key in outer:
        data = data.setdefault(key, {})
    data[last] = value


def _found(data: Mapping[str, Any], path: str) -> Any:
    for key in path.split("."):
        data = data.get(key) or {}
    return data
