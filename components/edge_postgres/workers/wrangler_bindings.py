"""The kinds of bindings in a wrangler configuration: the key, the fields, and the TypeScript type in ``Env``.

The keys and fields are those of ``config-schema.json`` in wrangler 4.164.0. The types are those that its command
``wrangler types`` writes
(https://developers.cloudflare.com/workers/wrangler/configuration/#bindings, read 2026-11-21).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge_postgres.core.json_types import Json

VALUE = ""
"""Key for the value in `WranglerBinding.fields` if the value is a string and not a dictionary."""


@dataclass(frozen=True)
class WranglerBinding:
    """One kind of binding in a wrangler configuration."""

    key: str
    """Path of the bindings in the configuration. A dot separates the keys."""
    type: str
    """TypeScript type of the binding."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Wrangler's field for each field of the argument. A dot separates nested fields."""
    name: str = "binding"
    """Wrangler's field for the name of the binding."""
    single: bool = False
    """Whether a configuration has at most one binding of this kind, which is not in a list."""

    def add(self, data: Json, name: str, given: object) -> None:
        """Adds a binding of this kind to a configuration."""
        values = given if isinstance(given, Mapping) else {VALUE: given}
        entry: Json = {self.name: name}
        for argument_field, wrangler_field in self.fields.items():
            if values.get(argument_field) is not None:
                _set_path(entry, wrangler_field, values[argument_field])
        if self.single:
            _set_path(data, self.key, entry)
        else:
            _set_path(data, self.key, [*(_get_path(data, self.key) or []), entry])

    def entries(self, data: Json) -> Iterator[tuple[str, Json]]:
        """Yields the name and the entry of each binding of this kind in a configuration."""
        found = _get_path(data, self.key)
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
    "workflows": WranglerBinding(
        "workflows",
        "Workflow",
        {"workflow_name": "name", "class_name": "class_name", "script_name": "script_name"},
    ),
    "vpc_services": WranglerBinding("vpc_services", "Fetcher", {VALUE: "service_id"}),
    "mtls_certificates": WranglerBinding("mtls_certificates", "Fetcher", {VALUE: "certificate_id"}),
    "ai": WranglerBinding("ai", "Ai", single=True),
    "version_metadata": WranglerBinding("version_metadata", "WorkerVersionMetadata", single=True),
}
"""The kinds of bindings, by argument of `Worker`."""

VARIABLES = ("vars", "json", "secrets")
"""The arguments of `Worker` whose bindings are variables."""

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
    # Kinds with fields that the argument of `Worker` does not have.
    "r2_bucket": replace(KINDS["r2"], fields={"bucket_name": "bucket_name", "jurisdiction": "jurisdiction"}),
    "service": replace(KINDS["services"], fields={"service": "service", "entrypoint": "entrypoint"}),
    "durable_object_namespace": replace(
        KINDS["durable_objects"],
        fields={"class_name": "class_name", "script_name": "script_name", "environment": "environment"},
    ),
}
"""The kinds of bindings in `other_bindings`, by the API's type."""

UNKNOWN = WranglerBinding("unsafe.bindings", "any", {"type": "type"}, name="name")
"""All kinds for which wrangler has no key. The list `unsafe.bindings` has the name and the type of such bindings."""


def list_bindings(data: Json) -> Iterator[tuple[WranglerBinding, str, Json]]:
    """Yields the kind, the name and the entry of each binding of a configuration, without variables."""
    by_key = {kind.key: kind for kind in (*KINDS.values(), *OTHER_KINDS.values(), UNKNOWN)}
    for kind in by_key.values():
        for name, entry in kind.entries(data):
            yield kind, name, entry


def _set_path(data: Json, path: str, value: object) -> None:
    *outer, last = path.split(".")
    for key in outer:
        data = data.setdefault(key, {})
    data[last] = value


def _get_path(data: Json, path: str) -> Any:
    for key in path.split("."):
        data = data.get(key) or {}
    return data
