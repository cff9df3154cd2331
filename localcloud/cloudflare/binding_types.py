"""The types of bindings, with their required fields and their targets.

Sources: the types and fields of pulumi-cloudflare 6.23.1 (2026-10-21), and
https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ (read 2026-11-21); the codes as seen
in cloudflare/workers-sdk#4338 (10021) and #10034 (10061).
"""

from collections.abc import Mapping
from typing import Any

from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record, Records

INVALID = 10021
NO_DURABLE_OBJECT = 10061
SERVICE_NOT_FOUND = 10144

STORED_SECRETS = "secrets_store_secrets"
"""Kind of record. Owned by a store."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ai", "assets", "browser", "images", "inherit", "media", "send_email", "version_metadata"), ()),
    **dict.fromkeys(("ai_search", "artifacts", "messaging", "worker_loader", "hyperdrive_dynamic"), ()),
    **dict.fromkeys(("json", "ratelimit", "d1", "durable_object_namespace", "vpc_network"), ()),
    **dict.fromkeys(("plain_text", "secret_text"), ("text",)),
    **dict.fromkeys(("data_blob", "text_blob", "wasm_module"), ("part",)),
    "ai_search_namespace": ("namespace",),
    "analytics_engine": ("dataset",),
    "dispatch_namespace": ("namespace",),
    "flagship": ("app_id",),
    "hyperdrive": ("id",),
    "k2": ("stream",),
    "kv_namespace": ("namespace_id",),
    "mtls_certificate": ("certificate_id",),
    "pipelines": ("pipeline",),
    "queue": ("queue_name",),
    "r2_bucket": ("bucket_name",),
    "secret_key": ("format",),
    "secrets_store_secret": ("store_id", "secret_name"),
    "service": ("service",),
    "vectorize": ("index_name",),
    "vpc_service": ("service_id",),
    "workflow": ("workflow_name",),
}
"""Every type of binding, with its required string fields."""

ONE_OF: Mapping[str, tuple[str, ...]] = {
    "d1": ("id", "database_id"),
    "durable_object_namespace": ("class_name", "namespace_id"),
    "secret_key": ("key_base64", "key_jwk"),
    "vpc_network": ("tunnel_id", "network_id"),
}
# https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ (read 2026-11-21)
RATE_LIMIT_PERIODS = (10, 60)

OWNED: Mapping[str, tuple[str, str]] = {
    "kv_namespace": ("kv_namespaces", "namespace_id"),
    "mtls_certificate": ("mtls_certificates", "certificate_id"),
    "vpc_service": ("connectivity_services", "service_id"),
}
"""Kinds of records that a binding refers to, with the field of the id.

Buckets, databases and queues are missing, because the runtime creates one for every name.
"""


def validate_binding(binding: Any) -> Record:
    """Returns the binding if it has all fields that its type needs. Raises ``ApiError``."""
    if not isinstance(binding, dict) or not all(isinstance(binding.get(key), str) for key in ("name", "type")):
        raise ApiError(400, INVALID, "Each binding must be an object with the strings `name` and `type`")
    name, kind = binding["name"], binding["type"]
    if kind not in FIELDS:
        raise ApiError(400, INVALID, f"binding {name} has the unknown type '{kind}'")
    for field in FIELDS[kind]:
        if not isinstance(binding.get(field), str):
            raise _missing(field, name)
    present = [field for field in ONE_OF.get(kind, ()) if binding.get(field)]
    if kind in ONE_OF and (not present or (kind == "vpc_network" and len(present) > 1)):
        raise _missing(" or ".join(ONE_OF[kind]), name)
    if kind == "json" and "json" not in binding:
        raise _missing("json", name)
    if kind == "ratelimit":
        _validate_rate_limit(binding)
    return binding


def validate_target(binding: Record, records: Records, account: str, script: str, classes: Mapping[str, str]) -> None:
    """Raises ``ApiError`` if the target of a binding is missing. ``classes`` are the Durable Objects of ``script``."""
    kind, name = binding["type"], binding["name"]
    if kind == "hyperdrive" and not records.get("hyperdrive", account, binding["id"]):
        raise ApiError(
            400,
            INVALID,
            f"binding {name} of type hyperdrive failed to generate: Hyperdrive config '{binding['id']}' was not found.",
        )
    if kind in OWNED:
        records_kind, field = OWNED[kind]
        if not records.get(records_kind, account, binding[field]):
            raise ApiError(400, INVALID, f"binding {name}: {kind} '{binding[field]}' not found.")
    if kind == "secrets_store_secret" and find_stored_secret(records, binding) is None:
        raise ApiError(400, INVALID, f"binding {name}: the store has no secret '{binding['secret_name']}'.")
    if kind == "service" and binding["service"] != script and not records.get("scripts", account, binding["service"]):
        raise ApiError(
            400,
            SERVICE_NOT_FOUND,
            f"Service binding '{name}' references Worker '{binding['service']}' which was not found.",
        )
    if kind == "durable_object_namespace" and binding.get("class_name"):
        _validate_class(binding, records, account, script, classes)


def find_stored_secret(records: Records, binding: Record) -> Record | None:
    """Returns the target of a binding of type `secrets_store_secret`."""
    found = (
        each for each in records.owned(STORED_SECRETS, binding["store_id"]) if each["name"] == binding["secret_name"]
    )
    return next(found, None)


def _validate_rate_limit(binding: Record) -> None:
    """https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ (read 2026-11-21)"""
    simple = binding.get("simple")
    if not isinstance(binding.get("namespace_id"), str):
        raise _missing("namespace_id", binding["name"])
    if (
        not isinstance(simple, dict)
        or not isinstance(simple.get("limit"), int | float)
        or simple["limit"] < 1
        or simple.get("period") not in RATE_LIMIT_PERIODS
    ):
        raise _missing("simple", binding["name"])


def _validate_class(binding: Record, records: Records, account: str, script: str, classes: Mapping[str, str]) -> None:
    owner, class_name = binding.get("script_name") or script, binding["class_name"]
    if owner != script:
        other = records.get("scripts", account, owner)
        if other is None:
            raise ApiError(
                400,
                NO_DURABLE_OBJECT,
                f"Cannot create binding for class '{class_name}' in script '{owner}' that does not exist.",
            )
        classes = other["classes"]
    if class_name not in classes:
        raise ApiError(
            400,
            NO_DURABLE_OBJECT,
            f"Cannot create binding for class '{class_name}' because it is not currently configured to implement "
            "Durable Objects. Ensure a --new-class migration has been applied to it.",
        )


def _missing(field: str, name: str) -> ApiError:
    return ApiError(400, INVALID, f"invalid or missing {field} property for binding {name}")
