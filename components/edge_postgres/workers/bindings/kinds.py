"""The table of the kinds of bindings for which a Worker has an argument.

Source: https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/#bindings and the arguments of
``cloudflare.WorkersScript``, read on 2026-11-21.
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
    script_name: NotRequired[pulumi.Input[str | None]]
    """Name of the script that defines the class. Default: the script with the binding."""


class RateLimitBinding(TypedDict):
    """A counter of requests that reports when a limit is exceeded."""

    namespace_id: pulumi.Input[str]
    """A positive integer as a string, unique in the account. Bindings with the same ID share a counter."""
    limit: pulumi.Input[float]
    """Number of requests that are allowed within one period."""
    period_seconds: pulumi.Input[float]
    """Length of a period in seconds: 10 or 60."""


class SecretsStoreBinding(TypedDict):
    """A secret of the Secrets Store; the Worker reads it with ``await env.NAME.get()``."""

    store_id: pulumi.Input[str]
    """ID of the store."""
    secret_name: pulumi.Input[str]
    """Name of the secret in the store."""


class WorkflowBinding(TypedDict):
    """A Workflow; the Worker starts an instance with ``await env.NAME.create()``."""

    class_name: pulumi.Input[str]
    """Name of the class that the script exports."""
    workflow_name: pulumi.Input[str]
    """Name of the Workflow, unique in the account."""
    script_name: NotRequired[pulumi.Input[str | None]]
    """Name of another script, which has the class and the Workflow. Default: the script with the binding, for which the
    component creates the Workflow."""


@dataclass(frozen=True)
class BindingKind:
    """One kind of binding: its argument and its form in the API."""

    argument: str
    """Name of the argument of `Worker`. The argument is a map from names of bindings to values, or the name of a single
    binding."""
    api_type: str
    """The binding's `type` in the API."""
    field: str = ""
    """The API's field for the value, if the value is a string."""
    fields: tuple[tuple[str, str], ...] = ()
    """Pairs of a key of the value and the API's field, if the value is a dictionary. A dot separates nested fields."""
    shape: type | None = None
    """The ``TypedDict`` of the value, if the value is a dictionary."""
    extra_fields: frozenset[str] = frozenset()
    """Fields of the API that the argument does not have. A binding with one of them belongs to `other_bindings`."""


KINDS = (
    BindingKind("hyperdrive", "hyperdrive", "id"),
    BindingKind("kv", "kv_namespace", "namespace_id"),
    BindingKind("r2", "r2_bucket", "bucket_name", extra_fields=frozenset({"jurisdiction"})),
    BindingKind("d1", "d1", "id"),
    BindingKind("queues", "queue", "queue_name"),
    BindingKind("services", "service", "service", extra_fields=frozenset({"entrypoint", "environment"})),
    BindingKind(
        "durable_objects",
        "durable_object_namespace",
        fields=(("class_name", "class_name"), ("script_name", "script_name")),
        shape=DurableObjectBinding,
        extra_fields=frozenset({"dispatch_namespace", "environment", "namespace_id", "retry"}),
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
    BindingKind(
        "workflows",
        "workflow",
        fields=(
            ("class_name", "class_name"),
            ("workflow_name", "workflow_name"),
            ("script_name", "script_name"),
        ),
        shape=WorkflowBinding,
    ),
    BindingKind("vpc_services", "vpc_service", "service_id"),
    BindingKind("mtls_certificates", "mtls_certificate", "certificate_id"),
    BindingKind("ai", "ai"),
    BindingKind("version_metadata", "version_metadata"),
)

BY_TYPE: Mapping[str, BindingKind] = MappingProxyType({kind.api_type: kind for kind in KINDS})
"""The kinds by the binding's `type` in the API."""

OTHER = "other_bindings"
"""The argument for bindings of all other kinds. It maps the name of a binding to the API's fields, including `type`."""

SECRET_FIELDS = frozenset({"text", "key_base64", "key_jwk"})
"""Fields of a binding in `other_bindings` that hold a secret, in every kind."""

RESERVED_NAMES: Mapping[str, str] = MappingProxyType(
    {
        # https://developers.cloudflare.com/workers/configuration/sites/, read 2026-11-21
        "__STATIC_CONTENT": "Workers Sites uses it for its files",
        "__STATIC_CONTENT_MANIFEST": "Workers Sites uses it for its files",
        "__proto__": "in JavaScript it changes the object, not a property of it",
    }
)
"""Names that a binding cannot have, and the reason."""
