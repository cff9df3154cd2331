"""`PagesEnvironment`: the bindings and the runtime of a Pages project in production, or in previews."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.inputs import apply_input, apply_optional
from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.plan import Plan
from edge_postgres.pages.other_bindings import render_other_binding
from edge_postgres.pages.rules import reject_assets_name
from edge_postgres.workers.bindings.render import validate_bindings
from edge_postgres.workers.bindings.values import validate_reference, validate_secret, validate_variable
from edge_postgres.workers.connection_methods import resolve_database_variables
from edge_postgres.workers.cpu_limits import validate_cpu_ms
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp import DirectTcpArgs
from edge_postgres.workers.serverless_driver import ServerlessArgs

if TYPE_CHECKING:
    from pulumi_cloudflare import PagesProjectDeploymentConfigsProductionArgsDict

BINDING_MAPS = (
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
"""For each argument with a map of bindings: its name, the API's name of the map, and the API's field for the value."""

# Without the environment of a service, every update of the project fails, because the provider stores an unknown value
# (`pages_project/schema.go` and `custom.go` of cloudflare/terraform-provider-cloudflare at v5.22.0).
_CONSTANTS: Mapping[str, Mapping[str, str]] = {"services": {"environment": "production"}}
"""For an argument with a map of bindings: the API's fields that are the same in each of its bindings."""


class PagesEnvironment(TypedDict):
    """Bindings and runtime of production or of previews. Changes take effect at the next deployment."""

    hyperdrive: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Hyperdrive configurations: name of the binding to ID of the configuration."""
    kv: NotRequired[Mapping[str, pulumi.Input[str]]]
    """KV namespaces: name of the binding to ID of the namespace."""
    r2: NotRequired[Mapping[str, pulumi.Input[str]]]
    """R2 buckets: name of the binding to name of the bucket."""
    d1: NotRequired[Mapping[str, pulumi.Input[str]]]
    """D1 databases: name of the binding to ID of the database."""
    queues: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Queues that Functions send to: name of the binding to name of the queue."""
    services: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Workers that Functions call: name of the binding to name of the script."""
    durable_objects: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Durable Objects of a Worker: name of the binding to ID of the namespace."""
    analytics: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Analytics Engine: name of the binding to name of the dataset."""
    vectorize: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Vectorize: name of the binding to name of the index."""
    mtls_certificates: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Client certificates for outgoing requests: name of the binding to ID of the certificate."""
    other_bindings: NotRequired[Mapping[str, JsonInput]]
    """Bindings with fields that no other argument has, by name: `{type: r2_bucket, bucket_name, jurisdiction}`,
    `{type: service, service, entrypoint}`, and `{type: browser}` for Browser Rendering."""
    ai: NotRequired[str]
    """Name of the binding to Workers AI."""
    vars: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Plain variables by name. Everybody with access to the account can read them."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Secret variables by name. Plain values become secrets."""
    direct: NotRequired[DirectTcpArgs]
    """Database that Functions connect to over TCP, without Hyperdrive; it adds variables to `vars` and `secrets`."""
    serverless: NotRequired[ServerlessArgs]
    """Prisma Postgres database that Functions query over HTTP; adds a variable to `secrets`."""
    compatibility_date: NotRequired[str]
    """Date that fixes the runtime's behaviour. Default: the project's date."""
    compatibility_flags: NotRequired[Sequence[str]]
    """Flags of the runtime. Default: the project's flags."""
    fail_open: NotRequired[bool]
    """Whether Pages serves static files instead of Functions once the free plan's requests are used up. Default: false,
    so that an API client receives an error and not a page."""
    smart_placement: NotRequired[bool]
    """Whether Functions run near the services to which they connect, not near the visitor. Default: false."""
    cpu_ms: NotRequired[pulumi.Input[float | None]]
    """Milliseconds of CPU time for a request. At most 10 on the free plan and 300000 on the paid plan. Default:
    Cloudflare's."""


def render_environment(
    environment: PagesEnvironment, date: str, flags: list[str], plan: Plan, *, subject: str
) -> "PagesProjectDeploymentConfigsProductionArgsDict":
    """Returns an environment in the API's form.

    Args:
        environment: The arguments.
        date: The validated compatibility date.
        flags: The validated compatibility flags.
        plan: Workers plan of the account.
        subject: Path of the environment.

    Raises:
        ValidationError: A name of a binding is invalid, reserved or used twice, a value is invalid, a plain variable
            holds a password or a secret, or the plan allows fewer variables.
    """
    references = {argument: _references(environment, argument) for argument, _, _ in BINDING_MAPS}
    variables, secrets = environment.get("vars", {}), environment.get("secrets", {})
    names = [environment["ai"]] if "ai" in environment else []
    database_variables = resolve_database_variables(
        environment.get("direct"), environment.get("serverless"), subject=subject
    )
    others = environment.get("other_bindings", {})
    groups = {
        **references,
        "other_bindings": others,
        "ai": names,
        "vars": variables,
        "secrets": secrets,
        **{group: [*found.plain, *found.secret] for group, found in database_variables.items()},
    }
    validate_bindings(groups, plan, subject=subject)
    reject_assets_name(groups, subject=subject)
    maps: dict[str, Mapping[str, object]] = {
        api: {
            name: {
                field: render_reference(value, subject=f"{subject}.{argument}.{name}"),
                **_CONSTANTS.get(argument, {}),
            }
            for name, value in sorted(references[argument].items())
        }
        for argument, api, field in BINDING_MAPS
    }
    for name, given in sorted(others.items()):
        api, fields = render_other_binding(given, subject=f"{subject}.other_bindings.{name}")
        maps[api] = {**maps.get(api, {}), name: fields}
    maps["ai_bindings"] = {name: {"project_id": ""} for name in names}
    maps["env_vars"] = render_variables(variables, secrets, database_variables, subject=subject)
    rendered: PagesProjectDeploymentConfigsProductionArgsDict = {
        "compatibility_date": date,
        "fail_open": environment.get("fail_open", False),
    }
    # The first preview after the creation would show an empty list as a change (`custom.go` at v5.22.0).
    if flags:
        rendered["compatibility_flags"] = flags
    if environment.get("smart_placement"):
        rendered["placement"] = {"mode": "smart"}
    if "cpu_ms" in environment:
        rendered["limits"] = apply_optional(
            environment["cpu_ms"], lambda known: {"cpu_ms": validate_cpu_ms(known, plan, subject=f"{subject}.cpu_ms")}
        )
    return cast(
        "PagesProjectDeploymentConfigsProductionArgsDict",
        {**rendered, **{api: found for api, found in maps.items() if found}},
    )


def render_reference(value: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the ID or the name of a resource unchanged. Raises `ValidationError` unless it is a non-empty string."""
    return apply_input(value, lambda known: validate_reference(known, subject=subject))


def render_variables(
    variables: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
    database_variables: Mapping[str, DatabaseVariables],
    *,
    subject: str,
) -> dict[str, dict[str, pulumi.Input[str]]]:
    """Returns the variables in the API's form, by name. Only the values of secret variables are marked as secrets."""
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


def _references(environment: PagesEnvironment, argument: str) -> Mapping[str, pulumi.Input[str]]:
    return cast("Mapping[str, pulumi.Input[str]]", environment.get(argument, {}))
