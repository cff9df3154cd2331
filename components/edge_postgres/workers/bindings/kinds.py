"""The kinds of bindings that a Worker takes by arguments of their own: one table.

Source: https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/#bindings and the arguments of
``cloudflare.WorkersScript``, read 2026-11-21.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NotRequired, TypedDict

import pulumi


class DurableObjectBinding(TypedDict):
    """A class of Durable Objects."""

    class_name: pulumi.Input[str]
    """Name of the class that the script exports."""
    script_name: NotRequired[pulumi.Input[str]]
    """Script that defines the class; this one where it is left out."""


class RateLimitBinding(TypedDict):
    """A counter that says when somebody asks too often."""

    namespace_id: pulumi.Input[str]
    """A positive whole number as a text, the counter's own in the account: bindings that share it count together."""
    limit: pulumi.Input[float]
    """Requests that pass within one period."""
    period_seconds: pulumi.Input[float]
    """Length of a period: 10 or 60."""


class SecretsStoreBinding(TypedDict):
    """A secret of the Secrets Store; the Worker reads it with ``await env.NAME.get()``."""

    store_id: pulumi.Input[str]
    """Id of the store."""
    secret_name: pulumi.Input[str]
    """Name of the secret in the store."""


@dataclass(frozen=True)
class BindingKind:
    """What an argument binds, and how the API writes it."""

    argument: str
    """Name of the argument: a map from the names of the bindings, or the name of the one binding."""
    api_type: str
    """The API's name of the kind."""
    field: str = ""
    """The API's field that takes the value, where the value is one text."""
    fields: tuple[tuple[str, str], ...] = ()
    """The keys of the value and the API's fields that take them, where it is a shape; a dot leads into an object."""
    shape: type | None = None
    """The shape of the value."""
    more: frozenset[str] = frozenset()
    """Fields of the API that the argument does not have; a binding with one of them is one of the `other_bindings`."""


KINDS = (
    BindingKind("hyperdrive", "hyperdrive", "id"),
    BindingKind("kv", "kv_namespace", "namespace_id"),
    BindingKind("r2", "r2_bucket", "bucket_name", more=frozenset({"jurisdiction"})),
    BindingKind("d1", "d1", "id"),
    BindingKind("queues", "queue", "queue_name", more=frozenset({"delivery_delay"})),
    BindingKind("services", "service", "service", more=frozenset({"entrypoint", "environment", "props"})),
    BindingKind(
        "durable_objects",
        "durable_object_namespace",
        fields=(("class_name", "class_name"), ("script_name", "script_name")),
        shape=DurableObjectBinding,
        more=frozenset({"dispatch_namespace", "environment", "namespace_id", "retry"}),
    ),
    BindingKind("vars", "plain_text", "text"),
    BindingKind("secrets", "secret_text", "text"),
    BindingKind("json", "json", "json"),
    BindingKind(
        "rate_limits",
        "ratelimit",
        fields=(("namespace_id", "namespace_id"), ("limit", "simple.limit"), ("period_seconds", "simple.period")),
        shape=RateLimitBinding,
    ),
    BindingKind(
        "secrets_store",
        "secrets_store_secret",
        fields=(("store_id", "store_id"), ("secret_name", "secret_name")),
        shape=SecretsStoreBinding,
    ),
    BindingKind("vpc_services", "vpc_service", "service_id"),
    BindingKind("mtls_certificates", "mtls_certificate", "certificate_id"),
    BindingKind("ai", "ai"),
    BindingKind("version_metadata", "version_metadata"),
)

BY_ARGUMENT: Mapping[str, BindingKind] = MappingProxyType({kind.argument: kind for kind in KINDS})

BY_TYPE: Mapping[str, BindingKind] = MappingProxyType({kind.api_type: kind for kind in KINDS})

OTHER = "other_bindings"
"""The argument for every other kind: its values are the API's fields, `type` among them."""

SECRET_FIELDS = frozenset({"text", "key_base64", "key_jwk"})
"""Fields that hold a secret, whatever the kind."""

RESERVED_NAMES: Mapping[str, str] = MappingProxyType(
    {
        # https://developers.cloudflare.com/workers/configuration/sites/, read 2026-11-21
        "__STATIC_CONTENT": "Workers Sites finds its files under it",
        "__STATIC_CONTENT_MANIFEST": "Workers Sites finds its files under it",
        "__proto__": "in JavaScript it changes the object instead of a property of it",
    }
)
"""Names that a Worker cannot give to a binding, and why."""
