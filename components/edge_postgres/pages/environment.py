"""What the deployments of a Pages project find: in production, and in previews."""

from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.inputs import apply_input
from edge_postgres.core.plan import Plan
from edge_postgres.pages.rules import reject_assets_name, validate_cpu_ms
from edge_postgres.workers.bindings.render import validate_bindings
from edge_postgres.workers.bindings.values import validate_reference, validate_secret, validate_variable
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp import DirectTcpArgs, render_direct_variables
from edge_postgres.workers.serverless_driver import ServerlessArgs, render_serverless_variables

# The argument, the map of the API that it fills, and the field of a binding that takes the value.
_MAPS = (
    ("analytics", "analytics_engine_datasets", "dataset"),
    ("d1", "d1_databases", "id"),
    ("durable_objects", "durable_object_namespaces", "namespace_id"),
    ("hyperdrive", "hyperdrive_bindings", "id"),
    ("kv", "kv_namespaces", "namespace_id"),
    ("mtls_certificates", "mtls_certificates", "certificate_id"),
    ("queues", "queue_producers", "name"),
    ("r2", "r2_buckets", "name"),
    ("services", "services", "service"),
    ("vectorize", "vectorize_bindings", "index_name"),
)


class PagesEnvironment(TypedDict):
    """What a deployment finds and how it runs. Changes take effect at the next deployment."""

    hyperdrive: NotRequired[dict[str, pulumi.Input[str]]]
    """Hyperdrive configurations: name of the binding to id of the configuration."""
    kv: NotRequired[dict[str, pulumi.Input[str]]]
    """KV namespaces: name of the binding to id of the namespace."""
    r2: NotRequired[dict[str, pulumi.Input[str]]]
    """R2 buckets: name of the binding to name of the bucket."""
    d1: NotRequired[dict[str, pulumi.Input[str]]]
    """D1 databases: name of the binding to id of the database."""
    queues: NotRequired[dict[str, pulumi.Input[str]]]
    """Queues to send to: name of the binding to name of the queue."""
    services: NotRequired[dict[str, pulumi.Input[str]]]
    """Workers to call: name of the binding to name of the script."""
    durable_objects: NotRequired[dict[str, pulumi.Input[str]]]
    """Durable Objects of a Worker: name of the binding to id of the namespace."""
    analytics: NotRequired[dict[str, pulumi.Input[str]]]
    """Analytics Engine: name of the binding to name of the dataset."""
    vectorize: NotRequired[dict[str, pulumi.Input[str]]]
    """Vectorize: name of the binding to name of the index."""
    mtls_certificates: NotRequired[dict[str, pulumi.Input[str]]]
    """Client certificates for outgoing requests: name of the binding to id of the certificate."""
    ai: NotRequired[str]
    """Name of the binding to Workers AI."""
    vars: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain variables by name; readable by everybody with access to the account."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secret variables by name; they become secrets if they are none."""
    direct: NotRequired[DirectTcpArgs]
    """A database that Functions dial themselves; its variables stand beside `vars` and `secrets`."""
    serverless: NotRequired[ServerlessArgs]
    """A Prisma Postgres database that Functions ask over HTTP; its variable stands beside `secrets`."""
    compatibility_date: NotRequired[str]
    """Date that fixes the runtime's behaviour; the project's where it is left out."""
    compatibility_flags: NotRequired[list[str]]
    """Flags of the runtime; the project's where they are left out."""
    fail_open: NotRequired[bool]
    """Whether static files answer in a Function's place once the Free plan's requests are used up; false where it is
    left out, so that a caller of the API gets an error and no page."""
    smart_placement: NotRequired[bool]
    """Whether Functions run near what they talk to, rather than near the visitor; false where it is left out."""
    cpu_ms: NotRequired[pulumi.Input[float]]
    """Milliseconds of CPU time that a request may take; the plan's limit where it is left out."""


def render_environment(
    environment: PagesEnvironment, date: str, flags: list[str], plan: Plan, *, subject: str
) -> dict[str, Any]:
    """An environment as the API takes it, at a checked date and with checked flags.

    Raises ``ValidationError`` for two bindings of one name, for a password or a secret among the plain variables, and
    for more
    variables than the plan allows.
    """
    given: dict[str, Any] = {kind: environment.get(kind, {}) for kind, _, _ in _MAPS}
    database_variables = resolve_database_variables(environment, subject=subject)
    groups: dict[str, Any] = {
        **given,
        "ai": [environment["ai"]] if "ai" in environment else [],
        "vars": environment.get("vars", {}),
        "secrets": environment.get("secrets", {}),
        **{group: [*found.plain, *found.secret] for group, found in database_variables.items()},
    }
    validate_bindings(groups, plan, subject=subject)
    reject_assets_name(groups, subject=subject)
    maps = {
        api: {
            name: {field: bound(value, subject=f"{subject}.{kind}.{name}")}
            for name, value in sorted(given[kind].items())
        }
        for kind, api, field in _MAPS
    }
    maps["ai_bindings"] = {name: {"project_id": ""} for name in groups["ai"]}
    maps["env_vars"] = render_variables(groups["vars"], groups["secrets"], database_variables, subject=subject)
    rendered: dict[str, Any] = {
        "compatibility_date": date,
        "compatibility_flags": flags,
        "fail_open": environment.get("fail_open", False),
        **{api: found for api, found in maps.items() if found},
    }
    if environment.get("smart_placement"):
        rendered["placement"] = {"mode": "smart"}
    if "cpu_ms" in environment:
        cpu_ms = apply_input(environment["cpu_ms"], lambda known: validate_cpu_ms(known, subject=f"{subject}.cpu_ms"))
        rendered["limits"] = {"cpu_ms": cpu_ms}
    return rendered


def resolve_database_variables(environment: PagesEnvironment, *, subject: str) -> dict[str, DatabaseVariables]:
    """The variables of the databases that are reached without Hyperdrive, by the argument that names the database."""
    found: dict[str, DatabaseVariables] = {}
    if "direct" in environment:
        found["direct"] = render_direct_variables(environment["direct"], subject=f"{subject}.direct")
    if "serverless" in environment:
        found["serverless"] = render_serverless_variables(environment["serverless"], subject=f"{subject}.serverless")
    return found


def bound(value: pulumi.Input[str], *, subject: str) -> Any:
    """An id or a name."""
    return apply_input(value, lambda known: validate_reference(known, subject=subject))


def render_variables(
    variables: dict[str, Any],
    secrets: dict[str, Any],
    database_variables: dict[str, DatabaseVariables],
    *,
    subject: str,
) -> dict[str, Any]:
    """Variables by name, as the API takes them: secrets are secrets, and nothing else is."""
    plain = {
        name: validate_variable(value, name, subject=f"{subject}.vars.{name}") for name, value in variables.items()
    }
    secret = {name: validate_secret(value, subject=f"{subject}.secrets.{name}") for name, value in secrets.items()}
    for found in database_variables.values():
        plain |= found.plain
        secret |= found.secret
    return {
        **{name: {"type": "plain_text", "value": value} for name, value in sorted(plain.items())},
        **{name: {"type": "secret_text", "value": value} for name, value in sorted(secret.items())},
    }
